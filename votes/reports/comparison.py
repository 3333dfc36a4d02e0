"""Comparison of two or more parties: agreement over all roll calls, by year, by topic and in the preceding period.

A party is a member state, a bloc, or states that somebody put together; the position of the latter two is the plurality
of their voting members. Everything is read from the vote matrix; the measures are those of ``votes.analysis.pairs``.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.matrix import ABSTAINING, NO, YES
from votes.analysis.pairs import POSITIONS, is_position, measures
from votes.periods import CHINA_CHANGED, spans_change_of_china
from votes.reports.state import MINIMUM_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from votes.analysis.agreement import Flags
    from votes.analysis.groups import Group
    from votes.analysis.matrix import Choices, Mask, Rows
    from votes.analysis.pairs import Agreement, Table
    from votes.record.parties import Party
    from votes.record.record import Record

MINIMUM = MINIMUM_YEAR
"""Roll calls below which no measure is shown: of ten, one moves a share by a tenth. Of years as of everything else."""

AT_LEAST, AT_MOST = 2, 8
"""How many parties are compared."""

MOST_CHARTED = 6
"""Pairs that are all charted, those of four parties; with more, only those of the first party are."""

NO_TOPIC = ""
"""In place of a topic's slug: the roll calls on texts without one."""


def shown(measured: Agreement, measure: str = "agreement") -> float | None:
    """Return a measure, None where it is undefined or rests on fewer than ``MINIMUM`` roll calls."""
    value: float | None = getattr(measured, measure)
    return value if rests_on(measured, measure) >= MINIMUM else None


def rests_on(measured: Agreement, measure: str) -> int:
    """Return how many roll calls a measure rests on."""
    return measured.coincident if measure == "coincidence" else measured.common


@dataclass(frozen=True, eq=False)
class Pair:
    """Two parties, with the tables of their positions; rows of a table are ``one``, columns ``other``."""

    one: Party
    other: Party
    by_year: Table
    """Y x 3 x 3, a table for each calendar year of the comparison."""
    by_topic: Table
    """T x 3 x 3, a table for each topic of the comparison; a roll call on several topics is in each."""
    table_before: Table | None
    """3 x 3, of the preceding period."""

    @cached_property
    def table(self) -> Table:
        """Return 3 x 3, the table of all roll calls."""
        return self.by_year.sum(axis=0)

    @cached_property
    def overall(self) -> Agreement:
        return measures(self.table)

    @cached_property
    def before(self) -> Agreement | None:
        return None if self.table_before is None else measures(self.table_before)

    @cached_property
    def years(self) -> list[Agreement]:
        return [measures(table) for table in self.by_year]

    @cached_property
    def topics(self) -> list[Agreement]:
        return [measures(table) for table in self.by_topic]

    @property
    def same(self) -> int:
        """Return on how many roll calls both took the same position."""
        return int(np.trace(self.table))

    @property
    def opposed(self) -> int:
        """Return on how many roll calls one was in favour and the other against."""
        return int(self.table[0, 2] + self.table[2, 0])

    def change(self, measure: str = "agreement") -> float | None:
        """Return a measure less that of the preceding period; None where either of the two is not shown."""
        now = shown(self.overall, measure)
        before = None if self.before is None else shown(self.before, measure)
        return None if now is None or before is None else now - before


