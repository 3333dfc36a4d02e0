"""The data package: contents, description, checksums, and safe writing to a folder."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from votes.exporting import package
from votes.exporting.package import ExportRefusedError, Package, current_version, export_record, names, read_package
from votes.exporting.papers import citation, readme
from votes.exporting.streams import csv_chunks
from votes.exporting.tables import TABLES
from votes.models import RollCall, Source
from votes.reports.coverage import coverage

pytestmark = pytest.mark.usefixtures("record")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def described(folder: Path) -> dict[str, dict[str, Any]]:
    said = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["path"]: resource for resource in said["resources"]}


def test_package_is_complete_and_checksums_match(tmp_path: Path, hard: list[RollCall]):
    said: list[str] = []
    made = export_record(tmp_path / "out", said.append)

    assert sorted(path.name for path in made.folder.iterdir()) == sorted(names())
    check = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=made.folder, capture_output=True, text=True, check=True
    )
    assert sorted(check.stdout.splitlines()) == sorted(f"{name}: OK" for name in names() if name != "SHA256SUMS")
    assert f"votes.csv: {3638 + 5:,} rows, {made.file('votes', 'csv').bytes:,} bytes" in said
    for name in (path.name for path in made.folder.glob("*.parquet")):
        assert (made.folder / name).read_bytes()[:4] == b"PAR1"
    # Programs of the same rows, so the same number in either form.
    import polars as pl  # noqa: PLC0415  # the one test that reads Parquet

    for table in TABLES:
        count = pl.scan_parquet(made.folder / f"{table}.parquet").select(pl.len()).collect().item()
        assert count == made.file(table, "parquet").rows == len(rows(made.folder / f"{table}.csv")), table
    assert read_package(made.folder) == made


@pytest.mark.usefixtures("no_parquet")
def test_description_matches_the_files(tmp_path: Path, hard: list[RollCall]):
    folder = export_record(tmp_path / "out").folder
    resources = described(folder)
    assert set(resources) == {f"{table}.{form}" for table in TABLES for form in ("csv", "parquet")}
    assert len({resource["name"] for resource in resources.values()}) == len(resources)
    keys = {path: [field["name"] for field in r["schema"]["fields"]] for path, r in resources.items() if "schema" in r}

    for path, resource in resources.items():
        assert resource["bytes"] == (folder / path).stat().st_size
        if resource["format"] != "csv":
            continue
        schema, read = resource["schema"], rows(folder / path)
        assert resource["profile"] == "tabular-data-resource"
        assert resource["rows"] == len(read)
        assert (folder / path).read_text(encoding="utf-8").splitlines()[0].split(",") == keys[path]
        key = schema["primaryKey"]
        assert len({tuple(row[column] for column in key) for row in read}) == len(read), path
        for field in schema["fields"]:
            cells = [row[field["name"]] for row in read]
            limits = field.get("constraints", {})
            assert field["description"]
            assert field["type"] in ("string", "integer", "date")
            if limits.get("required"):
                assert "" not in cells, (path, field["name"])
            if "enum" in limits:
                assert set(cells) - {""} <= set(limits["enum"]), (path, field["name"])
            if field["type"] == "integer":
                assert all(cell.lstrip("-").isdigit() for cell in cells if cell), (path, field["name"])
        for foreign in schema["foreignKeys"]:
            other = rows(folder / f"{foreign['reference']['resource']}.csv")
            known = {tuple(row[column] for column in foreign["reference"]["fields"]) for row in other}
            named = {tuple(row[column] for column in foreign["fields"]) for row in read}
            assert {name for name in named if all(name)} <= known, (path, foreign)


@pytest.mark.usefixtures("no_parquet")
def test_description_states_title_version_and_licences(tmp_path: Path):
    said = json.loads((export_record(tmp_path / "out").folder / "datapackage.json").read_text(encoding="utf-8"))
    version = current_version()
    assert version.changed

    assert (said["profile"], said["name"]) == ("data-package", "plenary-record")
    assert said["version"] == str(version.number)
    assert said["created"] == version.changed.isoformat()
    assert [licence["title"] for licence in said["licenses"]] == [
        f"{s.name}: {s.licence}" for s in Source.objects.all()
    ]
    assert "a text that is missing here may still have been put to" in said["description"]
    keys = {
        resource["name"]: resource["schema"]["primaryKey"] for resource in said["resources"] if "schema" in resource
    }
    assert keys["statements"] == ["roll_call", "source", "format"]


@pytest.mark.usefixtures("no_parquet")
def test_no_draft_is_in_any_file(tmp_path: Path, hard: list[RollCall]):
    folder = export_record(tmp_path / "out").folder
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    # The codebook explains the method of that name.
    everything = {name: content.replace("secret ballot or election", "") for name, content in files.items()}

    assert [name for name, content in everything.items() if "secret" in content or "A/RES/79/777" in content] == []
    assert [r.slug for r in hard if r.slug not in everything["roll-calls.csv"]] == []


@pytest.mark.usefixtures("no_parquet")
def test_tables_equal_the_downloads_of_the_site(tmp_path: Path, hard: list[RollCall]):
    folder = export_record(tmp_path / "out").folder

    for table in TABLES.values():
        assert (folder / f"{table.name}.csv").read_bytes() == b"".join(csv_chunks(table)), table.name


@pytest.mark.usefixtures("no_parquet")
def test_the_same_record_gives_the_same_bytes(tmp_path: Path, hard: list[RollCall]):
    one, two = (export_record(tmp_path / name).folder for name in ("one", "two"))

    assert {p.name: p.read_bytes() for p in one.iterdir()} == {p.name: p.read_bytes() for p in two.iterdir()}


@pytest.mark.usefixtures("no_parquet")
class TestTheFolder:
    """Where a package may be put."""

    def test_an_earlier_export_is_replaced(self, tmp_path: Path):
        folder = tmp_path / "out"
        export_record(folder)
        (folder / "votes.csv").write_text("old")
        (folder / "topics.csv").unlink()

        export_record(folder)

        assert sorted(path.name for path in folder.iterdir()) == sorted(names())
        assert len(rows(folder / "votes.csv")) == 3638
        assert os.listdir(tmp_path) == ["out"]  # noqa: PTH208  # hidden files too

    def test_empty_or_missing_folder_is_filled(self, tmp_path: Path):
        (tmp_path / "empty").mkdir()

        for folder in (tmp_path / "empty", tmp_path / "new" / "deep"):
            assert export_record(folder).folder == folder
            assert (folder / "votes.csv").exists()

    @pytest.mark.parametrize("there", [["thesis.txt"], ["votes.csv"], ["datapackage.json", "votes.csv", "thesis.txt"]])
    def test_folder_with_other_files_is_refused_and_left_alone(self, tmp_path: Path, there: list[str]):
        folder = tmp_path / "mine"
        folder.mkdir()
        for name in there:
            (folder / name).write_text("mine")

        with pytest.raises(
            ExportRefusedError,
            match=f"{folder} has files that are not part of an earlier export .*{there[-1]}.* Nothing was written",
        ):
            export_record(folder)

        assert {path.name: path.read_text() for path in folder.iterdir()} == dict.fromkeys(there, "mine")
        assert os.listdir(tmp_path) == ["mine"]  # noqa: PTH208  # hidden files too

    def test_file_in_place_of_a_folder_is_refused(self, tmp_path: Path):
        (tmp_path / "out").write_text("mine")

        with pytest.raises(CommandError, match=r"is a file, not a folder"):
            call_command("export_record", str(tmp_path / "out"))

        assert (tmp_path / "out").read_text() == "mine"

    def test_a_failure_leaves_the_earlier_export(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        folder = tmp_path / "out"
        export_record(folder)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(package, "write_parquet", full)
        with pytest.raises(CommandError, match=r"Cannot write to .*No space left on device.* unchanged"):
            call_command("export_record", str(folder))

        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        assert os.listdir(tmp_path) == ["out"]  # noqa: PTH208  # hidden files too

    def test_command_reports_what_it_wrote(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        call_command("export_record", str(tmp_path / "out"))

        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "bodies.csv: 2 rows, 97 bytes"
        assert "states.csv: 202 rows, 11,144 bytes" in lines
        assert lines[-1] == f"Data version {current_version().number} is in {tmp_path / 'out'}."


def test_empty_or_missing_folder_is_not_a_package(tmp_path: Path):
    assert read_package(tmp_path) is None
    assert read_package(tmp_path / "nowhere") is None


def test_citation_names_version_date_and_address():
    version = current_version()
    assert version.changed
    day = f"{version.changed:%Y-%m-%d}"

    said = citation(version, "https://plenary.example/data/")

    assert said.text == (
        "The Plenary authors. Plenary: the open record of how the world votes. "
        f"Data version {version.number} of {day}. https://plenary.example/data/"
    )
    assert said.bibtex.splitlines() == [
        f"@misc{{plenary{version.number},",
        "  author = {{The Plenary authors}},",
        "  title = {{Plenary: the open record of how the world votes}},",
        f"  year = {{{version.changed.year}}},",
        f"  note = {{Data version {version.number} of {day}}},",
        "  url = {https://plenary.example/data/},",
        "}",
    ]


def test_terms_of_each_source_are_stated():
    said = readme(Source.objects.all(), coverage())

    assert (
        "- General Assembly, whole texts: 20, 1971-10-25 to 2025-02-24; thin 1971, 1975, 1979, 1986-1987, 1991, "
        in said
    )
    assert (
        "- Security Council, drafts rejected or vetoed: 1, 2022-02-25 to 2022-02-25; thin 2022; absent 1946-2021, "
        in said
    )
    for source in Source.objects.all():
        assert f"- **{source.name}**: {source.licence}." in said


def test_unknown_file_of_a_package_is_an_error(tmp_path: Path):
    empty = Package(tmp_path, current_version(), ())

    with pytest.raises(StopIteration):
        empty.file("votes", "csv")
