"""The agreement matrix: pairwise agreement of member states, ordered by similarity.

The states are those chosen, the members of a bloc, or all that voted. Of a bloc, a pair of states counts the roll calls
on whose date both were full members, so that a matrix over decades has no votes of a state before it came or after it
left. Everything is read from the vote matrix; the measures are those of ``votes.analysis.pairs``.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.agreement import MEASURES, AllAgreement, all_agreement
from votes.analysis.clustering import order_by_similarity
from votes.analysis.matrix import OUTSIDE
from votes.periods import spans_change_of_china

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from votes.analysis.agreement import Counts, Shares
    from votes.analysis.groups import Group
    from votes.analysis.matrix import Rows, VoteMatrix
    from votes.record.record import Record, State

MINIMUM = 10
"""Roll calls below which no measure is shown: one of them would move it by more than a tenth, a step of the picture."""

YEARS, BUSY = 5, 20
"""How many calendar years are looked at where no period is asked for, and how many recorded votes make a year count."""

SIMILARITY, NAME = "similarity", "name"
ORDERS = (SIMILARITY, NAME)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two states with the value of a measure and the roll calls it rests on."""

    one: State
    other: State
    value: float
    roll_calls: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """The first of many pairs, and how many of those left out have the very value of the last of them."""

    shown: tuple[Pair, ...]
    tied: int


@dataclass(frozen=True, eq=False)
class AgreementMatrix:
    """S member states in the order to show them, and what each two have in common. Arrays are S x S and symmetric."""

    states: tuple[State, ...]
    left_out: tuple[State, ...]
    """Those for which no value rests on ``MINIMUM`` roll calls, by name; none of states that were chosen."""
    measure: str
    """The measure that decides on the order."""
    roll_calls: int
    first: datetime.date | None
    """The days of the first and the last roll call; None where there is none."""
    last: datetime.date | None
    _all: AllAgreement
    _order: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        record: Record,
        rows: Rows,
        *,
        codes: Iterable[str] = (),
        group: Group | None = None,
        measure: str = MEASURES[0],
        order: str = SIMILARITY,
        also: Collection[str] = (),
    ) -> AgreementMatrix:
        """Return the matrix over ``rows`` of the states ``codes``, of the members of ``group``, or of all that voted.

        ``also`` are measures besides ``measure`` that will be asked for. Raises KeyError for a measure or a code that
        is not known, and ValueError for an order that is not.
        """
        if order not in ORDERS:
            raise ValueError(f"“{order}” is none of the orders {', '.join(ORDERS)}.")
        matrix, chosen = record.matrix.take(rows), tuple(codes)
        if chosen:
            matrix = matrix.of_states(sorted(set(chosen)))
        elif group is not None:
            matrix = _among_members(matrix, group)
        everyone = all_agreement(matrix, {measure, *also})
        values = _shown(everyone, measure)
        seated = np.ones(len(matrix.states), bool) if chosen else (matrix.choices != OUTSIDE).any(axis=0)
        known = ~np.isnan(values).all(axis=0)
        places = np.flatnonzero(seated & known) if not chosen else np.arange(len(matrix.states))
        left_out = [] if chosen else np.flatnonzero(seated & ~known).tolist()
        by_name = {state.code: place for place, state in enumerate(record.states_by_name)}
        if order == NAME:
            places = np.array(sorted(places.tolist(), key=lambda place: by_name[matrix.states[place]]), np.intp)
        else:
            distance = 1 - values[np.ix_(places, places)]
            places = places[list(_order(distance.tobytes(), len(places)))]
        return cls(
            states=tuple(record.states[matrix.states[place]] for place in places.tolist()),
            left_out=tuple(record.states_by_name[at] for at in sorted(by_name[matrix.states[n]] for n in left_out)),
            measure=measure,
            roll_calls=len(matrix),
            first=matrix.dates[0].item() if len(matrix) else None,
            last=matrix.dates[-1].item() if len(matrix) else None,
            _all=everyone,
            _order=places,
        )

    def __len__(self) -> int:
        return len(self.states)

    def values_of(self, measure: str) -> Shares:
        """Return the values of a measure; nan on the diagonal, where undefined and below ``MINIMUM`` roll calls."""
        return _shown(self._all, measure)[np.ix_(self._order, self._order)]

    def rests_on(self, measure: str) -> Counts:
        """Return how many roll calls each value of a measure rests on, whether it is shown or not."""
        return _rests_on(self._all, measure)[np.ix_(self._order, self._order)]

    @cached_property
    def values(self) -> Shares:
        return self.values_of(self.measure)

    @cached_property
    def counts(self) -> Counts:
        """Return how many roll calls each of its values rests on."""
        return self.rests_on(self.measure)

    @cached_property
    def number_of_pairs(self) -> int:
        return len(self._pairs[0])

    @cached_property
    def median(self) -> float | None:
        return float(np.median(self._pairs[1])) if self.number_of_pairs else None

    def closest(self, number: int) -> Pairs:
        return self._extreme(number, -1)

    def farthest(self, number: int) -> Pairs:
        return self._extreme(number, 1)

    @property
    def spans_seat_of_china(self) -> bool:
        """Tell whether China is shown, with votes of both representations of its seat."""
        days = [day for day in (self.first, self.last) if day]
        return spans_change_of_china(days) and any(state.code == "CHN" for state in self.states)

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.intp], Shares]:
        """Return the places, in the values laid out in one line, of the pairs that have one; and these values."""
        below = np.flatnonzero(np.tri(len(self), k=-1, dtype=bool))
        values = self.values.ravel()[below]
        known = ~np.isnan(values)
        return below[known], values[known]

    def _extreme(self, number: int, sign: int) -> Pairs:
        """Return the pairs with the smallest values times ``sign``.

        Of equal values those that rest on more roll calls come first, then by the names of the states. Those of them
        for which there is no room are counted.
        """
        places, values = self._pairs
        if not len(places) or number < 1:
            return Pairs((), 0)
        keys = sign * values
        last = np.partition(keys, min(number, len(keys)) - 1)[min(number, len(keys)) - 1]
        found = []
        for place in places[keys <= last].tolist():
            pair = sorted(divmod(place, len(self)), key=lambda at: _by_name(self.states[at]))
            one, other = (self.states[at] for at in pair)
            found.append(Pair(one, other, float(self.values.flat[place]), int(self.counts.flat[place])))
        found.sort(key=lambda p: (sign * p.value, -p.roll_calls, _by_name(p.one), _by_name(p.other)))
        return Pairs(tuple(found[:number]), len(found) - len(found[:number]))


