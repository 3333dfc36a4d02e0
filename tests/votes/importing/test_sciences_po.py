"""Sciences Po's table of the Council's proposals that were not adopted; the rows are those of the real table."""

from __future__ import annotations

import csv
import datetime
import gzip
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from resolutions.models import Resolution
from resolutions.symbols import parse
from tests.resolutions.corpora import FOLDER
from tests.votes.importing.editions import imported
from tests.votes.importing.layouts import SC_NOT_ADOPTED, check_edition, sheet
from votes.importing.edition import Edition, Known, RowProblem, StatedRollCall, StatedText
from votes.importing.files import opened
from votes.importing.sciences_po import SEPARATE_NOTE, read
from votes.models import Finding, RollCall

if TYPE_CHECKING:
    from collections.abc import Callable

LISTED = "in DHL veto list"
SEPARATE = "separate vote on part/amendment/admission, not a row of the DHL veto list"
NAME = "sc_not_adopted_1946_2025.csv.gz"


def row(facts: str, votes: str, note: str = "") -> dict[str, str]:
    """Return a row of ``symbol; date; title; result; vetoed_by``, its votes being ``AUS BRA/SUN/POL/FRA`` by choice."""
    cells = dict(zip(("symbol", "date", "title", "result", "vetoed_by"), facts.split("; "), strict=True))
    lists = dict(zip("YNAX", votes.split("/"), strict=True))
    totals = zip(("yes", "no", "abstaining", "non_voting"), lists.values(), strict=True)
    return {**cells, "note": note, **lists, **{name: str(len(codes.split())) for name, codes in totals}}


FIRST = row(
    "S/PV.23; 1946-02-16; Letter from the Heads of the Lebanese and Syrian delegations; vetoed; RUS",
    "AUS BRA CHN EGY MEX NLD USA/SUN/POL/FRA GBR",
    LISTED,
)
FAILED = row(
    "S/2025/539; 2025-09-26; Non-proliferation; not-adopted; ",
    "CHN DZA PAK RUS/DNK FRA GBR GRC PAN SLE SOM SVN USA/GUY KOR/",
)
KOREA = "Complaint of aggression upon the Republic of Korea"
WHOLE = row(f"S/1894; 1950-11-30; {KOREA}; vetoed; RUS", "CHN CUB ECU EGY FRA GBR NOR USA/SUN/YUG/IND", LISTED)
PART = row(f"S/1894; 1950-11-30; {KOREA}; vetoed; RUS", "CHN CUB ECU EGY FRA GBR NOR USA YUG/SUN//IND", SEPARATE)
UKRAINE = "Maintenance of peace and security of Ukraine"
AMENDMENT = row(
    f"S/2025/115; 2025-02-24; {UKRAINE}; vetoed; RUS",
    "DNK FRA GBR GRC GUY KOR PAN SVN USA/RUS/CHN DZA PAK SLE SOM/",
)


@pytest.fixture
def reading(write: Callable[[str, str], str], known: Known) -> Callable[..., Edition]:
    def read_rows(*rows: dict[str, str]) -> Edition:
        with opened([write("a.csv", sheet(SC_NOT_ADOPTED, rows))]) as (file,):
            edition = read(file, known)
        check_edition(edition, known)
        return edition

    return read_rows


def cast(edition: Edition, ref: int) -> str:
    return " ".join(sorted(f"{state}{choice}" for of, state, choice in edition.votes.iter_rows() if of == ref))


def test_failed_draft_is_read_with_all_its_facts(reading):
    edition = reading(FAILED)
    assert edition.roll_calls == [
        StatedRollCall(
            ref=0,
            line=2,
            source="sciences-po",
            reference="S/2025/539, 2025-09-26",
            body="SC",
            session=None,
            date=datetime.date(2025, 9, 26),
            text=StatedText(parse("S/2025/539"), "draft", "Non-proliferation"),
            symbol_key="S/2025/539",
            decisive=True,
            requirement="security-council-substantive",
            result="rejected",
            announced=(4, 9, 2, 0),
        )
    ]
    assert cast(edition, 0) == ("CHNY DNKN DZAY FRAN GBRN GRCN GUYA KORA PAKY PANN RUSY SLEN SOMN SVNN USAN")
    assert (edition.format, edition.source, edition.problems, edition.rows) == ("sc-not-adopted", "sciences-po", [], 1)


def test_proposal_without_a_document_has_a_meeting_and_no_text(reading):
    spain = row("S/PV.45; 1946-06-18; The Spanish question; vetoed; RUS", "AUS BRA/POL SUN//", LISTED)
    edition = reading(FIRST, spain, {**spain, "note": SEPARATE})
    first, second, third = edition.roll_calls
    assert (first.text, first.symbol_key, first.meeting, first.ordinal) == (None, "", "S/PV.23", 1)
    assert (first.title, first.kind, first.result) == (FIRST["title"], "text", "vetoed")
    assert cast(edition, 0) == "AUSY BRAY CHNY EGYY FRAX GBRX MEXY NLDY POLA SUNN USAY"
    assert [(r.reference, r.meeting, r.ordinal, r.kind) for r in (second, third)] == [
        ("S/PV.45, 1946-06-18, vote 1", "S/PV.45", 1, "text"),
        ("S/PV.45, 1946-06-18, vote 2", "S/PV.45", 2, "paragraph"),
    ]


