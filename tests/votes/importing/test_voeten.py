"""Voeten's tables are read into what they say: each quirk with a few rows, then the whole files, counted."""

import calendar
import csv
import datetime
import functools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

from resolutions.symbols import parse, parse_or_none
from tests.resolutions.corpora import FOLDER, columns
from votes.importing.edition import Edition, Known, StatedRollCall, UnfitFileError
from votes.importing.files import opened
from votes.importing.formats import recognise
from votes.importing.record import known as known_of_record
from votes.importing.voeten import read
from votes.importing.voeten_votes import holder

ROLL_CALLS = ("rcid", "session", "importantvote", "date", "unres", "amend", "para", "short", "descr")
VOTES = ("rcid", "country", "country_code", "vote")
ISSUES = ("rcid", "short_name", "issue")
NAMES = ("voeten_un_votes.csv.gz", "voeten_roll_calls.csv.gz", "voeten_issues.csv.gz")
POSITIONS = ("Y", "N", "A")


@pytest.fixture
def known(record: None) -> Known:
    return known_of_record()


def edition_of(known: Known, *names: Path | str) -> Edition:
    """Read the files as the import does."""
    with opened([str(name) for name in names]) as files:
        return read({recognise(file.header)[1]: file for file in files}, known)


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


class Tables:
    """Three small tables in the making."""

    def __init__(self, folder: Path, known: Known) -> None:
        self.folder, self.known = folder, known
        self.roll_calls: list[tuple[str, ...]] = []
        self.votes: list[tuple[str, ...]] = []
        self.issues: list[tuple[str, ...]] = []

    def add(self, rcid: str = "60001", votes: str = "US:yes FR:no IN:yes", **cells: str) -> None:
        """Add a roll call of session 60, with votes by code."""
        row = {"session": "60.0", "date": "2005-12-08", "unres": "R/60/45", "descr": "Information security", **cells}
        self.roll_calls.append(tuple({"rcid": rcid, **row}.get(column, "") for column in ROLL_CALLS))
        for vote in votes.split():
            code, _colon, choice = vote.partition(":")
            self.votes.append((f"{rcid}.0" if rcid.isdigit() else rcid, f"State {code}", code, choice))

    def read(self) -> Edition:
        names = [
            write(self.folder / "roll_calls.csv", ROLL_CALLS, self.roll_calls),
            write(self.folder / "votes.csv", VOTES, self.votes),
        ]
        if self.issues:
            names.append(write(self.folder / "issues.csv", ISSUES, self.issues))
        return edition_of(self.known, *names)


@pytest.fixture
def tables(tmp_path: Path, known: Known) -> Tables:
    return Tables(tmp_path, known)


def votes_of(edition: Edition) -> dict[int, dict[str, str]]:
    """Return the votes by roll call and state."""
    votes: dict[int, dict[str, str]] = defaultdict(dict)
    for ref, state, choice in edition.votes.select("ref", pl.col("state", "choice").cast(pl.String)).iter_rows():
        assert state not in votes[ref]
        votes[ref][state] = choice
    return votes


def cast_of(edition: Edition, ref: int = 0) -> dict[str, str]:
    """Return the votes of a roll call without the absent."""
    return {state: choice for state, choice in votes_of(edition)[ref].items() if choice != "X"}


def problems_of(edition: Edition) -> list[tuple[str, str, str, int, str, str, int, int]]:
    return [(p.kind, p.problem, p.file, p.line, p.column, p.value, p.rows, p.rejected) for p in edition.problems]


