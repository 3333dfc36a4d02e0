"""Parsing and normalising document symbols."""

import time
from collections import defaultdict

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resolutions.symbols import (
    from_roman,
    is_unnumbered,
    looks_like_symbol,
    loose,
    parse,
    parse_or_none,
    to_roman,
    unnumbered,
)
from tests.resolutions.corpora import columns

SPELLINGS = {
    # The Digital Library's own.
    "A/RES/79/317": "A/RES/79/317",
    "A/RES/80/5 A": "A/RES/80/5 A",
    "A/RES/80/5A": "A/RES/80/5 A",
    "A/RES/80/5[A]": "A/RES/80/5 A",
    "A/RES/37/100 A-J": "A/RES/37/100 A-J",
    "A/RES/1991(XVIII)": "A/RES/1991(XVIII)",
    "A/RES/1991(XVIII)[ A ]": "A/RES/1991(XVIII)[A]",
    "A/RES/1991(XVIII)[A]": "A/RES/1991(XVIII)[A]",
    "A/RES/1991 A (XVIII)": "A/RES/1991(XVIII)[A]",
    "A/RES/1991 (XVIII)": "A/RES/1991(XVIII)",
    "A/RES/302(IV)[ B ]": "A/RES/302(IV)[B]",
    "A/RES/3379(XXX)": "A/RES/3379(XXX)",
    "A/RES/17(I)[RULE-73]": "A/RES/17(I)[RULE-73]",
    "A/RES/2252(ES-V)": "A/RES/2252(ES-V)",
    "A/RES/3362(S-VII)": "A/RES/3362(S-VII)",
    "A/RES/104(S-1)": "A/RES/104(S-1)",
    "A/RES/104(S-I)": "A/RES/104(S-1)",
    "A/RES/189(S-2)": "A/RES/189(S-2)",
    "A/RES/1622(S-III)": "A/RES/1622(S-III)",
    "A/RES/1622(S-3)": "A/RES/1622(S-III)",
    "A/RES/2252(ES-5)": "A/RES/2252(ES-V)",
    "A/RES/996(ES-IandII)": "A/RES/996(ES-I and II)",
    "A/RES/63(I)[PARA.1]": "A/RES/63(I)[PARA.1]",
    "A/RES/490(V)[PARA.1-2]": "A/RES/490(V)[PARA.1-2]",
    "A/RES/17(I)[RULE-33A]": "A/RES/17(I)[RULE-33A]",
    "A/RES/17(I)[RULE-T]": "A/RES/17(I)[RULE-T]",
    "A/RES/377(V)[AANNEX]": "A/RES/377(V)[A ANNEX]",
    "A/RES/36/235IV": "A/RES/36/235 IV",
    "A/RES/36//235IX": "A/RES/36/235 IX",
    "A/RES/39/236[SectionXIV]": "A/RES/39/236 XIV",
    "A/RES/33/116[B-VIII]": "A/RES/33/116 B-VIII",
    "A/RES/79/XX (record 4082671)": "A/RES/79/XX (record 4082671)",
    "A/RES/S-10/2": "A/RES/S-10/2",
    "A/RES/ES-11/7": "A/RES/ES-11/7",
    "A/DEC/80/506": "A/DEC/80/506",
    "S/RES/2774 (2025)": "S/RES/2774 (2025)",
    "S/RES/2774(2025)": "S/RES/2774 (2025)",
    "S/RES/2774/2025": "S/RES/2774 (2025)",
    # Voeten's.
    "R/73/31": "A/RES/73/31",
    "R/32/9D": "A/RES/32/9 D",
    "R/26/2758G": "A/RES/2758(XXVI)[G]",
    "R/30/3379": "A/RES/3379(XXX)",
    "ESS/10/19": "A/RES/ES-10/19",
    "ESS/5/2252": "A/RES/2252(ES-V)",
    "SS/10/2": "A/RES/S-10/2",
    "SS/7/3362": "A/RES/3362(S-VII)",
    "SS/1/104": "A/RES/104(S-1)",
    "R/39/236XIV": "A/RES/39/236 XIV",
    "r/18/1991a": "A/RES/1991(XVIII)[A]",
    # Drafts and meetings.
    "S/2022/155": "S/2022/155",
    "A/ES-11/L.10": "A/ES-11/L.10",
    "A/79/L.48/Rev.1": "A/79/L.48/Rev.1",
    "A/79/L.48/REV.1/ADD.2": "A/79/L.48/Rev.1/Add.2",
    "A/ES-11/PV.19": "A/ES-11/PV.19",
    "A/C.3/79/L.5": "A/C.3/79/L.5",
    "S/4733/Rev. 1": "S/4733/Rev.1",
    "A/34/PV. 67": "A/34/PV.67",
    # What Sciences Po's table says beside the symbol of a draft.
    "S/6113 (as amended)": "S/6113",
    "S/15255/Rev.2(as corrected)": "S/15255/Rev.2",
    "S/3995 (incorporating the amendment)S/3998": "S/3995",
    "S/471 and S/471/Add.1": "S/471",
    "S/9696 and Corr.1 & 2": "S/9696",
    "S/552, S/PV.202": "S/552",
    # As people type them.
    "a/res/79/317": "A/RES/79/317",
    "s/res/2774 (2025)": "S/RES/2774 (2025)",
    "a/res/3379(xxx)": "A/RES/3379(XXX)",
    "a/79/l.48/rev.1": "A/79/L.48/Rev.1",
    "  A/RES/79/317\n": "A/RES/79/317",
    "A / RES / 79 / 317": "A/RES/79/317",
    "A/RES/80/5   A": "A/RES/80/5 A",
    "S/RES/2774\u00a0(2025)": "S/RES/2774 (2025)",
    "A/RES/ES‑11/7": "A/RES/ES-11/7",
    "A/RES/ES–11/7": "A/RES/ES-11/7",
    "A/RES/79/0317": "A/RES/79/317",
    "A/RES/5(XXXI)": "A/RES/31/5",
}

