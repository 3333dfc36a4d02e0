"""The page that compares two roll calls: who changed their vote."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.urls import reverse

from votes.analysis.matrix import OUTSIDE, TIED
from votes.record.choices import CHOICES
from votes.record.record import reading
from votes.reports.movement import ORDER
from web.files.answers import csv_file, json_file, picture_file
from web.lists.question import FILTERS
from web.pages.movement.files import HEADER, drawn, json_document, rows
from web.pages.movement.question import BLOC, FIRST, SECOND, Pair
from web.pages.movement.words import departures, label, name_of
from web.serving.parameters import address, reads, tidy_address, without_empty

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall

READY = [
    ("a-res-es-11-1", "a-res-es-11-7"),
    ("a-res-es-11-7", "a-res-es-11-8"),
    ("a-res-68-262", "a-res-es-11-1"),
    ("a-res-3379-xxx", "a-res-46-86"),
    ("a-res-es-10-19", "a-res-67-19"),
]
"""Example comparisons."""


@reads(*FILTERS, FIRST, SECOND, BLOC)
@tidy_address
def page(request: HttpRequest) -> HttpResponse:
    """Show who changed their vote from ``?a=`` to ``?b=``; symbols redirect to the decisive roll calls' slugs.

    Merged slugs redirect permanently.
    """
    with reading() as record:
        # Only pages accept near misses: they redirect to slugs, while a file could not show the choice.
        pair = Pair(request.GET, record, near=True)
        if pair.is_valid and pair.moved is not None:
            return redirect(address(request.path, pair.moved), permanent=True)
        if pair.is_valid and pair.tidy is not None:
            return redirect(address(request.path, pair.tidy))
        blocs = [(bloc.slug, bloc.short_name) for bloc in record.blocs_by_name]
        context: dict[str, Any] = {"pair": pair, "blocs": blocs, "movement": None}
        if pair.is_complete:
            context |= _answer(request, pair)
        elif pair.is_valid:
            context |= _offer(request, pair)
        return render(request, "movement/page.html", context)


@reads(*FILTERS, FIRST, SECOND, BLOC)
def file(request: HttpRequest, form: str) -> HttpResponse:
    """Return the states as CSV, everything as JSON, or the picture as SVG or PNG."""
    with reading() as record:
        pair = Pair(request.GET, record)
        pair.require_both()
        if refused := pair.refused:
            return refused
        if pair.moved is not None:
            return redirect(address(request.path, pair.moved), permanent=True)
        movement, name = pair.movement(), "compare-roll-calls"
        if form == "csv":
            return csv_file(request, record, name, HEADER, rows(movement))
        if form == "json":
            return json_file(request, record, name, json_document(movement, pair.roll_calls))
        return picture_file(request, record, name, form, lambda: drawn(movement, pair.roll_calls))


def _answer(request: HttpRequest, pair: Pair) -> dict[str, Any]:
    """Return the template context of two roll calls."""
    movement, roll_calls = pair.movement(), list(pair.roll_calls.values())
    table = movement.table.tolist()
    # Show the row and column for states outside an electorate only if there are any.
    has_outside = any(table[OUTSIDE]) or any(row[OUTSIDE] for row in table)
    query = without_empty(pair.parameters)
    swapped = query.copy()
    swapped[FIRST], swapped[SECOND] = pair.slugs[SECOND], pair.slugs[FIRST]
    every = query.copy()
    every.pop("bloc", None)
    forms = ("csv", "json", "svg", "png")
    return {
        "movement": movement,
        "roll_calls": roll_calls,
        "symbols": [one.resolution.symbol if one.resolution else one.slug for one in roll_calls],
        "departures": departures(movement),
        "table": table,
        "order": [choice for choice in ORDER if choice != OUTSIDE or has_outside],
        "choices": CHOICES,
        "outside": OUTSIDE,
        "labels": {choice: label(choice) for choice in (*ORDER, TIED)},
        "names": {move.state.code: name_of(move) for move in movement.states},
        "picture": drawn(movement, pair.roll_calls),
        "files": {form: address(reverse("web:compare_roll_calls_file", args=[form]), query) for form in forms},
        "swapped": address(request.path, swapped),
        "every_member": address(request.path, every),
    }


def _offer(request: HttpRequest, pair: Pair) -> dict[str, Any]:
    """Return roll calls to choose from, and the address prefix for choosing one."""
    query = without_empty(pair.parameters)
    query.pop(pair.missing, None)
    named = any(pair.slugs.values())
    if named:
        # With two named, nothing is left to filter.
        for name in pair.chosen:
            query.pop(name)
    start = address(request.path, query)
    return {
        "ready": [] if pair.chosen or named else _ready(request, pair.record),
        "choose": f"{start}{'&' if query else '?'}{pair.missing}=",
    }


def _ready(request: HttpRequest, record: Record) -> list[tuple[str, ListedRollCall, ListedRollCall]]:
    """Return the example comparisons on record, as (address, roll call, roll call)."""
    rows = record.matrix.rows_by_slug
    known = [slugs for slugs in READY if all(slug in rows for slug in slugs)]
    roll_calls = {one.slug: one for one in record.roll_calls_in(rows[slug] for slug in {*chain(*known)})}
    return [(f"{request.path}?a={first}&b={second}", roll_calls[first], roll_calls[second]) for first, second in known]