def test_a_vote_on_a_text_is_read(tables: Tables):
    tables.add()
    tables.issues = [("60001", "nu", "Nuclear weapons"), ("60001", "di", "Arms control"), ("60001.0", "di", "again")]

    edition = tables.read()

    (stated,) = edition.roll_calls
    assert (edition.format, edition.source, edition.problems) == ("voeten", "voeten", [])
    assert [(file.name, file.rows) for file in edition.files] == [
        ("roll_calls.csv", 1),
        ("votes.csv", 3),
        ("issues.csv", 3),
    ]
    assert stated.text
    assert (stated.text.symbol.text, stated.text.kind, stated.text.title) == (
        "A/RES/60/45",
        "resolution",
        "Information security",
    )
    assert stated.text.topics == ("arms-control", "nuclear-weapons")
    assert (stated.ref, stated.line, stated.source, stated.reference) == (0, 2, "voeten", "rcid 60001, R/60/45")
    assert (stated.body, stated.session, stated.kind, stated.method) == ("GA", "60", "text", "recorded")
    assert (stated.date, stated.date_precision) == (datetime.date(2005, 12, 8), "day")
    assert (stated.symbol_key, stated.decisive, stated.corroborate) == ("A/RES/60/45", True, True)
    assert (stated.requirement, stated.result, stated.announced) == ("not-stated", "not-stated", (None,) * 4)
    assert stated.title == stated.text.title
    assert cast_of(edition) == {"USA": "Y", "FRA": "N", "IND": "Y"}


@pytest.mark.parametrize(("missing", "given"), [("votes", "roll_calls"), ("roll_calls", "votes")])
def test_votes_and_roll_calls_are_needed_together(tables: Tables, missing: str, given: str):
    tables.add()
    header, rows = (ROLL_CALLS, tables.roll_calls) if given == "roll_calls" else (VOTES, tables.votes)
    path = write(tables.folder / "alone.csv", header, rows)

    with pytest.raises(UnfitFileError, match=rf"^alone\.csv: .*“{given}”.*Give them in one command: import_votes "):
        edition_of(tables.known, path)


def test_an_rcid_is_the_same_with_and_without_a_decimal(tables: Tables):
    tables.add("60001.0", votes="")
    tables.votes = [("60001", "France", "FR", "yes"), ("60001.0", "India", "IN", "yes")]

    edition = tables.read()

    assert edition.roll_calls[0].reference == "rcid 60001, R/60/45"
    assert cast_of(edition) == {"FRA": "Y", "IND": "Y"}


def test_a_roll_call_without_a_symbol_goes_by_its_rcid(tables: Tables):
    tables.add(unres="")

    edition = tables.read()

    (stated,) = edition.roll_calls
    assert (stated.reference, stated.symbol_key, stated.text, stated.decisive) == ("rcid 60001", "", None, False)
    assert edition.problems == []


def test_choices_are_words_or_numbers_and_two_is_abstaining(tables: Tables):
    tables.add(votes="US:yes FR:no GB:abstain IN:1 BR:2 ZA:3 NG:8 JP:9 KE:1.0 EG:YES")

    edition = tables.read()

    assert cast_of(edition) == {
        "USA": "Y",
        "FRA": "N",
        "GBR": "A",
        "IND": "Y",
        "BRA": "A",
        "ZAF": "N",
        "KEN": "Y",
        "EGY": "Y",
    }
    assert votes_of(edition)[0]["NGA"] == "X"
    assert "JPN" not in votes_of(edition)[0]
    assert "1 rows of states that were no members (9) are no votes." in edition.notes


def test_an_unknown_choice_is_left_out_and_makes_nobody_absent(tables: Tables):
    tables.add(votes="US:yes FR:maybe GB:maybe IN:7")

    edition = tables.read()

    assert problems_of(edition) == [
        ("unreadable", "unknown-choice", "votes.csv", 3, "vote", "maybe", 2, 2),
        ("unreadable", "unknown-choice", "votes.csv", 5, "vote", "7", 1, 1),
    ]
    assert not {"FRA", "GBR", "IND"} & votes_of(edition)[0].keys()


def test_na_is_namibia(tables: Tables):
    tables.add(votes="NA:yes")

    assert cast_of(tables.read()) == {"NAM": "Y"}


@pytest.mark.parametrize(
    ("name", "date", "code"),
    [
        ("Federal Republic of Germany", "1985-12-03", "GER"),
        ("Federal Republic of Germany", "1990-12-03", "DEU"),
        ("Yemen Arab Republic", "1985-12-03", "YEM"),
        ("Zanzibar", "1963-12-03", "EAZ"),
    ],
)
def test_states_without_a_code_are_known_by_name(tables: Tables, name: str, date: str, code: str):
    tables.add(date=date, votes="")
    tables.votes = [("60001.0", name, "", "yes")]

    assert cast_of(tables.read()) == {code: "Y"}


