"""What the record holds: how many votes of which body and session, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Sum

from votes.models import RollCall

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence


@dataclass(frozen=True)
class Line:
    """What the record holds of a session, a body or altogether."""

    name: str
    roll_calls: int
    votes: int
    first: datetime.date | None
    last: datetime.date | None


@dataclass(frozen=True)
class BodyLine(Line):
    """What the record holds of a body, and of each of its sessions; a body without sessions has none."""

    sessions: Sequence[Line] = field(default=())


@dataclass(frozen=True)
class Coverage:
    """What the record holds altogether and by body."""

    total: Line
    bodies: Sequence[BodyLine]


def coverage() -> Coverage:
    """Return the recorded votes that the public record holds, sessions in the order of their first: one query."""
    counted = (
        RollCall.objects.published()
        .recorded()
        .values_list("body__name", "session__name")
        .annotate(roll_calls=Count("pk"), cast=Sum("tally__cast"), first=Min("date"), last=Max("date"))
        .order_by("body__code", "first", "session__code")
    )
    bodies = []
    for body, rows in groupby(counted, key=lambda row: row[0]):
        lines = [Line(session or "", count, cast or 0, first, last) for _, session, count, cast, first, last in rows]
        bodies.append(BodyLine(*_together(body, lines), sessions=[line for line in lines if line.name]))
    return Coverage(Line(*_together("", bodies)), bodies)


def _together(name: str, lines: Sequence[Line]) -> tuple[str, int, int, datetime.date | None, datetime.date | None]:
    """Return what several lines hold together, as the values of a line."""
    return (
        name,
        sum(line.roll_calls for line in lines),
        sum(line.votes for line in lines),
        min((line.first for line in lines if line.first), default=None),
        max((line.last for line in lines if line.last), default=None),
    )
