"""Blocs and their records."""

import datetime

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from votes.bloc_record import MINIMUM_POSITIONS, BlocRecord, members_on, roll_calls_of
from votes.breakdown import former_names
from votes.models import Bloc, BlocMembership
from votes.models.intervals import holds_on
from votes.reading import Record, reading
from web.listings import Listing
from web.parameters import address, tidy_address, unanswered
from web.rendering import parties, render_page_or_part


def blocs(request: HttpRequest) -> HttpResponse:
    """Show all blocs with how many members they have today."""
    today = datetime.datetime.now(datetime.UTC).date()
    members = Count(
        "memberships",
        filter=holds_on(today, "memberships__") & Q(memberships__status=BlocMembership.Status.MEMBER),
    )
    context = {
        "blocs": Bloc.objects.annotate(members=members).in_order(),
        "today": today,
        "ignored": unanswered(request.GET, ()),
    }
    return render(request, "blocs/list.html", context)


@tidy_address
def bloc(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a bloc: its members on the day ``?on=`` names, its position by roll call, and who breaks most."""
    found = Bloc.objects.filter(slug=slug.lower()).first()
    if found is None:
        raise Http404(_("There is no bloc “%(slug)s”.") % {"slug": slug})
    if slug != found.slug:
        return redirect(address(found.get_absolute_url(), request.GET), permanent=True)
    parameters = request.GET.copy()
    asked = parameters.pop("on", [""])[-1]
    on, error = _date(asked)
    with reading() as record:
        return _show(request, record, found, on=on, on_error=error, asked=asked, parameters=parameters)


def _show(
    request: HttpRequest,
    record: Record,
    found: Bloc,
    *,
    on: datetime.date,
    on_error: str,
    asked: str,
    parameters: QueryDict,
) -> HttpResponse:
    """Show a bloc as of one snapshot."""
    members, names = members_on(found, on), former_names(on)
    read = record.blocs[found.slug]
    listing = Listing(parameters, record, among=roll_calls_of(record, read))
    own = BlocRecord(record, read, listing.rows)
    context = {
        "bloc": found,
        "on": on,
        "on_error": on_error,
        "members": [(membership, names.get(membership.state_id)) for membership in members],
        "full": sum(membership.status == BlocMembership.Status.MEMBER for membership in members),
        "listing": listing,
        "kept": [("on", asked)] if asked else [],
        "asked": [(name, value) for name, values in parameters.lists() for value in values if name != "page"],
        "minimum": MINIMUM_POSITIONS,
        **parties(record),
        "votes": own.votes,
        "positions": own.positions_on(listing.page),
        "breaks": own.breaks,
    }
    return render_page_or_part(request, "blocs/bloc.html", "blocs/_positions.html", context)


def _date(text: str) -> tuple[datetime.date, str]:
    """Return the date asked for, or today and what is wrong with what was asked for."""
    today = datetime.datetime.now(datetime.UTC).date()
    if not text:
        return today, ""
    try:
        return datetime.date.fromisoformat(text), ""
    except ValueError:
        return today, _("“%(text)s” is not a date; dates look like 2022-03-02.") % {"text": text}