@pytest.mark.parametrize(
    ("code", "date", "state"),
    [
        ("RU", "1946-12-03", "SUN"),
        ("RU", "1991-12-05", "SUN"),
        ("RU", "1992-03-01", "RUS"),
        ("SU", "1980-12-05", "SUN"),
        ("YU", "1990-12-03", "YUG"),
        ("YU", "1995-12-03", "YUG"),
        ("YU", "2002-12-03", "YUG"),
        ("YU", "2003-02-03", "SCG"),
        ("YU", "2003-12-08", "SCG"),
        ("YU", "2006-06-02", "SCG"),
        ("YU", "2006-06-03", "SRB"),
        ("YU", "2019-12-12", "SRB"),
        ("RS", "2019-12-12", "SRB"),
        ("DE", "1985-12-03", "GER"),
        ("DE", "1990-10-03", "DEU"),
        ("DE", "2019-12-12", "DEU"),
        ("DD", "1985-12-03", "DDR"),
        ("TZ", "1961-12-20", "EAT"),
        ("TZ", "1963-12-03", "EAT"),
        ("TZ", "1965-12-03", "TZA"),
        ("CS", "1992-12-03", "CSK"),
        ("CS", "2005-12-08", "SCG"),
        ("CZ", "1993-12-03", "CZE"),
        ("YE", "1991-12-03", "YEM"),
        ("YD", "1985-12-03", "YMD"),
        ("TW", "1970-12-03", "CHN"),
        ("CN", "1972-12-03", "CHN"),
    ],
)
def test_a_code_stands_for_whoever_held_the_seat_on_the_date(tables: Tables, code: str, date: str, state: str):
    tables.add(date=date, votes=f"{code}:yes")

    assert cast_of(tables.read()) == {state: "Y"}


def test_the_holder_of_a_seat_held_it_for_most_of_the_days(known: Known):
    def of_month(year: int, month: int) -> str:
        last = calendar.monthrange(year, month)[1]
        return holder(known, ("GER", "DEU"), datetime.date(year, month, 1), datetime.date(year, month, last))

    assert of_month(1990, 9) == "GER"
    assert of_month(1990, 10) == "DEU"
    assert of_month(1950, 1) == "GER"  # No member yet: the first to be one.


def test_two_codes_for_chinas_seat_are_one_vote_or_a_conflict(tables: Tables):
    tables.add("60001", votes="TW:yes CN:yes", date="1970-12-03")
    tables.add("60002", votes="TW:yes CN:no", date="1970-12-03", unres="R/60/46")

    edition = tables.read()

    assert votes_of(edition)[0]["CHN"] == "Y"
    assert "CHN" not in votes_of(edition)[1]
    assert "1 rows repeat a vote." in edition.notes
    assert [p for p in problems_of(edition) if p[1] == "vote-twice"] == [
        ("conflict", "vote-twice", "votes.csv", 4, "vote", "CHN", 2, 2)
    ]
    (problem,) = (p for p in edition.problems if p.problem == "vote-twice")
    assert (problem.ref, problem.reference) == (1, "rcid 60002, R/60/46")
    assert problem.details == {"state": "CHN", "choices": "N, Y"}


def test_an_unknown_code_is_left_out(tables: Tables):
    tables.add(votes="US:yes QQ:no")
    tables.add("60002", votes="QQ:no", unres="")
    tables.votes.append(("60001.0", "Atlantis", "", "yes"))

    edition = tables.read()

    assert problems_of(edition) == [
        ("unknown-code", "unknown-code", "votes.csv", 3, "country_code", "QQ", 1, 1),
        ("unknown-code", "unknown-code", "votes.csv", 4, "country_code", "QQ", 1, 1),
        ("unreadable", "no-code", "votes.csv", 5, "country", "Atlantis", 1, 1),
    ]
    assert [(p.reference, p.ref) for p in edition.problems] == [
        ("rcid 60001, R/60/45", 0),
        ("rcid 60002", 1),
        ("rcid 60001, R/60/45", 0),
    ]
    assert edition.problems[0].details == {"name": "State QQ"}
    assert cast_of(edition) == {"USA": "Y"}


