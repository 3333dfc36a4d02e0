"""The tables of a comparison, put together in Python: they have hundreds of cells.

Whatever comes from the record or the address is escaped here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from votes.analysis.matrix import NON_VOTING, SPLIT
from votes.analysis.pairs import POSITIONS
from votes.record.choices import CHOICES
from votes.reports.comparison import NO_TOPIC, rests_on, shown
from web.display.figures import Figures, number
from web.display.marks import mark, percent_of
from web.display.measures import MEASURES
from web.lists.rows import what
from web.pages.comparison.picture import pair_name, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from votes.analysis.pairs import Agreement
    from votes.record.parties import Party
    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall
    from votes.reports.comparison import Comparison, Overlap, Pair
    from web.display.measures import Measure

register = template.Library()


@register.simple_tag
def party_link(party: Party) -> SafeString:
    """Return a party's name, with a link to its page where it has one."""
    if party.bloc:
        return _safe(f'<a href="{reverse("web:bloc", args=[party.bloc])}">{escape(str(party))}</a>')
    states = reverse("web:states")
    links = (
        f'<a href="{states}{code}/">{escape(name)}</a>' for code, name in zip(party.codes, party.names, strict=True)
    )
    return _safe(", ".join(links))


@register.simple_tag
def headline(pair: Pair) -> str:
    """Return a pair's agreement; nothing where it is not shown."""
    value = shown(pair.overall)
    return "" if value is None else MEASURES["agreement"].value(value)


@register.simple_tag
def before(pair: Pair) -> dict[str, str | int]:
    """Return a pair's agreement in the preceding period, what it rests on, and the change, empty where not shown."""
    if pair.before is None:
        return {}
    own = MEASURES["agreement"]
    change = pair.change()
    return {
        "value": own.value(shown(pair.before)),
        "common": pair.before.common,
        "change": "" if change is None else own.change(change),
    }


@register.filter
def pairs(found: Iterable[Pair]) -> str:
    """Return the names of pairs."""
    return "; ".join(f"{short_name(pair.one)} – {short_name(pair.other)}" for pair in found)


@register.filter
def pairs_figure(found: Iterable[Pair]) -> str:
    """Return the agreement of pairs that have the same, and what it rests on in each."""
    own = MEASURES["agreement"]
    return "; ".join(
        _("%(value)s of %(n)s") % {"value": own.value(shown(pair.overall)), "n": number(pair.overall.common)}
        for pair in found
    )


@register.simple_tag
def measures_table(pair: Pair) -> SafeString:
    """Return the four measures of a pair, each with what it is, what it rests on, and its change."""
    rows, say = [], Figures()
    for name, measure in MEASURES.items():
        before = ""
        if pair.before is not None:
            before = f'{_figure(measure, pair.before, say)}<td class="number">{measure.change(pair.change(name))}</td>'
        says = f'<span class="says">{escape(str(measure.says))}</span>'
        value = _figure(measure, pair.overall, say)
        rows.append(f'<tr><th scope="row">{escape(str(measure.label))} {says}</th>{value}{before}</tr>')
    head = [_("Measure"), _("Value"), *([] if pair.before is None else [_("Period before"), _("Change")])]
    return _table("measures", head, rows)


@register.simple_tag
def choices_table(pair: Pair) -> SafeString:
    """Return the 3 x 3 table of the positions of a pair with its totals; where both took the same is marked."""
    counts = pair.table.tolist()
    columns = [sum(column) for column in zip(*counts, strict=True)]
    labels = [_labelled(choice) for choice in POSITIONS]
    rows = []
    for place, (label, line) in enumerate(zip(labels, counts, strict=True)):
        cells = "".join(
            f'<td class="number{" same" if place == column else ""}">{count}</td>' for column, count in enumerate(line)
        )
        rows.append(f'<tr><th scope="row">{label}</th>{cells}<td class="number total-cell">{sum(line)}</td></tr>')
    total = escape(_("Total"))
    feet = "".join(f'<td class="number">{count}</td>' for count in [*columns, sum(columns)])
    head = "".join(f'<th scope="col" class="number">{label}</th>' for label in labels)
    across = escape(_("%(party)s:") % {"party": pair.other})
    down = escape(_("%(party)s:") % {"party": pair.one})
    return _safe(
        f'<table class="choices"><thead><tr><td></td><th scope="colgroup" colspan="3">{across}</th><td></td></tr>'
        f'<tr><th scope="col">{down}</th>{head}<th scope="col" class="number">{total}</th></tr></thead>'
        f'<tbody>{"".join(rows)}</tbody><tfoot><tr><th scope="row">{total}</th>{feet}</tr></tfoot></table>'
    )


