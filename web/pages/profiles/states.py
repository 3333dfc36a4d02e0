"""The pages of member states."""

from __future__ import annotations

import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from votes.analysis.breaks import BODY, MINIMUM_COMMON, MINIMUM_VOTING, NOTABLE
from votes.analysis.matrix import OUTSIDE
from votes.models.intervals import DatePrecision
from votes.record.record import reading
from votes.reports.bloc import MINIMUM_POSITIONS
from votes.reports.state import MINIMUM_YEAR, StateProfile
from votes.reports.state_record import StateRecord
from web.display.dates import dated
from web.display.rendering import parties, render_page_or_part
from web.files.tables import links, send
from web.lists.filters import StateFilter, days_of
from web.lists.listing import Listing
from web.lists.not_found import missing_state, no_state
from web.lists.selection import StateSelection
from web.pages.profiles import state_files
from web.pages.profiles.picture import bloc_years, votes_by_year
from web.pages.profiles.tables import bloc_years_rows, dates_rows, own_blocs_rows, partner_rows
from web.serving.parameters import address, reads, tidy_address, unanswered
from web.serving.problems import problem

if TYPE_CHECKING:
    from votes.record.record import Record

ENDS, BREAKS, MOVED, GLANCE = 10, 10, 3, 3
"""Numbers shown: partners at each end, breaks, partners with the largest changes, and of each in the first screen."""

SHEETS = {"partners": state_files.partners, "blocs": state_files.blocs, "breaks": state_files.breaks}

FILES = (".json", "/partners.csv", "/blocs.csv", "/breaks.csv", "/blocs.svg", "/blocs.png")


def states(request: HttpRequest) -> HttpResponse:
    """Show all member states, current and former."""
    today = datetime.datetime.now(datetime.UTC).date()
    with reading() as record:
        seated = [(about, about.seats_in(BODY)) for about in record.about_states.values()]
    members, others = [], []
    for about, seats in seated:
        if any(seat.holds_on(today) for seat in seats):
            members.append((about.code, about.name))
        else:
            years = [dated(day, DatePrecision.YEAR) for day in ((seats[0].since, seats[-1].last) if seats else ())]
            others.append((about.code, about.name, *(years or ("", ""))))
    context = {"members": members, "others": others, "today": today, "ignored": unanswered(request.GET, ())}
    return render(request, "profiles/states.html", context)


@reads(*StateFilter.base_filters, "page")
@tidy_address
def state(request: HttpRequest, code: str) -> HttpResponse:
    """Show how a member state voted, and with whom; the list's filters apply to both."""
    with reading() as record:
        found = record.about_states.get(code.upper())
        if found is None:
            raise missing_state(code, record)
        if code != found.code:
            return redirect(address(reverse("web:state", args=[found.code]), request.GET), permanent=True)
        listing = _listing(request.GET, record, found.code)
        context = {
            "state": found,
            "listing": listing,
            **parties(record),
            "record": StateRecord.of(found.code, record, listing.rows, listing.page),
            "dates": {name: dates_rows(getattr(found, name)) for name in ("blocs", "seats", "former_names")},
            "predecessors": [record.states[other] for other in found.predecessors],
            "successors": [record.states[other] for other in found.successors],
            "current_blocs": [one for one in found.blocs if one.until is None] or found.blocs,
            # Later pages show only the list.
            "profile": None,
            **(
                _shown(listing, _profile(listing, found.code), {one.key for one in found.blocs})
                if listing.is_valid and listing.page.number == 1
                else {}
            ),
        }
        return render_page_or_part(request, "profiles/state.html", "profiles/_votes.html", context)