def test_votes_without_their_roll_call_are_left_out(tables: Tables):
    tables.add()
    tables.votes += [("77", "France", "FR", "yes"), ("77", "India", "IN", "yes"), ("x", "India", "IN", "yes")]

    assert problems_of(tables.read()) == [
        ("unreadable", "unknown-roll-call", "votes.csv", 5, "rcid", "77", 2, 2),
        ("unreadable", "unknown-roll-call", "votes.csv", 7, "rcid", "x", 1, 1),
    ]


def test_a_code_unknown_in_many_roll_calls_is_one_problem_of_the_period(tables: Tables):
    for number in range(51):
        tables.add(str(60001 + number), votes="US:yes QQ:no FR:perhaps", unres="", date=f"2005-12-{number % 9 + 1:02}")

    edition = tables.read()

    assert [(p.problem, p.reference, p.line, p.rows, p.rejected, p.ref) for p in edition.problems] == [
        ("unknown-code", "2005-12-01–2005-12-09", 3, 51, 51, None),
        ("unknown-choice", "2005-12-01–2005-12-09", 4, 51, 51, None),
    ]


def test_a_date_still_to_come_leaves_out_the_roll_call_and_its_votes(tables: Tables):
    today = datetime.datetime.now(tz=datetime.UTC).date()
    coming = (today + datetime.timedelta(days=2)).isoformat()
    tables.add("60001", date=coming)
    tables.add("60002", date=today.isoformat(), unres="")

    edition = tables.read()

    assert [stated.reference for stated in edition.roll_calls] == ["rcid 60002"]
    assert problems_of(edition) == [("unreadable", "future-date", "roll_calls.csv", 2, "date", coming, 4, 4)]


@pytest.mark.parametrize(
    ("written", "date", "precision"),
    [
        ("1971-10-07", "1971-10-01", "month"),
        ("2003-06-18", "2003-06-01", "month"),
        ("2003-09-15", "2003-09-01", "month"),
        ("2003-11-04", "2003-11-04", "day"),
    ],
)
def test_before_session_58_a_date_is_its_month(tables: Tables, written: str, date: str, precision: str):
    tables.add(date=written)

    (stated,) = tables.read().roll_calls

    assert (stated.date.isoformat(), stated.date_precision) == (date, precision)


def test_without_a_date_a_roll_call_and_its_votes_are_left_out(tables: Tables):
    tables.add("60001", date="12/08/2005")
    tables.add("60002", unres="R/60/46", votes="US:yes")
    tables.issues = [("60001", "nu", "Nuclear weapons")]

    edition = tables.read()

    assert problems_of(edition) == [("unreadable", "unreadable-date", "roll_calls.csv", 2, "date", "12/08/2005", 4, 4)]
    assert [(stated.ref, stated.reference) for stated in edition.roll_calls] == [(0, "rcid 60002, R/60/46")]
    assert cast_of(edition) == {"USA": "Y"}
    assert edition.rejected == 4


@pytest.mark.parametrize(
    ("unres", "written", "session"),
    [
        ("R/60/45", "60.0", "60"),
        ("R/60/45", "60", "60"),
        ("SS/1/59", "2.0", "S-1"),
        ("SS/5", "23.0", "S-5"),
        ("ESS/5/77", "22.0", "ES-5"),
        ("ESS/10/19", "71.0", "ES-10"),
        ("A/RES/ES-10/19", "72.0", "ES-10"),
        ("A/RES/S-10/2", "32.0", "S-10"),
        ("", "32.0", "32"),
    ],
)
def test_a_special_session_is_known_by_the_symbol(tables: Tables, unres: str, written: str, session: str):
    tables.add(unres=unres, session=written)

    assert tables.read().roll_calls[0].session == session


def test_an_unknown_session_is_left_empty(tables: Tables):
    tables.add(session="160.0", unres="")

    edition = tables.read()

    assert edition.roll_calls[0].session is None
    assert problems_of(edition) == [("unreadable", "unknown-session", "roll_calls.csv", 2, "session", "160.0", 1, 0)]


