"""Downloads: the rows of a list as CSV, JSON or Parquet, for the same query; and the votes of one roll call."""

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
"""Seconds after which a Parquet file may be had that cannot be had now."""


@never_cached
@reads(*RollCallFilter.base_filters)
@require_safe
def rows(request: HttpRequest, of: str, form: str) -> HttpResponseBase:
    """Send what the query selects, in the order of its page: resolutions, roll calls, or the votes of roll calls."""
    with reading() as record:
        if refused := listing_of(of, request.GET, record).refused:
            return refused

    def selected() -> QuerySet[RollCall]:
        # Selected anew within the snapshot that is sent, so that the selection and the rows are of one version.
        return listing_of(of, request.GET, record_of_snapshot()).roll_calls

    return _send(request, TABLES[of], form, selected, name=_file_name(of, request))


@never_cached
@require_safe
@takes_no_parameters
def roll_call(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Send the votes of one roll call; in JSON with the roll call itself and the corrections."""
    found = RollCall.objects.published().filter(slug=slug.lower())
    if not found.exists():
        return retired.file(request, slug, form, "web:roll_call_download")
    if slug != slug.lower():
        own = reverse("web:roll_call_download", args=[slug.lower(), form])
        return redirect(address(own, request.GET), permanent=True)
    return _send(request, VOTES, form, lambda: found, name=f"plenary-{slug}", about=partial(_about_roll_call, found))


def _send(
    request: HttpRequest,
    table: Table,
    form: str,
    selected: Callable[[], QuerySet[RollCall]],
    *,
    name: str,
    about: Callable[[], dict[str, Any]] = dict,
) -> HttpResponseBase:
    """Send the rows of the roll calls selected, or nothing where they are known already or only asked about."""
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
        # Streamed though it is nothing, since it says nothing of how long the answer to GET would be.
        return StreamingHttpResponse((), headers=headers)
    if form == "parquet" and not parquet_is_free():
        detail = _("Too many Parquet files are being written. Try again, or download CSV or JSON.")
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
    """Return a readable name for what a query selects; the same query always has the same."""
    values = [value for _name, values in request.GET.lists() for value in values]
    words = re.findall(r"[a-z0-9]+", fold(" ".join(values)))
    return "-".join(["plenary", of, *words])[:100].rstrip("-")


def _about_roll_call(found: RollCallQuerySet) -> dict[str, object]:
    """Return a roll call, its corrections and those of its sources, and why its totals differ, as JSON has them."""
    (itself,) = rows_of(LISTED_ROLL_CALLS, found)
    roll_call = found.with_tally().get()
    return {
        "roll_call": itself,
        "difference_reason": difference_reason(roll_call) or None,
        "corrections": rows_of(CORRECTIONS, found),
        "source_corrections": rows_of(SOURCE_CORRECTIONS, found),
    }
