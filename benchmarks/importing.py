"""Measure imports of the General Assembly file, and exports of its votes, against COPY on the same server.

All in one run, in a database of its own below ``.plenary/bench-import``. The bare COPY is measured before and after
each import or export, which is compared with the mean of both, since machines are shared.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.common import ROOT, in_subprocess, peak_mb, seconds_of, setup, use_database

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = ROOT / ".plenary" / "bench-import"
CORPORA = Path(os.environ.get("PLENARY_CORPORA") or ROOT.parent / "shared" / "data")
FILE = "ga_voting_1946_2021.csv"
RECORD = ROOT / "data" / "record"
COPIES = 10
BUFFER = 1 << 20
SYMBOL = re.compile(r",(A/RES/[^,\]]*?)( ?\]?),")


def main() -> None:
    packed = CORPORA / f"{FILE}.gz"
    if not packed.exists():
        print(f"Imports are not measured: {packed.name} not found; set PLENARY_CORPORA to the folder that has it.")
        return
    prepare()
    file = HOME / FILE
    with gzip.open(packed) as source, file.open("wb") as target:
        shutil.copyfileobj(source, target)
    print(f"{FILE}: {file.stat().st_size / 1e6:.0f} MB. COPY = the same file into a bare text table, same server.\n")
    print("| import | seconds | COPY seconds | ratio | target | peak MB |")
    print("|---|---:|---:|---:|---:|---:|")
    print(line("into a record without votes", file, "empty", 2.0))
    print(line("the same file again", file, "", 1.5))
    print(line("into a record with votes, constraints kept", file, "landmarks", 4.0))
    in_subprocess(make_record, "empty")
    seconds, peak = in_subprocess(load_seconds)
    print(f"\n`load_record`, the record that ships into a new database: {seconds:.1f} s; peak {peak:.0f} MB.", end=" ")
    print(f"`data/record/`: {sum(path.stat().st_size for path in RECORD.glob('*.csv')) / 1e6:.1f} MB.\n")
    exports = in_subprocess(export_lines)
    many = HOME / "copies.csv"
    write_copies(file, many)
    seconds, peak = measured(many, "empty")
    once, _peak = measured(file, "empty")
    print(f"\n{COPIES} copies of the file under other symbols, into a record without votes: {seconds:.1f} s, ", end="")
    print(f"{seconds / once:.1f} x the {once:.1f} s of one; peak {peak:.0f} MB.\n")
    print("| export of the whole record | seconds | COPY TO STDOUT seconds | ratio | first bytes ms | memory MB |")
    print("|---|---:|---:|---:|---:|---:|")
    print("\n".join(exports))


def prepare() -> None:
    """Make an empty database with today's tables."""
    shutil.rmtree(HOME, ignore_errors=True)
    use_database(HOME)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)


def line(name: str, file: Path, into: str, aim: float) -> str:
    before = copy_seconds(file)
    seconds, peak = measured(file, into)
    copy = (before + copy_seconds(file)) / 2
    return f"| {name} | {seconds:.1f} | {copy:.1f} | {seconds / copy:.2f} | {aim} | {peak:.0f} |"


def measured(file: Path, into: str) -> tuple[float, float]:
    """Return seconds and peak megabytes of an import into a record made ready as ``into`` says."""
    if into:
        in_subprocess(make_record, into)
    seconds, peak = in_subprocess(import_seconds, str(file))
    return float(seconds), float(peak)


def make_record(into: str) -> None:
    """Empty the record, and load the reference facts: with the landmark votes or, for ``empty``, without."""
    connection = setup()
    from votes.editing.reference import load_reference

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class "
            "WHERE relkind = 'r' AND relname ~ '^(votes|resolutions)_'"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]}")
        load_reference(ROOT / "data", landmarks=into != "empty")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def import_seconds(file: str) -> tuple[float, float]:
    """Import; return seconds and the process's peak megabytes."""
    setup()
    from votes.importing.run import import_files

    return seconds_of(lambda: import_files([file], by_name="make bench")), peak_mb()


def load_seconds() -> tuple[float, float]:
    """Load the record that ships; return seconds and the process's peak megabytes."""
    setup()
    from votes.importing.shipped.loader import load_shipped

    return seconds_of(lambda: load_shipped(by_name="make bench")), peak_mb()


def copy_seconds(file: Path) -> float:
    """Return the seconds that COPY takes to load ``file`` into a bare text table."""
    return float(in_subprocess(_copy_seconds, str(file)))


def _copy_seconds(file: str) -> float:
    connection = setup()
    with open(file, "rb") as source, connection.cursor() as cursor:  # noqa: PTH123  # read as it stands
        columns = source.readline().decode().strip().split(",")
        source.seek(0)
        cursor.execute(f"CREATE TABLE bare ({', '.join(f'{column} text' for column in columns)})")
        cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
            while chunk := source.read(BUFFER):
                copy.write(chunk)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bare")
    return seconds


def export_lines() -> list[str]:
    """Return the lines of the table of exports; memory is how far the peak of the process rose."""
    setup()
    from votes.exporting import streams, tables

    lines = []
    for table in (tables.VOTES, tables.ROLL_CALLS):
        for name, chunks in (("csv", streams.csv_chunks), ("json", streams.json_chunks)):
            before = peak_mb()
            bare = copy_out_seconds(table)
            began = time.perf_counter()
            made = iter(chunks(table))
            next(made)
            first = time.perf_counter() - began
            for _chunk in made:
                pass
            seconds = time.perf_counter() - began
            bare = (bare + copy_out_seconds(table)) / 2
            rise = peak_mb() - before
            path = f"`/{table.name}.{name}`"
            lines.append(
                f"| {path} | {seconds:.2f} | {bare:.2f} | {seconds / bare:.2f} | {1000 * first:.0f} | {rise:.0f} |"
            )
    return lines


def copy_out_seconds(table: Any) -> float:
    """Return the seconds that a bare COPY of the same rows TO STDOUT takes, its lines thrown away."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({table.cells()}) TO STDOUT (FORMAT csv, HEADER)") as copy:
        for _line in copy:
            pass
    return time.perf_counter() - began


def write_copies(file: Path, many: Path) -> None:
    """Write the file's rows ten times, each time with the record numbers and symbols of other texts."""
    with file.open(encoding="utf-8") as source, many.open("w", encoding="utf-8") as target:
        target.write(source.readline())
        target.writelines(row for copy in range(COPIES) for row in copied(file, copy))


def copied(file: Path, copy: int) -> Iterator[str]:
    """Yield the rows of the file, from the second copy on with record numbers and symbols of their own."""
    own = rf",\g<1> QQQQ{chr(ord('A') + copy)}\g<2>,"
    with file.open(encoding="utf-8") as source:
        source.readline()
        for row in source:
            number, rest = row.split(",", 1)
            yield f"{copy}{number}," + SYMBOL.sub(own, rest, count=1) if copy else row


if __name__ == "__main__":
    main()
