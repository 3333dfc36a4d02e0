"""Who voted how in one roll call: every state with its choice and blocs, and every bloc with its totals.

Names and memberships are those of the roll call's date.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resolutions.text import fold
from votes.choices import POSITIONS, Choice
from votes.models import Bloc, BlocMembership, MemberState, StateName
from votes.totals import Totals

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from votes.models import RollCall


@dataclass(frozen=True, slots=True)
class StateChoice:
    """A member state's line: the state, its name then, its choice, and the slugs of its blocs."""

    state: MemberState
    name: str
    choice: Choice
    blocs: frozenset[str]
    intended: Choice | None
    """What it later said it had intended; a notice beside the vote that changes nothing."""


@dataclass(frozen=True, slots=True)
class BlocLine:
    """A bloc's line: its totals among the electorate, and the members against its position."""

    bloc: Bloc
    totals: Totals
    position: Choice | None
    """The plurality of its voting members; None for a tie and where none voted."""
    against_position: tuple[StateChoice, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A roll call's votes by state, sorted by name, and by bloc, sorted by kind and name."""

    states: tuple[StateChoice, ...]
    blocs: tuple[BlocLine, ...]

    @classmethod
    def of(cls, roll_call: RollCall) -> Breakdown:
        """Read the breakdown of ``roll_call`` in five queries, whatever its size."""
        memberships = BlocMembership.objects.full().on(roll_call.date)
        blocs_of: dict[int, set[str]] = defaultdict(set)
        for state, slug in memberships.values_list("state", "bloc__slug"):
            blocs_of[state].add(slug)
        intended = dict(roll_call.corrections.values_list("state", "intended"))
        names = former_names(roll_call.date)
        states = [
            StateChoice(
                vote.state,
                names.get(vote.state_id, vote.state.name),
                Choice(vote.choice),
                frozenset(blocs_of[vote.state_id]),
                Choice(intended[vote.state_id]) if vote.state_id in intended else None,
            )
            for vote in roll_call.votes.select_related("state")
        ]
        states.sort(key=lambda line: (fold(line.name), line.state.code))
        return cls(tuple(states), tuple(bloc_lines(states)))

    @property
    def groups(self) -> list[tuple[Choice, list[StateChoice]]]:
        """Return each choice that was made with the states that made it."""
        made: dict[Choice, list[StateChoice]] = {choice: [] for choice in Choice}
        for line in self.states:
            made[line.choice].append(line)
        return [(choice, lines) for choice, lines in made.items() if lines]

    @property
    def corrections(self) -> list[StateChoice]:
        """Return the states that later said they had intended to vote otherwise."""
        return [line for line in self.states if line.intended]


def former_names(date: datetime.date) -> dict[int, str]:
    """Return the names of the states that had another name on ``date``, by key."""
    return dict(StateName.objects.on(date).values_list("state", "name"))


def bloc_lines(states: Iterable[StateChoice]) -> list[BlocLine]:
    """Return a line for each bloc that any of ``states`` belongs to."""
    members: dict[str, list[StateChoice]] = defaultdict(list)
    for line in states:
        for slug in line.blocs:
            members[slug].append(line)
    lines = []
    for bloc in Bloc.objects.filter(slug__in=members).in_order():
        totals = Totals.count(line.choice for line in members[bloc.slug])
        position = totals.position
        others = [choice for choice in POSITIONS if position and choice != position]
        against = tuple(line for line in members[bloc.slug] if line.choice in others)
        lines.append(BlocLine(bloc, totals, position, against))
    return lines
