"""The agreement matrix on its page, put together in Python: a table of 40 states has 1,600 figures.

Whatever comes from the record is escaped here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from web.display.figures import NOT_SHOWN, Figures
from web.display.marks import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.record.record import State
    from votes.reports.agreement import AgreementMatrix, Pairs
    from web.display.measures import Measure
    from web.pages.agreement.question import AgreementQuestion

register = template.Library()


@register.simple_tag
def agreement_table(matrix: AgreementMatrix, measure: Measure) -> SafeString:
    """Return all figures, shares in per cent without the sign; beneath each, how many roll calls it rests on."""
    states, say = reverse("web:states"), Figures()
    columns = "".join(
        f'<th scope="col"><abbr title="{escape(state.name)}">{state.code}</abbr></th>' for state in matrix.states
    )
    values, counts, rows = matrix.values.tolist(), matrix.counts.tolist(), []
    for place, state in enumerate(matrix.states):
        cells = []
        for other, (value, count) in enumerate(zip(values[place], counts[place], strict=True)):
            if other == place:
                cells.append('<td class="self"></td>')
            elif value == value:  # noqa: PLR0124  # nan is the one value that is not itself
                cells.append(f"<td>{measure.bare(value, say)}<span>{count}</span></td>")
            else:
                cells.append(f"<td>{NOT_SHOWN}<span>{count}</span></td>")
        name = f'<a href="{states}{state.code}/">{escape(state.name)}</a>'
        rows.append(f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>')
    return mark_safe(  # noqa: S308  # escaped piece by piece
        f'<table class="heat-table"><thead><tr><th scope="col">{escape(_("Member state"))}</th>{columns}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


@register.simple_tag
def pairs_table(pairs: Pairs, measure: Measure, compare: str) -> SafeString:
    """Return pairs with their values; ``compare`` is the address that compares two states, less the states."""
    start, say = escape(compare), Figures()
    rows = "".join(
        f'<tr><th scope="row"><a href="{start}&amp;state={pair.one.code}&amp;state={pair.other.code}">'
        f"{escape(pair.one.name)} – {escape(pair.other.name)}</a></th>"
        f'<td class="number">{measure.value(pair.value, say)} <span class="of">{pair.roll_calls}</span></td></tr>'
        for pair in pairs.shown
    )
    return mark_safe(  # noqa: S308  # escaped piece by piece
        f'<table class="pairs"><thead><tr><th scope="col">{escape(_("Member states"))}</th>'
        f'<th scope="col" class="number">{escape(str(measure.label))}</th></tr></thead><tbody>{rows}</tbody></table>'
    )


@register.simple_tag
def states_in_order(states: Iterable[State]) -> SafeString:
    """Return states as the items of a list, with their codes."""
    start = reverse("web:states")
    items = "".join(
        f'<li><a href="{start}{state.code}/">{escape(state.name)}</a> <span class="code">{state.code}</span></li>'
        for state in states
    )
    return mark_safe(items)  # noqa: S308  # escaped piece by piece


@register.simple_tag
def state_boxes(question: AgreementQuestion) -> SafeString:
    """Return a box to tick for each member state, those chosen first."""
    chosen = set(question.states)
    states = sorted(question.record.states_by_name, key=lambda state: state.code not in chosen)
    boxes = "".join(
        f'<label><input type="checkbox" name="state" value="{state.code}"{" checked" if state.code in chosen else ""}> '
        f"{escape(state.name)}</label>"
        for state in states
    )
    return mark_safe(boxes)  # noqa: S308  # escaped piece by piece


@register.simple_tag
def wrong(question: AgreementQuestion, name: str) -> SafeString:
    """Return what is wrong with one of the page's own parameters, to stand beside its field."""
    said = question.errors.get(name)
    if not said:
        return NOTHING
    return mark_safe(f'<span class="error" id="{name}-error">{escape(" ".join(said))}</span>')  # noqa: S308  # escaped


@register.simple_tag
def marked_wrong(question: AgreementQuestion, name: str) -> SafeString:
    """Return the attributes by which a field of the page's own says that it has an error, and where that stands."""
    if name not in question.errors:
        return NOTHING
    return mark_safe(f' aria-invalid="true" aria-describedby="{name}-error"')  # noqa: S308  # names of parameters
