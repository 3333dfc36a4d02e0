"""Memberships of all groups as arrays: which states were members of which group on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.groups import FIGURES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from votes.analysis.groups import Group
    from votes.analysis.matrix import Choices, Dates, Mask

# Before and after every day that a date can be: what a membership without a beginning or an end has instead.
ALWAYS = np.datetime64("0000-01-01", "D")
FOREVER = np.datetime64("10000-01-01", "D")


@dataclass(frozen=True, eq=False)
class Memberships:
    """M full memberships of G groups in S states, for asking about all groups at once."""

    groups: NDArray[np.intp]
    """M: which group."""
    columns: NDArray[np.intp]
    """M: the column of the state."""
    since: Dates
    until: Dates
    """M: in days, from ``since`` up to but not including ``until``."""
    shape: tuple[int, int]
    """G and S."""

    @classmethod
    def of(cls, groups: Iterable[Group], columns: Mapping[str, int]) -> Memberships:
        """Return the memberships of ``groups``, given the column of each state by its code."""
        held = list(groups)
        rows = [
            (number, columns[one.state], one.since or ALWAYS, one.until or FOREVER)
            for number, group in enumerate(held)
            for one in group.memberships
            if one.state in columns
        ]
        numbers, places, since, until = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(
            groups=np.array(numbers, np.intp),
            columns=np.array(places, np.intp),
            since=np.array(since, "datetime64[D]"),
            until=np.array(until, "datetime64[D]"),
            shape=(len(held), len(columns)),
        )

    def on(self, date: datetime.date) -> Mask:
        """Return G x S, whether the state was a member of the group on that day, in an electorate or not."""
        day = np.datetime64(date, "D")
        active = (self.since <= day) & (day < self.until)
        members = np.zeros(self.shape, bool)
        members[self.groups[active], self.columns[active]] = True
        return members


def totals_of(members: Mask, choices: Choices) -> NDArray[np.int16]:
    """Return G x 5, how many members of each group made each choice.

    ``members`` is G x S, ``choices`` S. The columns are the codes of the choices; who was OUTSIDE is not counted.
    """
    totals = np.zeros((len(members), 5), np.int16)
    for choice in FIGURES:
        totals[:, choice] = np.count_nonzero(members & (choices == choice), axis=1)
    return totals
