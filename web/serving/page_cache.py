"""Public answers kept whole: rendered once for each data version, however many ask.

A public answer is a pure function of its address, the language, the data version, the release, the day and whether
htmx asks. That is the key of what is kept, so nothing has to be thrown out, and an edit changes what is served next:
each request asks the database for the version, and for nothing else where the answer is kept. Meanwhile readers and
caches on the way may keep it too, by its ETag. ``Cache-Status`` (RFC 9211) says how an answer came about.
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
from web.serving.cache_stores import DAY, Kept, KeptPages, OneAtATime
from web.serving.compression import COMPRESSIBLE, encoding_of
from web.serving.etags import tag_of
from web.serving.parameters import FOREIGN, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

LARGEST = 1024 * 1024
"""How many bytes a body may have to be kept."""

# With these, which no browser sends with them, django-htmx would take for htmx's what the key says is not.
ENCODED = ("HTTP_HX_REQUEST_URI_AUTOENCODED", "HTTP_HX_HISTORY_RESTORE_REQUEST_URI_AUTOENCODED")

LASTING = (200, 301, 304, 410)
"""Answers that caches between a reader and this server may keep for a while."""

VARY = "HX-Request, HX-History-Restore-Request, Accept-Encoding"
"""All that an answer may hang on besides its address."""

HIT, NOT_MODIFIED, STALE = "Plenary; hit", "Plenary; hit; detail=not-modified", "Plenary; hit; detail=stale"
STORED, MISS, BYPASS = "Plenary; fwd=miss; stored", "Plenary; fwd=miss", "Plenary; fwd=bypass"


class PageCache:
    """The middleware. What stands before it in the settings sees every request; what comes after it, only misses."""

    pages = KeptPages(settings.PAGE_CACHE_MB)
    making = OneAtATime()

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.seen: dict[str, int] = {}
        """The version last seen, by database, to go on with while there is none."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from what is kept, or have the page made and keep it."""
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(settings.NEVER_KEPT):
            return self.get_response(request)
        if is_editor(request):
            response = self.get_response(request)
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response.headers["Cache-Status"] = BYPASS
            return response
        without_foreign(request)
        for name in ENCODED:
            request.META.pop(name, None)
        server = answering()
        if not settings.PAGE_CACHE or connections[server].in_atomic_block:
            # Within a transaction there may be what nobody else sees, and what is taken back.
            return labelled(self.get_response(request), BYPASS)
        try:
            address = asked(request)
        except DisallowedHost:
            return self.get_response(request)
        encoding = encoding_of(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        try:
            version = self.seen[server] = current_version(connections[server])
        except DatabaseError:
            if found := self.pages.get(tag_of(self.seen.get(server, 0), address), encoding):
                return found.answer(STALE)
            return self.get_response(request)
        tag = tag_of(version, address)
        wanted = request.META.get("HTTP_IF_NONE_MATCH", "")
        if names(wanted, tag):
            return not_modified(tag)
        if found := self.pages.get(tag, encoding):
            return found_or_known(found, wanted)
        if request.method == "HEAD" or not is_cacheable(request):
            return labelled(self.get_response(request), MISS)
        return self.made(request, version, tag, encoding, wanted)

    def made(self, request: HttpRequest, version: int, tag: str, encoding: str, wanted: str) -> HttpResponseBase:
        """Have an answer made that can be kept, by one thread of one process; the others wait for it.

        Who waited, and finds that there was nothing to keep, makes his own and holds up nobody.
        """
        with self.making.alone(tag) as is_first:
            if found := self.pages.get(tag, encoding):
                return found_or_known(found, wanted)
            if is_first:
                with self.pages.made_elsewhere(tag, encoding) as found:
                    if found:
                        return found_or_known(found, wanted)
                    return self.anew(request, version, tag, encoding)
        return self.anew(request, version, tag, encoding)

    def anew(self, request: HttpRequest, version: int, tag: str, encoding: str) -> HttpResponseBase:
        """Have an answer made, and keep it if it is one to keep."""
        response = self.get_response(request)
        # Where nothing was committed meanwhile, all that was read is of this version.
        if is_same_for_all(response) and current_version(connections[answering()]) == version:
            kept = as_kept(response, tag).encoded(encoding)
            self.pages.put(tag, kept, encoding)
            return kept.answer(STORED)
        return labelled(response, MISS)


def is_cacheable(request: HttpRequest) -> bool:
    """Tell whether the view at the address may be cached and reads all parameters of the query."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return not hasattr(view, "is_never_cached") and all(name in parameters_of(view) for name in request.GET)


def is_editor(request: HttpRequest) -> bool:
    """Tell whether somebody asks who has logged in, and is to see what was just written."""
    return "HTTP_COOKIE" in request.META and settings.SESSION_COOKIE_NAME in request.COOKIES


def without_foreign(request: HttpRequest) -> None:
    """Take out what other sites append to links, so that all who follow them get one page."""
    query = request.META.get("QUERY_STRING", "")
    if not any(name in query for name in FOREIGN):
        return
    parameters = QueryDict(query, mutable=True)
    for name in [name for name in parameters if name.startswith(FOREIGN)]:
        del parameters[name]
    request.META["QUERY_STRING"] = parameters.urlencode()
    request.__dict__.pop("GET", None)


def asked(request: HttpRequest) -> str:
    """Return what is asked, in one line: all that an answer hangs on but the record and the release.

    Raises DisallowedHost for a host that is not ours.
    """
    meta = request.META
    # A host is the same in whatever letters, and pages name it.
    meta["HTTP_HOST"] = request.get_host().lower()
    whole = f"{request.scheme}://{meta['HTTP_HOST']}{request.get_full_path()}"
    is_part = meta.get("HTTP_HX_REQUEST") == "true" and meta.get("HTTP_HX_HISTORY_RESTORE_REQUEST") != "true"
    return f"{whole} {get_language()} {datetime.datetime.now(datetime.UTC).date()} {is_part}"


def current_version(connection: BaseDatabaseWrapper) -> int:
    """Return the data version, by one query past Django's cursors, which cost more than the query.

    It shows as well that the connection is alive, so that nobody has to ask again. Raises DatabaseError where there is
    no database.
    """
    try:
        return _asked_for_version(connection)
    except DatabaseError:
        # A connection that was kept may have died with its server; a new one tells whether there is one again.
        connection.close()
        return _asked_for_version(connection)


def _asked_for_version(connection: BaseDatabaseWrapper) -> int:
    """Return the data version over this connection."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        (version,) = connection.connection.execute(VERSION).fetchone()
    connection.health_check_done = True  # type: ignore[attr-defined]  # its types lack it
    return int(version)


def is_same_for_all(response: HttpResponseBase) -> bool:
    """Tell whether an answer says nothing that is one reader's own, and is small enough to keep."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and "cookie" not in response.get("Vary", "").lower()
        and not response.has_header("Cache-Control")
        and len(response.content) <= LARGEST
    )


def as_kept(response: HttpResponseBase, tag: str) -> Kept:
    """Return an answer as it is kept, with the headers by which others may keep it."""
    assert isinstance(response, HttpResponse)
    response.headers.setdefault("ETag", tag)
    response.headers["Cache-Control"] = shared()
    if COMPRESSIBLE.match(response.headers["Content-Type"]):
        patch_vary_headers(response, ["Accept-Encoding"])
    return Kept(tuple(response.headers.items()), response.content, "")


def labelled(response: HttpResponseBase, status: str) -> HttpResponseBase:
    """Return an answer that is not kept here, with what caches on the way may do with it, and how it came about."""
    lasting = response.status_code in LASTING
    response.headers.setdefault("Cache-Control", shared() if lasting else "no-cache")
    response.headers["Cache-Status"] = status
    return response


def found_or_known(found: Kept, wanted: str) -> HttpResponseBase:
    """Return what was found, or that the client, who has what ``wanted`` names, has it already."""
    tag = found.header("ETag")
    return not_modified(tag) if names(wanted, tag) else found.answer(HIT)


def names(wanted: str, tag: str) -> bool:
    """Tell whether an If-None-Match names a tag, whether weakly or not (RFC 9110, 13.1.2)."""
    return bool(wanted) and tag.removeprefix("W/") in wanted


def not_modified(tag: str) -> HttpResponse:
    """Return that what the client has is still what there is."""
    response = HttpResponse(
        status=304, headers={"ETag": tag, "Cache-Control": shared(), "Vary": VARY, "Cache-Status": NOT_MODIFIED}
    )
    del response.headers["Content-Type"]
    return response


def shared() -> str:
    """Return what caches may do: a browser asks each time, others once in so many seconds, and go on without us."""
    seconds = settings.SHARED_CACHE_SECONDS
    return f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds}, stale-if-error={DAY}"
