"""How a member state voted in a list of roll calls, and how often with the majority."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.matrix import ABSTAINING, NO, OUTSIDE, YES
from votes.record.choices import CHOICES
from votes.record.record import CACHED_VERSIONS
from votes.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.analysis.matrix import Choices, Rows
    from votes.choices import Choice
    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall

MINIMUM = 10
"""Roll calls below which no share with the majority is given."""


@dataclass(frozen=True, slots=True)
class StateRecord:
    """How a state voted."""

    totals: Totals
    """How often it made each choice in all roll calls asked about."""
    votes: list[tuple[ListedRollCall, Choice]]
    """The roll calls of the page with its choice."""
    contested: int
    """In how many it took a position, and one position was taken by more than half of those voting."""
    with_majority: int
    """In how many of these it took that position."""

    @property
    def majority_share(self) -> float | None:
        """Return how often it voted with the majority, from 0 to 1; None below ``MINIMUM``."""
        return self.with_majority / self.contested if self.contested >= MINIMUM else None

    @classmethod
    def of(cls, code: str, record: Record, rows: Rows, page: Iterable[ListedRollCall]) -> StateRecord:
        """Return how the state voted in ``rows`` of the matrix, and on each of ``page``; both of its electorate."""
        choices = record.matrix.of(code)
        own, others = choices[rows], majorities(record)[rows]
        counts = np.bincount(own, minlength=5).tolist()
        met = (own >= YES) & (own <= NO) & (others != OUTSIDE)
        at = record.matrix.rows_by_slug
        return cls(
            totals=Totals(*(counts[number] for number in CHOICES)),
            votes=[(roll_call, CHOICES[int(choices[at[roll_call.slug]])]) for roll_call in page],
            contested=int(np.count_nonzero(met)),
            with_majority=int(np.count_nonzero(met & (own == others))),
        )


@lru_cache(maxsize=CACHED_VERSIONS)
def majorities(record: Record) -> Choices:
    """Return R, the position that more than half of the members voting took in each roll call; OUTSIDE without one."""
    choices = record.matrix.choices
    counts = np.stack([np.count_nonzero(choices == position, axis=1) for position in (YES, ABSTAINING, NO)])
    most = counts.argmax(axis=0)
    is_majority = 2 * counts.max(axis=0) > counts.sum(axis=0)
    return np.where(is_majority, np.array([YES, ABSTAINING, NO], np.int8)[most], np.int8(OUTSIDE))
