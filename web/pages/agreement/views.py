"""The agreement page: all states, a bloc, or chosen states."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from votes.record.record import reading
from votes.reports.agreement import MINIMUM, NAME
from web.display.figures import NOT_SHOWN, Figures
from web.display.measures import MEASURES
from web.display.rendering import parties
from web.files.answers import csv_file, json_file, picture_file
from web.lists.question import FILTERS
from web.pages.agreement.files import HEADER, described, json_document, over, picture, rows, size_of_file, whose
from web.pages.agreement.question import OWN, AgreementQuestion
from web.serving.parameters import address, reads, tidy_address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record, State
    from votes.reports.agreement import AgreementMatrix
    from web.display.measures import Measure

IN_FULL = 40
"""Maximum number of states for which the page contains the picture and the full table."""

ENDS = 10
"""Pairs shown at each end."""

FORMS = ("csv", "json", "svg", "png")

READY = ("p5", "eu", "brics", "nato", "non-aligned", "african-group", "arab-league")
"""Example blocs."""


@reads(*FILTERS, *OWN)
@tidy_address
def page(request: HttpRequest) -> HttpResponse:
    """Show the agreement of the requested states: picture, extremes and table."""
    with reading() as record:
        question = AgreementQuestion(request.GET, record)
        context = {"question": question, "ready": _ready(record), **_choices(record)}
        return render(request, "agreement/page.html", context | (_answer(question) if question.is_valid else {}))


@reads(*FILTERS, *OWN)
def file(request: HttpRequest, form: str) -> HttpResponse:
    """Return the pairs as CSV, the matrix as JSON, or the picture as SVG or PNG."""
    with reading() as record:
        question = AgreementQuestion(request.GET, record)
        if refused := question.refused:
            return refused
        name = f"agreement-{question.bloc.slug}" if question.bloc else "agreement"
        if form == "csv":
            return csv_file(request, record, name, HEADER, rows(question))
        if form == "json":
            return json_file(request, record, name, json_document(question))
        return picture_file(request, record, name, form, lambda: picture(question, question.matrix_of()))


def _answer(question: AgreementQuestion) -> dict[str, Any]:
    """Return the template context of a valid query."""
    matrix, measure = question.matrix_of(), MEASURES[question.measure]
    query = question.answered_parameters
    all_pairs = matrix.number_of_pairs <= 2 * ENDS
    # A large picture is a separate file: the page stays light, and the file is cached.
    in_full = bool(matrix.number_of_pairs) and len(matrix) <= IN_FULL
    return {
        "matrix": matrix,
        "measure": measure,
        "measures": MEASURES.values(),
        "minimum": MINIMUM,
        "whose": whose(question),
        "over": over(question, matrix),
        "files": {form: address(reverse("web:agreement_file", args=[form]), query) for form in FORMS},
        "whole_record": _whole_record(question),
        "compare": _comparing(question),
        "closest": matrix.closest(2 * ENDS if all_pairs else ENDS),
        "farthest": None if all_pairs else matrix.farthest(ENDS),
        "picture": picture(question, matrix) if in_full else None,
        "figures": _figures(matrix, measure) if in_full else [],
        "size": size_of_file(question, matrix),
        "described": described(matrix, measure),
    }


def _figures(matrix: AgreementMatrix, measure: Measure) -> list[tuple[State, list[tuple[str, int]]]]:
    """Return the table's rows: a state, and (value, number of roll calls) for each state.

    Shares are in per cent without the sign; the diagonal is empty.
    """
    say, rows = Figures(), []
    for place, (state, values, counts) in enumerate(
        zip(matrix.states, matrix.values.tolist(), matrix.counts.tolist(), strict=True)
    ):
        written = [NOT_SHOWN if isnan(value) else measure.bare(value, say) for value in values]
        written[place] = ""
        rows.append((state, list(zip(written, counts, strict=True))))
    return rows


def _whole_record(question: AgreementQuestion) -> str:
    """Return the address of the same query over the whole record."""
    parameters = question.answered_parameters
    if len(question.record.matrix):
        parameters["since"] = f"{question.record.matrix.years[0]}-01-01"
    return address(reverse("web:agreement"), parameters)


def _comparing(question: AgreementQuestion) -> str:
    """Return the address prefix that compares two states over the same roll calls."""
    query = {**question.chosen, "body": question.body}
    if question.usual_since:
        query["since"] = question.usual_since.isoformat()
    if question.answered_parameters.get("measure"):
        query["measure"] = question.measure
    return f"{reverse('web:compare_states')}?{urlencode(query, doseq=True)}"


def _choices(record: Record) -> dict[str, Any]:
    """Return the options of the page's own selects; defaults have no value, to keep addresses short."""
    usual, *others = MEASURES.values()
    return {
        **parties(record),
        "measure_choices": [("", usual.label), *((measure.name, measure.label) for measure in others)],
        "orders": [("", _("By similarity")), (NAME, _("By name"))],
    }


def _ready(record: Record) -> list[tuple[str, str]]:
    """Return (slug, name) of the example blocs on record."""
    return [(slug, record.blocs[slug].short_name) for slug in READY if slug in record.blocs]
