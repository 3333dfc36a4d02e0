"""The ideal-points page: each member state's position by session."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from votes.record.record import reading
from votes.reports.ideal_points import MINIMUM, estimates_of, is_stale
from web.display.figures import NOT_SHOWN, Figures
from web.display.rendering import parties
from web.files.answers import csv_file, json_file, picture_file
from web.lists.question import FILTERS
from web.pages.ideal_points.files import HEADER, json_document, rows, session_name
from web.pages.ideal_points.picture import lines, signed_by, strip
from web.pages.ideal_points.question import OWN, IdealPointsQuestion
from web.serving.parameters import address, reads, tidy_address
from web.serving.problems import problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.reports.ideal_points import Point
    from web.pictures.picture import Picture


@reads(*FILTERS, *OWN)
@tidy_address
def page(request: HttpRequest) -> HttpResponse:
    """Show the lines of some states, and all states of a session."""
    with reading() as record:
        estimates = estimates_of(record)
        if estimates is None:
            return render(request, "ideal_points/page.html", {"estimates": None})
        question = IdealPointsQuestion(request.GET, record, estimates)
        shown = reversed(list(estimates.by_session))
        context = {
            "question": question,
            "states": parties(record)["states"],
            "estimates": estimates,
            "stale": is_stale(record, estimates),
            "minimum": MINIMUM,
            "sessions": [(str(number), session_name(number)) for number in shown],
        }
        return render(request, "ideal_points/page.html", context | (_answer(question) if question.is_valid else {}))


@reads(*FILTERS, *OWN)
def file(request: HttpRequest, form: str) -> HttpResponse:
    """Return the estimates as CSV or JSON, or a chart: the strip of a named session, or the lines."""
    with reading() as record:
        estimates = estimates_of(record)
        if estimates is None:
            return problem(HTTPStatus.NOT_FOUND, _("No ideal points have been estimated yet."))
        question = IdealPointsQuestion(request.GET, record, estimates)
        if refused := question.refused:
            return refused
        name = "ideal-points"
        if form == "csv":
            return csv_file(request, record, name, HEADER, rows(question))
        if form == "json":
            return json_file(request, record, name, json_document(question, stale=is_stale(record, estimates)))
        draw = _strip if question.is_of_one_session else _lines
        return picture_file(request, record, name, form, lambda: draw(question))


def _answer(question: IdealPointsQuestion) -> dict[str, Any]:
    """Return the template context of a valid query."""
    numbers = [number for number in question.sessions if number in question.estimates.by_session]
    place = numbers.index(question.session) if numbers else 0
    adjacent = (*numbers[max(place - 1, 0) : place], *numbers[place + 1 : place + 2])
    own = reverse("web:ideal_points")
    paths = {form: reverse("web:ideal_points_file", args=[form]) for form in ("csv", "json", "svg", "png")}
    of_strip = question.of_strip(question.session)
    of_all = QueryDict(f"session={question.session}")
    return {
        "lines": _lines(question),
        "line_figures": _line_figures(question),
        "strip": _strip(question) if question.strip else None,
        "session_figures": _session_figures(question),
        "session": session_name(question.session),
        "adjacent": [(session_name(number), address(own, question.of_strip(number))) for number in adjacent],
        "files": {form: address(path, question.of_lines) for form, path in paths.items()},
        "strip_files": {
            form: address(path, of_strip if form in ("svg", "png") else of_all) for form, path in paths.items()
        },
    }


def _line_figures(question: IdealPointsQuestion) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the lines' estimates and numbers of votes by session, latest first.

    Estimates include the standard error; missing ones are empty.
    """
    figures = Figures()

    def written(point: Point | None) -> tuple[str, int]:
        if point is None:
            return "", 0
        if not point.is_shown:
            return NOT_SHOWN, point.votes
        error = figures.decimal(point.standard_error, 2)
        return f"{signed_by(figures, point.estimate, 2)} ±{error}", point.votes

    by_state = [question.estimates.by_state[code] for code in question.drawn]
    return [
        (session_name(number), [written(points.get(number)) for points in by_state])
        for number in reversed(question.sessions)
        if any(number in points for points in by_state)
    ]


def _session_figures(question: IdealPointsQuestion) -> list[tuple[str, str, str, str, int]]:
    """Return (code, name, estimate, standard error, votes) of the session's states, highest first."""
    states, figures = question.record.states, Figures()
    return [
        (
            point.state,
            states[point.state].name,
            signed_by(figures, point.estimate, 2),
            figures.decimal(point.standard_error, 2),
            point.votes,
        )
        for point in reversed(question.strip)
    ]


def _lines(question: IdealPointsQuestion) -> Picture:
    """Return the line chart."""
    return lines(question.estimates, question.drawn, question.sessions, question.record)


def _strip(question: IdealPointsQuestion) -> Picture:
    """Return the strip of the session."""
    names = {code: state.name for code, state in question.record.states.items()}
    return strip(question.strip, question.drawn, question.session, names)
