"""What the ideal-point model is fitted to: positions as one flat list, with whose, of which session, and on what.

A *point* is one state in one session, a *chain* the points of a state in the order of the sessions, and an *item* one
question that was voted on: a roll call, or several on the same text in different sessions, which then share their
parameters and so tie the sessions together. Non-voting is no position and does not enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from votes.analysis.matrix import ABSTAINING, NO, YES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votes.analysis.matrix import Choices

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

ORDER = (NO, ABSTAINING, YES)
"""The positions from one end of the ordinal scale to the other."""


@dataclass(frozen=True, slots=True)
class Priors:
    """Variances of the priors. They set the scale: points come out with a standard deviation of about 1."""

    discrimination: float = 1.0
    cut: float = 25.0
    level: float = 1.0
    """Of each point around 0."""
    walk: float = 0.05
    """Of a point around the one a session before; around the one n sessions before n times that."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop."""

    iterations: int = 200
    """Steps at most."""
    tolerance: float = 1e-4
    """Converged when a step moves no point by more, in standard deviations of all points."""
    products: int = 60
    """Products with the curvature at most, to find one step."""
    precision: float = 0.1
    """To what part of where it began the error of a step is brought."""


@dataclass(frozen=True, eq=False)
class Ballots:
    """N positions on M items by P points, in three runs: lowest position of the item, middle, highest.

    Where an item knows two positions only, they are its lowest and its highest.
    """

    item: Ints
    """N: from 0 to M - 1, ascending within each run."""
    point: Ints
    """N: from 0 to P - 1."""
    ends: tuple[int, int]
    """Where the first run ends, and where the second does."""
    two_way: NDArray[np.bool_]
    """M: whether the item knows two positions only, and so has one cut instead of two."""
    labels: Ints
    """M: the caller's label of each item."""
    column: Ints
    """P: whose point it is. Points stand chain by chain, within a chain by session."""
    session: Ints
    """P: its session."""
    gap: Floats
    """P: sessions since the point before in the same chain, at least 1; infinite for the first of a chain."""

    @property
    def votes(self) -> Ints:
        """Return P, the number of positions each point rests on."""
        return np.bincount(self.point, minlength=len(self.column))


def gather(
    choices: Choices,
    items: Ints,
    sessions: Ints,
    states: Sequence[str],
    continues: Mapping[str, str] | None = None,
) -> Ballots:
    """Return the positions among R x S ``choices`` on which anybody took another: unanimous items say nothing.

    ``items`` and ``sessions`` are R labels and numbers, ``states`` the S labels of the columns. ``continues`` gives
    by the label of a state that of the one whose seat it continues, so that both make one chain. The order of rows
    and columns does not matter. Raises ValueError where a state would continue two, or itself.
    """
    labels, item_of_row = np.unique(items, return_inverse=True)
    used = np.zeros((len(labels), 3), bool)
    for rank, position in enumerate(ORDER):
        np.logical_or.at(used[:, rank], item_of_row, (choices == position).any(axis=1))
    divided = used.sum(axis=1) > 1
    number = np.cumsum(divided) - 1
    used, labels = used[divided], labels[divided]

    rows, columns = np.nonzero((choices >= YES) & (choices <= NO) & divided[item_of_row][:, None])
    item = number[item_of_row[rows]]
    # YES, ABSTAINING and NO are 1, 2 and 3: places on the scale are counted from the other end.
    place = NO - choices[rows, columns].astype(np.intp)
    lowest = place == used.argmax(axis=1)[item]
    highest = place == 2 - used[:, ::-1].argmax(axis=1)[item]
    run = np.where(lowest, 0, np.where(highest, 2, 1))

    chain, turn = _chains(states, continues or {})
    keys = (chain[columns] * (int(sessions.max(initial=0)) + 1) + sessions[rows]) * len(states) + turn[columns]
    first, point = np.unique(keys, return_index=True, return_inverse=True)[1:]
    column, session = columns[first], sessions[rows[first]]
    gap = np.full(len(first), np.inf)
    same = chain[column][1:] == chain[column][:-1]
    gap[1:][same] = np.maximum(np.diff(session)[same], 1)

    order = np.lexsort((point, item, run))
    ends = np.searchsorted(run[order], [1, 2])
    return Ballots(
        item=item[order],
        point=point[order],
        ends=(int(ends[0]), int(ends[1])),
        two_way=used.sum(axis=1) == 2,
        labels=labels,
        column=column,
        session=session,
        gap=gap,
    )


def _chains(states: Sequence[str], continues: Mapping[str, str]) -> tuple[Ints, Ints]:
    """Return S numbers of chains, in the order of the labels they begin with, and S places within their chain."""
    if len(set(continues.values())) < len(continues):
        raise ValueError("A seat is continued by one state only.")
    begins: dict[str, str] = {}
    turns: dict[str, int] = {}
    for state in states:
        begin, turn = state, 0
        while begin in continues:
            begin, turn = continues[begin], turn + 1
            if turn > len(states):
                raise ValueError(f"{state} continues itself.")
        begins[state], turns[state] = begin, turn
    numbers = {begin: number for number, begin in enumerate(sorted(set(begins.values())))}
    chain = np.array([numbers[begins[state]] for state in states], np.intp)
    return chain, np.array([turns[state] for state in states], np.intp)
