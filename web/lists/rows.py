"""Rows of roll calls and facets of filters, put together in Python: a page has hundreds of such pieces.

A template's loop spends most of a page's time looking variables up; these functions say the same in a tenth of it.
Whatever comes from the record is escaped here.
"""

from __future__ import annotations

import functools
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.choices import Choice
from votes.models import RollCall
from votes.reports import wording
from votes.rules import Result
from web.display.figures import NOT_SHOWN, Figures
from web.display.figures import number as grouped
from web.display.marks import NOTHING, bar, day_of, differs_mark, labels, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.forms import Form
    from django.http import QueryDict

    from votes.record.roll_calls import ListedRollCall
    from votes.totals import Totals
    from web.lists.highlights import Highlight
    from web.lists.listing import Facet, FacetValue, Listing

register = template.Library()

TEXT = str(RollCall.Kind.TEXT)
"""What most are votes on, and lists need not say."""


@register.simple_tag
def roll_call_row(
    roll_call: RollCall | ListedRollCall, voted: Choice | None = None, bloc_totals: Totals | None = None
) -> SafeString:
    """Return one roll call in a list; ``voted`` and ``bloc_totals`` where the list is about a state or a bloc."""
    return mark_safe(_row(roll_call, voted, bloc_totals))  # noqa: S308  # escaped piece by piece


@register.simple_tag
def roll_call_rows(
    roll_calls: Iterable[RollCall | ListedRollCall], highlights: Mapping[int, Highlight] | None = None
) -> SafeString:
    """Return the roll calls of a list; ``highlights`` say by their keys where a search found its words."""
    found = highlights or {}
    return mark_safe("\n".join(_row(roll_call, highlight=found.get(roll_call.pk)) for roll_call in roll_calls))  # noqa: S308  # escaped piece by piece


def _row(
    roll_call: RollCall | ListedRollCall,
    voted: Choice | None = None,
    bloc_totals: Totals | None = None,
    highlight: Highlight | None = None,
) -> str:
    """Return one roll call in a list."""
    parts = [f'<li class="row"><div class="row-what">{what(roll_call, highlight=highlight)}</div>']
    if voted:
        label = labels(Choice, get_language())[voted]
        parts.append(f'<p class="row-voted voted-{voted.value}">{mark(voted)} {label}</p>')
    if bloc_totals:
        parts.append(_bloc(bloc_totals))
    parts.append(f'<div class="row-how">{how(roll_call)}</div></li>')
    return "".join(parts)


def what(roll_call: RollCall | ListedRollCall, *, with_body: bool = True, highlight: Highlight | None = None) -> str:
    """Return what was voted on, as HTML: symbol, body, day and kind, and the title with its address."""
    symbol = roll_call.resolution.symbol if roll_call.resolution else roll_call.meeting
    shown = highlight.symbol if highlight and highlight.symbol else escape(symbol)
    symbol = f'<span class="symbol">{shown}</span> ' if symbol else ""
    body = f"<span>{escape(str(roll_call.body))}</span> " if with_body else ""
    kind = roll_call.kind
    tag = "" if kind == TEXT else f' <span class="tag">{labels(RollCall.Kind, get_language())[kind]}</span>'
    heading = highlight.heading if highlight and highlight.heading else escape(roll_call.heading)
    also = _also(highlight) if highlight and highlight.also else ""
    return (
        f'<p class="overline">{symbol}{body}{day_of(roll_call)}{tag}</p><h3 class="row-title" lang="en">'
        f'<a href="{escape(roll_call.get_absolute_url())}">{heading}</a></h3>{also}'
    )


def _also(highlight: Highlight) -> str:
    """Return the other texts by which a search found a roll call."""
    return "".join(
        f'<p class="row-found"><span class="muted">{escape(label)}:</span> <span{english}>{text}</span></p>'
        for label, text, is_english in highlight.also
        for english in (' lang="en"' if is_english else "",)
    )


