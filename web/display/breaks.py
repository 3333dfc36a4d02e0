"""Breaks of states with their closest partners, as lines to show."""

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
    """Return breaks as lines; states have their names of ``date``, today's without one."""
    lines = []
    for one in breaks:
        state = record.states[one.state]
        name = state.name_on(date) if date else state.name
        lines.append(BreakLine(one.state, name, CHOICES[one.choice], one.other, one.partners))
    return lines
