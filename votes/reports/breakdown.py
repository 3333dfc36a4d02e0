"""Breakdown of one roll call: every state with its choice, and every bloc with its totals.

Names and memberships are those of the roll call's date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resolutions.text import fold
from votes.analysis.breaks import BODY, Break, notable, surprises
from votes.analysis.groups import positions_of
from votes.analysis.matrix import OUTSIDE
from votes.analysis.memberships import totals_of
from votes.analysis.pairs import is_position
from votes.choices import Choice
from votes.models import Bloc
from votes.record.choices import CHOICES
from votes.totals import Totals

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from votes.analysis.matrix import Choices, Mask
    from votes.models import RollCall
    from votes.record.record import BlocRead, Record, State

KINDS = {kind: place for place, kind in enumerate(Bloc.Kind.values)}
"""The order in which kinds of blocs are listed."""


class StateChoice(NamedTuple):
    """A member state's line: the state, its name then and its choice."""

    state: State
    name: str
    choice: Choice
    intended: Choice | None
    """What it later said it had intended; a notice beside the vote that changes nothing."""


@dataclass(frozen=True, slots=True)
class BlocLine:
    """A bloc's line: the totals of its members in the electorate, and those against its position by name."""

    bloc: BlocRead
    members: Mask
    """N, which of the states of the breakdown are its members."""
    totals: Totals
    against_position: tuple[StateChoice, ...]

    @property
    def position(self) -> Choice | None:
        """Return the plurality of its voting members; None for a tie and where none voted."""
        return self.totals.position


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A roll call's votes by state, sorted by name, and by bloc, sorted by kind and name."""

    states: tuple[StateChoice, ...]
    blocs: tuple[BlocLine, ...]

    @classmethod
    def of(cls, roll_call: RollCall, record: Record, intended: Mapping[int, Choice]) -> Breakdown:
        """Return the breakdown of a published roll call, empty without votes.

        ``intended`` is what member states, by key, later said they had intended.
        """
        matrix = record.matrix
        row = matrix.rows_by_slug.get(roll_call.slug)
        if row is None:
            return cls((), ())
        named = in_order_of_names(record, matrix.choices[row], roll_call.date)
        columns = [column for column, _name, _state in named]
        choices = matrix.choices[row, columns]
        states = []
        for (_column, name, state), choice in zip(named, choices.tolist(), strict=True):
            states.append(StateChoice(state, name, CHOICES[choice], intended.get(state.key)))
        members = record.memberships.on(roll_call.date)[:, columns]
        return cls(tuple(states), tuple(bloc_lines(list(record.blocs.values()), members, choices, states)))

    @property
    def groups(self) -> list[tuple[Choice, list[StateChoice]]]:
        """Return each choice that was made with the states that made it."""
        made: dict[Choice, list[StateChoice]] = {choice: [] for choice in Choice}
        for line in self.states:
            made[line.choice].append(line)
        return [(choice, lines) for choice, lines in made.items() if lines]

    def of_bloc(self, slug: str) -> tuple[StateChoice, ...] | None:
        """Return the members of a bloc, None for a bloc without any."""
        for line in self.blocs:
            if line.bloc.slug == slug:
                return tuple(compress(self.states, line.members))
        return None

    @property
    def corrections(self) -> list[StateChoice]:
        """Return the states that later said they had intended to vote otherwise."""
        return [line for line in self.states if line.intended]


@dataclass(frozen=True, slots=True)
class PartnerBreaks:
    """The notable breaks of a roll call with closest partners, and what they rest on; see ``votes.analysis.breaks``."""

    breaks: tuple[Break, ...]
    since: datetime.date
    before: datetime.date
    """The period in which partners were looked for, ``before`` exclusive."""
    roll_calls: int
    """How many there were in it."""

    @classmethod
    def of(cls, roll_call: RollCall, record: Record) -> PartnerBreaks | None:
        """Return the notable breaks of a published roll call; None where there are none."""
        row = record.matrix.rows_by_slug.get(roll_call.slug)
        if row is None or record.matrix.bodies[row] != BODY:
            return None
        before = record.partners_before(roll_call.date)
        found = notable(surprises(record.matrix, row, before))
        return cls(tuple(found), before.since, before.before, before.roll_calls) if found else None


def in_order_of_names(record: Record, choices: Choices, date: datetime.date) -> list[tuple[int, str, State]]:
    """Return column, name and state of each state in an electorate, in the order of their names on a day.

    ``choices`` are those of the S states of the record's matrix; OUTSIDE are not in the electorate.
    """
    found = []
    for column in np.flatnonzero(choices != OUTSIDE).tolist():
        state = record.states[record.matrix.states[column]]
        found.append((column, state.name_on(date) if state.former else state.name, state))
    found.sort(key=lambda named: (sort_name(named[1]), named[2].code))
    return found


def bloc_lines(
    blocs: Sequence[BlocRead], members: Mask, choices: Choices, states: Sequence[StateChoice]
) -> list[BlocLine]:
    """Return a line for each bloc that any of ``states`` belongs to, sorted by kind and name.

    ``members`` is B x N, whether a state belongs to a bloc, and ``choices`` N, what the states chose.
    """
    totals = totals_of(members, choices)
    positions = positions_of(totals)
    other = members & is_position(choices) & (choices != positions[:, np.newaxis])
    against: list[list[StateChoice]] = [[] for _bloc in blocs]
    for place, at in np.argwhere(other & is_position(positions)[:, np.newaxis]).tolist():
        against[place].append(states[at])
    lines = [
        BlocLine(blocs[place], members[place], Totals(*counted), tuple(against[place]))
        for place, counted in enumerate(totals[:, list(CHOICES)].tolist())
        if any(counted)
    ]
    lines.sort(key=lambda line: (KINDS[line.bloc.kind], line.bloc.short_name, line.bloc.slug))
    return lines


@lru_cache(maxsize=1024)
def sort_name(name: str) -> str:
    """Return a state's name as names are sorted; a page has two hundred, and the record few more."""
    return fold(name)
