"""Images of a recorded vote: the tile grid, and the share card."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from votes.models import RollCall
from votes.record.record import reading
from votes.reports.breakdown import Breakdown
from votes.reports.roll_call_context import RollCallContext
from votes.reports.wording import outcome
from web.display.bars import choice_figures
from web.display.dates import dated
from web.files.answers import picture_file
from web.lists import retired
from web.pages.roll_calls.card import Card
from web.pictures.tiles import layout, tile_grid
from web.serving.parameters import address, reads, unanswered
from web.serving.problems import problem, takes_no_parameters, unknown

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record
    from web.pictures.picture import Picture


@reads("bloc")
@require_safe
def tiles(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Return the tile grid as SVG or PNG; ``bloc`` highlights a bloc's members."""
    with reading() as record:
        roll_call = _found(slug)
        if roll_call is None:
            return retired.file(request, slug, form, "web:roll_call_tiles")
        if slug != roll_call.slug:
            own = reverse("web:roll_call_tiles", args=[roll_call.slug, form])
            return redirect(address(own, request.GET), permanent=True)
        vote_context = RollCallContext.of(roll_call)
        breakdown = Breakdown.of(roll_call, record, vote_context.intended)
        if not breakdown.states:
            return problem(HTTPStatus.NOT_FOUND, _("Who voted how is not on record, so there is nothing to draw."))
        slug_of_bloc = request.GET.get("bloc", "")
        lines = breakdown.of_bloc(slug_of_bloc) if slug_of_bloc else None
        errors = {name: [unknown(name)] for name in unanswered(request.GET, ("bloc",))}
        if slug_of_bloc and lines is None:
            errors["bloc"] = [_("No member of a bloc “%(bloc)s” was in this electorate.") % {"bloc": slug_of_bloc}]
        if errors:
            return problem(HTTPStatus.BAD_REQUEST, _("The query has an unknown parameter or value."), errors=errors)
        codes = None if lines is None else {line.state.code for line in lines}
        name = f"plenary-{roll_call.slug}-tiles" + (f"-{slug_of_bloc}" if codes is not None else "")
        return picture_file(request, record, name, form, lambda: _grid(roll_call, vote_context, breakdown, codes))


@require_safe
@takes_no_parameters
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the share card as PNG."""
    with reading() as record:
        roll_call = _found(slug)
        if roll_call is None:
            return retired.file(request, slug, "", "web:roll_call_card")
        if slug != roll_call.slug:
            return redirect(address(reverse("web:roll_call_card", args=[roll_call.slug]), request.GET), permanent=True)
        return picture_file(request, record, f"plenary-{roll_call.slug}-card", "png", lambda: _card(roll_call, record))


def _found(slug: str) -> RollCall | None:
    """Return the published roll call with this slug, ignoring case."""
    published = RollCall.objects.published().select_related("resolution", "tally")
    return published.filter(slug=slug.lower()).order_by().first()


def _heading(roll_call: RollCall, vote_context: RollCallContext) -> str:
    """Return the heading: symbol, body and date."""
    parts = [roll_call.resolution.symbol] if roll_call.resolution else []
    return " · ".join([*parts, vote_context.body_name, dated(roll_call.date, roll_call.date_precision)])


def _grid(
    roll_call: RollCall, vote_context: RollCallContext, breakdown: Breakdown, codes: Collection[str] | None
) -> Picture:
    """Return the tile grid of a roll call, with the states of ``codes`` highlighted."""
    title = f"{_heading(roll_call, vote_context)}: {roll_call.heading}"
    described = _("One equal square for each of %(n)s member states, coloured and marked by its vote: %(figures)s.")
    counts = ", ".join(f"{len(lines)} {str(choice.label).lower()}" for choice, lines in breakdown.groups)
    description = described % {"n": len(breakdown.states), "figures": counts}
    return tile_grid(layout(breakdown.states, vote_context.permanent), title, description, codes)


def _result(roll_call: RollCall) -> str:
    """Return the result; note announced totals that differ from the counted ones."""
    result = capfirst(str(roll_call.get_result_display())) if roll_call.totals else outcome(roll_call).removesuffix(".")
    return _("%(result)s, as announced") % {"result": result} if roll_call.totals_differ else result


def _card(roll_call: RollCall, record: Record) -> Card:
    """Return the share card of a roll call."""
    vote_context = RollCallContext.of(roll_call)
    states = Breakdown.of(roll_call, record, vote_context.intended).states
    totals = roll_call.totals
    return Card(
        heading=_heading(roll_call, vote_context),
        title=roll_call.heading,
        tally=str(totals) if totals else "",
        result=_result(roll_call),
        figures=choice_figures(totals) if totals else (),
        grid=layout(states, vote_context.permanent) if states else None,
    )