@pytest.mark.parametrize(
    ("amend", "para", "kind"),
    [("", "", "text"), ("1", "0", "amendment"), ("0", "1", "paragraph"), ("1.0", "1.0", "paragraph-amendment")],
)
def test_flags_say_what_was_put_to_the_vote(tables: Tables, amend: str, para: str, kind: str):
    tables.add(amend=amend, para=para)

    (stated,) = tables.read().roll_calls

    assert stated.kind == kind
    assert stated.symbol_key == "A/RES/60/45"
    assert (stated.text is not None, stated.decisive) == (kind == "text", kind == "text")
    assert stated.title == "Information security"


def test_a_flag_is_one_zero_or_empty(tables: Tables):
    tables.add(para="yes")

    with pytest.raises(UnfitFileError, match=r"^roll_calls\.csv, line 2, column para: “yes” is no flag"):
        tables.read()


def test_a_roll_call_is_there_once_and_has_a_number(tables: Tables):
    tables.add("60001")
    tables.add("60001.0")

    with pytest.raises(UnfitFileError, match=r"^roll_calls\.csv, line 3, column rcid: roll call 60001 is there twice"):
        tables.read()
    tables.roll_calls[1] = ("x", *tables.roll_calls[1][1:])
    with pytest.raises(UnfitFileError, match=r"^roll_calls\.csv, line 3, column rcid: “x” is no number"):
        tables.read()


# Symbols


def test_before_session_21_a_symbol_may_only_confirm_a_text(tables: Tables):
    tables.add("60001", unres="R/18/1967A", session="18", date="1963-12-02")
    tables.add("60002", unres="R/18/1967B", session="18", date="1963-12-02", para="1")

    edition = tables.read()

    whole, part = edition.roll_calls
    assert (whole.symbol_key, whole.text, whole.decisive) == ("A/RES/1967(XVIII)A", None, False)
    assert (part.symbol_key, part.text) == ("", None)
    assert problems_of(edition) == [("unmatched", "page-number", "roll_calls.csv", 3, "unres", "R/18/1967B", 1, 0)]
    assert edition.problems[0].ref == 1


@pytest.mark.parametrize(
    ("unres", "session", "makes_a_text"),
    [
        ("R/21/2145", "21", True),
        ("R/20/2065", "20", False),
        ("R/12/6", "11", False),
        ("R/60/45", "59", False),
        ("ESS/5/77", "22", False),
        ("ESS/6/2", "34", True),
        ("SS/5/2248", "21", False),
        ("SS/6/3201", "28", True),
        ("A/RES/74/10", "74", True),
        ("A/74/L.5", "74", False),
    ],
)
def test_which_symbols_make_a_text(tables: Tables, unres: str, session: str, *, makes_a_text: bool):
    tables.add(unres=unres, session=session)

    (stated,) = tables.read().roll_calls

    assert (stated.text is not None, stated.decisive) == (makes_a_text, makes_a_text)
    assert stated.symbol_key == parse(unres).key


def test_a_decision_is_one(tables: Tables):
    tables.add(unres="A/DEC/60/506")

    text = tables.read().roll_calls[0].text
    assert text
    assert (text.kind, text.symbol.text) == ("decision", "A/DEC/60/506")


@pytest.mark.parametrize("unres", ["R/6444A", "R/16/2/1069B", "GOAR/1/1288B", "R/10 65"])
def test_what_is_no_symbol_leads_to_no_text(tables: Tables, unres: str):
    tables.add(unres=unres)

    edition = tables.read()

    assert (edition.roll_calls[0].symbol_key, edition.roll_calls[0].text) == ("", None)
    assert problems_of(edition) == [("unmatched", "unread-symbol", "roll_calls.csv", 2, "unres", unres, 1, 0)]


def test_of_two_votes_on_a_text_the_first_by_rcid_decided_it(tables: Tables):
    tables.add("60009", votes="US:yes FR:yes IN:no")
    tables.add("60005", votes="US:yes FR:no IN:yes")

    edition = tables.read()

    later, first = edition.roll_calls
    assert (first.decisive, first.symbol_key, first.text is not None) == (True, "A/RES/60/45", True)
    assert (later.decisive, later.symbol_key, later.text) == (False, "", None)
    assert problems_of(edition) == [("unmatched", "second-vote", "roll_calls.csv", 2, "unres", "R/60/45", 1, 0)]


