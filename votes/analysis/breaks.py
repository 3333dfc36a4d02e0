"""Breaks by surprise: on which roll calls a state took another position than the states it usually agrees with.

A state's closest partners are the 20 that agreed with it most on the roll calls of the five years before. Surprise is
the share of those that took another position than it did. Nothing here knows alliances: they are in the votes.

Which breaks are notable is a matter of surprise; which of them comes first, of distance. A state that stood against
what its partners were in favour of goes before one that abstained beside them, however many those were.

Only the General Assembly is looked at. Partners are among some 190 members there; in a Council of fifteen, most of
whom stay two years, 20 closest are all there are, and "closest" would say nothing.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from votes.analysis.agreement import all_agreement, flags, shares
from votes.analysis.matrix import ABSTAINING, NO, YES, Choices, Mask, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.analysis.matrix import VoteMatrix

BODY = "GA"
"""The body in which partners are looked for, and breaks."""
YEARS = 5
"""How far back partners are looked for: long enough for hundreds of roll calls, short enough to follow governments."""
PARTNERS = 20
"""How many are closest: about one member in ten."""
MINIMUM_COMMON = 20
"""Roll calls in common below which an agreement says too little to make a partner: one of them would move it by 5%."""
MINIMUM_VOTING = 5
"""Closest partners that must have taken a position themselves, or there is no surprise to speak of."""
NOTABLE = 0.75
"""Surprise from which a break is notable: three in four of those that usually agree did not."""

Counts = NDArray[np.int16]
AllCounts = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.float32]


@dataclass(frozen=True)
class Partners:
    """Who agreed with whom over the years before a day. Arrays are S x S, rows the state, columns its partner."""

    states: tuple[str, ...]
    since: datetime.date
    before: datetime.date
    """The period: from ``since`` up to but not including ``before``."""
    roll_calls: int
    """How many there were in it."""
    common: AllCounts
    """Those on which both took a position."""
    same: AllCounts
    """Those of them on which it was the same one."""
    closest: Mask
    """Whether the column is among the closest partners of the row; not symmetric."""

    @cached_property
    def ranked(self) -> NDArray[np.float64]:
        """Return the agreement of all pairs, as ``ranked`` has them."""
        return ranked(self.common, self.same)


@dataclass(frozen=True, slots=True)
class Break:
    """A state's position on a roll call, against those of its closest partners."""

    state: str
    choice: int
    """YES, ABSTAINING or NO."""
    partners: int
    """How many of its closest partners took a position."""
    other: int
    """How many of those took another one than the state."""
    opposed: int
    """How many of those took the opposite one: against where the state was in favour, or in favour where against."""

    @property
    def surprise(self) -> float:
        """Return the share that took another position, from 0 to 1."""
        return self.other / self.partners

    @property
    def distance(self) -> float:
        """Return the same, an abstention on either side counting half (as Lijphart counts it)."""
        return (self.other + self.opposed) / (2 * self.partners)


@dataclass(frozen=True, slots=True)
class SurpriseTable:
    """What ``surprises`` says of many roll calls at once."""

    rows: Rows
    """R: the rows of the matrix that the following are about, ascending."""
    states: tuple[str, ...]
    partners: Counts
    """R x S: how many closest partners took a position; 0 where the state took none."""
    other: Counts
    """R x S: how many of them took another one than the state."""
    opposed: Counts
    """R x S: how many of those took the opposite one."""

    @property
    def surprise(self) -> NDArray[np.float32]:
        """Return R x S, the share that took another position; nan below ``MINIMUM_VOTING`` partners."""
        enough = self.partners >= MINIMUM_VOTING
        empty = np.full(self.partners.shape, np.nan, np.float32)
        return np.divide(self.other, self.partners, out=empty, where=enough, dtype=np.float32)


def years_before(date: datetime.date, years: int = YEARS) -> datetime.date:
    """Return the day that many years before; for a 29 February where there is none, 1 March."""
    try:
        return date.replace(year=date.year - years)
    except ValueError:
        return datetime.date(date.year - years, 3, 1)


def closest(common: AllCounts, same: AllCounts, *, number: int = PARTNERS, minimum: int = MINIMUM_COMMON) -> Mask:
    """Return S x S, whether the state of the column is among those that agree most with the state of the row.

    ``common`` and ``same`` are S x S counts of roll calls. Ranked is by the share of the same position among those
    with at least ``minimum`` roll calls in common. All that tie with the last of the ``number`` are in, so that no
    order of states decides; with fewer than ``number`` to rank, all of them are.
    """
    share = np.where(common >= minimum, shares(same, common), -1.0)
    np.fill_diagonal(share, -1.0)
    place = len(share) - number
    last = np.partition(share, place, axis=1)[:, place] if place > 0 else np.zeros(len(share))
    return share >= np.maximum(last, 0.0)[:, np.newaxis]


def ranked(common: AllCounts, same: AllCounts) -> NDArray[np.float64]:
    """Return the share of the same position of each pair with ``MINIMUM_COMMON`` roll calls in common, ascending."""
    pairs = np.tri(len(common), k=-1, dtype=bool) & (common >= MINIMUM_COMMON)
    return np.sort(shares(same[pairs], common[pairs]))


