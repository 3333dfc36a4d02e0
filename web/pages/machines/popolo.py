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
        found = published.filter(slug=slug.lower()).order_by().first()
        if found is None:
            return retired.file(request, slug, "", "web:roll_call_popolo")
        if slug != found.slug:
            return redirect(address(reverse("web:roll_call_popolo", args=[found.slug]), request.GET), permanent=True)

        def content() -> dict[str, Any]:
            return vote_event(
                found,
                address=request.build_absolute_uri(reverse("web:roll_call", args=[found.slug])),
                votes=rows_with(VOTES, [found.pk]),
                corrections=rows_with(CORRECTIONS, [found.pk]),
                groups=regional_groups(record, found.date),
            )

        return foreign_json_file(request, record, f"plenary-{found.slug}.popolo", content)
