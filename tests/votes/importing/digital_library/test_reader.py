"""Reading the Digital Library's voting files: each known quirk in a few rows."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resolutions.symbols import parse
from tests.votes.importing.layouts import (
    ASSEMBLY,
    COUNCIL,
    GA,
    GA_2024,
    GA_MARCH_2025,
    NAMES_2024,
    SC,
    check_edition,
    sheet,
    votes,
)
from votes.importing.digital_library.reader import read
from votes.importing.edition import Edition, Known, RowProblem, StatedRollCall, StatedText, UnfitFileError
from votes.importing.files import opened

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def reading(write: Callable[[str, str], str], known: Known) -> Callable[[str], Edition]:
    def read_content(content: str) -> Edition:
        with opened([write("a.csv", content)]) as (file,):
            edition = read(file, known)
        check_edition(edition, known)
        return edition

    return read_content


def cast(edition: Edition) -> list[str]:
    """Return the votes, ``0 FRA:Y``, sorted."""
    return sorted(f"{ref} {state}:{choice}" for ref, state, choice in edition.votes.iter_rows())


def only_problem(edition: Edition) -> RowProblem:
    (problem,) = edition.problems
    return problem


def test_assembly_vote_is_read_with_all_its_facts(reading):
    edition = reading(
        sheet(
            GA,
            votes(
                "FRA:Y USA:N DEU:A AFG:X",
                draft="A/79/L.1|A/79/L.1/Rev.1; A/79/L.2",
                meeting="A/79/PV.54",
                title="Peace and : order : resolution / adopted by the General Assembly",
                agenda_title="CULTURE OF  PEACE",
                subjects="HUMAN RIGHTS--ADVANCEMENT|CULTURE|ARMS CONTROL--DISARMAMENT|CULTURE|DECOLONIZATION--REPORTS",
                vote_note="A delegation said that it had intended to abstain.",
                total_yes="93.0",
                total_no="018",
                total_abstentions="65",
                total_non_voting="",
            ),
        )
    )
    assert edition.roll_calls == [
        StatedRollCall(
            ref=0,
            line=2,
            source="un-digital-library",
            reference="https://digitallibrary.un.org/record/4000001",
            body="GA",
            session="79",
            date=datetime.date(2024, 12, 17),
            date_precision="day",
            text=StatedText(
                symbol=parse("A/RES/79/1"),
                kind="resolution",
                title="Peace and : order",
                agenda="CULTURE OF PEACE",
                topics=("arms-control", "decolonization", "human-rights", "society"),
                subjects=(
                    "HUMAN RIGHTS--ADVANCEMENT",
                    "CULTURE",
                    "ARMS CONTROL--DISARMAMENT",
                    "DECOLONIZATION--REPORTS",
                ),
                drafts=("A/79/L.1", "A/79/L.1/Rev.1", "A/79/L.2"),
            ),
            symbol_key=parse("A/RES/79/1").key,
            decisive=True,
            meeting="A/79/PV.54",
            kind="text",
            method="recorded",
            requirement="not-stated",
            result="adopted",
            announced=(93, 18, 65, None),
            note="A delegation said that it had intended to abstain.",
        )
    ]
    assert cast(edition) == ["0 AFG:X", "0 DEU:A", "0 FRA:Y", "0 USA:N"]
    assert (edition.format, edition.source, edition.problems) == ("ga-voting", "un-digital-library", [])
    assert edition.notes == []
    assert (edition.rows, edition.rejected) == (4, 0)
    assert edition.files[0].name == "a.csv"


def text_of(edition: Edition) -> StatedText:
    (roll_call,) = edition.roll_calls
    assert roll_call.text
    return roll_call.text


def test_topics_come_from_headings_agenda_item_and_title(reading):
    facts = {
        "title": "Situation of human rights in the Syrian Arab Republic : resolution / adopted by the General Assembly",
        "agenda_title": "Human rights situations and reports of special rapporteurs and representatives",
        "subjects": "HUMAN RIGHTS--REPORTS",
    }
    text = text_of(reading(sheet(GA, votes("FRA:Y", **facts))))
    assert (text.topics, text.subjects) == (("human-rights", "middle-east"), ("HUMAN RIGHTS--REPORTS",))
    text = text_of(reading(sheet(GA, votes("FRA:Y", **facts | {"title": "Question", "subjects": ""}))))
    assert (text.topics, text.subjects) == (("human-rights",), ())


def test_categories_in_place_of_headings_are_left_out_with_a_note(reading):
    subjects = "POLITICAL AND LEGAL QUESTIONS|MAINTENANCE OF PEACE AND SECURITY|ARMS EMBARGO"
    edition = reading(sheet(GA, votes("FRA:Y", title="Transparency in armaments", subjects=subjects)))
    assert (text_of(edition).topics, text_of(edition).subjects) == (("arms-control",), ())
    assert edition.notes == [
        ("Texts with broad categories instead of subject headings: 1. The categories were ignored.")
    ]


def test_unknown_topic_is_left_out(write, known):
    with opened([write("a.csv", sheet(GA, votes("FRA:Y", title="Nuclear disarmament")))]) as (file,):
        edition = read(file, replace(known, topics=known.topics - {"arms-control"}))
    assert text_of(edition).topics == ("nuclear-weapons",)


# 1. Header drift


@pytest.mark.parametrize("header", [GA, GA_2024, GA_MARCH_2025, [*reversed(GA)], [name.upper() for name in GA]])
def test_every_edition_of_the_header_reads_alike(reading, header: list[str]):
    rows = votes("FRA:Y USA:NV DEU: nv  AFG:x".replace(": nv ", ":nv"))
    names = {old: new for old in GA for new in header if new.lower() in (old, NAMES_2024[old])}
    edition = reading(sheet(header, [{names.get(name, name): cell for name, cell in row.items()} for row in rows]))
    assert cast(edition) == ["0 AFG:X", "0 DEU:X", "0 FRA:Y", "0 USA:X"]
    (roll_call,) = edition.roll_calls
    assert roll_call.announced == (2, 1, 0, 0)
    assert roll_call.session == "79"
    assert roll_call.text
    assert roll_call.text.title == "Peace"
    assert edition.problems == []


def test_missing_column_is_named(reading):
    with pytest.raises(UnfitFileError) as error:
        reading(sheet([name for name in GA if name != "total_no"], votes("FRA:Y")))
    assert str(error.value) == (
        "a.csv, line 1: the header matches no known layout. The closest is ga-voting (votes); missing "
        "columns: total_no."
    )


def test_header_without_rows_is_refused(reading):
    with pytest.raises(UnfitFileError) as error:
        reading(sheet(GA, []))
    assert str(error.value) == "a.csv: there are no rows below the header. Download it again."


# 2. Totals and sessions


@pytest.mark.parametrize(
    ("cell", "total"), [("120", 120), ("120.0", 120), ("012", 12), ("0.0", 0), ("", None), (" 7 ", 7)]
)
def test_totals_are_read_as_printed(reading, cell: str, total: int | None):
    edition = reading(sheet(GA, votes("FRA:Y", total_yes=cell)))
    assert edition.roll_calls[0].announced == (total, 1, 0, 0)
    assert edition.problems == []


@pytest.mark.parametrize("cell", ["many", "12.5", "-1", "1e2", "12345"])
def test_unreadable_total_is_left_empty(reading, cell: str):
    edition = reading(sheet(GA, votes("FRA:Y USA:Y", total_abstentions=cell)))
    assert edition.roll_calls[0].announced == (2, 1, None, 0)
    assert only_problem(edition) == RowProblem(
        kind="unreadable",
        file="a.csv",
        line=2,
        column="total_abstentions",
        value=cell,
        problem="unreadable-total",
        rows=2,
        rejected=0,
        ref=0,
        reference="A/RES/79/1",
    )
    assert len(cast(edition)) == 2


@pytest.mark.parametrize(
    ("cell", "session"),
    [
        ("75", "75"),
        ("75.0", "75"),
        ("10emsp", "ES-10"),
        ("11EMSP", "ES-11"),
        ("ES-11", "ES-11"),
        ("S-9", "S-9"),
        ("4sp", "S-4"),
        ("ES-10", "ES-10"),
        ("S-10", "S-10"),
        ("", None),
    ],
)
def test_every_spelling_of_a_session_is_read(reading, cell: str, session: str | None):
    edition = reading(sheet(GA, votes("FRA:Y", session=cell)))
    assert edition.roll_calls[0].session == session
    assert edition.problems == []


@pytest.mark.parametrize("cell", ["199", "99emsp", "first"])
def test_unknown_session_is_left_empty_and_reported(reading, cell: str):
    edition = reading(sheet(GA, votes("FRA:Y", session=cell)))
    assert edition.roll_calls[0].session is None
    problem = only_problem(edition)
    assert (problem.problem, problem.kind, problem.value, problem.column) == (
        "unknown-session",
        "unreadable",
        cell,
        "session",
    )
    assert (problem.rows, problem.rejected, problem.ref) == (1, 0, 0)


# 3. Symbols and titles


@pytest.mark.parametrize(
    ("cell", "symbol", "kind"),
    [
        ("A/RES/79/317", "A/RES/79/317", "resolution"),
        ("A/RES/80/5 A", "A/RES/80/5 A", "resolution"),
        ("A/RES/80/5A", "A/RES/80/5 A", "resolution"),
        ("A/RES/1991(XVIII)[ A ]", "A/RES/1991(XVIII)[A]", "resolution"),
        ("A/RES/3379(XXX)", "A/RES/3379(XXX)", "resolution"),
        ("A/RES/17(I)[RULE-73]", "A/RES/17(I)[RULE-73]", "resolution"),
        ("A/DEC/80/506", "A/DEC/80/506", "decision"),
        ("A/RES/104(S-1)", "A/RES/104(S-1)", "resolution"),
        ("A/RES/36//235IX", "A/RES/36/235 IX", "resolution"),
        ("A/RES/39/236[SectionXIV]", "A/RES/39/236 XIV", "resolution"),
        ("A/RES/63(I)[PARA.1]", "A/RES/63(I)[PARA.1]", "resolution"),
        ("A/RES/79/XX", "A/RES/79/XX (record 4000001)", "resolution"),
    ],
)
def test_every_spelling_of_a_symbol_is_read(reading, cell: str, symbol: str, kind: str):
    (roll_call,) = reading(sheet(GA, votes("FRA:Y", resolution=cell))).roll_calls
    assert roll_call.text
    assert (roll_call.text.symbol, roll_call.text.kind) == (parse(symbol), kind)
    assert roll_call.symbol_key == parse(symbol).key


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", "no-symbol-cell"),
        ("A/RES/", "unreadable-symbol"),
        ("A/RES/79/", "unreadable-symbol"),
        ("resolution 5", "unreadable-symbol"),
        ("S/RES/2774 (2025)", "other-body"),
    ],
)
def test_invalid_symbol_or_one_of_another_body_is_reported(reading, cell: str, problem: str):
    rows = [
        *votes("FRA:Y"),
        *votes("FRA:Y USA:N", undl_id="7", resolution=cell),
        *votes("DEU:A", undl_id="8", resolution=cell),
    ]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:Y"]
    assert only_problem(edition) == RowProblem(
        kind="unreadable",
        file="a.csv",
        line=3,
        column="resolution",
        value=cell,
        problem=problem,
        rows=3,
        rejected=3,
    )


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("Peace : resolution / adopted by the General Assembly", "Peace"),
        ("Peace : decision / adopted by the General Assembly", "Peace"),
        ("Peace : RESOLUTION / Adopted on the recommendation of the 3rd Committee", "Peace"),
        ("Draft resolution : the text / as adopted", "Draft resolution : the text / as adopted"),
        ('MAJORITY VOTE."" : resolution / adopted by the General Assembly', 'MAJORITY VOTE.""'),
        ("Two\nlines : resolution / adopted by the General Assembly", "Two lines"),
    ],
)
def test_standard_endings_of_titles_are_removed(reading, cell: str, title: str):
    (roll_call,) = reading(sheet(GA, votes("FRA:Y", title=cell))).roll_calls
    assert roll_call.text
    assert roll_call.text.title == title


@pytest.mark.parametrize(
    ("cell", "meeting"),
    [
        ("A/34/PV. 67", "A/34/PV.67"),
        (" A/74/PV.46", "A/74/PV.46"),
        ("A/ES-10/PV.39(Resumption1)", "A/ES-10/PV.39 (Resumption 1)"),
        ("A/ES-10/PV.39 (Resumption 1)", "A/ES-10/PV.39 (Resumption 1)"),
    ],
)
def test_meeting_symbols_are_normalised(reading, cell: str, meeting: str):
    (roll_call,) = reading(sheet(GA, votes("FRA:Y", meeting=cell))).roll_calls
    assert roll_call.meeting == meeting


# 4 and 5. Codes and names


def test_historical_codes_and_names_are_read(reading):
    codes = "SUN CSK YUG SCG DDR GER YMD EAT EAZ RUS EGY CHN BFA".split()  # noqa: SIM905  # as the list is written
    rows = votes(" ".join(f"{code}:Y" for code in codes))
    rows[-1]["ms_name"], rows[-2]["ms_name"] = "UPPER VOLTA", "CHINA (TAÏWAN)"
    rows[0]["ms_name"], rows[1]["ms_name"] = "TÜRKÝYE", "LAO PEOPLE's DEMOCRATIC REPUBLIC"
    edition = reading(sheet(GA, rows))
    assert cast(edition) == sorted(f"0 {code}:Y" for code in codes)
    assert edition.problems == []


def test_rows_with_an_unknown_code_are_left_out(reading):
    first = [{**row, "ms_code": f" {row['ms_code'].lower()}"} for row in votes("FRA:Y XXA:N USA:N")]
    second = votes("FRA:Y XXA:Y XXA:N :Y", undl_id="2", resolution="A/RES/79/2", undl_link="")
    second[2]["ms_name"] = "ATLANTIS"
    edition = reading(sheet(GA, [*first, *second]))
    assert cast(edition) == ["0 FRA:Y", "0 USA:N", "1 FRA:Y"]
    assert [roll_call.reference for roll_call in edition.roll_calls] == [ASSEMBLY["undl_link"], "2"]
    assert edition.problems == [
        RowProblem(
            kind="unknown-code",
            file="a.csv",
            line=3,
            column="ms_code",
            value="XXA",
            problem="unknown-code",
            rows=1,
            rejected=1,
            ref=0,
            reference="A/RES/79/1",
            details={"name": "ATLANTIS, XXA'S NAME"},
        ),
        RowProblem(
            kind="unknown-code",
            file="a.csv",
            line=6,
            column="ms_code",
            value="XXA",
            problem="unknown-code",
            rows=2,
            rejected=2,
            ref=1,
            reference="A/RES/79/2",
            details={"name": "ATLANTIS, XXA'S NAME"},
        ),
        RowProblem(
            kind="unknown-code",
            file="a.csv",
            line=8,
            column="ms_code",
            value="",
            problem="unknown-code",
            rows=1,
            rejected=1,
            ref=1,
            reference="A/RES/79/2",
            details={"name": "'S NAME"},
        ),
    ]
    assert (edition.rows, edition.rejected) == (7, 4)


def test_row_with_an_unknown_choice_is_left_out(reading):
    edition = reading(
        sheet(
            GA_2024, [{NAMES_2024[name]: cell for name, cell in row.items()} for row in votes("FRA:Y USA:P DEU:P GBR:")]
        )
    )
    assert cast(edition) == ["0 FRA:Y"]
    assert [(p.line, p.column, p.value, p.problem, p.kind, p.rows, p.rejected, p.ref) for p in edition.problems] == [
        (3, "ms_votes", "P", "unknown-choice", "unreadable", 2, 2, 0),
        (5, "ms_votes", "GBR", "no-choice", "unreadable", 1, 0, 0),
    ]


def test_member_without_a_choice_is_illegible(reading):
    # A/RES/620(VII)[A] of 1952, on which the library has nothing for Pakistan: 48 in favour, 5 against, 5 abstaining.
    rows = [
        *votes("FRA:Y PAK: USA:N", resolution="A/RES/620(VII)[A]", total_yes="48", total_no="5"),
        *votes("PAK: IND: PAK:Y", undl_id="2", resolution="A/RES/620(VII)[B]"),
        *votes("FRA:Y", undl_id="3", resolution="A/RES/620(VII)[C]"),
    ]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:Y", "0 USA:N", "1 PAK:Y", "2 FRA:Y"]
    assert [roll_call.not_legible for roll_call in edition.roll_calls] == [("PAK",), ("IND",), ()]
    assert edition.roll_calls[0].announced == (48, 5, 0, 0)
    assert [(p.line, p.column, p.value, p.problem, p.rows, p.rejected, p.ref) for p in edition.problems] == [
        (3, "ms_vote", "PAK", "no-choice", 1, 0, 0),
        (6, "ms_vote", "IND", "no-choice", 1, 0, 1),
    ]
    assert edition.rejected == 0


# Nobody's vote on record


@pytest.mark.parametrize("totals", ["0", "0.0", ""])
def test_vote_with_every_member_non_voting_has_no_votes(reading, totals: str):
    # So the library lists A/RES/39/28 A and B and A/RES/43/62, on which a vote was taken.
    silent = {"total_yes": totals, "total_no": totals, "total_abstentions": totals, "total_non_voting": "3"}
    rows = [
        *votes("FRA:X USA:X DEU:X", resolution="A/RES/43/62", **silent),
        *votes("FRA:X USA:X", undl_id="2", resolution="A/RES/43/63", total_yes="2", total_no="0"),
        *votes("FRA:X USA:", undl_id="3", resolution="A/RES/43/64", **silent),
    ]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["1 FRA:X", "1 USA:X", "2 FRA:X"]
    assert [(r.method, r.announced) for r in edition.roll_calls[:2]] == [
        ("recorded", (None, None, None, None)),
        ("recorded", (2, 0, 0, 0)),
    ]
    (note,) = edition.notes
    assert note.startswith("3 rows of 1 texts list every member as non-voting and have totals of 0")
    assert (edition.rows, edition.rejected) == (7, 0)


@pytest.mark.parametrize("note", ["adopted without vote", "Adopted without a vote."])
def test_a_text_whose_note_says_so_was_adopted_without_a_vote(reading, note: str):
    # As S/RES/4 of a file whose modality is empty: 15 members, all X.
    silent = {"total_yes": "0", "total_no": "0", "total_abstentions": "0", "total_non_voting": "2"}
    edition = reading(sheet(SC, council("FRA:X RUS:X", modality="", vote_note=note, **silent)))
    (roll_call,) = edition.roll_calls
    assert (roll_call.method, roll_call.announced, roll_call.note) == ("without-vote", (None,) * 4, note)
    assert cast(edition) == []
    assert edition.notes == ["2 rows of 1 texts adopted without a vote are not votes and were skipped."]
    assert edition.rejected == 0


# 6. Empty cells


def test_empty_cells_are_left_empty(reading):
    empty = dict.fromkeys(
        ("draft", "subjects", "committee_report", "meeting", "agenda_title", "vote_note", "undl_link", "title"), ""
    )
    (roll_call,) = reading(sheet(GA, votes("FRA:Y", **empty))).roll_calls
    assert roll_call.text == StatedText(symbol=parse("A/RES/79/1"), kind="resolution", title="")
    assert (roll_call.meeting, roll_call.note, roll_call.reference) == ("", "", "4000001")


# Dates


@pytest.mark.parametrize("cell", ["", "17/12/2024", "2024-13-01", "20241217", "2024"])
def test_vote_with_an_unreadable_date_is_left_out(reading, cell: str):
    rows = [*votes("FRA:Y USA:N", date=cell), *votes("FRA:N", undl_id="2", resolution="A/RES/79/2")]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:N"]
    assert only_problem(edition) == RowProblem(
        kind="unreadable",
        file="a.csv",
        line=2,
        column="date",
        value=cell,
        problem="unreadable-date",
        rows=2,
        rejected=2,
        reference="A/RES/79/1",
    )


def test_vote_with_a_future_date_is_left_out(reading):
    today = datetime.datetime.now(tz=datetime.UTC).date()
    coming = (today + datetime.timedelta(days=2)).isoformat()
    rows = [
        *votes("FRA:Y USA:N", date=coming),
        *votes("FRA:N", undl_id="2", resolution="A/RES/79/2", date=today.isoformat()),
    ]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:N"]
    problem = only_problem(edition)
    assert (problem.problem, problem.kind, problem.value, problem.line) == ("future-date", "unreadable", coming, 2)
    assert (problem.rows, problem.rejected, problem.reference) == (2, 2, "A/RES/79/1")


# Rows that contradict each other


def test_a_fact_on_which_rows_disagree_is_left_empty(reading):
    rows = votes("FRA:Y USA:N DEU:A GBR:Y")
    rows[0]["vote_note"] = ""
    rows[1]["vote_note"] = rows[3]["vote_note"] = "b"
    rows[2]["vote_note"] = "a"
    rows[3]["total_yes"] = "3.0"
    edition = reading(sheet(GA, rows))
    (roll_call,) = edition.roll_calls
    assert (roll_call.note, roll_call.announced) == ("", (None, 1, 0, 0))
    assert len(cast(edition)) == 4
    assert edition.problems == [
        RowProblem(
            kind="conflict",
            file="a.csv",
            line=4,
            column="vote_note",
            value="A/RES/79/1",
            problem="facts-differ",
            rows=4,
            rejected=0,
            ref=0,
            reference="A/RES/79/1",
            details={"values": "“a”, “b”"},
        ),
        RowProblem(
            kind="conflict",
            file="a.csv",
            line=5,
            column="total_yes",
            value="A/RES/79/1",
            problem="facts-differ",
            rows=4,
            rejected=0,
            ref=0,
            reference="A/RES/79/1",
            details={"values": "“2.0”, “3.0”"},
        ),
    ]


def test_vote_whose_rows_disagree_on_the_date_is_left_out(reading):
    rows = [*votes("FRA:Y USA:N"), *votes("DEU:A", date="2024-12-18")]
    edition = reading(sheet(GA, rows))
    assert (edition.roll_calls, cast(edition), edition.rejected) == ([], [], 3)
    problem = only_problem(edition)
    assert (problem.problem, problem.line, problem.column, problem.ref) == ("facts-differ", 4, "date", None)
    assert problem.details == {"values": "“2024-12-17”, “2024-12-18”"}


def test_vote_whose_rows_disagree_on_the_symbol_is_left_out(reading):
    rows = [
        *votes("FRA:Y USA:N"),
        *votes("DEU:A", resolution="A/RES/79/11"),
        *votes("FRA:Y", undl_id="9", resolution="A/RES/79/9"),
    ]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:Y"]
    problem = only_problem(edition)
    assert (problem.problem, problem.line, problem.column, problem.rows, problem.rejected) == (
        "facts-differ",
        4,
        "resolution",
        3,
        3,
    )
    assert problem.details == {"values": "“A/RES/79/1”, “A/RES/79/11”"}


def test_a_record_with_two_symbols_is_two_votes_where_states_voted_on_both(reading):
    rows = [*votes("FRA:Y USA:N"), *votes("FRA:N USA:N", resolution="A/RES/79/1 B")]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:Y", "0 USA:N", "1 FRA:N", "1 USA:N"]
    assert edition.problems == []


def test_spellings_of_one_symbol_are_one_vote(reading):
    rows = [*votes("FRA:Y", resolution="A/RES/80/5A"), *votes("USA:N", resolution="A/RES/80/5 A ")]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:Y", "0 USA:N"]
    assert edition.problems == []


def test_a_second_record_of_a_symbol_is_left_out(reading):
    rows = [
        *votes("FRA:Y"),
        *votes("USA:N DEU:N", undl_id="10000000", resolution="A / RES/79/1"),
        *votes("USA:A", undl_id="4000002"),
    ]
    edition = reading(sheet(GA, rows))
    assert cast(edition) == ["0 FRA:Y"]
    assert only_problem(edition) == RowProblem(
        kind="conflict",
        file="a.csv",
        line=3,
        column="resolution",
        value="A/RES/79/1",
        problem="symbol-twice",
        rows=3,
        rejected=3,
        ref=0,
        reference="A/RES/79/1",
        details={"kept": "4000001", "left_out": "4000002, 10000000"},
    )


def test_of_two_records_of_a_symbol_the_lower_number_is_kept(reading):
    rows = [
        *votes("FRA:Y USA:N", undl_id="1000", total_yes="7", undl_link=""),
        *votes("DEU:A GBR:N", undl_id="999", total_yes="8", undl_link=""),
        *votes("AFG:A", undl_id="none", total_yes="9", undl_link=""),
        *votes("FRA:Y", undl_id="5", resolution="A/RES/79/2", undl_link=""),
    ]
    said = set()
    for seed in range(12):
        edition = reading(sheet(GA, random.Random(seed).sample(rows, len(rows))))  # noqa: S311  # any order will do
        symbols = [roll_call.symbol_key for roll_call in edition.roll_calls]
        taken = {(r.symbol_key, r.reference, r.announced) for r in edition.roll_calls}
        cast_votes = {(symbols[ref], state, choice) for ref, state, choice in edition.votes.iter_rows()}
        problem = only_problem(edition)
        found = (problem.value, problem.rows, problem.rejected, *sorted(problem.details.items()))
        said.add((frozenset(taken), frozenset(cast_votes), found))
    first, second = parse("A/RES/79/1").key, parse("A/RES/79/2").key
    assert said == {
        (
            frozenset({(first, "999", (8, 1, 0, 0)), (second, "5", (2, 1, 0, 0))}),
            frozenset({(first, "DEU", "A"), (first, "GBR", "N"), (second, "FRA", "Y")}),
            ("A/RES/79/1", 3, 3, ("kept", "999"), ("left_out", "1000, none")),
        )
    }


def test_a_code_unknown_in_many_votes_is_one_problem_of_the_period(reading):
    rows = [
        row
        for number in range(51)
        for row in votes(
            "FRA:Y XXA:Y", undl_id=str(number), resolution=f"A/RES/79/{number + 1}", date=f"2024-12-{number % 9 + 1:02}"
        )
    ]
    problem = only_problem(reading(sheet(GA, rows)))
    assert (problem.problem, problem.reference, problem.ref) == ("unknown-code", "2024-12-01–2024-12-09", None)
    assert (problem.line, problem.rows, problem.rejected) == (3, 51, 51)
    found = reading(sheet(GA, rows[:100])).problems
    assert [(p.reference, p.rejected, p.ref) for p in found] == [(f"A/RES/79/{n + 1}", 1, n) for n in range(50)]


def test_state_with_two_votes_is_reported(reading):
    edition = reading(sheet(GA, votes("FRA:Y USA:N FRA:Y DEU:A DEU:N DEU:A GBR:X gbr:NV")))
    assert cast(edition) == ["0 FRA:Y", "0 GBR:X", "0 USA:N"]
    assert edition.notes == ["Duplicate rows skipped: 2."]
    assert only_problem(edition) == RowProblem(
        kind="conflict",
        file="a.csv",
        line=5,
        column="ms_vote",
        value="DEU",
        problem="vote-twice",
        rows=3,
        rejected=3,
        ref=0,
        reference="A/RES/79/1",
        details={"state": "DEU", "choices": "A, N"},
    )


def test_line_numbers_are_right_below_cells_with_line_breaks(reading):
    rows = [*votes("FRA:Y USA:N", title="Two\nlines"), *votes("FRA:P", undl_id="2", resolution="A/RES/79/2")]
    edition = reading(sheet(GA, rows))
    assert [roll_call.line for roll_call in edition.roll_calls] == [2, 6]
    assert only_problem(edition).line == 6
    rows[1]["ms_name"] = "UNITED\nSTATES"
    rows[0]["title"] = rows[1]["title"] = "One line"
    edition = reading(sheet(GA, rows))
    assert [roll_call.line for roll_call in edition.roll_calls] == [2, 5]
    assert only_problem(edition).line == 5


def test_overlong_cells_are_left_out_with_a_note(reading):
    edition = reading(sheet(GA, votes("FRA:Y", meeting="A/" + "9" * 50, undl_link="https://" + "x" * 300)))
    assert edition.roll_calls[0].meeting == ""
    assert edition.roll_calls[0].reference == "4000001"
    assert edition.notes == [
        f"A/RES/79/1: “A/{'9' * 50}” is too long for a meeting symbol; the meeting was left empty."
    ]
    long = "x" * 500
    assert only_problem(reading(sheet(GA, votes("FRA:Y", resolution=long)))).value == f"{'x' * 100}…"


# 7. The Security Council


def council(choices: str, **cells: str) -> list[dict[str, str]]:
    pairs = (choice.split(":") for choice in choices.split())
    return [{**COUNCIL, "ms_code": code, "ms_vote": vote, **cells} for code, vote in pairs]


def test_council_vote_is_read_with_all_its_facts(reading):
    rows = council("FRA:A RUS:Y", agenda="UKRAINE", draft="S/2025/112", meeting="S/PV.9866")
    edition = reading(sheet(SC, rows))
    (roll_call,) = edition.roll_calls
    assert (roll_call.body, roll_call.session, roll_call.method, roll_call.result) == (
        "SC",
        None,
        "recorded",
        "adopted",
    )
    assert roll_call.requirement == "security-council-substantive"
    assert roll_call.meeting == "S/PV.9866"
    assert roll_call.text == StatedText(
        symbol=parse("S/RES/2774(2025)"),
        kind="resolution",
        title="On peace",
        agenda="UKRAINE",
        topics=("eastern-europe",),
        drafts=("S/2025/112",),
    )
    assert cast(edition) == ["0 FRA:A", "0 RUS:Y"]
    assert edition.format == "sc-voting"


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("Security Council resolution 2768 (2025) [on extension of (part of) it]", "On extension of (part of) it"),
        ("Security Council resolution 242(1967) [ the Middle East ]", "The Middle East"),
        ("admission of a new Member", "Admission of a new Member"),
        ("Security Council resolution 2768 (2025)", "Security Council resolution 2768 (2025)"),
    ],
)
def test_council_titles_are_cleaned(reading, cell: str, title: str):
    (roll_call,) = reading(sheet(SC, council("FRA:Y", description=cell))).roll_calls
    assert roll_call.text
    assert roll_call.text.title == title


@pytest.mark.parametrize(
    ("modality", "method", "announced", "words"),
    [
        ("Without a vote", "without-vote", (None, None, None, None), "without a vote"),
        ("Vote, non-recorded", "non-recorded", (2, 1, 0, 0), "by a non-recorded vote"),
    ],
)
def test_texts_adopted_without_recorded_votes_have_no_votes(
    reading, modality: str, method: str, announced: tuple[int | None, ...], words: str
):
    rows = [
        *council("FRA:Y RUS:Y", modality=modality),
        *council("FRA:Y", undl_id="2", resolution="S/RES/2775 (2025)"),
    ]
    edition = reading(sheet(SC, rows))
    assert [roll_call.method for roll_call in edition.roll_calls] == [method, "recorded"]
    assert edition.roll_calls[0].announced == announced
    assert cast(edition) == ["1 FRA:Y"]
    assert edition.notes == [f"2 rows of 1 texts adopted {words} are not votes and were skipped."]
    assert (edition.problems, edition.rejected) == ([], 0)


@pytest.mark.parametrize(
    ("cell", "method"),
    [
        ("Vote, recorded", "recorded"),
        ("RECORDED VOTE", "recorded"),
        ("Vote, non-recorded", "non-recorded"),
        ("Non recorded vote", "non-recorded"),
        ("Vote by roll-call", "roll-call"),
        ("Without Vote", "without-vote"),
        ("adopted without a vote", "without-vote"),
        ("By acclamation", "without-vote"),
        ("Consensus", "without-vote"),
    ],
)
def test_modality_in_words_gives_the_method(reading, cell: str, method: str):
    edition = reading(sheet(SC, council("FRA:Y RUS:Y", modality=cell)))
    assert [roll_call.method for roll_call in edition.roll_calls] == [method]
    assert edition.problems == []


def test_a_modality_that_does_not_say_how_is_a_recorded_vote_where_there_are_votes(reading):
    edition = reading(sheet(SC, council("FRA:Y RUS:Y", modality="Vote")))
    assert [roll_call.method for roll_call in edition.roll_calls] == ["recorded"]
    assert cast(edition) == ["0 FRA:Y", "0 RUS:Y"]
    assert only_problem(edition) == RowProblem(
        kind="unreadable",
        file="a.csv",
        line=2,
        column="modality",
        value="Vote",
        problem="unknown-modality",
        rows=2,
        rejected=0,
        ref=0,
        reference="S/RES/2774 (2025)",
    )


def test_empty_modalities_are_reported_once(reading):
    rows = [
        *council("FRA:Y RUS:Y", modality=""),
        *council("FRA:Y", undl_id="2", resolution="S/RES/2775 (2025)", date="2025-03-01", modality=" "),
        *council("FRA:Y", undl_id="3", resolution="S/RES/2776 (2025)"),
    ]
    edition = reading(sheet(SC, rows))
    assert [roll_call.method for roll_call in edition.roll_calls] == ["recorded"] * 3
    assert only_problem(edition) == RowProblem(
        kind="unreadable",
        file="a.csv",
        line=2,
        column="modality",
        value="",
        problem="no-modality",
        rows=3,
        rejected=0,
        reference="2025-02-24–2025-03-01",
        details={"texts": 2},
    )


def test_rows_that_disagree_on_the_modality_are_reported(reading):
    edition = reading(sheet(SC, [*council("FRA:Y"), *council("RUS:Y", modality="Without a vote")]))
    assert edition.roll_calls == []
    assert (only_problem(edition).problem, only_problem(edition).rejected) == ("facts-differ", 2)
