"""Breaks of states with their closest partners, prepared for display."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from votes.record.choices import CHOICES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from votes.analysis.breaks import Break
    from votes.choices import Choice
    from votes.record.record import Record


class BreakLine(NamedTuple):
    """A state, its choice, and how many of its closest partners took another position."""

    code: str
    name: str
    choice: Choice
    other: int
    partners: int


def break_lines(breaks: Iterable[Break], record: Record, date: datetime.date | None = None) -> list[BreakLine]:
    """Return breaks as lines, with the states' names on ``date`` (by default, today's)."""
    lines = []
    for item in breaks:
        state = record.states[item.state]
        name = state.name_on(date) if date else state.name
        lines.append(BreakLine(item.state, name, CHOICES[item.choice], item.other, item.partners))
    return lines
