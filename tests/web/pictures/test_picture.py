"""Pictures inline, as standalone files, and in the stylesheet's colours."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from web.pictures.picture import TOKENS, Picture, rules

SVG = "{http://www.w3.org/2000/svg}"
NAMED = Picture("Who & whom", "A <square>", 120, 80, '<rect class="f-ink" width="120" height="80"/>')


def alone(picture: Picture, source: str = "") -> ET.Element:
    """Return the file, read as a browser reads it."""
    return ET.fromstring(picture.standalone(source))  # noqa: S314  # our own


class TestInline:
    """A picture within a page."""

    def test_inline_svg_has_title_and_description(self):
        drawn = ET.fromstring(NAMED.inline("picture heat"))  # noqa: S314  # our own

        assert (drawn.get("class"), drawn.get("role")) == ("picture heat", "img")
        assert (drawn.get("viewBox"), drawn.get("width"), drawn.get("height")) == ("0 0 120 80", "120", "80")
        named = {one.get("id"): one.text for one in drawn}
        assert [named[own] for own in drawn.get("aria-labelledby", "").split()] == ["Who & whom", "A <square>"]
        assert [one.tag for one in drawn] == ["title", "desc", "rect"]

    def test_two_pictures_on_a_page_have_distinct_ids(self):
        ids = [
            re.findall(r' id="([^"]+)"', Picture(title, said, 1, 1, "").inline())
            for title, said in (("a", "b"), ("a", "c"), ("c", "b"))
        ]

        assert len({own for pair in ids for own in pair}) == 6


class TestStandalone:
    """A picture as a file."""

    def test_standalone_svg_states_title_and_source(self):
        drawn = alone(NAMED, "Plenary & friends")

        [heading, source] = drawn.findall(f"{SVG}text")
        assert "".join(heading.itertext()) == "Who & whom"
        assert "".join(source.itertext()) == "Plenary & friends"
        named = {one.get("id"): one.text for one in drawn}
        assert [named[own] for own in drawn.get("aria-labelledby", "").split()] == ["Who & whom", "A <square>"]

    @given(
        title=st.text("abc é", max_size=300).filter(str.strip), width=st.integers(100, 1300), height=st.integers(1, 900)
    )
    def test_standalone_svg_has_margins_for_heading_and_source(self, title: str, width: int, height: int):
        picture = Picture(title, "", width, height, "")
        drawn = alone(picture, "Plenary")
        left, top, wide, high = (float(number) for number in drawn.get("viewBox", "").split())

        assert (int(wide), int(high)) == picture.size_alone
        assert (drawn.get("width"), drawn.get("height")) == (str(int(wide)), str(int(high)))
        assert (left + wide, left) == (width - left, -10)
        [heading, source] = drawn.findall(f"{SVG}text")
        first, lines = float(heading.get("y", "")), [one.text or "" for one in heading]
        last = first + sum(float(one.get("dy", "")) for one in heading)
        # Letters of 13 units stand on their line and reach 3 below it.
        assert first - 13 >= top
        assert last + 3 <= 0
        assert height < float(source.get("y", "")) - 8 < top + high - 11
        assert "".join("".join(lines).split()) == "".join(title.split())
        assert all(len(line) * 8.4 <= width for line in lines)

    def test_standalone_svg_has_background_and_both_colour_schemes(self):
        drawn = alone(NAMED)

        [ground, *_others] = drawn.findall(f"{SVG}rect")
        assert [ground.get(name) for name in ("x", "y", "width", "height")] == [
            *drawn.get("viewBox", "").split()[:2], drawn.get("width"), drawn.get("height"),
        ]  # fmt: skip
        assert ground.get("class") == "f-paper"
        style = drawn.findtext(f"{SVG}style") or ""
        light, dark = style.split("@media (prefers-color-scheme:dark)")
        assert rules() in light
        assert rules(dark=True) in dark
        assert rules() not in dark

    def test_same_picture_gives_the_same_bytes(self):
        again = Picture("Who & whom", "A <square>", 120, 80, NAMED.body)

        assert again.standalone("x") == NAMED.standalone("x")
        assert again.inline() == NAMED.inline()


class TestColours:
    """The stylesheet has the same colours for pictures within pages."""

    CSS = (settings.BASE_DIR / "static/plenary/plenary.css").read_text()

    @pytest.mark.parametrize("name", TOKENS)
    def test_colours_of_stylesheet_and_files_are_equal(self, name: str):
        found = re.findall(rf"^ *--{name}: (#[0-9a-f]+);", self.CSS, re.MULTILINE)

        assert tuple(found[:2]) == (TOKENS[name] if len(found) > 1 else (TOKENS[name][0],))
        if len(found) == 1:
            assert TOKENS[name][0] == TOKENS[name][1]

    @pytest.mark.parametrize("name", TOKENS)
    def test_each_colour_has_its_classes_in_the_stylesheet(self, name: str):
        assert f".f-{name} {{ fill: var(--{name}); }} .s-{name} {{ stroke: var(--{name}); }}" in self.CSS

    def test_each_colour_has_a_fill_and_a_stroke_rule(self):
        assert rules().startswith(".f-paper{fill:#fbfaf6}.s-paper{stroke:#fbfaf6}")
        assert rules(dark=True).count("{fill:") == rules(dark=True).count("{stroke:") == len(TOKENS)
