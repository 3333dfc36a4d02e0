"""Movement between two roll calls: each state's and each bloc's choices on both, with names and members of each date.

A state in one of the two electorates only did not move: it joined or left. Successors are not merged with the states
before them. Where only the members of a bloc are looked at, they are those of each roll call's own date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from votes.analysis.groups import positions_of
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES
from votes.analysis.memberships import totals_of
from votes.analysis.pairs import is_position
from votes.analysis.transitions import movers, transitions
from votes.periods import spans_change_of_china
from votes.reports.breakdown import KINDS, sort_name

if TYPE_CHECKING:
    import datetime

    from numpy.typing import NDArray

    from votes.analysis.matrix import Choices, Mask
    from votes.record.record import BlocRead, Record, State

ORDER = (YES, ABSTAINING, NO, NON_VOTING, OUTSIDE)
"""How choices are listed here: along the scale from in favour to against, so that neighbours are close."""


class StateMove(NamedTuple):
    """A state with its name and choice on each of the two dates; OUTSIDE where it was not in the electorate."""

    state: State
    name: str
    """Its name on the first date."""
    later_name: str
    before: int
    after: int


class Cell(NamedTuple):
    """The states that made one choice first and another, or the same, later; in the order of their names."""

    before: int
    after: int
    states: tuple[StateMove, ...]


@dataclass(frozen=True, slots=True)
class BlocMove:
    """What became of a bloc: counted are the states that were members, and in the electorate, on both dates."""

    bloc: BlocRead
    stayed: int
    towards: int
    """Moved along the scale of in favour, abstaining and against, to a place nearer to in favour."""
    away: int
    """Moved along it to a place nearer to against."""
    other: int
    """Moved to or from non-voting, which is no place on the scale."""
    positions: tuple[int, int]
    """The bloc's position on each date, with all its members of that date; see ``votes.analysis.groups``."""
    moved: tuple[StateMove, ...]
    joined: tuple[StateMove, ...]
    """Members in the electorate of the second roll call, and not in that of the first."""
    left: tuple[StateMove, ...]
    """Members in the electorate of the first roll call, and not in that of the second."""

    @property
    def members(self) -> int:
        return self.stayed + len(self.moved)


@dataclass(frozen=True, eq=False)
class Movement:
    """The choices of S states, in the order of the matrix, on two of its rows; of one bloc's members, where asked."""

    record: Record
    a: int
    b: int
    bloc: BlocRead | None
    before: Choices
    after: Choices

    @classmethod
    def of(cls, record: Record, a: int, b: int, bloc: BlocRead | None = None) -> Movement:
        """Return who moved from row ``a`` to row ``b`` of the record's matrix."""
        found = [record.matrix.choices[row] for row in (a, b)]
        if bloc is not None:
            place = list(record.blocs).index(bloc.slug)
            dates = (record.matrix.dates[row].item() for row in (a, b))
            found = [
                np.where(record.memberships.on(date)[place], choices, np.int8(OUTSIDE))
                for choices, date in zip(found, dates, strict=True)
            ]
        return cls(record, a, b, bloc, found[0], found[1])

    @cached_property
    def dates(self) -> tuple[datetime.date, datetime.date]:
        first, second = (self.record.matrix.dates[row].item() for row in (self.a, self.b))
        return first, second

    @cached_property
    def table(self) -> NDArray[np.int64]:
        """Return 5 x 5, how many states made which choice first (rows) and later (columns)."""
        return transitions(self.before, self.after)

    @property
    def in_both(self) -> int:
        return int(self.table[1:, 1:].sum())

    @property
    def moved(self) -> int:
        """Return how many of these chose otherwise the second time."""
        return self.in_both - int(np.trace(self.table[1:, 1:]))

    @property
    def spans_seat_of_china(self) -> bool:
        """Tell whether the representation of China's seat changed between the two, and China is compared."""
        column = self.record.matrix.columns.get("CHN")
        if column is None or OUTSIDE in (self.before[column], self.after[column]):
            return False
        return spans_change_of_china(self.dates)

    @cached_property
    def cells(self) -> list[Cell]:
        """Return the cells that have states, the fullest first; among equals in the order of the choices."""
        found = [
            Cell(before, after, self.named(columns.tolist()))
            for (before, after), columns in movers(self.before, self.after).items()
        ]
        places = {choice: place for place, choice in enumerate(ORDER)}
        return sorted(found, key=lambda cell: (-len(cell.states), places[cell.before], places[cell.after]))

    @property
    def moves(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.before != cell.after and OUTSIDE not in cell[:2]]

    @property
    def stays(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.before == cell.after]

    @property
    def only(self) -> tuple[list[Cell], list[Cell]]:
        """Return the cells of those in the first electorate only, and in the second only."""
        return (
            [cell for cell in self.cells if cell.after == OUTSIDE],
            [cell for cell in self.cells if cell.before == OUTSIDE],
        )

    @cached_property
    def states(self) -> list[StateMove]:
        """Return the states of either electorate, in the order of their codes."""
        return [self._state(column) for column in np.flatnonzero(self.before | self.after).tolist()]

    @cached_property
    def memberships(self) -> tuple[Mask, Mask]:
        """Return B x S, who was a member of which bloc on each date, in the order of the record's blocs."""
        first, second = (self.record.memberships.on(date) for date in self.dates)
        return first, second

    @cached_property
    def blocs(self) -> list[BlocMove]:
        """Return what became of each bloc with members in either electorate, sorted by kind and name."""
        first, second = self.memberships
        first, second = first & (self.before != OUTSIDE), second & (self.after != OUTSIDE)
        both = first & second
        moved = both & (self.before != self.after)
        on_scale = moved & is_position(self.before) & is_position(self.after)
        counted = np.stack(
            [
                np.count_nonzero(mask, axis=1)
                for mask in (
                    both & ~moved,
                    on_scale & (self.after < self.before),
                    on_scale & (self.after > self.before),
                    moved & ~on_scale,
                )
            ],
            axis=1,
        ).tolist()
        positions = [
            positions_of(totals_of(members, choices)).tolist()
            for members, choices in ((first, self.before), (second, self.after))
        ]
        lines = []
        for place, bloc in enumerate(self.record.blocs.values()):
            own = (positions[0][place], positions[1][place])
            if own == (OUTSIDE, OUTSIDE) or (self.bloc is not None and bloc is not self.bloc):
                continue
            named = (
                self.named(np.flatnonzero(mask).tolist())
                for mask in (moved[place], second[place] & ~first[place], first[place] & ~second[place])
            )
            stayed, towards, away, other = counted[place]
            moved_by, joined, left = named
            lines.append(BlocMove(bloc, stayed, towards, away, other, own, moved_by, joined, left))
        return sorted(lines, key=lambda line: (KINDS[line.bloc.kind], line.bloc.short_name, line.bloc.slug))

    def named(self, columns: list[int]) -> tuple[StateMove, ...]:
        """Return the states of these columns, in the order of their names on the first date."""
        return tuple(sorted(map(self._state, columns), key=lambda move: (sort_name(move.name), move.state.code)))

    def _state(self, column: int) -> StateMove:
        """Return the state of a column; each is asked for several times."""
        move = self._states.get(column)
        if move is None:
            state = self.record.states[self.record.matrix.states[column]]
            name, later = (state.name_on(date) if state.former else state.name for date in self.dates)
            move = StateMove(state, name, later, int(self.before[column]), int(self.after[column]))
            self._states[column] = move
        return move

    @cached_property
    def _states(self) -> dict[int, StateMove]:
        return {}
