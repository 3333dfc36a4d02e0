"""Accounts that log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "correct horse battery"


@pytest.fixture
def account(db: None) -> Callable[..., User]:
    def make(name: str = "ana", **values: object) -> User:
        return User.objects.create_user(name, f"{name}@example.org", PASSWORD, **{"is_staff": True, **values})

    return make
