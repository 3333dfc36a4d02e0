"""The page of changes to states, their names and seats, blocs and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from votes.models import Revision
from votes.reports.reference_history import entries, events_named, reference_events
from web.serving.parameters import reads, tidy_address, unanswered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 200
"""How many of the latest changes the page shows."""
LONGEST = 60
"""As long as a code or a slug may be."""


@reads("of")
@tidy_address
def changes(request: HttpRequest) -> HttpResponse:
    """Show what was changed when and why, newest first; ``of`` a state, bloc or body where one is named."""
    of = request.GET.get("of", "").replace("\0", "").strip()[:LONGEST]
    events = events_named(of) if of else reference_events()
    latest = Revision.objects.filter(pk__in=events.order_by().values("revision")).values_list("pk", flat=True)
    context = {
        "of": of,
        "entries": entries(events.filter(revision__in=list(latest.order_by("-pk")[:SHOWN]))),
        "shown": SHOWN,
        "ignored": unanswered(request.GET, ("of",)),
    }
    return render(request, "data/changes.html", context)
