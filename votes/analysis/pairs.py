"""Agreement of two parties: the contingency table of their positions, and four measures computed from it.

A party is a state or a group; what it takes as a position is in favour, abstaining or against. Only roll calls on
which both took one count: non-voting, a group that is tied, and being outside the electorate are no positions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votes.analysis.matrix import ABSTAINING, NO, YES, Choices, Mask

POSITIONS = (YES, ABSTAINING, NO)
"""The rows and columns of a table, in this order."""

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The measures of a table. A share is from 0 to 1, kappa from -1 to 1; None where nothing defines it."""

    common: int
    """Roll calls on which both took a position; what ``agreement``, ``lijphart`` and ``kappa`` rest on."""
    coincident: int
    """Roll calls on which both were in favour or against; what ``coincidence`` rests on."""
    agreement: float | None
    lijphart: float | None
    coincidence: float | None
    kappa: float | None


def table(one: Choices, other: Choices) -> Table:
    """Return 3 x 3, how many of R roll calls had which pair of positions: rows of ``one``, columns of ``other``.

    Both are R choices on the same roll calls. The order is that of ``POSITIONS``.
    """
    return tables(one, other, np.zeros(len(one), np.int64), 1)[0]


def tables(one: Choices, other: Choices, labels: NDArray[np.int64], number: int) -> Table:
    """Return number x 3 x 3, a table for each label; ``labels`` are R numbers from 0 to ``number`` - 1."""
    both = is_position(one) & is_position(other)
    cells = (labels[both] * 3 + (one[both] - YES)) * 3 + (other[both] - YES)
    return np.bincount(cells, minlength=9 * number).reshape(number, 3, 3)


def measures(counts: Table) -> Agreement:
    """Return the measures of a 3 x 3 table.

    ``agreement``: the share of the common roll calls on which both took the same position.
    ``lijphart``: the same, an abstention against in favour or against counting half (Lijphart 1963).
    ``coincidence``: the share of the same position where both were in favour or against (US Department of State,
    Voting Practices in the United Nations).
    ``kappa``: agreement beyond what the two parties' own shares of positions make by chance (Cohen 1960); None
    where chance alone makes all agree, that is where both took one and the same position throughout.
    """
    # In whole numbers up to the one division, so that equal tables of any origin have equal measures to the last bit;
    # Python's own, since a page asks for hundreds of small tables.
    (yes, y_a, y_n), (a_y, abstaining, a_n), (n_y, n_a, no) = counts.tolist()
    ones = (yes + y_a + y_n, a_y + abstaining + a_n, n_y + n_a + no)
    others = (yes + a_y + n_y, y_a + abstaining + n_a, y_n + a_n + no)
    common = sum(ones)
    same = yes + abstaining + no
    agreeing, opposed = yes + no, y_n + n_y
    chance = ones[0] * others[0] + ones[1] * others[1] + ones[2] * others[2]
    return Agreement(
        common=common,
        coincident=agreeing + opposed,
        agreement=_share(same, common),
        lijphart=_share(common + same - opposed, 2 * common),
        coincidence=_share(agreeing, agreeing + opposed),
        kappa=_share(common * same - chance, common * common - chance),
    )


def distance(one: Choices, other: Choices) -> NDArray[np.int8]:
    """Return R, how far apart they were: 2 in favour against against, 1 abstaining against either, 0 otherwise.

    0 is also where one of them took no position.
    """
    return np.where(is_position(one) & is_position(other), np.abs(one - other), np.int8(0))


def is_position(choices: Choices) -> Mask:
    """Return whether each choice is in favour, abstaining or against."""
    return (choices >= YES) & (choices <= NO)


def _share(part: int, of: int) -> float | None:
    """Return the quotient, None where there is nothing to divide by."""
    return part / of if of else None