def how(roll_call: RollCall | ListedRollCall) -> str:
    """Return how the vote went, as HTML: tally, result and bar; without totals, and of no recorded vote, the method."""
    totals, method = roll_call.totals, roll_call.method
    if method == RollCall.Method.WITHOUT_VOTE:
        return f'<p class="row-tally"><span class="result">{escape(wording.name_of(method))}</span></p>'
    tally = f'<strong class="tally">{totals}</strong>{differs_mark(roll_call)} ' if totals else ""
    result = f'<span class="result result-{roll_call.result}">{labels(Result, get_language())[roll_call.result]}</span>'
    if method == RollCall.Method.NON_RECORDED:
        how = wording.name_of(method)
    else:
        how = "" if totals else wording.unknown_votes(roll_call)
    note = f'<p class="hint">{escape(capfirst(how))}</p>' if how else ""
    return f'<p class="row-tally">{tally}{result}</p>{bar(totals)}{note}'


def _bloc(totals: Totals) -> str:
    """Return what a bloc's members did in one roll call."""
    language, position, voting = get_language(), totals.position, totals.voting
    if position:
        taken = f"{mark(position)} <strong>{labels(Choice, language)[position]}"
    else:
        taken = f"<strong>{_split(language) if voting else NOT_SHOWN}"
    said = f'<p>{taken}</strong> <span class="tally">{totals}</span>'
    if voting > 1:
        word, say = _cohesion(language)
        said += f'</p><p class="muted">{word} {say.decimal(totals.cohesion, 2)}'
    return f'<div class="row-bloc">{said}</p>{bar(totals)}</div>'


@functools.cache
def _split(_language: str | None) -> str:
    """Return what is said of a bloc whose members tie, escaped."""
    return escape(_("Split"))


@functools.cache
def _cohesion(_language: str | None) -> tuple[str, Figures]:
    """Return the word before a bloc's cohesion, escaped, and how figures are written."""
    return escape(_("cohesion")), Figures()


@register.simple_tag
def facet_values(facet: Facet, form: Form) -> SafeString:
    """Return the values of a facet as radio buttons, each with how many roll calls it would leave.

    Where several may be chosen they are boxes to tick. The less frequent subjects are on a page of their own; other
    long facets fold theirs.
    """
    name, button = facet.name, "checkbox" if facet.several else "radio"
    wrong = f' aria-invalid="true" aria-describedby="{name}-error"' if form.errors.get(name) else NOTHING
    checked = "" if facet.chosen else " checked"
    english = ' lang="en"' if facet.is_long else ""

    def buttons(values: Sequence[FacetValue]) -> str:
        return "\n".join(
            f'<label><input type="{button}" id="{name}-{value.value}" name="{name}" '
            f'value="{"" if value.value == facet.usual else value.value}"'
            f"{' checked' if value.chosen else ''}{wrong if facet.several and not place else ''}> "
            f'<span{english}>{escape(value.label)}</span> <span class="count">{grouped(value.count)}</span></label>'
            for place, value in enumerate(values)
        )

    parts = [buttons(facet.first)]
    # Of boxes none is ticked for any.
    if not (facet.several and facet.first):
        parts.insert(
            0,
            f'<label><input type="radio" id="{name}-any" name="{name}" value="{facet.value_of_any}"{checked}{wrong}> '
            f'<span>{escape(_("Any"))}</span> <span class="count">{grouped(facet.any)}</span></label>',
        )
    if (more := facet.more) and name != "subject":
        said = escape(_("%(n)s more") % {"n": len(more)})
        parts.append(f"<details><summary>{said}</summary>{buttons(more)}</details>")
    return mark_safe("\n".join(parts))  # noqa: S308  # labels are escaped, names and values are slugs


@register.simple_tag
def page_numbers(listing: Listing, asked: QueryDict) -> SafeString:
    """Return the numbers of the pages to offer, with their addresses: those of what is ``asked``, of another page."""
    parameters, numbers = asked.copy(), []
    for number in listing.page_numbers:
        if number == listing.page.number:
            numbers.append(f'<span aria-current="page">{number}</span>')
        elif isinstance(number, int):
            parameters["page"] = str(number)
            numbers.append(f'<a href="?{escape(parameters.urlencode())}">{number}</a>')
        else:
            numbers.append(f"<span>{number}</span>")
    return mark_safe("".join(numbers))  # noqa: S308  # numbers, and addresses that are escaped


@register.simple_tag
def facet_options(facet: Facet) -> SafeString:
    """Return the values of a facet as options of a select."""
    return mark_safe(  # noqa: S308  # escaped here
        "".join(
            f'<option value="{escape(value.value)}"{" selected" if value.chosen else ""}>'
            f"{escape(value.label)} ({grouped(value.count)})</option>"
            for value in facet.values
        )
    )
