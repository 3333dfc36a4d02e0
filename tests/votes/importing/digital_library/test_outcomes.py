"""The Digital Library's file of outcomes: one row a text, adopted with or without a vote."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from resolutions.symbols import parse
from tests.votes.importing.layouts import NAMES_2024, OUTCOME, OUTCOMES, check_edition, sheet
from votes.importing.digital_library.outcomes import read
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
        assert edition.votes.is_empty()
        return edition

    return read_content


def test_recorded_vote_is_read_with_all_its_facts(reading):
    edition = reading(sheet(OUTCOMES, [{**OUTCOME, "draft": "A/79/L.1", "subjects": "PALESTINE QUESTION"}]))
    assert edition.roll_calls == [
        StatedRollCall(
            ref=0,
            line=2,
            source="un-digital-library",
            reference="https://digitallibrary.un.org/record/4000001",
            body="GA",
            session="79",
            date=datetime.date(2024, 12, 17),
            text=StatedText(
                symbol=parse("A/RES/79/1"),
                kind="resolution",
                title="Peace",
                topics=("palestinian-question",),
                subjects=("PALESTINE QUESTION",),
                drafts=("A/79/L.1",),
            ),
            symbol_key=parse("A/RES/79/1").key,
            decisive=True,
            method="recorded",
            result="adopted",
            announced=(2, 1, 0, 0),
        )
    ]
    assert (edition.format, edition.source, edition.rows, edition.rejected) == (
        "ga-outcomes",
        "un-digital-library",
        1,
        0,
    )


@pytest.mark.parametrize(
    ("cell", "method", "announced"),
    [
        ("Vote, recorded", "recorded", (2, 1, 0, 0)),
        ("vote, Recorded ", "recorded", (2, 1, 0, 0)),
        ("Vote, non-recorded", "non-recorded", (2, 1, 0, 0)),
        ("Without a vote", "without-vote", (None, None, None, None)),
        ("Without Vote", "without-vote", (None, None, None, None)),
    ],
)
def test_modality_gives_method_and_totals(reading, cell: str, method: str, announced: tuple[int | None, ...]):
    (roll_call,) = reading(sheet(OUTCOMES, [{**OUTCOME, "modality": cell}])).roll_calls
    assert (roll_call.method, roll_call.announced) == (method, announced)


@pytest.mark.parametrize("cell", ["?", "Vote", ""])
def test_ambiguous_modality_is_reported(reading, cell: str):
    edition = reading(sheet(OUTCOMES, [OUTCOME, {**OUTCOME, "resolution": "A/DEC/79/2", "modality": cell}]))
    assert [roll_call.symbol_key for roll_call in edition.roll_calls] == [parse("A/RES/79/1").key]
    assert edition.problems == [
        RowProblem(
            kind="unreadable",
            file="a.csv",
            line=3,
            column="modality",
            value=cell,
            problem="unknown-method",
            rows=1,
            rejected=1,
            reference="A/DEC/79/2",
        )
    ]


def test_older_header_is_read(reading):
    names = {**NAMES_2024, "modality": "modality"}
    header = [names.get(name, name) for name in reversed(OUTCOMES)]
    (roll_call,) = reading(sheet(header, [{names[name]: cell for name, cell in OUTCOME.items()}])).roll_calls
    assert (roll_call.symbol_key, roll_call.announced) == (parse("A/RES/79/1").key, (2, 1, 0, 0))


def test_repeated_or_contradictory_rows_are_reported(reading):
    edition = reading(
        sheet(
            OUTCOMES,
            [
                OUTCOME,
                OUTCOME,
                {**OUTCOME, "resolution": "A/RES/79/2", "title": "Two\nlines"},
                {**OUTCOME, "resolution": "A/RES/79/2", "title": "Another"},
                {**OUTCOME, "undl_id": "4000007"},
                {**OUTCOME, "resolution": "A/RES/79/3", "date": "yesterday"},
                {**OUTCOME, "resolution": "the third"},
            ],
        )
    )
    assert [r.text.title for r in edition.roll_calls if r.text] == ["Peace", ""]
    assert [(p.problem, p.line, p.column, p.rows, p.rejected, p.ref) for p in edition.problems] == [
        ("facts-differ", 6, "title", 2, 0, 1),
        ("symbol-twice", 7, "resolution", 1, 1, 0),
        ("unreadable-date", 8, "date", 1, 1, None),
        ("unreadable-symbol", 9, "resolution", 1, 1, None),
    ]
    assert edition.notes == ["Duplicate rows skipped: 1."]
    assert (edition.rows, edition.rejected) == (7, 3)


def test_other_files_are_refused(reading):
    with pytest.raises(UnfitFileError) as error:
        reading(sheet([name for name in OUTCOMES if name != "modality"], [OUTCOME]))
    assert str(error.value) == (
        "a.csv, line 1: the header does not match ga-outcomes (outcomes). Missing columns: modality."
    )
    with pytest.raises(UnfitFileError) as error:
        reading(sheet(OUTCOMES, []))
    assert str(error.value) == "a.csv: there are no rows below the header. Download it again."
