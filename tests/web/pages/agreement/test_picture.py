"""The drawing of the agreement matrix, read back cell by cell."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.pages.agreement.picture import COLOURS, Steps, heat, runs, size
from web.pictures.picture import Picture

STEPS = Steps((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), lambda edge: f"{edge:.1f}")
UNKNOWN = COLOURS


def square(number: int, seed: int = 1, unknown: float = 0.1) -> np.ndarray:
    """Return symmetric values, some and the diagonal without one."""
    rng = np.random.default_rng(seed)
    values = np.round(rng.random((number, number)), 1)
    values[rng.random((number, number)) < unknown] = np.nan
    lower = np.tril(values, -1)
    values = lower + lower.T
    np.fill_diagonal(values, np.nan)
    return values


def codes(number: int) -> list[str]:
    return [f"{chr(65 + place // 26)}{chr(65 + place % 26)}Q" for place in range(number)]


def drawn(number: int, values: np.ndarray | None = None, **asked: object) -> Picture:
    """Return the picture of so many things."""
    return heat(
        title="A & B", description="who", codes=codes(number), values=square(number) if values is None else values,
        steps=STEPS, unknown="fewer", **asked,  # type: ignore[arg-type]  # of any kind
    )  # fmt: skip


def shapes(picture: Picture) -> ET.Element:
    return ET.fromstring(picture.inline())  # noqa: S314  # our own


def texts(picture: Picture) -> list[tuple[str, str]]:
    """Return the classes and the words of each text."""
    return [(one.get("class", ""), one.text or "") for one in shapes(picture).iter("text")]


def cells(picture: Picture, number: int) -> np.ndarray:
    """Return the step of each cell as it is drawn, -1 where nothing is: the half below the diagonal and its image."""
    half = next(one for one in shapes(picture).iter("g") if one.get("id"))
    found = np.full((number, number), -1)
    for path in half.iter("path"):
        css = path.get("class", "")
        step = UNKNOWN if css == "s-choice-edge" else int(css.removeprefix("s-heat-"))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path.get("d", "")):
            for place in range(int(x), int(x) + int(length)):
                assert found[int(y), place] == -1
                found[int(y), place] = step
    [image] = shapes(picture).iter("use")
    assert image.get("href") == f"#{half.get('id')}"
    assert image.get("transform") == "matrix(0 1 1 0 0 0)"
    whole: np.ndarray = np.maximum(found, found.T)
    return whole


class TestSteps:
    """From values to steps of colour."""

    def test_a_step_begins_at_its_edge(self):
        values = np.array([-1, 0.0999, 0.1, 0.19, 0.2, 0.79, 0.8, 1, np.nan])

        assert STEPS.of(values).tolist() == [0, 0, 1, 1, 2, 7, 8, 8, UNKNOWN]

    def test_steps_are_named_by_their_edges(self):
        assert STEPS.labels == [
            "< 0.1", "0.1–0.2", "0.2–0.3", "0.3–0.4", "0.4–0.5", "0.5–0.6", "0.6–0.7", "0.7–0.8", "≥ 0.8",
        ]  # fmt: skip

    @pytest.mark.parametrize("edges", [(0.1, 0.2), (0.1,) * 8, (0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)])
    def test_steps_need_eight_ascending_edges(self, edges: tuple[float, ...]):
        with pytest.raises(ValueError, match="8 edges, ascending"):
            Steps(edges, str)


class TestCells:
    """Each cell has the colour of its value, whatever is drawn as one line."""

    @given(st.integers(1, 25), st.integers(0, 500), st.integers(1, 4))
    def test_runs_are_the_cells_below_the_diagonal(self, number: int, seed: int, kinds: int):
        classes = np.random.default_rng(seed).integers(0, kinds, (number, number))
        found = np.full((number, number), -1)
        lines = runs(classes)
        for kind, of_kind in lines.items():
            for column, row, length in of_kind:
                assert (found[row, column : column + length] == -1).all()
                found[row, column : column + length] = kind
                # A run ends where the next cell is another or the diagonal.
                assert column + length == row or classes[row, column + length] != kind

        below = np.tri(number, k=-1, dtype=bool)
        assert (found[below] == classes[below]).all()
        assert (found[~below] == -1).all()

    @pytest.mark.parametrize("number", [2, 3, 6, 7, 12, 13, 24, 25, 60, 61, 193])
    def test_drawn_cells_equal_the_values(self, number: int):
        values = square(number)
        expected = STEPS.of(values)
        np.fill_diagonal(expected, -1)

        assert (cells(drawn(number, values), number) == expected).all()

    def test_cells_of_three_states_are_drawn_as_expected(self):
        nan = np.nan
        values = np.array([[nan, 0.25, 0.95], [0.25, nan, nan], [0.95, nan, nan]])
        picture = drawn(3, values)

        assert cells(picture, 3).tolist() == [[-1, 2, 8], [2, -1, UNKNOWN], [8, UNKNOWN, -1]]
        paths = {one.get("class"): one.get("d") for one in shapes(picture).iter("path") if "M0 1h1" in one.get("d", "")}
        assert paths == {"s-heat-2": "M0 1h1"}


class TestWords:
    """Codes, figures and the legend."""

    @pytest.mark.parametrize("number", [1, 2, 6, 7, 12, 13, 24, 40, 60, 61, 193])
    def test_each_code_labels_its_row_and_column(self, number: int):
        picture = drawn(number)

        shown = [said for _css, said in texts(picture) if re.fullmatch(r"[A-Z]{2}Q", said)]
        assert sorted(shown) == sorted(codes(number) * 2)

    @pytest.mark.parametrize("number", [6, 12, 24, 60, 61, 193])
    def test_codes_do_not_cover_each_other(self, number: int):
        vote_context = [one for one in shapes(drawn(number)).iter("text") if "end" in one.get("class", "").split()]

        lines: dict[str, list[float]] = {}
        for one in vote_context:
            lines.setdefault(one.get("x", ""), []).append(float(one.get("y", "")))
        assert sum(map(len, lines.values())) == number
        assert len(lines) == (2 if number > 60 else 1)
        # Letters of 10 units are no higher than that.
        assert all(below - above >= 10 for places in lines.values() for above, below in pairwise(sorted(places)))

    @pytest.mark.parametrize(("number", "shown"), [(3, 6), (12, 132), (13, 0), (61, 0)])
    def test_figures_are_drawn_in_cells_with_room(self, number: int, shown: int):
        values = square(number, unknown=0)
        picture = drawn(number, values, figure=lambda value: f"{value:.1f}!")

        found = sorted(said for _css, said in texts(picture) if said.endswith("!"))
        expected = sorted(f"{value:.1f}!" for value in values[~np.isnan(values)].tolist())
        assert found == (expected if shown else [])
        assert len(found) == shown

    def test_figure_in_a_cell_has_a_readable_colour(self):
        nan = np.nan
        values = np.array(
            [[nan, 0.0, 0.55, nan], [0.0, nan, 0.65, 0.75], [0.55, 0.65, nan, 0.8], [nan, 0.75, 0.8, nan]]
        )
        picture = drawn(4, values, figure=lambda value: f"{value:.2f}!")

        colours: dict[str, set[str]] = {}
        places: dict[str, set[tuple[int, int]]] = {}
        for one in shapes(picture).iter("text"):
            if (said := one.text or "").endswith("!"):
                colours.setdefault(said, set()).add(one.get("class", "").split()[-1])
                x, y = float(one.get("x", "")), float(one.get("y", ""))
                places.setdefault(said, set()).add((int(y - 36) // 48, int(x - 36) // 48))
        assert colours == {
            "0.00!": {"f-ink"}, "0.55!": {"f-ink"}, "0.65!": {"f-on-heat"},
            "0.75!": {"f-paper"}, "0.80!": {"f-paper"},
        }  # fmt: skip
        assert places["0.55!"] == {(0, 2), (2, 0)}
        assert places["0.80!"] == {(2, 3), (3, 2)}

    @pytest.mark.parametrize("number", [1, 2, 12, 40, 60, 193])
    def test_legend_explains_each_step_and_fits(self, number: int):
        picture = drawn(number)
        side = max(float(one.get("y", "")) for one in shapes(picture).iter("rect") if "f-panel" in one.get("class", ""))

        labels = [said for _css, said in texts(picture)][-10:]
        assert labels == [*STEPS.labels, "fewer"]
        boxes = [one for one in shapes(picture).iter("rect") if one.get("width") == "14"]
        assert [one.get("class") for one in boxes] == [
            *(f"f-heat-{step} s-choice-edge" for step in range(COLOURS)), "f-panel s-choice-edge",
        ]  # fmt: skip
        assert side <= max(float(one.get("y", "")) for one in boxes) <= picture.height - 14
        assert all(float(one.get("x", "")) + 88 <= picture.width + 4 for one in boxes)

    def test_codes_are_escaped(self):
        picture = heat(
            title="A", description="", codes=["<b>", "&"], values=square(2), steps=STEPS, unknown="<i>",
            figure=lambda _value: "<u>",
        )  # fmt: skip

        assert {"<b>", "&", "<u>"} <= {said for _css, said in texts(picture)}
        assert not re.search("<[biu]>", picture.body)


class TestWhole:
    """The picture as a whole."""

    @pytest.mark.parametrize("number", [0, 1, 2, 6, 7, 12, 13, 24, 25, 60, 61, 193, 202])
    def test_size_is_known_before_drawing(self, number: int):
        picture = drawn(number)

        assert size(number) == (picture.width, picture.height)

    def test_up_to_twelve_states_fit_a_phone(self):
        assert max(size(number)[0] for number in range(12)) <= 400

    def test_same_values_give_the_same_bytes(self):
        assert drawn(30).standalone() == drawn(30).standalone()
        assert drawn(30).standalone() != drawn(30, square(30, seed=2)).standalone()
