"""A page's answers as files: tables as CSV, content as JSON, pictures as SVG and PNG, named by their data version."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from votes.exporting.cells import safe
from votes.exporting.package import current_version
from votes.exporting.papers import TITLE, citation
from web.pictures.png import BusyError, png
from web.problems import problem, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.http import HttpRequest

    from votes.reading import Record
    from web.pictures.picture import Picture
    from web.questions import Question

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
}


def refusal(question: Question) -> HttpResponse | None:
    """Return what is wrong with a question as problem details, or None where it can be answered."""
    errors = dict(question.errors)
    for asked in question.ignored:
        errors.setdefault(asked.partition("=")[0], []).append(unknown(asked))
    if not errors:
        return None
    return problem(HTTPStatus.BAD_REQUEST, _("The query asks for something that is not known."), errors=errors)


def csv_file(
    request: HttpRequest, record: Record, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return a table as CSV. None is an empty cell; texts that spreadsheets would run as formulas are made safe."""

    def content() -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
        return text.getvalue().encode()

    return _file(request, record, f"{name}.csv", content)


def json_file(request: HttpRequest, record: Record, name: str, content: dict[str, Any]) -> HttpResponse:
    """Return ``content`` as JSON, after what it is of: where it is, as of when, and how to cite it."""

    def written() -> bytes:
        version = current_version()
        own = request.build_absolute_uri()
        about = {
            "title": TITLE,
            "address": own,
            "changed": version.changed.date().isoformat() if version.changed else None,
            "cite": citation(version, own).text,
        }
        return json.dumps({"record": about, **content}, ensure_ascii=False, separators=(",", ":")).encode()

    return _file(request, record, f"{name}.json", written)


def picture_file(
    request: HttpRequest, record: Record, name: str, form: str, picture: Callable[[], Picture]
) -> HttpResponse:
    """Return a picture as ``form``, svg or png. ``picture`` draws it, and is only asked where that is needed."""
    try:
        drawn = (lambda: picture().standalone().encode()) if form == "svg" else (lambda: png(picture().standalone()))
        return _file(request, record, f"{name}.{form}", drawn)
    except BusyError:
        detail = _("Too many pictures are being drawn. Come again, or take the SVG.")
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After="5")


def _file(request: HttpRequest, record: Record, name: str, content: Callable[[], bytes]) -> HttpResponse:
    """Return the file, or say that it has not changed."""
    own = request.build_absolute_uri()
    tag = f'"{record.version}-{hashlib.sha256(f"{record.version} {own}".encode()).hexdigest()[:24]}"'
    form = name.rpartition(".")[2]
    headers = {"Content-Type": CONTENT_TYPES[form], "ETag": tag}
    if form in ("csv", "json"):
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    bare = HttpResponse(headers=headers)
    known = get_conditional_response(request, etag=tag, response=bare)
    if known is not None and known is not bare:
        return known
    return HttpResponse(content(), headers=headers)
