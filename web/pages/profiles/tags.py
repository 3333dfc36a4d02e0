"""The tables of a state's and of a bloc's page, put together in Python: they have hundreds of cells.

Whatever comes from the record is escaped here.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from votes.models import BlocMembership
from votes.models.intervals import DatePrecision
from web.display.figures import Figures
from web.display.marks import bar, dated, mark
from web.lists.rows import roll_call_row, what

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from votes.choices import Choice
    from votes.models import Bloc
    from votes.record.roll_calls import ListedRollCall
    from votes.record.states import AboutState, Tenure
    from votes.reports.bloc import BlocMember, Cohesion, Divided, MemberBreaks
    from votes.reports.state import ByYear, OwnBloc, Partner, StateBreak
    from votes.totals import Totals

register = template.Library()


@register.simple_tag
def voted_rows(votes: Iterable[tuple[ListedRollCall, Choice]]) -> SafeString:
    """Return roll calls with a state's choice, as rows of a list."""
    return mark_safe("\n".join(roll_call_row(roll_call, choice) for roll_call, choice in votes))  # noqa: S308  # safe rows


@register.simple_tag
def bloc_rows(positions: Iterable[tuple[ListedRollCall, Totals]]) -> SafeString:
    """Return roll calls with the totals of a bloc's members, as rows of a list."""
    rows = (roll_call_row(roll_call, None, totals) for roll_call, totals in positions)
    return mark_safe("\n".join(rows))  # noqa: S308  # safe rows


@register.simple_tag
def partners_table(partners: Sequence[Partner], compare: str = "") -> SafeString:
    """Return partners with agreement, percentile and change.

    ``compare`` is the address that compares the state with another, up to the other's code.
    """
    states, say = reverse("web:states"), Figures()
    start = f'<a href="{escape(compare)}' if compare else ""
    rows = []
    for one in partners:
        code, agreement = one.state.code, say.share(one.agreement)
        linked = f'{start}{code}">{agreement}</a>' if start else agreement
        rows.append(
            f'<tr><th scope="row"><a href="{states}{code}/">{escape(one.state.name)}</a></th>'
            f'<td class="number">{linked} <span class="of">{one.common}</span></td>'
            f'<td class="number">{_percentile(one.lower)}</td>'
            f'<td class="number">{say.points(one.change)} <span class="of">{one.before}</span></td></tr>'
        )
    head = (_("Member state"), (_("Agreement"), _("votes")), _("Percentile"), (_("Change"), _("votes before")))
    return _table("partners", head, rows)


@register.simple_tag
def moved(partners: Iterable[Partner]) -> SafeString:
    """Return partners with their change of agreement, within a sentence."""
    states, say = reverse("web:states"), Figures()
    said = [
        f'<a href="{states}{one.state.code}/">{escape(one.state.name)}</a>\N{NO-BREAK SPACE}{say.points(one.change)}'
        for one in partners
    ]
    return mark_safe(" · ".join(said))  # noqa: S308  # escaped piece by piece


@register.simple_tag
def bloc_years_table(found: ByYear, first: Collection[str], *, others: bool) -> SafeString:
    """Return agreement with each bloc by year; blocs without a share are left out.

    Either with the state's own blocs, and then those whose slugs are ``first``, or with all the ``others``.
    """
    blocs, member, say = reverse("web:blocs"), f' <span class="tag">{escape(_("member"))}</span>', Figures()
    rows = []
    for one in sorted(found.blocs, key=lambda one: (not one.own, one.bloc.short_name, one.bloc.slug)):
        is_first = one.own or one.bloc.slug in first
        if is_first is not others and any(share is not None for share in one.shares):
            cells = "".join(
                f'<td class="number">{say.share(share, 0)} <span class="of">{common}</span></td>'
                for share, common in zip(one.shares, one.common, strict=True)
            )
            own = f'<a href="{blocs}{one.bloc.slug}/">{escape(one.bloc.short_name)}</a>{member if one.own else ""}'
            rows.append(f'<tr><th scope="row">{own}</th>{cells}</tr>')
    return _table("bloc-years", (_("Bloc"), *map(str, found.years)), rows) if rows else SafeString("")


