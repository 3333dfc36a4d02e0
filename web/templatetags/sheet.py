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
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from votes.choices import POSITIONS, Choice
from votes.models import Bloc
from web.templatetags.plenary import MARKS, bar, position

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from votes.breakdown import Breakdown, StateChoice
    from web.sheet import Sheet

register = template.Library()

NEW_LINE = "\n"

FOLDED_FROM = 7
"""How many states that broke stand behind a summary, where fewer stand in the open."""

COLUMNS = 9
"""The columns of the table of blocs."""


@register.simple_tag
def vote_groups(breakdown: Breakdown) -> SafeString:
    """Return the four groups of states by what they chose, each with its heading."""
    states = reverse("web:states")
    star = f'<sup><a href="#corrections">*<span class="visually-hidden"> {escape(_("correction"))}</span></a></sup>'
    groups = []
    for choice, lines in breakdown.groups:
        names = [
            f'<li><a href="{states}{line.state.code}/">{escape(line.name)}</a>{star if line.intended else ""}</li>'
            for line in lines
        ]
        groups.append(
            f'<div class="group group-{choice.value}"><h3>{MARKS[choice.value]} {escape(str(choice.label))} '
            f'<span class="count">{len(lines)}</span></h3>\n<ul class="names">{"".join(names)}</ul></div>'
        )
    return mark_safe(NEW_LINE.join(groups))  # noqa: S308  # names and labels are escaped, codes are letters


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
def sheet_rows(sheet: Sheet) -> SafeString:
    """Return the rows of the table of states, each with the totals of the table down to it."""
    states = reverse("web:states")
    labels = {choice: f"{MARKS[choice.value]} {escape(str(choice.label))}" for choice in Choice}
    running = dict.fromkeys(Choice, 0)
    rows = []
    for line in sheet.lines:
        code, choice = line.state.code, line.choice
        running[choice] += 1
        rows.append(
            f'<tr><th scope="row"><a href="{states}{code}/">{escape(line.name)}</a></th><td class="code">{code}</td>'
            f'<td>{labels[choice]}</td><td class="number">'
            f"{running[Choice.YES]}-{running[Choice.NO]}-{running[Choice.ABSTAINING]}</td></tr>"
        )
    return mark_safe(NEW_LINE.join(rows))  # noqa: S308  # names and labels are escaped, codes are letters
