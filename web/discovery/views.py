"""Views of the Atom feeds of lists, states and blocs."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from votes.analysis.matrix import OUTSIDE
from votes.record.record import reading
from votes.reports.bloc import roll_calls_of
from web.discovery.feeds import ENTRIES, Feed, bloc_vote, feed_of, state_vote
from web.discovery.head import origin_of, version_of
from web.discovery.metadata import SITE
from web.lists.filters import RollCallFilter, StateFilter
from web.lists.listing import Listing, listing_of
from web.lists.not_found import no_bloc, no_state
from web.lists.selection import StateSelection
from web.lists.sentences import described
from web.serving.etags import tag_of, unchanged
from web.serving.parameters import address, reads
from web.serving.problems import OPEN, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from votes.record.roll_calls import ListedRollCall
    from web.discovery.feeds import PartyVote


@reads(*RollCallFilter.base_filters)
@require_safe
def list_feed(request: HttpRequest, of: str) -> HttpResponse:
    """Return the feed of a list: texts with their decisive vote, or recorded votes."""
    with reading() as record:
        listing = listing_of(of, request.GET, record)
        of = of.replace("-", "_")
        return _send(request, listing, partial(described, listing, of), reverse(f"web:{of}"))


@reads(*StateFilter.base_filters)
@require_safe
def state(request: HttpRequest, code: str) -> HttpResponse:
    """Return the feed of a member state's votes."""
    with reading() as record:
        member_state = record.states.get(code.upper())
        if member_state is None:
            return problem(HTTPStatus.NOT_FOUND, no_state(code))
        if code != member_state.code:
            return redirect(address(reverse("web:state_feed", args=[member_state.code]), request.GET), permanent=True)
        among = record.register.voted(record.matrix.of(code) != OUTSIDE)
        listing = Listing(request.GET, record, among=among, selection=StateSelection(record, code))
        page = reverse("web:state", args=[code])
        return _send(request, listing, partial(described, listing), page, partial(state_vote, record, member_state))


@reads(*RollCallFilter.base_filters)
@require_safe
def bloc(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the feed of a bloc's positions and the members that broke ranks."""
    with reading() as record:
        bloc_row = record.blocs.get(slug.lower())
        if bloc_row is None:
            return problem(HTTPStatus.NOT_FOUND, no_bloc(slug))
        if slug != bloc_row.slug:
            return redirect(address(reverse("web:bloc_feed", args=[bloc_row.slug]), request.GET), permanent=True)
        listing = Listing(request.GET, record, among=roll_calls_of(record, bloc_row))
        page = reverse("web:bloc", args=[slug])
        return _send(
            request,
            listing,
            lambda: f"{bloc_row.short_name}: {described(listing)}",
            page,
            partial(bloc_vote, record, slug),
        )


def _send(
    request: HttpRequest,
    listing: Listing,
    title: Callable[[], str],
    page: str,
    party_vote: Callable[[], Callable[[ListedRollCall], PartyVote]] | None = None,
) -> HttpResponse:
    """Return the feed of a listing's first entries, a problem document, or 304."""
    if refused := listing.refused:
        return refused
    record, origin, own = listing.record, origin_of(request), request.get_full_path()
    version = version_of(record)
    tag = tag_of(record.version, f"{origin}{own}")
    headers = {"Content-Type": Feed.content_type, "ETag": tag, **OPEN}
    # The last changed entry may have left the feed, so use the last change of the whole record.
    modified = int(version.changed.timestamp()) if version.changed else None
    if known := unchanged(request, headers, last_modified=modified):
        return known
    feed = feed_of(
        record,
        record.roll_calls_by_key(listing.keys[:ENTRIES]),
        version,
        origin=origin,
        title=f"{title()} · {SITE}",
        page=address(page, listing.parameters),
        own=own,
        party_vote=party_vote() if party_vote else None,
    )
    response = HttpResponse(feed.writeString("utf-8"), headers=headers)
    if version.changed:
        response.headers["Last-Modified"] = http_date(version.changed.timestamp())
    return response
