"""Charts of the pages of states and blocs: agreement with blocs, and cohesion, by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _

from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, YES
from web.pictures.columns import columns
from web.pictures.lines import Series, line_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.analysis.matrix import Rows
    from votes.record.record import Record
    from votes.reports.bloc import BlocRecord
    from votes.reports.state import StateProfile
    from web.pictures.picture import Picture

STACKED = {YES: "Y", ABSTAINING: "A", NO: "N", NON_VOTING: "X"}
"""The choices from the bottom of a column up, with their letters."""


def bloc_years(profile: StateProfile) -> Picture:
    """Return the chart of a state's agreement with blocs by year."""
    charted = profile.charted
    years = _all(charted.years)
    name = profile.record.states[profile.code].name
    names = ", ".join(one.bloc.short_name for one in charted.blocs)
    described = _(
        "A line for each of %(blocs)s: the share of recorded votes of a year on which both took one position."
    )
    return line_chart(
        title=_("%(state)s: agreement with blocs by year") % {"state": name},
        description=described % {"blocs": names},
        x=years,
        series=[Series(one.bloc.short_name, _spread(years, charted.years, one.shares)) for one in charted.blocs],
        y_range=(0, 1),
        y_label=_("Agreement"),
    )


def votes_by_year(record: Record, code: str, rows: Rows) -> Picture | None:
    """Return a state's choices by year as columns, each a stack of in favour, abstaining, against and non-voting.

    None for fewer than two years.
    """
    choices, years = record.matrix.of(code)[rows], record.matrix.years[rows]
    if not len(rows) or years.min() == years.max():
        return None
    first, last = int(years.min()), int(years.max())
    counts = np.zeros((last - first + 1, 5), np.int64)
    np.add.at(counts, (years - first, choices), 1)
    return columns(
        title=_("%(state)s: votes by year") % {"state": record.states[code].name},
        description=_("A column for each year, as high as the state had recorded votes, divided by how it voted."),
        x=list(range(first, last + 1)),
        parts=[(letter, counts[:, number].tolist()) for number, letter in STACKED.items()],
    )


def cohesion(own: BlocRecord) -> Picture:
    """Return the chart of a bloc's cohesion by year, with both indices."""
    known = [int(one.of) for one in own.by_year]
    years = _all(known)
    indices = (
        (_("Agreement index"), [one.agreement_index for one in own.by_year]),
        (_("Rice index"), [one.rice_index for one in own.by_year]),
    )
    return line_chart(
        title=_("%(bloc)s: cohesion by year") % {"bloc": own.bloc.short_name},
        description=_(
            "Two lines from 0 to 1: the mean agreement index and the mean Rice index of the votes of a year."
        ),
        x=years,
        series=[Series(label, _spread(years, known, values)) for label, values in indices],
        y_range=(0, 1),
        y_label=_("Cohesion"),
        y_format=".1f",
    )


def _all(years: Sequence[int]) -> list[int]:
    """Return all years from first to last, including those without a vote, where lines break."""
    return list(range(years[0], years[-1] + 1)) if years else []


def _spread(years: Sequence[int], known: Sequence[int], values: Sequence[float | None]) -> list[float | None]:
    """Return the value of each year, None for years not in ``known``."""
    by_year = dict(zip(known, values, strict=True))
    return [by_year.get(year) for year in years]
