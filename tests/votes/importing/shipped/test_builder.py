"""Building the shipped record from the sources' files."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.votes.importing.editions import Stated, ga_file, outcomes_file, sc_file, voeten_files
from votes.editing.reference import remove_landmarks
from votes.importing import corrections
from votes.importing.run import ImportRefusedError, import_files
from votes.importing.shipped import layout
from votes.importing.shipped.builder import build
from votes.importing.shipped.loader import load_shipped
from votes.models import RollCall
from votes.record.version import data_version

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db

HEADER = ("symbol", "date", "title", "result", "vetoed_by", "yes", "no", "abstaining", "non_voting", *"YNAX", "note")
WHOLE = "CHNN FRAY GBRY RUSY USAA"
COUNCIL = "CHNY DNKY DZAY FRAY GBRY GRCY GUYY KORY PAKY PANY RUSN SLEY SOMY SVNY USAY"


@pytest.fixture
def files(record: None, tmp_path: Path) -> list[str]:
    """Write a file of each layout that a record is built from; return their names."""
    (tmp_path / "voeten").mkdir()
    not_adopted = tmp_path / "sc_not_adopted.csv"
    of_council = {"Y": "DNK FRA GBR GRC KOR SLE SOM SVN", "N": "RUS", "A": "CHN DZA GUY PAK PAN USA", "X": ""}
    with not_adopted.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        facts = {"date": "2025-02-24", "title": "Ukraine", "result": "vetoed", "vetoed_by": "RUS", "note": ""}
        totals = {"yes": 8, "no": 1, "abstaining": 6, "non_voting": 0}
        writer.writerow({"symbol": "S/2025/115", **facts, **totals, **of_council})
    subjects = ("PEACE", "CUBA--UNITED STATES")
    return [
        ga_file(
            tmp_path / "ga.csv",
            Stated(votes=WHOLE, number=7, topics=subjects, agenda="Peace", meeting="A/79/PV.54", drafts=("A/79/L.1",)),
            Stated("A/RES/79/2", "CHNX FRAX GBRX RUSX USAX", number=8, totals=(0, 0, 0, 0)),
        ),
        sc_file(tmp_path / "sc.csv", Stated("S/RES/2774 (2025)", COUNCIL, number=9, date="2025-02-24", session=None)),
        outcomes_file(tmp_path / "outcomes.csv", Stated("A/RES/79/3", "", number=10, method="non-recorded")),
        str(not_adopted),
        *voeten_files(
            tmp_path / "voeten",
            Stated("A/RES/79/1", WHOLE, number=21),
            Stated("A/RES/79/1", "CHNN FRAY GBRN RUSN USAY", number=22, kind="paragraph", title="His words"),
            Stated("", "CHNN FRAY GBRN RUSN USAY", number=23, kind="motion", title="His words too"),
        ),
    ]  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for path in layout.record_files(folder):
        with path.open(encoding="utf-8", newline="") as file:
            found += csv.DictReader(file)
    return found


def test_build_is_deterministic_and_leaves_the_database_unchanged(files: list[str], tmp_path: Path):
    before = (RollCall.objects.count(), data_version())

    counts = build(files, tmp_path / "one", by_name="tests")
    build(files[::-1], tmp_path / "two", by_name="tests")
    build(files, tmp_path / "one", by_name="tests")  # over what is there

    assert counts == {"ga-2020s.csv": 5, "sc-2020s.csv": 2}
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert (RollCall.objects.count(), data_version()) == before


def test_rows_have_the_facts_and_votes_of_their_source(files: list[str], tmp_path: Path):
    build(files, tmp_path / "one", by_name="tests")
    by_reference = {row["reference"].partition(",")[0]: row for row in rows(tmp_path / "one")}

    text = by_reference["7"]
    assert (text["symbol"], text["title"], text["agenda"]) == ("A/RES/79/1", "Peace", "Peace")
    assert (text["subjects"], text["drafts"]) == ("PEACE|CUBA--UNITED STATES", "A/79/L.1")
    assert (text["in_favour"], text["against"], text["abstained"], text["absent"]) == ("FRA GBR RUS", "CHN", "USA", "")
    assert (text["source"], text["absences"], text["slug"]) == ("un-digital-library", "", "")
    nobodys = by_reference["8"]
    assert (nobodys["method"], nobodys["absent"], nobodys["yes"]) == ("recorded", "", "")
    assert by_reference["10"]["method"] == "non-recorded"
    veto = by_reference["S/2025/115"]
    assert (veto["kind"], veto["result"], veto["against"], veto["title"]) == ("text", "vetoed", "RUS", "Ukraine")
    part, motion = by_reference["rcid 22"], by_reference["rcid 23"]
    assert (part["symbol"], part["kind"], part["title"], part["absences"]) == ("A/RES/79/1", "paragraph", "", "derived")
    assert motion["title"].startswith("Vote on a ")
    assert "His words" not in str(contents(tmp_path / "one"))
    assert "rcid 21" not in by_reference, "it is the library’s vote"


def test_loaded_record_equals_the_built_one(files: list[str], tmp_path: Path):
    build(files, tmp_path / "one", by_name="tests")
    remove_landmarks()
    load_shipped(tmp_path / "one", by_name="tests")

    loaded = {roll_call.slug: roll_call for roll_call in RollCall.objects.select_related("resolution", "source")}
    assert len(loaded) == 7
    assert loaded["a-res-79-1"].decisive
    assert loaded["s-2025-115"].result == "vetoed"
    part = loaded["a-res-79-1-1"]
    assert (part.kind, part.decisive, part.resolution) == ("paragraph", False, loaded["a-res-79-1"].resolution)
    assert part.absences_derived
    assert not loaded["a-res-79-2"].votes.exists()


def test_correction_that_matches_no_file_stops_the_build(files: list[str], tmp_path: Path):
    folder = tmp_path / "one"
    folder.mkdir()
    row = "un-digital-library,2024,A/RES/79/1,FRA,{old},A,The record of the meeting,A/79/PV.54"
    header = ",".join(corrections.COLUMNS)
    (folder / layout.CORRECTIONS).write_text(f"{header}\n{row.format(old='N')}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"A/RES/79/1 FRA “N” \(un-digital-library, 2024\)"):
        build(files, folder, by_name="tests")
    assert [path.name for path in folder.iterdir()] == [layout.CORRECTIONS]

    (folder / layout.CORRECTIONS).write_text(f"{header}\n{row.format(old='Y')}\n", encoding="utf-8")
    build(files, folder, by_name="tests")
    (text,) = (row for row in rows(folder) if row["reference"] == "7")
    assert (text["in_favour"], text["abstained"]) == ("GBR RUS", "FRA USA")


def test_build_needs_a_database_without_votes(files: list[str], tmp_path: Path):
    import_files(files[:1], by_name="tests")
    with pytest.raises(ImportRefusedError, match="The database already has votes"):
        build(files, tmp_path / "one", by_name="tests")
    assert RollCall.objects.filter(slug="a-res-79-1").exists()
