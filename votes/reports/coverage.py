"""Coverage of the record by body, year, month and session: complete, thin or absent, by the rule below.

An *edition* is what one file layout of one source states of a body. It covers the months from that of the first vote
that it lists, or all of the year in which the body began, to the last day that it covers, which is that of its newest
vote. One that lists fewer than ``DENSITY`` votes a year is a selection, and covers nothing. Of a period and a group of
votes the record is

- **complete** where one edition after another covers all of it, the votes are not strikingly few, and no number is
  missing where texts are numbered in one series;
- **thin** where it has votes and one of these does not hold: what else was voted on nobody can tell from the record;
- **none** where editions cover all of it and list no such vote;
- **absent** where it has no vote and no edition covers all of it.

*Strikingly few* are fewer than a quarter of the median of the five years before and the five after that are covered,
where that median is at least ``USUAL``. It does not apply where numbers prove that nothing is missing: the resolutions
of the Security Council are numbered through from 1. Those of the Assembly are too, but most of them are adopted
without a recorded vote, so that their numbers prove nothing.
"""

from __future__ import annotations

import datetime
import json
from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from resolutions.models import Body, SessionKind, body_order, session_key
from votes.models import RollCall
from votes.models.intervals import DatePrecision, Day
from votes.record.databases import reader
from votes.rules import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from votes.record.record import Record

DENSITY = 3
"""How many votes a year an edition lists at least, on average."""
USUAL = 8
"""From which median of the years around on a year can be strikingly few."""
AROUND = 5
"""How many years before and after a year its votes are compared with."""

ONE_DAY = datetime.timedelta(days=1)


class Group(TextChoices):
    """The groups of votes that sources cover each for itself."""

    TEXT = "text", _("Whole texts")
    NOT_ADOPTED = "not-adopted", _("Drafts rejected or vetoed")
    PART = "part", _("Amendments, paragraphs and motions")
    NOT_RECORDED = "not-recorded", _("Texts adopted without a recorded vote")


class Extent(TextChoices):
    """How much of a period the record holds; the rule is that of the module."""

    COMPLETE = "complete", _("complete")
    THIN = "thin", _("thin")
    NONE = "none", _("none listed")
    ABSENT = "absent", _("absent")


GROUPED = f"""
    CASE WHEN r.method NOT IN ({", ".join(f"'{method}'" for method in RollCall.METHODS_WITH_VOTES)})
            THEN '{Group.NOT_RECORDED}'
        WHEN r.kind <> '{RollCall.Kind.TEXT}' THEN '{Group.PART}'
        WHEN r.result IN ('{Result.REJECTED}', '{Result.VETOED}') THEN '{Group.NOT_ADOPTED}'
        ELSE '{Group.TEXT}' END
"""

QUERY = f"""
WITH held AS (
    SELECT r.id, r.body_id, r.session_id, r.resolution_id, r.date, r.date_precision, {GROUPED} AS of, t."cast"
    FROM votes_rollcall r LEFT JOIN votes_tally t ON t.roll_call_id = r.id WHERE r.status = 'published'
)
SELECT json_build_object(
    'bodies', (SELECT json_agg(json_build_array(b.code, b.name, coalesce(greatest(
            (SELECT min(opened) FROM resolutions_session),
            (SELECT min(since) FROM votes_bodymembership m WHERE m.body_id = b.id)
        ), '9999-12-31'), (
            SELECT nullif(max(coalesce(until, 'infinity')), 'infinity') FROM votes_bodymembership m
            WHERE m.body_id = b.id
        ))) FROM resolutions_body b),
    'sessions', (SELECT json_agg(json_build_array(b.code, s.code, s.name, s.kind, s.opened) ORDER BY s.opened, s.code)
        FROM resolutions_session s JOIN resolutions_body b ON b.id = s.body_id),
    'days', (SELECT json_agg(json_build_array(code, session, of, date, date_precision, number, votes)) FROM (
        SELECT b.code, s.code AS session, of, date, date_precision, count(*) AS number, sum("cast") AS votes
        FROM held JOIN resolutions_body b ON b.id = held.body_id
        LEFT JOIN resolutions_session s ON s.id = held.session_id
        GROUP BY b.code, s.code, of, date, date_precision
    ) days),
    'editions', (SELECT json_agg(json_build_array(code, source_id, format, of, first, last, number)) FROM (
        SELECT b.code, source_id, format, of, min(date) AS first,
            greatest(max(edition), max(date)) AS last, count(*) AS number
        FROM votes_statement said JOIN held ON held.id = said.roll_call_id
        JOIN resolutions_body b ON b.id = held.body_id
        WHERE of <> '{Group.NOT_RECORDED}'
        GROUP BY b.code, source_id, format, of
    ) editions),
    'numbers', (SELECT json_agg(json_build_array(number, date)) FROM (
        SELECT substring(p.symbol_key FROM '^S/RES/([0-9]{{1,5}})')::integer AS number, min(held.date) AS date
        FROM held JOIN resolutions_resolution p ON p.id = held.resolution_id
        WHERE p.symbol_key LIKE 'S/RES/%' GROUP BY 1 ORDER BY 1
    ) numbers WHERE number IS NOT NULL)
)::text
"""  # noqa: S608  # constants of ours


