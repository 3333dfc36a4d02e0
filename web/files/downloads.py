"""Downloads: a list's rows for any query, and the votes of one roll call, as CSV, JSON or Parquet."""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resolutions.text import fold
from votes.exporting.streams import Stream, csv_chunks, json_chunks, parquet_chunks, parquet_is_free, rows_of
from votes.exporting.tables import CORRECTIONS, LISTED_RESOLUTIONS, LISTED_ROLL_CALLS, SOURCE_CORRECTIONS, VOTES
from votes.models import RollCall, Source
from votes.record.record import reading, record_of_snapshot
from votes.record.version import data_version
from votes.reports.explanation import difference_reason
from web.files.answers import CONTENT_TYPES, about_record, guides
from web.lists import retired
from web.lists.filters import RollCallFilter
from web.lists.listing import listing_of
from web.serving.etags import tag_of, unchanged
from web.serving.parameters import address, never_cached, reads
from web.serving.problems import OPEN, problem, takes_no_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from votes.exporting.tables import Table
    from votes.models.roll_calls import RollCallQuerySet

TABLES = {"resolutions": LISTED_RESOLUTIONS, "roll-calls": LISTED_ROLL_CALLS, "votes": VOTES}

RETRY_AFTER = "10"
"""Retry-After in seconds when too many Parquet files are being built."""


@never_cached
@reads(*RollCallFilter.base_filters)
@require_safe
def rows(request: HttpRequest, of: str, form: str) -> HttpResponseBase:
    """Stream what the query selects, in the page's order: resolutions, roll calls, or votes."""
    with reading() as record:
        if refused := listing_of(of, request.GET, record).refused:
            return refused

    def selected() -> QuerySet[RollCall]:
        # Select again within the streamed snapshot, so that selection and rows belong to one version.
        return listing_of(of, request.GET, record_of_snapshot()).roll_calls

    return _send(request, TABLES[of], form, selected, name=_file_name(of, request))


@never_cached
@require_safe
@takes_no_parameters
def roll_call(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Stream the votes of one roll call; JSON includes the roll call and its corrections."""
    selected = RollCall.objects.published().filter(slug=slug.lower())
    if not selected.exists():
        return retired.file(request, slug, form, "web:roll_call_download")
    if slug != slug.lower():
        own = reverse("web:roll_call_download", args=[slug.lower(), form])
        return redirect(address(own, request.GET), permanent=True)
    return _send(
        request, VOTES, form, lambda: selected, name=f"plenary-{slug}", about=partial(_about_roll_call, selected)
    )


def _send(
    request: HttpRequest,
    table: Table,
    form: str,
    selected: Callable[[], QuerySet[RollCall]],
    *,
    name: str,
    about: Callable[[], dict[str, Any]] = dict,
) -> HttpResponseBase:
    """Stream the rows of the selected roll calls; no body for 304 and HEAD."""
    headers = {
        "Content-Type": CONTENT_TYPES[form],
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "ETag": tag_of(data_version(), request.build_absolute_uri()),
        "Link": guides(),
        **OPEN,
    }
    if known := unchanged(request, headers):
        return known
    if request.method == "HEAD":
        # Streamed although empty, so that no Content-Length is sent: that of GET is unknown.
        return StreamingHttpResponse((), headers=headers)
    if form == "parquet" and not parquet_is_free():
        detail = _("Too many Parquet files are being written. Try again in a moment, or download CSV or JSON.")
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After=RETRY_AFTER)

    def chunks() -> Iterator[bytes]:
        if form == "json":
            sources = list(Source.objects.named().values("slug", "name", "url", "licence"))
            return json_chunks(
                table, selected(), about={"record": {**about_record(request), "sources": sources}, **about()}
            )
        return (csv_chunks if form == "csv" else parquet_chunks)(table, selected())

    stream = Stream(chunks)
    headers["ETag"] = tag_of(stream.version, request.build_absolute_uri())
    return StreamingHttpResponse(stream, headers=headers)


def _file_name(of: str, request: HttpRequest) -> str:
    """Return a readable, stable file name for a query."""
    values = [value for _name, values in request.GET.lists() for value in values]
    words = re.findall(r"[a-z0-9]+", fold(" ".join(values)))
    return "-".join(["plenary", of, *words])[:100].rstrip("-")


def _about_roll_call(selected: RollCallQuerySet) -> dict[str, object]:
    """Return the JSON of a roll call, its corrections, source corrections, and the reason if totals differ."""
    (itself,) = rows_of(LISTED_ROLL_CALLS, selected)
    roll_call = selected.with_tally().get()
    return {
        "roll_call": itself,
        "difference_reason": difference_reason(roll_call) or None,
        "corrections": rows_of(CORRECTIONS, selected),
        "source_corrections": rows_of(SOURCE_CORRECTIONS, selected),
    }
