"""The Digital Library's file of Member States is compared with the record, and never changes a state on record."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.votes.importing.layouts import MEMBER_STATES, MEMBER_STATES_2025, MEMBER_STATES_2026, sheet
from votes.importing.digital_library.member_states import MemberStatesEdition, StatedDate, StatedName, StatedState, read
from votes.importing.edition import Known, RowProblem, UnfitFileError
from votes.importing.files import opened
from votes.models.finding_sentences import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def reading(write: Callable[[str, str], str], known: Known) -> Callable[..., MemberStatesEdition]:
    """Return the function that reads rows of ``name, code, start, end`` and further cells."""

    def read_rows(*rows: tuple[str, str, str, str], **cells: str) -> MemberStatesEdition:
        fields = ("Member State", "ISO Code", "Start date", "End date")
        content = sheet(MEMBER_STATES, [{**dict(zip(fields, row, strict=True)), **cells} for row in rows])
        with opened([write("a.csv", content)]) as (file,):
            edition = read(file, known)
        for problem in edition.problems:
            assert PROBLEMS[problem.problem] % {**problem.details, "value": problem.value}
        return edition

    return read_rows


def day(text: str) -> StatedDate:
    return StatedDate(datetime.date.fromisoformat(text), "day")


def test_states_on_record_are_left_as_they_are(reading):
    edition = reading(
        ("CÔTE D'IVOIRE", "CIV", "1960-09-20", ""),
        ("DAHOMEY", "BEN", "1960-09-20", "1975-11-30"),
        ("BENIN", "BEN", "1975-11-30", ""),
        ("FRANCE", "fra", "1945", ""),
        ("SIAM", "THA", "1946-12-16", ""),
        ("CZECHOSLOVAKIA", "", "1945-10-24", "1992-12-31"),
    )
    assert (edition.states, edition.problems, edition.known) == ([], [], 5)
    assert (edition.format, edition.source, edition.rows, edition.rejected) == (
        "member-states",
        "un-digital-library",
        6,
        0,
    )


def test_differing_names_and_dates_are_reported(reading):
    edition = reading(
        ("FRANKREICH", "FRA", "1945-10-24", ""),
        ("BENIN", "BEN", "1961-01-01", ""),
        ("DAHOMEY", "BEN", "1960-09-21", ""),
        ("GHANA", "GHA", "1956", ""),
    )
    assert edition.states == []
    assert edition.problems == [
        RowProblem(
            kind="unmatched",
            file="a.csv",
            line=2,
            column="Member State",
            value="FRANKREICH",
            problem="name-unknown",
            reference="FRA",
            details={"state": "FRA"},
        ),
        RowProblem(
            kind="unmatched",
            file="a.csv",
            line=4,
            column="Start date",
            value="1960-09-21",
            problem="dates-differ",
            reference="BEN",
            details={"state": "BEN", "recorded": "1960-09-20"},
        ),
        RowProblem(
            kind="unmatched",
            file="a.csv",
            line=5,
            column="Start date",
            value="1956",
            problem="dates-differ",
            reference="GHA",
            details={"state": "GHA", "recorded": "1957-03-08"},
        ),
    ]


def test_new_state_is_read_with_its_first_day(reading):
    edition = reading(("NEWLAND", "QAA", "2027-09-15", ""), **{"Other Names": "New Land|Neuland; New Land"})
    assert edition.states == [
        StatedState(
            line=2,
            code="QAA",
            name="NEWLAND",
            since=day("2027-09-15"),
            until=None,
            former_names=(),
        )
    ]
    assert edition.problems == []


def test_new_state_with_several_names_is_one_state(reading):
    edition = reading(
        ("NEWERLAND", "QAA", "2029", ""),
        ("FRANCE", "FRA", "1945", ""),
        ("NEWLAND", "QAA", "2027-09-15", "2029-01-01"),
        ("OLD LAND", "QAB", "2001-01-01", "2002-01-01"),
        ("OLDER LAND", "QAB", "2000-01-01", "2001-01-01"),
    )
    assert edition.states == [
        StatedState(
            line=2,
            code="QAA",
            name="NEWERLAND",
            since=day("2027-09-15"),
            until=None,
            former_names=(StatedName("NEWLAND", day("2027-09-15"), day("2029-01-01")),),
        ),
        StatedState(
            line=5,
            code="QAB",
            name="OLD LAND",
            since=day("2000-01-01"),
            until=day("2002-01-01"),
            former_names=(StatedName("OLDER LAND", day("2000-01-01"), day("2001-01-01")),),
        ),
    ]


def test_new_state_with_only_a_year_gets_year_precision(reading):
    (state,) = reading(("NEWLAND", "QAA", "2029", "")).states
    assert state.since == StatedDate(datetime.date(2029, 1, 1), "year")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("NEWLAND", "QAA", "", "")], ("unreadable-date", "Start date", "")),
        ([("NEWLAND", "QAA", "15/09/2027", "")], ("unreadable-date", "Start date", "15/09/2027")),
        ([("NEWLAND", "QAA", "2027-02-30", "")], ("unreadable-date", "Start date", "2027-02-30")),
        ([("NEWLAND", "QAA", "2027", "soon")], ("unreadable-date", "End date", "soon")),
        ([("NEWLAND", "QAA", "2027", "2026")], ("unreadable-date", "End date", "2026")),
        ([("A", "QAA", "2027", ""), ("B", "QAA", "2028", "")], ("facts-differ", "Member State", "QAA")),
        ([("A", "QAA", "2027", ""), ("B", "QAA", "", "")], ("unreadable-date", "Start date", "")),
        ([("FRANCE", "FRA", "long ago", "")], ("unreadable-date", "Start date", "long ago")),
        ([("NEWLAND", "Q1", "2027", "")], ("unknown-code", "ISO Code", "Q1")),
        ([("NEWLAND", "", "2027", "")], ("no-code", "Member State", "NEWLAND")),
    ],
)
def test_invalid_rows_are_reported_and_left_out(
    reading, rows: list[tuple[str, str, str, str]], expected: tuple[str, str, str]
):
    edition = reading(*rows)
    (found,) = edition.problems
    assert (found.problem, found.column, found.value, found.line) == (*expected, 2)
    assert (found.rows, found.rejected) == (len(rows), len(rows))
    assert (edition.states, edition.rejected) == ([], len(rows))


# No file of the layouts of December 2025 and August 2026 is at hand: these rows are written after the library's usage,
# which is a row a name, a code of the present state for its former names, and the years of each period.


def test_first_column_may_have_no_name(write, known: Known):
    rows = [{"": "0", "Member State": "FRANCE", "ISO Code": "FRA", "Start date": "1945-10-24"}]
    with opened([write("a.csv", sheet(MEMBER_STATES_2025, rows))]) as (file,):
        edition = read(file, known)
    assert (edition.known, edition.problems, edition.rows) == (1, [], 1)


def test_layout_of_2026_is_read(write, known: Known):
    rows = [
        ("TÜRKIYE", "ms", "TUR", "2022:"),
        ("TURKEY", "fs", "TUR", "1945-10-24:2022"),
        ("CAMBODIA", "ms", "KHM", "1955:1970|1975:1976|1990:"),
        ("FRANKREICH", "ms", "FRA", "19451024:"),
        ("GHANA", "ms", "GHA", "1956:"),
        ("PALAU", "ms", "PLW", "once"),
        ("NEWERLAND", "ms", "QAA", "2029:"),
        ("NEWLAND", "fs", "QAA", "2027-09-15:2028|2028-06-01:2029"),
        ("UNKNOWN", "fs", "", ""),
    ]
    fields = ("member_state", "name_status", "iso", "coverage_periods")
    cells = [{**dict(zip(fields, row, strict=True)), "other_names": "A name|Another"} for row in rows]
    with opened([write("a.csv", sheet(MEMBER_STATES_2026, cells))]) as (file,):
        edition = read(file, known)
    assert edition.states == [
        StatedState(
            line=8,
            code="QAA",
            name="NEWERLAND",
            since=day("2027-09-15"),
            until=None,
            former_names=(StatedName("NEWLAND", day("2027-09-15"), StatedDate(datetime.date(2029, 1, 1), "year")),),
        )
    ]
    assert [(p.problem, p.line, p.column, p.value, p.rejected) for p in edition.problems] == [
        ("name-unknown", 5, "member_state", "FRANKREICH", 0),
        ("dates-differ", 6, "coverage_periods", "1956", 0),
        ("unreadable-date", 7, "coverage_periods", "once", 1),
        ("no-code", 10, "member_state", "UNKNOWN", 1),
    ]
    assert (edition.known, edition.rows, edition.rejected) == (5, 9, 2)


def test_other_files_are_refused(reading, write, known: Known):
    with pytest.raises(UnfitFileError) as error:
        reading()
    assert str(error.value) == "a.csv: there are no rows below the header. Download it again."
    with (
        opened([write("a.csv", "Member State,ISO Code\nFRANCE,FRA\n")]) as (file,),
        pytest.raises(UnfitFileError) as error,
    ):
        read(file, known)
    assert str(error.value) == (
        "a.csv, line 1: the header does not match member-states (states). Missing columns: Start date, End date."
    )
