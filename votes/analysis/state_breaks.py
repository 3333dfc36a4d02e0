"""One state's breaks over many roll calls, where ``votes.analysis.breaks`` looks at all states at once.

What closest partners and surprise are is said there, and so are all thresholds. For one state, running totals of what
it has in common with each of the others give the five years before any day by a subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.agreement import shares
from votes.analysis.breaks import BODY, MINIMUM_COMMON, MINIMUM_VOTING, PARTNERS, Counts, years_before
from votes.analysis.matrix import Rows
from votes.analysis.pairs import is_position

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, VoteMatrix


@dataclass(frozen=True, slots=True)
class StateSurprises:
    """How the closest partners of a state voted on the roll calls on which it took a position."""

    rows: Rows
    """N: rows of the matrix, ascending, all of the General Assembly."""
    partners: Counts
    """N: how many of its closest partners took a position."""
    other: Counts
    """N: how many of them took another one than the state."""

    @property
    def surprise(self) -> NDArray[np.float64]:
        """Return N, the share that took another position; nan below ``MINIMUM_VOTING`` partners."""
        return shares(self.other, np.where(self.partners >= MINIMUM_VOTING, self.partners, 0))


def surprises_of(matrix: VoteMatrix, code: str, rows: Rows) -> StateSurprises:
    """Return the surprises of a state on those of ``rows`` that are of the Assembly and on which it took a position.

    A code that never had a vote has none.
    """
    own = matrix.of(code)
    selected = rows[is_position(own[rows]) & (matrix.bodies[rows] == BODY)]
    if not len(selected):
        nothing = np.zeros(0, np.int16)
        return StateSurprises(selected, nothing, nothing)
    days, of_day = np.unique(matrix.dates[selected], return_inverse=True)
    close = _closest_on(matrix, code, days)[of_day]
    choices = matrix.choices[selected]
    voting = close & is_position(choices)
    other = voting & (choices != own[selected][:, np.newaxis])
    return StateSurprises(
        selected, np.count_nonzero(voting, axis=1).astype(np.int16), np.count_nonzero(other, axis=1).astype(np.int16)
    )


def _closest_on(matrix: VoteMatrix, code: str, days: NDArray[np.datetime64]) -> Mask:
    """Return D x S, for each of ``days`` (ascending), whether a state is among the closest partners of ``code``."""
    since = np.array([years_before(day) for day in days.tolist()], "datetime64[D]")
    common_rows = np.flatnonzero((matrix.bodies == BODY) & is_position(matrix.of(code)))
    starts, stops = np.searchsorted(matrix.dates[common_rows], [since, days])
    first = int(starts[0])
    common_rows = common_rows[first : int(stops[-1])]
    window, own = matrix.choices[common_rows], matrix.of(code)[common_rows]
    common = _over(is_position(window), starts - first, stops - first)
    same = _over(window == own[:, np.newaxis], starts - first, stops - first)
    share = np.where(common >= MINIMUM_COMMON, shares(same, common), -1.0)
    share[:, matrix.columns[code]] = -1.0
    place = len(matrix.states) - PARTNERS
    last = np.partition(share, place, axis=1)[:, place] if place > 0 else np.zeros(len(days))
    return share >= np.maximum(last, 0.0)[:, np.newaxis]


def _over(met: Mask, starts: Rows, stops: Rows) -> NDArray[np.int32]:
    """Return D x S, how many of each column of N x S ``met`` are true from each start up to each stop."""
    # Added up from edge to edge first: there are fewer of them than rows.
    edges, places = np.unique(np.concatenate([starts, stops]), return_inverse=True)
    running = np.zeros((len(edges), met.shape[1]), np.int32)
    if len(edges) > 1:
        between = np.add.reduceat(met[: edges[-1]].astype(np.int32), edges[:-1], axis=0)
        np.cumsum(between, axis=0, out=running[1:])
    return running[places[len(starts) :]] - running[places[: len(starts)]]
