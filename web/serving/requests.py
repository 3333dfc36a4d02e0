"""The id, the access log line and the metrics of every request."""

from __future__ import annotations

import logging
import os
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from web.serving import health, metrics
from web.serving.current_request import CURRENT, CurrentRequest
from web.serving.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.urls import ResolverMatch

    GetResponse = Callable[[HttpRequest], HttpResponseBase]

access = logging.getLogger("plenary.access")

GIVEN_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
"""An id of a proxy's: the usual ones are 32 hexadecimal digits or a UUID."""

FOR_MACHINES = {"/healthz": health.alive, "/readyz": health.ready}
"""What is asked from within, by whatever name or number the process has there."""
METRICS = "/metrics"
WATCHING = ("healthz", "readyz", "metrics")
"""The routes of those."""

TYPED = ("q",)
"""What readers type in their own words; that it was there is logged, and not what it was."""
NAMED, LONGEST = 20, 80
"""How many parameters of a request are logged, and how many characters of a value."""

SECRET = "/password_reset/"  # noqa: S105  # what follows it in a path is one
PATHS = 4096
"""For how many addresses the route is remembered, for answers that were kept and so went by no route."""


def for_machines(get_response: GetResponse) -> GetResponse:
    """Answer what watches the process before anybody looks at the host's name, at https or at a session."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == METRICS and metrics.may_see(request):
            return metrics.page(request)
        return FOR_MACHINES.get(request.path_info, get_response)(request)

    return middleware


def observed(get_response: GetResponse) -> GetResponse:
    """Give each request an id, and count and log its answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        current = CurrentRequest(id_of(request), request)
        CURRENT.set(current)
        response = get_response(request)
        response.headers["X-Request-ID"] = current.id
        if response.streaming:
            # It is made while it is sent, by this thread.
            stream(current, response, began)
        else:
            finish(current, response, time.perf_counter() - began, len(response.content))  # type: ignore[attr-defined]
        return response

    return middleware


def id_of(request: HttpRequest) -> str:
    """Return the request's id: that of a proxy of ours, or one of our own making."""
    if settings.TRUSTED_PROXIES:
        given: str = request.META.get("HTTP_X_REQUEST_ID", "")
        if GIVEN_ID.fullmatch(given):
            return given
    return os.urandom(8).hex()


def stream(current: CurrentRequest, response: Any, began: float) -> None:
    """Have an answer that is made while it is sent logged when that is over."""
    sent = int(response.headers.get("Content-Length", 0))
    if not sent:
        response.streaming_content = counted(response, response.streaming_content)
    response._resource_closers.append(
        lambda: finish(current, response, time.perf_counter() - began, getattr(response, "sent", sent))
    )


def counted(response: Any, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield an answer's parts, and leave their size with it."""
    response.sent = 0
    for part in parts:
        response.sent += len(part)
        yield part


def finish(current: CurrentRequest, response: HttpResponseBase, seconds: float, size: int) -> None:
    """Count and log an answer, and be done with its request."""
    CURRENT.set(None)
    request = current.request
    route = current.route or route_of(request.path_info)
    cache = response.headers.get("Cache-Status", "")
    method = request.method or ""
    metrics.answered(
        route=route,
        method=method,
        status=response.status_code,
        seconds=seconds,
        sql=current.seconds,
        queries=current.queries,
        cache_status=cache,
        is_page=response.headers.get("Content-Type", "").startswith("text/html"),
    )
    # What watches the process asks every few seconds, and is worth a line when it does not get what it wants.
    if access.isEnabledFor(logging.INFO) and not (route in WATCHING and response.status_code == 200):
        access.info(
            "%s %s %s %s B %.1f ms",
            in_short(method),
            path := path_of(request),
            response.status_code,
            size,
            seconds * 1000,
            extra={
                "request_id": current.id,
                "method": in_short(method),
                "route": route,
                "path": path,
                "query": query_of(request),
                "status": response.status_code,
                "bytes": size,
                "ms": round(seconds * 1000, 2),
                "sql_ms": round(current.seconds * 1000, 2),
                "queries": current.queries,
                "cache": metrics.RESULTS.get(cache),
                "user": user_of(request),
                "address": address_of(request),
            },
        )


def in_short(method: str) -> str:
    """Return a method's name; a client may send any word for it."""
    return method[:16]


@lru_cache(maxsize=PATHS)
def match_of(path: str) -> ResolverMatch | None:
    """Return the view at a path with its name, None where there is none."""
    try:
        return resolve(path)
    except Resolver404:
        return None


def route_of(path: str) -> str:
    """Return the name of what answers at a path: one of our own words, whatever the path."""
    if path in FOR_MACHINES or path == METRICS:
        return path[1:]
    if path.startswith(settings.STATIC_URL):
        return "static"
    match = match_of(path)
    return match.view_name or "unnamed" if match else "none"


def path_of(request: HttpRequest) -> str:
    """Return the path as it is logged: without the token of a link for a new password."""
    before, secret, _token = request.path.partition(SECRET)
    return f"{before}{secret}"[:500]


def query_of(request: HttpRequest) -> str | None:
    """Return what of the query is logged: the parameters that the view reads, and how many others were there.

    Those have dates, symbols and codes of the record; the name of any other may itself be a secret.
    """
    if not request.META.get("QUERY_STRING"):
        return None
    known, unknown = [], 0
    try:
        asked = request.GET.lists()
    except TooManyFieldsSent:
        return "+many"
    match = match_of(request.path_info)
    read = parameters_of(match.func) if match else ()
    for name, values in asked:
        if name in TYPED:
            known.append(name)
        elif name in read:
            known += [f"{name}={value[:LONGEST]}" for value in values]
        else:
            unknown += 1
    return "&".join(known[:NAMED] + ([f"+{unknown}"] if unknown else [])) or None


def user_of(request: HttpRequest) -> int | None:
    """Return the key of the account that is logged in, where answering has asked who that is; nobody else has one."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None and user.is_authenticated else None


def address_of(request: HttpRequest) -> str | None:
    """Return the client's address where LOG_ADDRESSES asks for it."""
    if not settings.LOG_ADDRESSES:
        return None
    address: str | None = import_string(settings.CLIENT_ADDRESS)(request)
    return address
