"""The Popolo version of a roll call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from votes.exporting.streams import rows_with
from votes.exporting.tables import CORRECTIONS, VOTES
from votes.models import RollCall
from votes.record.record import reading
from web.files.answers import foreign_json_file
from web.files.popolo import regional_groups, vote_event
from web.lists import retired
from web.serving.parameters import address
from web.serving.problems import takes_no_parameters

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@takes_no_parameters
def file(request: HttpRequest, slug: str) -> HttpResponse:
    """Return a roll call as Popolo JSON."""
    with reading() as record:
        published = RollCall.objects.published().with_tally().select_related("source")
        roll_call = published.filter(slug=slug.lower()).order_by().first()
        if roll_call is None:
            return retired.file(request, slug, "", "web:roll_call_popolo")
        if slug != roll_call.slug:
            return redirect(
                address(reverse("web:roll_call_popolo", args=[roll_call.slug]), request.GET), permanent=True
            )

        def content() -> dict[str, Any]:
            return vote_event(
                roll_call,
                address=request.build_absolute_uri(reverse("web:roll_call", args=[roll_call.slug])),
                votes=rows_with(VOTES, [roll_call.pk]),
                corrections=rows_with(CORRECTIONS, [roll_call.pk]),
                groups=regional_groups(record, roll_call.date),
            )

        return foreign_json_file(request, record, f"plenary-{roll_call.slug}.popolo", content)
