"""Highlighting of search matches, escaped."""

import pytest
from bs4 import Tag
from hypothesis import example, given
from hypothesis import strategies as st

from resolutions.models import OtherSymbol
from resolutions.text import fold
from tests.web.records import Maker, get, one, text, texts
from web.lists.highlights import START, STOP, marked, spans_in, symbol_spans

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("ßﬁéİÆ’ø̀ aB")), max_size=12)


@example(["", "İstanbul", "ﬁ", "x"])
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_marked_pieces_are_found_in_the_original_text(pieces: list[str]):
    pieces = [piece.replace(START, "").replace(STOP, "") for piece in pieces]
    folded = [fold(piece) for piece in pieces]
    whole = "".join(pieces)
    with_marks = "".join(
        f"{START}{piece}{STOP}" if place % 2 and piece else piece for place, piece in enumerate(folded)
    )

    spans = spans_in(whole, with_marks)

    assert [fold(whole[start:stop]) for start, stop in spans] == [piece for piece in folded[1::2] if piece]
    shown = marked(whole, spans)
    assert "".join(piece for piece, _is_found in shown) == whole
    assert [piece for piece, is_found in shown if is_found] == [whole[start:stop] for start, stop in spans]


def test_marks_of_another_text_are_ignored():
    assert spans_in("Peace", f"{START}war{STOP}") == []


@pytest.mark.parametrize(
    ("symbol", "words", "found"),
    [
        ("A/RES/ES-11/7", "es-11/7", ["ES-11/7"]),
        ("A/RES/ES-11/70", "es-11/7", []),
        ("A/RES/ES-11/7", "ESS/11/7", ["A/RES/ES-11/7"]),
        ("S/RES/2774 (2025)", "2774", ["2774"]),
        ("A/RES/3379(XXX)", "3379 xxx", ["3379(XXX"]),
        ("A/RES/79/1", "", []),
    ],
)
def test_matching_parts_of_symbols_are_marked(symbol: str, words: str, found: list[str]):
    assert [symbol[start:stop] for start, stop in symbol_spans(symbol, words)] == found


@pytest.mark.usefixtures("record")
def test_all_forms_of_a_word_are_marked_in_the_title():
    page = get("/roll-calls/?q=negotiate+nuclear")
    assert {mark.lower() for mark in texts(page, ".row-title mark")} == {"nuclear", "negotiations"}
    assert texts(get("/roll-calls/?q=jerusalem"), ".row-title mark") == ["Jerusalem"]
    assert get("/roll-calls/").select("mark") == []
    assert texts(get("/roll-calls/?q=es-11"), ".symbol mark") == ["ES-11"] * 3


@pytest.mark.usefixtures("record")
def test_other_matching_text_is_shown_if_the_title_does_not_match(maker: Maker):
    resolution = maker.text(
        "A/RES/79/1", title="<b>Lighthouses</b> & Côte d’Ivoire", agenda="Navigational & <i>aids</i>"
    )
    maker.roll_call("one", resolution=resolution, title="", decisive=True)
    maker.roll_call("two", resolution=resolution, title="Paragraph 4 on aids", kind="paragraph")
    OtherSymbol.objects.create(resolution=resolution, symbol="A/79/L.5")

    def inner(element: Tag) -> str:
        return element.decode_contents(formatter="minimal")

    def found(words: str) -> list[tuple[str, list[str]]]:
        rows = get(f"/roll-calls/?q={words}&order=date").select(".row")
        return [(inner(one(row, ".row-title a")), [inner(p) for p in row.select(".row-found")]) for row in rows]

    title = "&lt;b&gt;<mark>Lighthouses</mark>&lt;/b&gt; &amp; <mark>Côte</mark> d’<mark>Ivoire</mark>"
    of_text = f'<span class="muted">Title of the text:</span> <span lang="en">{title}</span>'
    assert found("cote+ivoire+lighthouse") == [(title, []), ("Paragraph 4 on aids", [of_text])]
    navigation = "<mark>Navigational</mark> &amp; &lt;i&gt;aids&lt;/i&gt;"
    agenda = f'<span class="muted">Agenda item:</span> <span lang="en">{navigation}</span>'
    assert [also for _title, also in found("navigation")] == [[agenda], [agenda]]
    assert [len(also) for _title, also in found("aid")] == [1, 0]
    other = '<span class="muted">Other symbol:</span> <span><mark>A/79/L.5</mark></span>'
    assert [also for _title, also in found("A/79/L.5")] == [[other], [other]]
    assert text(one(get("/resolutions/?q=lighthouse"), ".row-title")) == "<b>Lighthouses</b> & Côte d’Ivoire"
