"""CSV files as lazy Polars frames of text, with errors reported by line."""

from __future__ import annotations

import re
from itertools import islice
from os import SEEK_END
from typing import TYPE_CHECKING

import polars as pl

from votes.importing.edition import UnfitFileError
from votes.importing.records import LONGEST, cells, records

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from votes.importing.files import OpenFile

_CELL = rb'(?:"[^"]*(?:""[^"]*)*"|[^",\r\n]*)'
RECORD = re.compile(_CELL + rb"(?:," + _CELL + rb")*")
"""A row as it should be written. Polars joins cells and rows between quotes that stand elsewhere."""


def scan(file: OpenFile, *, missing: str | None = None) -> pl.LazyFrame:
    """Return all rows of a file, every cell as text under its column's name as it stands in the file.

    ``row`` (UInt32) numbers the rows from 0. A cell that is empty is null, or empty text where it was quoted; so is one
    that says ``missing``.
    """
    if "row" in file.header:
        raise UnfitFileError("unknown column. Remove it.", file=file.name, line=1, column="row")
    return pl.scan_csv(
        file.path,
        infer_schema=False,
        row_index_name="row",
        null_values=missing,
        new_columns=list(file.header),
        n_rows=_rows_before_the_end(file.path) if file.blank_end else None,
        glob=False,
    )


def _rows_before_the_end(path: Path) -> int:
    """Return how many rows a file has without the blank lines at its end, which Polars would read as rows."""
    return max((number for number, (_line, record) in enumerate(records(path)) if record), default=0)


ROWS, SHORT, READ = "rows", "rows without a last cell", "cells read"


def counts(file: OpenFile) -> list[pl.Expr]:
    """Return what tells, of all rows or those of a group, whether they are whole; reading it reads all columns.

    Polars sees a row that is too long only when it reads all columns, fills one that is too short with nulls, and
    joins rows between stray quotes.
    """
    return [
        pl.len().alias(ROWS),
        pl.col(file.header[-1]).null_count().alias(SHORT),
        pl.sum_horizontal(pl.col(file.header).count()).alias(READ),
    ]


def collect(file: OpenFile, *frames: pl.LazyFrame) -> list[pl.DataFrame]:
    """Return ``frames``, all made from scans of ``file``.

    Where the first of them has the columns of ``counts``, no more is read than for the frames; they are left out of
    what is returned. Raises UnfitFileError, with the line, where the file has a row with too many or too few cells, a
    blank line between rows, or a quote out of place. A file with line breaks within cells is read slowly once more to
    be sure.
    """
    try:
        tables = pl.collect_all(frames, engine="streaming")
        if READ in tables[0].columns:
            found = tables[0].select(ROWS, SHORT).sum()
            tables[0] = tables[0].drop(ROWS, SHORT, READ)
        else:  # in a pass of its own this takes half the memory
            (found,) = pl.collect_all([scan(file).select(counts(file))], engine="streaming")
    except pl.exceptions.ComputeError as error:
        _check_records(file)
        reason = str(error).partition("\n")[0]
        raise UnfitFileError(f"it cannot be read as CSV ({reason}). Save it again as CSV.", file=file.name) from error
    if found[SHORT].item() or not _one_a_line(file, found[ROWS].item()) or _ends_oddly(file):
        _check_records(file)
    return tables


def _one_a_line(file: OpenFile, rows: int) -> bool:
    """Tell whether each of a file's ``rows`` is a line, as is the header, so that none of them can be two in one."""
    return file.lines == rows + 1


def _ends_oddly(file: OpenFile) -> bool:
    """Tell whether a file ends, without a line end, in a comma or quote, where Polars overlooks what is wrong."""
    with file.path.open("rb") as content:
        content.seek(-1, SEEK_END)
        return content.read() in (b",", b'"')


def has_rows(file: OpenFile, table: pl.DataFrame) -> None:
    """Raise UnfitFileError if ``table``, all rows of a file, has none."""
    if table.is_empty():
        raise UnfitFileError("there are no rows below the header. Download it again.", file=file.name)


def _check_records(file: OpenFile) -> None:
    """Raise UnfitFileError for the first record that is no row of the table."""
    blank: int | None = None
    for line, record in records(file.path):
        if not record:
            blank = blank or line
        elif blank:
            raise UnfitFileError("the line is blank. Remove it.", file=file.name, line=blank)
        elif problem := _problem(record, len(file.header)):
            raise UnfitFileError(problem, file=file.name, line=line)


def _problem(record: bytes, width: int) -> str:
    """Return what is wrong with a record as a row of ``width`` cells, empty if nothing is."""
    quotes = record.count(b'"')
    if quotes % 2 or len(record) > LONGEST:
        return "a quote in this row is never closed. Fix the row, or download the file again."
    if quotes or b"\r" in record:
        if not RECORD.fullmatch(record):
            return (
                "unexpected quote or carriage return. Put a cell that contains one in quotes, and double "
                "each quote inside it. Fix the row."
            )
        count = len(cells(record))
    else:
        count = record.count(b",") + 1
    if count == width:
        return ""
    return (
        f"the row has too {'few' if count < width else 'many'} cells, {count} where the header has {width}. "
        "Fix the row, or download the file again if it is cut short."
    )


def lines_of(file: OpenFile, rows: Collection[int], *, of: int | None = None) -> dict[int, int]:
    """Return the line on which each of ``rows`` begins, counted from 1 with the header.

    ``of`` is the number of rows that the file has; without it, and where cells hold line breaks, this reads the file
    slowly up to the last of them.
    """
    if not rows:
        return {}
    if of is not None and _one_a_line(file, of):
        return {row: row + 2 for row in rows}
    wanted, last = set(rows), max(rows)
    lines = (line for line, _record in islice(records(file.path), 1, last + 2))
    return {row: line for row, line in enumerate(lines) if row in wanted}
