"""Totals as numbers and as a stacked bar by choice."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import get_language

from votes.choices import Choice

if TYPE_CHECKING:
    from votes.totals import Totals


class Bar(NamedTuple):
    """A stacked bar: its totals in words, and (choice, start, width) of each part in SVG units."""

    label: str
    parts: list[tuple[str, str, str]]


def bar_of(totals: Totals | None) -> Bar | None:
    """Return totals as a bar, without choices that nobody made; None if there are no votes."""
    if totals is None:
        return None
    values = (totals.yes, totals.no, totals.abstaining or 0, totals.non_voting or 0)
    whole, start, words, parts = sum(values), 0, [], []
    for (letter, label), value in zip(_choice_words(get_language()), values, strict=True):
        if value:
            words.append(f"{value} {label}")
            parts.append((letter, percent_of(start, whole), percent_of(value, whole)))
            start += value
    return Bar(", ".join(words), parts) if parts else None


def choice_figures(totals: Totals) -> list[tuple[Choice, int]]:
    """Return each choice with its total, without totals that were not announced."""
    values = (totals.yes, totals.no, totals.abstaining, totals.non_voting)
    return [(choice, value) for choice, value in zip(Choice, values, strict=True) if value is not None]


def percent_of(part: int, whole: int) -> str:
    """Return a percentage for SVG, independent of the language."""
    return f"{100 * part / whole:.3f}%"


@functools.cache
def _choice_words(_language: str | None) -> list[tuple[str, str]]:
    """Return each choice's letter and lower-case label; cached, since a page has dozens of bars."""
    return [(choice.value, choice.label.lower()) for choice in Choice]
