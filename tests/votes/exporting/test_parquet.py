"""Parquet exports, written by a child process."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest
from django.conf import settings

from votes.exporting import parquet, streams
from votes.exporting.cells import plain
from votes.exporting.parquet import ParquetError, write_parquet
from votes.exporting.streams import Stream, csv_chunks, parquet_chunks, parquet_is_free
from votes.exporting.tables import LISTED_RESOLUTIONS, LISTED_ROLL_CALLS, ROLL_CALLS, TABLES, VOTES

if TYPE_CHECKING:
    from pathlib import Path

    from votes.exporting.tables import Table
    from votes.models import RollCall

TYPES = {"text": pl.String, "integer": pl.Int32, "date": pl.Date}


@pytest.mark.parametrize(
    "table", [*TABLES.values(), LISTED_RESOLUTIONS, LISTED_ROLL_CALLS], ids=lambda table: table.row.__name__
)
def test_parquet_has_the_rows_of_csv(hard: list[RollCall], table: Table):
    frame = pl.read_parquet(io.BytesIO(b"".join(parquet_chunks(table))))
    header, *cells = csv.reader(io.StringIO(b"".join(csv_chunks(table)).decode(), newline=""))

    assert cells
    assert frame.schema == {column.name: TYPES[column.kind] for column in table.columns}
    assert frame.columns == header
    assert [["" if value is None else str(value) for value in row] for row in frame.iter_rows()] == [
        [plain(cell) for cell in row] for row in cells
    ]


def test_texts_are_not_escaped_in_parquet(hard: list[RollCall]):
    frame = pl.read_parquet(io.BytesIO(b"".join(parquet_chunks(TABLES["resolutions"]))))
    row = frame.row(by_predicate=pl.col("symbol") == "A/RES/3399(XXX)[B]", named=True)

    assert (row["title"], row["agenda"]) == ('=SUM(A1), "quoted"\nand broken', "'@home")
    assert row["other_symbols"] == "-1 of the thirtieth"


def test_the_same_rows_give_the_same_bytes(record: None):
    assert b"".join(parquet_chunks(VOTES)) == b"".join(parquet_chunks(VOTES))


def test_first_bytes_are_sent_before_any_query(record: None, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise AssertionError("read too soon")

    monkeypatch.setattr(streams, "csv_chunks", fail)
    chunks = parquet_chunks(VOTES)
    assert next(chunks) == b"PAR1"
    with pytest.raises(AssertionError, match="read too soon"):
        next(chunks)


def test_failed_conversion_raises_with_the_reason(tmp_path: Path):
    (tmp_path / "rows.csv").write_text("slug\n", encoding="utf-8")
    with pytest.raises(ParquetError, match=r"roll-calls: writing Parquet failed \(1\): "):
        write_parquet(ROLL_CALLS, tmp_path / "rows.csv", tmp_path / "rows.parquet")

    (tmp_path / "rows.csv").write_text(f"{VOTES.header}\na,b,yesterday,USA,c,Y\n", encoding="utf-8")
    with pytest.raises(ParquetError, match=r"votes: writing Parquet failed \(1\): (?s:.*)yesterday"):
        write_parquet(VOTES, tmp_path / "rows.csv", tmp_path / "rows.parquet")


def test_slow_conversion_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "rows.csv").write_text(f"{VOTES.header}\n", encoding="utf-8")
    monkeypatch.setattr(parquet, "PATIENCE", 0.01)
    with pytest.raises(ParquetError, match=r"took longer than 0\.01 seconds"):
        write_parquet(VOTES, tmp_path / "rows.csv", tmp_path / "rows.parquet")


def test_failure_breaks_the_stream_and_releases_its_slot(record: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams, "write_parquet", lambda *_: (_ for _ in ()).throw(ParquetError("No space left.")))
    with pytest.raises(ParquetError, match="No space left"):
        b"".join(Stream(lambda: parquet_chunks(VOTES)))
    assert parquet_is_free()


def test_number_of_simultaneous_conversions_is_limited(record: None):
    assert parquet_is_free()
    streams_begun = [iter(Stream(lambda: parquet_chunks(VOTES))) for _ in range(2)]
    assert [next(chunks) for chunks in streams_begun] == [b"PAR1", b"PAR1"]
    assert parquet_is_free()  # neither is being written yet
    assert all(next(chunks) for chunks in streams_begun)
    assert not parquet_is_free()
    streams_begun.pop()
    assert parquet_is_free()
    streams_begun.pop()


def test_no_web_worker_loads_polars(record: None):
    """A process that serves every download, on this database, never imports it."""
    from django.db import connection  # noqa: PLC0415

    script = f"""
import sys
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {connection.settings_dict["NAME"]!r}
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
forms = ("csv", "json", "parquet")
lists = [f"/{{name}}.{{form}}" for name in ("resolutions", "roll-calls", "votes") for form in forms]
for address in [*lists, "/roll-calls/s-2022-155.csv", "/roll-calls/s-2022-155.json"]:
    response = Client().get(address)
    assert response.status_code == 200, address
    assert len(response.getvalue()) > 500, address
print("polars" in sys.modules, "votes.exporting.parquet" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("False True\n", "")
