"""The agreement matrix: who votes with whom, of all member states, of a bloc or of chosen ones."""

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
"""Up to how many states the page has the picture and a table of all figures within it."""

ENDS = 10
"""How many pairs are shown at each end."""

FORMS = ("csv", "json", "svg", "png")

READY = ("p5", "eu", "brics", "nato", "non-aligned", "african-group", "arab-league")
"""Blocs to begin with."""


@reads(*FILTERS, *OWN)
@tidy_address
def page(request: HttpRequest) -> HttpResponse:
    """Show how much the states asked for agreed with one another: picture, ends, table and order."""
    with reading() as record:
        question = AgreementQuestion(request.GET, record)
        context = {"question": question, "ready": _ready(record), **_choices(record)}
        return render(request, "agreement/page.html", context | (_answer(question) if question.is_valid else {}))


@reads(*FILTERS, *OWN)
def file(request: HttpRequest, form: str) -> HttpResponse:
    """Return the answer as a file: the pairs as CSV, the matrix as JSON, the picture as SVG or PNG."""
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
    """Return what the page shows where nothing is wrong with the question."""
    matrix, measure = question.matrix_of(), MEASURES[question.measure]
    query = question.answered_parameters
    all_pairs = matrix.number_of_pairs <= 2 * ENDS
    # So many cells are a file of their own: the page stays light, and the picture is drawn once and kept.
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
    """Return the rows of the table: a state, and its value with each state and what that rests on.

    Shares are in per cent without the sign. With itself a state has an empty value.
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
    """Return the address of the same question to the whole record."""
    parameters = question.answered_parameters
    if len(question.record.matrix):
        parameters["since"] = f"{question.record.matrix.years[0]}-01-01"
    return address(reverse("web:agreement"), parameters)


def _comparing(question: AgreementQuestion) -> str:
    """Return the address that compares two states over the same roll calls, less the states."""
    query = {**question.chosen, "body": question.body}
    if question.usual_since:
        query["since"] = question.usual_since.isoformat()
    if question.answered_parameters.get("measure"):
        query["measure"] = question.measure
    return f"{reverse('web:compare_states')}?{urlencode(query, doseq=True)}"


def _choices(record: Record) -> dict[str, Any]:
    """Return the values and labels of the page's own selects; what is usual has no value, to keep addresses short."""
    usual, *others = MEASURES.values()
    return {
        **parties(record),
        "measure_choices": [("", usual.label), *((measure.name, measure.label) for measure in others)],
        "orders": [("", _("By similarity")), (NAME, _("By name"))],
    }


def _ready(record: Record) -> list[tuple[str, str]]:
    """Return slug and name of the blocs to begin with that there are."""
    return [(slug, record.blocs[slug].short_name) for slug in READY if slug in record.blocs]
