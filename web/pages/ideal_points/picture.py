"""Charts of ideal points: lines over sessions, the strip of one session, and a roll call's division."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from votes.analysis.matrix import ABSTAINING, NO, YES
from web.display.figures import MINUS, Figures
from web.pictures.lines import Series, line_chart, marker
from web.pictures.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from votes.record.record import Record
    from votes.reports.ideal_points import Division, Estimates, Point

FIRST_YEAR = 1945
"""The General Assembly's session n opened in this year + n."""
CONFIDENCE = 1.96
"""Half-width of a 95% interval in standard errors."""

WIDTH, SIDE = 720, 24
DOT, RADIUS = 6.4, 2.8
"""Dot pitch and size."""
LABEL, LABEL_LINE = 46, 22
"""Width of an enlarged code, and line height of codes."""
PERMANENT = ("CHN", "FRA", "GBR", "RUS", "SUN", "USA")
LANES = {YES: "Y", ABSTAINING: "A", NO: "N"}
"""Positions from top to bottom, with their letters."""
POSITIONS = {YES: gettext_lazy("in favour"), ABSTAINING: gettext_lazy("abstaining"), NO: gettext_lazy("against")}


def signed(value: float, digits: int) -> str:
    """Return a number with its sign; zero has none."""
    return signed_by(Figures(), value, digits)


def signed_by(figures: Figures, value: float, digits: int) -> str:
    """Return the same with a table's formatter."""
    size = round(value, digits)
    return f"{'+' if size > 0 else MINUS if size < 0 else ''}{figures.decimal(abs(size), digits)}"


def lines(estimates: Estimates, states: Sequence[str], numbers: Sequence[int], record: Record) -> Picture:
    """Return the line chart of at most eight states over the sessions ``numbers``, with 95% bands."""
    asked = set(numbers)
    points = [
        [at for at in estimates.by_state.get(code, {}).values() if at.is_shown and at.session in asked]
        for code in states
    ]
    met = [at.session for line in points for at in line]
    sessions = range(min(met, default=1), max(met, default=1) + 1)
    by_session = [{at.session: at for at in line} for line in points]
    series = [
        Series(
            code,
            [known[n].estimate if n in known else None for n in sessions],
            [_edge(known.get(n), -1) for n in sessions],
            [_edge(known.get(n), 1) for n in sessions],
        )
        for code, known in zip(states, by_session, strict=True)
    ]
    edges = [_edge(at, side) or 0.0 for line in points for at in line for side in (-1, 1)]
    names = {code: record.states[code].name if code in record.states else code for code in states}
    return line_chart(
        title=_("Ideal points over the sessions: %(who)s") % {"who": ", ".join(names.values())},
        description=" ".join(_course(names[code], line) for code, line in zip(states, points, strict=True)),
        x=[FIRST_YEAR + n for n in sessions],
        series=series,
        y_range=(math.floor(min(edges, default=-1)), math.ceil(max(edges, default=1))),
        y_label=_("Ideal point, by the year in which the session opened"),
        y_format=lambda value: signed(value, 0 if value == round(value) else 1),
        height=420,
    )


def _edge(point: Point | None, side: int) -> float | None:
    """Return one end of an estimate's interval."""
    return None if point is None else point.estimate + side * CONFIDENCE * point.standard_error


def _course(name: str, line: Sequence[Point]) -> str:
    """Return a line's start and end in words."""
    if not line:
        return _("%(name)s: no estimate.") % {"name": name}
    return _("%(name)s: %(first)s in session %(from)s, %(last)s in session %(to)s.") % {
        "name": name,
        "first": signed(line[0].estimate, 1),
        "from": line[0].session,
        "last": signed(line[-1].estimate, 1),
        "to": line[-1].session,
    }


class _Axis:
    """The axis of a session's strip, with padding."""

    def __init__(self, points: Sequence[Point]) -> None:
        low, high = points[0].estimate, points[-1].estimate
        margin = max(0.05 * (high - low), 0.05)
        self.low, self.high = low - margin, high + margin

    def __call__(self, value: float) -> float:
        """Return the position of a value, clamped to the axis."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return SIDE + (WIDTH - 2 * SIDE) * share

    def drawn(self, y: float) -> str:
        """Return the axis with integer labels."""
        marks = "".join(
            f'<path class="axis s-choice-edge" d="M{self(tick):.1f} {y:.1f}v5"/>'
            f'<text class="f-muted middle" x="{self(tick):.1f}" y="{y + 22:.1f}">{signed(tick, 0)}</text>'
            for tick in range(math.ceil(self.low), math.floor(self.high) + 1)
        )
        return f'<path class="axis s-choice-edge" d="M{SIDE} {y:.1f}H{WIDTH - SIDE}"/>{marks}'


def _stacked(points: Iterable[Point], axis: _Axis) -> list[tuple[Point, float, int]]:
    """Return (point, position, height in its stack) of each point."""
    heights: dict[int, int] = {}
    placed = []
    for point in points:
        column = round(axis(point.estimate) / DOT)
        heights[column] = heights.get(column, -1) + 1
        placed.append((point, column * DOT, heights[column]))
    return placed


def _rows(points: Iterable[Point], axis: _Axis) -> list[int]:
    """Return the line, from 0, in which each point's code fits."""
    ends: list[float] = []
    rows = []
    for point in points:
        x = axis(point.estimate)
        row = next((n for n, end in enumerate(ends) if x - LABEL / 2 >= end), len(ends))
        ends[row:] = [x + LABEL / 2, *ends[row + 1 :]]
        rows.append(row)
    return rows


