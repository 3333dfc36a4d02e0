"""Coverage strips: one column per year for each group of votes, its height the number of votes.

Complete years are solid, thin ones hatched; a year in which a source lists none has a dash on the baseline, and an
absent year is shaded from top to bottom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import escape

from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votes.reports.coverage import Extent, Year

STEP, BAR = 9, 7
"""Column pitch and width."""
FEWEST_YEARS = 60
"""A picture is as wide as so many years at least, so that those of young bodies have the same scale."""
NAME, HIGH, LOWEST, BETWEEN, BELOW = 24, 44, 2.5, 12, 26
"""Heights: name line, tallest and shortest column, gap between strips, and the line of years."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A group of votes: its name and its years, the same for all strips of a picture."""

    name: str
    years: Sequence[Year]


def strips(title: str, description: str, of: Sequence[Strip], words: Mapping[str, str], own: str) -> Picture:
    """Return the strips stacked above one line of years.

    ``words`` are the labels of the extents for tooltips; ``own`` makes element ids unique in the page. Show it with
    the class ``picture chart``.
    """
    years = [one.year for one in of[0].years]
    end, shapes, top = STEP * len(years), [], 0
    width = max(end, STEP * FEWEST_YEARS)
    for strip in of:
        shapes.append(f'<text class="f-ink strong" x="0" y="{top + 15}">{escape(strip.name)}</text>')
        top += NAME + HIGH
        most = max(one.held.roll_calls for one in strip.years) or 1
        for place, one in enumerate(strip.years):
            high = max(HIGH * one.held.roll_calls / most, LOWEST)
            shapes.append(
                f"<g><title>{escape(f'{one.year}: {one.held.roll_calls}, {words[one.held.extent]}')}</title>"
                f"{_column(one.held.extent, place * STEP, top, high, own)}</g>"
            )
        shapes.append(f'<path class="axis s-muted" d="M0 {top + 0.5}H{end}"/>')
        shapes.append(f'<text class="f-muted small end" x="{width}" y="{top - HIGH - 9}">{most}</text>')
        top += BETWEEN
    shapes += [
        f'<text class="f-muted small middle" x="{(year - years[0]) * STEP + BAR / 2}" y="{top + 8}">{year}</text>'
        for year in years
        if year % 10 == 0
    ]
    return Picture(title, description, width, top + BELOW - BETWEEN, f"{_pattern(own)}{''.join(shapes)}")


def _pattern(own: str) -> str:
    """Return the hatching pattern of thin years."""
    return (
        f'<defs><pattern id="thin-{own}" width="4" height="4" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="4" height="4" class="f-paper"/>'
        '<rect width="2" height="4" class="f-accent"/></pattern></defs>'
    )


def _column(extent: Extent, x: int, ground: int, high: float, own: str) -> str:
    """Return a year's column, with a full-height area for its tooltip."""
    shape = {
        "complete": f'<rect class="f-accent" x="{x}" y="{ground - high:.1f}" width="{BAR}" height="{high:.1f}"/>',
        "thin": f'<rect class="s-accent" fill="url(#thin-{own})" x="{x + 0.5}" y="{ground - high:.1f}" '
        f'width="{BAR - 1}" height="{high:.1f}"/>',
        "none": f'<rect class="f-muted" x="{x + 2}" y="{ground - 5}" width="{BAR - 4}" height="1.5"/>',
        "absent": f'<rect class="f-line" x="{x - (STEP - BAR) / 2}" y="{ground - HIGH}" width="{STEP + 0.4}" '
        f'height="{HIGH}"/>',
    }[extent]
    return f'{shape}<rect fill="none" pointer-events="all" x="{x}" y="{ground - HIGH}" width="{BAR}" height="{HIGH}"/>'
