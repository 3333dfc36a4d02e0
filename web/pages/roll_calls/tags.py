"""A recorded vote's long tables, put together in Python: who voted how, by bloc, and the sheet with running totals.

A page has some two hundred states and fifty blocs, and names most states three times; a template's loops would take
most of the time of the page. Whatever comes from the record is escaped here.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape as html_escape
from itertools import groupby
from typing import TYPE_CHECKING

from django import template
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from resolutions.models import Body
from votes.choices import POSITIONS, Choice
from votes.models import Bloc, RollCall
from web.display.marks import MARKS, NOTHING, bar, position
from web.pictures.tiles import layout, linked

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Sequence

    from votes.reports.breakdown import Breakdown, StateChoice
    from votes.reports.roll_call_context import RollCallContext
    from web.pages.roll_calls.sheet import Sheet

register = template.Library()

NEW_LINE = "\n"

FOLDED_FROM = 7
"""How many states that broke stand behind a summary, where fewer stand in the open."""

COLUMNS = 9
"""The columns of the table of blocs."""

MEANINGS = {
    Choice.ABSTAINING: gettext_lazy("A position on record that does not count as present and voting (rule 86)."),
    Choice.NON_VOTING: gettext_lazy("Members that were absent or took no part."),
}
"""What is said of a choice where its states are listed."""

MEANINGS_COUNCIL = {
    Choice.NON_VOTING: gettext_lazy(
        "Members that were absent or said that they did not participate. It is no position, adds nothing to the votes "
        "needed, and is no veto."
    ),
    Choice.ABSTAINING: gettext_lazy("A position on record that adds nothing to the votes needed, and is no veto."),
}

INVALID_BLOC = SafeString(' aria-invalid="true" aria-describedby="tiles-bloc-error"')


@register.simple_tag
def vote_groups(breakdown: Breakdown, beside: RollCallContext) -> SafeString:
    """Return the four groups of states of a vote by what they chose, each with its heading; permanent ones marked."""
    meanings = MEANINGS_COUNCIL if beside.body == Body.SECURITY_COUNCIL else MEANINGS
    states = reverse("web:states")
    star = f'<sup><a href="#corrections">*<span class="visually-hidden"> {escape(_("correction"))}</span></a></sup>'
    groups = []
    for choice, lines in breakdown.groups:
        names = [
            f'<li><a href="{states}{line.state.code}/">{escape(line.name)}</a>{star if line.intended else ""}'
            f"{_seat(line, beside.permanent)}</li>"
            for line in lines
        ]
        meaning = meanings.get(choice)
        hint = f'<p class="hint">{escape(str(meaning))}</p>' if meaning else ""
        groups.append(
            f'<div class="group group-{choice.value}"><h3>{MARKS[choice.value]} {escape(str(choice.label))} '
            f'<span class="count">{len(lines)}</span></h3>\n{hint}<ul class="names">{"".join(names)}</ul></div>'
        )
    return mark_safe(NEW_LINE.join(groups))  # noqa: S308  # names and labels are escaped, codes are letters


def _seat(line: StateChoice, permanent: Collection[int]) -> str:
    """Return the mark of a permanent member."""
    return f' <span class="seat">{escape(_("permanent"))}</span>' if line.state.key in permanent else ""


@register.simple_tag
def tiles(breakdown: Breakdown, beside: RollCallContext, sheet: Sheet) -> SafeString:
    """Return the tile grid of a vote, with the bloc highlighted that the sheet shows."""
    drawn = layout(breakdown.states, beside.permanent)
    lines = breakdown.of_bloc(sheet.bloc) if sheet.bloc else None
    said = {"n": len(breakdown.states), "bloc": dict(sheet.blocs).get(sheet.bloc, "")}
    label = ngettext("%(n)s member state by vote", "%(n)s member states by vote", len(breakdown.states)) % said
    if lines is None:
        return linked(drawn, label)
    label = _("%(all)s; highlighted: %(bloc)s") % {"all": label, "bloc": said["bloc"]}
    return linked(drawn, label, {line.state.code for line in lines})


PARTS = {
    RollCall.Kind.AMENDMENT: gettext_lazy("This was a vote on an amendment, not on the whole text."),
    RollCall.Kind.PARAGRAPH: gettext_lazy("This was a vote on a part of the text, not on the whole of it."),
    RollCall.Kind.PARAGRAPH_AMENDMENT: gettext_lazy(
        "This was a vote on an amendment to a part of the text, not on the whole of it."
    ),
    RollCall.Kind.MOTION: gettext_lazy("This was a vote on a motion, not on a text."),
    RollCall.Kind.PROCEDURAL: gettext_lazy("This was a vote on a question of procedure, not on a text."),
}


@register.simple_tag
def part_of(roll_call: RollCall) -> str:
    """Return of a vote that was not on a whole text what it was on; escaped where it stands."""
    return str(PARTS[RollCall.Kind(roll_call.kind)])


@register.simple_tag
def tile_files(roll_call: RollCall, sheet: Sheet) -> SafeString:
    """Return links to the tile grid as files, with the bloc highlighted that the sheet shows."""
    query = f"?bloc={sheet.bloc}" if sheet.bloc in dict(sheet.blocs) else ""
    own = f"{reverse('web:roll_calls')}{roll_call.slug}/tiles"
    return format_html(
        '<a href="{}.svg{}" rel="nofollow">SVG</a> · <a href="{}.png{}" rel="nofollow">PNG</a>', own, query, own, query
    )


def _is_unknown_bloc(sheet: Sheet) -> bool:
    """Tell whether a bloc is asked for that nobody in the electorate belonged to."""
    return bool(sheet.bloc) and sheet.bloc not in dict(sheet.blocs)


@register.simple_tag
def bloc_invalid(sheet: Sheet) -> SafeString:
    """Return the attributes by which the field for a bloc says that it has an error, and where that stands."""
    return INVALID_BLOC if _is_unknown_bloc(sheet) else NOTHING


@register.simple_tag
def bloc_error(sheet: Sheet) -> SafeString:
    """Return what is wrong with the bloc asked for, to stand beside its field."""
    if not _is_unknown_bloc(sheet):
        return NOTHING
    said = _("No member of a bloc “%(bloc)s” was in this electorate.") % {"bloc": sheet.bloc}
    return format_html('<span class="error" id="tiles-bloc-error">{}</span>', said)


@register.simple_tag
def bloc_bodies(breakdown: Breakdown, date: datetime.date) -> SafeString:
    """Return the bodies of the table of blocs, one for each kind of bloc, with links to the blocs on ``date``."""
    address, on, language = reverse("web:blocs"), date.isoformat(), get_language()
    named = {choice: f"{MARKS[choice.value]} {escape(str(choice.label))}" for choice in POSITIONS}
    bodies = []
    for kind, lines in groupby(breakdown.blocs, lambda line: line.bloc.kind):
        rows = []
        for line in lines:
            totals, slug = line.totals, line.bloc.slug
            position_taken = named[line.position] if line.position else escape(position(totals))
            cohesion = _two_digits(totals.cohesion, language) if totals.voting > 1 else "–"
            rows.append(
                f'<tr><th scope="row"><a href="{address}{slug}/?on={on}">{escape(line.bloc.short_name)}</a></th>'
                f'<td class="bar-column">{bar(totals)}</td><td class="number">{totals.yes}</td>'
                f'<td class="number">{totals.no}</td><td class="number">{totals.abstaining}</td>'
                f'<td class="number">{totals.non_voting}</td><td>{position_taken}</td>'
                f'<td class="number">{cohesion}</td><td class="broke">{_who(line.against_position)}</td></tr>'
            )
        heading = escape(capfirst(str(Bloc.Kind(kind).label)))
        bodies.append(
            f'<tbody><tr class="kind"><th colspan="{COLUMNS}" scope="rowgroup">{heading}</th></tr>\n'
            f"{NEW_LINE.join(rows)}</tbody>"
        )
    return mark_safe(NEW_LINE.join(bodies))  # noqa: S308  # names and labels are escaped, slugs are letters


def _who(lines: Sequence[StateChoice]) -> str:
    """Return states with their marks, behind a summary where they are many."""
    named = ", ".join([f"{MARKS[line.choice.value]}&nbsp;{escape(line.name)}" for line in lines])
    if len(lines) < FOLDED_FROM:
        return named
    number = ngettext("%(n)s member", "%(n)s members", len(lines)) % {"n": len(lines)}
    return f"<details><summary>{escape(number)}</summary>{named}</details>"


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """Return a name or a label as HTML; a page has most of them several times."""
    return html_escape(text)


@lru_cache(maxsize=4096)
def _two_digits(value: float | None, language: str | None) -> str:
    """Return a figure as the active ``language`` writes it; there are few different ones, and each is slow to write."""
    return str(floatformat(value, 2))


@register.simple_tag
def sheet_rows(sheet: Sheet, permanent: Collection[int]) -> SafeString:
    """Return the rows of the table of states, each with the totals of the table down to it; permanent ones marked."""
    states = reverse("web:states")
    labels = {choice: f"{MARKS[choice.value]} {escape(str(choice.label))}" for choice in Choice}
    running = dict.fromkeys(Choice, 0)
    rows = []
    for line in sheet.lines:
        code, choice = line.state.code, line.choice
        running[choice] += 1
        rows.append(
            f'<tr><th scope="row"><a href="{states}{code}/">{escape(line.name)}</a>{_seat(line, permanent)}</th>'
            f'<td class="code">{code}</td>'
            f'<td>{labels[choice]}</td><td class="number">'
            f"{running[Choice.YES]}-{running[Choice.NO]}-{running[Choice.ABSTAINING]}</td></tr>"
        )
    return mark_safe(NEW_LINE.join(rows))  # noqa: S308  # names and labels are escaped, codes are letters
