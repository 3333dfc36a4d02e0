"""An SVG picture for pages and for files, in light and dark colours."""

from __future__ import annotations

import hashlib
import textwrap
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# The colour tokens of plenary.css that drawings use, for standalone files: (light, dark).
TOKENS = {
    "paper": ("#fbfaf6", "#14171b"),
    "panel": ("#f3f0e8", "#1d2127"),
    "ink": ("#1d2126", "#e9e6df"),
    "muted": ("#595f67", "#a6abb2"),
    "line": ("#dad5c9", "#363c44"),
    "accent": ("#17506b", "#8fc7e2"),
    "choice-Y": ("#1c6e92", "#58aed2"),
    "choice-N": ("#c4541a", "#ef8a4c"),
    "choice-A": ("#878d94", "#8b9199"),
    "choice-edge": ("#6d737b", "#9aa0a8"),
    # Text on a choice's colour.
    "on-Y": ("#ffffff", "#10222c"),
    "on-N": ("#ffffff", "#10222c"),
    "on-A": ("#14171b", "#14171b"),
    # Eight series, distinguishable with common colour blindness; dashes and markers differ too.
    "series-1": ("#17506b", "#8fc7e2"),
    "series-2": ("#c4541a", "#ef8a4c"),
    "series-3": ("#3f7d3a", "#8ccf7f"),
    "series-4": ("#7a4a9e", "#c9a2e8"),
    "series-5": ("#8a6d00", "#e0c14a"),
    "series-6": ("#a3275f", "#f08ab8"),
    "series-7": ("#2f8f9d", "#5fd0dc"),
    "series-8": ("#5b5f66", "#b9bec6"),
    # Agreement from low to high, in nine steps of one hue that also work in greyscale.
    **{
        f"heat-{step}": (light, dark)
        for step, (light, dark) in enumerate(
            zip(
                ("#f4f1e6", "#e3e6de", "#cbd9d9", "#aecbd3", "#8ebaca", "#6ba5bd", "#478eac", "#237594", "#0b5471"),
                ("#1b2026", "#1f2b34", "#223844", "#264757", "#2c586c", "#376c84", "#48849e", "#639fb9", "#92c6de"),
                strict=True,
            )
        )
    },
    # Text on the seventh step, where neither ink nor paper has enough contrast.
    "on-heat": ("#000000", "#000000"),
}

# CSS classes of drawings: fill, stroke and text colours from the tokens, and a few kinds of text and line.
_SHAPES = """
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif;font-size:12px}
.small{font-size:10px}.strong{font-weight:600}.end{text-anchor:end}.middle{text-anchor:middle}
.axis{stroke-width:1;fill:none}.thin{stroke-width:1;fill:none}.thick{stroke-width:2;fill:none}
.band{opacity:.18}.dash-2{stroke-dasharray:6 3}.dash-3{stroke-dasharray:2 3}.dash-4{stroke-dasharray:8 3 2 3}
.flow{opacity:.55}
.heading{font-size:13px;font-weight:600}.source{font-size:10px}
.fill-N{fill:url(#hatch)}.fill-A{fill:url(#dots)}.fill-X{fill:none;stroke-width:.8}.dim{opacity:.16}
.tile-code{font-size:3.8px;font-weight:600;text-anchor:middle;paint-order:stroke;stroke-width:1.2px}
.tile-label{font-size:5px}
"""

PATTERNS = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect x="-1" y="-1" width="7" height="7" class="f-choice-N"/>'
    '<rect y="-1" width="1.6" height="7" class="pattern-figure"/></pattern>'
    '<pattern id="dots" width="3.67" height="3.67" patternUnits="userSpaceOnUse"><rect x="-1" y="-1" width="7" '
    'height="7" class="f-choice-A"/><circle cx="1.83" cy="1.83" r=".85" class="pattern-figure"/></pattern></defs>'
)
"""Patterns of the choices for files; templates/base.html has those of pages. Shapes overlap the tile to avoid seams."""

FIGURES = ("fill:#fff;fill-opacity:.4", "fill:#14171b;fill-opacity:.45")
"""Colour of the patterns on a choice's colour, light and dark."""

