"""What the record holds: strips and tables on the page of the data, and one line where a page asks for more."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.dates import MONTHS_3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from votes.reports.coverage import Extent
from web.display.figures import number
from web.lists import coverage
from web.pictures.strips import Strip, strips

if TYPE_CHECKING:
    from votes.reports.coverage import BodyLine, Held
    from web.lists.coverage import Said
    from web.lists.listing import Listing
    from web.lists.question import Question

register = template.Library()


@register.simple_tag
def covered_groups(body: BodyLine) -> list[Said]:
    """Return what the record holds of each group of a body's votes, in words."""
    return coverage.of_body(body)


@register.simple_tag
def coverage_strips(body: BodyLine) -> SafeString:
    """Return the strips of a body: a column a year for each group of its votes."""
    words = {extent.value: str(extent.label) for extent in Extent}
    said = []
    for one in coverage.of_body(body):
        years = "; ".join(f"{extent.label} {years}" for extent, years in one.years)
        said.append(f"{one.group.label}: {one.extent} {years[:1].upper()}{years[1:]}".strip())
    return strips(
        _("What the record holds of the %(body)s, by year") % {"body": body.name},
        " ".join(f"{text.removesuffix('.')}." for text in said),
        [Strip(str(group.label), body.holdings[group].years) for group in coverage.SHOWN if group in body.holdings],
        words,
        body.code.lower(),
    ).inline("picture chart coverage-strips")


@register.simple_tag
def coverage_swatch(extent: Extent) -> SafeString:
    """Return a column of an extent, for the legend of strips."""
    return mark_safe(f'<span class="extent extent-{extent.value}" aria-hidden="true"></span>')  # noqa: S308  # a constant


@register.simple_tag
def extents() -> list[tuple[Extent, str]]:
    """Return each extent with what it means."""
    return [
        (Extent.COMPLETE, _("a source covers the whole year, and nothing suggests that votes are missing")),
        (
            Extent.THIN,
            _(
                "some votes are here, but no source covers the whole year, they are far fewer than in the years "
                "around, or a number in a series is missing"
            ),
        ),
        (Extent.NONE, _("a source covers the whole year and lists no such vote")),
        (Extent.ABSENT, _("no vote is here, and no source covers the whole year")),
    ]


@register.simple_tag
def coverage_head(body: BodyLine) -> SafeString:
    """Return the heads of the table by year and month."""
    names = [str(group.label) for group in coverage.SHOWN if group in body.holdings]
    names += [str(MONTHS_3[month]).capitalize() for month in range(1, 13)]
    heads = "".join(f'<th scope="col" class="number">{escape(name)}</th>' for name in names)
    return mark_safe(f'<tr><th scope="col">{escape(_("Year"))}</th>{heads}</tr>')  # noqa: S308  # escaped


@register.simple_tag
def coverage_rows(body: BodyLine) -> SafeString:
    """Return a row a year, the newest first: how many votes of each group are held, and of the first in each month."""
    holdings = [body.holdings[group] for group in coverage.SHOWN if group in body.holdings]
    rows = []
    for years in reversed(list(zip(*(holding.years for holding in holdings), strict=True))):
        held = [*(one.held for one in years), *years[0].months]
        cells = "".join(f'<td class="number">{_cell(one)}</td>' for one in held)
        rows.append(f'<tr><th scope="row">{years[0].year}</th>{cells}</tr>')
    return mark_safe("".join(rows))  # noqa: S308  # numbers alone


def _cell(held: Held) -> str:
    """Return how many votes are held of a period, with a plus where there may be more; a dash where it is absent."""
    return {
        Extent.COMPLETE: number(held.roll_calls),
        Extent.THIN: f"{number(held.roll_calls)}+",
        Extent.NONE: "0",
        Extent.ABSENT: "–",
    }[held.extent]


@register.filter
def first_group(body: BodyLine) -> str:
    """Return the group whose months the table by year and month has."""
    return next(str(group.label) for group in coverage.SHOWN if group in body.holdings)


@register.inclusion_tag("components/beyond.html")
def beyond(asked: Listing | Question) -> dict[str, str]:
    """Return the line that says how far the record reaches, where the period of a page goes beyond."""
    return {"said": coverage.beyond(asked)}
