"""Request ids, the access log, and metrics of every request; health and metrics endpoints."""

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
"""A proxy's request id, usually 32 hexadecimal digits or a UUID."""

FOR_MACHINES = {"/healthz": health.alive, "/readyz": health.ready}
"""Health endpoints, answered for any host name."""
METRICS = "/metrics"
WATCHING = ("healthz", "readyz", "metrics")
"""Routes of monitoring requests."""

TYPED = ("q",)
"""Free-text parameters: the name is logged, never the value."""
NAMED, LONGEST = 20, 80
"""Maximum number of logged parameters, and of characters per value."""

SECRET = "/password_reset/"  # noqa: S105  # what follows in a path is a secret
PATHS = 4096
"""Size of the cache of resolved paths, for cached responses that no view answered."""


def for_machines(get_response: GetResponse) -> GetResponse:
    """Answer monitoring requests before host names, HTTPS or sessions are checked."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == METRICS and metrics.may_see(request):
            return metrics.page(request)
        return FOR_MACHINES.get(request.path_info, get_response)(request)

    return middleware


def observed(get_response: GetResponse) -> GetResponse:
    """Give each request an id; count and log its response."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        current = CurrentRequest(id_of(request), request)
        CURRENT.set(current)
        response = get_response(request)
        response.headers["X-Request-ID"] = current.id
        if response.streaming:
            # Produced while it is sent, by this thread.
            stream(current, response, began)
        else:
            finish(current, response, time.perf_counter() - began, len(response.content))  # type: ignore[attr-defined]
        return response

    return middleware


def id_of(request: HttpRequest) -> str:
    """Return the id from a trusted proxy, or a new one."""
    if settings.TRUSTED_PROXIES:
        given: str = request.META.get("HTTP_X_REQUEST_ID", "")
        if GIVEN_ID.fullmatch(given):
            return given
    return os.urandom(8).hex()


def stream(current: CurrentRequest, response: Any, began: float) -> None:
    """Log a streaming response when it has been sent."""
    sent = int(response.headers.get("Content-Length", 0))
    if not sent:
        response.streaming_content = counted(response, response.streaming_content)
    response._resource_closers.append(
        lambda: finish(current, response, time.perf_counter() - began, getattr(response, "sent", sent))
    )


def counted(response: Any, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts of a response and add up their size in ``response.sent``."""
    response.sent = 0
    for part in parts:
        response.sent += len(part)
        yield part


def finish(current: CurrentRequest, response: HttpResponseBase, seconds: float, size: int) -> None:
    """Count and log a response, and clear the current request."""
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
    # Monitoring asks every few seconds; log it only if something is wrong.
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
    """Return a method, shortened: a client may send any word."""
    return method[:16]


@lru_cache(maxsize=PATHS)
def match_of(path: str) -> ResolverMatch | None:
    """Resolve a path; None if there is no view."""
    try:
        return resolve(path)
    except Resolver404:
        return None


def route_of(path: str) -> str:
    """Return the route name of a path, from a fixed set of names."""
    if path in FOR_MACHINES or path == METRICS:
        return path[1:]
    if path.startswith(settings.STATIC_URL):
        return "static"
    match = match_of(path)
    return match.view_name or "unnamed" if match else "none"


def path_of(request: HttpRequest) -> str:
    """Return the path for the log, without the token of a password reset link."""
    before, secret, _token = request.path.partition(SECRET)
    return f"{before}{secret}"[:500]


def query_of(request: HttpRequest) -> str | None:
    """Return the query for the log: parameters that the view reads, and the number of others.

    Known parameters contain dates, symbols and codes; even the name of an unknown one may be a secret.
    """
    if not request.META.get("QUERY_STRING"):
        return None
    known, unknown = [], 0
    try:
        parameters = request.GET.lists()
    except TooManyFieldsSent:
        return "+many"
    match = match_of(request.path_info)
    read = parameters_of(match.func) if match else ()
    for name, values in parameters:
        if name in TYPED:
            known.append(name)
        elif name in read:
            known += [f"{name}={value[:LONGEST]}" for value in values]
        else:
            unknown += 1
    return "&".join(known[:NAMED] + ([f"+{unknown}"] if unknown else [])) or None


def user_of(request: HttpRequest) -> int | None:
    """Return the primary key of the logged-in account, if the response looked it up."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None and user.is_authenticated else None


def address_of(request: HttpRequest) -> str | None:
    """Return the client's address if LOG_ADDRESSES is set."""
    if not settings.LOG_ADDRESSES:
        return None
    address: str | None = import_string(settings.CLIENT_ADDRESS)(request)
    return address
