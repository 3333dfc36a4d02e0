"""An editor at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

    from tests.votes.conftest import World


@pytest.fixture
def editor(client: Client, world: World, settings: Settings) -> Client:
    """Return a browser in which an editor has logged in, who enters and publishes alone."""
    settings.PUBLISH_OWN_ENTRIES = True
    client.force_login(User.objects.create_superuser("editor"))
    return client