def test_what_was_rejected_is_not_the_text_that_was_adopted(tables: Tables):
    tables.add("60001", votes="US:no FR:no IN:yes")
    tables.add("60002", votes="US:yes FR:no IN:yes")

    edition = tables.read()

    motion, text = edition.roll_calls
    assert (motion.text, motion.symbol_key, motion.decisive) == (None, "", False)
    assert (text.symbol_key, text.decisive) == ("A/RES/60/45", True)
    assert [(p.problem, p.ref) for p in edition.problems] == [("not-adopted", 0)]


def test_one_vote_listed_twice_is_one_vote(tables: Tables):
    tables.add("60001", votes="US:yes FR:no IN:yes")
    tables.add("60002", votes="US:yes FR:no IN:yes", descr="The President: I now put the draft to the vote.")
    tables.add("60003", votes="US:yes FR:no IN:yes", date="2006-01-10")

    edition = tables.read()

    assert [stated.reference for stated in edition.roll_calls] == ["rcid 60001, R/60/45", "rcid 60003, R/60/45"]
    assert problems_of(edition) == [
        ("conflict", "listed-again", "roll_calls.csv", 3, "unres", "R/60/45", 4, 4),
        ("unmatched", "second-vote", "roll_calls.csv", 4, "unres", "R/60/45", 1, 0),
    ]
    assert edition.problems[0].ref == 0
    assert edition.problems[0].details == {"symbol": "A/RES/60/45", "kept": 60001, "differ": 0, "states": ""}
    assert set(votes_of(edition)) == {0, 1}


def test_a_vote_listed_again_says_whose_votes_differ(tables: Tables):
    same = "US:yes FR:no IN:yes AF:yes AL:yes DZ:yes AO:yes AR:yes AM:yes AU:yes AT:yes AZ:yes BS:yes BH:yes "
    more = "BB:yes BY:yes BE:yes BZ:yes BJ:yes "
    tables.add("60001", unres="R/60/44")
    tables.add("60003", votes=f"{same}{more}BT:no")
    tables.add("60002", votes=f"{same}{more}BT:yes")

    edition = tables.read()

    (problem,) = edition.problems
    assert (problem.problem, problem.kind, problem.reference) == (
        "listed-otherwise",
        "conflict",
        "rcid 60003, R/60/45",
    )
    assert edition.roll_calls[problem.ref or 0].reference == "rcid 60002, R/60/45"
    assert problem.details == {"symbol": "A/RES/60/45", "kept": 60002, "differ": 1, "states": "BTN"}


@pytest.mark.parametrize(
    ("descr", "title"),
    [
        ("", "SHORT NAME"),
        ("  Two\n spaces  ", "Two spaces"),
        ("ITEM ON \\NAMIBIA\\\\", 'ITEM ON "NAMIBIA"'),
        ('\\IMPORTANT QUESTION\\\\ UNDER ARTICLE 18.\\""', '"IMPORTANT QUESTION" UNDER ARTICLE 18.'),
        ('FROM \\NINE\\\\ TO \\\\"SIX\\\\" MEMBERS', 'FROM "NINE" TO "SIX" MEMBERS'),
        ('RULE 73 SHOULD END WITH:\\NO NOMINATIONS.\\\\"\t0\t1\t0', 'RULE 73 SHOULD END WITH:"NO NOMINATIONS."'),
        (
            "Draft C is entitled _Depleted uranium<d3>. A recorded vote. A",
            'Draft C is entitled "Depleted uranium". A recorded vote.',
        ),
        ("The Syrian Golan : resolution / adopted by the General Assemly", "The Syrian Golan"),
        ("The Arms Trade TreatyÂ\xa0", "The Arms Trade Treaty"),
        ("anyone else<90>s territory", "anyone else’s territory"),
    ],
)
def test_titles_are_tidied(tables: Tables, descr: str, title: str):
    tables.add(descr=descr, short="SHORT NAME", unres="")

    assert tables.read().roll_calls[0].title == title


