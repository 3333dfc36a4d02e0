"""Coverage on the data page: strips by year, sentences, and a table by month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from votes.record.record import CACHED_VERSIONS
from votes.reports.coverage import Extent, coverage_of
from web.display.figures import NOT_SHOWN, number
from web.lists import coverage
from web.pictures.strips import Strip, strips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.record.record import Record
    from votes.reports.coverage import BodyLine, PeriodCoverage
    from web.lists.coverage import HoldingText
    from web.pictures.picture import Picture


class CoveredBody(NamedTuple):
    """A body with recorded votes."""

    line: BodyLine
    groups: list[HoldingText]
    strips: Picture
    columns: list[str]
    """Column headings: groups with votes, then months (of the first group)."""
    years: list[tuple[int, list[str]]]
    """Rows, newest first."""


@dataclass(frozen=True, eq=False)
class Covered:
    """The bodies, hashable as a cache key."""

    bodies: Sequence[CoveredBody]


@lru_cache(maxsize=CACHED_VERSIONS)
def covered(record: Record, _language: str | None) -> Covered:
    """Return the coverage of a record in the active language."""
    return Covered([_body(line) for line in coverage_of(record).bodies if line.roll_calls])


def _body(line: BodyLine) -> CoveredBody:
    """Return the coverage of a body."""
    groups = coverage.of_body(line)
    holdings = [line.holdings[group] for group in coverage.SHOWN if group in line.holdings]
    names = [str(holding.group.label) for holding in holdings]
    texts = []
    for one in groups:
        years = "; ".join(f"{extent.label} {years}" for extent, years in one.years)
        texts.append(f"{one.group.label}: {one.extent} {years[:1].upper()}{years[1:]}".strip())
    picture = strips(
        _("Coverage of the %(body)s by year") % {"body": line.name},
        " ".join(f"{text.removesuffix('.')}." for text in texts),
        [Strip(name, holding.years) for name, holding in zip(names, holdings, strict=True)],
        {extent.value: str(extent.label) for extent in Extent},
        line.code.lower(),
    )
    return CoveredBody(
        line,
        groups,
        picture,
        [*names, *(str(MONTHS_3[month]).capitalize() for month in range(1, 13))],
        [
            (of[0].year, [_cell(held) for held in (*(year.held for year in of), *of[0].months)])
            for of in reversed(list(zip(*(holding.years for holding in holdings), strict=True)))
        ],
    )


def _cell(held: PeriodCoverage) -> str:
    """Return the number of votes in a period, with a plus if there may be more; a dash if absent."""
    return {
        Extent.COMPLETE: number(held.roll_calls),
        Extent.THIN: f"{number(held.roll_calls)}+",
        Extent.NONE: "0",
        Extent.ABSENT: NOT_SHOWN,
    }[held.extent]
