"""Share cards: a vote as an image of 1200 x 630 pixels for link previews."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from web.pictures.picture import PATTERNS, choice_rules, rules
from web.pictures.png import SCALE
from web.pictures.tiles import CELL, squares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.choices import Choice
    from web.pictures.tiles import Layout

WIDTH, HEIGHT = 1200, 630
MARGIN = 56
ACROSS = WIDTH - 2 * MARGIN
"""Maximum width of a text line in pixels."""

TITLES = ((54, 1), (44, 2), (36, 2))
"""Title sizes with their maximum lines; the first that fits is used."""

GRID_LEFT, GRID_TOP, GRID_WIDTH, GRID_HEIGHT = 486, 214, 658, 374
"""Bounds of the tile grid."""

# Character widths from space to tilde in Liberation Sans Bold (metrically compatible with Arial and included in the PNG
# library), in thousandths of the font size. Tests compare them with rendered text.
_WIDTHS = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
)  # fmt: skip

WIDE, OTHER = 1000, 800
"""Assumed widths of East Asian wide characters, and of other unknown ones."""

_STYLE = (
    'text{font-family:"Liberation Sans",Arial,Helvetica,sans-serif;font-weight:700}'
    ".plain{font-weight:400}.end{text-anchor:end}.fill-N{fill:url(#hatch)}.fill-A{fill:url(#dots)}"
    ".fill-X{fill:none;stroke-width:.8}.mark{fill:none;stroke-width:3}"
    ".tile-code{font-size:3.7px;text-anchor:middle;paint-order:stroke;stroke-width:1px}.tile-label{font-size:3.8px}"
)


@dataclass(frozen=True, slots=True)
class Card:
    """The content of a card: heading, title, tally, result, and the members' squares."""

    heading: str
    """Symbol, body and date, in one line."""
    title: str
    tally: str
    """``93-18-65``; empty without a vote."""
    result: str
    figures: Sequence[tuple[Choice, int]]
    grid: Layout | None
    """None if individual votes are not on record."""

    def standalone(self, source: str = "") -> str:
        """Return the card as SVG on a light background, with ``source`` below."""
        size, most = next(((s, most) for s, most in TITLES if len(wrapped(self.title, s, ACROSS)) <= most), TITLES[-1])
        lines = shortened(wrapped(self.title, size, ACROSS), most, size, ACROSS)
        top = 128 if most > 1 else 146
        title = "".join(_text(line, MARGIN, top + place * round(size * 1.15), size) for place, line in enumerate(lines))
        heading = shortened([self.heading], 1, 26, ACROSS - 220)[0]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH // SCALE}" '
            f'height="{HEIGHT // SCALE}"><style>{_STYLE}{rules()}{choice_rules()}</style>{PATTERNS}'
            f'<rect width="{WIDTH}" height="{HEIGHT}" class="f-paper"/>'
            f'<rect width="{WIDTH}" height="10" class="f-accent"/>{_BRAND}'
            f"{_text(heading, WIDTH - MARGIN, 62, 26, 'f-muted end')}{title}{self._verdict}{self._grid}"
            f"{_text(source, MARGIN, HEIGHT - 22, 18, 'f-muted plain')}</svg>"
        )

    @property
    def _verdict(self) -> str:
        """Return tally, result and totals, stacked."""
        parts = [_text(self.tally, MARGIN - 4, 302, 84)] if self.tally else []
        across = GRID_LEFT - 2 * MARGIN if self.grid else ACROSS
        lines = shortened(wrapped(self.result, 34, across), 2, 34, across)
        parts += [_text(line, MARGIN, 358 + 40 * place, 34, "f-accent") for place, line in enumerate(lines)]
        top = 402 + 40 * (len(lines) - 1)
        for place, (choice, figure) in enumerate(self.figures):
            y = top + 44 * place
            parts.append(
                f'<g transform="translate({MARGIN} {y}) scale(2.6)"><rect class="fill-{choice.value}" width="11" '
                f'height="11" rx="1"/></g>{_text(str(figure), MARGIN + 104, y + 24, 28, "f-ink end")}'
                f"{_text(str(choice.label), MARGIN + 120, y + 24, 28, 'f-ink plain')}"
            )
        return "".join(parts)

    @property
    def _grid(self) -> str:
        """Return the squares, as large as fits, at the right edge."""
        if self.grid is None:
            return ""
        # The last square has no gap after it.
        wide, high = self.grid.width - 1, self.grid.height - 1
        scale = min(GRID_WIDTH / wide, GRID_HEIGHT / high)
        left, top = WIDTH - MARGIN - wide * scale, GRID_TOP + (GRID_HEIGHT - high * scale) / 2
        named = scale * CELL > NAMED_FROM
        return (
            f'<g transform="translate({left:.1f} {top:.1f}) scale({scale:.3f})">{squares(self.grid, named=named)}</g>'
        )


NAMED_FROM = 40
"""Minimum size in pixels of squares with codes."""

_BRAND = (
    f'<g transform="translate({MARGIN} 38) scale(1.5)"><path class="mark s-accent" d="M2 18a14 14 0 0 1 28 0'
    'M7.5 18a8.5 8.5 0 0 1 17 0M13 18a3 3 0 0 1 6 0"/></g>'
    f'<text class="f-ink" x="{MARGIN + 60}" y="64" font-size="32">Plenary</text>'
)


def _text(text: str, x: float, y: float, size: int, css: str = "f-ink") -> str:
    """Return a line of text at its baseline."""
    return f'<text class="{css}" x="{x}" y="{y}" font-size="{size}">{escape(text)}</text>'


def width_of(text: str, size: float) -> float:
    """Return the width of bold text in pixels, overestimating unknown characters."""
    return sum(_width(character) for character in unicodedata.normalize("NFD", text)) * size / 1000


def _width(character: str) -> int:
    """Return the width of a character, in thousandths of the size."""
    place = ord(character) - 32
    if 0 <= place < len(_WIDTHS):
        return _WIDTHS[place]
    if unicodedata.combining(character):
        return 0
    return WIDE if unicodedata.east_asian_width(character) in "WF" else OTHER


def wrapped(text: str, size: float, across: float) -> list[str]:
    """Wrap a text to lines of at most ``across`` pixels, breaking longer words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size) <= across:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if lines[-1] and width_of(lines[-1] + character, size) > across:
                lines.append("")
            lines[-1] += character
    return lines


def shortened(lines: Sequence[str], most: int, size: float, across: float) -> list[str]:
    """Return at most ``most`` lines within ``across`` pixels, ending in an ellipsis if truncated."""
    shown = list(lines[:most])
    if len(lines) <= most and all(width_of(line, size) <= across for line in shown):
        return shown
    last = shown[-1]
    while last and width_of(f"{last}…", size) > across:
        last = last[:-1]
    return [*shown[:-1], f"{last.rstrip(' ,;:.')}…"]
