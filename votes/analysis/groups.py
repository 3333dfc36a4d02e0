"""Groups of member states, read with the members of each roll call's own date: totals by choice and positions.

A group's position is the plurality of in favour, against and abstaining among its voting members; where the most
frequent tie it is TIED, so that no tie is broken by the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, TIED, YES, Choices, Mask

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from votes.analysis.matrix import VoteMatrix

FIGURES = (YES, ABSTAINING, NO, NON_VOTING)


@dataclass(frozen=True, slots=True)
class Membership:
    """A state's full membership from ``since`` up to but not including ``until``; None is without end."""

    state: str
    since: datetime.date | None = None
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A bloc with its memberships, or states that somebody put together."""

    memberships: tuple[Membership, ...]

    @classmethod
    def of_states(cls, codes: Iterable[str]) -> Group:
        """Return the group that the states with these codes always make."""
        return cls(tuple(Membership(code) for code in sorted(set(codes))))

    @property
    def states(self) -> tuple[str, ...]:
        """Return the codes of all that ever were members, ascending."""
        return tuple(sorted({membership.state for membership in self.memberships}))

    def mask(self, matrix: VoteMatrix) -> Mask:
        """Return R x S, whether the state was a member on the day of the roll call and in its electorate."""
        members = np.zeros(matrix.choices.shape, bool)
        for membership in self.memberships:
            if (column := matrix.columns.get(membership.state)) is not None:
                members[matrix.span(membership.since, membership.until), column] = True
        return members & (matrix.choices != OUTSIDE)

    def totals(self, matrix: VoteMatrix) -> NDArray[np.int16]:
        """Return R x 5, how many of the members of each roll call's date made each choice.

        The columns are the codes of the choices, so the first (OUTSIDE) is always 0.
        """
        totals = np.zeros((len(matrix), 5), np.int16)
        for membership in self.memberships:
            if (column := matrix.columns.get(membership.state)) is not None:
                span = matrix.span(membership.since, membership.until)
                choices = matrix.choices[span, column]
                for choice in FIGURES:
                    totals[span, choice] += choices == choice
        return totals

    def positions(self, matrix: VoteMatrix) -> Choices:
        """Return R, the group's position on each roll call; see ``positions_of``."""
        return positions_of(self.totals(matrix))


def positions_of(totals: NDArray[np.int16]) -> Choices:
    """Return R, the position that R x 5 ``totals`` make.

    YES, ABSTAINING or NO where one of them has more members than each of the others, TIED where the most frequent
    tie, NON_VOTING where there were members and none of them took a position, OUTSIDE where there were none.
    """
    yes, abstaining, no = totals[:, YES], totals[:, ABSTAINING], totals[:, NO]
    positions = np.full(len(totals), TIED, np.int8)
    positions[yes > np.maximum(no, abstaining)] = YES
    positions[no > np.maximum(yes, abstaining)] = NO
    positions[abstaining > np.maximum(yes, no)] = ABSTAINING
    voting = yes + abstaining + no
    positions[voting == 0] = NON_VOTING
    positions[(voting == 0) & (totals[:, NON_VOTING] == 0)] = OUTSIDE
    return positions
