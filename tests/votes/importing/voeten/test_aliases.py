"""The table of aliases of Voeten's symbols."""

import re
from pathlib import Path

import pytest

from tests.resolutions.corpora import columns
from tests.votes.importing.voeten.test_reader import Tables, compared, library, votes_of, whole
from votes.importing.edition import UnfitFileError
from votes.importing.record import known
from votes.importing.voeten.aliases import load

HEADER = "rcid,unres,symbol,kind,why\n"


@pytest.fixture
def tables(record: None, tmp_path: Path) -> Tables:
    return Tables(tmp_path, known())


def test_every_alias_is_of_a_roll_call_in_the_file():
    aliases = load()
    cells = columns("voeten_roll_calls.csv.gz", "rcid", "unres", "amend", "para")
    rows = {int(rcid): (unres, amend, para) for rcid, unres, amend, para in cells}

    assert len(aliases) == 749
    for rcid, alias in aliases.items():
        unres, amend, para = rows[rcid]
        assert (rcid, alias.unres) == (rcid, unres)
        assert (alias.kind == "text") <= ("1" in (amend, para)), "that is what no flag says"
        assert not (alias.kind and alias.kind != "text" and "1" in (amend, para)), "the flags say what it was"
        assert alias.symbol or alias.kind or alias.unres, "it says nothing"


def test_every_alias_of_a_text_is_borne_out_by_its_votes(record: None):
    """They are those of the Digital Library’s file: “118 of 119” of the longer list, or of those in both."""
    edition = whole()[0]
    votes = votes_of(edition)
    stated = {int(s.reference.removeprefix("rcid ").partition(",")[0]): s for s in edition.roll_calls}
    checked = 0
    for rcid, alias in load().items():
        evidence = re.search(r": (\d+) of (?:the )?(\d+)( in both lists)?(?:;|$)", alias.why)
        if not (evidence and alias.symbol and rcid in stated and alias.symbol.key in library()):
            continue
        cast = {state: choice for state, choice in votes[stated[rcid].ref].items() if choice != "X"}
        positions = library()[alias.symbol.key][1]
        equal, both = compared(cast, positions)
        of = both if evidence[3] else max(len(cast), len(positions))
        assert (rcid, int(evidence[1]), int(evidence[2])) == (rcid, equal, of)
        assert equal >= 0.9 * both or rcid == 3097
        checked += 1

    assert checked == 621


def test_every_alias_is_used(record: None):
    edition = whole()[0]
    stated = {int(s.reference.removeprefix("rcid ").partition(",")[0]): s for s in edition.roll_calls}
    listed_again = {p.reference for p in edition.problems if p.problem.startswith("listed-")}

    for rcid, alias in load().items():
        if rcid not in stated:
            assert f"rcid {rcid}, {alias.unres}" in listed_again
            continue
        assert stated[rcid].symbol_key == (alias.symbol.key if alias.symbol else "")
        assert not alias.kind or stated[rcid].kind == alias.kind
        assert stated[rcid].decisive == bool(alias.symbol and stated[rcid].kind == "text")
    assert not any("aliases" in note for note in edition.notes)


def test_sample_aliases_have_the_expected_symbol_and_kind():
    aliases = load()

    assert str(aliases[1190].symbol) == "A/RES/2758(XXVI)"
    assert [aliases[rcid].symbol for rcid in (1184, 1185, 1186)] == [None, None, None]
    assert [aliases[rcid].kind for rcid in (1184, 1185, 1186)] == ["motion", "motion", ""]
    assert str(aliases[9053].symbol) == "A/RES/2253(ES-V)"
    assert str(aliases[1054].symbol) == "A/RES/2467(XXIII)[A]"


def test_alias_gives_the_vote_its_text(tables: Tables):
    tables.add("1190", unres="R/26/2758G", session="26", date="1971-10-07")
    tables.add("9053", unres="ESS/5/102", session="22", date="1967-07-02")

    edition = tables.read()

    assert [(str(s.text and s.text.symbol), s.session, s.decisive) for s in edition.roll_calls] == [
        ("A/RES/2758(XXVI)", "26", True),
        ("A/RES/2253(ES-V)", "ES-5", True),
    ]
    assert edition.problems == []


def test_a_flagged_vote_keeps_its_kind_and_gets_its_text(tables: Tables):
    tables.add("9026", unres="ESS/2/77A", session="11", date="1956-11-03", para="1")

    edition = tables.read()

    (stated,) = edition.roll_calls
    assert (stated.kind, stated.symbol_key, stated.text) == ("paragraph", "A/RES/1005(ES-II)", None)
    assert edition.problems == []


def test_flag_set_for_a_word_of_the_description_is_ignored(tables: Tables):
    """The description of this vote on the whole text names “paragraph 11” of another resolution."""
    tables.add("1786", unres="R/32/90A", session="32", date="1977-12-07", para="1")

    (stated,) = (edition := tables.read()).roll_calls

    assert stated.text
    assert (stated.kind, stated.text.symbol.text, stated.decisive) == ("text", "A/RES/32/90 A", True)
    assert (stated.date.isoformat(), stated.date_precision) == ("1977-12-13", "day")
    assert edition.problems == []


