"""Flow diagrams: two columns of stacked choices, with ribbons as wide as the number of states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import escape

from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 392
MARGIN = 120
"""Space for labels on either side."""
COLUMN = 16
TOP = 46
STACK = 340
"""Total height of all states, without gaps."""
GAP = 12
LABEL = 16
"""Minimum distance between labels."""
LONGEST = 20
"""Maximum length of a heading line."""
FIGURED = 11
"""Minimum height of a ribbon with a number."""


@dataclass(frozen=True, slots=True)
class Node:
    """A choice in both columns: its label (escaped when drawn) and CSS classes."""

    label: str
    fill: str
    ribbon: str


@dataclass(frozen=True, slots=True)
class _Block:
    """The position of a choice in a column."""

    place: int
    figure: int
    top: float
    height: float


def flow(
    title: str,
    description: str,
    heads: Sequence[tuple[str, str]],
    nodes: Sequence[Node],
    counts: Mapping[tuple[int, int], int],
) -> Picture:
    """Return the flow diagram between ``nodes``.

    ``counts`` are by (from, to) node indices; missing ones are 0. Ribbons have their origin's colour, and leave and
    arrive in the order of the nodes, so that none cross within a choice. ``heads`` are two short lines per column.
    """
    whole = max(sum(counts.values()), 1)
    scale = STACK / whole
    left, right = (
        _stack(
            [sum(count for way, count in counts.items() if way[side] == place) for place in range(len(nodes))], scale
        )
        for side in (0, 1)
    )
    parts = [
        _head(heads[0], MARGIN + COLUMN, " end"),
        _head(heads[1], WIDTH - MARGIN - COLUMN, ""),
        *_ribbons(nodes, counts, left, right, scale),
    ]
    for blocks, x, text_x, css in (
        (left, MARGIN, MARGIN - 8, ' class="f-ink end"'),
        (right, WIDTH - MARGIN - COLUMN, WIDTH - MARGIN + 8, ' class="f-ink"'),
    ):
        labels = _apart([block.top + block.height / 2 for block in blocks])
        for block, y in zip(blocks, labels, strict=True):
            node = nodes[block.place]
            parts.append(
                f'<rect class="{node.fill}" x="{x}" y="{block.top:.1f}" width="{COLUMN}" height="{block.height:.1f}"/>'
                f'<text{css} x="{text_x}" y="{y + 4:.1f}">{escape(node.label)} '
                f'<tspan class="strong">{block.figure}</tspan></text>'
            )
    bottom = max([TOP, *(block.top + block.height for block in (*left, *right))])
    height = round(max(bottom, TOP + LABEL * len(nodes)) + 14)
    return Picture(title=title, description=description, width=WIDTH, height=height, body="".join(parts))


def _head(lines: tuple[str, str], x: int, css: str) -> str:
    """Return a column's heading, truncated."""
    first, second = (line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in lines)
    return (
        f'<text class="f-ink small strong{css}" x="{x}" y="14">{escape(first)}</text>'
        f'<text class="f-muted small{css}" x="{x}" y="28">{escape(second)}</text>'
    )


def _stack(figures: Sequence[int], scale: float) -> list[_Block]:
    """Return the blocks of a column; choices that nobody made have none."""
    blocks, top = [], float(TOP)
    for place, figure in enumerate(figures):
        if figure:
            blocks.append(_Block(place, figure, top, figure * scale))
            top += figure * scale + GAP
    return blocks


def _apart(wanted: Sequence[float]) -> list[float]:
    """Return label positions, as close as possible to those wanted without overlap."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + LABEL) if placed else y)
    return placed


def _ribbons(
    nodes: Sequence[Node],
    counts: Mapping[tuple[int, int], int],
    left: Sequence[_Block],
    right: Sequence[_Block],
    scale: float,
) -> list[str]:
    """Return the ribbons, with numbers if they fit."""
    start, end = MARGIN + COLUMN, WIDTH - MARGIN - COLUMN
    middle = (start + end) / 2
    leaving = {block.place: block.top for block in left}
    arriving = {block.place: block.top for block in right}
    ribbons, figures = [], []
    for before, after in sorted(way for way, count in counts.items() if count):
        count = counts[before, after]
        height = count * scale
        y, to = leaving[before], arriving[after]
        leaving[before] += height
        arriving[after] += height
        title = escape(f"{nodes[before].label} → {nodes[after].label}: {count}")
        ribbons.append(
            f'<path class="{nodes[before].ribbon} flow" d="M{start} {y:.1f}C{middle:.0f} {y:.1f} {middle:.0f} {to:.1f} '
            f"{end} {to:.1f}v{height:.1f}C{middle:.0f} {to + height:.1f} {middle:.0f} {y + height:.1f} {start} "
            f'{y + height:.1f}z"><title>{title}</title></path>'
        )
        if height >= FIGURED:
            # Near the origin, before ribbons cross.
            figures.append(f'<text class="f-ink small" x="{start + 6}" y="{y + height / 2 + 3.5:.1f}">{count}</text>')
    return ribbons + figures
