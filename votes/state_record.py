"""A member state's record: how it voted in the roll calls asked about, and what it is a member of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.matrix import LETTERS
from votes.choices import Choice
from votes.models import BlocMembership, BodyMembership, StateName
from votes.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.analysis.matrix import Rows
    from votes.models import MemberState, RollCall
    from votes.reading import Record


@dataclass(frozen=True, slots=True)
class StateRecord:
    """How a state voted, and where it belongs."""

    totals: Totals
    """How often it made each choice in all roll calls asked about."""
    votes: list[tuple[RollCall, Choice]]
    """The roll calls of the page with its choice."""
    seats: list[BodyMembership]
    blocs: list[BlocMembership]
    former_names: list[StateName]

    @classmethod
    def of(cls, state: MemberState, record: Record, rows: Rows, page: Iterable[RollCall]) -> StateRecord:
        """Read the record of ``state`` in ``rows`` of the matrix, with its choices on ``page``: three queries."""
        choices = record.matrix.of(state.code)
        counts = np.bincount(choices[rows], minlength=5)
        letters = {number: Choice(letter) for letter, number in LETTERS.items()}
        at = record.matrix.rows_by_slug
        return cls(
            totals=Totals(*(int(counts[LETTERS[choice]]) for choice in Choice)),
            votes=[(roll_call, letters[int(choices[at[roll_call.slug]])]) for roll_call in page],
            seats=list(state.body_memberships.select_related("body").order_by("body__code", "since")),
            blocs=list(state.bloc_memberships.select_related("bloc").order_by("bloc__short_name", "since")),
            former_names=list(state.former_names.order_by("until")),
        )