def test_an_agenda_item_is_no_title(tables: Tables):
    agenda = "A/71/251 39 - Necessity of ending the embargo. - CUBA--UNITED STATES"
    tables.add(descr=agenda, short="Necessity of ending the embargo : resolution / adopted by the General Assembly")

    text = tables.read().roll_calls[0].text

    assert text
    assert (text.title, text.agenda) == ("Necessity of ending the embargo", agenda)


def test_topics_that_are_not_known_are_left_out(tables: Tables):
    tables.add()
    tables.issues = [("60001", "xx", "?"), ("60001", "xx", "?"), ("60001", "co", "Colonialism"), ("5", "co", "?")]

    edition = tables.read()

    assert edition.roll_calls[0].text
    assert edition.roll_calls[0].text.topics == ("decolonization",)
    assert problems_of(edition) == [
        ("unreadable", "unknown-topic", "issues.csv", 2, "short_name", "xx", 2, 2),
        ("unreadable", "unknown-roll-call", "issues.csv", 5, "rcid", "5", 1, 1),
    ]


# The absent


def members(known: Known, stated: StatedRollCall) -> frozenset[str]:
    """Return who was a member of the Assembly whenever the roll call was taken: slow, and obvious."""
    last = stated.date
    if stated.date_precision == "month":
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return known.electorate("GA", stated.date, last)


def test_members_without_a_row_were_absent(tables: Tables):
    tables.add("60001", votes="US:yes FR:no", date="2006-06-28")
    tables.add("60002", votes="US:yes", date="2006-06-27", unres="R/60/46")

    edition = tables.read()

    votes = votes_of(edition)
    assert votes[0] == {**dict.fromkeys(members(tables.known, edition.roll_calls[0]), "X"), "USA": "Y", "FRA": "N"}
    assert (len(votes[0]), len(votes[1])) == (192, 191)
    assert "MNE" in votes[0]
    assert "MNE" not in votes[1]
    assert edition.notes[0] == "380 absences are derived from the membership of the Assembly."


def test_who_became_a_member_in_the_month_is_not_known_to_have_been_absent(tables: Tables):
    tables.add(votes="US:yes", date="1971-10-07", session="26", unres="")

    votes = votes_of(tables.read())[0]

    assert votes["QAT"] == "X"  # Admitted on 1971-09-21.
    assert "OMN" not in votes  # Admitted on 1971-10-07.


def test_nobody_is_absent_where_there_are_no_votes(tables: Tables):
    tables.add(votes="")

    edition = tables.read()

    assert len(edition.roll_calls) == 1
    assert edition.votes.height == 0


# The whole files


@functools.cache
def whole() -> tuple[Edition, Known]:
    """Return the edition of the whole files, read once."""
    for name in NAMES:
        if not (FOLDER / name).exists():
            pytest.skip(f"{name} is not there; PLENARY_CORPORA names the folder that has it")
    known = known_of_record()
    return edition_of(known, *(FOLDER / name for name in NAMES)), known


@pytest.fixture
def edition(record: None) -> Edition:
    return whole()[0]


def test_the_whole_files_are_read(edition: Edition):
    assert [file.rows for file in edition.files] == [6_203, 870_109, 5_745]
    kinds = Counter(stated.kind for stated in edition.roll_calls)
    assert kinds == {"text": 5014, "paragraph": 834, "amendment": 154, "paragraph-amendment": 157, "motion": 18}
    problems = Counter(problem.problem for problem in edition.problems)
    assert problems == {
        "page-number": 464,
        "listed-again": 17,
        "listed-otherwise": 9,
        "own-letter": 13,
        "unread-symbol": 4,
        "not-adopted": 1,
    }
    assert len(edition.roll_calls) + problems["listed-again"] + problems["listed-otherwise"] == 6_203
    left_out = sum(problem.rejected - 1 for problem in edition.problems if problem.rejected)
    choices = Counter(dict(edition.votes["choice"].cast(pl.String).value_counts().iter_rows()))
    assert choices["Y"] + choices["N"] + choices["A"] + left_out == 870_109
    assert choices["X"] == 88_560


