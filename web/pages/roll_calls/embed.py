"""Embedded cards and oEmbed. Cards are the only pages that other sites may frame."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from votes.models import RetiredAddress, RollCall
from votes.record.record import reading
from votes.reports.breakdown import Breakdown
from votes.reports.roll_call_context import RollCallContext
from web.discovery.head import origin_of
from web.discovery.oembed import described, roll_call_at, sizes
from web.lists.not_found import no_roll_call
from web.pictures import tiles
from web.serving.parameters import never_cached, unanswered
from web.serving.problems import OPEN, problem, unknown

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

FORMATS = ("json", "xml")
"""Parameters of oEmbed."""


@require_safe
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its types know no view with parameters
@xframe_options_exempt
def card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show a recorded vote as a card, or that it was withdrawn."""
    with reading() as record:
        published = RollCall.objects.published().select_related("resolution", "tally", "body")
        roll_call = published.filter(slug=slug.lower()).order_by().first()
        if roll_call is None:
            return _retired(request, slug)
        if slug != roll_call.slug:
            return redirect(reverse("web:roll_call_embed", args=[roll_call.slug]), permanent=True)
        vote_context = RollCallContext.of(roll_call)
        states = Breakdown.of(roll_call, record, vote_context.intended).states
        context = {
            "roll_call": roll_call,
            "vote_context": vote_context,
            "tiles": tiles.inline(tiles.layout(states, vote_context.permanent)) if states else "",
        }
        return render(request, "embed/roll_call.html", context)


def _retired(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer for a retired address; raises Http404 if it never existed."""
    retired = RetiredAddress.objects.shown().filter(slug=slug.lower()).first()
    if retired is None:
        raise Http404(no_roll_call(slug))
    if merged_into := retired.leads_to:
        return redirect(reverse("web:roll_call_embed", args=[merged_into]), permanent=True)
    return render(request, "embed/withdrawn.html", {"withdrawn": retired}, status=HTTPStatus.GONE)


@never_cached
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Return the oEmbed response for the vote at ``url``; JSON only."""
    parameters = request.GET
    width, height, wrong = sizes(parameters)
    errors = {
        name: [_("“%(value)s” is not a number of pixels.") % {"value": value}] for name, (value,) in wrong.items()
    }
    errors |= {
        one.partition("=")[0]: [unknown(one)]
        for one in unanswered(parameters, ("url", "format", "maxwidth", "maxheight"))
    }
    if not parameters.get("url"):
        errors["url"] = [_("Give the address of a vote, such as %(url)s.") % {"url": _example(request)}]
    form = parameters.get("format") or "json"
    if form not in FORMATS:
        errors["format"] = [_("“%(format)s” is not a format; use json.") % {"format": form}]
    if errors:
        return problem(HTTPStatus.BAD_REQUEST, _("The query has an unknown parameter or value."), errors=errors)
    if form != "json":
        return problem(HTTPStatus.NOT_IMPLEMENTED, _("Only JSON is available; use format=json."))
    with reading():
        roll_call = roll_call_at(parameters["url"], request.get_host())
        if roll_call is None:
            detail = _("There is no recorded vote at “%(url)s”.") % {"url": parameters["url"]}
            return problem(HTTPStatus.NOT_FOUND, detail)
        return JsonResponse(described(roll_call, origin_of(request), width, height), headers=OPEN)


def _example(request: HttpRequest) -> str:
    """Return an example address for error messages."""
    return f"{origin_of(request)}{reverse('web:resolution', args=['A/RES/ES-11/7'])}"
