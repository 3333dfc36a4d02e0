"""Files of changed votes between two roll calls: CSV by state, JSON, and the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES
from votes.choices import Choice
from votes.record.choices import POSITION_WORDS
from votes.reports.movement import ORDER
from web.display.dates import dated
from web.pages.movement.picture import Node, flow
from web.pages.movement.words import label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from votes.record.roll_calls import ListedRollCall
    from votes.reports.movement import Movement
    from web.pictures.picture import Picture

HEADER = ("state", "name_a", "choice_a", "name_b", "choice_b", "moved", "blocs_a", "blocs_b")

SHAPES = {
    YES: ("fill-Y", "f-choice-Y"),
    ABSTAINING: ("fill-A", "f-choice-A"),
    NO: ("fill-N", "f-choice-N"),
    NON_VOTING: ("f-paper s-choice-edge axis-box", "f-line"),
    OUTSIDE: ("f-line", "f-line"),
}
"""CSS classes of a choice's block (pattern) and of its outgoing ribbons (colour)."""


def rows(movement: Movement) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each state in either electorate, by code; cells are empty if it was not in one of them."""
    slugs = list(movement.record.blocs)
    columns = movement.record.matrix.columns
    first, second = movement.memberships
    for move in movement.states:
        column = columns[move.state.code]
        blocs = [
            " ".join(slug for slug, member in zip(slugs, members[:, column].tolist(), strict=True) if member)
            if choice != OUTSIDE
            else None
            for members, choice in ((first, move.before), (second, move.after))
        ]
        yield (
            move.state.code,
            move.name if move.before != OUTSIDE else None,
            POSITION_WORDS.get(move.before),
            move.later_name if move.after != OUTSIDE else None,
            POSITION_WORDS.get(move.after),
            None if OUTSIDE in (move.before, move.after) else "yes" if move.before != move.after else "no",
            *blocs,
        )


def json_document(movement: Movement, roll_calls: Mapping[str, ListedRollCall]) -> dict[str, Any]:
    """Return the roll calls, the states by choice, and the blocs."""
    return {
        **{name: _roll_call(one) for name, one in roll_calls.items()},
        "bloc": movement.bloc.slug if movement.bloc else None,
        "in_both_electorates": movement.in_both,
        "moved": movement.moved,
        "spans_change_of_representation_of_china": movement.spans_seat_of_china,
        "transitions": [
            {
                "a": POSITION_WORDS.get(cell.before),
                "b": POSITION_WORDS.get(cell.after),
                "number": len(cell.states),
                "states": [move.state.code for move in cell.states],
            }
            for cell in movement.cells
        ],
        "blocs": [
            {
                "bloc": line.bloc.slug,
                "position_a": POSITION_WORDS.get(line.positions[0]),
                "position_b": POSITION_WORDS.get(line.positions[1]),
                "in_both": line.members,
                "stayed": line.stayed,
                "moved": len(line.moved),
                "towards_in_favour": line.towards,
                "towards_against": line.away,
                "to_or_from_non_voting": line.other,
                "states_moved": [move.state.code for move in line.moved],
                "in_second_only": [move.state.code for move in line.joined],
                "in_first_only": [move.state.code for move in line.left],
            }
            for line in movement.blocs
        ],
    }


def _roll_call(one: ListedRollCall) -> dict[str, Any]:
    """Return the JSON of a roll call."""
    totals = one.totals
    figures = zip(Choice, (totals.yes, totals.no, totals.abstaining, totals.non_voting), strict=True) if totals else ()
    return {
        "roll_call": one.slug,
        "symbol": one.resolution.symbol if one.resolution else None,
        "title": one.heading,
        "body": one.body,
        "date": one.date.isoformat(),
        "date_precision": one.date_precision,
        "totals": {choice.word: figure for choice, figure in figures},
    }


def named(one: ListedRollCall) -> str:
    """Return a roll call's short label: the symbol of its text, or its slug."""
    return one.resolution.symbol if one.resolution and one.decisive else one.slug


def drawn(movement: Movement, roll_calls: Mapping[str, ListedRollCall]) -> Picture:
    """Return the flow diagram."""
    first, second = roll_calls.values()
    table = movement.table.tolist()
    inside = {"moved": movement.moved, "members": movement.in_both}
    sentences = [
        ngettext("%(moved)s of %(members)s member moved.", "%(moved)s of %(members)s members moved.", movement.in_both)
        % inside
    ]
    sentences += [
        _("From %(before)s to %(after)s: %(number)s.")
        % {"before": label(cell.before).lower(), "after": label(cell.after).lower(), "number": len(cell.states)}
        for cell in movement.cells
    ]
    title = _("Who moved from %(first)s to %(second)s") % {"first": named(first), "second": named(second)}
    if movement.bloc:
        title = _("%(title)s: %(bloc)s") % {"title": title, "bloc": movement.bloc.short_name}
    return flow(
        title,
        " ".join(sentences),
        [(named(one), dated(one.date, one.date_precision)) for one in (first, second)],
        [Node(label(choice), *SHAPES[choice]) for choice in ORDER],
        {
            (row, column): table[before][after]
            for row, before in enumerate(ORDER)
            for column, after in enumerate(ORDER)
            if table[before][after]
        },
    )