@reads(*StateFilter.base_filters)
@require_safe
def file(request: HttpRequest, code: str, form: str, what: str = "") -> HttpResponse:
    """Return a table of the state's profile as CSV, all as JSON, or the chart as SVG or PNG."""
    with reading() as record:
        if code.upper() not in record.states:
            return problem(HTTPStatus.NOT_FOUND, no_state(code))
        if code != code.upper():
            own = request.path.replace(f"/{code}", f"/{code.upper()}", 1)
            return redirect(address(own, request.GET), permanent=True)
        listing = _listing(request.GET, record, code)
        profile = _profile(listing, code)
        return send(
            request,
            record,
            listing,
            name="-".join(filter(None, ("plenary", code, what))),
            form=form,
            sheet=lambda: SHEETS[what](profile),
            json_document=lambda: state_files.json_document(profile),
            picture=lambda: bloc_years(profile),
        )


def _listing(parameters: QueryDict, record: Record, code: str) -> Listing:
    """Return the selected roll calls with the state in the electorate."""
    voted = record.register.voted(record.matrix.of(code) != OUTSIDE)
    return Listing(parameters, record, among=voted, selection=StateSelection(record, code))


def _profile(listing: Listing, code: str) -> StateProfile:
    """Return the state's profile over a listing's roll calls and period."""
    meant = listing.form.cleaned_data
    days, rows = days_of(meant), listing.rows
    if any(days):
        # Compare with the preceding years under the same filters.
        others = listing.parameters.copy()
        for name in ("since", "until"):
            others.pop(name, None)
        rows = _listing(others, listing.record, code).rows
    return StateProfile(listing.record, code, meant.get("body") or BODY, rows, days.since, days.end)


def _shown(listing: Listing, profile: StateProfile, own_slugs: set[str]) -> dict[str, Any]:
    """Return the template context of a profile; ``own_slugs`` are the blocs that the state ever belonged to."""
    record = profile.record
    closest, farthest = profile.ends(ENDS)
    nearer, further = profile.moved(MOVED)
    notable = [one for one in profile.breaks if one.surprise >= NOTABLE]
    breaks = notable[:BREAKS]
    latest_breaks = sorted(notable, key=lambda one: one.row, reverse=True)[:GLANCE]
    own = reverse("web:state", args=[profile.code])
    charted = {one.bloc.slug for one in profile.charted.blocs}
    latest = profile.with_blocs(profile.latest_years, own_slugs | charted)
    by_year = votes_by_year(record, profile.code, listing.rows)
    return {
        "profile": profile,
        "body": record.bodies.get(profile.body, profile.body),
        "closest": partner_rows(closest),
        "farthest": partner_rows(farthest),
        "nearer": partner_rows(nearer),
        "further": partner_rows(further),
        "compare": _compare(profile, listing),
        "chart": bloc_years(profile) if latest.years else None,
        "votes_by_year": by_year,
        "years": latest.years,
        "bloc_years": bloc_years_rows(latest, charted),
        "own_blocs": own_blocs_rows(profile.own_blocs) if any(one.breaks for one in profile.own_blocs) else [],
        "latest_breaks": list(zip(latest_breaks, record.roll_calls_in(one.row for one in latest_breaks), strict=True)),
        "china": profile.spans_seat_of_china and "CHN" in {profile.code, *(one.state.code for one in profile.partners)},
        "breaks": list(zip(breaks, record.roll_calls_in(one.row for one in breaks), strict=True)),
        "files": links(listing.parameters, own.removesuffix("/"), FILES),
        "minimum": {
            "common": MINIMUM_COMMON,
            "year": MINIMUM_YEAR,
            "voting": MINIMUM_VOTING,
            "positions": MINIMUM_POSITIONS,
        },
    }


def _compare(profile: StateProfile, listing: Listing) -> str:
    """Return the address prefix that compares the state with another over the same roll calls."""
    query: dict[str, Any] = {"body": profile.body, **(profile.period.as_filter if profile.period else {})}
    query |= {name: list(filter(None, listing.parameters.getlist(name))) for name in ("topic", "subject", "kind")}
    return f"{reverse('web:compare_states')}?{urlencode({**query, 'state': profile.code}, doseq=True)}&state="
