"""Resolutions and roll calls: the lists, a text's page and a recorded vote's page."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from resolutions.models import Resolution
from votes.breakdown import Breakdown
from votes.explanation import Explanation
from votes.models import Bloc, MemberState, RollCall
from web.listings import Listing
from web.rendering import render_page_or_part
from web.sheet import Sheet


def resolutions(request: HttpRequest) -> HttpResponse:
    """Show a row a resolution with the roll call that decided it."""
    return _list(request, RollCall.objects.published().decisive(), "resolutions")


def roll_calls(request: HttpRequest) -> HttpResponse:
    """Show a row a roll call: whole texts, amendments, paragraphs and motions."""
    return _list(request, RollCall.objects.published(), "roll_calls")


def _list(request: HttpRequest, records: QuerySet[RollCall], of: str) -> HttpResponse:
    """Show a filtered list; a condition picked in the form's two boxes becomes part of the address first."""
    if request.GET.get("who") and request.GET.get("how"):
        parameters = request.GET.copy()
        who, how = parameters.pop("who")[-1], parameters.pop("how")[-1]
        parameters.appendlist("position", f"{who}:{how}")
        filled = [(name, value) for name, values in parameters.lists() for value in values if value]
        return redirect(f"{request.path}?{urlencode(filled)}")
    context = {
        "listing": Listing(request.GET, records),
        "of": of,
        "blocs": Bloc.objects.order_by("short_name"),
        "states": MemberState.objects.all(),
    }
    return render_page_or_part(request, "roll_calls/list.html", "roll_calls/_results.html", context)


def resolution(request: HttpRequest, symbol: str) -> HttpResponse:
    """Show a text with its roll calls; any other spelling of its symbol, and a unique near miss, redirect to it."""
    published = Resolution.objects.published()
    named = list(published.with_symbol(symbol)[:2])
    is_known = bool(named)
    named = named or list(published.near_symbol(symbol)[:2])
    if len(named) != 1:
        raise Http404(_("There is no resolution “%(symbol)s”.") % {"symbol": symbol})
    found = named[0]
    if symbol != found.symbol:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        # What is near today may have a closer neighbour tomorrow, so only a known spelling redirects for good.
        return redirect(f"{found.get_absolute_url()}{query}", permanent=is_known)
    taken = RollCall.objects.published().filter(resolution=found).with_tally().select_related("source").newest_first()
    decisive = next((roll_call for roll_call in taken if roll_call.decisive), None)
    others = [roll_call for roll_call in taken if roll_call is not decisive]
    context = {"resolution": found, "topics": found.topics.all(), "others": others}
    if decisive is None:
        return render(request, "roll_calls/resolution.html", context)
    return _show(request, decisive, "roll_calls/resolution.html", context)


def roll_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one recorded vote."""
    published = RollCall.objects.published().with_tally().select_related("source")
    return _show(request, get_object_or_404(published, slug=slug), "roll_calls/roll_call.html", {})


def _show(request: HttpRequest, shown: RollCall, template: str, context: dict[str, object]) -> HttpResponse:
    """Show a roll call in full."""
    breakdown = Breakdown.of(shown)
    context |= {
        "roll_call": shown,
        "breakdown": breakdown,
        "explanation": Explanation.of(shown, breakdown.states),
        "sheet": Sheet.of(breakdown, request.GET),
    }
    return render_page_or_part(request, template, "roll_calls/_sheet.html", context)
