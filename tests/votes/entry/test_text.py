"""Normalising pasted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutions.text import fold
from votes.entry.text import Place, plain


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("", "\f"),
        ("Côte d’Ivoire", "\ncote d'ivoire\n"),
        ("Co\u0302te", "\ncote\n"),
        ("Türki\u00adye", "\nturkiye\n"),
        ("a\u00a0b\u2009c\u202fd\te", "\na b c d e\n"),
        ("a \n  b", "\na\nb\n"),
        ("a\r\nb\r\n\r\nc\rd", "\na\nb\fc\nd\n"),
        ("a\n \nb", "\na\fb\n"),
        ("Mozam-\nbique", "\nmozambique\n"),
        ("Mozam-  \n\t bique", "\nmozambique\n"),
        ("Mozam\u00ad\nbique", "\nmozam\nbique\n"),
        ("(ES-\n11/7)", "\n(es-11/7)\n"),
        ("a – \nb—\nc", "\na –\nb–\nc\n"),
        ("half \ud800", "\nhalf �\n"),
        ("New\n\nA/ES-11/PV.19 24/02/2025\n18/34 25-04567\n\nGuinea", "\nnew\nguinea\n"),
        ("a\n24/02/2025 Advancing a comprehensive, just peace A/ES-11/PV.19\nb", "\na\nb\n"),
        ("a\nA/ES-11/PV.19 Advancing a just peace 24/02/2025\nb", "\na\nb\n"),
        ("a\n\n12\n\nb", "\na\nb\n"),
        ("Guinea-\n\nPage 3 of 14\n\nBissau", "\nguineabissau\n"),
        ("a\n25-04567 (E)\n*2504567*\nUnited Nations\nS/PV.8979 - 25/02/2022\nb", "\na\nb\n"),
        ("a\nhttps://press.un.org/en/2025/ga12675.doc.htm 5/12\nb", "\na\nb\n"),
        ("a\n18 states\nb", "\na\n18 states\nb\n"),
        ("a\nDraft A/ES-11/L.10 of 24/02/2025 was put\nb", "\na\ndraft a/es-11/l.10 of 24/02/2025 was put\nb\n"),
    ],
)
def test_plain_text_folds_letters_spaces_and_line_breaks(pasted: str, expected: str) -> None:
    assert plain(pasted).text == expected


def test_positions_refer_to_the_original_text() -> None:
    pasted = "x, Mozam-\nbi\u00adque\n\n17\n\n, Co\u0302te d’Ivoire"
    made = plain(pasted)
    for name, original in {"mozambique": "Mozam-\nbi\u00adque", "cote d'ivoire": "Co\u0302te d’Ivoire"}.items():
        at = made.text.index(name)
        place = made.place(at - 1, at + len(name))
        assert pasted[place.start : place.end] == original
    assert made.place(0, 0) == Place(0, 0)


LETTERS = st.text(st.characters(codec="utf-8") | st.sampled_from(" \n\r\t-,.é\u00ad\u0301\u00a0"), max_size=60)


@given(LETTERS)
def test_each_character_maps_to_its_position_in_order(pasted: str) -> None:
    made = plain(pasted)
    assert len(made.text) == len(made.positions)
    assert made.text[0] in "\n\f"
    assert made.text[-1] in "\n\f"
    inner = list(zip(made.text, made.positions.tolist(), strict=True))[1:-1]
    assert [place for _character, place in inner] == sorted({place for _character, place in inner})
    for character, place in inner:
        if character not in " \n\f":
            assert fold(character) == fold(pasted[place]).replace("—", "–") or not pasted[place].isalnum()


@given(LETTERS, LETTERS)
def test_no_letter_is_lost_in_plain_text(before: str, after: str) -> None:
    words = [letter for letter in fold(before + after) if "a" <= letter <= "z"]
    kept = [letter for letter in fold(plain(f"{before}{after}").text) if "a" <= letter <= "z"]
    assert kept == words


@pytest.mark.parametrize("width", [1, 2, 3, 5, 8])
def test_positions_stay_within_the_text(width: int) -> None:
    pasted = "\n a\u00ad \n"
    made = plain(pasted)
    for start in range(len(made.text)):
        place = made.place(start, min(start + width, len(made.text)))
        assert 0 <= place.start <= place.end <= len(pasted)
