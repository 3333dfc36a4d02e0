"""The whole of the Digital Library's voting files, and the fast reader against a slow and obvious one."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import polars as pl
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from resolutions.symbols import parse
from tests.factories import make_resolution
from tests.resolutions.corpora import FOLDER
from tests.votes.importing.layouts import ASSEMBLY, GA, check_edition, sheet
from votes.importing.digital_library import outcomes
from votes.importing.digital_library.reader import read
from votes.importing.edition import Edition, Known
from votes.importing.files import OpenFile, opened

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = ["FRA", "USA", "DEU", "XXA", "fra", ""]
CHOICES = ["Y", "N", "A", "X", "NV", "nv", "P"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["9", "10"]),
        st.sampled_from(["A/RES/79/1", "A/RES/79/1 ", "A/RES/79/2", "no symbol"]),
        st.sampled_from(CODES),
        st.sampled_from(CHOICES),
        st.sampled_from(["2024-12-17"] * 5 + ["17.12.2024"]),
    ),
    min_size=1,
    max_size=12,
)


def slow(content: str, known: Known) -> tuple[list[str], set[str], int]:
    """Return, one row after the other, the symbols taken, the votes ``A/RES/79/1 FRA:Y`` and the rows not taken."""
    rows = [
        {**row, "resolution": row["resolution"].strip(), "ms_code": row["ms_code"].upper()}
        for row in csv.DictReader(io.StringIO(content))
    ]
    numbers = defaultdict(set)
    for row in rows:
        if slow_vote(row, rows):
            numbers[row["resolution"]].add(int(row["undl_id"]))
    taken: list[str] = []
    votes = set()
    rejected = 0
    for row in rows:
        vote = slow_vote(row, rows)
        if not vote or int(row["undl_id"]) != min(numbers[row["resolution"]]):
            rejected += 1
            continue
        if row["resolution"] not in taken:
            taken.append(row["resolution"])
        choices = {slow_choice(other) for other in vote if other["ms_code"] == row["ms_code"]} - {""}
        if row["ms_code"] in known.states and slow_choice(row) and len(choices) == 1:
            votes.add(f"{row['resolution']} {row['ms_code']}:{choices.pop()}")
        else:
            rejected += 1
    return taken, votes, rejected


def slow_vote(row: dict[str, str], rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows of the vote that a row is of, none if it cannot be taken."""
    record = [r for r in rows if r["undl_id"] == row["undl_id"] and r["resolution"] != "no symbol"]
    vote = [r for r in record if r["resolution"] == row["resolution"]]
    torn = len(vote) < len(record) and len({r["ms_code"] for r in record}) == len(record)
    return vote if {r["date"] for r in vote} == {"2024-12-17"} and not torn else []


def slow_choice(row: dict[str, str]) -> str:
    """Return the choice of a row, empty for none."""
    choice = row["ms_vote"].upper().replace("NV", "X")
    return choice if choice in "YNAX" else ""


@given(ROWS)
def test_fast_reader_equals_the_slow_reader(tmp_path_factory, known: Known, rows):
    fields = ("undl_id", "resolution", "ms_code", "ms_vote", "date")
    content = sheet(GA, [{**ASSEMBLY, **dict(zip(fields, row, strict=True))} for row in rows])
    path = tmp_path_factory.getbasetemp() / "some.csv"
    path.write_text(content)
    with opened([str(path)]) as (file,):
        edition = read(file, known)
    check_edition(edition, known)
    symbols = [str(roll_call.text.symbol) for roll_call in edition.roll_calls if roll_call.text]
    found = {f"{symbols[ref]} {state}:{choice}" for ref, state, choice in edition.votes.iter_rows()}
    assert (symbols, found, edition.rejected) == slow(content, known)


def corpus(name: str, known: Known, read: Callable[[OpenFile, Known], Edition] = read) -> Edition:
    if not (FOLDER / name).exists():
        pytest.skip(f"{name} not found; set PLENARY_CORPORA to the folder that has it")
    with opened([str(FOLDER / name)]) as (file,):
        edition = read(file, known)
    check_edition(edition, known)
    return edition


