"""Drawings of ideal points: lines, strip and division of a vote."""

from __future__ import annotations

import re
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

import pytest

from votes.analysis.matrix import ABSTAINING, NO, YES
from votes.models import IdealPointFit
from votes.reports.ideal_points import Cut, Division, Estimates, Point
from web.pages.ideal_points.picture import SIDE, WIDTH, division, lines, signed, strip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votes.record.record import Record
    from web.pictures.picture import Picture

NUMBER = r"-?\d+(?:\.\d+)?"
CODES = ("QQA", "QQB", "QQC", "QQD", "QQE", "QQF", "QQG", "QQH")


def shapes(picture: Picture) -> ET.Element:
    """Return the shapes, read as a browser reads them."""
    return ET.fromstring(picture.standalone().replace(' xmlns="http://www.w3.org/2000/svg"', ""))  # noqa: S314  # our own


def with_class(picture: Picture, *classes: str) -> list[ET.Element]:
    return [one for one in shapes(picture).iter() if {*classes} <= {*one.get("class", "").split()}]


def texts(picture: Picture, *classes: str) -> list[str]:
    return [one.text or "" for one in with_class(picture, *classes) if one.tag == "text"]


def starts(path: ET.Element) -> list[tuple[float, float]]:
    """Return where the parts of a path begin."""
    return [(float(x), float(y)) for x, y in re.findall(rf"M({NUMBER}) ({NUMBER})", path.get("d", ""))]


def dots(picture: Picture, css_class: str) -> list[tuple[float, float]]:
    """Return the middles of the discs of a colour."""
    return [at for path in with_class(picture, css_class) if path.tag == "path" for at in starts(path)]


def points(*estimates: float, session: int = 7, error: float = 0.1, votes: int = 9) -> list[Point]:
    """Return points of as many states, ascending."""
    pairs = zip(CODES, sorted(estimates), strict=False)
    return [Point(code, session, estimate, error, votes) for code, estimate in pairs]


def of_lines(by_state: Mapping[str, Sequence[Point]], numbers: Sequence[int]) -> Picture:
    estimates = Estimates(
        fit=IdealPointFit(),
        by_state={code: {point.session: point for point in line} for code, line in by_state.items()},
        cuts={},
        days={},
    )
    states = {code: SimpleNamespace(name=f"State <{code}>") for code in by_state}
    return lines(estimates, list(by_state), numbers, cast("Record", SimpleNamespace(states=states)))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1.234, 2, "+1.23"), (-1.235, 1, "−1.2"), (0.004, 2, "0.00"), (-0.004, 2, "0.00"), (2.0, 0, "+2")],
)
def test_figures_have_signs_except_zero(value: float, digits: int, text: str):
    assert signed(value, digits) == text


class TestLines:
    """The points of some states over the sessions."""

    def test_missing_sessions_are_gaps_and_excluded_ones_left_out(self):
        line = [Point("QQA", n, 0.1 * n, 0.1, 9) for n in (4, 5, 7, 8, 9)]
        hidden = [Point("QQB", n, -0.1 * n, 0.1, 4 if n == 6 else 5) for n in (5, 6, 7)]

        picture = of_lines({"QQA": line, "QQB": hidden}, [5, 6, 7, 8])

        first, second = (with_class(picture, "thick", f"s-series-{n}")[0] for n in (1, 2))
        # Session 5 stands alone, 7 and 8 are joined; of the other no two neighbours are shown.
        assert len(starts(first)) == 1
        assert starts(second) == []
        years = [text for text in texts(picture, "f-muted", "middle") if text.isdigit()]
        assert years == ["1950", "1951", "1952", "1953"]

    def test_band_is_1_96_standard_errors_on_either_side(self):
        picture = of_lines({"QQA": [Point("QQA", n, 0.0, 0.5, 9) for n in (5, 6)]}, [5, 6])

        heights = [
            float(y) for _x, y in re.findall(rf"({NUMBER}) ({NUMBER})", with_class(picture, "band")[0].get("d", ""))
        ]
        levels = {one.text: float(one.get("y", "0")) for one in with_class(picture, "f-muted", "end")}
        unit = levels["0"] - levels["+1"]
        assert max(heights) - min(heights) == pytest.approx(2 * 1.96 * 0.5 * unit, rel=0.01)

    def test_no_two_levels_have_the_same_figure(self):
        for reach in (0.1, 0.3, 0.9, 1.4, 2.2, 4.9):
            line = [Point("QQA", n, n * reach, 0.02, 9) for n in (0, 1)]
            levels = texts(of_lines({"QQA": line}, [0, 1]), "f-muted", "end")
            assert len(levels) == len(set(levels)) > 2, reach

    def test_description_states_start_and_end_of_each_line(self):
        line = [Point("QQA", n, 0.25 * n, 0.1, 9) for n in (1, 2, 3)]

        picture = of_lines({"QQA": line, "QQB": []}, [2, 3])

        assert picture.title == "Ideal points over the sessions: State <QQA>, State <QQB>"
        assert picture.description == ("State <QQA>: +0.5 in session 2, +0.8 in session 3. State <QQB>: no estimate.")
        assert "<QQA>" not in picture.standalone()

    def test_chart_without_points_is_empty(self):
        assert with_class(of_lines({"QQA": []}, []), "thick", "s-series-1")[0].get("d") == ""


