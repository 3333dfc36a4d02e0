"""Changed votes in words: choices, names on two dates, and numbers of states by change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from votes.analysis.matrix import OUTSIDE, TIED
from votes.choices import Choice
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
    left_for, left_from = _arrivals(), _origins()
    for before in sorted(inside, key=lambda choice: -_left(table[choice], choice)):
        if not (left := _left(table[before], before)):
            continue
        others = [choice for choice in inside if choice != before and table[before][choice]]
        others.sort(key=lambda choice: -table[before][choice])
        to = ", ".join(left_for[CHOICES[choice]] % {"number": table[before][choice]} for choice in others)
        sentences.append(left_from[CHOICES[before]] % {"left": left, "whole": sum(table[before][1:]), "to": to})
    return sentences


def _origins() -> dict[Choice, str]:
    """Return, by first choice, how many made another one, with their second choices in ``to``."""
    return {
        Choice.YES: _("Of %(whole)s that voted in favour, %(left)s changed: %(to)s."),
        Choice.NO: _("Of %(whole)s that voted against, %(left)s changed: %(to)s."),
        Choice.ABSTAINING: _("Of %(whole)s that abstained, %(left)s changed: %(to)s."),
        Choice.NON_VOTING: _("Of %(whole)s that did not vote, %(left)s did: %(to)s."),
    }


def _arrivals() -> dict[Choice, str]:
    """Return, by second choice, how many made it."""
    return {
        Choice.YES: _("%(number)s voted in favour"),
        Choice.NO: _("%(number)s voted against"),
        Choice.ABSTAINING: _("%(number)s abstained"),
        Choice.NON_VOTING: _("%(number)s did not vote"),
    }


def _left(row: Sequence[int], choice: int) -> int:
    """Return how many states in both electorates left a choice."""
    return sum(row[1:]) - row[choice]
