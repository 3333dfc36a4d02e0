"""The drawing of flows: blocks, ribbons and labels."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from web.pages.movement.picture import FIGURED, GAP, LABEL, STACK, TOP, Node, flow
from web.pictures.picture import Picture

NODES = [Node("Yes & no", "f-a", "r-a"), Node("Abstaining", "f-b", "r-b"), Node("<No>", "f-c", "r-c")]


def drawn(counts: dict[tuple[int, int], int], heads: tuple[str, str] = ("First", "Second")) -> Picture:
    return flow("A & B", "Who & where", [(head, "1 May 2001") for head in heads], NODES, counts)


def shapes(picture: Picture, tag: str) -> list[ET.Element]:
    """Return the shapes of a kind, read as a browser reads them."""
    return list(ET.fromstring(picture.inline()).iter(tag))  # noqa: S314  # our own


def blocks(picture: Picture) -> dict[tuple[str, str], tuple[float, float]]:
    """Return top and height of each block, by its side and class."""
    rects = shapes(picture, "rect")
    left = min((one.get("x") or "" for one in rects), key=float, default="")
    return {
        ("left" if one.get("x") == left else "right", one.get("class") or ""): (
            float(one.get("y") or 0),
            float(one.get("height") or 0),
        )
        for one in rects
    }


def ribbons(picture: Picture) -> dict[str, tuple[float, float, float]]:
    """Return where each ribbon leaves, where it arrives, and how wide it is, by what it says."""
    found = {}
    for path in shapes(picture, "path"):
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.get("d") or "")]
        _x, y, _c1, _y1, _c2, _to, _end, to, height, *_back = numbers
        found[path.findtext("title") or ""] = (y, to, height)
    return found


def test_height_of_blocks_is_proportional_with_gaps_between():
    picture = drawn({(0, 0): 5, (0, 1): 3, (2, 2): 2})

    assert blocks(picture) == {
        ("left", "f-a"): (TOP, 0.8 * STACK),
        ("left", "f-c"): (TOP + 0.8 * STACK + GAP, 0.2 * STACK),
        ("right", "f-a"): (TOP, 0.5 * STACK),
        ("right", "f-b"): (TOP + 0.5 * STACK + GAP, 0.3 * STACK),
        ("right", "f-c"): (TOP + 0.8 * STACK + 2 * GAP, 0.2 * STACK),
    }


def test_ribbons_are_adjacent_in_the_order_of_the_nodes():
    picture = drawn({(0, 1): 4, (1, 0): 2, (1, 1): 2, (0, 0): 2})

    assert ribbons(picture) == {
        "Yes & no → Yes & no: 2": (TOP, TOP, 0.2 * STACK),
        "Yes & no → Abstaining: 4": (TOP + 0.2 * STACK, TOP + 0.4 * STACK + GAP, 0.4 * STACK),
        "Abstaining → Yes & no: 2": (TOP + 0.6 * STACK + GAP, TOP + 0.2 * STACK, 0.2 * STACK),
        "Abstaining → Abstaining: 2": (TOP + 0.8 * STACK + GAP, TOP + 0.8 * STACK + GAP, 0.2 * STACK),
    }


def test_labels_are_escaped_and_show_counts():
    said = ["".join(one.itertext()) for one in shapes(drawn({(0, 2): 7, (2, 2): 1}), "text")]

    assert said[:4] == ["First", "1 May 2001", "Second", "1 May 2001"]
    assert said[4:6] == ["7", "1"]
    assert said[6:] == ["Yes & no 7", "<No> 1", "<No> 8"]


def test_long_heading_is_shortened():
    head = "a-roll-call-with-a-long-name"
    said = [one.text for one in shapes(drawn({(0, 0): 1}, (head, "Second")), "text")]

    assert said[0] == "a-roll-call-with-a-…"
    assert len(said[0]) == 20


def test_narrow_ribbon_has_no_figure():
    wide, narrow = 97, 3
    assert STACK * narrow / 100 < FIGURED
    said = [one.text for one in shapes(drawn({(0, 0): wide, (0, 1): narrow}), "text")]

    assert said[4:5] == ["97"]
    assert "3" not in said


def test_no_states_give_no_blocks_and_no_ribbons():
    picture = drawn({})

    assert (blocks(picture), ribbons(picture)) == ({}, {})
    assert len(shapes(picture, "text")) == 4


counts = st.dictionaries(st.tuples(*[st.integers(0, 2)] * 2), st.integers(1, 190), min_size=1)


@given(counts=counts)
def test_any_counts_fit_without_touching_labels(counts: dict[tuple[int, int], int]):
    picture = drawn(counts)
    whole = sum(counts.values())

    tops = blocks(picture)
    for side, place in ((0, "left"), (1, "right")):
        for number, node in enumerate(NODES):
            figure = sum(count for way, count in counts.items() if way[side] == number)
            assert ((place, node.fill) in tops) == (figure > 0)
            if figure:
                assert abs(tops[place, node.fill][1] - STACK * figure / whole) <= 0.06
    assert all(top + height <= picture.height for top, height in tops.values())
    assert len(ribbons(picture)) == len(counts)
    labels = [one for one in shapes(picture, "text") if one.find("tspan") is not None]
    for x in {one.get("x") for one in labels}:
        places = [float(one.get("y") or 0) for one in labels if one.get("x") == x]
        assert all(after - before >= LABEL - 0.11 for before, after in pairwise(places))
        assert places[-1] <= picture.height


def test_same_counts_give_the_same_bytes_in_any_order():
    ways = {(0, 0): 3, (1, 2): 4, (2, 1): 5}

    assert drawn(ways).inline() == drawn(dict(reversed(ways.items()))).inline()