class Reach(NamedTuple):
    """The days that editions cover, from the first up to and with the last."""

    first: datetime.date
    last: datetime.date

    def covers(self, first: datetime.date, last: datetime.date) -> bool:
        """Tell whether all days from ``first`` to ``last`` are in it."""
        return self.first <= first and last <= self.last


@dataclass(frozen=True, slots=True)
class Missing:
    """Numbers of one series that have no text on record, between two that have."""

    first: int
    last: int
    after: datetime.date
    """When the text with the number before was adopted."""
    before: datetime.date

    def touches(self, first: datetime.date, last: datetime.date) -> bool:
        """Tell whether a text with such a number may have been adopted from ``first`` to ``last``."""
        return self.after <= last and first <= self.before


@dataclass(frozen=True, slots=True)
class PeriodCoverage:
    """What the record holds of a period: how much of it, and how many votes."""

    extent: Extent
    roll_calls: int = 0
    reaches_to: datetime.date | None = None
    """Where editions cover the beginning of the period and not the end: the last day that they cover."""
    is_few: bool = False
    """Whether the votes are strikingly few."""
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Year:
    """What the record holds of a year and of each of its months."""

    year: int
    held: PeriodCoverage
    months: tuple[PeriodCoverage, ...]


@dataclass(frozen=True)
class Holding:
    """What the record holds of a group of votes of a body."""

    group: Group
    roll_calls: int
    first: Day
    last: Day
    reaches: tuple[Reach, ...]
    """What editions cover, in order and without overlap; none where there are single votes alone."""
    years: tuple[Year, ...]
    """From the body's first to the last of the record; none of texts adopted without a recorded vote.

    Of these no source says which are all, and most of the Assembly's are on nobody's list.
    """

    @property
    def extents(self) -> list[tuple[Extent, list[tuple[int, int]]]]:
        """Return the years of each extent as ranges, in the order of the extents; none that no year has."""
        found: dict[Extent, list[tuple[int, int]]] = defaultdict(list)
        for one in self.years:
            ranges = found[one.held.extent]
            if ranges and ranges[-1][1] == one.year - 1:
                ranges[-1] = (ranges[-1][0], one.year)
            else:
                ranges.append((one.year, one.year))
        return [(extent, found[extent]) for extent in Extent if extent in found]


@dataclass(frozen=True)
class Line:
    """What the record holds of a session, a body or altogether, but texts adopted without a recorded vote."""

    name: str
    roll_calls: int
    votes: int
    first: Day | None
    last: Day | None
    code: str = ""
    held: PeriodCoverage = PeriodCoverage(Extent.ABSENT)
    """Of a session: how much of its whole texts."""


@dataclass(frozen=True)
class BodyLine(Line):
    """What the record holds of a body, of each group of its votes, and of each of its sessions, if it has any."""

    sessions: Sequence[Line] = field(default=())
    holdings: Mapping[Group, Holding] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """What the record holds altogether and by body; a body without votes is not there."""

    total: Line
    bodies: Sequence[BodyLine]
    sessions: Mapping[str, tuple[str, datetime.date, datetime.date]]
    """Body, first and last day of each session that was opened, by ``session_key``; the newest is yet to end."""


class _Row(NamedTuple):
    """The votes of a group on a day."""

    session: str | None
    group: Group
    day: Day
    roll_calls: int
    votes: int


@lru_cache(maxsize=2)
def coverage_of(record: Record) -> Coverage:
    """Return what a record holds, read when it is first asked for in a snapshot of that version."""
    return coverage()


