"""A member state's profile: its partners and how they changed, agreement with blocs by year, and its breaks.

Everything is read from the vote matrix, over the roll calls that a page's filters select in one body. The body is the
General Assembly unless another is asked for: in a Council of fifteen a state has few members to agree with, each for
two years, and its mostly unanimous votes would lift the agreement of just those pairs above that of all others.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from votes.analysis.agreement import agreement_with, all_agreement, shares
from votes.analysis.breaks import BODY, MINIMUM_COMMON, NOTABLE, YEARS, ranked, years_before
from votes.analysis.groups import positions_of
from votes.analysis.pairs import is_position
from votes.analysis.state_breaks import surprises_of
from votes.choices import Choice
from votes.models import Bloc
from votes.models.intervals import DatePrecision
from votes.periods import Period, spans_change_of_china
from votes.record.choices import CHOICES
from votes.reports.bloc import MINIMUM_POSITIONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from votes.analysis.breaks import AllCounts
    from votes.analysis.matrix import Choices, Dates, Mask, Rows
    from votes.record.record import BlocRead, Record, State

MINIMUM_YEAR = 10
"""Roll calls in common in a year below which no share is given for it: one of them would move it by a tenth."""

CHARTED = ("eu", "nato", "brics", "non-aligned", "g77")
"""The blocs that every state is charted against, so that charts of two states can be compared."""

LATEST = 6
"""How many years a page's table has."""

MOST_CHARTED = 8
"""As many lines as a reader can tell apart."""


class Partner(NamedTuple):
    """Another state, with what it has in common over a period."""

    state: State
    agreement: float
    """The share of the same position, from 0 to 1."""
    common: int
    """The roll calls on which both took a position."""
    same: int
    """Those of them on which it was the same one."""
    lower: float
    """The share, from 0 to 1, of all pairs of states of the same roll calls that agreed less than these two."""
    before: int
    """The roll calls on which both took a position in the period before."""
    change: float | None
    """Agreement less that of the period before, from -1 to 1; None below the minimum of roll calls then."""


class StateBreak(NamedTuple):
    """A roll call on which a state took another position than some of its closest partners."""

    row: int
    choice: Choice
    partners: int
    """How many of its closest partners took a position."""
    other: int
    """How many of those took another one than the state."""
    surprise: float
    """The share that did, from 0 to 1."""


