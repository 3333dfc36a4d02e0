"""Who moved, put together in Python: the table of transitions, the states by name, and the blocs.

Whatever comes from the record is escaped here.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from votes.analysis.matrix import OUTSIDE, SPLIT
from votes.models import Bloc
from votes.record.choices import CHOICES
from votes.reports.movement import ORDER
from votes.rules import Result
from web.display.marks import MARKS
from web.lists.rows import how, what
from web.pages.roll_calls.tags import FOLDED_FROM, NEW_LINE, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from votes.record.roll_calls import ListedRollCall
    from votes.reports.movement import BlocMove, Cell, Movement, StateMove

register = template.Library()

COLUMNS = 9
"""The columns of the table of blocs."""


def label(choice: int) -> str:
    """Return a choice, or a bloc's position, in words."""
    if choice == OUTSIDE:
        return _("Not a member")
    return _("Split") if choice == SPLIT else str(CHOICES[choice].label)


def marked(choice: int) -> str:
    """Return a choice or a position with its mark, as HTML."""
    return f"{_mark(choice)} {escape(label(choice))}".lstrip()


def _mark(choice: int) -> str:
    """Return the mark of a choice; being split or outside has none."""
    return MARKS[CHOICES[choice].value] if choice in CHOICES else ""


@register.simple_tag
def result_label(result: str) -> str:
    """Return the result of a roll call in words."""
    return str(Result(result).label)


@register.simple_tag
def departures(movement: Movement) -> list[str]:
    """Return for each choice that some left, those that most left first, how many left it for which other."""
    said = []
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
        said.append(
            _("Of the %(whole)s %(choice)s, %(left)s moved: %(to)s.")
            % {"left": left, "whole": sum(table[before][1:]), "choice": label(before).lower(), "to": ", ".join(to)}
        )
    return said


def _left(row: Sequence[int], choice: int) -> int:
    """Return how many of those in both electorates made another choice than that of their row of the table."""
    return sum(row[1:]) - row[choice]


@register.simple_tag
def transition_rows(movement: Movement) -> SafeString:
    """Return the body and the foot of the table of transitions: from the rows to the columns, with sums."""
    table = movement.table.tolist()
    choices = _listed_choices(movement)
    rows = []
    for before in choices:
        cells = "".join(_cell(table[before][after], before, after) for after in choices)
        total = sum(table[before])
        rows.append(f'<tr><th scope="row">{marked(before)}</th>{cells}<td class="number total-cell">{total}</td></tr>')
    sums = "".join(f'<td class="number">{sum(row[after] for row in table)}</td>' for after in choices)
    whole = sum(map(sum, table))
    return mark_safe(  # noqa: S308  # labels are escaped, the rest is figures
        f"<tbody>{NEW_LINE.join(rows)}</tbody>"
        f'<tfoot><tr><th scope="row">{escape(_("Together"))}</th>{sums}<td class="number">{whole}</td></tr></tfoot>'
    )


def _cell(figure: int, before: int, after: int) -> str:
    """Return a figure of the table; those who stayed and those who moved look different."""
    if before == after == OUTSIDE:
        return "<td></td>"
    kind = "stayed" if before == after else "none" if not figure else "only" if OUTSIDE in (before, after) else "moved"
    return f'<td class="number {kind}">{figure}</td>'


@register.simple_tag
def transition_heads(movement: Movement) -> SafeString:
    """Return the heads of the columns of the table of transitions; where there is little room, the mark is all."""
    heads = (
        f'<th scope="col" class="number">{_mark(choice)}<span class="word"> {escape(label(choice))}</span></th>'
        for choice in _listed_choices(movement)
    )
    return mark_safe("".join(heads))  # noqa: S308  # labels are escaped


def _listed_choices(movement: Movement) -> list[int]:
    """Return the choices that the table has; those outside an electorate only where there are any."""
    outside = movement.table[OUTSIDE].any() or movement.table[:, OUTSIDE].any()
    return [choice for choice in ORDER if choice != OUTSIDE or outside]


@register.simple_tag
def way(cell: Cell) -> SafeString:
    """Return from where to where the states of a cell went, and how many."""
    number = f'<span class="count">{len(cell.states)}</span>'
    if cell.before == cell.after:
        return mark_safe(f"{marked(cell.before)} {number}")  # noqa: S308  # labels are escaped
    to = escape(_("to"))
    return mark_safe(  # noqa: S308  # labels are escaped
        f'{marked(cell.before)} <span aria-hidden="true">→</span><span class="visually-hidden"> {to} </span> '
        f"{marked(cell.after)} {number}"
    )