@register.simple_tag
def matrix_table(comparison: Comparison, measure: Measure, compare: str) -> SafeString:
    """Return a measure of each two parties; ``compare`` is the address that compares, to which ``state=`` is added."""
    values = {(pair.one.text, pair.other.text): pair for pair in comparison.pairs}
    head = "".join(
        f'<th scope="col" class="number"><abbr title="{escape(str(party))}">{escape(short(party))}</abbr></th>'
        for party in comparison.parties
    )
    rows, say = [], Figures()
    for one in comparison.parties:
        cells = []
        for other in comparison.parties:
            pair = values.get((one.text, other.text)) or values.get((other.text, one.text))
            cells.append('<td class="number own">–</td>' if pair is None else _cell(pair, measure, compare, say))
        rows.append(f'<tr><th scope="row">{party_link(one)}</th>{"".join(cells)}</tr>')
    return _safe(
        f'<table class="pairs-matrix"><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _cell(pair: Pair, measure: Measure, compare: str, say: Figures) -> str:
    """Return a cell of the matrix: the value, with a bar, what it rests on, and the way to the two alone."""
    value = shown(pair.overall, measure.name)
    return (
        f'<td class="number"><a href="{_pair_address(pair, compare)}">{measure.value(value, say)}</a> '
        f"{_of(rests_on(pair.overall, measure.name))}{_meter(value)}</td>"
    )


@register.simple_tag
def pairs_table(comparison: Comparison, compare: str) -> SafeString:
    """Return the four measures of each pair, and the change of its agreement."""
    has_before = comparison.preceding_rows is not None
    rows, say = [], Figures()
    for pair in comparison.pairs:
        name = f'<a href="{_pair_address(pair, compare)}">{escape(str(pair.one))} – {escape(str(pair.other))}</a>'
        figures = "".join(_figure(measure, pair.overall, say) for measure in MEASURES.values())
        if has_before and pair.before is not None:
            figures += _figure(MEASURES["agreement"], pair.before, say)
            figures += f'<td class="number">{MEASURES["agreement"].change(pair.change())}</td>'
        rows.append(f'<tr><th scope="row">{name}</th>{figures}</tr>')
    head = [_("Pair"), *(str(measure.label) for measure in MEASURES.values())]
    return _table("pairs", head + ([_("Agreement before"), _("Change")] if has_before else []), rows)


@register.simple_tag
def years_table(comparison: Comparison, measure: Measure) -> SafeString:
    """Return the measures of a pair by year; of several pairs one of the measures. The newest year comes first."""
    names = [str(year) for year in comparison.years]
    return _by(comparison, measure, names, lambda pair: pair.years, _("Year"), newest_first=True)


@register.simple_tag
def topics_table(comparison: Comparison, measure: Measure) -> SafeString:
    """Return agreement of a pair by topic with bars; of several pairs one of the measures.

    A topic on which no two took a position has no row; without any row there is no table.
    """
    if not any(measured.common for pair in comparison.charted for measured in pair.topics):
        return _safe("")
    topics = comparison.record.topics
    names = [_("None of these") if slug == NO_TOPIC else topics[slug] for slug in comparison.topics]
    if len(comparison.pairs) > 1:
        return _by(comparison, measure, names, lambda pair: pair.topics, _("Topic"))
    say = Figures()
    rows = [
        f'<tr><th scope="row">{escape(name)}</th><td class="bar-cell">{_meter(shown(measured))}</td>'
        f"{_figure(MEASURES['agreement'], measured, say)}</tr>"
        for name, measured in zip(names, comparison.pairs[0].topics, strict=True)
        if measured.common
    ]
    topic, agreement = escape(_("Topic")), escape(_("Agreement"))
    head = f'<th scope="col">{topic}</th><td></td><th scope="col" class="number">{agreement}</th>'
    return _safe(f'<table class="by-topic"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>')


def _by(
    comparison: Comparison,
    measure: Measure,
    names: Sequence[str],
    parts: Callable[[Pair], list[Agreement]],
    head: str,
    *,
    newest_first: bool = False,
) -> SafeString:
    """Return a row for each name: all measures of the one pair, or one measure of each charted pair."""
    if len(comparison.pairs) == 1:
        lines = [(measured,) * len(MEASURES) for measured in parts(comparison.pairs[0])]
        columns = [(str(measure.label), measure) for measure in MEASURES.values()]
    else:
        lines = list(zip(*(parts(pair) for pair in comparison.charted), strict=True))
        columns = [(pair_name(pair), measure) for pair in comparison.charted]
    say = Figures()
    rows = []
    for name, line in zip(names, lines, strict=True):
        if any(measured.common for measured in line):
            figures = (_figure(own, measured, say) for measured, (_label, own) in zip(line, columns, strict=True))
            rows.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(figures)}</tr>')
    return _table("by-part", [head, *(label for label, _measure in columns)], rows[::-1] if newest_first else rows)