@dataclass(frozen=True, slots=True)
class Overlap:
    """States whose votes count in the positions of both of two parties."""

    one: Party
    other: Party
    states: tuple[str, ...]
    """Codes, ascending."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """K parties over some rows of the record's matrix."""

    record: Record
    parties: tuple[Party, ...]
    rows: Rows
    """N rows, ascending."""
    preceding_rows: Rows | None
    """The rows of the preceding period; None where there is no such period."""
    positions: Choices
    """K x N, the position of each party on each of the rows."""
    years: tuple[int, ...]
    """Y, ascending and without a gap, from the first to the last with a row."""
    topics: tuple[str, ...]
    """T slugs, in the order of the record's topics; last NO_TOPIC where texts are without one."""
    pairs: tuple[Pair, ...]
    """Each two of the parties, in the order of the parties."""

    @classmethod
    def of(cls, parties: Sequence[Party], record: Record, rows: Rows, preceding_rows: Rows | None) -> Comparison:
        """Compare ``parties`` over ``rows``, and over ``preceding_rows`` where there is a preceding period."""
        everywhere = [party.positions(record) for party in parties]
        positions, years = _at(everywhere, rows), record.matrix.years[rows]
        span = range(int(years[0]), int(years[-1]) + 1) if len(rows) else range(0)
        topics = _topics(record, rows)
        flags = _flags(positions)
        # Rows ascend by date, so those of a year stand together.
        ends = np.searchsorted(years, [*span, span.stop]).tolist()
        by_year = _counts([flags[:, start:end] for start, end in pairwise(ends)], len(parties))
        by_topic = _counts([flags[:, mask] for mask in topics.values()], len(parties))
        before = None
        if preceding_rows is not None:
            before = _counts([_flags(_at(everywhere, preceding_rows))], len(parties))[0]
        pairs = tuple(
            Pair(
                parties[one],
                parties[other],
                by_year[:, one, :, other],
                by_topic[:, one, :, other],
                None if before is None else before[one, :, other],
            )
            for one, other in combinations(range(len(parties)), 2)
        )
        return cls(record, tuple(parties), rows, preceding_rows, positions, tuple(span), tuple(topics), pairs)

    @property
    def charted(self) -> tuple[Pair, ...]:
        """Return the pairs to show by year and topic: all of up to four parties, otherwise those of the first."""
        return self.pairs if len(self.pairs) <= MOST_CHARTED else self.pairs[: len(self.parties) - 1]

    @cached_property
    def together(self) -> tuple[int, int]:
        """Return on how many roll calls all parties took the same position, of how many on which all took one."""
        everyone = self.positions[:, is_position(self.positions).all(axis=0)]
        return int((everyone == everyone[:1]).all(axis=0).sum()), everyone.shape[1]

    @cached_property
    def divided(self) -> Rows:
        """Return all rows on which parties differed, those on which they were most divided first, then the newest.

        How divided they were is how far apart each two of them were, added up: two steps where one was in favour and
        the other against, one where only one of them abstained.
        """
        yes, abstaining, no = ((self.positions == choice).sum(axis=0) for choice in (YES, ABSTAINING, NO))
        apart = 2 * yes * no + abstaining * (yes + no)
        # Rows ascend by date and, within a day, by slug: labels, so that the order is the same every time.
        order = np.lexsort((-self.rows, -apart))
        return self.rows[order[: np.count_nonzero(apart)]]

    def extremes(self, measure: str = "agreement") -> tuple[list[Pair], list[Pair]]:
        """Return the pairs with the largest and with the smallest value that is shown; all of them that tie."""
        values = [(shown(pair.overall, measure), pair) for pair in self.pairs]
        known = [value for value, _pair in values if value is not None]
        if not known or min(known) == max(known):
            return [], []
        most, least = max(known), min(known)
        return [pair for value, pair in values if value == most], [pair for value, pair in values if value == least]

    @property
    def spans_seat_of_china(self) -> bool:
        """Tell whether a party has China's vote in it, with votes of both representations of its seat."""
        dates = self.record.matrix.dates
        ends = [
            dates[rows[end]].item()
            for rows in (self.rows, self.preceding_rows)
            if rows is not None and len(rows)
            for end in (0, -1)
        ]
        return spans_change_of_china(ends) and any(
            party.has_member_on("CHN", CHINA_CHANGED, self.record) for party in self.parties
        )

    @cached_property
    def overlaps(self) -> list[Overlap]:
        """Return the pairs with states that were members of both at the same time, between the first and last row."""
        if not len(self.rows):
            return []
        first, last = (self.record.matrix.dates[self.rows[end]].astype(object) for end in (0, -1))
        periods = {party.text: _periods_of(party.group(self.record), first, last) for party in self.parties}
        found = []
        for one, other in combinations(self.parties, 2):
            mine, theirs = periods[one.text], periods[other.text]
            states = tuple(
                sorted(
                    state
                    for state in mine.keys() & theirs.keys()
                    if any(max(a, c) < min(b, d) for a, b in mine[state] for c, d in theirs[state])
                )
            )
            if states:
                found.append(Overlap(one, other, states))
        return found


def _periods_of(
    group: Group, first: datetime.date, last: datetime.date
) -> dict[str, list[tuple[datetime.date, datetime.date]]]:
    """Return by state from when up to when it was a member, within the days from ``first`` to ``last``."""
    end = last + datetime.timedelta(days=1)
    periods: dict[str, list[tuple[datetime.date, datetime.date]]] = {}
    for membership in group.memberships:
        since, until = max(membership.since or first, first), min(membership.until or end, end)
        periods.setdefault(membership.state, []).append((since, until))
    return periods


def _topics(record: Record, rows: Rows) -> dict[str, Mask]:
    """Return which of N rows are on texts about each topic that any of them is about, and on texts about none."""
    topics = record.matrix.topics[rows]
    place = {slug: place for place, slug in enumerate(record.matrix.topic_slugs)}
    masks = {slug: (topics >> place[slug]) & 1 == 1 for slug in record.topics} | {NO_TOPIC: topics == 0}
    return {slug: mask for slug, mask in masks.items() if mask.any()}


def _at(everywhere: Sequence[Choices], rows: Rows) -> Choices:
    """Return K x N, what K parties chose on N rows."""
    return np.array([taken[rows] for taken in everywhere], np.int8).reshape(len(everywhere), len(rows))


def _flags(positions: Choices) -> Flags:
    """Return 3K x N, where each of K parties took each of the three positions, as numbers to multiply."""
    return np.concatenate([positions[:, None] == choice for choice in POSITIONS], axis=1, dtype=np.float32).reshape(
        3 * len(positions), positions.shape[1]
    )


def _counts(parts: Sequence[Flags], parties: int) -> NDArray[np.int64]:
    """Return parts x K x 3 x K x 3, how often which two parties took which two positions in each part of the rows."""
    counts = np.zeros((len(parts), 3 * parties, 3 * parties), np.float32)
    for place, flags in enumerate(parts):
        np.matmul(flags, flags.T, out=counts[place])
    return counts.astype(np.int64).reshape(len(parts), parties, 3, parties, 3)
