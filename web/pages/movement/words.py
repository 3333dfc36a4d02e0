"""Changed votes in words: choices, names on two dates, and numbers of states by change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from votes.analysis.matrix import OUTSIDE, TIED
from votes.record.choices import CHOICES
from votes.reports.movement import ORDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.reports.movement import Movement, StateMove


def label(choice: int) -> str:
    """Return the label of a choice or a bloc's position."""
    if choice == OUTSIDE:
        return _("Not a member")
    return _("Tied") if choice == TIED else str(CHOICES[choice].label)


def name_of(move: StateMove) -> str:
    """Return a state's names on the dates on which it was in the electorate."""
    if move.name == move.later_name or move.after == OUTSIDE:
        return move.name
    if move.before == OUTSIDE:
        return move.later_name
    return _("%(name)s / %(later)s") % {"name": move.name, "later": move.later_name}


def departures(movement: Movement) -> list[str]:
    """Return, for each abandoned choice, the numbers of states by new choice, largest first."""
    sentences = []
    table = movement.table.tolist()
    inside = [choice for choice in ORDER if choice != OUTSIDE]
    for before in sorted(inside, key=lambda choice: -_left(table[choice], choice)):
        if not (left := _left(table[before], before)):
            continue
        others = [choice for choice in inside if choice != before and table[before][choice]]
        to = [
            _("%(number)s to %(choice)s") % {"number": table[before][choice], "choice": label(choice).lower()}
            for choice in sorted(others, key=lambda choice: -table[before][choice])
        ]
        sentences.append(
            _("Of the %(whole)s %(choice)s, %(left)s moved: %(to)s.")
            % {"left": left, "whole": sum(table[before][1:]), "choice": label(before).lower(), "to": ", ".join(to)}
        )
    return sentences


def _left(row: Sequence[int], choice: int) -> int:
    """Return how many states in both electorates left a choice."""
    return sum(row[1:]) - row[choice]
