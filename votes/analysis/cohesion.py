"""Cohesion of a group on each roll call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votes.analysis.agreement import shares
from votes.analysis.matrix import ABSTAINING, NO, YES

Values = NDArray[np.float64]
Counts = NDArray[np.int64]

MINIMUM_VOTING = 2
"""One voting member agrees with itself, which says nothing of the group."""


def agreement_index(totals: NDArray[np.int16]) -> Values:
    """Return R, the agreement index of Hix, Noury and Roland (2005) of R x 5 totals (see ``Group.totals``).

    (max(Y, N, A) - (Y + N + A - max(Y, N, A)) / 2) / (Y + N + A), from 0 (split three ways) to 1 (unanimous); nan
    where fewer than two members took a position.
    """
    positions = totals[:, [YES, ABSTAINING, NO]].astype(np.int64)
    voting = positions.sum(1)
    return shares(3 * positions.max(1) - voting, np.where(voting >= MINIMUM_VOTING, 2 * voting, 0))


def rice_index(totals: NDArray[np.int16]) -> Values:
    """Return R, Rice's index of cohesion (1928), |Y - N| / (Y + N), of R x 5 totals.

    From 0 (halves) to 1 (of one mind); nan where fewer than two members were in favour or against.
    """
    yes, no = totals[:, YES].astype(np.int64), totals[:, NO].astype(np.int64)
    return shares(np.abs(yes - no), np.where(yes + no >= MINIMUM_VOTING, yes + no, 0))


def mean_by(values: Values, labels: NDArray[np.int64], number: int) -> tuple[Values, Counts]:
    """Return, for each label from 0 to ``number`` - 1, the mean of its values and how many they are.

    ``values`` and ``labels`` are R; what is nan does not count. The mean of none is nan.
    """
    defined = ~np.isnan(values)
    counts = np.bincount(labels[defined], minlength=number)
    return shares(np.bincount(labels[defined], values[defined], minlength=number), counts), counts
