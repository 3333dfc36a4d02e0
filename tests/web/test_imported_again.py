"""An import without changes keeps the data version and ETags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.test import Client

from tests.votes.importing.editions import Stated, ga_file
from tests.web.records import get, texts
from votes.exporting import downloads, package
from votes.models import ImportRun
from votes.record.version import data_version

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ("/", "/data/", "/data/quality/", "/resolutions/", "/roll-calls.atom")


@pytest.fixture(autouse=True)
def made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Parquet out: each file takes a program of its own."""
    monkeypatch.setattr(package, "write_parquet", lambda _table, _source, target: target.write_bytes(b"PAR1"))


def tags() -> dict[str, str]:
    """Return the ETag of each page; that of the data has one once somebody has asked for the files."""
    downloads.made()
    return {address: Client().get(address).headers["ETag"] for address in PAGES}


# The record is read in snapshots of its own, as by a site.
@pytest.mark.django_db(transaction=True)
def test_importing_the_same_file_keeps_data_version_and_etags(tmp_path: Path):
    name = ga_file(tmp_path / "ga.csv", Stated("A/RES/79/1", number=1), Stated("A/RES/79/2", number=2))
    call_command("import_votes", name, verbosity=0)
    before, version, page = tags(), data_version(), get("/data/")

    call_command("import_votes", name, verbosity=0)

    assert ImportRun.objects.count() == 2
    assert data_version() == version
    assert tags() == before
    assert len(page.select("li.import")) == len(get("/data/").select("li.import")) == 1
    (date,) = (said for said in texts(get("/data/quality/"), "#checked ~ .hint") if "last import" in said)
    assert date.startswith("The record is checked whenever an import changes it")


@pytest.mark.django_db(transaction=True)
def test_importing_changes_moves_data_version_and_etags(tmp_path: Path):
    call_command("import_votes", ga_file(tmp_path / "ga.csv", Stated("A/RES/79/1", number=1)), verbosity=0)
    before, version = tags(), data_version()

    changed = Stated("A/RES/79/1", number=1, votes="CHNN FRAY GBRY RUSN USAN")
    call_command("import_votes", ga_file(tmp_path / "ga.csv", changed), verbosity=0)

    assert data_version() == version + 1
    assert not {*tags().values()} & {*before.values()}
    assert len(get("/data/").select("li.import")) == 2
