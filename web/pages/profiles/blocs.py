"""The pages of blocs."""

from __future__ import annotations

import datetime
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from votes.analysis.breaks import BODY
from votes.models import Bloc, BlocMembership
from votes.periods import last_day
from votes.record.record import reading
from votes.reports.bloc import MINIMUM_POSITIONS, MINIMUM_ROLL_CALLS, BlocRecord, members_on, roll_calls_of
from web.display.rendering import parties, render_page_or_part
from web.files.tables import links, send
from web.lists.filters import RollCallFilter, days_of
from web.lists.listing import Listing
from web.lists.not_found import missing_bloc, no_bloc
from web.pages.profiles import bloc_files
from web.pages.profiles.picture import cohesion
from web.pages.profiles.tables import cohesion_rows, members_breaks_rows, members_rows
from web.serving.parameters import address, reads, tidy_address, unanswered, without_empty
from web.serving.problems import problem

if TYPE_CHECKING:
    from votes.record.record import Record

SHEETS = {"cohesion": bloc_files.cohesion, "breaks": bloc_files.breaks}

YEARS, BREAKS, LATEST = 10, 10, 3
"""How many of the latest years, of the members that break most and of the latest votes a page shows."""

FILES = (".json", "/cohesion.csv", "/breaks.csv", "/cohesion.svg", "/cohesion.png")


def blocs(request: HttpRequest) -> HttpResponse:
    """Show all blocs with their current number of members."""
    today = datetime.datetime.now(datetime.UTC).date()
    with reading() as record:
        members = dict(zip(record.blocs, record.memberships.on(today).sum(axis=1).tolist(), strict=True))
        kinds = groupby(record.about_blocs.values(), lambda bloc: bloc.kind)
        context = {
            "kinds": [(Bloc.Kind(kind).label, [(bloc, members[bloc.slug]) for bloc in blocs]) for kind, blocs in kinds],
            "today": today,
            "ignored": unanswered(request.GET, ()),
        }
    return render(request, "profiles/blocs.html", context)


