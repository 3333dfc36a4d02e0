"""Recognising a file's layout by its header."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.votes.importing.layouts import (
    COUNCIL,
    GA,
    GA_2024,
    GA_MARCH_2025,
    MEMBER_STATES,
    MEMBER_STATES_2025,
    MEMBER_STATES_2026,
    OUTCOME,
    OUTCOMES,
    SC,
    SC_NOT_ADOPTED,
    columns,
    sheet,
    votes,
)
from votes.importing.digital_library.member_states import MemberStatesEdition
from votes.importing.edition import Edition, Known, UnfitFileError
from votes.importing.files import opened
from votes.importing.formats import COLUMNS, check, names, recognise
from votes.importing.readers import TABLES_READERS, read_editions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VOETEN_VOTES = columns("rcid,country,country_code,vote")
VOETEN_ROLL_CALLS = columns("rcid,session,importantvote,date,unres,amend,para,short,descr")
VOETEN_ISSUES = columns("rcid,short_name,issue")

HEADERS_OF = [
    (GA, ("ga-voting", "votes")),
    (GA_2024, ("ga-voting", "votes")),
    (GA_MARCH_2025, ("ga-voting", "votes")),
    (SC, ("sc-voting", "votes")),
    (OUTCOMES, ("ga-outcomes", "outcomes")),
    (MEMBER_STATES, ("member-states", "states")),
    (MEMBER_STATES_2025, ("member-states", "states")),
    (MEMBER_STATES_2026, ("member-states", "names")),
    (SC_NOT_ADOPTED, ("sc-not-adopted", "votes")),
    (VOETEN_VOTES, ("voeten", "votes")),
    (VOETEN_ROLL_CALLS, ("voeten", "roll_calls")),
    (VOETEN_ISSUES, ("voeten", "issues")),
    *(([column.name for column in of], ("plenary", table)) for table, of in COLUMNS["plenary"].items()),
]


@pytest.mark.parametrize(("header", "layout"), HEADERS_OF)
def test_every_header_is_recognised(header: Sequence[str], layout: tuple[str, str]):
    assert recognise(header) == layout
    assert recognise([f" {name.upper()}" for name in header]) == layout
    assert recognise([*header, "a new column"]) == layout
    assert recognise(random.Random(1).sample(header, len(header))) == layout  # noqa: S311  # any order will do
    assert check(header, layout[0]) == layout[1]


def test_columns_of_a_file_are_mapped_to_those_of_the_layout():
    found = names([" MS_Codes", "ms_votes", "non-voting", "else"], "ga-voting", "votes")
    assert found == {"ms_code": " MS_Codes", "ms_vote": "ms_votes", "total_non_voting": "non-voting"}


def test_every_layout_names_each_column_once():
    for tables in COLUMNS.values():
        for table in tables.values():
            said = [name for column in table for name in (column.name, *column.aliases)]
            assert len(said) == len(set(said))


def refused(header: Sequence[str], form: str | None = None) -> str:
    with pytest.raises(UnfitFileError) as error:
        check(header, form, "a.csv") if form else recognise(header, "a.csv")
    return str(error.value)


def test_unknown_header_is_refused():
    assert refused([name for name in GA if name not in ("ms_vote", "date")]) == (
        "a.csv, line 1: the header matches no known layout. The closest is ga-voting (votes); missing "
        "columns: date, ms_vote."
    )
    assert refused([name for name in SC if name != "modality"]) == (
        "a.csv, line 1: the header matches no known layout. The closest is sc-voting (votes); missing "
        "columns: modality."
    )
    assert refused(["rcid", "country", "vote"]) == (
        "a.csv, line 1: the header matches no known layout. The closest is voeten (votes); missing "
        "columns: country_code."
    )
    assert refused(["hello", "world"]) == (
        "a.csv, line 1: the header has no column of a known layout (hello, world). Check that this is a "
        "voting file and that its first line has the column names."
    )
    assert refused([*GA, "ms_codes"]) == (
        "a.csv, line 1, column ms_codes: “ms_code” and “ms_codes” are two names of the same column. Remove one of them."
    )


def test_named_format_that_does_not_match_the_file_is_refused():
    assert refused(GA, "sc-voting") == (
        "a.csv, line 1: the header does not match sc-voting (votes). Missing columns: description, modality."
    )
    assert refused(GA, "excel") == (
        "a.csv: unknown format “excel”. The formats are ga-voting, sc-voting, ga-outcomes, member-states, "
        "sc-not-adopted, hrc-voting, voeten, plenary."
    )


def editions(write, known: Known, form: str | None = None, **files: str) -> list[Edition | MemberStatesEdition]:
    with opened([write(f"{name}.csv", content) for name, content in files.items()]) as found:
        return read_editions(found, known, form)


def test_each_file_of_the_library_is_an_edition(write: Callable[[str, str], str], known: Known):
    assembly = sheet(GA, votes("FRA:Y USA:N"))
    found = editions(
        write,
        known,
        ga=assembly,
        again=assembly,
        sc=sheet(SC, [COUNCIL]),
        outcomes=sheet(OUTCOMES, [OUTCOME]),
        states=sheet(MEMBER_STATES, [{"Member State": "FRANCE", "ISO Code": "FRA", "Start date": "1945"}]),
    )
    assert [edition.format for edition in found] == [
        "ga-voting",
        "ga-voting",
        "sc-voting",
        "ga-outcomes",
        "member-states",
    ]
    assert [edition.files[0].name for edition in found] == [
        "ga.csv",
        "again.csv",
        "sc.csv",
        "outcomes.csv",
        "states.csv",
    ]
    assert [edition.problems for edition in found] == [[], [], [], [], []]
    (forced,) = editions(write, known, "ga-voting", ga=assembly)
    assert forced.format == "ga-voting"


def test_named_format_overrides_detection(write: Callable[[str, str], str], known: Known):
    both = sheet([*SC, "session", "title", "agenda_title", "committee_report"], [COUNCIL])
    (edition,) = editions(write, known, "sc-voting", both=both)
    assert isinstance(edition, Edition)
    assert (edition.format, edition.problems) == ("sc-voting", [])
    assert [(r.body, r.symbol_key) for r in edition.roll_calls] == [("SC", "S/RES/2774(2025)")]
    (edition,) = editions(write, known, both=both)
    assert edition.format == "ga-voting"


def test_tables_of_one_source_are_one_edition(write: Callable[[str, str], str], known: Known, monkeypatch):
    given = {}
    monkeypatch.setitem(TABLES_READERS, "voeten", lambda files, _known: given.update(files))
    tables = {
        "v": ",".join(VOETEN_VOTES),
        "r": ",".join(VOETEN_ROLL_CALLS),
        "i": ",".join(VOETEN_ISSUES),
    }
    assert len(editions(write, known, **tables)) == 1
    assert {table: file.name for table, file in given.items()} == {
        "votes": "v.csv",
        "roll_calls": "r.csv",
        "issues": "i.csv",
    }
    with pytest.raises(UnfitFileError) as error:
        editions(write, known, **tables, more=tables["v"])
    assert str(error.value) == "more.csv: it is the same table as v.csv, “votes” of voeten. Import one of the two."
