"""Tile grids: one equal square for each member state, on a world grid or, for the Council, in two rows.

``data/tile_grid.csv`` has each state's position, roughly as on a map, without boundaries. A state shares a tile with
predecessors that were never members at the same time.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from html import escape as html_escape
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.choices import Choice
from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from votes.reports.breakdown import StateChoice

CELL, SIDE = 12, 11
"""Tile pitch and square size in user units."""

COLUMNS, ROWS = 30, 17
"""Size of the world grid in tiles."""

IN_A_ROW = 10
"""Squares per row of the Council."""

LABEL = 8
"""Height of the label above a row of the Council in user units."""

ENLARGED = 2.4
"""Scale of the grid in files."""

WORLD, COUNCIL = "world", "council"


class Square(NamedTuple):
    """A square: its state, and the position of its upper left corner in user units."""

    line: StateChoice
    x: int
    y: int


class Layout(NamedTuple):
    """Squares, labels (text, x, baseline) and total size, in user units."""

    squares: list[Square]
    labels: list[tuple[str, int, int]]
    width: int
    height: int
    kind: str


@cache
def places() -> dict[str, tuple[int, int]]:
    """Return column and row of every member state, former ones too, by code."""
    with (settings.BASE_DIR / "data" / "tile_grid.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(lines)}


def world(states: Iterable[StateChoice]) -> Layout:
    """Return the electorate on the world grid.

    A state without a tile, or whose tile is taken (possible with errors in the record), goes into an extra row below:
    nobody is left out.
    """
    squares, left_over, taken, known = [], [], set(), places()
    for line in states:
        place = known.get(line.state.code)
        if place is None or place in taken:
            left_over.append(line)
            continue
        taken.add(place)
        squares.append(Square(line, place[0] * CELL, place[1] * CELL))
    squares.sort(key=lambda square: (square.y, square.x))
    for number, line in enumerate(left_over):
        row, column = divmod(number, COLUMNS)
        squares.append(Square(line, column * CELL, (ROWS + 1 + row) * CELL))
    height = max([ROWS * CELL, *[square.y + CELL for square in squares[-1:]]])
    return Layout(squares, [], COLUMNS * CELL, height, WORLD)


def council(states: Iterable[StateChoice], permanent: Collection[int]) -> Layout:
    """Return the Council in two rows, permanent and elected members, each in the order of ``states``.

    ``permanent`` are the primary keys of the permanent members.
    """
    rows: dict[str, list[StateChoice]] = {_("Permanent members"): [], _("Elected members"): []}
    first, second = rows.values()
    for line in states:
        (first if line.state.key in permanent else second).append(line)
    squares, labels, top = [], [], 0
    for label, lines in rows.items():
        if lines:
            labels.append((label, 0, top + LABEL - 2))
            top += LABEL
        for start in range(0, len(lines), IN_A_ROW):
            squares += [Square(line, at * CELL, top) for at, line in enumerate(lines[start : start + IN_A_ROW])]
            top += CELL
        top += LABEL // 2
    return Layout(squares, labels, IN_A_ROW * CELL, max(top - LABEL // 2, 0), COUNCIL)


def layout(states: Sequence[StateChoice], permanent: Collection[int] = ()) -> Layout:
    """Return the Council's layout if there are permanent members, otherwise the world's."""
    return council(states, permanent) if permanent else world(states)


def linked(drawn: Layout, label: str, bloc: Collection[str] | None = None) -> SafeString:
    """Return the grid for a page: a group of links, each labelled with a state and its choice.

    ``bloc`` are the codes of the states to highlight (None: all). Shared sizes are in plenary.css.
    """
    states, labels = reverse("web:states"), _square_labels(get_language())
    parts = []
    for line, x, y in drawn.squares:
        name, code, choice, intended = line.name, line.state.code, line.choice, line.intended
        dim = "" if bloc is None or code in bloc else " dim"
        star = '<text class="star">*</text>' if intended else ""
        title = labels[choice, intended] % escape(name)
        parts.append(
            f'<a href="{states}{code}/" class="fill-{choice.value}{dim}" transform="translate({x} {y})">'
            f'<title>{title}</title><use href="#tile"/><text x="5.5" y="7">{code}</text>{star}</a>'
        )
    return mark_safe(  # noqa: S308  # names and labels are escaped, codes are letters
        f'<svg class="tiles tiles-{drawn.kind}" viewBox="0 0 {drawn.width} {drawn.height}" role="group" '
        f'aria-label="{html_escape(label)}"><defs><rect id="tile" width="{SIDE}" height="{SIDE}" rx="1"/></defs>'
        f"{_labels(drawn)}{''.join(parts)}</svg>"
    )


def inline(drawn: Layout) -> SafeString:
    """Return the grid as an image for a page, with state codes if there are few states."""
    return mark_safe(  # noqa: S308  # squares are escaped by their maker
        f'<svg class="tiles tiles-{drawn.kind}" viewBox="0 0 {drawn.width} {drawn.height}" aria-hidden="true">'
        f"{squares(drawn, named=drawn.kind == COUNCIL)}</svg>"
    )


def squares(drawn: Layout, bloc: Collection[str] | None = None, *, named: bool = True) -> str:
    """Return the squares as plain SVG for files, with state codes if ``named``."""
    parts = []
    for line, x, y in drawn.squares:
        code = line.state.code
        dim = "" if bloc is None or code in bloc else " dim"
        text = f'<text class="tile-code" x="5.5" y="7">{code}</text>' if named else ""
        star = '<text class="tile-code" x="9.4" y="4.4">*</text>' if named and line.intended else ""
        parts.append(
            f'<g class="tile-{line.choice.value}{dim}" transform="translate({x} {y})"><rect '
            f'class="fill-{line.choice.value}" width="{SIDE}" height="{SIDE}" rx="1"/>{text}{star}</g>'
        )
    return _labels(drawn) + "".join(parts)


def tile_grid(drawn: Layout, title: str, description: str, bloc: Collection[str] | None = None) -> Picture:
    """Return the grid as a picture with a legend; the world grid has it in its free corner."""
    width, height = drawn.width, drawn.height
    legend_x, legend_y = (18 * CELL, 0) if drawn.kind == WORLD else (0, height + LABEL)
    height += 0 if drawn.kind == WORLD else LABEL + 10 * len(Choice)
    body = f'<g transform="scale({ENLARGED})">{squares(drawn, bloc)}{_legend(drawn, legend_x, legend_y)}</g>'
    return Picture(title, description, round(width * ENLARGED), round(height * ENLARGED), body)


def _legend(drawn: Layout, x: int, y: int) -> str:
    """Return the legend: each kind of square with its count, listed from the corner (x, y)."""
    counts = dict.fromkeys(Choice, 0)
    for square in drawn.squares:
        counts[square.line.choice] += 1
    return "".join(
        f'<g transform="translate({x} {y + place * 10})"><rect class="fill-{choice.value}" width="8" height="8" '
        f'rx="1"/><text class="tile-label" x="11" y="6">{escape(str(choice.label))} {count}</text></g>'
        for place, (choice, count) in enumerate(counts.items())
    )


def _labels(drawn: Layout) -> str:
    """Return the labels among the squares."""
    return "".join(f'<text class="tile-label" x="{x}" y="{y}">{escape(text)}</text>' for text, x, y in drawn.labels)


@cache
def _square_labels(language: str | None) -> dict[tuple[Choice, Choice | None], str]:
    """Return the label of a square by choice and later-stated intention; ``%s`` stands for the state's name."""
    labels: dict[tuple[Choice, Choice | None], str] = {}
    for choice in Choice:
        for intended in (None, *Choice):
            words = {"state": "%s", "choice": str(choice.label).lower(), "intended": ""}
            text = _("%(state)s: %(choice)s")
            if intended:
                words["intended"] = str(intended.label).lower()
                text = _("%(state)s: %(choice)s* (later: had intended %(intended)s)")
            labels[choice, intended] = html_escape(text % words)
    return labels


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """Return a name escaped for HTML; cached, since a few hundred names recur."""
    return html_escape(text)
