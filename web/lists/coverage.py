"""Coverage of the record in words, for the front page, the data page, and queries that reach beyond it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from votes.analysis.matrix import OUTSIDE
from votes.models import RollCall
from votes.models.intervals import DatePrecision
from votes.record.record import CACHED_VERSIONS
from votes.reports.coverage import Extent, Group, coverage_of
from votes.rules import Result
from web.display.dates import dated
from web.display.figures import number
from web.lists.filters import VETOED_BY
from web.lists.selection import StateSelection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from votes.models.intervals import Day
    from votes.record.record import Record
    from votes.reports.coverage import BodyLine, Coverage, Holding, Line, Reach, Year
    from web.lists.listing import Listing
    from web.lists.question import Question

SHOWN = (Group.TEXT, Group.NOT_ADOPTED, Group.PART)
"""Groups of recorded votes, in display order."""

WITHOUT_NAMES = (RollCall.Method.NON_RECORDED, RollCall.Method.WITHOUT_VOTE, RollCall.Method.BALLOT)


@dataclass(frozen=True, slots=True)
class HoldingText:
    """Coverage of one group of a body's votes, in words."""

    group: Group
    extent: str
    """Number of votes and period."""
    years: list[tuple[Extent, str]]
    """Each extent with its years: ``1946–1963, 1965–2024``."""
    reasons: list[str]
    """Why years are thin."""


def day(known: Day) -> str:
    """Return a date to its precision."""
    return dated(known.date, known.precision)


@lru_cache(maxsize=4 * CACHED_VERSIONS)
def in_one_line(record: Record, _language: str | None) -> str:
    """Return how many recorded votes the record holds, and from when to when; empty for an empty record."""
    bodies = [body for body in coverage_of(record).bodies if body.roll_calls and body.first and body.last]
    if not bodies:
        return ""
    first = min((body.first for body in bodies if body.first), key=lambda known: known.date)
    last = max((body.last for body in bodies if body.last), key=lambda known: known.date)
    total = sum(body.roll_calls for body in bodies)
    said = {"num": number(total), "first": day(first), "last": day(last)}
    return ngettext(
        "%(num)s recorded vote, of %(first)s", "%(num)s recorded votes, from %(first)s to %(last)s", total
    ) % said  # fmt: skip


def by_body(record: Record) -> list[str]:
    """Return what the record holds of each body that it has votes of, in a sentence each."""
    return [
        ngettext(
            "%(body)s: %(num)s recorded vote, of %(first)s.",
            "%(body)s: %(num)s recorded votes, from %(first)s to %(last)s.",
            body.roll_calls,
        )
        % {"num": number(body.roll_calls), "body": body.name, "first": day(body.first), "last": day(body.last)}
        for body in coverage_of(record).bodies
        if body.roll_calls and body.first and body.last
    ]


def of_body(body: BodyLine) -> list[HoldingText]:
    """Return the coverage of each group of a body's votes, also of empty groups."""
    return [_of_group(body.holdings.get(group), group) for group in SHOWN]


def _of_group(holding: Holding | None, group: Group) -> HoldingText:
    """Return the coverage of a group."""
    if holding is None:
        return HoldingText(group, _("None in this record."), [], [])
    values = {"n": number(holding.roll_calls), "first": day(holding.first), "last": day(holding.last)}
    return HoldingText(
        group,
        _("%(n)s recorded votes, from %(first)s to %(last)s.") % values
        if holding.roll_calls > 1
        else _("One recorded vote, of %(first)s.") % values,
        [(extent, years_phrase(ranges)) for extent, ranges in holding.extents],
        list(dict.fromkeys(reason for one in holding.years for reason in why_thin(one))),
    )


def years_phrase(ranges: Iterable[tuple[int, int]]) -> str:
    """Return ranges of years: ``1946–1963, 1965``."""
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in ranges)


def why_thin(one: Year) -> list[str]:
    """Return why a year is thin, in sentences; none if the only reason is that no source covers it."""
    if one.held.extent != Extent.THIN:
        return []
    reasons = []
    if one.held.reaches_to:
        reasons.append(_("%(year)s is covered up to %(day)s.") % {"year": one.year, "day": dated(one.held.reaches_to)})
    if one.held.is_few:
        reasons.append(_("%(year)s has far fewer votes than the years around it.") % {"year": one.year})
    for gap in one.held.missing:
        numbers = f"S/RES/{gap.first}" if gap.first == gap.last else f"S/RES/{gap.first}–{gap.last}"
        values = {"numbers": numbers, "after": dated(gap.after), "before": dated(gap.before)}
        reasons.append(_("Missing: %(numbers)s, adopted between %(after)s and %(before)s.") % values)
    return reasons


