"""Round trip: an export imported into an empty database exports the same bytes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from resolutions.attribution import attributed
from resolutions.models import Body, OtherSymbol, Resolution, Session
from tests.factories import day, make_votes
from tests.votes.connections import execute
from votes.exporting.package import export_record
from votes.exporting.tables import TABLES
from votes.importing.formats import LATER
from votes.importing.run import import_files
from votes.models import MemberState, RetiredAddress, RollCall, Source, Statement
from votes.verification.check import check_record

pytestmark = pytest.mark.usefixtures("no_parquet")

FILES = [*sorted(f"{table}.csv" for table in TABLES), "CODEBOOK.md", "README.md"]


@pytest.fixture
def odd(hard: list[RollCall]) -> None:
    """Add to what is hard to export what is hard to take back."""
    assembly, council = Body.objects.get(code="GA"), Body.objects.get(code="SC")
    sessions = {session.code: session for session in Session.objects.filter(body=assembly)}
    text = hard[0].resolution
    assert text
    # Texts that nobody voted on, with all there is to a text.
    Resolution.objects.create(
        body=council, symbol="S/2024/239", kind="draft", title="+ Nobody voted", status="published"
    )
    alone = Resolution.objects.create(
        body=assembly, session=sessions["30"], symbol="A/DEC/30/401", kind="decision", title="Alone",
        status="published", subjects=["APARTHEID", "UN--BUDGET (1975)"],
    )  # fmt: skip
    alone.topics.add(*text.topics.all())
    OtherSymbol.objects.create(resolution=alone, symbol="A/L.9", kind="draft")
    OtherSymbol.objects.create(resolution=alone, symbol="Decision four-oh-one", kind="variant")
    # A symbol that no rule reads, a session that is not the roll call's, a title that is the text's again.
    strange = Resolution.objects.create(
        body=assembly,
        session=sessions["31"],
        symbol="Draft without number",
        kind="draft",
        title="Twice",
        status="published",
    )
    make_votes(
        RollCall.objects.create(
            slug="odd-strange", body=assembly, session=sessions["30"], resolution=strange, title="Twice",
            date=day("1976-01-01"), source=Source.objects.get(slug="landmark"), status="published",
        ),
        {"KHM": "Y", "USA": "N"},
    )  # fmt: skip
    # Further votes on a text, one of them without a vote, none with votes on record.
    for number, values in enumerate(({"kind": "paragraph"}, {"kind": "paragraph"}, {"method": "without-vote"}), 1):
        RollCall.objects.create(
            **{
                "slug": f"odd-{number}", "body": assembly, "resolution": text, "title": f"Paragraph {number}",
                "date": day("1975-11-01"), "source": Source.objects.get(slug="voeten"), "status": "published", **values,
            }
        )  # fmt: skip
    Statement.objects.create(
        roll_call=RollCall.objects.get(slug="odd-1"), source=Source.objects.get(slug="voeten"), format="voeten",
        reference="R/30/1", facts={"date": "1975-11"},
    )  # fmt: skip
    # What an editor changed of the reference facts.
    MemberState.objects.filter(code="KHM").update(name="@Khmer", note="line\r\nbreak")


def empty_the_record() -> None:
    """Leave the tables as migrations leave them: empty."""
    models = [model for label in ("resolutions", "votes") for model in apps.get_app_config(label).get_models()]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in models)} CASCADE")


def tables(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the tables, and of what else must not depend on when and where it is exported."""
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.usefixtures("odd")
def test_import_into_an_empty_database_exports_the_same_bytes(tmp_path: Path):
    before = tables(export_record(tmp_path / "one").folder)
    assert before["roll-calls.csv"].count(b"odd-") >= 4
    empty_the_record()
    assert export_record(tmp_path / "empty").file("votes", "csv").rows == 0

    report = import_files([str(tmp_path / "one")], by_name="test")

    (run,) = report.runs
    assert (run.added, run.rejected, run.findings) == (RollCall.objects.count(), 0, 0)
    after = tables(export_record(tmp_path / "two").folder)
    for name in before:
        assert after[name].decode() == before[name].decode(), name


@pytest.mark.usefixtures("odd")
def test_import_into_the_same_record_writes_nothing(tmp_path: Path):
    before = tables(export_record(tmp_path / "one").folder)

    report = import_files([str(tmp_path / "one")], by_name="test")

    (run,) = report.runs
    assert (run.added, run.changed, run.removed, run.rejected) == (0, 0, 0, 0)
    assert report.wrote is False
    assert tables(export_record(tmp_path / "two").folder) == before


def test_three_tables_suffice_with_known_reference_data(tmp_path: Path, hard: list[RollCall]):
    RetiredAddress.objects.filter(slug="twice").delete()
    before = tables(export_record(tmp_path / "one").folder)
    RollCall.objects.filter(slug="hard-motion").delete()
    three = [str(tmp_path / "one" / f"{table}.csv") for table in ("resolutions", "roll-calls", "votes")]

    (run,) = import_files(three, by_name="test").runs

    assert run.added == 1
    after = tables(export_record(tmp_path / "two").folder)
    assert after == before