def coverage() -> Coverage:
    """Return what the public record holds, sessions in the order of their first vote: one query."""
    with reader().cursor() as cursor:
        cursor.execute(QUERY)
        data: dict[str, Any] = json.loads(cursor.fetchone()[0])
    rows: dict[str, list[_Row]] = defaultdict(list)
    for body, session, group, date, precision, roll_calls, votes in data["days"] or ():
        key = session_key(body, session) if session else None
        rows[body].append(_Row(key, Group(group), Day(_date(date), precision), roll_calls, votes or 0))
    reaches = _reaches(
        data["editions"] or (), {code: _date(began).year for code, _name, began, _ended in data["bodies"] or ()}
    )
    missing = _missing([(number, _date(date)) for number, date in data["numbers"] or ()])
    ends = [row.day.date for of in rows.values() for row in of] + [
        reach.last for of in reaches.values() for reach in of
    ]
    last_year = max(ends).year if ends else 0
    sessions = _sessions(data["sessions"] or ())
    names = {session_key(body, code): name for body, code, name, *_ in data["sessions"] or ()}
    bodies = []
    for code, name, began, ended in sorted(data["bodies"] or (), key=lambda body: body_order(*body[:2])):
        if code not in rows:
            continue
        first_day = min(_date(began), *(row.day.date for row in rows[code]))
        # A body that came to an end, all of whose seats have, has no years after it.
        last_day = max(row.day.date for row in rows[code])
        until = max(last_day, _date(ended) - ONE_DAY).year if ended else last_year
        years = range(first_day.year, min(until, last_year) + 1)
        holdings = {}
        for group in Group:
            of_group = [row for row in rows[code] if row.group == group]
            numbered = (code, group) == (Body.SECURITY_COUNCIL, Group.TEXT)
            if of_group:
                of_years = years if group != Group.NOT_RECORDED else range(0)
                known = missing if numbered else None
                holdings[group] = _holding(group, of_group, reaches.get((code, group), ()), of_years, known)
        recorded = _recorded(rows[code])
        of_sessions = []
        for session in {row.session for row in recorded if row.session}:
            of_session = [row for row in recorded if row.session == session]
            held = _of_session(of_session, holdings.get(Group.TEXT), sessions.get(session))
            of_sessions.append(Line(names[session], *_together(of_session), code=session, held=held))
        of_sessions.sort(key=lambda line: (line.first, line.code))
        bodies.append(BodyLine(name, *_together(recorded), code=code, sessions=of_sessions, holdings=holdings))
    return Coverage(Line("", *_together([row for of in rows.values() for row in _recorded(of)])), bodies, sessions)


def _recorded(rows: Iterable[_Row]) -> list[_Row]:
    return [row for row in rows if row.group != Group.NOT_RECORDED]


def _together(rows: Sequence[_Row]) -> tuple[int, int, Day | None, Day | None]:
    """Return how many roll calls and votes there are on several days, and the first and the last of the days.

    A month comes before its days where it is the first, and counts as its last days where it is the last.
    """
    days = [row.day for row in rows]
    return (
        sum(row.roll_calls for row in rows),
        sum(row.votes for row in rows),
        min(days, key=lambda day: (day.date, day.precision == DatePrecision.DAY), default=None),
        max(days, key=lambda day: (day.date, day.precision != DatePrecision.DAY), default=None),
    )


def _reaches(editions: Iterable[Sequence[Any]], began: Mapping[str, int]) -> dict[tuple[str, str], tuple[Reach, ...]]:
    """Return what editions cover together, by body and group, given the year in which each body began."""
    parts: dict[tuple[str, int, str], list[Sequence[Any]]] = defaultdict(list)
    for body, source, form, *part in editions:
        parts[body, source, form].append(part)
    found: dict[tuple[str, str], list[Reach]] = defaultdict(list)
    for (body, _source, _form), of_edition in parts.items():
        groups, firsts, lasts, numbers = zip(*of_edition, strict=True)
        first = _date(min(firsts))
        first = first.replace(month=1, day=1) if first.year == began[body] else first.replace(day=1)
        reach = Reach(first, _date(max(lasts)))
        if sum(numbers) >= DENSITY * (reach.last - reach.first).days / 365.25:
            for group in groups:
                found[body, group].append(reach)
    return {key: _joined(sorted(of)) for key, of in found.items()}


def _joined(reaches: Sequence[Reach]) -> tuple[Reach, ...]:
    """Return reaches in order, those that touch or overlap as one."""
    joined: list[Reach] = []
    for reach in reaches:
        if joined and reach.first <= joined[-1].last + ONE_DAY:
            joined[-1] = Reach(joined[-1].first, max(joined[-1].last, reach.last))
        else:
            joined.append(reach)
    return tuple(joined)


def _missing(numbers: Sequence[tuple[int, datetime.date]]) -> list[Missing]:
    """Return the numbers that have no text, given in ascending order those that have, with the day of each."""
    return [
        Missing(number + 1, following - 1, date, until)
        for (number, date), (following, until) in pairwise(numbers)
        if following > number + 1
    ]


