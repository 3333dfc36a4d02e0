"""A member state's record: how it voted in the roll calls asked about, and what it is a member of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from votes.choices import Choice
from votes.models import BlocMembership, BodyMembership, StateName, Vote
from votes.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from votes.models import MemberState, RollCall


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
    def of(cls, state: MemberState, selected: QuerySet[RollCall], page: Iterable[RollCall]) -> StateRecord:
        """Read the record of ``state`` in ``selected``, with the single choices for ``page``, in five queries."""
        shown = list(page)
        choices = dict(state.votes.filter(roll_call__in=shown).values_list("roll_call", "choice"))
        return cls(
            totals=state_totals(state, selected),
            votes=[(roll_call, Choice(choices[roll_call.pk])) for roll_call in shown],
            seats=list(state.body_memberships.select_related("body").order_by("body__code", "since")),
            blocs=list(state.bloc_memberships.select_related("bloc").order_by("bloc__short_name", "since")),
            former_names=list(state.former_names.order_by("until")),
        )


def state_totals(state: MemberState, roll_calls: QuerySet[RollCall]) -> Totals:
    """Return how often ``state`` made each choice in ``roll_calls``."""
    counts = dict(
        Vote.objects.filter(state=state, roll_call__in=roll_calls.order_by().values("pk"))
        .values_list("choice")
        .annotate(Count("pk"))
    )
    return Totals(*(counts.get(choice, 0) for choice in Choice.values))