DIFFERENT = [
    ("A/RES/80/5", "A/RES/80/5 A"),
    ("A/RES/80/5", "A/DEC/80/5"),
    ("A/RES/11/7", "A/RES/ES-11/7"),
    ("A/RES/ES-10/2", "A/RES/S-10/2"),
    ("A/RES/7/11", "A/RES/71/1"),
    ("S/RES/277 (1970)", "S/RES/2774 (2025)"),
    ("A/RES/2252(ES-V)", "A/RES/2252(XXI)"),
    ("A/RES/104(S-1)", "A/RES/104(I)"),
    ("A/RES/17(I)[RULE-33]", "A/RES/17(I)[RULE-33A]"),
    ("A/RES/490(V)[PARA.1]", "A/RES/490(V)[PARA.1-2]"),
    ("A/RES/996(ES-I)", "A/RES/996(ES-I and II)"),
    ("A/RES/79/XX (record 4082671)", "A/RES/79/XX (record 4082672)"),
]

IN_ORDER = [
    "A/RES/17(I)[RULE-33]",
    "A/RES/17(I)[RULE-33A]",
    "A/RES/17(I)[RULE-73]",
    "A/RES/63(I)[PARA.2]",
    "A/RES/63(I)[PARA.10]",
    "A/RES/98(I)",
    "A/RES/302(IV)",
    "A/RES/377(V)",
    "A/RES/377(V)[A]",
    "A/RES/377(V)[B]",
    "A/RES/1991(XVIII)",
    "A/RES/2758(XXVI)",
    "A/RES/3379(XXX)",
    "A/RES/31/5",
    "A/RES/75/9",
    "A/RES/75/10",
    "A/RES/75/10 A",
    "A/RES/75/100",
    "A/RES/79/317",
    "A/RES/79/XX (record 999)",
    "A/RES/79/XX (record 1000)",
    "A/RES/80/5",
    "A/RES/996(ES-I)",
    "A/RES/996(ES-I and II)",
    "A/RES/997(ES-I)",
    "A/RES/ES-5/1",
    "A/RES/ES-10/19",
    "A/RES/ES-11/1",
    "A/RES/ES-11/7",
    "A/RES/104(S-1)",
    "A/RES/185(S-2)",
    "A/RES/S-7/1",
    "A/RES/S-10/2",
    "S/RES/83 (1950)",
    "S/RES/242 (1967)",
    "S/RES/1325 (2000)",
    "S/RES/2774 (2025)",
]