def partners(matrix: VoteMatrix, before: datetime.date, years: int = YEARS) -> Partners:
    """Return who agreed with whom in the ``years`` before a day; that day itself no longer counts."""
    since = years_before(before, years)
    rows = matrix.rows(since=since, until=before, body=BODY)
    counted = all_agreement(matrix.take(rows), ("agreement",))
    return Partners(
        states=matrix.states,
        since=since,
        before=before,
        roll_calls=len(rows),
        common=counted.common,
        same=counted.same,
        closest=closest(counted.common, counted.same),
    )


def surprises(matrix: VoteMatrix, row: int, before: Partners) -> list[Break]:
    """Return, for each state that took a position on a roll call, how its closest partners voted.

    ``before`` are the partners before the day of that roll call. States with fewer than ``MINIMUM_VOTING`` closest
    partners that took a position are left out, and there are none at all outside the General Assembly. Those
    surprising most come first; of equal surprise the one with more partners on the other side, then by code.
    """
    if matrix.bodies[row] != BODY:
        return []
    return _breaks(matrix, row, *(counts[0] for counts in _count(matrix.choices[row : row + 1], before.closest)))


def all_surprises(matrix: VoteMatrix, rows: Rows | None = None) -> SurpriseTable:
    """Return what ``surprises`` says of each of ``rows``, ascending; of every roll call where that is None.

    The five years before slide along: each day adds the roll calls that came and takes off those that went.
    """
    wanted = np.arange(len(matrix)) if rows is None else np.asarray(rows, np.intp)
    table = SurpriseTable(wanted, matrix.states, *np.zeros((3, len(wanted), len(matrix.states)), np.int16))
    places = np.flatnonzero(matrix.bodies[wanted] == BODY)
    if not len(places):
        return table
    assembly = np.flatnonzero(matrix.bodies == BODY)
    window = _Window(matrix.choices[assembly])
    dates = matrix.dates[assembly]
    days, starts = np.unique(matrix.dates[wanted[places]], return_index=True)
    for day, of_day in zip(days, np.split(places, starts[1:]), strict=True):
        since = np.datetime64(years_before(day.item()), "D")
        window.slide(*np.searchsorted(dates, [since, day]).tolist())
        counted = _count(matrix.choices[wanted[of_day]], closest(window.common, window.same))
        table.partners[of_day], table.other[of_day], table.opposed[of_day] = counted
    return table


def surprises_in(table: SurpriseTable, matrix: VoteMatrix, place: int) -> list[Break]:
    """Return ``surprises`` of the roll call at ``place`` in a table that was made of ``matrix``."""
    return _breaks(matrix, int(table.rows[place]), table.partners[place], table.other[place], table.opposed[place])


def notable(found: Iterable[Break], minimum: float = NOTABLE) -> list[Break]:
    """Return the breaks with at least that surprise, the most distant first.

    Of equal distance the most surprising comes first, then the one with more partners on another side, then by code.
    """
    chosen = [one for one in found if one.surprise >= minimum]
    return sorted(chosen, key=lambda one: (-one.distance, -one.surprise, -one.other, one.state))


class _Window:
    """Counts of all pairs of states over consecutive rows, which move forward."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._start = self._stop = 0
        self.common = np.zeros((choices.shape[1], choices.shape[1]), np.float32)
        self.same = np.zeros_like(self.common)

    def slide(self, start: int, stop: int) -> None:
        """Move to the rows from ``start`` up to but not including ``stop``, neither of which goes back."""
        if start >= self._stop:
            self.common[:], self.same[:] = 0, 0
            self._start = self._stop = start
        self._add(self._stop, stop, 1)
        self._add(self._start, start, -1)
        self._start, self._stop = start, stop

    def _add(self, start: int, stop: int, sign: int) -> None:
        """Count the rows from ``start`` to ``stop`` once more, or with ``sign`` -1 once less."""
        if start == stop:
            return
        taken = [flags(self._choices[start:stop], choice) for choice in (YES, ABSTAINING, NO)]
        stacked, voting = np.concatenate(taken), sum(taken[1:], taken[0])
        self.common += sign * (voting.T @ voting)
        self.same += sign * (stacked.T @ stacked)


def _count(choices: Choices, close: Mask) -> tuple[Counts, Counts, Counts]:
    """Return, for R x S ``choices``, how many of each state's partners took a position, another, and the opposite one.

    ``close`` is S x S as from ``closest``. All are 0 where the state took no position.
    """
    weights = close.T.astype(np.float32)
    yes, abstaining, no = (flags(choices, choice) for choice in (YES, ABSTAINING, NO))
    of_yes, of_abstaining, of_no = yes @ weights, abstaining @ weights, no @ weights
    opposed = yes * of_no + no * of_yes
    other = opposed + (yes + no) * of_abstaining + abstaining * (of_yes + of_no)
    same = yes * of_yes + abstaining * of_abstaining + no * of_no
    return (same + other).astype(np.int16), other.astype(np.int16), opposed.astype(np.int16)


def _breaks(matrix: VoteMatrix, row: int, voting: Counts, other: Counts, opposed: Counts) -> list[Break]:
    """Return the breaks of a row, in the order of ``surprises``, of S counts each."""
    columns = np.flatnonzero(voting >= MINIMUM_VOTING)
    figures = (counts[columns].tolist() for counts in (matrix.choices[row], voting, other, opposed))
    found = [Break(matrix.states[column], *one) for column, *one in zip(columns.tolist(), *figures, strict=True)]
    return sorted(found, key=lambda one: (-one.surprise, -one.other, one.state))