@reads(*RollCallFilter.base_filters, "page", "on")
@tidy_address
def bloc(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a bloc: members on the date ``?on=``, cohesion, breaks, and position by roll call."""
    with reading() as record:
        found = record.about_blocs.get(slug.lower())
        if found is None:
            raise missing_bloc(slug, record)
        if slug != found.slug:
            return redirect(address(found.get_absolute_url(), request.GET), permanent=True)
        parameters = request.GET.copy()
        day = parameters.pop("on", [""])[-1]
        on, error = _date(day)
        members = members_on(record, record.blocs[found.slug], on)
        listing, own = _record(parameters, record, found.slug)
        context = {
            "bloc": found,
            "on": on,
            "on_error": error,
            "members": members_rows(members),
            "full": sum(held.status == BlocMembership.Status.MEMBER for held in members),
            "listing": listing,
            "hidden_of_filters": [("on", day)] if day else [],
            "hidden_of_day": [
                (name, value) for name, values in parameters.lists() for value in values if name != "page"
            ],
            **parties(record),
            "votes": own.votes,
            "positions": own.positions_on(listing.page),
            # Later pages show only the list.
            "own": None,
            "years": (),
            "breaks": (),
            **(_shown(listing, own, request.GET) if listing.is_valid and listing.page.number == 1 else {}),
        }
        return render_page_or_part(request, "profiles/bloc.html", "profiles/_positions.html", context)


@reads(*RollCallFilter.base_filters)
@require_safe
def file(request: HttpRequest, slug: str, form: str, what: str = "") -> HttpResponse:
    """Return a table of the bloc's record as CSV, all as JSON, or the chart as SVG or PNG."""
    with reading() as record:
        if slug.lower() not in record.blocs:
            return problem(HTTPStatus.NOT_FOUND, no_bloc(slug))
        if slug != slug.lower():
            own_path = request.path.replace(f"/{slug}", f"/{slug.lower()}", 1)
            return redirect(address(own_path, request.GET), permanent=True)
        listing, own = _record(request.GET, record, slug)
        return send(
            request,
            record,
            listing,
            name="-".join(filter(None, ("plenary", slug, what))),
            form=form,
            sheet=lambda: SHEETS[what](own),
            json_document=lambda: bloc_files.json_document(own),
            picture=lambda: cohesion(own),
        )


def _record(parameters: QueryDict, record: Record, slug: str) -> tuple[Listing, BlocRecord]:
    """Return the selected roll calls with members of the bloc, and its record on them."""
    read = record.blocs[slug]
    listing = Listing(parameters, record, among=roll_calls_of(record, read))
    return listing, BlocRecord(record, read, listing.rows, listing.form.cleaned_data.get("body") or BODY)


def _shown(listing: Listing, own: BlocRecord, parameters: QueryDict) -> dict[str, Any]:
    """Return the template context of a bloc's record."""
    record = own.record
    divided = own.divided(bloc_files.DIVIDED)
    known = any(one.agreement_index is not None for one in own.by_year)
    return {
        "own": own,
        "body": record.bodies.get(own.body, own.body),
        "chart": cohesion(own) if known else None,
        "years": cohesion_rows(own.by_year[: -YEARS - 1 : -1], {}, _of_years(parameters, own)),
        "latest_votes": own.positions_on(record.roll_calls_in(own.in_body[: -LATEST - 1 : -1])),
        "latest": next((one for one in reversed(own.by_year) if one.agreement_index is not None), None),
        "by_topic": cohesion_rows(own.by_topic, record.topics),
        "breaks": members_breaks_rows([one for one in own.breaks if one.breaks][:BREAKS], _of_breaks(listing, own)),
        "divided": list(zip(divided, record.roll_calls_in(one.row for one in divided), strict=True)),
        "files": links(listing.parameters, reverse("web:bloc", args=[own.bloc.slug]).removesuffix("/"), FILES),
        "minimum": {"roll_calls": MINIMUM_ROLL_CALLS, "positions": MINIMUM_POSITIONS},
    }


def _of_years(parameters: QueryDict, own: BlocRecord) -> dict[str, str]:
    """Return the address of the bloc's record by year, with the other filters."""
    others = _others(parameters, "page")
    return {one.of: f"?since={one.of}-01-01&until={one.of}-12-31{others}#record" for one in own.by_year}


def _of_breaks(listing: Listing, own: BlocRecord) -> dict[str, str]:
    """Return, by state, the address of the list of roll calls on which it broke with the bloc.

    A list has one period, so a state that left and came back has no address: the list would include votes as a
    non-member.
    """
    days = days_of(listing.form.cleaned_data)
    page, others = reverse("web:roll_calls"), _others(listing.parameters, "page", "order")
    addresses = {}
    for one in own.breaks:
        memberships = own.record.memberships_of[own.bloc.slug, one.state.code]
        if one.breaks and len(memberships) == 1:
            first = max(filter(None, (days.since, memberships[0].since)), default=None)
            last = min(filter(None, (days.until, last_day(memberships[0].until))), default=None)
            period = (f"&since={first}" if first else "") + (f"&until={last}" if last else "")
            addresses[one.state.code] = f"{page}?differ={one.state.code}~{own.bloc.slug}{period}{others}"
    return addresses


def _others(parameters: QueryDict, *without: str) -> str:
    """Return the parameters without the period and those in ``without``, to append to a query."""
    others = without_empty(parameters)
    for name in ("since", "until", *without):
        others.pop(name, None)
    return f"&{others.urlencode()}" if others else ""


def _date(text: str) -> tuple[datetime.date, str]:
    """Return the requested date, or today and an error."""
    today = datetime.datetime.now(datetime.UTC).date()
    if not text:
        return today, ""
    try:
        return datetime.date.fromisoformat(text), ""
    except ValueError:
        return today, _("“%(text)s” is not a date; dates look like 2022-03-02.") % {"text": text}
