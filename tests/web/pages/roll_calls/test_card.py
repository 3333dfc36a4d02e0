"""Share cards: contents, fitting of titles, and size."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.web.records import Maker
from votes.choices import Choice
from votes.reports.breakdown import StateChoice
from web.files import answers
from web.pages.roll_calls.card import ACROSS, TITLES, Card, shortened, width_of, wrapped
from web.pictures.tiles import world

CARD = "/roll-calls/a-res-es-11-7/card.png"
SVG = "{http://www.w3.org/2000/svg}"


def card(**values: Any) -> Card:
    state: Any = SimpleNamespace(code="USA", key=1)
    said: dict[str, Any] = {
        "heading": "A/RES/1 · General Assembly · 1 May 2001",
        "title": "Peace & <quiet>",
        "tally": "2-1-0",
        "result": "Adopted",
        "figures": [(Choice.YES, 2), (Choice.NO, 1)],
        "grid": world([StateChoice(state, "United States", Choice.NO, None)]),
        **values,
    }
    return Card(**said)


def lines(one: Card, source: str = "") -> list[tuple[str, str]]:
    """Return size and text of each line of a card, read as a browser reads it."""
    root = ET.fromstring(one.standalone(source))  # noqa: S314  # our own
    return [(text.get("font-size") or "", "".join(text.itertext())) for text in root.iter(f"{SVG}text")]


def test_card_states_symbol_body_date_title_totals_and_result():
    assert lines(card(), "Plenary, here") == [
        ("32", "Plenary"),
        ("26", "A/RES/1 · General Assembly · 1 May 2001"),
        ("54", "Peace & <quiet>"),
        ("84", "2-1-0"),
        ("34", "Adopted"),
        ("28", "2"),
        ("28", "In favour"),
        ("28", "1"),
        ("28", "Against"),
        ("18", "Plenary, here"),
    ]


def test_card_without_votes_has_no_figures_or_squares():
    bare = card(tally="", figures=(), grid=None, result="Adopted without a vote")

    assert [text for _size, text in lines(bare)][2:] == ["Peace & <quiet>", "Adopted without a vote", ""]
    assert "tile-" not in bare.standalone().partition("</style>")[2]


@pytest.mark.parametrize(
    ("title", "size", "number"),
    [("Short", "54", 1), ("A title of middling length that needs two lines " * 2, "44", 2), ("word " * 90, "36", 2)],
)
def test_longer_title_is_smaller_and_finally_shortened(title: str, size: str, number: int):
    shown = [text for font, text in lines(card(title=title)) if font == size]

    assert len(shown) == number
    assert shown[-1].endswith("…") == (title.startswith("word"))


def test_widths_are_those_of_the_letters_that_are_drawn():
    # As Liberation Sans Bold has them: 0.722, 0.278 and 0.556 of the size; an accent has no width of its own.
    assert width_of("A", 1000) == 722
    assert width_of("i1", 100) == pytest.approx(27.8 + 55.6)
    assert width_of("é", 10) == width_of("e", 10)
    assert width_of("世界", 10) == 20


def test_a_word_wider_than_a_line_is_broken():
    assert wrapped("MMMM", 1000, 1700) == ["MM", "MM"]
    assert wrapped("a MMM i", 1000, 1700) == ["a", "MM", "M i"]
    assert wrapped("", 10, 100) == [""]


def test_shortened_title_ends_with_an_ellipsis_after_a_letter():
    assert shortened(["one", "two, three"], 1, 10, 1000) == ["one…"]
    assert shortened(["one,"], 1, 10, width_of("one,", 10)) == ["one,"]
    assert shortened(["two, x", "y"], 1, 10, width_of("two, …", 10)) == ["two…"]


@given(text=st.text(max_size=200), most=st.integers(1, 3))
def test_any_title_fits(text: str, most: int):
    size = TITLES[-1][0]
    whole = wrapped(text, size, ACROSS)
    shown = shortened(whole, most, size, ACROSS)

    assert "".join(whole).replace(" ", "") == "".join(text.split())
    assert len(shown) <= most
    assert all(width_of(line, size) <= ACROSS for line in [*whole, *shown])


@pytest.mark.usefixtures("record")
class TestAddress:
    """``card.png`` of a roll call."""

    def test_card_is_a_png_of_1200_by_630(self):
        answer = Client().get(CARD)

        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert struct.unpack(">II", answer.content[16:24]) == (1200, 630)

    def test_matching_etag_is_a_304(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(answers, "png", str.encode)
        tag = Client().get(CARD)["ETag"]

        assert Client().get(CARD, headers={"If-None-Match": tag}).status_code == 304

    def test_card_of_es_11_7_has_its_title_totals_and_result(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(answers, "png", str.encode)
        root = ET.fromstring(Client().get(CARD).content)  # noqa: S314  # our own
        said = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]

        assert said[1:-1] == [
            "A/RES/ES-11/7 · General Assembly · 24 February 2025",
            "Advancing a comprehensive, just and lasting peace",
            "in Ukraine",
            "93-18-65",
            "Adopted",
            *("93", "In favour", "18", "Against", "65", "Abstaining", "17", "Non-voting"),
        ]
        assert len([group for group in root.iter(f"{SVG}g") if (group.get("class") or "").startswith("tile-")]) == 193

    def test_card_of_an_adoption_without_a_vote_says_so(self, maker: Maker, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(answers, "png", str.encode)
        maker.roll_call("quiet", method="without-vote", result="adopted")
        root = ET.fromstring(Client().get("/roll-calls/quiet/card.png").content)  # noqa: S314  # our own

        assert "Adopted without a vote" in ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]

    def test_card_takes_no_parameters(self):
        assert Client().get(f"{CARD}?bloc=eu").json()["errors"] == {"bloc": ["Unknown parameter: “bloc”."]}

    def test_another_spelling_redirects_to_the_card(self):
        answer = Client().get("/roll-calls/A-RES-ES-11-7/card.png")

        assert (answer.status_code, answer.headers["Location"]) == (301, CARD)
