"""Loading the shipped record: first, again, a newer one, and over edits and imports."""

from __future__ import annotations

import csv
import datetime
from typing import TYPE_CHECKING

import pytest

from resolutions.models import Resolution, Status
from votes.editing.votes import record_votes
from votes.importing import corrections
from votes.importing.edition import UnfitFileError
from votes.importing.run import import_files
from votes.importing.shipped import layout
from votes.importing.shipped.loader import load_shipped
from votes.models import Correction, ImportRun, MemberState, RollCall, Source, SourceCorrection, Statement
from votes.record.version import data_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.django_db

ROW = {
    "date": "2024-12-17",
    "body": "GA",
    "session": "79",
    "symbol": "A/RES/79/990",
    "meeting": "A/79/PV.54",
    "kind": "text",
    "method": "recorded",
    "result": "adopted",
    "title": "Peace in all places",
    "agenda": "Peace",
    "subjects": "PEACE|CUBA--UNITED STATES",
    "yes": "2",
    "no": "1",
    "abstaining": "1",
    "non_voting": "1",
    "in_favour": "FRA GBR",
    "against": "USA",
    "abstained": "CHN",
    "absent": "RUS",
    "source": "un-digital-library",
    "reference": "4070001",
}
PART = ROW | {
    "date": "1985-12-01",
    "precision": "month",
    "session": "40",
    "symbol": "",
    "meeting": "",
    "kind": "motion",
    "result": "",
    "title": "Vote on a motion (Voeten’s rcid 7, R/40/X)",
    "agenda": "",
    "subjects": "",
    **dict.fromkeys(("yes", "no", "abstaining", "non_voting"), ""),
    "absences": "derived",
    "source": "voeten",
    "reference": "rcid 7, R/40/X",
    "slug": "ga-1985-12-9",
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes rows into a folder as a record has them."""

    def write_rows(*rows: dict[str, str], corrected: str = "") -> Path:
        for path in tmp_path.glob("*.csv"):
            path.unlink()
        by_file: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            name = f"{row['body'].lower()}-{row['date'][:3]}0s.csv"
            by_file.setdefault(name, []).append(row)
        for name, of_file in by_file.items():
            with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, layout.COLUMNS, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(of_file)
        if corrected:
            header = ",".join(corrections.COLUMNS)
            (tmp_path / layout.CORRECTIONS).write_text(f"{header}\n{corrected}\n", encoding="utf-8")
        return tmp_path

    return write_rows


def load(folder: Path) -> ImportRun | None:
    return load_shipped(folder, by_name="tests")


def votes_of(roll_call: RollCall) -> dict[str, str]:
    return dict(roll_call.votes.values_list("state__code", "choice"))


def test_a_row_becomes_a_text_with_its_vote(record: None, write: Callable[..., Path]):
    run = load(write(ROW))

    roll_call = RollCall.objects.with_tally().get(slug="a-res-79-990")
    assert run
    assert (run.added, run.votes_added) == (1, 5)
    assert roll_call.resolution
    assert (roll_call.resolution.symbol, roll_call.resolution.title) == ("A/RES/79/990", "Peace in all places")
    assert roll_call.resolution.subjects == ["PEACE", "CUBA--UNITED STATES"]
    assert roll_call.decisive
    assert roll_call.status == Status.PUBLISHED
    assert (roll_call.date, roll_call.meeting, roll_call.session.code) == (  # type: ignore[union-attr]  # it has one
        *(datetime.date(2024, 12, 17), "A/79/PV.54", "79"),
    )
    assert votes_of(roll_call) == {"FRA": "Y", "GBR": "Y", "USA": "N", "CHN": "A", "RUS": "X"}
    assert (roll_call.announced_yes, roll_call.announced_no, roll_call.announced_non_voting) == (2, 1, 1)
    assert roll_call.source.slug == "un-digital-library"
    assert roll_call.source_reference == "https://digitallibrary.un.org/record/4070001"


def test_vote_without_a_text_keeps_its_slug_and_derived_absences(record: None, write: Callable[..., Path]):
    load(write(PART))

    roll_call = RollCall.objects.get(slug="ga-1985-12-9")
    assert (roll_call.title, roll_call.date_precision) == ("Vote on a motion (Voeten’s rcid 7, R/40/X)", "month")
    assert roll_call.absences_derived
    assert roll_call.resolution is None
    assert not roll_call.decisive


def test_the_same_record_again_writes_nothing(record: None, write: Callable[..., Path]):
    folder = write(ROW, PART)
    load(folder)
    version, runs = data_version(), ImportRun.objects.count()

    assert load(folder) is None
    assert (data_version(), ImportRun.objects.count()) == (version, runs)


def test_newer_record_updates_differences_and_keeps_edits(record: None, write: Callable[..., Path]):
    load(write(ROW, ROW | {"symbol": "A/RES/79/991", "reference": "4070002", "meeting": "A/79/PV.55"}))
    edited = RollCall.objects.get(slug="a-res-79-990")
    edited.meeting = "A/79/PV.53"
    edited.save()
    record_votes(roll_call=edited, choices={"FRA": "Y", "GBR": "N", "USA": "N", "CHN": "A", "RUS": "X"})

    changed = {"meeting": "A/79/PV.60", "in_favour": "CHN FRA", "abstained": "GBR", "note": "Corrected since."}
    newer = ROW | {"symbol": "A/RES/79/991", "reference": "4070002"}
    run = load(write(ROW | changed, newer | changed, PART))

    assert run
    assert (run.added, run.changed) == (1, 2)
    edited.refresh_from_db()
    assert (edited.meeting, edited.note) == ("A/79/PV.53", "Corrected since.")
    assert votes_of(edited) == {"FRA": "Y", "GBR": "N", "USA": "N", "CHN": "Y", "RUS": "X"}
    other = RollCall.objects.get(slug="a-res-79-991")
    assert (other.meeting, votes_of(other)["GBR"]) == ("A/79/PV.60", "A")


def test_vote_missing_from_a_newer_record_is_removed_unless_edited(record: None, write: Callable[..., Path]):
    other = ROW | {"symbol": "A/RES/79/991", "reference": "4070002"}
    load(write(ROW, other, ROW | {"symbol": "A/RES/79/992", "reference": "4070003"}))
    touched = RollCall.objects.get(slug="a-res-79-991")
    Correction.objects.create(
        roll_call=touched, state=MemberState.objects.get(code="USA"), intended="Y", reference="A/79/PV.54"
    )

    run = load(write(ROW, PART | {"date": "2024-12-30", "precision": "", "session": "79"}))

    assert run
    assert run.removed == 1
    assert set(RollCall.objects.filter(slug__startswith="a-res-79-99").values_list("slug", flat=True)) == {
        *("a-res-79-990", "a-res-79-991"),
    }


def test_unedited_landmarks_are_replaced_by_the_record(record: None, write: Callable[..., Path]):
    landmark = RollCall.objects.get(slug="a-res-es-11-7")
    edited = RollCall.objects.get(slug="a-res-3379-xxx")
    edited.note = "An editor's."
    edited.save()
    said = ROW | {
        "date": "2025-02-24",
        "session": "ES-11",
        "symbol": "A/RES/ES-11/7",
        "meeting": "A/ES-11/PV.19",
        "title": "Another title",
        "reference": "4071234",
    }
    of_1975 = said | {
        "date": "1975-11-10",
        "session": "30",
        "symbol": "A/RES/3379(XXX)",
        "meeting": "A/PV.2400",
        "note": "The record's.",
        "reference": "189998",
        "title": "As the library has it",
    }

    load(write(said, of_1975))

    landmark = RollCall.objects.select_related("resolution", "source").get(pk=landmark.pk)
    assert landmark.source.slug == "un-digital-library"
    assert landmark.resolution
    assert landmark.resolution.title == "Another title"
    assert votes_of(landmark)["USA"] == "N"
    edited.refresh_from_db()
    assert edited.note == "An editor's."
    assert edited.resolution
    assert edited.resolution.title == "As the library has it"


GA_FILE = (
    "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,meeting,title,agenda_title,subjects,vote_note,"
    "total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link\n"
)


def ga_file(folder: Path, *, meeting: str, date: str = "2024-12-17", symbol: str = "A/RES/79/990") -> str:
    """Write an edition of the library with one vote more, of ``date``, which makes it as new as that."""
    link = "https://digitallibrary.un.org/record/"
    rows = [
        f"{number},{code},X,{choice},{day},79,{text},,{place},Peace in all places,Peace,,,2,1,1,1,5,{link}{number}\n"
        for number, text, day, place in (
            ("4070001", symbol, "2024-12-17", meeting),
            ("4070009", "A/RES/79/999", date, ""),
        )
        for code, choice in {"FRA": "Y", "GBR": "Y", "USA": "N", "CHN": "A", "RUS": "X"}.items()
    ]
    path = folder / "import" / "ga.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(GA_FILE + "".join(rows), encoding="utf-8")
    return str(path)


def test_newer_edition_of_the_library_wins_in_any_order_of_import(
    record: None, write: Callable[..., Path], tmp_path: Path
):
    load(write(ROW))
    import_files([ga_file(tmp_path, meeting="A/79/PV.70", date="2025-06-30")], by_name="tests")
    roll_call = RollCall.objects.get(slug="a-res-79-990")
    assert roll_call.meeting == "A/79/PV.70"
    assert roll_call.statements.get(format="ga-voting").edition == datetime.date(2025, 6, 30)

    load(write(ROW | {"meeting": "A/79/PV.71"}))  # covers less than the file
    roll_call.refresh_from_db()
    assert roll_call.meeting == "A/79/PV.70"

    later = ROW | {"symbol": "A/RES/80/990", "session": "80", "date": "2025-12-20", "reference": "4079999"}
    load(write(ROW | {"meeting": "A/79/PV.72"}, later))  # covers more
    roll_call.refresh_from_db()
    assert roll_call.meeting == "A/79/PV.72"


def test_correction_is_applied_to_every_import_and_shown_with_its_document(record: None, write: Callable[..., Path]):
    row = "un-digital-library,2024,A/RES/79/990,GBR,Y,N,The lists have it against,A/79/PV.54"
    folder = write(ROW, corrected=row)

    load(folder)

    roll_call = RollCall.objects.get(slug="a-res-79-990")
    assert votes_of(roll_call)["GBR"] == "N"
    said = SourceCorrection.objects.get(roll_call=roll_call)
    assert (said.source.slug, said.fact, said.old, said.new, said.document) == (
        *("un-digital-library", "GBR", "Y", "N", "A/79/PV.54"),
    )
    load(write(ROW))
    assert not SourceCorrection.objects.exists()
    assert votes_of(roll_call)["GBR"] == "Y"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"date": "202X-12-17"}, "column date: “202X-12-17” is not a date; dates look like 2022-03-02."),
        ({"symbol": "Peace"}, "column symbol: “Peace” is not a United Nations symbol."),
        ({"session": "999"}, "column session: “999” is not a session of the body GA in data/sessions.csv."),
        ({"kind": "speech"}, "column kind: “speech” is not one of: "),
        ({"yes": "two"}, "column yes: “two” is not a number."),
        ({"in_favour": "FRA ZZZ"}, "line 2: “ZZZ” is not the code of a member state."),
        ({"in_favour": "FRA GBR USA"}, "line 2: “USA” is in two of the row's lists."),
    ],
)
def test_invalid_cell_is_named_with_its_place_and_nothing_is_written(
    record: None, write: Callable[..., Path], cells: dict[str, str], said: str
):
    before = Resolution.objects.count()
    with pytest.raises(UnfitFileError) as raised:
        load(write(ROW | cells))
    assert said in str(raised.value)
    assert "ga-2020s.csv, line 2" in str(raised.value)
    assert Resolution.objects.count() == before
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("voeten,2021,A/RES/65/199,DJI,A,A,Why,A/65/PV.71", "the new value is the same as the old value"),
        ("voeten,2021,A/RES/65/199,Djibouti,A,Y,Why,A/65/PV.71", "is neither a state's code nor one of"),
        ("voeten,2021,A/RES/65/199,DJI,A,yes,Why,A/65/PV.71", "a vote is Y, N, A, X"),
        ("voeten,2021,Peace,DJI,A,Y,Why,A/65/PV.71", "“Peace” is not a United Nations symbol"),
        ("voeten,2021,A/RES/65/199,date,2010-12-21,21 December,Why,A/65/PV.71", "“21 December” is not a date"),
        ("voeten,2021,A/RES/65/199,DJI,A,Y,Why,", "the document that proves it"),
        ("voeten,2021,A/RES/65/199,DJI,A,Y,Why", "a row has 8 cells"),
    ],
)
def test_unreadable_correction_is_named(write: Callable[..., Path], row: str, said: str):
    with pytest.raises(UnfitFileError, match=r"corrections\.csv, line 2") as raised:
        corrections.load(write(corrected=row) / layout.CORRECTIONS)
    assert said in str(raised.value)


def test_shipped_corrections_can_be_read():
    sources = {row.source for row in corrections.load()}
    assert sources == {"un-digital-library", "voeten"}


def test_sources_are_ranked_by_precedence(record: None):
    in_order = [source.slug for source in Source.objects.order_by("precedence")]
    assert in_order == ["editor", "un-digital-library", "sciences-po", "voeten", "landmark"]