def _sessions(rows: Iterable[Sequence[Any]]) -> dict[str, tuple[str, datetime.date, datetime.date]]:
    """Return body, first and last day of the sessions that were opened; see ``Coverage.sessions``.

    A regular session goes on until the next is opened. Of a special one only the opening is known.
    """
    opened = [(body, code, kind, _date(day)) for body, code, _name, kind, day in rows if day]
    regular = sorted((body, day) for body, _code, kind, day in opened if kind == SessionKind.REGULAR)
    following = {one: other[1] - ONE_DAY for one, other in pairwise(regular) if one[0] == other[0]}
    return {
        session_key(body, code): (
            body,
            day,
            following.get((body, day), datetime.date.max) if kind == SessionKind.REGULAR else day,
        )
        for body, code, kind, day in opened
    }


def _holding(
    group: Group, rows: Sequence[_Row], reaches: tuple[Reach, ...], years: range, missing: Sequence[Missing] | None
) -> Holding:
    """Return what the record holds of a group; ``missing`` are numbers, None where numbers prove nothing."""
    roll_calls, _votes, first, last = _together(rows)
    assert first is not None
    assert last is not None
    by_month: Counter[datetime.date] = Counter()
    for row in rows:
        by_month[row.day.date.replace(day=1)] += row.roll_calls
    by_year = {year: sum(by_month[datetime.date(year, month, 1)] for month in range(1, 13)) for year in years}
    covered = {year: by_year[year] for year in years if _are_covered(reaches, *_of_year(year))}
    known = [one for one in missing or () if _are_covered(reaches, one.after, one.before)]

    def held(number: int, since: datetime.date, until: datetime.date, *, is_few: bool = False) -> PeriodCoverage:
        return _extent_of(number, since, until, reaches, known, is_few=is_few)

    return Holding(
        group,
        roll_calls,
        first,
        last,
        reaches,
        tuple(
            Year(
                year,
                held(number, *_of_year(year), is_few=missing is None and _is_few(year, covered)),
                tuple(held(by_month[first_day], first_day, last_day) for first_day, last_day in _months(year)),
            )
            for year, number in by_year.items()
        ),
    )


def _of_session(
    rows: Sequence[_Row], holding: Holding | None, period: tuple[str, datetime.date, datetime.date] | None
) -> PeriodCoverage:
    """Return how much of the whole texts of a session the record holds; ``rows`` are its votes."""
    number = sum(row.roll_calls for row in rows if row.group == Group.TEXT)
    if holding is None or period is None:
        return PeriodCoverage(Extent.THIN if number else Extent.ABSENT, number)
    _body, first, last = period
    # A special session is over in days; an emergency special one may go on for decades.
    last = max(last, *(row.day.date for row in rows))
    return _extent_of(number, first, last, holding.reaches, ())


def _extent_of(
    number: int,
    first: datetime.date,
    last: datetime.date,
    reaches: Sequence[Reach],
    missing: Sequence[Missing],
    *,
    is_few: bool = False,
) -> PeriodCoverage:
    """Return how much of a period with ``number`` votes the record holds; see the module."""
    gaps = tuple(one for one in missing if one.touches(first, last))
    if _are_covered(reaches, first, last):
        if not number:
            return PeriodCoverage(Extent.NONE, missing=gaps)
        return PeriodCoverage(Extent.THIN if gaps or is_few else Extent.COMPLETE, number, is_few=is_few, missing=gaps)
    reach = next((reach for reach in reaches if reach.covers(first, first)), None)
    return PeriodCoverage(Extent.THIN if number else Extent.ABSENT, number, reach.last if reach else None, missing=gaps)


def _are_covered(reaches: Iterable[Reach], first: datetime.date, last: datetime.date) -> bool:
    """Tell whether one of the reaches has all days from ``first`` to ``last``."""
    return any(reach.covers(first, last) for reach in reaches)


def _is_few(year: int, covered: Mapping[int, int]) -> bool:
    """Tell whether a year has strikingly few votes; ``covered`` has the number of those of each covered year."""
    around = [covered[other] for other in range(year - AROUND, year + AROUND + 1) if other != year and other in covered]
    usual = median(around) if around else 0
    return usual >= USUAL and 4 * covered.get(year, 0) < usual


def _of_year(year: int) -> tuple[datetime.date, datetime.date]:
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


def _months(year: int) -> list[tuple[datetime.date, datetime.date]]:
    return [
        (datetime.date(year, month, 1), datetime.date(year, month, monthrange(year, month)[1]))
        for month in range(1, 13)
    ]


def _date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)
