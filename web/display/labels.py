"""Cached labels of choices, kinds of roll calls and results in the active language."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from votes.choices import Choice
from votes.models import RollCall
from votes.rules import Result

if TYPE_CHECKING:
    from django.db.models import TextChoices


def choice_label(choice: str) -> str:
    """Return the label of a choice."""
    return _labels(Choice, get_language())[choice]


def kind_label(kind: str) -> str:
    """Return the label of a kind of roll call."""
    return _labels(RollCall.Kind, get_language())[kind]


def result_label(result: str) -> str:
    """Return the label of a result."""
    return _labels(Result, get_language())[result]


@functools.cache
def _labels(enumeration: type[TextChoices], _language: str | None) -> dict[str, str]:
    return {value: str(label) for value, label in enumeration.choices}
