"""The bar chart of vetoes: a row per permanent member, a bar per decade, on one scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.translation import gettext as _

from web.display.permanent_members import seat_name
from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.record.record import Record
    from votes.reports.vetoes import VetoCount

WIDTH, TALLEST, WIDEST = 440, 96, 34
"""Chart width, height of the tallest bar, and maximum bar width."""

ABOVE, BETWEEN, BELOW = 36, 14, 24
"""Space for a member's name and numbers, between rows, and for the decades."""


def veto_bars(record: Record, count: VetoCount) -> Picture:
    """Return the chart of vetoed drafts by member and decade."""
    column = WIDTH / max(len(count.decades), 1)
    scale = TALLEST / max(int(count.vetoes.max(initial=0)), 1)
    shapes, foot = [], 0.0
    for place, code in enumerate(count.members):
        bars = [(figure, figure * scale) for figure in count.vetoes[:, place].tolist()]
        base = foot + ABOVE + max((height for _figure, height in bars), default=0)
        shapes.append(_row(seat_name(record, code), bars, foot, base))
        foot = base + BETWEEN
    foot -= BETWEEN
    for place, decade in enumerate(count.decades):
        x, name = (place + 0.5) * column, escape(decade_name(decade))
        shapes.append(f'<text class="f-muted middle" x="{x:.1f}" y="{foot + 16:.1f}">{name}</text>')
    totals = ", ".join(
        f"{seat_name(record, code)} {total}"
        for code, total in zip(count.members, count.vetoes.sum(axis=0).tolist(), strict=True)
    )
    return Picture(
        _("Drafts vetoed in the Security Council, by permanent member and decade"),
        _("A row of bars for each permanent member, with a bar for each decade. In all: %(totals)s.")
        % {"totals": totals},
        WIDTH,
        math.ceil(foot + BELOW),
        f'<g direction="ltr">{"".join(shapes)}</g>',
    )


def decade_name(decade: int) -> str:
    """Return the label of a decade: 1950s."""
    return _("%(year)ss") % {"year": decade}


def _row(name: str, bars: Sequence[tuple[int, float]], top: float, base: float) -> str:
    """Return a member's bars with name, total and numbers."""
    column = WIDTH / max(len(bars), 1)
    width = min(column * 0.74, WIDEST)
    shapes = []
    for place, (figure, height) in enumerate(bars):
        if figure:
            middle, y = (place + 0.5) * column, base - height
            shapes.append(
                f'<rect class="fill-N" x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{height:.1f}"/><text class="f-ink middle" x="{middle:.1f}" y="{y - 4:.1f}">{figure}</text>'
            )
    total = sum(figure for figure, _height in bars)
    return (
        f'<text class="f-ink strong" x="0" y="{top + 14:.1f}">{escape(name)}</text>'
        f'<text class="f-ink strong end" x="{WIDTH}" y="{top + 14:.1f}">{total}</text>'
        f'{"".join(shapes)}<path class="thin s-choice-edge" d="M0 {base:.1f}H{WIDTH}"/>'
    )