@register.simple_tag
def divided_list(comparison: Comparison, roll_calls: Sequence[ListedRollCall]) -> SafeString:
    """Return the first of the roll calls on which the parties were most divided, with who took which position."""
    items = []
    labels = {position: _labelled(position) for position in (*POSITIONS, SPLIT, NON_VOTING)}
    places = np.searchsorted(comparison.rows, comparison.divided[: len(roll_calls)])
    for roll_call, taken in zip(roll_calls, comparison.positions[:, places].T.tolist(), strict=True):
        said = "".join(
            f"<p>{label}: <strong>{escape(', '.join(names))}</strong></p>"
            for position, label in labels.items()
            if (names := [short_name(p) for p, took in zip(comparison.parties, taken, strict=True) if took == position])
        )
        items.append(
            f'<li class="row"><div class="row-what">{what(roll_call)}</div><div class="row-how">{said}</div></li>'
        )
    return _safe(f'<ol class="rows">{"".join(items)}</ol>')


def short_name(party: Party) -> str:
    """Return a state's or a bloc's name, or the codes of several states."""
    return str(party) if len(party.names) == 1 else party.text


@register.simple_tag
def overlap(shared: Overlap, record: Record) -> str:
    """Return in a sentence whose votes count in the positions of both of two parties."""
    names = [record.states[code].name for code in shared.states]
    for own, group in ((shared.one, shared.other), (shared.other, shared.one)):
        if own.is_state:
            said = _("%(state)s belongs to %(group)s: its own vote counts in that position too.")
            return said % {"state": own, "group": short_name(group)}
    said = ngettext(
        "%(one)s and %(other)s have a member in common, whose vote counts in both positions: %(names)s.",
        "%(one)s and %(other)s have %(n)s members in common, whose votes count in both positions: %(names)s.",
        len(names),
    )
    listed = ", ".join(names[:6]) + (_(" and others") if len(names) > 6 else "")
    return said % {"one": short_name(shared.one), "other": short_name(shared.other), "n": len(names), "names": listed}


def _labelled(position: int) -> str:
    """Return a position with its mark and word."""
    if position == SPLIT:
        return escape(_("Split"))
    choice = CHOICES[position]
    return f"{mark(choice)} {escape(str(choice.label))}"


def _figure(measure: Measure, measured: Agreement, say: Figures) -> str:
    """Return a cell: the value of a measure with how many roll calls it rests on."""
    value = measure.value(shown(measured, measure.name), say)
    return f'<td class="number">{value} {_of(rests_on(measured, measure.name))}</td>'


def _of(number: int) -> str:
    """Return how many roll calls a figure rests on, beside it."""
    return f'<span class="of">{number}</span>'


def _meter(share: float | None) -> str:
    """Return a bar for a share, nothing where there is none."""
    if share is None:
        return ""
    width = percent_of(round(max(0.0, share) * 1000), 1000)
    return f'<svg class="meter" aria-hidden="true"><rect class="f-accent" width="{width}" height="100%"/></svg>'


def _pair_address(pair: Pair, compare: str) -> str:
    """Return the address that compares the two, escaped."""
    return escape(f"{compare}state={pair.one.text}&state={pair.other.text}")


def _table(name: str, head: Sequence[str], rows: Iterable[str]) -> SafeString:
    """Return a table; the first of ``head`` is above the rows' names, the others above figures."""
    first, *others = (escape(text) for text in head)
    columns = "".join(f'<th scope="col" class="number">{text}</th>' for text in others)
    return _safe(
        f'<table class="{name}"><thead><tr><th scope="col">{first}</th>{columns}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _safe(html: str) -> SafeString:
    """Return what was escaped piece by piece as safe."""
    return mark_safe(html)  # noqa: S308  # escaped piece by piece