MARGIN, HEADING_LINE, SOURCE_LINE = 10, 17, 22
"""Margin, heading line height and source line height of a file."""

WIDEST_LETTER = 8.4
"""Average letter width of a heading in user units, generous enough for any font."""


def rules(dark: bool = False) -> str:
    """Return the CSS colour classes of drawings, light or dark."""
    return "".join(f".f-{name}{{fill:{pair[dark]}}}.s-{name}{{stroke:{pair[dark]}}}" for name, pair in TOKENS.items())


def styles() -> str:
    """Return the stylesheet of a file, light or dark by the viewer's preference."""
    dark = rules(dark=True) + choice_rules(dark=True)
    return f"{_SHAPES}{rules()}{choice_rules()}@media (prefers-color-scheme:dark){{{dark}}}"


def choice_rules(dark: bool = False) -> str:
    """Return the CSS classes of choices: patterns, and squares of tile grids."""
    colours = {name: pair[dark] for name, pair in TOKENS.items()}
    letters = "".join(
        f".tile-{letter} text{{fill:{colours[f'on-{letter}']};stroke:{colours[f'choice-{letter}']}}}"
        for letter in "YNA"
    )
    return (
        f".pattern-figure{{{FIGURES[dark]}}}.fill-Y{{fill:{colours['choice-Y']}}}"
        f".fill-X{{stroke:{colours['choice-edge']}}}.tile-label,.tile-X text{{fill:{colours['muted']}}}{letters}"
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of ``width`` x ``height`` user units with a title and a text alternative.

    ``body`` is SVG whose shapes have the classes ``f-NAME`` (fill) and ``s-NAME`` (stroke) from ``TOKENS`` and those of
    ``_SHAPES``. Text from the record must already be escaped, and should be short: codes, numbers and labels.
    """

    title: str
    description: str
    width: int
    height: int
    body: str

    def inline(self, css_class: str = "picture") -> SafeString:
        """Return the drawing for a page, whose stylesheet colours and sizes it."""
        own = hashlib.sha256(f"{self.title}\n{self.description}".encode()).hexdigest()[:8]
        return mark_safe(  # noqa: S308  # title and description are escaped here, the body by its maker
            f'<svg class="{css_class}" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" aria-labelledby="t-{own} d-{own}">'
            f'<title id="t-{own}">{escape(self.title)}</title><desc id="d-{own}">{escape(self.description)}</desc>'
            f"{self.body}</svg>"
        )

    def standalone(self, source: str = "") -> str:
        """Return the drawing as a standalone file with a background, light or dark by the viewer's preference.

        The title is above it, ``source`` below.
        """
        width, height = self.size_alone
        lines = self._heading
        top = MARGIN + HEADING_LINE * len(lines) + MARGIN
        heading = "".join(
            f'<tspan x="0" dy="{HEADING_LINE if place else 0}">{escape(line)}</tspan>'
            for place, line in enumerate(lines)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} {-top} {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-labelledby="t d">'
            f'<title id="t">{escape(self.title)}</title><desc id="d">{escape(self.description)}</desc>'
            f"<style>{styles()}</style>"
            f'{PATTERNS}<rect x="{-MARGIN}" y="{-top}" width="{width}" height="{height}" class="f-paper"/>'
            f'<text class="f-ink heading" y="{MARGIN + HEADING_LINE - 4 - top}">{heading}</text>{self.body}'
            f'<text class="f-muted source" x="0" y="{self.height + SOURCE_LINE - 6}">{escape(source)}</text></svg>'
        )

    @property
    def size_alone(self) -> tuple[int, int]:
        """Return width and height of the standalone file in user units."""
        around = MARGIN + HEADING_LINE * len(self._heading) + MARGIN + SOURCE_LINE + MARGIN // 2
        return self.width + 2 * MARGIN, self.height + around

    @property
    def _heading(self) -> list[str]:
        """Return the title, wrapped to the drawing's width."""
        return textwrap.wrap(self.title, int(self.width / WIDEST_LETTER), break_on_hyphens=False)
