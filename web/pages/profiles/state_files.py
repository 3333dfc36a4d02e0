"""Files of a state's page: partners, blocs and breaks as tables and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from votes.analysis.breaks import BODY, MINIMUM_COMMON, MINIMUM_VOTING, PARTNERS, YEARS
from votes.reports.bloc import MINIMUM_POSITIONS
from votes.reports.state import MINIMUM_YEAR
from web.files.tables import Sheet, rounded

if TYPE_CHECKING:
    from votes.reports.state import StateProfile


def partners(profile: StateProfile) -> Sheet:
    """Return all partners, closest first, with agreement and its change from the preceding period."""
    figures = ("agreement", "same", "roll_calls", "percentile", "change", "roll_calls_before")
    header = ("state", "name", *figures, "since", "until")
    of = profile.period.as_filter if profile.period else {}
    return Sheet(
        header,
        [
            (
                one.state.code,
                one.state.name,
                rounded(one.agreement),
                one.same,
                one.common,
                round(100 * one.lower, 2),
                rounded(one.change),
                one.before,
                of["since"],
                of["until"],
            )
            for one in profile.partners
        ],
    )


def blocs(profile: StateProfile) -> Sheet:
    """Return the state's agreement with each bloc's other members by slug and year."""
    found = profile.with_blocs(profile.selected_positions)
    return Sheet(
        ("bloc", "name", "member", "year", "agreement", "same", "roll_calls"),
        [
            (one.bloc.slug, one.bloc.short_name, one.own, year, rounded(share), same, common)
            for one in found.blocs
            for year, share, same, common in zip(found.years, one.shares, one.same, one.common, strict=True)
            if common
        ],
    )


def breaks(profile: StateProfile) -> Sheet:
    """Return the state's breaks with its closest partners, most surprising first."""
    matrix = profile.record.matrix
    return Sheet(
        ("roll_call", "date", "position", "surprise", "partners_otherwise", "partners", "date_precision"),
        [
            (
                str(matrix.slugs[one.row]),
                str(matrix.dates[one.row]),
                one.choice.word,
                rounded(one.surprise),
                one.other,
                one.partners,
                profile.record.day_of(one.row).precision,
            )
            for one in profile.breaks
        ],
    )


def own_blocs(profile: StateProfile) -> Sheet:
    """Return how often the state broke with each of its blocs, by name."""
    return Sheet(
        ("bloc", "name", "share", "breaks", "positions"),
        [
            (one.bloc.slug, one.bloc.short_name, rounded(one.share), one.breaks, one.positions)
            for one in profile.own_blocs
        ],
    )


def json_document(profile: StateProfile) -> dict[str, Any]:
    """Return the JSON of the state's profile."""
    period = profile.period
    return {
        "state": {"code": profile.code, "name": profile.record.states[profile.code].name},
        "body": profile.body,
        "period": period.as_filter if period else None,
        "period_before": period.preceding.as_filter if period and period.preceding else None,
        "roll_calls": profile.roll_calls,
        "positions": profile.positions,
        "spans_change_of_representation_of_china": profile.spans_seat_of_china,
        "minimum": {
            "partners": MINIMUM_COMMON,
            "blocs": MINIMUM_YEAR,
            "breaks": MINIMUM_VOTING,
            "own_blocs": MINIMUM_POSITIONS,
        },
        "closest_partners": {"body": BODY, "years": YEARS, "number": PARTNERS},
        "partners": partners(profile).records,
        "blocs": blocs(profile).records,
        "breaks": breaks(profile).records,
        "own_blocs": own_blocs(profile).records,
    }