def _dots(stacks: Iterable[tuple[Point, float, int]], base: float) -> str:
    """Return stacked dots on the baseline ``base``."""
    disc = f"m-{RADIUS} 0a{RADIUS} {RADIUS} 0 1 0 {2 * RADIUS} 0a{RADIUS} {RADIUS} 0 1 0-{2 * RADIUS} 0"
    return "".join(f"M{x:.1f} {base - DOT * (place + 0.5):.1f}{disc}" for _point, x, place in stacks)


def _code(point: Point, axis: _Axis, y: float, css_class: str) -> str:
    """Return the label of a point's state, kept within the sides."""
    x = min(max(axis(point.estimate), SIDE), WIDTH - SIDE)
    return f'<text class="{css_class} middle" x="{x:.1f}" y="{y:.1f}">{point.state}</text>'


def strip(points: Sequence[Point], chosen: Sequence[str], session: int, names: Mapping[str, str]) -> Picture:
    """Return the strip of a session's states; ``chosen`` ones are labelled.

    ``points`` are ascending and not empty.
    """
    axis = _Axis(points)
    series = {code: number for number, code in enumerate(chosen, 1)}
    stacks = _stacked(points, axis)
    height = DOT * (1 + max(above for _point, _x, above in stacks))
    marked = [point for point in points if point.state in series]
    rows = _rows(marked, axis)
    above = LABEL_LINE * (max(rows) + 1) + 14 if rows else 4
    base = above + height + 8
    drawn = []
    for point, row in zip(marked, rows, strict=True):
        x, y = axis(point.estimate), above - 14 - LABEL_LINE * row
        low, high = (axis(_edge(point, side) or 0.0) for side in (-1, 1))
        drawn.append(
            f'<path class="thin s-line" d="M{x:.1f} {y + 6:.1f}V{base:.1f}"/>'
            f'<path class="thick s-series-{series[point.state]}" d="M{low:.1f} {y + 6:.1f}H{high:.1f}"/>'
            + _code(point, axis, y, "f-ink strong")
        )
    own = "".join(
        f'<path class="f-series-{series[point.state]}" '
        f'd="M{x:.1f} {base - DOT * (place + 0.5):.1f}{marker(series[point.state])}"/>'
        for point, x, place in stacks
        if point.state in series
    )
    others = _dots((stack for stack in stacks if stack[0].state not in series), base)
    drawn += [f'<path class="f-choice-A" d="{others}"/>', own, axis.drawn(base)]
    return Picture(
        _("Ideal points of session %(session)s") % {"session": session},
        _("%(number)s member states along the line, from %(first)s at %(low)s to %(last)s at %(high)s.")
        % {
            "number": len(points),
            "first": names.get(points[0].state, points[0].state),
            "low": signed(points[0].estimate, 2),
            "last": names.get(points[-1].state, points[-1].state),
            "high": signed(points[-1].estimate, 2),
        },
        WIDTH,
        round(base + 30),
        f'<g direction="ltr">{"".join(drawn)}</g>',
    )


def division(found: Division) -> Picture:
    """Return the states with a position on a roll call, in three lanes, with the dividing point."""
    points = [point for point, _choice in found.points]
    axis = _Axis(points)
    lanes = {choice: _stacked([p for p, own in found.points if own == choice], axis) for choice in LANES}
    heights = {
        choice: 24 + DOT * (1 + max((place for _p, _x, place in lane), default=0)) for choice, lane in lanes.items()
    }
    top = LABEL_LINE if found.is_within else 4
    drawn, base = [], float(top)
    for choice, letter in LANES.items():
        base += heights[choice]
        label = f"{capfirst(str(POSITIONS[choice]))} · {len(lanes[choice])}"
        drawn.append(
            f'<path class="thin s-line" d="M{SIDE} {base + 2:.1f}H{WIDTH - SIDE}"/>'
            f'<path class="f-choice-{letter}" d="{_dots(lanes[choice], base)}"/>'
            f'<text class="f-ink" x="{SIDE}" y="{base - heights[choice] + 18:.1f}">{label}</text>'
        )
    if found.is_within:
        x = axis(found.cut.point)
        side = ' class="f-ink strong end"' if x > WIDTH / 2 else ' class="f-ink strong"'
        drawn.append(
            f'<path class="thick s-ink dash-2" d="M{x:.1f} {top - LABEL_LINE + 4}V{base + 8:.1f}"/>'
            f'<text{side} x="{x + (-6 if x > WIDTH / 2 else 6):.1f}" y="16">'
            f"{_('Cut point')} {signed(found.cut.point, 2)}</text>"
        )
    drawn.append(axis.drawn(base + 8))
    known = [point for point in points if point.state in PERMANENT]
    rows = _rows(known, axis)
    drawn += [_code(p, axis, base + 50 + LABEL_LINE * row, "f-ink") for p, row in zip(known, rows, strict=True)]
    return Picture(
        _("How the vote divides the line of ideal points"),
        _("%(yes)s in favour, %(abstaining)s abstaining and %(no)s against, along the line of ideal points.")
        % {"yes": len(lanes[YES]), "abstaining": len(lanes[ABSTAINING]), "no": len(lanes[NO])},
        WIDTH,
        round(base + 40 + LABEL_LINE * (max(rows, default=-1) + 1)),
        f'<g direction="ltr">{"".join(drawn)}</g>',
    )
