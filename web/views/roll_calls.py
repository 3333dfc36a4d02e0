"""Resolutions and roll calls: the lists, a text's page and a recorded vote's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from resolutions.models import Resolution
from votes.breakdown import Breakdown
from votes.explanation import Explanation
from votes.models import Finding, RollCall
from votes.reading import reading
from web.listings import Listing
from web.parameters import address, tidy_address, unanswered
from web.rendering import parties, render_page_or_part
from web.sheet import Sheet


@tidy_address
def resolutions(request: HttpRequest) -> HttpResponse:
    """Show a row a resolution with the roll call that decided it."""
    return _list(request, "resolutions")


@tidy_address
def roll_calls(request: HttpRequest) -> HttpResponse:
    """Show a row a roll call: whole texts, amendments, paragraphs and motions."""
    return _list(request, "roll_calls")


def _list(request: HttpRequest, of: str) -> HttpResponse:
    """Show a filtered list."""
    with reading() as record:
        among = record.register.decisive if of == "resolutions" else None
        context = {"listing": Listing(request.GET, record, among=among), "of": of, **parties(record)}
        return render_page_or_part(request, "roll_calls/list.html", "roll_calls/_results.html", context)


@tidy_address
def resolution(request: HttpRequest, symbol: str) -> HttpResponse:
    """Show a text with its roll calls; any other spelling of its symbol, and a unique near miss, redirect to it."""
    published = Resolution.objects.published()
    named = list(published.with_symbol(symbol.rstrip("/"))[:2])
    is_known = bool(named)
    named = named or list(published.near_symbol(symbol)[:2])
    if is_known and len(named) > 1:
        raise Http404(_("Several resolutions go by the symbol “%(symbol)s”.") % {"symbol": symbol})
    if len(named) != 1:
        raise Http404(_("There is no resolution “%(symbol)s”.") % {"symbol": symbol})
    found = named[0]
    if symbol != found.symbol:
        # What is near today may have a closer neighbour tomorrow, so only a known spelling redirects for good.
        return redirect(address(found.get_absolute_url(), request.GET), permanent=is_known)
    taken = RollCall.objects.published().filter(resolution=found).with_tally().select_related("source").newest_first()
    decisive = next((roll_call for roll_call in taken if roll_call.decisive), None)
    others = [roll_call for roll_call in taken if roll_call is not decisive]
    context = {"resolution": found, "topics": found.topics.all(), "others": others}
    if decisive is None:
        return render(request, "roll_calls/resolution.html", context)
    return _show(request, decisive, "roll_calls/resolution.html", context)


@tidy_address
def roll_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one recorded vote."""
    published = RollCall.objects.published().with_tally().select_related("source")
    found = published.filter(slug=slug.lower()).first()
    if found is None:
        raise Http404(_("There is no recorded vote “%(slug)s”.") % {"slug": slug})
    if slug != found.slug:
        own = reverse("web:roll_call", args=[found.slug])
        return redirect(address(own, request.GET), permanent=True)
    return _show(request, found, "roll_calls/roll_call.html", {})


def _show(request: HttpRequest, shown: RollCall, template: str, context: dict[str, object]) -> HttpResponse:
    """Show a roll call in full."""
    breakdown = Breakdown.of(shown)
    context |= {
        "roll_call": shown,
        "breakdown": breakdown,
        "explanation": Explanation.of(shown, breakdown.states),
        "sheet": Sheet.of(breakdown, request.GET),
        "findings": Finding.objects.beside(shown),
        "ignored": unanswered(request.GET, Sheet.parameters),
    }
    return render_page_or_part(request, template, "roll_calls/_sheet.html", context)
