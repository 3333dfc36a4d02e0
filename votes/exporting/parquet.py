"""Conversion of CSV to Parquet in a separate program: it needs Polars, which is too large for web workers.

    python -m votes.exporting.parquet votes.csv votes.parquet '[["roll_call", "text", false], …]'

reads a file that ``votes.exporting.streams`` has written, given each column's name, kind and whether its text is
free. ``write_parquet`` runs it. The bytes depend on the rows alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from votes.exporting.cells import STARTS_FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.exporting.tables import Table

MAGIC = b"PAR1"
"""What every Parquet file begins with."""

ROWS_A_GROUP = 100_000

PATIENCE = 600
"""After how many seconds a conversion is given up."""

# One thread: it is quick enough, and takes no more memory on a machine with many cores.
ENVIRONMENT = {"POLARS_MAX_THREADS": "1"}


class ParquetError(Exception):
    """What went wrong in the program that writes Parquet."""


def write_parquet(table: Table, source: Path, target: Path) -> None:
    """Write the CSV file ``source`` of a table to ``target``; raises ParquetError, and the target is of no use then.

    Texts get back what a spreadsheet would run as a formula; empty cells are null.
    """
    columns = json.dumps([[column.name, column.kind, column.free] for column in table.columns])
    command = [sys.executable, "-m", "votes.exporting.parquet", str(source.absolute()), str(target.absolute()), columns]
    folder = Path(__file__).resolve().parents[2]
    environment = {**os.environ, **ENVIRONMENT}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise ParquetError(f"{table.name}: writing Parquet took longer than {PATIENCE} seconds.") from None
    if done.returncode:
        raise ParquetError(f"{table.name}: writing Parquet failed ({done.returncode}): {done.stderr.strip()}")


def convert(source: str, target: str, columns: Iterable[tuple[str, str, bool]]) -> None:
    """Write the CSV file ``source`` to ``target`` as Parquet, in bounded memory."""
    import polars as pl  # noqa: PLC0415  # only ever in a process of its own

    columns = list(columns)
    kinds = {"text": pl.String, "integer": pl.Int32, "date": pl.Date}
    rows = pl.scan_csv(source, schema={name: kinds[kind] for name, kind, _is_free in columns})
    texts = [pl.col(name).str.replace(f"^'({STARTS_FORMULA})", "$1") for name, _kind, is_free in columns if is_free]
    rows.with_columns(texts).sink_parquet(
        target, compression="zstd", row_group_size=ROWS_A_GROUP, statistics=True, maintain_order=True
    )


if __name__ == "__main__":
    convert(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
