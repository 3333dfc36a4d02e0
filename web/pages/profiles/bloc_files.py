"""Files of a bloc's page: cohesion, breaks and divided votes as tables and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from votes.choices import Choice
from votes.reports.bloc import MINIMUM_POSITIONS, MINIMUM_ROLL_CALLS
from web.files.tables import Sheet, rounded

if TYPE_CHECKING:
    from votes.reports.bloc import BlocRecord, Cohesion

DIVIDED = 10
"""Number of most divided roll calls."""


def cohesion(own: BlocRecord) -> Sheet:
    """Return the bloc's cohesion over all roll calls, by year and by topic."""
    header = ("by", "of", "agreement_index", "roll_calls", "rice_index", "rice_roll_calls", "members_voting")
    parts: list[tuple[str, list[Cohesion]]] = [("all", [own.overall]), ("year", own.by_year), ("topic", own.by_topic)]
    return Sheet(
        header,
        [
            (
                by,
                one.of,
                rounded(one.agreement_index),
                one.roll_calls,
                rounded(one.rice_index),
                one.rice_roll_calls,
                rounded(one.voting),
            )
            for by, lines in parts
            for one in lines
        ],
    )


def breaks(own: BlocRecord) -> Sheet:
    """Return how often each member broke with the bloc, the largest share first."""
    return Sheet(
        ("state", "name", "share", "breaks", "positions"),
        [
            (
                line.state.code,
                line.state.name,
                rounded(line.share),
                line.breaks,
                line.positions,
            )
            for line in own.breaks
        ],
    )


def divided(own: BlocRecord) -> Sheet:
    """Return the roll calls on which the bloc was most divided."""
    matrix = own.record.matrix
    return Sheet(
        ("roll_call", "date", "agreement_index", *(choice.word for choice in Choice), "date_precision"),
        [
            (
                str(matrix.slugs[one.row]),
                str(matrix.dates[one.row]),
                rounded(one.agreement_index),
                *(one.totals.of(choice) for choice in Choice),
                own.record.day_of(one.row).precision,
            )
            for one in own.divided(DIVIDED)
        ],
    )


def json_document(own: BlocRecord) -> dict[str, Any]:
    """Return the JSON of the bloc's record."""
    votes = own.votes
    return {
        "bloc": {"slug": own.bloc.slug, "short_name": own.bloc.short_name, "name": own.bloc.name},
        "roll_calls": len(own.rows),
        "votes": {choice.word: votes.of(choice) for choice in Choice},
        "cohesion_body": own.body,
        "minimum": {"cohesion": MINIMUM_ROLL_CALLS, "breaks": MINIMUM_POSITIONS},
        "cohesion": cohesion(own).records,
        "breaks": breaks(own).records,
        "divided": divided(own).records,
    }
