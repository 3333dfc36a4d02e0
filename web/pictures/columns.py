"""Column charts: counts by year, each column divided by choice in the patterns that choices have everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 720, 190
START, ABOVE, BELOW = 52, 12, 30
"""Room for the figures of the axis before the columns, for half a line above them, and for the years below."""
FILLED = 0.82
"""How much of its room a column takes."""


def columns(*, title: str, description: str, x: Sequence[int], parts: Sequence[tuple[str, Sequence[int]]]) -> Picture:
    """Return columns over the years ``x``, stacks of ``parts``: the letter of a choice and its count by year."""
    totals = [sum(counts) for counts in zip(*(counts for _letter, counts in parts), strict=True)]
    most = max(totals, default=0) or 1
    base, room = HEIGHT - BELOW, (WIDTH - START) / max(1, len(x))
    scale = (base - ABOVE) / most
    step = next(
        step for power in (1, 10, 100, 1000, 10_000) for step in (power, 2 * power, 5 * power) if most / step < 4
    )
    shapes = [
        f'<path class="thin s-line" d="M{START} {base - scale * tick:.1f}H{WIDTH}"/>'
        f'<text class="f-muted end" x="{START - 8}" y="{base - scale * tick + 4:.1f}">{tick}</text>'
        for tick in range(0, most + 1, step)
    ]
    below = [0.0] * len(x)
    for letter, counts in parts:
        path = []
        for place, count in enumerate(counts):
            if count:
                height = scale * count
                top = base - below[place] - height
                path.append(
                    f"M{START + room * place:.1f} {top:.1f}h{FILLED * room:.1f}v{height:.1f}h-{FILLED * room:.1f}z"
                )
                below[place] += height
        if path:
            edge = ' class="fill-X s-choice-edge"' if letter == "X" else f' class="fill-{letter}"'
            shapes.append(f'<path{edge} d="{"".join(path)}"/>')
    every = next(every for every in (1, 2, 5, 10, 20, 50, 100, 1000) if len(x) / every <= 10)
    shapes += [
        f'<text class="f-muted middle" x="{START + room * (place + FILLED / 2):.1f}" y="{HEIGHT - 8}">{year}</text>'
        for place, year in enumerate(x)
        if year % every == 0
    ]
    return Picture(title, description, WIDTH, HEIGHT, f'<g direction="ltr">{"".join(shapes)}</g>')
