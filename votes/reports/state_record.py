"""A member state's choices in a list of roll calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from votes.record.choices import CHOICES
from votes.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.analysis.matrix import Rows
    from votes.choices import Choice
    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall


@dataclass(frozen=True, slots=True)
class StateRecord:
    """How a state voted."""

    totals: Totals
    """How often it made each choice in all roll calls asked about."""
    votes: list[tuple[ListedRollCall, Choice]]
    """The roll calls of the page with its choice."""

    @classmethod
    def of(cls, code: str, record: Record, rows: Rows, page: Iterable[ListedRollCall]) -> StateRecord:
        """Return how the state voted in ``rows`` of the matrix, and on each of ``page``; both of its electorate."""
        choices = record.matrix.of(code)
        counts = np.bincount(choices[rows], minlength=5).tolist()
        at = record.matrix.rows_by_slug
        return cls(
            totals=Totals(*(counts[number] for number in CHOICES)),
            votes=[(roll_call, CHOICES[int(choices[at[roll_call.slug]])]) for roll_call in page],
        )