def test_flags_of_the_whole_files(edition: Edition):
    flagged = [stated for stated in edition.roll_calls if stated.kind not in ("text", "motion")]
    amendments = [stated for stated in flagged if "amendment" in stated.kind]
    paragraphs = [stated for stated in flagged if "paragraph" in stated.kind]

    assert (len(amendments), len(paragraphs), len(flagged)) == (311, 991, 1_145)
    assert sum("," not in stated.reference for stated in flagged) == 62
    assert not any(stated.text or stated.decisive for stated in flagged)


def test_symbols_of_the_whole_files(edition: Edition):
    made = [stated for stated in edition.roll_calls if stated.text]

    assert (len(made), sum(bool(stated.symbol_key) for stated in edition.roll_calls)) == (4_485, 5_539)
    assert all(stated.decisive and stated.kind == "text" and stated.text for stated in made)
    assert len({stated.symbol_key for stated in made}) == len(made)
    assert [stated.ref for stated in edition.roll_calls] == list(range(6_177))
    assert len({stated.reference for stated in edition.roll_calls}) == 6_177


def test_dates_of_the_whole_files(edition: Edition):
    for stated in edition.roll_calls:
        assert stated.session
        if stated.session.isdigit():
            assert stated.date_precision == ("month" if int(stated.session) < 58 else "day"), stated.reference
        assert stated.date_precision == "day" or stated.date.day == 1, stated.reference
    assert Counter(stated.date_precision for stated in edition.roll_calls) == {"month": 4_594, "day": 1_583}


def test_titles_of_the_whole_files_are_clean(edition: Edition):
    strange = [s.title for s in edition.roll_calls if any(sign in s.title for sign in ("\\", "<", "\t", "  ", "Â"))]
    assert strange == []
    assert [s.reference for s in edition.roll_calls if not s.title] == ["rcid 3898, R/50/38B/I", "rcid 6027"]


def test_absences_are_those_of_the_slow_way(edition: Edition):
    known = whole()[1]
    votes = votes_of(edition)
    electorate = functools.cache(known.electorate)

    for stated in edition.roll_calls:
        last = stated.date
        if stated.date_precision == "month":
            last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
        members = electorate("GA", stated.date, last)
        absent = {state for state, choice in votes[stated.ref].items() if choice == "X"}
        assert absent <= members, stated.reference
        assert members <= votes[stated.ref].keys(), stated.reference


def official() -> Mapping[str, Mapping[str, str]]:
    """Return the votes of the General Assembly file by symbol and state."""
    votes: dict[str, dict[str, str]] = defaultdict(dict)
    for symbol, state, choice in columns("ga_voting_1946_2021.csv.gz", "resolution", "ms_code", "ms_vote"):
        votes[symbol][state] = choice
    return {parse(symbol).key: cast for symbol, cast in votes.items()}


def test_votes_on_a_text_are_those_of_the_official_file(edition: Edition):
    texts, votes = official(), votes_of(edition)
    compared = 0

    for stated in edition.roll_calls:
        if stated.kind != "text" or stated.symbol_key not in texts:
            continue
        one, other = votes[stated.ref], texts[stated.symbol_key]
        both = [s for s in one if one[s] in POSITIONS and other.get(s) in POSITIONS]
        assert all(one[s] == other[s] for s in both), stated.reference
        assert len(both) >= 0.95 * sum(choice in POSITIONS for choice in other.values()), stated.reference
        compared += 1
    assert compared == 4_468


def test_every_symbol_of_the_official_file_up_to_session_74_is_found(edition: Edition):
    found = {stated.symbol_key for stated in edition.roll_calls if stated.kind == "text"}
    texts = {parse(symbol).key for (symbol,) in columns("ga_voting_1946_2021.csv.gz", "resolution")}

    assert {key for key in texts - found if not key.startswith("A/RES/75/")} == set()


def test_unread_symbols_of_the_whole_files(edition: Edition):
    unread = {problem.value for problem in edition.problems if problem.problem == "unread-symbol"}

    assert unread == {"R/6444A", "R/16/2/1069B", "GOAR/1/1288B", "R/10 65"}
    assert all(parse_or_none(symbol) is None for symbol in unread)
