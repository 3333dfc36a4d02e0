"""``manage.py import_votes``: its output and exit."""

import gzip
import io
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.votes.importing.editions import (
    FIRST,
    SECOND,
    THIRD,
    Stated,
    contents,
    fingerprint,
    ga_file,
    sc_file,
    voeten_files,
)
from votes.importing.run import ImportRefusedError
from votes.management.commands import import_votes
from votes.models import Finding, ImportRun

pytestmark = pytest.mark.usefixtures("record")


def said(*arguments: str, **options: Any) -> str:
    """Run the command; return what it said, without the seconds it took."""
    out = io.StringIO()
    call_command("import_votes", *arguments, stdout=out, **options)
    return re.sub(r"\d+\.\d s", "0.0 s", out.getvalue())


def open_findings() -> str:
    return f"{Finding.objects.open().count()} open findings, see /data/quality/."


def test_first_import_reports_all_counts_and_findings(tmp_path: Path):
    wrong = replace(FIRST, votes="CHNN FRAY GBRY QQQY", totals=(2, 1, 0, 0))

    text = said(ga_file(tmp_path / "ga.csv", wrong, SECOND))

    assert text == (
        "Reading ga.csv\n"
        "Comparing 2 roll calls and 6 votes with the record\n"
        "Checking the record\n"
        "UN Digital Library: General Assembly voting: ga.csv\n"
        "  rows: 7 read, 1 rejected\n"
        "  roll calls: 2 added, 0 changed, 0 unchanged, 0 removed\n"
        "  votes: 6 added, 0 changed, 0 removed\n"
        "  resolutions: 2 added\n"
        "  findings about rows: 1\n"
        f"Imported in 0.0 s. {open_findings()}\n"
    )
    run = ImportRun.objects.get()
    assert re.fullmatch(r".+@.+", run.by_name)
    assert run.by is None


def test_importing_the_same_file_again_reports_no_changes(tmp_path: Path):
    name = ga_file(tmp_path / "ga.csv", FIRST, SECOND)
    said(name)
    before = fingerprint(without=["votes_importrun"])

    text = said(name)

    assert text == (
        "Reading ga.csv\n"
        "Comparing 2 roll calls and 8 votes with the record\n"
        "UN Digital Library: General Assembly voting: ga.csv\n"
        "  rows: 8 read, 0 rejected\n"
        "  roll calls: 0 added, 0 changed, 2 unchanged, 0 removed\n"
        "  votes: 0 added, 0 changed, 0 removed\n"
        "  resolutions: 0 added\n"
        "  findings about rows: 0\n"
        f"Nothing to change. Compared in 0.0 s. {open_findings()}\n"
    )
    assert fingerprint(without=["votes_importrun"]) == before


def test_at_most_twenty_changes_are_listed(tmp_path: Path):
    many = [replace(FIRST, symbol=f"A/RES/79/{n}", number=n) for n in range(101, 124)]
    said(ga_file(tmp_path / "ga.csv", *many))

    text = said(ga_file(tmp_path / "newer.csv", *(replace(one, title="Quiet") for one in many)))

    lines = text.splitlines()
    changes = [line for line in lines if line.startswith("    a-res")]
    assert changes == [f"    a-res-79-{n}: text_title “Peace” → “Quiet”" for n in range(101, 121)]
    assert lines[lines.index(changes[-1]) + 1] == "    and 3 more, listed with the import in the admin"
    assert len(ImportRun.objects.latest("pk").changes) == 23


def test_several_files_are_reported_one_by_one(tmp_path: Path):
    council = Stated("S/RES/2768 (2025)", number=4, date="2025-01-15", votes="CHNA FRAY GBRY RUSA USAY")

    text = said(ga_file(tmp_path / "ga.csv", FIRST), sc_file(tmp_path / "sc.csv", council))

    assert [line for line in text.splitlines() if not line.startswith("  ")] == [
        "Reading ga.csv, sc.csv",
        "Comparing 1 roll calls and 5 votes with the record",
        "Comparing 1 roll calls and 5 votes with the record",
        "Checking the record",
        "UN Digital Library: General Assembly voting: ga.csv",
        "UN Digital Library: Security Council voting: sc.csv",
        f"Imported in 0.0 s. {open_findings()}",
    ]