def test_local_edits_are_kept(tmp_path: Path, hard: list[RollCall]):
    folder = export_record(tmp_path / "one").folder
    correction = hard[0].corrections.get()
    correction.intended, correction.reference = "A", "entered by hand"
    correction.save()

    import_files([str(folder)], by_name="test")

    correction.refresh_from_db()
    assert (correction.intended, correction.reference) == ("A", "entered by hand")


def test_description_differs_only_in_version_and_date(tmp_path: Path, record: None):
    one = json.loads((export_record(tmp_path / "one").folder / "datapackage.json").read_text())
    empty_the_record()
    import_files([str(tmp_path / "one")], by_name="test")
    two = json.loads((export_record(tmp_path / "two").folder / "datapackage.json").read_text())

    assert {name for name in one if one[name] != two[name]} <= {"version", "created"}


def answers() -> dict[str, tuple[int, str, str]]:
    """Return what the pages and files that tell of retired addresses and of differing totals answer."""
    found = {}
    paths = [f"/roll-calls/{slug}{form}" for slug in ("withdrawn", "withdrawn-draft", "twice", "thrice")
             for form in ("/", ".json", "/history/")]  # fmt: skip
    for path in (
        *paths,
        "/roll-calls/hard-motion/",
        "/resolutions/A/RES/3399(XXX)[B]",
        "/resolutions/A/RES/79/888",
        "/resolutions/A/RES/79/889",
    ):
        answer = Client().get(path)
        found[path] = (answer.status_code, answer.headers.get("Location", ""), answer.content.decode())
    return found


@pytest.mark.usefixtures("odd")
def test_rebuilt_site_answers_alike_at_retired_addresses(tmp_path: Path):
    assembly = Body.objects.get(code="GA")
    text = Resolution.objects.create(body=assembly, symbol="A/RES/79/888", title="Left alone", status="published")
    RetiredAddress.objects.filter(slug="withdrawn").update(resolution=text)
    Resolution.objects.create(body=assembly, symbol="A/RES/79/889", title="Gone", status="published")
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    with attributed(reason="Twice on record."):
        Resolution.objects.filter(symbol="A/RES/79/889").delete()
    check_record()  # as every import does
    before, folder = answers(), export_record(tmp_path / "one").folder
    assert {path: answer[:2] for path, answer in before.items() if path.endswith(("/", "888", "889"))} == {
        **{f"/roll-calls/{slug}{form}": (410, "") for slug in ("withdrawn", "withdrawn-draft")
           for form in ("/", "/history/")},
        **{f"/roll-calls/{slug}{form}": (301, f"/roll-calls/{kept}{form}")
           for slug, kept in (("twice", "hard-motion"), ("thrice", "withdrawn")) for form in ("/", "/history/")},
        "/roll-calls/hard-motion/": (200, ""),
        "/resolutions/A/RES/79/888": (200, ""),
        "/resolutions/A/RES/79/889": (410, ""),
    }  # fmt: skip
    said = "withdrawn on 6 May 2024: @Never &#34;taken&#34; by us"
    assert said in " ".join(before["/resolutions/A/RES/79/888"][2].split())
    assert "=late, &#34;misheard&#34;" in before["/roll-calls/hard-motion/"][2]

    empty_the_record()
    import_files([str(folder)], by_name="test")

    for path, answer in answers().items():
        assert answer[:2] == before[path][:2], path
        assert readable(answer[2]) == readable(before[path][2]), path


def readable(page: str) -> str:
    """Return a page's main part, which names no data version."""
    return page[page.find("<main") : page.find("</main>")] if "<main" in page else page


def test_files_of_earlier_releases_are_still_accepted(tmp_path: Path, hard: list[RollCall]):
    folder = export_record(tmp_path / "one").folder
    (folder / "retired-addresses.csv").unlink()
    (folder / "retired-texts.csv").unlink()
    for table, later in LATER.items():
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        before_them = -len(later)
        assert tuple(rows[0][before_them:]) == later
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(row[:before_them] for row in rows)
    before = RollCall.objects.published().count()
    empty_the_record()

    (run,) = import_files([str(folder)], by_name="test").runs

    assert (run.added, run.rejected) == (before, 0)
    assert {*RollCall.objects.values_list("difference_reason", "absences_derived")} == {("", False)}
    assert not RollCall.objects.exclude(not_legible=[]).exists()
    assert not Resolution.objects.exclude(subjects=[]).exists()
    assert list(Statement.objects.values_list("reference", "edition")) == [("R/30/3399B", None)]


def test_local_reason_is_kept_and_a_missing_one_filled_in(tmp_path: Path, hard: list[RollCall]):
    folder = export_record(tmp_path / "one").folder
    said = RollCall.objects.filter(slug="hard-motion")
    for here, then in (("Ours.", "Ours."), ("", '=late, "misheard"\nby one')):
        said.update(difference_reason=here)
        import_files([str(folder)], by_name="test")
        assert said.get().difference_reason == then
