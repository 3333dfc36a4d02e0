"""Table rows of the pages of states and blocs, as formatted text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from votes.models import BlocMembership
from web.display.dates import dated
from web.display.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from votes.record.states import Tenure
    from votes.reports.bloc import BlocMember, Cohesion, MemberBreaks
    from votes.reports.state import ByYear, OwnBloc, Partner


def partner_rows(partners: Iterable[Partner]) -> list[tuple[str, str, str, int, str, int]]:
    """Return each partner's code, name, agreement and its change, each with its number of roll calls."""
    say = Figures()
    return [
        (state.code, state.name, say.share(agreement), common, say.points(change), before)
        for state, agreement, common, _same, _lower, before, change in partners
    ]


class BlocYearsRow(NamedTuple):
    """A state's agreement with a bloc by year, as (share, number of roll calls)."""

    slug: str
    name: str
    is_own: bool
    cells: list[tuple[str, int]]


def bloc_years_rows(found: ByYear, charted: Collection[str]) -> list[BlocYearsRow]:
    """Return the rows of the state's own blocs, then of the ``charted`` slugs; only those with a share."""
    say = Figures()
    return [
        BlocYearsRow(
            one.bloc.slug,
            one.bloc.short_name,
            one.own,
            [(say.share(share, 0), common) for share, common in zip(one.shares, one.common, strict=True)],
        )
        for one in sorted(found.blocs, key=lambda one: (not one.own, one.bloc.short_name, one.bloc.slug))
        if (one.own or one.bloc.slug in charted) and any(share is not None for share in one.shares)
    ]


class BreaksRow(NamedTuple):
    """Number of breaks with a bloc, with links to the page and, if possible, the list of votes."""

    address: str
    name: str
    breaks: int
    list_address: str
    positions: int
    share: str


def own_blocs_rows(lines: Iterable[OwnBloc]) -> list[BreaksRow]:
    """Return a state's breaks with each of its blocs."""
    blocs, say = reverse("web:blocs"), Figures()
    return [
        BreaksRow(f"{blocs}{one.bloc.slug}/", one.bloc.short_name, one.breaks, "", one.positions, say.share(one.share))
        for one in lines
    ]


def members_breaks_rows(lines: Iterable[MemberBreaks], addresses: Mapping[str, str]) -> list[BreaksRow]:
    """Return members' breaks with their bloc; ``addresses`` are lists of breaks by state."""
    states, say = reverse("web:states"), Figures()
    return [
        BreaksRow(
            f"{states}{one.state.code}/",
            one.state.name,
            one.breaks,
            addresses.get(one.state.code, ""),
            one.positions,
            say.share(one.share),
        )
        for one in lines
    ]


class CohesionRow(NamedTuple):
    """A bloc's cohesion in a year or on a topic; ``width`` is its bar's, empty if there is none."""

    name: str
    address: str
    width: str
    agreement_index: str
    roll_calls: int
    rice_index: str
    rice_roll_calls: int
    voting: str


def cohesion_rows(
    lines: Iterable[Cohesion], names: Mapping[str, str], addresses: Mapping[str, str] | None = None
) -> list[CohesionRow]:
    """Return cohesion by year or topic; ``names`` are topics by slug, ``addresses`` are by year."""
    say = Figures()
    return [
        CohesionRow(
            names.get(one.of, one.of),
            addresses[one.of] if addresses else "",
            "" if one.agreement_index is None else f"{100 * one.agreement_index:.1f}%",
            say.decimal(one.agreement_index, 2),
            one.roll_calls,
            say.decimal(one.rice_index, 2),
            one.rice_roll_calls,
            say.decimal(one.voting, 1),
        )
        for one in lines
    ]


class DatesRow(NamedTuple):
    """A state's seat, membership or former name with its dates."""

    name: str
    bloc: str
    """The bloc's slug, for a membership."""
    tag: str
    official_name: str
    """The formal name, for a former name that differs."""
    since: str
    until: str


def dates_rows(lines: Iterable[Tenure]) -> list[DatesRow]:
    """Return a state's seats, memberships or former names with dates."""
    tags = {**dict(BlocMembership.Status.choices), "member": "", "permanent": _("permanent")}
    return [
        DatesRow(
            one.name,
            one.key if one.key.islower() else "",
            str(tags.get(one.kind, "")) if one.key else "",
            one.kind if not one.key and one.kind != one.name else "",
            dated(one.since, one.since_precision),
            dated(one.last, one.until_precision),
        )
        for one in lines
    ]


def members_rows(members: Iterable[BlocMember]) -> list[tuple[str, str, str, str]]:
    """Return (code, name on that date, since, status unless member) of a bloc's members."""
    tags = {**dict(BlocMembership.Status.choices), "member": ""}
    return [(held.code, held.name, dated(held.since, held.since_precision), str(tags[held.status])) for held in members]