def differing(edition: Edition) -> int:
    """Return how many roll calls have other announced than counted totals."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for ref, choice, count in edition.votes.group_by("ref", "choice").len().iter_rows():
        counted[ref][choice] = count
    return sum(r.announced != tuple(counted[r.ref][choice] for choice in "YNAX") for r in edition.roll_calls)


def test_whole_assembly_file_has_the_known_counts_and_problems(known: Known):
    edition = corpus("ga_voting_1946_2021.csv.gz", known)
    assert len(edition.roll_calls) == 4564
    assert edition.votes.height == edition.rows == 773_563
    assert dict(edition.votes["choice"].cast(pl.String).value_counts().iter_rows()) == {
        "Y": 583_116,
        "N": 36_598,
        "A": 83_068,
        "X": 70_781,
    }
    assert edition.votes["state"].n_unique() == 202
    assert (edition.problems, edition.notes, edition.rejected) == ([], [], 0)
    assert differing(edition) == 81
    first = edition.roll_calls[0]
    assert (first.line, first.date, first.session) == (2, datetime.date(1946, 1, 4), "1")
    assert first.text
    assert first.text.title.endswith('IN CALCULATING THE MAJORITY VOTE.""')
    assert edition.roll_calls[-1].line == 773_372


def test_council_file_has_the_known_counts_and_problems(known: Known):
    edition = corpus("sc_voting_2025.csv.gz", known)
    assert len(edition.roll_calls) == 44
    assert edition.votes.height == edition.rows == 660
    assert (edition.problems, edition.rejected) == ([], 0)
    assert edition.notes == [
        ("Texts with broad categories instead of subject headings: 44. The categories were ignored.")
    ]
    assert {roll_call.result for roll_call in edition.roll_calls} == {"adopted"}
    assert differing(edition) == 0
    (titled,) = [r.text for r in edition.roll_calls if r.text and r.text.symbol == parse("S/RES/2774 (2025)")]
    assert titled.title == "On imploring a swift end to the conflict between Ukraine and the Russian Federation"


def test_assembly_record_file_has_the_known_counts_and_problems(known: Known):
    edition = corpus("ga_voting_1946_2025.csv.gz", known)
    assert len(edition.roll_calls) == 5696
    assert (edition.rows, edition.rejected) == (947_681, 0)
    assert dict(edition.votes["choice"].cast(pl.String).value_counts().iter_rows()) == {
        "Y": 711_201,
        "N": 46_930,
        "A": 101_063,
        "X": 88_486 - 3 * 159,
    }
    by_symbol = {str(r.text.symbol): r for r in edition.roll_calls if r.text}
    silent = [by_symbol[symbol] for symbol in ("A/RES/39/28 A", "A/RES/39/28 B", "A/RES/43/62")]
    assert {(r.method, r.announced) for r in silent} == {("recorded", (None, None, None, None))}
    assert not set(edition.votes["ref"].unique()) & {r.ref for r in silent}
    assert len(edition.votes["ref"].unique()) == 5693
    illegible = by_symbol["A/RES/620(VII)[A]"]
    assert (illegible.not_legible, illegible.announced) == (("PAK",), (48, 5, 5, 1))
    assert [r for r in edition.roll_calls if r.not_legible] == [illegible]
    assert [(p.problem, p.value, p.ref, p.rejected) for p in edition.problems] == [
        ("no-choice", "PAK", illegible.ref, 0)
    ]
    pending = by_symbol["A/RES/79/XX (record 4082671)"]
    assert (pending.session, pending.announced) == ("79", (158, 1, 1, 33))
    assert {r.session for r in edition.roll_calls} >= {None, "ES-11", "S-9", "80"}


def test_council_record_file_has_the_known_counts_and_problems(known: Known):
    edition = corpus("sc_voting_1946_2026.csv.gz", known)
    assert len(edition.roll_calls) == 2812
    assert (edition.rows, edition.rejected) == (41_304, 0)
    assert Counter(r.method for r in edition.roll_calls) == {"recorded": 2772, "without-vote": 40}
    assert edition.votes.height == 41_304 - 40 * 15
    assert [(p.problem, p.rows, p.details) for p in edition.problems] == [("no-modality", 41_304, {"texts": 2812})]
    assert differing(edition) == 40  # Those without a vote, which have no totals.


def test_assembly_outcomes_have_the_known_non_recorded_votes(known: Known):
    edition = corpus("ga_outcomes_non_recorded_1946_1982.csv.gz", known, outcomes.read)
    assert (edition.rows, edition.rejected, edition.problems) == (1660, 0, [])
    assert {(r.method, r.result, r.announced) for r in edition.roll_calls} == {
        ("non-recorded", "adopted", (None, None, None, None))
    }
    symbols = {str(r.text.symbol) for r in edition.roll_calls if r.text}
    assert {"A/RES/17(I)[RULE-33A]", "A/RES/996(ES-I and II)", "A/RES/377(V)[A ANNEX]"} <= symbols


@pytest.mark.parametrize(
    ("spelling", "address"),
    [
        ("A/RES/104(S-I)", "/resolutions/A/RES/104(S-1)"),
        ("A/RES/36//235IX", "/resolutions/A/RES/36/235%20IX"),
        ("A/RES/39/236[SectionXIV]", "/resolutions/A/RES/39/236%20XIV"),
        ("A/RES/63(I)PARA.1", "/resolutions/A/RES/63(I)%5BPARA.1%5D"),
        ("a/dec/80/506", "/resolutions/A/DEC/80/506"),
    ],
)
def test_symbols_of_the_library_normalise_to_united_nations_symbols(
    spelling: str, address: str, record: None, client: Client
):
    make_resolution(spelling, status="published")
    answer = client.get(f"/resolutions/{spelling}")
    assert (answer.status_code, answer["Location"]) == (301, address)
    assert client.get(address).status_code == 200