@register.simple_tag
def state_breaks(breaks: Iterable[tuple[StateBreak, ListedRollCall]]) -> SafeString:
    """Return breaks as a list: what was voted on, the state's choice, and how many partners voted otherwise."""
    surprise, say, items = escape(_("surprise")), Figures(), []
    for one, roll_call in breaks:
        said = _("%(other)s of its %(partners)s closest partners voted otherwise") % {
            "other": one.other,
            "partners": one.partners,
        }
        items.append(
            f'<li class="row"><div class="row-what">{what(roll_call, with_body=False)}</div>'
            f'<div class="row-how"><p>{mark(one.choice)} <strong>{escape(str(one.choice.label))}</strong></p>'
            f'<p class="muted">{escape(said)}: {surprise} {say.decimal(one.surprise, 2)}</p></div></li>'
        )
    return mark_safe(f'<ol class="cases">{"".join(items)}</ol>')  # noqa: S308  # escaped piece by piece


@register.simple_tag
def own_blocs_table(lines: Iterable[OwnBloc]) -> SafeString:
    """Return how often a state broke with each of its own blocs."""
    blocs = reverse("web:blocs")
    return _breaks_table(
        _("Bloc"), ((f"{blocs}{one.bloc.slug}/", one.bloc.short_name, str(one.breaks), one) for one in lines)
    )


@register.simple_tag
def index_of_states(states: Iterable[tuple[AboutState, Sequence[Tenure]]], *, with_years: bool = False) -> SafeString:
    """Return states as items of a list, each given with its seats in the Assembly, of which the years may be said."""
    address, items = reverse("web:states"), []
    for about, seats in states:
        years = ""
        if with_years:
            since, until = (dated(date, DatePrecision.YEAR) for date in _reach(seats))
            years = f' <span class="muted">{since}–{until}</span>'
        items.append(
            f'<li><a href="{address}{about.code}/">{escape(about.name)}</a> '
            f'<span class="code">{about.code}</span>{years}</li>'
        )
    return mark_safe("".join(items))  # noqa: S308  # escaped piece by piece


def _reach(seats: Sequence[Tenure]) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the first day of the first of ``seats``, by date, and the day after the last one."""
    return (seats[0].since, seats[-1].until) if seats else (None, None)


@register.simple_tag
def bloc_cards(blocs: Iterable[tuple[Bloc, int]]) -> SafeString:
    """Return blocs with how many members they have, as items of a list."""
    address, items = reverse("web:blocs"), []
    for bloc, members in blocs:
        name = "" if bloc.name == bloc.short_name else f'<p class="muted">{escape(bloc.name)}</p>'
        items.append(
            f'<li><h3><a href="{address}{bloc.slug}/">{escape(bloc.short_name)}</a> '
            f'<span class="count">{members}</span></h3>{name}<p>{escape(bloc.description)}</p></li>'
        )
    return mark_safe("".join(items))  # noqa: S308  # escaped piece by piece


@register.simple_tag
def held_table(lines: Iterable[Tenure], head: str) -> SafeString:
    """Return the seats, memberships or former names of a state with their dates; ``head`` says which."""
    blocs = reverse("web:blocs")
    tags = {**dict(BlocMembership.Status.choices), "member": "", "permanent": _("permanent")}
    rows = []
    for one in lines:
        name, beside = escape(one.name), ""
        if one.key.islower():
            name = f'<a href="{blocs}{one.key}/">{name}</a>'
        if one.key and tags.get(one.kind):
            beside = f' <span class="tag">{escape(str(tags[one.kind]))}</span>'
        elif not one.key and one.kind and one.kind != one.name:
            beside = f'<br><span class="muted">{escape(one.kind)}</span>'
        rows.append(
            f'<tr><th scope="row">{name}{beside}</th><td>{dated(one.since, one.since_precision)}</td>'
            f"<td>{dated(one.until, one.until_precision)}</td></tr>"
        )
    return _table("dates", (head, _("Since"), _("Until")), rows, figures=False)


@register.simple_tag
def cohesion_table(
    lines: Iterable[Cohesion], names: Mapping[str, str], head: str, addresses: Mapping[str, str] | None = None
) -> SafeString:
    """Return cohesion by year or topic; ``names`` are those of the topics, by slug, ``addresses`` lead to the years."""
    say, rows = Figures(), []
    for one in lines:
        index = one.agreement_index
        meter = (
            ""
            if index is None
            else '<svg class="meter" aria-hidden="true">'
            f'<rect class="f-accent" width="{100 * index:.1f}%" height="100%"/></svg>'
        )
        name = escape(names.get(one.of, one.of))
        if addresses:
            name = f'<a href="{escape(addresses[one.of])}">{name}</a>'
        rows.append(
            f'<tr><th scope="row">{name}</th><td class="meter-cell">{meter}</td>'
            f'<td class="number">{say.decimal(index, 2)} <span class="of">{one.roll_calls}</span></td>'
            f'<td class="number">{say.decimal(one.rice_index, 2)} <span class="of">{one.rice_roll_calls}</span></td>'
            f'<td class="number">{say.decimal(one.voting, 1)}</td></tr>'
        )
    votes = _("votes")
    columns = (head, "", (_("Agreement index"), votes), (_("Rice index"), votes), _("Members voting"))
    return _table("cohesion", columns, rows)


@register.simple_tag
def members_breaks_table(lines: Iterable[MemberBreaks], addresses: Mapping[str, str]) -> SafeString:
    """Return how often members broke with their bloc; ``addresses`` lead, by state, to the lists of its breaks."""
    states, votes = reverse("web:states"), escape(_("votes on which it broke:"))

    def number(one: MemberBreaks) -> str:
        if (own := addresses.get(one.state.code)) is None:
            return str(one.breaks)
        said = f"{escape(one.state.name)}, {votes} {one.breaks}"
        return f'<a href="{escape(own)}" aria-label="{said}">{one.breaks}</a>'

    return _breaks_table(
        _("Member"), ((f"{states}{one.state.code}/", one.state.name, number(one), one) for one in lines)
    )


def _breaks_table(head: str, lines: Iterable[tuple[str, str, str, OwnBloc | MemberBreaks]]) -> SafeString:
    """Return how often somebody broke with a bloc, each with address and name, and with the number as HTML."""
    say = Figures()
    rows = [
        f'<tr><th scope="row"><a href="{address}">{escape(name)}</a></th>'
        f'<td class="number">{breaks}</td><td class="number">{one.positions}</td>'
        f'<td class="number">{say.share(one.share)}</td></tr>'
        for address, name, breaks, one in lines
    ]
    return _table("breaks", (head, _("Breaks"), _("Positions taken"), _("Share")), rows)


@register.simple_tag
def divided_list(divided: Iterable[tuple[Divided, ListedRollCall]]) -> SafeString:
    """Return the most divided roll calls as a list, each with the bloc's totals and index."""
    word, say = escape(_("cohesion")), Figures()
    items = [
        f'<li class="row"><div class="row-what">{what(roll_call, with_body=False)}</div>'
        f'<div class="row-how"><p class="row-tally"><strong class="tally">{one.totals}</strong> '
        f'<span class="muted">{word} {say.decimal(one.agreement_index, 2)}</span></p>{bar(one.totals)}</div></li>'
        for one, roll_call in divided
    ]
    return mark_safe(f'<ol class="cases">{"".join(items)}</ol>')  # noqa: S308  # escaped piece by piece