def test_votes_on_a_part_are_not_on_the_whole(reading):
    edition = reading(PART, WHOLE, PART)
    assert [(r.kind, r.decisive, r.note) for r in edition.roll_calls] == [
        ("paragraph", False, SEPARATE_NOTE),
        ("text", True, ""),
        ("paragraph", False, SEPARATE_NOTE),
    ]
    assert {r.text and r.text.symbol.text for r in edition.roll_calls} == {"S/1894"}


def test_amendments_are_distinguished_from_drafts(reading):
    oral = row("Oral amendment; 2023-12-22; The Middle East; vetoed; USA", "ALB BRA/USA/JPN/")
    edition = reading(AMENDMENT, oral)
    assert [(r.kind, r.result, r.decisive, r.title) for r in edition.roll_calls] == [
        ("amendment", "vetoed", False, ""),
        ("amendment", "vetoed", False, "The Middle East"),
    ]
    assert [r.text and r.text.title for r in edition.roll_calls] == [UKRAINE, None]
    assert edition.problems == []


def test_preliminary_question_is_not_the_vote_on_the_draft(reading):
    greece = "The Greek question concerning the situation in northern Greece"
    votes = "AUS BEL BRA/POL SUN//"
    edition = reading(
        row(f"S/552; 1947-09-15; {greece} preliminary question; vetoed; RUS", votes, LISTED),
        row(f"S/552, S/PV.202; 1947-09-15; {greece}; vetoed; RUS", votes, LISTED),
    )
    assert [(r.title, r.decisive, r.meeting, r.symbol_key) for r in edition.roll_calls] == [
        (f"{greece} preliminary question", False, "", "S/552"),
        ("", True, "S/PV.202", "S/552"),
    ]
    assert {r.text and r.text.title for r in edition.roll_calls} == {greece}


def test_vote_without_known_positions_has_no_votes(reading):
    title = "The Egyptian question (/!\\ no information about the vote)"
    unknown = {**row(f"S/516; 1947-08-28; {title}; not-adopted; ", "///", "members or tally unknown"), "yes": ""}
    edition = reading({**unknown, **dict.fromkeys(("yes", "no", "abstaining", "non_voting"), "")})
    (roll_call,) = edition.roll_calls
    assert (roll_call.method, roll_call.announced, roll_call.result) == ("recorded", (None,) * 4, "rejected")
    assert roll_call.text
    assert (roll_call.text.title, roll_call.note) == (
        "The Egyptian question",
        "The source has no information about the vote.",
    )
    assert edition.votes.is_empty()


def test_germany_is_the_state_with_a_seat_on_the_day(reading):
    namibia = row("S/1988/1; 1988-02-01; Namibia; vetoed; GBR USA", "DEU SUN/GBR USA//")
    edition = reading(namibia)
    assert cast(edition, 0) == "GBRN GERY SUNY USAN"
    assert edition.notes == ["1 votes of DEU are those of GER, which held the seat then."]


def test_duplicate_row_is_left_out(reading):
    double = {**AMENDMENT, "note": "probable duplicate of the row before in bd-unsc"}
    edition = reading(AMENDMENT, double)
    assert len(edition.roll_calls) == 1
    (problem,) = edition.problems
    assert (problem.problem, problem.kind, problem.line, problem.rejected) == ("double-row", "conflict", 3, 1)


@pytest.mark.parametrize("reverse", [False, True])
def test_vote_of_the_veto_list_precedes_one_with_another_result(reading, *, reverse: bool):
    # S/5134 stands in both of the lists that the table was made of; seven in favour were enough in 1962.
    votes = "CHL CHN FRA GBR IRL USA VEN/ROU SUN/EGY GHA/"
    rows = [
        row("S/5134; 1962-06-22; The India-Pakistan question; vetoed; RUS", votes, LISTED),
        row("S/5134; 1962-06-22; The India-Pakistan question; not-adopted; ", votes),
    ]
    edition = reading(*(reversed(rows) if reverse else rows))
    assert [(r.result, r.kind) for r in edition.roll_calls] == [("vetoed", "text")]
    assert [(p.problem, p.value, p.rejected) for p in edition.problems] == [("other-result", "not-adopted", 1)]