class TestStrip:
    """All states of a session."""

    def test_each_state_is_a_dot_in_its_place(self):
        found = points(-2, -1, 0, 2)

        picture = strip(found, (), 7, {})

        xs = sorted(x for x, _y in dots(picture, "f-choice-A"))
        assert len(xs) == 4
        assert xs[2] - xs[1] == pytest.approx(xs[1] - xs[0], abs=6.4)
        assert xs[3] - xs[2] == pytest.approx(2 * (xs[1] - xs[0]), abs=3 * 6.4)
        assert min(xs) > SIDE
        assert max(xs) < WIDTH - SIDE
        assert texts(picture, "f-muted", "middle") == ["−2", "−1", "0", "+1", "+2"]

    def test_states_at_the_same_place_are_stacked(self):
        picture = strip(points(0, 0, 0, 3), (), 7, {})

        found = dots(picture, "f-choice-A")
        assert len(found) == len(set(found)) == 4
        same = [y for x, y in found if x == found[0][0]]
        assert len(same) == 3
        assert all(below - above == pytest.approx(6.4, abs=0.11) for below, above in pairwise(same))

    def test_chosen_states_have_codes_and_intervals(self):
        picture = strip(points(-2, 0, 2, error=0.5), ("QQC", "QQA", "QQZ"), 7, {})

        assert texts(picture, "strong") == ["QQA", "QQC"]
        assert len(dots(picture, "f-choice-A")) == 1
        # The colour of a state is that of its line.
        assert len(dots(picture, "f-series-1")) == len(dots(picture, "f-series-2")) == 1
        assert dots(picture, "f-series-1")[0][0] > dots(picture, "f-series-2")[0][0]
        assert len(with_class(picture, "thick")) == 2

    def test_codes_do_not_cover_one_another(self):
        picture = strip(points(*(0.01 * n for n in range(8)), 9), CODES, 7, {})

        places = [(float(one.get("x", "0")), float(one.get("y", "0"))) for one in with_class(picture, "strong")]
        assert len(places) == 8
        for place, (x, y) in enumerate(places):
            for other_x, other_y in places[:place]:
                assert abs(x - other_x) >= 40 or abs(y - other_y) >= 20
        assert all(0 < y < picture.height for _x, y in places)

    def test_description_names_the_states_at_the_ends(self):
        picture = strip(points(-1.5, 0, 2.25), (), 7, {"QQA": "Q & A"})

        assert picture.title == "Ideal points of session 7"
        assert picture.description == "3 member states along the line, from Q & A at −1.50 to QQC at +2.25."


class TestDivision:
    """How a roll call divides the line."""

    def divided(self, *votes: int, cut: Cut = Cut(7, 1.0, -0.8, -0.2, 1), **values: Any) -> Division:  # noqa: B008  # a tuple
        found = points(*(place - len(votes) / 2 for place in range(len(votes))))
        return Division(cut, tuple(zip(found, votes, strict=True)), (NO, YES), **{"is_stale": False, **values})

    def test_each_position_is_a_lane_with_a_dot_for_each_state(self):
        picture = division(self.divided(NO, NO, ABSTAINING, YES, YES, YES))

        lanes = [dots(picture, f"f-choice-{letter}") for letter in "YAN"]
        assert [len(lane) for lane in lanes] == [3, 1, 2]
        assert lanes[0][0][1] < lanes[1][0][1] < lanes[2][0][1]
        assert [text for text in texts(picture, "f-ink") if "·" in text] == [
            "In favour · 3",
            "Abstaining · 1",
            "Against · 2",
        ]
        assert picture.description == "3 in favour, 1 abstaining and 2 against, along the line of ideal points."

    def test_cut_point_is_drawn_between_the_sides(self):
        picture = division(self.divided(NO, NO, ABSTAINING, YES, YES, YES))

        [line] = with_class(picture, "dash-2")
        x = starts(line)[0][0]
        assert max(x for x, _y in dots(picture, "f-choice-N")) < x < min(x for x, _y in dots(picture, "f-choice-Y"))
        assert texts(picture, "strong") == ["Cut point −0.50"]

    def test_label_of_the_cut_point_stays_within_the_picture(self):
        ends = [
            with_class(division(self.divided(NO, NO, YES, YES, cut=Cut(7, 1.0, at, at, 1))), "strong")[0]
            for at in (-1.9, 0.9)
        ]

        assert [("end" in one.get("class", "")) for one in ends] == [False, True]

    def test_undivided_vote_has_no_cut_line(self):
        picture = division(self.divided(NO, YES, YES, YES, cut=Cut(7, 0.01, -5.0, -5.0, 1)))

        assert with_class(picture, "dash-2") == []
        assert texts(picture, "strong") == []
        assert len(dots(picture, "f-choice-Y")) == 3

    def test_permanent_members_are_labelled(self):
        found = [Point(code, 7, estimate, 0.1, 9) for code, estimate in (("CHN", -1.0), ("QQA", 0.0), ("USA", 2.0))]
        picture = division(Division(Cut(7, 1.0, 0, 0, 1), tuple((p, YES) for p in found), (NO, YES), is_stale=False))

        assert [text for text in texts(picture, "f-ink") if text in ("CHN", "QQA", "USA")] == ["CHN", "USA"]