def of_session(line: Line) -> str:
    """Return the coverage of a session."""
    if not line.first or not line.last:
        return ""
    values = {"n": number(line.roll_calls), "session": line.name, "first": day(line.first), "last": day(line.last)}
    if line.roll_calls == 1:
        return _("%(session)s: 1 recorded vote, of %(first)s.") % values
    return _("%(session)s: %(n)s recorded votes, from %(first)s to %(last)s.") % values


def beyond(filtered: Listing | Question) -> str:
    """Return one sentence on what a page's period reaches beyond; empty where editions cover what it asks for.

    A period without an end ends with the votes of the body on record, and one without a beginning begins with them.
    """
    if not filtered.is_valid:
        return ""
    values = filtered.form.cleaned_data
    since, until = values.get("since"), values.get("until")
    if not (since or until or values.get("session")) or values.get("method") in WITHOUT_NAMES:
        return ""
    covered = coverage_of(filtered.record)
    first, last = since, until
    bodies = _bodies(filtered, covered)
    if session := covered.sessions.get(values.get("session") or ""):
        body, opened, closed = session
        bodies = [one for one in bodies if one.code == body]
        first, last = max(first or opened, opened), min(last or closed, closed)
    group = _group(values)
    return _beyond(bodies, group, first, last)


def _bodies(filtered: Listing | Question, covered: Coverage) -> list[BodyLine]:
    """Return the bodies that the query concerns: the chosen one, or all that have matching votes."""
    body = getattr(filtered, "body", None) or filtered.form.cleaned_data.get("body")
    if body:
        return [one for one in covered.bodies if one.code == body]
    selection = getattr(filtered, "selection", None)
    if isinstance(selection, StateSelection):
        matrix = filtered.record.matrix
        codes = {*matrix.bodies[matrix.of(selection.code) != OUTSIDE].tolist()}
        return [one for one in covered.bodies if one.code in codes]
    return list(covered.bodies)


def _group(values: dict[str, object]) -> Group:
    """Return the group of votes that the filters concern."""
    if values.get("kind") not in (None, "", RollCall.Kind.TEXT):
        return Group.PART
    is_lost = values.get("result") in (Result.REJECTED, Result.VETOED) or values.get(VETOED_BY)
    return Group.NOT_ADOPTED if is_lost else Group.TEXT


def _beyond(bodies: Iterable[BodyLine], group: Group, first: datetime.date | None, last: datetime.date | None) -> str:
    """Return the sentence of ``beyond`` for the days from ``first`` to ``last``, None without such an end."""
    parts = []
    for body in bodies:
        holding = body.holdings.get(group)
        if holding and _is_covered(body, holding.reaches, first, last):
            continue
        if holding is None:
            days = _("none")
        elif holding.reaches:
            days = ", ".join(_days(holding, reach) for reach in holding.reaches)
        else:
            days = _("individual votes only")
        parts.append(_("%(body)s, %(days)s") % {"body": body.name, "days": days})
    if not parts:
        return ""
    values = {"group": group.label, "parts": "; ".join(parts)}
    return _("The period reaches beyond this record. Coverage (%(group)s): %(parts)s.") % values


def _is_covered(
    body: BodyLine, reaches: Sequence[Reach], first: datetime.date | None, last: datetime.date | None
) -> bool:
    """Tell whether editions cover a period; without a beginning or an end it is taken as long as the body's votes."""
    every = [reach for holding in body.holdings.values() for reach in holding.reaches]
    if not reaches:
        return False
    first = first or min(*(reach.first for reach in every), last or datetime.date.max)
    last = last or max(*(reach.last for reach in every), first)
    return any(reach.covers(first, last) for reach in reaches)


def _days(holding: Holding, reach: Reach) -> str:
    """Return the days of a reach; it begins with the first vote of it, where that is the first on record."""
    is_first = holding.first.date >= reach.first and reach == holding.reaches[0]
    first = day(holding.first) if is_first else dated(reach.first, DatePrecision.MONTH)
    return _("%(first)s to %(last)s") % {"first": first, "last": dated(reach.last)}
