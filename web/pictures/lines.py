"""Line charts: values over years or sessions, with axes, gaps for missing values, and error bands.

Series differ by colour, dashes and marker, and each is labelled at its end. Text has room to grow by half, so that a
stylesheet can enlarge it on phones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from django.utils.html import escape

from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Point = tuple[float, float]
T = TypeVar("T")

AT_MOST = 8
"""Maximum number of series (one colour each)."""

# Widths and line height of the largest text that a stylesheet sets in a chart (18 units).
CHARACTER, LINE = 12.5, 21.0
ABOVE, BELOW, SAMPLE, GAP = 42, 36, 26, 8
MARKED, EVERY = 48, 8
"""Longer lines have markers only at their end, at isolated points, and at every eighth x."""

SIZE = 3.4
_MARKERS = (
    "m-{s} 0a{s} {s} 0 1 0 {d} 0a{s} {s} 0 1 0-{d} 0",  # disc
    "m-{s}-{s}h{d}v{d}h-{d}z",  # square
    "m0-{t}l{t} {t}l-{t} {t}l-{t}-{t}z",  # diamond
    "m0-{t}l{t} {d}h-{e}z",  # triangle
)
MARKERS = tuple(
    marker.format(s=SIZE, d=2 * SIZE, t=round(1.35 * SIZE, 1), e=round(2.7 * SIZE, 1)) for marker in _MARKERS
)


@dataclass(frozen=True, slots=True)
class Series:
    """A line: one value per x, None if missing or based on too little; optionally a band from low to high."""

    label: str
    values: Sequence[float | None]
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None


def percent(share: float) -> str:
    """Return a share in per cent, for axis labels."""
    return f"{100 * share:.0f}%"


@dataclass(frozen=True, slots=True)
class _Scale:
    """A linear scale from values to user units."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the position of ``value``."""
        reach = self.last - self.first
        return self.start + (self.end - self.start) * ((value - self.first) / reach if reach else 0.5)


def line_chart(
    *,
    title: str,
    description: str,
    x: Sequence[int],
    series: Sequence[Series],
    y_range: tuple[float, float],
    y_label: str,
    y_format: Callable[[float], str] | str = percent,
    width: int = 720,
    height: int = 300,
    x_labels: Mapping[int, str] | None = None,
) -> Picture:
    """Return a chart of at most eight series over ``x``, ascending; show it with the class ``picture chart``.

    Neighbouring points are joined, so include years without a value as None. Values outside ``y_range`` are drawn at
    its edge. ``y_format`` is a function or format specification for the y axis; ``x_labels`` replace the numbers of
    ``x`` (sessions). A single series has no label besides the title. Raises ValueError for lengths that differ, for
    too many series, and for an ``x`` that does not ascend.
    """
    if len(series) > AT_MOST:
        raise ValueError(f"There are colours for {AT_MOST} series, not for {len(series)}.")
    if any(a >= b for a, b in pairwise(x)):
        raise ValueError("The values of x ascend.")
    if any(len(part) != len(x) for one in series for part in (one.values, one.low, one.high) if part is not None):
        raise ValueError("Each series has one value for each x.")
    low, high = y_range
    ticks = list(_ticks(low, high))
    texts = [
        y_format(tick) if callable(y_format) else format(tick, y_format).replace("-", "\N{MINUS SIGN}")
        for tick in ticks
    ]
    start = max(map(len, texts), default=0) * CHARACTER + GAP
    below = {at: (x_labels or {}).get(at, str(at)) for at in x}
    # Room on the right for the lines' labels, or for half of an axis label.
    longest = max((len(one.label) for one in series), default=0)
    aside = longest * CHARACTER + SAMPLE + 3 * GAP if len(series) > 1 else _widest(below) / 2
    across = _Scale(x[0] if x else 0, x[-1] if x else 1, start + GAP, max(width - aside, width / 2))
    up = _Scale(low, high, height - BELOW, ABOVE)
    shapes = [
        f'<text class="f-muted" x="0" y="18">{escape(y_label)}</text>',
        *(_level(tick, text, up(tick), start, across.end) for tick, text in zip(ticks, texts, strict=True)),
        *_below(below, across, height - BELOW, numbered=x_labels is None),
    ]
    columns = [across(at) for at in x]
    drawn = [
        [
            None if value is None else (column, up(min(max(value, low), high)))
            for column, value in zip(columns, one.values, strict=True)
        ]
        for one in series
    ]
    shapes += [_band(one, number, x, across, up) for number, one in enumerate(series, 1) if one.low and one.high]
    # The first series is drawn last, on top.
    shapes += [_line(points, number) for number, points in reversed(list(enumerate(drawn, 1)))]
    if len(series) > 1:
        shapes += _names(series, drawn, across.end + 2 * GAP, up)
    return Picture(title, description, width, height, f'<g direction="ltr">{"".join(shapes)}</g>')


def _ticks(low: float, high: float) -> Iterator[float]:
    """Return three to six round values from ``low`` to ``high``."""
    reach = high - low
    if reach <= 0:
        return
    power = 10 ** math.floor(math.log10(reach))
    step = next(power * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if reach / (power * part) <= 5)
    for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield round(place * step, 10)


