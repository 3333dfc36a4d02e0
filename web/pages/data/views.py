"""The data page: downloads, codebook, coverage and sources."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from votes.exporting import downloads
from votes.exporting.codebook import GENERAL, codes
from votes.exporting.package import current_version, names
from votes.exporting.papers import citation
from votes.exporting.streams import Stream, csv_chunks
from votes.exporting.tables import TABLES
from votes.models import ImportRun, RollCall, Source
from votes.record.record import reading
from votes.reports.coverage import Extent, coverage_of
from web.pages.data.coverage import covered
from web.serving.parameters import never_cached
from web.serving.problems import OPEN, problem

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from votes.exporting.papers import DataVersion
    from votes.record.record import Record

FIRST = ("resolutions", "roll-calls", "votes")
"""The most wanted tables."""

RECORDED = RollCall.METHODS_WITH_VOTES
UNRECORDED = {
    "non_recorded": [RollCall.Method.NON_RECORDED],
    "without_vote": [RollCall.Method.WITHOUT_VOTE],
    "ballots": [RollCall.Method.BALLOT],
}
"""Methods without a recorded vote, by the name of their count."""

IMPORTS_SHOWN = 10
RETRY_AFTER = "10"
"""Retry-After in seconds while a package is being built; about as long as building one."""

CONTENT_TYPES = {
    ".csv": "text/csv; charset=utf-8; header=present",
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".zip": "application/zip",
    "": "text/plain; charset=utf-8",
}


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Show downloads, coverage, sources and citation; no package is built here."""
    with reading() as record:
        return _data(request, record)


def _data(request: HttpRequest, record: Record) -> HttpResponse:
    """Render the page of a record."""
    version = current_version()
    package = downloads.offered(version)
    published = Q(roll_calls__status="published")
    counts = {
        name: Count("roll_calls", filter=published & Q(roll_calls__method__in=methods))
        for name, methods in {"public_roll_calls": RECORDED, **UNRECORDED}.items()
    }
    sources = list(Source.objects.named().annotate(**counts).order_by("precedence"))
    context = {
        "version": version,
        "package": package,
        "archive_bytes": package and downloads.size_of_archive(package),
        "tables": sorted(TABLES.values(), key=lambda table: table.name not in FIRST),
        "coverage": coverage_of(record),
        "covered": covered(record, get_language()),
        "Extent": Extent,
        **{name: sum(getattr(source, name) for source in sources) for name in UNRECORDED},
        "citation": citation(version, request.build_absolute_uri(reverse("web:data"))),
        "sources": sources,
        "imports": ImportRun.objects.public()[:IMPORTS_SHOWN],
    }
    response = render(request, "data/index.html", context)
    if package is None:
        # The package appears without a change of the record, so do not cache its absence.
        response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def codebook(request: HttpRequest) -> HttpResponse:
    """Show the meaning of each table and column."""
    context = {"tables": TABLES.values(), "codes": codes, "general": GENERAL.split("\n\n")}
    return render(request, "data/codebook.html", context)


@never_cached
@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return a file of the current package, which the first request builds.

    CSV tables are streamed at once even without a package. While another request builds it, the response is 503.
    """
    if name not in (*names(), downloads.ARCHIVE):
        raise Http404
    version = current_version()
    if known := get_conditional_response(request, etag=_tag(downloads.key(version), name)):
        return known
    try:
        package = downloads.offered(version) if name.endswith(".csv") else downloads.made()
        if package is None:
            return _streamed(request, name, version)
        response = _sent(request, package.folder / name)
    except (downloads.BusyError, FileNotFoundError):
        # The file is gone if another request has built the next version's package.
        detail = _("The files of this data version are being made. Try again in ten seconds.")
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After=RETRY_AFTER)
    response["ETag"] = _tag(downloads.key(package.version), name)
    return _open(response)


def _tag(key: str, name: str) -> str:
    """Return the ETag of a file at a data version."""
    return f'"{key}-{name}"'


def _sent(request: HttpRequest, path: Path) -> HttpResponseBase:
    """Return a file as an attachment, or only its headers."""
    kind = CONTENT_TYPES[path.suffix]
    if request.method == "HEAD":
        headers = {"Content-Disposition": _to_be_saved(path.name), "Content-Length": str(path.stat().st_size)}
        return HttpResponse(content_type=kind, headers=headers)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type=kind)


def _streamed(request: HttpRequest, name: str, version: DataVersion) -> StreamingHttpResponse:
    """Stream a table from the database, or return only its headers."""
    table = TABLES[name.removesuffix(".csv")]
    stream = None if request.method == "HEAD" else Stream(lambda: csv_chunks(table))
    response = StreamingHttpResponse(stream or (), content_type=CONTENT_TYPES[".csv"])
    response["Content-Disposition"] = _to_be_saved(name)
    _open(response)
    if stream is None or stream.version == version.number:
        response["ETag"] = _tag(downloads.key(version), name)
    return response


def _open(response: HttpResponseBase) -> HttpResponseBase:
    """Add CORS headers for any origin."""
    for name, value in OPEN.items():
        response[name] = value
    return response


def _to_be_saved(name: str) -> str:
    """Return the Content-Disposition header for ``name``."""
    return f'attachment; filename="{name}"'
