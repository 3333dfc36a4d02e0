"""Rate limits by client address for uncached responses (searches, filtered lists, files), and by network for forms."""

from __future__ import annotations

import time
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
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

MINUTE, HOUR = 60, 3600

ELSEWHERE = ("/admin/", "/api/")
"""Paths with their own limits."""

SUBSCRIBER = 64
"""Length of the IPv6 prefix that identifies one subscriber line."""

NETWORK = {4: 24, 6: 48}
"""Length of the prefix that is one network, by IP version: what one sender of spam usually has at hand."""


def limited(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return 429 for clients that request too many searches, filtered lists or files in a minute.

    Runs behind the cache, so cached responses are free. Plain pages never count, since there are only so many.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_made_for_one(request) and is_too_often(request):
            return too_often(request)
        return get_response(request)

    return middleware


def is_made_for_one(request: HttpRequest) -> bool:
    """Tell whether a request counts: a public page with a query, a file, or a host with an explicit port."""
    if request.path_info.startswith(ELSEWHERE):
        return False
    has_port = settings.PRODUCTION and ":" in request.META.get("HTTP_HOST", "")
    return bool(request.META.get("QUERY_STRING")) or is_file(request) or has_port


def is_file(request: HttpRequest) -> bool:
    """Tell whether a request is for a file, by the dot in the last path segment."""
    return "." in request.path_info.rpartition("/")[2]


def is_too_often(request: HttpRequest) -> bool:
    """Count a request for its client, and tell whether it exceeds the limit of this minute.

    Without CACHE_URL each process counts for itself; if the cache is down nothing is counted. Unknown addresses are not
    counted, since they would all share one limit.
    """
    asking = counted_as(import_string(settings.CLIENT_ADDRESS)(request))
    return asking is not None and is_exceeded("asked", asking, settings.SELECTIONS_A_MINUTE, MINUTE)


def has_sent_too_many(request: HttpRequest, form: str, most: int) -> bool:
    """Count a form sent from the client's network, and tell whether it is more than ``most`` this hour."""
    address = import_string(settings.CLIENT_ADDRESS)(request)
    return address is not None and is_exceeded(form, network_of(address), most, HOUR)


def is_exceeded(what: str, who: str, most: int, seconds: int) -> bool:
    """Count what somebody did; tell whether it exceeds ``most`` in this period of ``seconds``. 0 is no limit."""
    if not most:
        return False
    key = f"{what}-{int(time.time()) // seconds}-{who}"
    counts = caches["throttle"]
    if counts.add(key, 1, seconds):
        return False
    try:
        return int(counts.incr(key)) > most
    except ValueError:  # Evicted or expired in the meantime.
        return False


def counted_as(address: str | None) -> str | None:
    """Return the counter key of an address: itself, or the /64 network for IPv6."""
    if address is None:
        return None
    known = _parsed(address)
    if isinstance(known, IPv6Address):
        return str(ip_network((known, SUBSCRIBER), strict=False).network_address)
    return str(known)


def network_of(address: str) -> str:
    """Return the network of an address: /24 for IPv4, /48 for IPv6."""
    known = _parsed(address)
    return str(ip_network((known, NETWORK[known.version]), strict=False))


def _parsed(address: str) -> IPv4Address | IPv6Address:
    """Return an address; an IPv4 address that is written as IPv6 is IPv4."""
    known = ip_address(address)
    return known.ipv4_mapped or known if isinstance(known, IPv6Address) else known


def too_often(request: HttpRequest) -> HttpResponse:
    """Return 429 with Retry-After: the start of the next minute."""
    seconds = MINUTE - int(time.time()) % MINUTE
    if is_file(request):
        detail = _("Too many requests from your address. Try again in %(seconds)s seconds.")
        return problem(HTTPStatus.TOO_MANY_REQUESTS, detail % {"seconds": seconds}, Retry_After=str(seconds))
    page = render(request, "429.html", {"seconds": seconds}, status=HTTPStatus.TOO_MANY_REQUESTS)
    page.headers["Retry-After"] = str(seconds)
    page.headers["Cache-Control"] = "no-store"
    return page