GARBAGE = [
    "",
    " ",
    "hello",
    "A/RES/",
    "A/RES/79/",
    "A/RES/79/317/",
    "A/RES/79/317 adopted",
    "A/RES/79/317; A/RES/79/318",
    "R/79",
    "79/317",
    "RES/79/317",
    "X/RES/79/317",
    "A//79",
    "A/RES/3379(XXXX)",
    "A/RES/3379(IIX)",
    "A/RES/79/XX",
    "A/RES/104(1)",
    "Oral amendment",
    "S/PV.23 and S/PV.24",
    "Resolution 1325",
    "決議",
    "A/RES/79/317\x00",
]

# Voeten's columns hold page references and slips beside symbols; these, and only these, name no text.
NO_SYMBOLS_OF_VOETEN = {"", "R/6444A", "R/16/2/1069B", "SS/5", "GOAR/1/1288B", "R/10 65", "R/677/46"}


@pytest.mark.parametrize(("spelling", "text"), SPELLINGS.items())
def test_spelling_is_normalised_to_the_united_nations_form(spelling: str, text: str):
    assert parse(spelling).text == text
    assert str(parse(spelling)) == text
    assert parse(spelling) == parse(text)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_symbols_have_different_keys(one: str, other: str):
    assert parse(one).key != parse(other).key


def test_symbols_sort_by_session_and_number():
    keys = [parse(symbol).sort_key for symbol in IN_ORDER]

    assert sorted(IN_ORDER, key=lambda symbol: parse(symbol).sort_key) == IN_ORDER
    assert len(set(keys)) == len(keys)


def test_drafts_sort_by_their_numbers():
    drafts = ["S/2025/112", "S/2022/9", "S/2022/155", "S/1999/90"]

    drafts.sort(key=lambda symbol: parse(symbol).sort_key)
    assert drafts == ["S/1999/90", "S/2022/9", "S/2022/155", "S/2025/112"]


@pytest.mark.parametrize("text", GARBAGE)
def test_text_that_is_not_a_symbol_is_quoted_in_the_error(text: str):
    with pytest.raises(
        ValueError, match=r"is not a (United Nations document symbol|session in Roman numerals)"
    ) as told:
        parse(text)
    assert repr(text) in str(told.value) or "(XXXX)" in text or "(IIX)" in text
    assert parse_or_none(text) is None


@pytest.mark.parametrize("text", ["A/RES/79/XX", "a/res/79/xxx", " A/DEC/79/X "])
def test_text_without_a_number_gets_a_symbol_from_its_record(text: str):
    symbol = unnumbered(text, "04082671")

    assert symbol
    assert symbol.text == f"A/{text.strip()[2:5].upper()}/79/XX (record 4082671)"
    assert is_unnumbered(symbol.key)
    assert parse(symbol.text) == parse(symbol.key) == symbol


@pytest.mark.parametrize(
    ("text", "record"), [("A/RES/79/317", "1"), ("A/RES/79/XX", ""), ("A/RES/79/XX", "?"), ("S/2024/XX", "1")]
)
def test_numbered_text_or_missing_record_gets_no_record_symbol(text: str, record: str):
    assert unnumbered(text, record) is None


def test_a_numbered_text_is_not_without_a_number():
    assert not any(is_unnumbered(parse(symbol).key) for symbol in SPELLINGS.values() if "record" not in symbol)


@pytest.mark.parametrize("text", ["A/RES/79", "A/RES/1991(QQ)", "A/RES/0/5", "A/RES/ES-0/1", "R/0/5"])
def test_part_of_an_assembly_symbol_is_not_a_symbol(text: str):
    assert parse_or_none(text) is None


@pytest.mark.parametrize(
    "text", ["R/1/1" + "A" * 22 + "!", "R/1/1" + "AAAAA/" * 5 + "!", "A/RES/1/1 " + "A " * 40 + "!"]
)
def test_long_invalid_text_is_refused_quickly(text: str):
    began = time.process_time()

    assert parse_or_none(text) is None
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("number", range(1, 40))
def test_roman_numerals_round_trip(number: int):
    assert from_roman(to_roman(number)) == number