def _level(tick: float, text: str, y: float, start: float, end: float) -> str:
    """Return a grid line with its label; the one at zero is stronger."""
    line = "choice-edge" if tick == 0 else "line"
    return (
        f'<path class="thin s-{line}" d="M{start:.1f} {y:.1f}H{end:.1f}"/>'
        f'<text class="f-muted end" x="{start - GAP:.1f}" y="{y + 4:.1f}">{escape(text)}</text>'
    )


def _widest(texts: Mapping[int, str]) -> float:
    """Return the maximum width of the longest text."""
    return max(map(len, texts.values()), default=0) * CHARACTER


def _below(texts: Mapping[int, str], across: _Scale, y: float, *, numbered: bool) -> list[str]:
    """Return the x axis: ticks and labels at as many round values as fit."""
    if not texts:
        return []
    first, last = min(texts), max(texts)
    room = max(1, int((across.end - across.start) / (_widest(texts) + CHARACTER)))
    step = next((step for step in (1, 2, 5, 10, 20, 25, 50, 100) if (last - first) / step < room), 1000)
    # Years have round values; labelled sessions are counted from the first.
    shown = [at for at in texts if (at if numbered else at - first) % step == 0] or [first]
    return [
        f'<path class="thin s-choice-edge" d="M{across(at):.1f} {y:.1f}v5"/>'
        f'<text class="f-muted middle" x="{across(at):.1f}" y="{y + 22:.1f}">{escape(texts[at])}</text>'
        for at in shown
    ]


def _runs(values: Sequence[T | None]) -> Iterator[list[T]]:
    """Yield runs of values without gaps."""
    run: list[T] = []
    for value in [*values, None]:
        if value is not None:
            run.append(value)
        elif run:
            yield run
            run = []


def _path(points: Sequence[Point]) -> str:
    """Return a line through points."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _line(points: Sequence[Point | None], number: int) -> str:
    """Return the line and markers of a series; numbers start at 1."""
    runs = list(_runs(points))
    known = [point for run in runs for point in run]
    if len(known) > MARKED:
        regular = [point for place, point in enumerate(points) if point and place % EVERY == 0]
        alone = [run[0] for run in runs if len(run) == 1]
        known = list(dict.fromkeys([*regular, *alone, known[-1]]))
    joined = "".join(_path(run) for run in runs if len(run) > 1)
    return (
        f'<path class="thick s-series-{number}{_dash(number)}" d="{joined}"/>'
        f'<path class="f-series-{number}" d="{"".join(f"M{x:.1f} {y:.1f}{marker(number)}" for x, y in known)}"/>'
    )


def marker(number: int) -> str:
    """Return the marker of a series; series with the same dashes have different markers."""
    return MARKERS[((number - 1) + (number - 1) // 4) % len(MARKERS)]


def _dash(number: int) -> str:
    """Return the CSS class of a series' dashes; the first and the fifth are solid."""
    return f" dash-{(number - 1) % 4 + 1}" if (number - 1) % 4 else ""


def _band(one: Series, number: int, x: Sequence[int], across: _Scale, up: _Scale) -> str:
    """Return the band between a series' low and high values, closed at gaps."""
    edges = []
    for low, high, at in zip(one.low or (), one.high or (), x, strict=True):
        known = low is not None and high is not None
        edges.append((across(at), _within(up, low), _within(up, high)) if known else None)
    d = "".join(
        _path([(at, low) for at, low, _high in run] + [(at, high) for at, _low, high in reversed(run)]) + "z"
        for run in _runs(edges)
    )
    return f'<path class="band f-series-{number}" d="{d}"/>'


def _within(up: _Scale, value: float | None) -> float:
    """Return the position of a value, clamped to the scale."""
    return up(min(max(value or 0.0, up.first), up.last))


def _names(series: Sequence[Series], drawn: Sequence[Sequence[Point | None]], start: float, up: _Scale) -> list[str]:
    """Return the labels at the ends of the lines, moved apart so that they do not overlap."""
    ends = [next((point[1] for point in reversed(points) if point), up.start) for points in drawn]
    placed: dict[int, float] = {}
    for place in sorted(range(len(series)), key=lambda place: (ends[place], place)):
        above = max(placed.values(), default=-math.inf)
        placed[place] = max(ends[place], above + LINE)
    # If the lowest was pushed below the axis, move all of them up.
    limit = up.start
    for place in sorted(placed, key=lambda place: -placed[place]):
        placed[place] = min(placed[place], limit)
        limit = placed[place] - LINE
    return [
        f'<path class="thick s-series-{number}{_dash(number)}" d="M{start:.1f} {y:.1f}h{SAMPLE}"/>'
        f'<path class="f-series-{number}" '
        f'd="M{start + SAMPLE / 2:.1f} {y:.1f}{marker(number)}"/>'
        f'<text class="f-ink" x="{start + SAMPLE + GAP / 2:.1f}" y="{y + 4:.1f}">{escape(one.label)}</text>'
        for number, one, y in ((place + 1, one, placed[place]) for place, one in enumerate(series))
    ]
