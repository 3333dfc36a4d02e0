"""Member states and their records."""

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from votes.analysis.matrix import OUTSIDE
from votes.models import MemberState
from votes.reading import reading
from votes.state_record import StateRecord
from web.filters import StateFilter
from web.listings import Listing
from web.parameters import address, tidy_address, unanswered
from web.rendering import parties, render_page_or_part


def states(request: HttpRequest) -> HttpResponse:
    """Show all member states, today's and former ones."""
    today = datetime.datetime.now(datetime.UTC).date()
    return render(
        request,
        "states/list.html",
        {
            "states": MemberState.objects.with_seats(today),
            "today": today,
            "ignored": unanswered(request.GET, ()),
        },
    )


@tidy_address
def state(request: HttpRequest, code: str) -> HttpResponse:
    """Show how a member state voted; ``?choice=against`` and all filters of the list of roll calls narrow it."""
    found = MemberState.objects.filter(code=code.upper()).first() if code.isalpha() else None
    if found is None:
        raise Http404(_("There is no member state with the code “%(code)s”.") % {"code": code})
    if code != found.code:
        return redirect(address(found.get_absolute_url(), request.GET), permanent=True)
    with reading() as record:
        voted = record.register.voted(record.matrix.of(found.code) != OUTSIDE)
        listing = Listing(request.GET, record, among=voted, filter_class=StateFilter, code=found.code)
        context = {
            "state": found,
            "listing": listing,
            **parties(record),
            "record": StateRecord.of(found, record, listing.rows, listing.page),
            "predecessors": found.predecessors.all(),
            "successors": found.successors.all(),
        }
        return render_page_or_part(request, "states/state.html", "states/_votes.html", context)
