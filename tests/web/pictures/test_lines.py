"""Line charts: points, gaps, bands, axes and labels."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.pictures.lines import AT_MOST, LINE, Series, line_chart, percent
from web.pictures.picture import Picture

NUMBER = r"-?\d+(?:\.\d+)?"


def chart(*series: Series, **values: object) -> Picture:
    """Return a chart of agreement in some years, unless told otherwise."""
    asked = {
        "x": range(2001, 2001 + len(series[0].values)) if series else (),
        "y_range": (0, 1),
        "y_label": "Agreement",
    }
    return line_chart(title="A & B", description="How often", series=series, **{**asked, **values})  # type: ignore[arg-type]  # of any kind


def shapes(picture: Picture) -> ET.Element:
    """Return the shapes, read as a browser reads them."""
    return ET.fromstring(picture.inline())  # noqa: S314  # our own


def with_class(picture: Picture, *classes: str) -> list[ET.Element]:
    """Return the elements that have all of the classes, in order."""
    return [one for one in shapes(picture).iter() if {*classes} <= {*one.get("class", "").split()}]


def texts(picture: Picture, css_class: str) -> list[str]:
    return [one.text or "" for one in with_class(picture, css_class) if one.tag.endswith("text")]


def runs(path: ET.Element) -> list[list[tuple[float, float]]]:
    """Return the points of each part of a line."""
    parts = [part for part in path.get("d", "").split("M") if part]
    return [[(float(x), float(y)) for x, y in re.findall(rf"({NUMBER}) ({NUMBER})", part)] for part in parts]


def marks(picture: Picture, number: int = 1) -> list[tuple[float, float]]:
    """Return where a series has markers; its sample beside the name is the last where there are several series."""
    found = [one for one in with_class(picture, f"f-series-{number}") if "band" not in one.get("class", "")]
    return [(float(x), float(y)) for x, y in re.findall(rf"M({NUMBER}) ({NUMBER})m", found[0].get("d", ""))]


def test_value_is_drawn_at_its_height_and_year():
    [line] = runs(with_class(chart(Series("a", [0.0, 0.5, 1.0])), "thick")[0])
    [top, middle, bottom] = [line[2], line[1], line[0]]

    assert bottom[1] - middle[1] == pytest.approx(middle[1] - top[1], abs=0.11)
    assert top[0] - middle[0] == pytest.approx(middle[0] - bottom[0], abs=0.11)
    assert top[1] < bottom[1]
    levels = {one.get("d", "") for one in with_class(chart(Series("a", [0.0, 0.5, 1.0])), "thin")}
    assert any(f" {top[1]:.1f}H" in level for level in levels)
    assert any(f" {bottom[1]:.1f}H" in level for level in levels)


def test_a_line_breaks_where_there_is_no_value():
    picture = chart(Series("a", [0.1, 0.2, None, 0.4, None, 0.6, 0.7]))

    assert [len(run) for run in runs(with_class(picture, "thick")[0])] == [2, 2]
    # What stands alone has no line but its marker.
    assert len(marks(picture)) == 5
    assert marks(picture)[2] not in [point for run in runs(with_class(picture, "thick")[0]) for point in run]


def test_years_missing_from_x_are_joined_and_keep_their_space():
    [line] = runs(with_class(chart(Series("a", [0.1, 0.2, 0.3]), x=[2001, 2002, 2006]), "thick")[0])

    assert line[2][0] - line[1][0] == pytest.approx(4 * (line[1][0] - line[0][0]), abs=0.5)


def test_long_line_has_markers_at_intervals_its_end_and_lone_points():
    values: list[float | None] = [0.5] * 80
    values[60] = values[62] = None

    found = marks(chart(Series("a", values)))
    every = [point for run in runs(with_class(chart(Series("a", values)), "thick")[0]) for point in run]

    assert len(found) == len({*range(0, 80, 8)} | {61, 79})
    assert every[-1] in found


def test_values_beyond_the_range_are_drawn_at_its_edge():
    beyond = chart(Series("a", [-3.0, 0.0, 1.0, 9.0], low=[-9, -9, 0, 0], high=[0, 0, 9, 9]), y_range=(0, 1))

    [line] = runs(with_class(beyond, "thick")[0])
    assert line[0][1] == line[1][1]
    assert line[2][1] == line[3][1]
    [band] = runs(with_class(beyond, "band")[0])
    assert {y for _x, y in band} == {line[0][1], line[3][1]}


def test_a_band_goes_from_low_to_high_and_closes_at_gaps():
    series = Series("a", [0.4, 0.5, None, 0.6], low=[0.3, 0.4, None, 0.5], high=[0.5, 0.6, None, 0.7])

    band = with_class(chart(series), "band")[0]

    assert [len(run) for run in runs(band)] == [4, 2]
    assert band.get("d", "").count("z") == 2
    first, second = runs(band)
    assert [x for x, _y in first] == [first[0][0], first[1][0], first[1][0], first[0][0]]
    assert second[0][0] == second[1][0]


def test_series_differ_by_colour_and_by_dash_and_marker_together():
    picture = chart(*[Series(f"s{n}", [0.1 * n, 0.1 * n]) for n in range(AT_MOST)])

    lines = [one for one in with_class(picture, "thick") if "h" not in one.get("d", "")]
    assert sorted(one.get("class", "") for one in lines) == sorted(
        f"thick s-series-{n}{dash}" for n, dash in enumerate(["", " dash-2", " dash-3", " dash-4"] * 2, 1)
    )
    signs = set()
    for number in range(1, AT_MOST + 1):
        marker = with_class(picture, f"f-series-{number}")[0].get("d", "").split("m", 1)[1].split("M")[0]
        signs.add((marker, (number - 1) % 4))
    assert len(signs) == AT_MOST


@given(ends=st.lists(st.integers(0, 50).map(lambda n: n / 50), min_size=2, max_size=AT_MOST))
@settings(deadline=None)
def test_labels_never_overlap_and_keep_the_order_of_line_ends(ends: list[float]):
    picture = chart(*[Series(f"s{n}", [end]) for n, end in enumerate(ends)], x=[2001])

    names = [one for one in with_class(picture, "f-ink") if one.tag.endswith("text")]
    assert [one.text for one in names] == [f"s{n}" for n in range(len(ends))]
    places = [float(one.get("y", "")) for one in names]
    in_order = sorted(places)
    assert all(below - above >= LINE - 0.11 for above, below in pairwise(in_order))
    assert in_order[-1] <= picture.height
    assert in_order[0] >= 0
    for one, place in zip(ends, places, strict=True):
        for other, under in zip(ends, places, strict=True):
            assert not (one > other and place > under)


def test_single_series_has_no_label():
    assert texts(chart(Series("alone", [0.5])), "f-ink") == []
    assert texts(chart(Series("one", [0.5]), Series("two", [0.5])), "f-ink") == ["one", "two"]


@pytest.mark.parametrize(
    ("y_range", "y_format", "expected"),
    [
        ((0, 1), percent, ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ((-1, 1), ".1f", ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        ((0.42, 0.58), ".2f", ["0.45", "0.50", "0.55"]),
        ((0, 12), "g", ["0", "2.5", "5", "7.5", "10"]),
    ],
)
def test_axis_has_round_values(y_range: tuple[float, float], y_format: object, expected: list[str]):
    assert texts(chart(Series("a", [0.5]), y_range=y_range, y_format=y_format), "end") == expected


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (range(1946, 2022), ["1950", "1960", "1970", "1980", "1990", "2000", "2010", "2020"]),
        (range(2011, 2021), [str(year) for year in range(2011, 2021)]),
        ([2003], ["2003"]),
    ],
)
def test_years_are_labelled_as_space_allows(x: range, expected: list[str]):
    assert texts(chart(Series("a", [0.5] * len(x)), x=x), "middle") == expected


def test_sessions_are_labelled_by_name():
    names = {place: f"ES-{place + 1}" for place in range(40)}

    shown = texts(chart(Series("a", [0.5] * 40), x=range(40), x_labels=names), "middle")

    assert shown == ["ES-1", "ES-6", "ES-11", "ES-16", "ES-21", "ES-26", "ES-31", "ES-36"]


def test_names_from_the_record_are_escaped():
    picture = chart(Series("<b>&", [0.5]), Series("b", [0.5]), x=[1], y_label="<i>", x_labels={1: "<u>"})

    assert texts(picture, "f-ink") == ["<b>&", "b"]
    assert "<b>" not in picture.body
    assert "<i>" not in picture.body
    assert "<u>" not in picture.body


def test_chart_without_values_is_drawn():
    assert texts(chart(), "middle") == []
    assert [runs(line) for line in with_class(chart(Series("a", [None, None])), "thick")] == [[]]


def test_same_chart_gives_the_same_bytes():
    series = [Series("a", [0.1, None, 0.3]), Series("b", [0.1, 0.2, 0.3], low=[0.0, 0.1, 0.2], high=[0.2, 0.3, 0.4])]

    assert chart(*series).standalone() == chart(*series).standalone()


@pytest.mark.parametrize(
    ("series", "x", "said"),
    [
        ([Series("a", [1.0])] * 9, [1], "8 series, not for 9"),
        ([Series("a", [1.0, 1.0])], [2, 1], "ascend"),
        ([Series("a", [1.0, 1.0])], [1, 1], "ascend"),
        ([Series("a", [1.0])], [1, 2], "one value for each x"),
        ([Series("a", [1.0], low=[])], [1], "one value for each x"),
    ],
)
def test_invalid_series_are_refused(series: list[Series], x: list[int], said: str):
    with pytest.raises(ValueError, match=said):
        chart(*series, x=x)