@pytest.mark.parametrize(
    ("number", "numeral"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (19, "XIX"), (29, "XXIX"), (30, "XXX")]
)
def test_number_is_written_in_roman_numerals(number: int, numeral: str):
    assert to_roman(number) == numeral


parts = st.one_of(
    st.sampled_from(
        ["", "[RULE-73]", "[RULE-33A]", "[PARA.2]", "[PARA.1-2]", "[SectionXI]", "[AANNEX]", " A-F", "[I]"]
    ),
    st.sampled_from("ABCDEFGHIJ").flatmap(lambda letter: st.sampled_from([letter, f" {letter}", f"[ {letter} ]"])),
)
assembly = st.builds(
    lambda kind, prefix, session, number, part: f"A/{kind}/{prefix}{session}/{number}{part}",
    st.sampled_from(["RES", "DEC", "res"]),
    st.sampled_from(["", "ES-", "S-"]),
    st.integers(1, 99),
    st.integers(1, 9999),
    parts,
)
by_roman_session = st.builds(
    lambda number, prefix, session, part: f"A/RES/{number}({prefix}{to_roman(session)}){part}",
    st.integers(1, 9999),
    st.sampled_from(["", "ES-", "S-"]),
    st.integers(1, 39),
    parts,
)
council = st.builds(
    lambda number, space, year: f"S/RES/{number}{space}({year})",
    st.integers(1, 9999),
    st.sampled_from(["", " ", "  "]),
    st.integers(1946, 2100),
)
voeten = st.builds(
    lambda kind, session, number, letter: f"{kind}/{session}/{number}{letter}",
    st.sampled_from(["R", "ESS", "SS"]),
    st.integers(1, 99),
    st.integers(1, 9999),
    st.sampled_from(["", "A", "B", "XII"]),
)
special = st.builds(
    lambda number, kind, session, part: f"A/RES/{number}({kind}{session}){part}",
    st.integers(1, 9999),
    st.sampled_from(["S-", "ES-"]),
    st.integers(1, 39),
    parts,
)
pending = st.builds(
    lambda session, record: f"A/RES/{session}/XX (record {record})", st.integers(1, 99), st.integers(1, 10**9)
)
draft = st.builds(
    lambda body, session, number, tail: f"{body}/{session}/{number}{tail}",
    st.sampled_from(["A", "S", "E", "A/C.3", "a"]),
    st.sampled_from(["79", "ES-11", "2022", "S-4"]),
    st.sampled_from(["L.1", "155", "PV.19", "INF/3"]),
    st.sampled_from(
        ["", "/Rev.1", "/Add.2", "/Corr.1", "/REV.1/add.12", "/Rev. 1", " (as amended)", " and Corr.1 & 2"]
    ),
)
symbols = st.one_of(assembly, by_roman_session, special, pending, council, voeten, draft)


@given(symbols)
@example("A/RES/1991(XVIII)[ A ]")
@example("A/RES/5(XXXI)")
@example("R/26/2758G")
def test_parsing_a_parsed_symbol_changes_nothing(symbol: str):
    once = parse(symbol)

    assert parse(once.text) == once
    assert parse(once.text.lower()) == once
    assert parse(once.key).key == once.key


@given(symbols, symbols)
def test_sort_keys_are_equal_only_for_equal_symbols(one: str, other: str):
    a, b = parse(one), parse(other)

    if a.key == b.key:
        assert a.sort_key == b.sort_key
    elif not a.key.startswith("S/RES/"):  # The Council numbers through, whatever the year.
        assert a.sort_key != b.sort_key


@given(st.text(max_size=40))
def test_any_text_parses_or_raises_value_error(text: str):
    symbol = parse_or_none(text)

    assert symbol is None or parse(symbol.text) == symbol


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("A/RES/ES-11/7", "-A-RES-ES-11-7-"),
        ("a-res-es-11-7", "-A-RES-ES-11-7-"),
        ("A RES ES 11 7", "-A-RES-ES-11-7-"),
        ("A/RES/1991(XVIII)[A]", "-A-RES-1991-XVIII-A-"),
        ("2758G", "-2758-G-"),
        ("L.10", "-L-10-"),
        (" _ - ", ""),
        ("", ""),
    ],
)
def test_loose_form_has_the_words_and_numbers(text: str, form: str):
    assert loose(text) == form