@dataclass(frozen=True)
class BlocAgreement:
    """A state's agreement with the other members of a bloc, by year."""

    bloc: BlocRead
    own: bool
    """Whether the state was a full member on any of these roll calls."""
    common: tuple[int, ...]
    """Y: the roll calls of the year on which the state and the others had a position."""
    same: tuple[int, ...]
    """Y: those of them on which it was the same one."""

    @cached_property
    def shares(self) -> list[float | None]:
        """Return Y shares from 0 to 1; None for a year with fewer than ``MINIMUM_YEAR`` roll calls in common."""
        return [
            same / common if common >= MINIMUM_YEAR else None
            for same, common in zip(self.same, self.common, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class ByYear:
    """A state's agreement with blocs in the calendar years in which it took a position."""

    years: list[int]
    """Y: ascending."""
    blocs: list[BlocAgreement]
    """By slug."""


@dataclass(frozen=True, slots=True)
class OwnBloc:
    """How often a state broke with a bloc it was a full member of."""

    bloc: BlocRead
    positions: int
    """The roll calls on which it took a position as a member, and the bloc had one."""
    breaks: int
    """Those of them on which it was another one than the bloc's."""

    @property
    def share(self) -> float | None:
        """Return the share of breaks, from 0 to 1; None below ``MINIMUM_POSITIONS``."""
        return self.breaks / self.positions if self.positions >= MINIMUM_POSITIONS else None


@dataclass(frozen=True)
class StateProfile:
    """Who the state ``code`` votes with, over roll calls of one body."""

    record: Record
    code: str
    body: str
    selected: Rows
    """Rows of the record's matrix that the filters select, whatever their body and date."""
    since: datetime.date | None = None
    until: datetime.date | None = None
    """The period that the filters name, if any."""

    @cached_property
    def rows(self) -> Rows:
        """Return the rows of the body, whatever their date, ascending."""
        return self.selected[self.record.matrix.bodies[self.selected] == self.body]

    @cached_property
    def own(self) -> Choices:
        """Return R, the state's choices on the whole record."""
        return self.record.matrix.of(self.code)

    @cached_property
    def period(self) -> Period | None:
        """Return the period that is asked about, or else the five years up to the state's last position.

        None where it took no position, or none before ``until``.
        """
        took = self.rows[is_position(self.own[self.rows])]
        before = took if self.until is None else took[self.record.matrix.dates[took] < np.datetime64(self.until, "D")]
        if not len(before):
            return None
        last: datetime.date = self.record.matrix.dates[before[-1]].item()
        until = self.until or last + datetime.timedelta(days=1)
        since = self.since or years_before(until, min(YEARS, until.year - 1))
        return Period(since, until) if since < until else None

    @cached_property
    def precision(self) -> str:
        """Return how much is known of the days of the period: they may come from a position known to the month."""
        if self.until or self.period is None:
            return DatePrecision.DAY
        took = self.rows[is_position(self.own[self.rows])]
        return self.record.day_of(took[-1]).precision

    def between(self, since: datetime.date | None, until: datetime.date | None) -> Rows:
        """Return the rows of the body from ``since`` up to but not including ``until``, ascending."""
        span = self.record.matrix.span(since, until)
        return self.rows[(self.rows >= span.start) & (self.rows < span.stop)]

    @cached_property
    def within(self) -> Rows:
        """Return the rows of the body in the period; none where there is none."""
        return self.between(self.period.since, self.period.until) if self.period else self.rows[:0]

    @cached_property
    def roll_calls(self) -> int:
        """Return how many roll calls the period has."""
        return len(self.within)

    @cached_property
    def positions(self) -> int:
        """Return on how many of them the state took a position."""
        return int(np.count_nonzero(is_position(self.own[self.within])))

    @property
    def spans_seat_of_china(self) -> bool:
        """Tell whether the period and that before it together have votes of both representations of China."""
        if self.period is None:
            return False
        rows = self.between((self.period.preceding or self.period).since, self.period.until)
        return spans_change_of_china([self.record.matrix.dates[row].item() for row in (*rows[:1], *rows[-1:])])

    @cached_property
    def partners(self) -> list[Partner]:
        """Return all with at least ``MINIMUM_COMMON`` roll calls in common, those that agree most first.

        Of equal agreement those with more roll calls in common come first, then by name.
        """
        matrix, states = self.record.matrix, self.record.states
        if self.period is None or not self.positions:
            return []
        in_common, alike, pairs = self._everyone
        column = matrix.columns[self.code]
        enough = in_common[column] >= MINIMUM_COMMON
        enough[column] = False
        places = np.flatnonzero(enough)
        common, same = in_common[column, places].astype(np.int64), alike[column, places].astype(np.int64)
        agreement = shares(same, common)
        lower = np.searchsorted(pairs, agreement, side="left") / max(1, len(pairs))
        earlier = np.zeros(len(matrix), np.int8)
        if preceding := self.period.preceding:
            rows = self.between(preceding.since, preceding.until)
            earlier[rows] = self.own[rows]
        before, same_before = (counts[places] for counts in agreement_with(matrix, earlier))
        change = [
            share - then_same / then if then >= MINIMUM_COMMON else None
            for share, then_same, then in zip(agreement.tolist(), same_before.tolist(), before.tolist(), strict=True)
        ]
        named = (states[matrix.states[place]] for place in places.tolist())
        figures = (counts.tolist() for counts in (agreement, common, same, lower, before))
        found = list(map(Partner, named, *figures, change))
        return sorted(found, key=lambda p: (-p.agreement, -p.common, p.state.sort_name, p.state.code))

    @property
    def _everyone(self) -> tuple[AllCounts, AllCounts, NDArray[np.float64]]:
        """Return S x S each, the roll calls of the period on which two took a position, and the same one.

        And the agreement of all pairs, as ``ranked`` has it. For what a page shows unless something else is asked
        for, the five years before a day, all states share them.
        """
        period, matrix = self.period, self.record.matrix
        if period and self.body == BODY and period.since == years_before(period.until):
            before = self.record.partners_before(period.until)
            if before.roll_calls == len(self.within):
                return before.common, before.same, before.ranked
        counted = all_agreement(matrix.take(self.within), ("agreement",))
        return counted.common, counted.same, ranked(counted.common, counted.same)

    def ends(self, number: int) -> tuple[list[Partner], list[Partner]]:
        """Return the ``number`` closest partners, closest first, and the farthest of the others, farthest first.

        Who agrees exactly as much as the last of them is among them, so that no order of names decides who is.
        """
        partners = self.partners
        if not partners:
            return [], []
        least = partners[min(number, len(partners)) - 1].agreement
        closest = [p for p in partners if p.agreement >= least]
        others = partners[len(closest) :][::-1]
        most = others[min(number, len(others)) - 1].agreement if others else 0.0
        return closest, [p for p in others if p.agreement <= most]

    def moved(self, number: int) -> tuple[list[Partner], list[Partner]]:
        """Return the ``number`` partners whose agreement rose most, and those whose agreement fell most, by change.

        Who changed exactly as much as the last of them is among them; partners of equal change are in ``partners``'s
        order.
        """
        changes = [(one.change, one) for one in self.partners if one.change is not None]
        found = []
        for sign in (1, -1):
            moved = sorted(((sign * change, one) for change, one in changes if sign * change > 0), key=lambda p: -p[0])
            least = moved[min(number, len(moved)) - 1][0] if moved else 0.0
            found.append([one for change, one in moved if change >= least])
        return found[0], found[1]

    @cached_property
    def breaks(self) -> list[StateBreak]:
        """Return the roll calls of the period on which any of its closest partners took another position.

        Those surprising most come first; of equal surprise the newer one, and within a day the one with more partners
        on the other side, then by slug. There are none outside the General Assembly, where partners are looked for.
        """
        if self.body != BODY:
            return []
        matrix = self.record.matrix
        found = surprises_of(matrix, self.code, self.within)
        surprise, days = found.surprise, matrix.dates[found.rows].astype(np.int64)
        # Rows of a day ascend by slug.
        order = np.lexsort((found.rows, -found.other, -days, -surprise))
        order = order[surprise[order] > 0]
        figures = (values[order].tolist() for values in (found.partners, found.other, surprise))
        rows = found.rows[order]
        choices = [CHOICES[choice] for choice in self.own[rows].tolist()]
        return list(map(StateBreak, rows.tolist(), choices, *figures))

    @cached_property
    def own_blocs(self) -> list[OwnBloc]:
        """Return the blocs the state belonged to on roll calls of the period, by short name, with its breaks.

        A bloc's position is the plurality of its voting members, this state among them, as everywhere.
        """
        rows = self.within
        rows = rows[is_position(self.own[rows])]
        dates = self.record.matrix.dates[rows]
        found = []
        for place, bloc in enumerate(self.record.blocs.values()):
            member = self._member_on(bloc, dates)
            if member is None:
                continue
            members = rows[member]
            positions = self.record.bloc_positions[place, members]
            both = is_position(positions)
            if number := int(np.count_nonzero(both)):
                broke = int(np.count_nonzero(both & (positions != self.own[members])))
                found.append(OwnBloc(bloc, number, broke))
        return sorted(found, key=lambda one: (one.bloc.short_name, one.bloc.slug))

    @cached_property
    def selected_positions(self) -> Rows:
        """Return the rows on which it took a position, within the period only where that was asked for."""
        rows = self.between(self.since, self.until)
        return rows[is_position(self.own[rows])]

    @cached_property
    def latest_years(self) -> Rows:
        """Return the rows of the last ``LATEST`` years with at least ``MINIMUM_YEAR`` positions, ascending."""
        years = self.record.matrix.years[self.selected_positions]
        found, counts = np.unique(years, return_counts=True)
        return self.selected_positions[np.isin(years, found[counts >= MINIMUM_YEAR][-LATEST:])]

    def with_blocs(self, rows: Rows, slugs: Collection[str] | None = None) -> ByYear:
        """Return its agreement with blocs by year, over ``rows`` on which it took a position.

        Of all blocs, or of some; those that had no position on any of the rows are left out. A bloc's position is here
        that of its other members: agreement with oneself would say nothing.
        """
        own, dates = self.own[rows], self.record.matrix.dates[rows]
        years, starts = np.unique(self.record.matrix.years[rows], return_index=True)
        if not len(rows):
            return ByYear([], [])
        selected = [
            (place, bloc)
            for place, bloc in enumerate(self.record.blocs.values())
            if slugs is None or bloc.slug in slugs
        ]
        positions = self.record.bloc_positions[[place for place, _bloc in selected]][:, rows]
        held = [(at, bloc, self._member_on(bloc, dates)) for at, (_place, bloc) in enumerate(selected)]
        members = {at: (bloc, member) for at, bloc, member in held if member is not None}
        if members:
            others = np.concatenate([self.record.bloc_totals[of.slug][rows[on]] for of, on in members.values()])
            others -= np.concatenate([own[on] for _of, on in members.values()])[:, np.newaxis] == np.arange(5)
            stops = np.cumsum([np.count_nonzero(on) for _of, on in members.values()])
            for at, found in zip(members, np.split(positions_of(others), stops[:-1]), strict=True):
                positions[at, members[at][1]] = found
        both = is_position(positions)
        common = np.add.reduceat(both, starts, axis=1, dtype=np.int64)
        same = np.add.reduceat(both & (positions == own), starts, axis=1, dtype=np.int64)
        return ByYear(
            years.tolist(),
            [
                BlocAgreement(bloc, at in members, tuple(in_common), tuple(alike))
                for at, ((_place, bloc), in_common, alike) in enumerate(
                    zip(selected, common.tolist(), same.tolist(), strict=True)
                )
                if any(in_common)
            ],
        )

    @cached_property
    def charted(self) -> ByYear:
        """Return its agreement with the blocs to chart: its own regional groups, then the same for every state.

        Only those with a share in some year, at most as many as a chart has lines.
        """
        regional = [
            bloc.slug
            for bloc in self.record.blocs.values()
            if bloc.kind == Bloc.Kind.REGIONAL_GROUP
            and any(membership.state == self.code for membership in bloc.group.memberships)
        ]
        slugs = [*regional[: MOST_CHARTED - len(CHARTED)], *CHARTED]
        found = self.with_blocs(self.selected_positions, slugs)
        known = [one for one in found.blocs if any(share is not None for share in one.shares)]
        return ByYear(found.years, sorted(known, key=lambda one: slugs.index(one.bloc.slug)))

    def _member_on(self, bloc: BlocRead, dates: Dates) -> Mask | None:
        """Return for each of ``dates``, ascending, if the state was a full member of the bloc; None if on none."""
        held: Mask = np.zeros(len(dates), bool)
        for membership in self.record.memberships_of.get((bloc.slug, self.code), ()):
            since, until = membership.since or datetime.date.min, membership.until or datetime.date.max
            start, stop = np.searchsorted(dates, np.array([since, until], "datetime64[D]"))
            held[start:stop] = True
        return held if held.any() else None

    @property
    def notable(self) -> int:
        """Return on how many roll calls of the period its breaks were notable."""
        return sum(one.surprise >= NOTABLE for one in self.breaks)