def usual_since(record: Record, body: str) -> datetime.date | None:
    """Return the day from which to look at a body's votes where no period is asked for; None for all of them.

    It is the first day of the last five calendar years in which the body took at least 20 recorded votes, so that a
    year of which the record holds a handful does not take the place of a whole one.
    """
    years, counts = np.unique(record.matrix.years[record.matrix.bodies == body], return_counts=True)
    busy: Sequence[int] = years[counts >= BUSY].tolist()[-YEARS:]
    return datetime.date(busy[0], 1, 1) if busy else None


@lru_cache(maxsize=8)
def _order(distance: bytes, number: int) -> tuple[int, ...]:
    """Return the order by similarity of a square of distances: a page, its picture and its files all have it."""
    return tuple(order_by_similarity(np.frombuffer(distance).reshape(number, number)))


def _among_members(matrix: VoteMatrix, group: Group) -> VoteMatrix:
    """Return the choices of a group's members, OUTSIDE wherever they were not members on the day."""
    of_members = matrix.of_states([code for code in group.states if code in matrix.columns])
    choices = np.where(group.mask(of_members), of_members.choices, np.int8(OUTSIDE))
    return replace(of_members, choices=choices)


def _shown(everyone: AllAgreement, measure: str) -> Shares:
    """Return a measure's values, nan on the diagonal and where they rest on fewer than ``MINIMUM`` roll calls."""
    values = np.where(_rests_on(everyone, measure) >= MINIMUM, everyone.of(measure), np.nan)
    np.fill_diagonal(values, np.nan)
    return values


def _rests_on(everyone: AllAgreement, measure: str) -> Counts:
    return everyone.coincident if measure == "coincidence" else everyone.common


def _by_name(state: State) -> tuple[str, str]:
    return state.sort_name, state.code
