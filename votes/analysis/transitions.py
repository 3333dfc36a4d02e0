"""Transitions of states' choices between two roll calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.matrix import OUTSIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from votes.analysis.matrix import Choices

CHOICES = 5
"""OUTSIDE, YES, ABSTAINING, NO, NON_VOTING: the choices of a state are the numbers below this."""


def transitions(before: Choices, after: Choices) -> NDArray[np.int64]:
    """Return 5 x 5, how many states made which choice ``before`` (rows) and ``after`` (columns).

    Both are the choices of the same S states on two roll calls. The first row and column, OUTSIDE, are the states in
    one electorate only; those in neither are not counted.
    """
    cells = before.astype(np.int64) * CHOICES + after
    counts = np.bincount(cells, minlength=CHOICES * CHOICES).reshape(CHOICES, CHOICES)
    counts[OUTSIDE, OUTSIDE] = 0
    return counts


def movers(before: Choices, after: Choices) -> dict[tuple[int, int], NDArray[np.intp]]:
    """Return the indices of the states in each cell of ``transitions`` that is not empty, ascending; cells by row.

    Cells with the same choice twice are among them: who stayed is part of the picture.
    """
    cells = before.astype(np.int64) * CHOICES + after
    return {
        (cell // CHOICES, cell % CHOICES): np.flatnonzero(cells == cell)
        for cell in np.unique(cells).tolist()
        if cell != OUTSIDE * CHOICES + OUTSIDE
    }