@register.simple_tag
def members_list(members: Iterable[BlocMember]) -> SafeString:
    """Return the members of a bloc on a day, each with its name of the day and since when."""
    states, since = reverse("web:states"), escape(_("since"))
    tags = {
        status: f' <span class="tag">{escape(str(label))}</span>' for status, label in BlocMembership.Status.choices
    }
    tags["member"] = ""
    items = [
        f'<li><a href="{states}{held.code}/">{escape(held.name)}</a> '
        f'<span class="muted">{since} {dated(held.since, held.since_precision)}</span>{tags[held.status]}</li>'
        for held in members
    ]
    nobody = f'<li class="muted">{escape(_("None."))}</li>'
    return mark_safe(f'<ul class="names">{"".join(items) or nobody}</ul>')  # noqa: S308  # escaped piece by piece


def _percentile(lower: float) -> str:
    """Return a share as the percentile it makes, in whole ones; under one is not none."""
    return "&lt;1" if 0 < lower < 1 / 100 else str(math.floor(100 * lower))


def _table(
    name: str, head: Sequence[str | tuple[str, str]], rows: Iterable[str], *, figures: bool = True
) -> SafeString:
    """Return a table; the first of ``head`` is above the rows' names, the others above figures or dates.

    A pair is above a figure with what it rests on.
    """
    start = '<th scope="col" class="number">' if figures else '<th scope="col">'
    columns = []
    for text in head:
        if isinstance(text, tuple):
            columns.append(f'{start}{escape(text[0])} <span class="of">{escape(text[1])}</span></th>')
        else:
            opened = start if columns else '<th scope="col">'
            columns.append(f"{opened}{escape(text)}</th>" if text else "<td></td>")
    return mark_safe(  # noqa: S308  # escaped piece by piece
        f'<table class="{name}"><thead><tr>{"".join(columns)}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )
