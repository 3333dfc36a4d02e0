"""A heat map of a symmetric matrix, with a legend.

A matrix of 200 x 200 has 40,000 cells. Runs of one colour are drawn as one thick line, all lines of a colour as one
path, and the upper triangle as a mirror image of the lower.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from django.utils.html import escape

from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COLOURS = 9
"""Number of colour steps."""

CELLS = ((6, 48), (12, 30), (24, 20), (60, 14))
"""(maximum rows, cell size in units) while a code fits next to each row; beyond that codes are staggered."""
SMALL_CELL = 6
WITH_FIGURES = 30
"""Smallest cell that fits a number."""

LABELS, STAGGERED_LABELS = 36, 58
"""Space for codes before the first row and column."""
LEGEND_ENTRY, LEGEND_LINE, ABOVE_LEGEND, NARROWEST = 88, 22, 24, 352
ENTRIES = COLOURS + 1

_UNKNOWN, _NOTHING = COLOURS, COLOURS + 1


@dataclass(frozen=True, slots=True)
class Steps:
    """Colour steps: ``edges`` are the lower bounds of all steps but the first, ascending."""

    edges: tuple[float, ...]
    write: Callable[[float], str]
    """Formats an edge for the legend."""

    def __post_init__(self) -> None:
        """Check the number of steps."""
        if len(self.edges) != COLOURS - 1 or list(self.edges) != sorted(set(self.edges)):
            raise ValueError(f"There are {COLOURS - 1} edges, ascending.")

    def of(self, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the step of each value, from 0; ``COLOURS`` for NaN."""
        return np.where(np.isnan(values), _UNKNOWN, np.digitize(values, self.edges))

    @property
    def labels(self) -> list[str]:
        """Return the label of each step."""
        edges = [self.write(edge) for edge in self.edges]
        between = [f"{low}–{high}" for low, high in pairwise(edges)]
        return [f"< {edges[0]}", *between, f"≥ {edges[-1]}"]


def heat(
    *,
    title: str,
    description: str,
    codes: Sequence[str],
    values: NDArray[np.float64],
    steps: Steps,
    unknown: str,
    figure: Callable[[float], str] | None = None,
) -> Picture:
    """Return the heat map of symmetric ``values``, shape (S, S), for items with short ``codes``.

    NaN cells are empty and struck through, labelled ``unknown`` in the legend; the diagonal is a line. Large cells
    contain their value, formatted by ``figure``.
    """
    cell, start = _scale(len(codes))
    side = len(codes) * cell
    width, height = size(len(codes))
    classes = steps.of(values)
    body = [
        f'<rect x="{start}" y="{start}" width="{side}" height="{side}" class="f-panel"/>',
        _square(classes, start, cell, title),
        f'<path d="M{start} {start}l{side} {side}" class="s-choice-edge" stroke-width=".6"/>',
        *(_staggered(codes, start) if cell == SMALL_CELL else _labels(codes, start, cell)),
    ]
    if figure is not None and cell >= WITH_FIGURES:
        body += _figures(values, classes, start, cell, figure)
    body += _legend([*steps.labels, unknown], width, start + side + ABOVE_LEGEND)
    return Picture(title, description, width, height, "".join(body))


def size(number: int) -> tuple[int, int]:
    """Return width and height of the heat map of ``number`` items, in user units."""
    cell, start = _scale(number)
    width = max(start + number * cell + 4, NARROWEST)
    return width, start + number * cell + ABOVE_LEGEND + -(-ENTRIES // _legend_columns(width)) * LEGEND_LINE


def runs(classes: NDArray[np.intp]) -> dict[int, list[tuple[int, int, int]]]:
    """Return the runs of equal cells below the diagonal, by class, as (column, row, length)."""
    number = len(classes)
    # The extra column and the upper triangle separate the runs of different rows.
    cells = np.full((number, number + 1), _NOTHING)
    cells[:, 1:] = np.where(np.tri(number, k=-1, dtype=bool), classes, _NOTHING)
    flat = cells.ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=_NOTHING, append=_NOTHING))
    lengths = np.diff(starts)
    begins = starts[:-1]
    kinds = flat[begins]
    rows, columns = np.divmod(begins, number + 1)
    by_class = {}
    for kind in np.unique(kinds).tolist():
        if kind != _NOTHING:
            of = kinds == kind
            by_class[kind] = list(zip((columns[of] - 1).tolist(), rows[of].tolist(), lengths[of].tolist(), strict=True))
    return by_class


def _square(classes: NDArray[np.intp], start: int, cell: int, title: str) -> str:
    """Return the cells: the lower triangle and its mirror image."""
    # Slightly thicker than a cell, so that the background does not show between lines.
    paths, thick = [], 1 + 0.25 / cell
    for kind, lines in runs(classes).items():
        path = "".join(f"M{x} {y}h{length}" for x, y, length in lines)
        if kind == _UNKNOWN:
            paths.append(f'<path d="{path}" class="s-choice-edge" stroke-width="{0.8 / cell:.3f}"/>')
        else:
            paths.append(f'<path d="{path}" class="s-heat-{kind}" stroke-width="{thick:.3f}"/>')
    own = f"heat-{hashlib.sha256(title.encode()).hexdigest()[:8]}"
    return (
        f'<g transform="translate({start} {start}) scale({cell})"><g id="{own}"><g transform="translate(0 .5)">'
        f'{"".join(paths)}</g></g><use href="#{own}" transform="matrix(0 1 1 0 0 0)"/></g>'
    )


def _labels(codes: Sequence[str], start: int, cell: int) -> list[str]:
    """Return a code next to each row and above each column, upright if it fits."""
    marks = []
    for place, code in enumerate(codes):
        middle, shown = start + (place + 0.5) * cell, escape(code)
        marks.append(f'<text x="{start - 4}" y="{middle + 3.5:g}" class="small end f-ink">{shown}</text>')
        if cell >= WITH_FIGURES:
            marks.append(f'<text x="{middle:g}" y="{start - 5}" class="small middle f-ink">{shown}</text>')
        else:
            at = f"{middle + 3.5:g} {start - 4}"
            marks.append(f'<text transform="translate({at})rotate(-90)" class="small f-ink">{shown}</text>')
    return marks


def _staggered(codes: Sequence[str], start: int) -> list[str]:
    """Return staggered codes for small rows: every other one further out, with a line to its row."""
    marks, ticks = [], []
    for place, code in enumerate(codes):
        middle, out = start + (place + 0.5) * SMALL_CELL, 4 + 25 * (place % 2)
        shown = escape(code)
        marks.append(f'<text x="{start - out}" y="{middle + 3.5:g}" class="small end f-ink">{shown}</text>')
        marks.append(
            f'<text transform="translate({middle + 3.5:g} {start - out})rotate(-90)" class="small f-ink">{shown}</text>'
        )
        if place % 2:
            ticks.append(f"M{start - out + 2} {middle:g}h{out - 3}M{middle:g} {start - out + 2}v{out - 3}")
    return [f'<path d="{"".join(ticks)}" class="s-line" stroke-width=".5"/>', *marks]


def _figures(
    values: NDArray[np.float64], classes: NDArray[np.intp], start: int, cell: int, figure: Callable[[float], str]
) -> list[str]:
    """Return the value of each cell, in a colour with enough contrast."""
    marks, small = [], "small " if cell == WITH_FIGURES else ""
    for row, column in np.argwhere(classes < COLOURS).tolist():
        colour = ("ink", "on-heat", "paper")[int(np.digitize(classes[row, column], (6, 7)))]
        x, y = start + (column + 0.5) * cell, start + (row + 0.5) * cell + 3.5
        text = escape(figure(float(values[row, column])))
        marks.append(f'<text x="{x:g}" y="{y:g}" class="{small}middle f-{colour}">{text}</text>')
    return marks


def _legend(entries: Sequence[str], width: int, top: int) -> list[str]:
    """Return the legend from ``top`` on: the steps, then the mark for no value."""
    marks, columns = [], _legend_columns(width)
    for place, label in enumerate(entries):
        x, y = 4 + place % columns * LEGEND_ENTRY, top + place // columns * LEGEND_LINE
        ground = f"heat-{place}" if place < COLOURS else "panel"
        marks.append(
            f'<rect x="{x}" y="{y}" width="14" height="14" class="f-{ground} s-choice-edge" stroke-width=".5"/>'
        )
        if place == COLOURS:
            marks.append(f'<path d="M{x} {y + 7}h14" class="s-choice-edge" stroke-width="1.5"/>')
        marks.append(f'<text x="{x + 20}" y="{y + 11}" class="small f-ink">{escape(label)}</text>')
    return marks


def _legend_columns(width: int) -> int:
    """Return the number of legend entries per line, balanced between lines."""
    lines = -(-ENTRIES // (width // LEGEND_ENTRY))
    return -(-ENTRIES // lines)


def _scale(number: int) -> tuple[int, int]:
    """Return the cell size and the offset of the first cell."""
    cell = next((size for most, size in CELLS if number <= most), SMALL_CELL)
    return cell, STAGGERED_LABELS if cell == SMALL_CELL else LABELS
