"""Files of ideal points: a row per state and session as CSV, and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from votes.reports.ideal_points import MINIMUM
from web.files.tables import rounded
from web.pages.ideal_points.picture import CONFIDENCE, FIRST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.pages.ideal_points.question import IdealPointsQuestion

HEADER = ("state", "name", "session", "year", "estimate", "standard_error", "low", "high", "votes")


def session_name(number: int) -> str:
    """Return a session's number and opening year as a label."""
    return f"{number} ({FIRST_YEAR + number})"


def rows(question: IdealPointsQuestion) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each requested point; estimates from too few votes are empty.

    ``low`` and ``high`` bound the 95% interval; ``year`` is when the session opened.
    """
    states = question.record.states
    for point in question.points:
        reach = CONFIDENCE * point.standard_error
        shown = (point.estimate, point.standard_error, point.estimate - reach, point.estimate + reach)
        yield (
            point.state,
            states[point.state].name if point.state in states else point.state,
            point.session,
            FIRST_YEAR + point.session,
            *(rounded(value, 4) if point.is_shown else None for value in shown),
            point.votes,
        )


def json_document(question: IdealPointsQuestion, *, stale: bool) -> dict[str, Any]:
    """Return the query, the fit and the estimates."""
    fit = question.estimates.fit
    return {
        "question": {**question.chosen, "state": list(question.states)}
        | ({"session": question.session} if question.is_of_one_session else {}),
        "fit": {
            "model": fit.model,
            "settings": fit.settings,
            "fitted_at": fit.fitted_at.isoformat(timespec="seconds"),
            "data_version": fit.data_version,
            "digest": fit.digest,
            "stale": stale,
            "converged": fit.converged,
            "iterations": fit.iterations,
            "last_change": fit.change,
            "roll_calls": fit.roll_calls,
            "questions": fit.items,
            "member_states": fit.states,
            "votes": fit.votes,
        },
        "minimum": MINIMUM,
        "points": [dict(zip(HEADER, row, strict=True)) for row in rows(question)],
    }
