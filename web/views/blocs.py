"""Blocs and their records."""

import datetime

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from votes.bloc_record import breaks, members_on, positions_on
from votes.models import Bloc, BlocMembership, RollCall
from votes.models.intervals import holds_on
from web.listings import Listing
from web.rendering import render_page_or_part


def blocs(request: HttpRequest) -> HttpResponse:
    """Show all blocs with how many members they have today."""
    today = datetime.datetime.now(datetime.UTC).date()
    members = Count(
        "memberships",
        filter=holds_on(today, "memberships__") & Q(memberships__status=BlocMembership.Status.MEMBER),
    )
    context = {"blocs": Bloc.objects.annotate(members=members).order_by("kind", "short_name"), "today": today}
    return render(request, "blocs/list.html", context)


def bloc(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a bloc: its members on the day ``?on=`` names, its position by roll call, and who breaks most."""
    found = get_object_or_404(Bloc, slug=slug.lower())
    parameters = request.GET.copy()
    on, error = _date(parameters.pop("on", [""])[-1])
    members = members_on(found, on)
    voted = RollCall.objects.published().filter(tally__cast__gt=0)
    listing = Listing(parameters, voted)
    context = {
        "bloc": found,
        "on": on,
        "on_error": error,
        "members": members,
        "full": sum(membership.status == BlocMembership.Status.MEMBER for membership in members),
        "listing": listing,
        "positions": positions_on(found, listing.page),
        "breaks": breaks(found, listing.selected),
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