def test_letters_are_mapped_to_the_text_with_the_same_votes(tables: Tables):
    tables.add("1202", unres="R/26/2775E", session="26", date="1971-11-03")
    tables.add("1203", unres="R/26/2775F", session="26", date="1971-11-03")

    edition = tables.read()

    assert [str(s.text and s.text.symbol) for s in edition.roll_calls] == [
        "A/RES/2775(XXVI)[F]",
        "A/RES/2775(XXVI)[G]",
    ]


def test_page_number_with_an_alias_gives_the_text(tables: Tables):
    tables.add("40", unres="R/1/1375", session="1", date="1946-12-07")

    (stated,) = tables.read().roll_calls

    assert (str(stated.text and stated.text.symbol), stated.decisive) == ("A/RES/100(I)", True)


def test_decision_numbers_give_decisions(tables: Tables):
    tables.add("2789", unres="R/39/411", session="39", date="1984-12-03")

    text = tables.read().roll_calls[0].text

    assert text
    assert (text.kind, text.symbol.text) == ("decision", "A/DEC/39/411")


def test_of_two_votes_with_one_symbol_the_one_that_names_it_is_decisive(tables: Tables):
    """Voeten lists the votes on A/RES/63/47 a second time, as those on A/RES/63/49."""
    tables.add("4856", unres="R/63/49", session="63", date="2008-12-02", descr="Another text")
    tables.add("4858", unres="R/63/47", session="63", date="2008-12-02", descr="Nuclear disarmament")

    edition = tables.read()

    (stated,) = edition.roll_calls
    assert stated.text
    assert (stated.reference, stated.text.title) == ("rcid 4858, R/63/47", "Nuclear disarmament")
    assert [(p.problem, p.reference, p.details["kept"]) for p in edition.problems] == [
        ("listed-again", "rcid 4856, R/63/49", 4858)
    ]


def test_motion_belongs_to_its_text_and_is_not_decisive(tables: Tables):
    tables.add("5838", unres="R/63/191", session="63", date="2008-12-18")
    tables.add("4889", unres="R/63/191", session="63", date="2008-12-18")

    edition = tables.read()

    motion, text = edition.roll_calls
    assert (motion.kind, motion.symbol_key, motion.text, motion.decisive) == ("motion", "A/RES/63/191", None, False)
    assert (text.kind, text.symbol_key, text.decisive) == ("text", "A/RES/63/191", True)
    assert edition.problems == []


def test_symbol_invented_by_voeten_gives_no_text(tables: Tables):
    tables.add("1186", unres="R/26/2758C", session="26", date="1971-10-07")

    edition = tables.read()

    (stated,) = edition.roll_calls
    assert (stated.symbol_key, stated.text, stated.title) == ("", None, "Information security")
    assert [(p.kind, p.problem, p.value, p.rejected, p.ref) for p in edition.problems] == [
        ("unmatched", "own-letter", "R/26/2758C", 0, 0)
    ]


def test_sections_of_a_text_are_one_vote_without_a_section_title(tables: Tables):
    tables.add("3898", unres="R/50/38B/I", session="50", date="1995-12-04", descr="American Samoa")
    tables.add("3899", unres="R/50/38B/II", session="50", date="1995-12-04", descr="Anguilla")

    edition = tables.read()

    (stated,) = edition.roll_calls
    assert stated.text
    assert (stated.text.symbol.text, stated.text.title, stated.title) == ("A/RES/50/38 B", "", "")
    assert [(p.problem, p.rejected) for p in edition.problems] == [("listed-again", tables.rows_of("3899"))]
    assert set(votes_of(edition)) == {0}


def test_alias_is_ignored_if_the_symbol_has_changed(tables: Tables):
    tables.add("1186", unres="R/26/2758", session="26", date="1971-10-07")

    edition = tables.read()

    assert edition.roll_calls[0].symbol_key == "A/RES/2758(XXVI)"
    assert edition.notes[-1] == (
        "The table of aliases has other symbols for rcid 1186, R/26/2758; its entries for these were not used."
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("2,R/1/1,,,why\n1,R/1/1,,,why\n", r"line 3, column rcid: rcid 1 comes after 2; sort the rows"),
        ("1,R/1/1,,,why\n1,R/1/1,,,why\n", r"line 3, column rcid: rcid 1 comes after 1"),
        ("x,R/1/1,,,why\n", r"line 2, column rcid: “x” is not a number"),
        ("1,R/1/1,A/RES/1,,why\n", r"line 2, column symbol: “A/RES/1” is not a United Nations symbol"),
        ("1,R/1/1,,vote,why\n", r"line 2, column kind: “vote” must be empty or one of text, amendment, "),
        ("1,R/1/1,,, \n", r"line 2, column why: “ ” is not evidence"),
        ("1,R/1/1,,\n", r"line 2: a row has 5 cells"),
    ],
)
def test_invalid_or_unsorted_row_is_named(tmp_path: Path, rows: str, message: str):
    path = tmp_path / "aliases.csv"
    path.write_text(HEADER + rows, encoding="utf-8")

    with pytest.raises(UnfitFileError, match=rf"^aliases\.csv, {message}"):
        load(path)


def test_wrong_columns_are_refused(tmp_path: Path):
    path = tmp_path / "aliases.csv"
    path.write_text("rcid,unres,symbol,why\n", encoding="utf-8")

    with pytest.raises(UnfitFileError, match=r"^aliases\.csv, line 1: the columns should be rcid, unres, symbol, kind"):
        load(path)
