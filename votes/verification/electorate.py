"""Who voted against who was a member of the body on the date."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from votes.models import BodyMembership, MemberState
from votes.models.imports import FindingKind
from votes.models.intervals import DatePrecision
from votes.verification.found import Found, select

if TYPE_CHECKING:
    from collections.abc import Iterator

# The voters as text, {1,5,7}: a roll call in order takes one comparison and is never taken apart.
VOTERS = """
    SELECT r.id, r.slug, r.body_id, r.date, r.date_precision, v.voters
    FROM votes_rollcall r
    JOIN (
        SELECT roll_call_id, array_agg(state_id ORDER BY state_id)::text AS voters
        FROM votes_vote GROUP BY roll_call_id
    ) v ON v.roll_call_id = r.id
"""


@dataclass(frozen=True, slots=True)
class Members:
    """Who was a member of a body in a period, by the states' keys."""

    throughout: frozenset[int]
    """On every day: who must have voted or be marked as non-voting."""
    ever: frozenset[int]
    """On some day: who may have."""
    text: str
    """``throughout`` as the database writes it."""


def electorates() -> Iterator[Found]:
    """Yield the roll calls in which others voted than the members of the date: three queries.

    A date known by month or year convicts nobody of whom it is not certain: a state is missing only where it was
    a member on every day of the period, and a stranger only where it was one on no day.
    """
    codes = dict(MemberState.objects.values_list("pk", "code"))
    seats = _seats()

    @cache
    def members(body: int, date: datetime.date, precision: str) -> Members:
        return members_in(seats.get(body, {}), *period(date, precision))

    for roll_call, slug, body, date, precision, text in select(VOTERS):
        expected = members(body, date, precision)
        if text == expected.text:
            continue
        voters = set(map(int, text.strip("{}").split(",")))
        strangers, missing = voters - expected.ever, expected.throughout - voters
        if strangers or missing:
            details = {
                "strangers": sorted(codes[state] for state in strangers),
                "missing": sorted(codes[state] for state in missing),
            }
            yield Found(FindingKind.ELECTORATE, f"electorate:{slug}", details, roll_call_id=roll_call)


def period(date: datetime.date, precision: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day that a date of a precision may mean."""
    if precision == DatePrecision.YEAR:
        return date.replace(month=1, day=1), date.replace(month=12, day=31)
    if precision == DatePrecision.MONTH:
        first = date.replace(day=1)
        next_month = (first + datetime.timedelta(days=31)).replace(day=1)
        return first, next_month - datetime.timedelta(days=1)
    return date, date


Interval = tuple[datetime.date, datetime.date]


def members_in(seats: dict[int, list[Interval]], first: datetime.date, last: datetime.date) -> Members:
    """Return who held one of ``seats`` from ``first`` to ``last``, both inclusive."""
    throughout, ever = set(), set()
    for state, intervals in seats.items():
        for since, until in intervals:
            if since <= last and first < until:
                ever.add(state)
            if since <= first and last < until:
                throughout.add(state)
    text = f"{{{','.join(map(str, sorted(throughout)))}}}"
    return Members(frozenset(throughout), frozenset(ever), text)


def _seats() -> dict[int, dict[int, list[Interval]]]:
    """Return the seats by body and state, those that follow each other without a day between made one."""
    seats: dict[int, dict[int, list[Interval]]] = {}
    rows = BodyMembership.objects.order_by("body", "state", "since").values_list("body", "state", "since", "until")
    for body, state, since, until in rows:
        intervals = seats.setdefault(body, {}).setdefault(state, [])
        end = until or datetime.date.max
        if intervals and intervals[-1][1] == since:
            intervals[-1] = (intervals[-1][0], end)
        else:
            intervals.append((since, end))
    return seats
