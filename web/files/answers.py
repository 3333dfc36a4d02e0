"""File versions of a page: tables as CSV, content as JSON, pictures as SVG and PNG, with ETags by data version."""

from __future__ import annotations

import csv
import io
import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from django.http import HttpResponse
from django.utils.translation import gettext as _

from votes.exporting.cells import safe
from votes.exporting.package import current_version
from votes.exporting.papers import TITLE, citation
from web.display.addresses import url
from web.pictures.png import BusyError, NotDrawnError, png
from web.serving.etags import tag_of, unchanged
from web.serving.problems import OPEN, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.http import HttpRequest

    from votes.record.record import Record

LOG = logging.getLogger(__name__)

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "png": "image/png",
}


class Drawn(Protocol):
    """Anything that can be drawn as a standalone file: a picture or a card."""

    def standalone(self, source: str = "") -> str:
        """Return the SVG, with a source line."""


def csv_file(
    request: HttpRequest, record: Record, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return a table as CSV. None is an empty cell; text that a spreadsheet would run as a formula is quoted."""

    def content() -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
        return text.getvalue().encode()

    return _file(request, record, f"{name}.csv", content)


def json_file(request: HttpRequest, record: Record, name: str, content: dict[str, Any]) -> HttpResponse:
    """Return ``content`` as JSON, preceded by its address, data version and citation."""
    return foreign_json_file(request, record, name, lambda: {"record": about_record(request), **content})


def foreign_json_file(
    request: HttpRequest, record: Record, name: str, content: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """Return JSON in an external format, without our envelope; ``content`` is called only if needed."""
    return _file(
        request,
        record,
        f"{name}.json",
        lambda: json.dumps(content(), ensure_ascii=False, separators=(",", ":")).encode(),
    )


def picture_file(
    request: HttpRequest, record: Record, name: str, form: str, picture: Callable[[], Drawn]
) -> HttpResponse:
    """Return a picture as ``form``, svg or png; ``picture`` is called only if needed.

    The file names its source and data version, since it gets passed on without its address.
    """

    def drawn() -> bytes:
        svg = picture().standalone(_source(request))
        return png(svg) if form == "png" else svg.encode()

    try:
        return _file(request, record, f"{name}.{form}", drawn)
    except BusyError:
        detail = _("Too many pictures are being drawn. Try again in a moment, or download the SVG.")
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After="5")
    except NotDrawnError:
        LOG.exception("A picture could not be drawn: %s", request.get_full_path())
        detail = _("The picture could not be drawn as PNG, which has been logged. Download the SVG instead.")
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def about_record(request: HttpRequest) -> dict[str, Any]:
    """Return the envelope of a JSON file: address, data version, citation."""
    version = current_version()
    own = request.build_absolute_uri()
    return {
        "title": TITLE,
        "address": own,
        "changed": version.changed.date().isoformat() if version.changed else None,
        "cite": citation(version, own).text,
        "codebook": request.build_absolute_uri(url("web:codebook")),
        "methods": request.build_absolute_uri(url("web:methods")),
    }


def guides() -> str:
    """Return the ``Link`` header of a file: to what its columns mean, and to how its figures are computed."""
    return f'<{url("web:codebook")}>; rel="describedby", <{url("web:methods")}>; rel="help"'


def _source(request: HttpRequest) -> str:
    """Return a picture's source line: the site, and the data version with its date."""
    version = current_version()
    values = {"site": request.get_host(), "number": version.number}
    if version.changed is None:
        return _("Plenary, %(site)s, data version %(number)s") % values
    day = version.changed.date().isoformat()
    return _("Plenary, %(site)s, data version %(number)s of %(day)s") % {**values, "day": day}


def _file(request: HttpRequest, record: Record, name: str, content: Callable[[], bytes]) -> HttpResponse:
    """Return the file, or 304."""
    own = request.build_absolute_uri()
    tag = tag_of(record.version, own)
    form = name.rpartition(".")[2]
    headers = {"Content-Type": CONTENT_TYPES[form], "ETag": tag, "Link": guides(), **OPEN}
    if form in ("csv", "json"):
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if known := unchanged(request, headers):
        return known
    return HttpResponse(content(), headers=headers)