def test_invalid_rows_are_reported_with_column_and_value(reading):
    edition = reading(
        {**FAILED, "date": "26/09/2025"},
        {**FAILED, "result": "adopted"},
        {**FAILED, "symbol": "a proposal", "yes": "many"},
        {**FIRST, "vetoed_by": "GBR", "Y": "AUS XXX", "A": "AUS"},
    )
    assert [(p.problem, p.column, p.value, p.line, p.rejected, p.ref) for p in edition.problems] == [
        ("unreadable-date", "date", "26/09/2025", 2, 1, None),
        ("unknown-result", "result", "adopted", 3, 1, None),
        ("unread-symbol", "symbol", "a proposal", 4, 0, 0),
        ("unreadable-total", "yes", "many", 4, 0, 0),
        ("unknown-code", "Y", "XXX", 5, 0, 1),
        ("vote-twice", "symbol", "AUS", 5, 0, 1),
        ("vetoed-by", "vetoed_by", "GBR", 5, 0, 1),
    ]
    assert [r.text for r in edition.roll_calls] == [None, None]
    assert cast(edition, 1) == "FRAX GBRX SUNN"
    assert isinstance(edition.problems[0], RowProblem)


def whole(known: Known) -> tuple[Edition, list[dict[str, str]]]:
    """Return the real table, read, and its rows as they are; skip the test where it is not there."""
    path = FOLDER / NAME
    if not path.exists():
        pytest.skip(f"{NAME} not found; set PLENARY_CORPORA to the folder that has it")
    with opened([str(path)]) as (file,):
        edition = read(file, known)
    check_edition(edition, known)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as content:
        return edition, list(csv.DictReader(content))


def test_whole_table_has_the_known_counts_and_problems(known: Known):
    edition, rows = whole(known)
    assert (edition.rows, len(edition.roll_calls), edition.rejected) == (393, 391, 2)
    assert Counter(problem.problem for problem in edition.problems) == {"double-row": 1, "other-result": 1}
    assert edition.votes.height == sum(len(r[c].split()) for r in rows for c in "YNAX") - 15 - 11
    assert sum(1 for r in edition.roll_calls if r.text is None) == 35 + 1
    assert edition.notes == ["11 votes of DEU are those of GER, which held the seat then."]
    assert len({r.reference for r in edition.roll_calls}) == 391

    vetoes = [r for r in edition.roll_calls if (r.kind, r.result) == ("text", "vetoed")]
    # As the Dag Hammarskjöld Library counts them: 213 to May 2022, and 16 since.
    assert sum(r.date <= datetime.date(2022, 5, 31) for r in vetoes) == 213
    assert sum(r.date > datetime.date(2022, 5, 31) for r in vetoes) == 16
    listed = {(r["symbol"], r["date"]) for r in rows if r["note"] == LISTED}
    assert {tuple(r.reference.split(", vote ")[0].rsplit(", ", 1)) for r in vetoes} >= listed
    # Of 40 others, one is the double that was left out.
    assert Counter(r.kind for r in edition.roll_calls if r.result == "vetoed" and r.kind != "text") == {
        "paragraph": 27,
        "amendment": 11,
        "motion": 2,
    }


def test_every_member_of_the_whole_table_had_a_seat(known: Known):
    edition, _rows = whole(known)
    cast_votes: dict[int, dict[str, str]] = defaultdict(dict)
    for ref, state, choice in edition.votes.iter_rows():
        cast_votes[ref][state] = choice
    assert len(cast_votes) == 391 - 4
    for ref, votes in cast_votes.items():
        roll_call = edition.roll_calls[ref]
        assert set(votes) == known.electorate("SC", roll_call.date, roll_call.date), roll_call.reference
        counted = Counter(votes.values())
        assert roll_call.announced == tuple(counted[choice] for choice in "YNAX"), roll_call.reference


@pytest.mark.usefixtures("record")
def test_second_import_writes_nothing(tmp_path):
    path = tmp_path / "a.csv"
    invasion = row(
        "S/2022/155; 2022-02-25; Letter dated 28 February 2014; vetoed; RUS",
        "ALB BRA FRA GAB GBR GHA IRL KEN MEX NOR USA/RUS/ARE CHN IND/",
        LISTED,
    )
    path.write_text(sheet(SC_NOT_ADOPTED, [FIRST, WHOLE, PART, PART, invasion, AMENDMENT]))

    report = imported(str(path))

    (run,) = report.runs
    # The vote on S/2022/155 is a landmark, and is now this source's.
    assert (run.added, run.changed, run.resolutions_added) == (5, 1, 2)
    assert RollCall.objects.get(resolution__symbol="S/2022/155").source.slug == "sciences-po"
    assert [r.kind for r in RollCall.objects.filter(resolution__symbol="S/1894").order_by("slug")] == [
        "text",
        "paragraph",
        "paragraph",
    ]
    assert Resolution.objects.get(symbol="S/2025/115").kind == "draft"
    assert not Finding.objects.filter(
        kind__in=["result", "electorate", "totals", "sources", "duplicate-symbol"]
    ).exists()

    (run,) = imported(str(path)).runs

    assert (run.added, run.changed, run.unchanged, run.removed) == (0, 0, 6, 0)
