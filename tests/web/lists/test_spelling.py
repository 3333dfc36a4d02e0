"""Spelling suggestions, against a search of all words."""

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.web.records import Maker, get, one, selected, symbols, text
from votes.record.record import load
from web.lists.spelling import LONG, LONGER, TIMES, Vocabulary, slips, vocabulary_of

WORDS = st.text("abc", max_size=7)


@cache
def slow_slips(one: str, other: str) -> int:
    """Return the restricted Damerau-Levenshtein distance by its recursive definition."""
    if not one or not other:
        return len(one) + len(other)
    found = [
        slow_slips(one[:-1], other) + 1,
        slow_slips(one, other[:-1]) + 1,
        slow_slips(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-2:] == other[-1] + other[-2]:
        found.append(slow_slips(one[:-2], other[:-2]) + 1)
    return min(found)


@example("ca", "abc", 3)
@given(WORDS, WORDS, st.integers(0, 4))
def test_slips_equal_their_definition(one: str, other: str, most: int):
    assert slips(one, other, most) == min(slow_slips(one, other), most + 1)


def slow_nearest(word: str, counts: dict[str, int]) -> str | None:
    """Return the nearest word by looking at every one."""
    own = counts.get(word, 0)
    if len(word) < 4 or (own and len(word) < LONG):
        return None
    most = 1 if own or len(word) < LONG else 2 if len(word) < LONGER else 3
    found = []
    for other, count in counts.items():
        distance = slow_slips(word, other)
        allowed = max(most, 2) if not own and sorted(word) == sorted(other) else most
        if distance <= allowed and count > own * TIMES:
            found.append((distance, -count, other))
    begun = sorted((-count, other) for other, count in counts.items() if other.startswith(word))
    if not own and begun:
        found.append((1, *begun[0]))
    return min(found)[2] if found else None


@given(st.dictionaries(st.text("abc", min_size=3, max_size=10), st.integers(1, 40), max_size=12), st.data())
def test_nearest_word_equals_a_search_of_all_words(counts: dict[str, int], data: st.DataObject):
    near = st.sampled_from(sorted(counts)) if counts else st.nothing()
    word = data.draw(st.one_of(st.text("abc", max_size=10), near))

    assert Vocabulary(counts).nearest(word) == slow_nearest(word, counts)


COUNTS = {"nuclear": 90, "weapons": 50, "human": 40, "rights": 40, "libya": 2, "null": 1, "apartheid": 80} | {
    "aparthied": 1, "coton": 3, "cotan": 3, "israel": 9, "isreal": 1, "or": 5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nuclaer", "nuclear"),
        ("NUCLÉER", "nuclear"),
        ("nuclear", None),
        ("nucl", "nuclear"),
        ("humen rihgts", "human rights"),
        ('"humen rihgts" -wepons', '"human rights" -weapons'),
        ("nuclaer OR wepons", "nuclear OR weapons"),
        ("Lybia", "libya"),
        ("aparthied", "apartheid"),  # in a title, once
        ("isreal", None),  # in a title, and the other is not so much more frequent
        ("coten", "cotan"),  # as near, as frequent: by the alphabet
        ("nul", None),
        ("zzzz", None),
        ("79/1234", None),
        ("Resolution 2774", "2774"),
        ("resolution es-11/7 ", "es-11/7"),
        ("resolution of 1970", None),
        ("nuclaer " * 9, None),
        ("n" * 1000, None),
        ("ядерный", None),
    ],
)
def test_unknown_words_are_corrected(typed: str, meant: str | None):
    assert Vocabulary(COUNTS).corrected(typed) == meant


def test_vocabulary_has_only_published_words(record: None, maker: Maker):
    maker.text("A/RES/79/500", title="Flumequux")
    maker.roll_call("a-draft", title="Motionquux", status="draft")
    maker.roll_call("a-motion", title="A motion on côtelettes")
    counts = vocabulary_of(load()).counts

    assert {word: counts.get(word, 0) for word in ("flumequux", "motionquux", "cotelettes")} == {
        "flumequux": 0,
        "motionquux": 0,
        "cotelettes": 1,
    }
    assert counts["burma"] == 1
    assert counts["ukraine"] > 1
    assert not [word for word in counts if not word.isalpha()]


def test_page_suggests_a_correction_and_keeps_the_filters(record: None):
    page = get("/resolutions/?q=ukriane&body=GA&page=1")
    asked = one(page, ".meant")
    address = str(one(asked, "a")["href"])

    assert address == "/resolutions/?q=ukraine&body=GA"
    assert symbols(page) == []
    assert text(asked) == f"Did you mean ukraine? {selected(get(address))} recorded votes"


def test_page_says_if_only_the_filters_exclude_results(record: None):
    page = get("/resolutions/?q=ukriane&until=1949-12-31")

    found = selected(get("/resolutions/?q=ukraine"))
    said = f"Did you mean ukraine? No match with these filters; {found} recorded votes without them"
    assert text(one(page, ".meant")) == said
    assert one(page, ".meant a")["href"] == "/resolutions/?q=ukraine"


@pytest.mark.parametrize("query", ["q=ukraine", "q=zzzzzz", "q=ukriane+zzzzzz", "q=2774", "q=ukriane&body=XX", ""])
def test_page_suggests_nothing_without_a_better_word(record: None, query: str):
    assert get(f"/resolutions/?{query}").select(".meant") == []