def test_tables_that_belong_together_are_one_import(tmp_path: Path):
    text = said(*voeten_files(tmp_path, replace(SECOND, number=9001)))

    assert text.count("Voeten: votes, roll calls and issues: ") == 1
    assert "Absences derived from the membership of the Assembly: " in text
    assert ImportRun.objects.get().files[0]["name"] in ("voeten_votes.csv", "voeten_roll_calls.csv")
    assert len(ImportRun.objects.get().files) == 2


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_standard_input_is_imported_plain_or_compressed(packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    content = Path(ga_file(tmp_path / "ga.csv", FIRST)).read_bytes()
    given = io.TextIOWrapper(io.BytesIO(gzip.compress(content) if packed else content))
    monkeypatch.setattr(sys, "stdin", given)

    text = said("-")

    assert text.startswith("Reading standard input\n")
    assert "roll calls: 1 added" in text
    assert [file["name"] for file in ImportRun.objects.get().files] == ["standard input"]


def test_dry_run_reports_changes_and_writes_nothing(tmp_path: Path):
    name = ga_file(tmp_path / "ga.csv", FIRST)
    before = fingerprint()

    text = said(name, "--dry-run")

    assert fingerprint() == before
    assert "  roll calls: 1 added, 0 changed, 0 unchanged, 0 removed\n" in text
    assert re.search(
        r"\nNothing was written: this was a dry run of 0\.0 s\. \d open findings, see /data/quality/\.\n$", text
    )


def test_removal_is_refused_unless_allowed(tmp_path: Path):
    said(ga_file(tmp_path / "ga.csv", FIRST, SECOND, THIRD))
    shrunk = ga_file(tmp_path / "shrunk.csv", FIRST, THIRD)

    for more in ([], ["--dry-run"]):
        with pytest.raises(CommandError) as told:
            said(shrunk, *more)
        assert str(told.value) == (
            "This edition lacks data that an earlier edition of the same source has for the same body and "
            "period: a-res-79-2: the whole vote. Nothing was written. Check that the file is complete. To "
            "remove these data, import it again with --allow-removals."
        )
        assert told.value.returncode == 1
    assert len(contents()) == 3

    assert "  roll calls: 0 added, 0 changed, 2 unchanged, 1 removed\n" in said(shrunk, "--allow-removals")
    assert len(contents()) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "bad.csv: the file is empty. Download it again."),
        (b"<!doctype html><html>", "bad.csv, line 1: this is a web page, not a CSV file: "),
        (b"p,q\n1,2\n", "bad.csv, line 1: the header has no column of a known layout (p, q). "),
    ],
)
def test_an_unfit_file_is_one_clear_message(content: bytes, message: str, tmp_path: Path):
    (tmp_path / "bad.csv").write_bytes(content)
    before = fingerprint()

    with pytest.raises(CommandError) as told:
        said(str(tmp_path / "bad.csv"))

    assert str(told.value).startswith(message)
    assert "\n" not in str(told.value)
    assert told.value.returncode == 1
    assert fingerprint() == before


def test_refusal_by_the_database_is_one_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise ImportRefusedError("Lost the connection to the database (gone). Nothing was written.")

    monkeypatch.setattr(import_votes, "import_files", refuse)

    with pytest.raises(CommandError, match=r"^Lost the connection to the database \(gone\)\. Nothing was written\.$"):
        said(ga_file(tmp_path / "ga.csv", FIRST))


def test_an_unknown_format_is_refused():
    with pytest.raises(CommandError, match="invalid choice: 'nonsense'"):
        said("ga.csv", "--format", "nonsense")


def test_file_argument_is_required():
    with pytest.raises(CommandError, match="FILE"):
        said()
