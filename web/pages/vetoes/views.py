"""The vetoes page: drafts by permanent member and decade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from votes.record.record import reading
from votes.reports.vetoes import veto_count, vetoed_drafts
from web.display.permanent_members import seat_name
from web.files.answers import csv_file, json_file, picture_file
from web.pages.vetoes.files import header, json_document, list_address, rows
from web.pages.vetoes.picture import decade_name, veto_bars
from web.serving.parameters import unanswered
from web.serving.problems import takes_no_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from votes.reports.vetoes import VetoCount

LATEST = 10
"""Latest vetoes listed."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the number of drafts vetoed by each permanent member by decade, and the latest vetoes."""
    with reading() as record:
        count = veto_count(record)
        context: dict[str, Any] = {
            "record": record,
            "count": count,
            "total": len(count.keys),
            "all_votes": list_address(only_drafts=False),
            "ignored": unanswered(request.GET, ()),
            "files": {form: reverse("web:vetoes_file", args=[form]) for form in ("csv", "json", "svg", "png")},
        }
        if count.keys:
            context |= {
                "picture": veto_bars(record, count).inline("picture veto-bars"),
                "members": [(code, seat_name(record, code)) for code in count.members],
                "decades": [
                    (decade_name(decade), _figures(count, vetoes, drafts, decade))
                    for decade, vetoes, drafts in zip(
                        count.decades, count.vetoes.tolist(), count.drafts.tolist(), strict=True
                    )
                ],
                "totals": _figures(count, count.vetoes.sum(axis=0).tolist(), len(count.keys)),
                "latest": vetoed_drafts(record, count.keys[:LATEST]),
                "all": list_address(),
            }
        return render(request, "vetoes/page.html", context)


def _figures(count: VetoCount, vetoes: Sequence[int], drafts: int, decade: int | None = None) -> list[tuple[int, str]]:
    """Return a table row: (address, number) for each member's vetoes, and for the drafts."""
    addresses = [list_address(member, decade) for member in (*count.members, "")]
    return list(zip((*vetoes, drafts), addresses, strict=True))


@require_safe
@takes_no_parameters
def file(request: HttpRequest, form: str) -> HttpResponse:
    """Return the table as CSV, all as JSON, or the chart as SVG or PNG."""
    with reading() as record:
        count = veto_count(record)
        name = "plenary-vetoes"
        if form == "csv":
            return csv_file(request, record, name, header(count), rows(count))
        if form == "json":
            return json_file(request, record, name, json_document(record, count))
        return picture_file(request, record, name, form, lambda: veto_bars(record, count))
