"""The line chart of a comparison: a measure by year, one line per pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from votes.reports.comparison import MINIMUM, shown
from web.pictures.lines import Series, line_chart, percent

if TYPE_CHECKING:
    from votes.record.parties import Party
    from votes.reports.comparison import Comparison, Pair
    from web.display.measures import Measure
    from web.pictures.picture import Picture

LONGEST = 14
"""Maximum length of a line's label."""


def short(party: Party) -> str:
    """Return a party's short label: its code or slug."""
    return party.text if len(party.text) <= LONGEST else f"{party.text[: LONGEST - 1]}…"


def pair_name(pair: Pair) -> str:
    """Return a pair's short label."""
    return f"{short(pair.one)}–{short(pair.other)}"


def by_year(comparison: Comparison, measure: Measure) -> Picture:
    """Return the chart of a measure by year for the charted pairs."""
    every = [[shown(year, measure.name) for year in pair.years] for pair in comparison.charted]
    met = [place for place, values in enumerate(zip(*every, strict=True)) if any(value is not None for value in values)]
    # From the first to the last year with a value; years without one are gaps.
    span = slice(met[0], met[-1] + 1) if met else slice(0)
    years, lines = comparison.years[span], [line[span] for line in every]
    names = [" – ".join((str(pair.one), str(pair.other))) for pair in comparison.charted]
    described = [_line(name, years, line, measure) for name, line in zip(names, lines, strict=True)]
    lowest = min((value for line in lines for value in line if value is not None), default=0.0)
    return line_chart(
        title=_("%(measure)s by year: %(who)s")
        % {"measure": measure.label, "who": ", ".join(map(str, comparison.parties))},
        description=" ".join(described),
        x=years,
        series=[Series(pair_name(pair), line) for pair, line in zip(comparison.charted, lines, strict=True)],
        y_range=(0, 1) if measure.is_share or lowest >= 0 else (-1, 1),
        y_label=str(measure.label),
        height=360,
        y_format=percent if measure.is_share else ".1f",
    )


def _line(name: str, years: tuple[int, ...], values: list[float | None], measure: Measure) -> str:
    """Return a line's lowest and highest years in words; ties go to the earlier year."""
    known = [(value, -year) for year, value in zip(years, values, strict=True) if value is not None]
    if not known:
        return _("%(name)s: no year with %(minimum)s recorded votes in common.") % {"name": name, "minimum": MINIMUM}
    (low, low_year), (high, high_year) = min(known, key=lambda at: (at[0], -at[1])), max(known)
    return _("%(name)s: lowest in %(low_year)s with %(low)s, highest in %(high_year)s with %(high)s.") % {
        "name": name,
        "low_year": -low_year,
        "low": measure.value(low),
        "high_year": -high_year,
        "high": measure.value(high),
    }