def test_partial_symbol_matches_whole_words_of_the_loose_form():
    assert loose("es-11/7") in loose("A/RES/ES-11/7")
    assert loose("es-11/7") not in loose("A/RES/ES-11/70")
    assert loose("1/7") not in loose("A/RES/ES-11/7")


@pytest.mark.parametrize(
    "text",
    [
        "A/RES/79/317",
        "a/res/es-11/7",
        "ES-11/7",
        "es 11 7",
        "79/317",
        "a-res-es-11-7",
        "S/2022/155",
        "s 2022 155",
        "A/L.630",
        "L.10/A",
        "R/26/2758G",
        "1325",
        "242 (1967)",
        "3379 (XXX)",
        "2252 (ES-V)",
        "104 (S-1)",
        "A/80/L",
    ],
)
def test_symbols_and_parts_of_symbols_look_like_symbols(text: str):
    assert looks_like_symbol(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Palestine",
        "and/or",
        "HIV/AIDS",
        "COVID-19",
        "Agenda 2030",
        "Article 19",
        "S and A",
        "Resolution 1325",
        "The situation in Kampuchea",
        "Question of Palestine 1947/1948",
        "A 2030 programme",
        "Post-2015",
        "G20",
        "Convention of 9 December 1948",
    ],
)
def test_words_of_a_title_do_not_look_like_symbols(text: str):
    assert not looks_like_symbol(text)


def column(name: str, field: str) -> set[str]:
    return {cell for (cell,) in columns(name, field)}


@pytest.mark.parametrize(
    ("name", "field", "without"),
    [
        ("ga_voting_1946_2021.csv.gz", "resolution", set()),
        ("ga_voting_1946_2025.csv.gz", "resolution", {"A/RES/79/XX"}),
        ("ga_outcomes_non_recorded_1946_1982.csv.gz", "resolution", set()),
        ("sc_voting_1946_2026.csv.gz", "resolution", set()),
        ("sc_not_adopted_1946_2025.csv.gz", "symbol", {"Oral amendment"}),
        ("sc_voting_2025.csv.gz", "resolution", set()),
        ("voeten_roll_calls.csv.gz", "unres", NO_SYMBOLS_OF_VOETEN),
    ],
)
def test_every_symbol_of_the_official_files_and_voeten_parses(name: str, field: str, without: set[str]):
    texts = column(name, field)

    assert {text for text in texts if parse_or_none(text) is None} == without
    assert all(parse(parse(text).text) == parse(text) for text in texts - without)


FILES = {
    "ga_voting_1946_2025.csv.gz": "resolution",
    "ga_outcomes_non_recorded_1946_1982.csv.gz": "resolution",
    "sc_voting_1946_2026.csv.gz": "resolution",
    "sc_not_adopted_1946_2025.csv.gz": "symbol",
}


def test_texts_of_the_record_have_unique_keys_and_sort_keys():
    spellings = defaultdict(set)
    places = {}
    for name, field in FILES.items():
        for text in column(name, field):
            if symbol := parse_or_none(text):
                spellings[symbol.key].add(text)
                places[symbol.key] = symbol.sort_key

    assert len(spellings) == 5695 + 1660 + 2812 + 349
    assert len(set(places.values())) == len(places)
    assert {key: texts for key, texts in spellings.items() if len(texts) > 1} == {
        "S/552": {"S/552", "S/552, S/PV.202"},
        "S/4733/REV.1": {"S/4733/Rev.1", "S/4733/Rev. 1"},
    }


def test_the_digital_library_and_voeten_name_the_same_texts():
    official = {parse(text).key for text in column("ga_voting_1946_2021.csv.gz", "resolution")}
    others = {s.key for text in column("voeten_roll_calls.csv.gz", "unres") if (s := parse_or_none(text))}

    assert len(official) == 4564
    early = {key for key in official if not key.startswith("A/RES/75/")}  # Voeten's table ends with session 74.
    assert early - others == {"A/RES/2758(XXVI)"}  # His is R/26/2758G: the letters of that day are his own.
