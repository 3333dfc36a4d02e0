"""Files of the agreement matrix: a long table as CSV, JSON, and the picture with its description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from votes.analysis.agreement import MEASURES as NAMES
from votes.reports.agreement import MINIMUM
from web.display.dates import dated, iso
from web.display.figures import Figures, decimal
from web.display.measures import MEASURES
from web.files.tables import rounded
from web.pages.agreement.picture import Steps, heat, size
from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from votes.reports.agreement import AgreementMatrix
    from web.display.measures import Measure
    from web.pages.agreement.question import AgreementQuestion

HEADER = ("state", "other", "roll_calls", "agreement", "lijphart", "coincident", "coincidence", "kappa")

# Most pairs agree on more than half of all votes, so the steps get finer towards the top.
SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
KAPPAS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)

NAMED = 6
"""Maximum number of states named in a heading."""


def rows(question: AgreementQuestion) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each pair of states in matrix order; values based on too few roll calls are empty."""
    matrix = question.matrix_of(also=NAMES)
    codes = [state.code for state in matrix.states]
    common, coincident = matrix.rests_on("agreement").tolist(), matrix.rests_on("coincidence").tolist()
    agreement, lijphart, coincidence, kappa = (matrix.values_of(name).tolist() for name in NAMES)
    for one, code in enumerate(codes):
        for other in range(one + 1, len(codes)):
            yield (
                code,
                codes[other],
                common[one][other],
                known(agreement[one][other]),
                known(lijphart[one][other]),
                coincident[one][other],
                known(coincidence[one][other]),
                known(kappa[one][other]),
            )


def json_document(question: AgreementQuestion) -> dict[str, Any]:
    """Return the query, the states in order, and the matrices of values and of numbers of roll calls."""
    matrix = question.matrix_of()
    since = question.since or question.usual_since
    first, last = (iso(*question.record.day_of(question.rows[end])) if matrix.roll_calls else None for end in (0, -1))
    return {
        "measure": question.measure,
        "order": question.order,
        "body": question.body,
        "bloc": question.bloc.slug if question.bloc else None,
        "since": since.isoformat() if since else None,
        "until": question.until.isoformat() if question.until else None,
        "topic": question.chosen.get("topic"),
        "subject": [subject.slug for subject in question.subjects],
        "kind": question.chosen.get("kind"),
        "roll_calls": matrix.roll_calls,
        "first": first,
        "last": last,
        "spans_change_of_representation_of_china": matrix.spans_seat_of_china,
        "minimum_roll_calls": MINIMUM,
        "states": [{"code": state.code, "name": state.name} for state in matrix.states],
        "left_out": [{"code": state.code, "name": state.name} for state in matrix.left_out],
        "values": rows_without_nan(matrix.values),
        "rests_on": matrix.counts.tolist(),
    }


def rows_without_nan(values: NDArray[Any]) -> list[list[float | None]]:
    """Return values, shape (S, S), as lists of rounded numbers, None for NaN."""
    return [[known(value) for value in row] for row in values.tolist()]


def known(value: float) -> float | None:
    """Return a rounded value, None for NaN."""
    return rounded(value) if value == value else None  # noqa: PLR0124  # nan is the one value that is not itself


def whose(question: AgreementQuestion) -> str:
    """Return the states or bloc, for a heading."""
    if question.bloc:
        return question.bloc.short_name
    if not question.states:
        return _("All member states")
    if len(question.states) > NAMED:
        return ngettext("%(n)s member state", "%(n)s member states", len(question.states)) % {"n": len(question.states)}
    return ", ".join(question.record.states[code].name for code in question.states)


def over(question: AgreementQuestion, matrix: AgreementMatrix) -> str:
    """Return body, period and number of roll calls as a sentence."""
    number = ngettext("%(n)s recorded vote", "%(n)s recorded votes", matrix.roll_calls) % {
        "n": number_format(matrix.roll_calls, force_grouping=True)
    }
    body = question.record.bodies.get(question.body, question.body)
    if matrix.first is None or matrix.last is None:
        return f"{body}: {number}"
    first, last = dated(matrix.first, "month"), dated(matrix.last, "month")
    months = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    return f"{body}, {months}: {number}"


def described(matrix: AgreementMatrix, measure: Measure) -> str:
    """Return the picture's text alternative: number of states, median, and extremes."""
    said = _("A matrix of %(n)s by %(n)s member states; stronger colours show more agreement.") % {"n": len(matrix)}
    if not matrix.number_of_pairs:
        return said
    (closest, *_others), (farthest, *_others) = matrix.closest(1).shown, matrix.farthest(1).shown
    return f"{said} " + _(
        "The median of all pairs is %(median)s; %(one)s and %(other)s agree most, %(high)s, %(far)s and %(away)s "
        "least, %(low)s."
    ) % {
        "median": measure.value(matrix.median),
        "one": closest.one.name,
        "other": closest.other.name,
        "high": measure.value(closest.value),
        "far": farthest.one.name,
        "away": farthest.other.name,
        "low": measure.value(farthest.value),
    }


def heading(question: AgreementQuestion, matrix: AgreementMatrix) -> str:
    """Return the picture's title: measure, states, roll calls."""
    return f"{MEASURES[question.measure].label}: {whose(question)}. {over(question, matrix)}"


def picture(question: AgreementQuestion, matrix: AgreementMatrix) -> Picture:
    """Return the picture of the matrix."""
    measure, say = MEASURES[question.measure], Figures()
    return heat(
        title=heading(question, matrix),
        description=described(matrix, measure),
        codes=[state.code for state in matrix.states],
        values=matrix.values,
        steps=steps(measure),
        unknown=_("fewer than %(n)s") % {"n": MINIMUM},
        figure=lambda value: measure.bare(value, say),
    )


def size_of_file(question: AgreementQuestion, matrix: AgreementMatrix) -> tuple[int, int]:
    """Return width and height of the picture's file without drawing it."""
    return Picture(heading(question, matrix), "", *size(len(matrix)), "").size_alone


def steps(measure: Measure) -> Steps:
    """Return the colour steps of a measure, fixed so that pictures can be compared."""
    if measure.is_share:
        return Steps(SHARES, lambda edge: f"{100 * edge:.0f}%")
    return Steps(KAPPAS, lambda edge: decimal(edge, 1))
