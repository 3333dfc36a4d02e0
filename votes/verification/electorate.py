"""Check of the states with votes against the members of the body on the date.

Two things that sources do to every vote of a time are one finding each, with the number of votes: the General
Assembly's new members, which are listed before their admission or missing on its day, and a state that is listed as
non-voting though it had no seat for a time, as Yugoslavia from 1992 to 2000.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from resolutions.models import Body
from votes.choices import Choice
from votes.models import BodyMembership, MemberState, Vote
from votes.models.finding_sentences import FindingKind
from votes.models.intervals import DatePrecision
from votes.verification.finding import NewFinding, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# The voters as text, {1,5,7}: a roll call in order takes one comparison and is never taken apart.
VOTERS = """
    SELECT r.id, r.slug, b.code, r.date, r.date_precision, v.voters, ARRAY(
        SELECT id FROM votes_memberstate WHERE code = ANY (r.not_legible)
    )
    FROM votes_rollcall r
    JOIN resolutions_body b ON b.id = r.body_id
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


@dataclass(frozen=True, slots=True)
class Difference:
    """A roll call in which others voted than the members of its date, by the states' keys."""

    roll_call: int
    slug: str
    body: str
    first: datetime.date
    last: datetime.date
    """The days on which it may have been taken."""
    strangers: frozenset[int]
    missing: frozenset[int]


@dataclass(slots=True)
class Group:
    """The differences that one state's seat explains."""

    before: list[Difference] = field(default_factory=list)
    """Those in which it is listed though it had no seat yet, or none for a time."""
    on_the_day: list[Difference] = field(default_factory=list)
    """Those of the day of its admission in which it is missing."""


def electorates() -> Iterator[NewFinding]:
    """Yield the roll calls in which others voted than the members of the date: four queries at most.

    What a new member or a time without a seat explains is one finding of the state, with the votes counted.
    """
    seats, notes = _seats()
    differences = list(_differences(seats))
    states = {pk: (code, name) for pk, code, name in MemberState.objects.values_list("pk", "code", "name")}
    of_assembly = seats.get(Body.GENERAL_ASSEMBLY, {})
    non_voting = _non_voting(one for one in differences if one.body == Body.GENERAL_ASSEMBLY)
    admitted: dict[tuple[int, datetime.date], Group] = defaultdict(Group)
    away: dict[tuple[int, datetime.date, datetime.date], Group] = defaultdict(Group)
    for one in differences:
        strangers, missing = set(one.strangers), set(one.missing)
        for state in one.strangers:
            if (one.roll_call, state) not in non_voting:
                continue
            until, since = _around(of_assembly.get(state, ()), one.first, one.last)
            if since:
                group = away[state, until, since] if until else admitted[state, since]
                group.before.append(one)
                strangers.remove(state)
        for state in one.missing if one.body == Body.GENERAL_ASSEMBLY else ():
            if one.first == one.last and any(since == one.first for since, _until in of_assembly[state]):
                admitted[state, one.first].on_the_day.append(one)
                missing.remove(state)
        details: dict[str, Any]
        if strangers or missing:
            details = {
                "strangers": sorted(states[state][0] for state in strangers),
                "missing": sorted(states[state][0] for state in missing),
            }
            yield NewFinding(FindingKind.ELECTORATE, f"electorate:{one.slug}", details, roll_call_id=one.roll_call)
    for (state, since), group in admitted.items():
        code, name = states[state]
        details = {"state": name, "since": since.isoformat(), **_counts(group)}
        yield NewFinding(FindingKind.ADMISSION, f"admission:{code}:{since}", details, state_id=state)
    for (state, until, since), group in away.items():
        code, name = states[state]
        days = {"until": until.isoformat(), "since": since.isoformat()}
        details = {"state": name, **days, "reason": notes[state, until], "before": _counts(group)["before"]}
        yield NewFinding(FindingKind.NO_SEAT, f"no-seat:{code}:{until}", details, state_id=state)


def _counts(group: Group) -> dict[str, Any]:
    """Return the votes of a group counted, with the first and the last day of those before the seat."""
    days = [day for one in group.before for day in (one.first, one.last)]
    return {
        "before": [len(group.before), min(days).isoformat(), max(days).isoformat()] if days else None,
        "on_the_day": len(group.on_the_day),
        "slugs": sorted(one.slug for one in (*group.before, *group.on_the_day)),
    }


def _around(
    intervals: Sequence[Interval], first: datetime.date, last: datetime.date
) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the end of the last seat that ended before ``first``, and the beginning of the next after ``last``."""
    until = max((until for _since, until in intervals if until <= first), default=None)
    return until, min((since for since, _until in intervals if since > last), default=None)


def _non_voting(differences: Iterable[Difference]) -> set[tuple[int, int]]:
    """Return roll call and state of the strangers that are listed as non-voting: one query where there are any."""
    listed = {(one.roll_call, state) for one in differences for state in one.strangers}
    if not listed:
        return set()
    votes = Vote.objects.filter(
        choice=Choice.NON_VOTING, roll_call__in={call for call, _ in listed}, state__in={state for _, state in listed}
    )
    return listed & set(votes.values_list("roll_call", "state"))


def _differences(seats: dict[str, dict[int, list[Interval]]]) -> Iterator[Difference]:
    """Yield the roll calls in which others voted than those with ``seats``, by body: one query.

    A date known by month or year convicts nobody of whom it is not certain: a state is missing only where it was
    a member on every day of the period, and a stranger only where it was one on no day.
    """

    @cache
    def members(body: str, date: datetime.date, precision: str) -> Members:
        return members_in(seats.get(body, {}), *period(date, precision))

    for roll_call, slug, body, date, precision, text, not_legible in select(VOTERS):
        expected = members(body, date, precision)
        if text == expected.text:
            continue
        voters = set(map(int, text.strip("{}").split(",")))
        # Whoever is listed without a legible choice is not missing.
        strangers, missing = voters - expected.ever, expected.throughout - voters - {*not_legible}
        if strangers or missing:
            yield Difference(roll_call, slug, body, *period(date, precision), frozenset(strangers), frozenset(missing))


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


def _seats() -> tuple[dict[str, dict[int, list[Interval]]], dict[tuple[int, datetime.date], str]]:
    """Return the seats by body and state, and what is noted of the Assembly's by state and end: one query.

    Seats that follow each other without a day between are one.
    """
    seats: dict[str, dict[int, list[Interval]]] = {}
    notes: dict[tuple[int, datetime.date], str] = {}
    rows = BodyMembership.objects.order_by("body", "state", "since")
    for body, state, since, until, note in rows.values_list("body__code", "state", "since", "until", "note"):
        intervals = seats.setdefault(body, {}).setdefault(state, [])
        end = until or datetime.date.max
        if intervals and intervals[-1][1] == since:
            intervals[-1] = (intervals[-1][0], end)
        else:
            intervals.append((since, end))
        if body == Body.GENERAL_ASSEMBLY:
            notes[state, end] = note
    return seats, notes
