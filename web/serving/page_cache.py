"""HTTP caching of public pages: each response is rendered once for each data version.

A public response is a pure function of the address, the language, the data version, the release, the day and whether
htmx asks. These form its cache key, so nothing is ever invalidated, and an edit shows on the next request: each request
reads the version from the database, and nothing else on a hit. Browsers and proxies may cache the response by its
ETag. ``Cache-Status`` (RFC 9211) says where a response came from.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, connections
from django.http import HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from votes.record.databases import answering
from votes.record.version import VERSION
from web.serving.cache_stores import DAY, CachedResponse, KeyedLocks, ResponseCache
from web.serving.compression import COMPRESSIBLE, encoding_of
from web.serving.etags import tag_of
from web.serving.parameters import FOREIGN, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

LARGEST = 1024 * 1024
"""Largest cached body in bytes."""

# django-htmx reads these too; they would make a request count as htmx's although the key says otherwise.
ENCODED = ("HTTP_HX_REQUEST_URI_AUTOENCODED", "HTTP_HX_HISTORY_RESTORE_REQUEST_URI_AUTOENCODED")

LASTING = (200, 301, 304, 410)
"""Statuses that downstream caches may store."""

VARY = "HX-Request, HX-History-Restore-Request, Accept-Encoding"
"""Request headers that a response may depend on."""

HIT, NOT_MODIFIED, STALE = "Plenary; hit", "Plenary; hit; detail=not-modified", "Plenary; hit; detail=stale"
STORED, MISS, BYPASS = "Plenary; fwd=miss; stored", "Plenary; fwd=miss", "Plenary; fwd=bypass"


class PageCache:
    """The page cache as middleware. Middlewares before it see every request, those after it only misses."""

    pages = ResponseCache(settings.PAGE_CACHE_MB)
    making = KeyedLocks()

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.seen: dict[str, int] = {}
        """The last version seen, by database, for serving stale pages while the database is down."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from the cache, or render and cache the response."""
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(settings.UNCACHED_PATHS):
            return self.get_response(request)
        if is_editor(request):
            response = self.get_response(request)
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response.headers["Cache-Status"] = BYPASS
            return response
        without_tracking(request)
        for name in ENCODED:
            request.META.pop(name, None)
        server = answering()
        if not settings.PAGE_CACHE or connections[server].in_atomic_block:
            # A transaction may contain uncommitted changes.
            return uncached(self.get_response(request), BYPASS)
        try:
            key = request_key(request)
        except DisallowedHost:
            return self.get_response(request)
        encoding = encoding_of(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        try:
            version = self.seen[server] = current_version(connections[server])
        except DatabaseError:
            if found := self.pages.get(tag_of(self.seen.get(server, 0), key), encoding):
                return found.answer(STALE)
            return self.get_response(request)
        tag = tag_of(version, key)
        wanted = request.META.get("HTTP_IF_NONE_MATCH", "")
        if names(wanted, tag):
            return not_modified(tag)
        if found := self.pages.get(tag, encoding):
            return cached_or_not_modified(found, wanted)
        if request.method == "HEAD" or not is_cacheable(request):
            return uncached(self.get_response(request), MISS)
        return self.made(request, version, tag, encoding, wanted)

    def made(self, request: HttpRequest, version: int, tag: str, encoding: str, wanted: str) -> HttpResponseBase:
        """Render a cacheable response in one thread of one process while the others wait.

        Threads that waited and find nothing in the cache all render their own.
        """
        with self.making.alone(tag) as is_first:
            if found := self.pages.get(tag, encoding):
                return cached_or_not_modified(found, wanted)
            if is_first:
                with self.pages.made_by_another_process(tag, encoding) as found:
                    if found:
                        return cached_or_not_modified(found, wanted)
                    return self.anew(request, version, tag, encoding)
        return self.anew(request, version, tag, encoding)

    def anew(self, request: HttpRequest, version: int, tag: str, encoding: str) -> HttpResponseBase:
        """Render a response, and cache it if it is the same for everybody and belongs to one version."""
        response = self.get_response(request)
        # Same version before and after: everything read belongs to it.
        if is_shareable(response) and current_version(connections[answering()]) == version:
            cached = to_cached(response, tag).encoded(encoding)
            self.pages.put(tag, cached, encoding)
            return cached.answer(STORED)
        return uncached(response, MISS)


def is_cacheable(request: HttpRequest) -> bool:
    """Tell whether the view at the address may be cached and reads all parameters of the query."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return not hasattr(view, "is_never_cached") and all(name in parameters_of(view) for name in request.GET)


def is_editor(request: HttpRequest) -> bool:
    """Tell whether the request has a session: editors bypass the cache to see what they have just saved."""
    return "HTTP_COOKIE" in request.META and settings.SESSION_COOKIE_NAME in request.COOKIES


def without_tracking(request: HttpRequest) -> None:
    """Remove tracking parameters, so that all links to a page share one cache entry."""
    query = request.META.get("QUERY_STRING", "")
    if not any(name in query for name in FOREIGN):
        return
    parameters = QueryDict(query, mutable=True)
    for name in [name for name in parameters if name.startswith(FOREIGN)]:
        del parameters[name]
    request.META["QUERY_STRING"] = parameters.urlencode()
    request.__dict__.pop("GET", None)


def request_key(request: HttpRequest) -> str:
    """Return everything a response depends on besides the record and the release, in one line.

    Raises DisallowedHost.
    """
    meta = request.META
    # Host names are case-insensitive, and pages contain them.
    meta["HTTP_HOST"] = request.get_host().lower()
    whole = f"{request.scheme}://{meta['HTTP_HOST']}{request.get_full_path()}"
    is_part = meta.get("HTTP_HX_REQUEST") == "true" and meta.get("HTTP_HX_HISTORY_RESTORE_REQUEST") != "true"
    return f"{whole} {get_language()} {datetime.datetime.now(datetime.UTC).date()} {is_part}"


def current_version(connection: BaseDatabaseWrapper) -> int:
    """Return the data version with one raw query; Django's cursors cost more than the query.

    It also proves that the connection is alive. Raises DatabaseError if there is no database.
    """
    try:
        return _query_version(connection)
    except DatabaseError:
        # A persistent connection may have died with its server, so try a new one.
        connection.close()
        return _query_version(connection)


def _query_version(connection: BaseDatabaseWrapper) -> int:
    """Return the data version over this connection."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        (version,) = connection.connection.execute(VERSION).fetchone()
    connection.health_check_done = True  # type: ignore[attr-defined]  # its types lack it
    return int(version)


def is_shareable(response: HttpResponseBase) -> bool:
    """Tell whether a response is the same for everybody, and small enough to cache."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and "cookie" not in response.get("Vary", "").lower()
        and not response.has_header("Cache-Control")
        and len(response.content) <= LARGEST
    )


def to_cached(response: HttpResponseBase, tag: str) -> CachedResponse:
    """Return a response in its stored form, with headers for downstream caches."""
    assert isinstance(response, HttpResponse)
    response.headers.setdefault("ETag", tag)
    response.headers["Cache-Control"] = shared()
    if COMPRESSIBLE.match(response.headers["Content-Type"]):
        patch_vary_headers(response, ["Accept-Encoding"])
    return CachedResponse(tuple(response.headers.items()), response.content, "")


def uncached(response: HttpResponseBase, status: str) -> HttpResponseBase:
    """Return a response that is not cached here, with ``Cache-Control`` for proxies and its ``Cache-Status``."""
    lasting = response.status_code in LASTING
    response.headers.setdefault("Cache-Control", shared() if lasting else "no-cache")
    response.headers["Cache-Status"] = status
    return response


def cached_or_not_modified(response: CachedResponse, wanted: str) -> HttpResponseBase:
    """Return a cached response, or 304 if If-None-Match (``wanted``) matches it."""
    tag = response.header("ETag")
    return not_modified(tag) if names(wanted, tag) else response.answer(HIT)


def names(wanted: str, tag: str) -> bool:
    """Tell whether an If-None-Match contains a tag, by weak comparison (RFC 9110, 13.1.2)."""
    return bool(wanted) and tag.removeprefix("W/") in wanted


def not_modified(tag: str) -> HttpResponse:
    """Return 304 Not Modified."""
    response = HttpResponse(
        status=304, headers={"ETag": tag, "Cache-Control": shared(), "Vary": VARY, "Cache-Status": NOT_MODIFIED}
    )
    del response.headers["Content-Type"]
    return response


def shared() -> str:
    """Return Cache-Control: browsers revalidate each time, proxies after some seconds, and serve stale on errors."""
    seconds = settings.SHARED_CACHE_SECONDS
    return f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds}, stale-if-error={DAY}"
