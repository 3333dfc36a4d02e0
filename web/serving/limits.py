"""Rate limits by address for responses that are not cached: searches, selections and files."""

from __future__ import annotations

import time
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from web.serving.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

MINUTE = 60

ELSEWHERE = ("/admin/", "/api/")
"""What has limits of its own."""

SUBSCRIBER = 64
"""Bits of an IPv6 address that stand for one line: whoever has it has all addresses that begin with them."""


def limited(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse an address that asks too often in a minute for what is made for it: searches, selections and files.

    Stands behind the cache, so what is kept is not counted, and pages without a question never are: there are only so
    many of them.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_made_for_one(request) and is_too_often(request):
            return too_often(request)
        return get_response(request)

    return middleware


def is_made_for_one(request: HttpRequest) -> bool:
    """Tell whether a request is for a selection or a file of the public site, or for a page under a made-up port."""
    if request.path_info.startswith(ELSEWHERE):
        return False
    has_port = settings.PRODUCTION and ":" in request.META.get("HTTP_HOST", "")
    return bool(request.META.get("QUERY_STRING")) or is_file(request) or has_port


def is_file(request: HttpRequest) -> bool:
    """Tell whether a request is for a file, by the dot in its name."""
    return "." in request.path_info.rpartition("/")[2]


def is_too_often(request: HttpRequest) -> bool:
    """Count a request for its address, and tell whether that is more than it may ask in this minute.

    Without CACHE_URL each process counts for itself, and where the cache is gone nobody counts: readers come first. An
    address that is not known is not counted, since all would share what one used up.
    """
    most = settings.SELECTIONS_A_MINUTE
    asking = counted_as(import_string(settings.CLIENT_ADDRESS)(request))
    if not (most and asking):
        return False
    key = f"asked-{int(time.time()) // MINUTE}-{asking}"
    counts = caches["throttle"]
    if counts.add(key, 1, MINUTE):
        return False
    try:
        return int(counts.incr(key)) > most
    except ValueError:  # It was thrown out meanwhile, for room or for its age.
        return False


def counted_as(address: str | None) -> str | None:
    """Return what the requests of an address are counted by: itself, or of IPv6 the network of its line."""
    if address is None:
        return None
    known = ip_address(address)
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    if isinstance(known, IPv6Address):
        return str(ip_network((known, SUBSCRIBER), strict=False).network_address)
    return str(known)


def too_often(request: HttpRequest) -> HttpResponse:
    """Say when to come again: with the next minute."""
    seconds = MINUTE - int(time.time()) % MINUTE
    if is_file(request):
        detail = _("Too many requests from your address. Try again in %(seconds)s seconds.")
        return problem(HTTPStatus.TOO_MANY_REQUESTS, detail % {"seconds": seconds}, Retry_After=str(seconds))
    page = render(request, "429.html", {"seconds": seconds}, status=HTTPStatus.TOO_MANY_REQUESTS)
    page.headers["Retry-After"] = str(seconds)
    page.headers["Cache-Control"] = "no-store"
    return page
