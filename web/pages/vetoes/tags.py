"""The table of vetoes and the latest of them, put together in Python.

Whatever comes from the record is escaped here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.choices import Choice
from web.display.marks import labels, mark
from web.display.permanent_members import seat_name
from web.lists.rows import how, what
from web.lists.sentences import number as grouped
from web.pages.vetoes.files import list_address
from web.pages.vetoes.picture import decade_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from votes.record.record import Record
    from votes.reports.vetoes import VetoCount, VetoedDraft

register = template.Library()

register.filter(decade_name)


@register.simple_tag
def veto_table(record: Record, count: VetoCount) -> SafeString:
    """Return drafts vetoed by decade and member, each figure with its list, and the totals last."""
    states = reverse("web:states")
    names = [(code, escape(seat_name(record, code))) for code in count.members]
    heads = "".join(
        f'<th scope="col" class="number"><a href="{states}{code}/"><span class="name-wide">{name}</span>'
        f'<abbr class="name-narrow" title="{name}">{code}</abbr></a></th>'
        for code, name in names
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(decade_name(decade))}</th>{_cells(count.members, vetoes, drafts, decade)}</tr>'
        for decade, vetoes, drafts in zip(count.decades, count.vetoes.tolist(), count.drafts.tolist(), strict=True)
    )
    totals = _cells(count.members, count.vetoes.sum(axis=0).tolist(), len(count.keys))
    return mark_safe(  # noqa: S308  # names are escaped, codes are letters, the rest are figures
        f'<table class="veto-table"><thead><tr><th scope="col">{escape(_("Decade"))}</th>{heads}'
        f'<th scope="col" class="number">{escape(_("Drafts"))}</th></tr></thead><tbody>{rows}</tbody>'
        f'<tfoot><tr><th scope="row">{escape(_("All"))}</th>{totals}</tr></tfoot></table>'
    )


def _cells(members: Sequence[str], vetoes: Sequence[int], drafts: int, decade: int | None = None) -> str:
    """Return the figures of a row with the lists that they lead to; of none there is no list."""
    return "".join(
        f'<td class="number"><a href="{escape(list_address(member, decade))}">{grouped(figure)}</a></td>'
        if figure
        else '<td class="number muted">0</td>'
        for member, figure in (*zip(members, vetoes, strict=True), ("", drafts))
    )


@register.simple_tag
def veto_rows(drafts: Iterable[VetoedDraft]) -> SafeString:
    """Return vetoed drafts as rows of a list, with who voted how below each."""
    rows = "\n".join(
        f'<li class="row"><div class="row-what">{what(one.roll_call, with_body=False)}'
        f'<dl class="cast">{_cast(one)}</dl></div><div class="row-how">{how(one.roll_call)}</div></li>'
        for one in drafts
    )
    return mark_safe(rows)  # noqa: S308  # escaped piece by piece


def _cast(one: VetoedDraft) -> str:
    """Return who vetoed, then who voted otherwise by choice, those against first."""
    said = labels(Choice, get_language())
    against = escape(_("Also against")) if one.vetoers else said[Choice.NO]
    lines = [
        (mark(Choice.NO), escape(_("Vetoed by")), one.vetoer_names),
        (mark(Choice.NO), against, one.names[Choice.NO]),
        *((mark(c), said[c], one.names[c]) for c in (Choice.ABSTAINING, Choice.NON_VOTING, Choice.YES)),
    ]
    return "".join(
        f"<dt>{sign} {label}</dt><dd>{escape(', '.join(names))}</dd>" for sign, label, names in lines if names
    )