@register.simple_tag
def moved_names(cell: Cell) -> SafeString:
    """Return the states of a cell, each with its name of its first date and, where it changed, that of the second."""
    states = reverse("web:states")
    return mark_safe(  # noqa: S308  # names are escaped, codes are letters
        "".join(f'<li><a href="{states}{move.state.code}/">{escape(_name(move))}</a></li>' for move in cell.states)
    )


def _name(move: StateMove) -> str:
    """Return a state's name on the dates on which it was in the electorate."""
    if move.name == move.later_name or move.after == OUTSIDE:
        return move.name
    if move.before == OUTSIDE:
        return move.later_name
    return _("%(name)s / %(later)s") % {"name": move.name, "later": move.later_name}


@register.simple_tag
def offered_rows(roll_calls: Iterable[ListedRollCall], choose: str) -> SafeString:
    """Return roll calls to choose from; ``choose`` is the address that chooses one, up to its slug."""
    start, compare = escape(choose), escape(_("Take this one"))
    return mark_safe(  # noqa: S308  # escaped here or by what it is made of
        NEW_LINE.join(
            f'<li class="row"><div class="row-what">{what(one)}</div><div class="row-how">{how(one)}'
            f'<p class="take"><a href="{start}{one.slug}">{compare}'
            f'<span class="visually-hidden">: {one.slug}</span></a></p></div></li>'
            for one in roll_calls
        )
    )


@register.simple_tag
def bloc_moves(movement: Movement) -> SafeString:
    """Return the bodies of the table of blocs, one for each kind of bloc."""
    address, on = reverse("web:blocs"), movement.dates[1].isoformat()
    # A dash where a bloc had no members in the electorate.
    taken = {**{choice: marked(choice) for choice in (*CHOICES, SPLIT)}, OUTSIDE: "–"}
    bodies = []
    for kind, lines in groupby(movement.blocs, lambda line: line.bloc.kind):
        heading = escape(capfirst(str(Bloc.Kind(kind).label)))
        rows = NEW_LINE.join(_bloc_row(line, address, on, taken) for line in lines)
        bodies.append(
            f'<tbody><tr class="kind"><th colspan="{COLUMNS}" scope="rowgroup">{heading}</th></tr>\n{rows}</tbody>'
        )
    return mark_safe(NEW_LINE.join(bodies))  # noqa: S308  # names and labels are escaped, slugs are letters


def _bloc_row(line: BlocMove, address: str, on: str, taken: Mapping[int, str]) -> str:
    """Return a bloc's line of the table; ``taken`` are the positions in words, ``on`` the day of the second vote."""
    before, after = line.positions
    same = "" if before != after else ' class="muted"'
    return (
        f'<tr><th scope="row"><a href="{address}{line.bloc.slug}/?on={on}">{escape(line.bloc.short_name)}</a></th>'
        f'<td>{taken[before]}</td><td{same}>{taken[after]}</td><td class="number">{line.stayed}</td>'
        f'<td class="number">{len(line.moved)}</td><td class="number">{line.towards}</td>'
        f'<td class="number">{line.away}</td><td class="number">{line.other}</td>'
        f'<td class="broke">{_folded(line.moved)}{_membership(line)}</td></tr>'
    )


def _folded(moves: Sequence[StateMove]) -> str:
    """Return who moved from where to where, behind a summary where they are many."""
    ways = {
        (move.before, move.after): f"{MARKS[CHOICES[move.before].value]}→{MARKS[CHOICES[move.after].value]}"
        for move in moves
    }
    named = ", ".join(
        f'<span class="way">{ways[move.before, move.after]}&nbsp;</span>{escape(_name(move))}' for move in moves
    )
    if len(moves) < FOLDED_FROM:
        return named
    number = ngettext("%(n)s member", "%(n)s members", len(moves)) % {"n": len(moves)}
    return f"<details><summary>{escape(number)}</summary>{named}</details>"


def _membership(line: BlocMove) -> str:
    """Return who was a member of the bloc, and in the electorate, on one of the two dates only."""
    said = []
    if line.joined:
        said.append(_listed(_("In the second vote only: %(names)s."), (move.later_name for move in line.joined)))
    if line.left:
        said.append(_listed(_("In the first vote only: %(names)s."), (move.name for move in line.left)))
    return f'<span class="changed muted">{escape(" ".join(said))}</span>' if said else ""


def _listed(sentence: str, names: Iterable[str]) -> str:
    """Return a sentence with names in it."""
    return sentence % {"names": ", ".join(names)}
