"""CSV files as lazy Polars frames of text, with what went wrong said by line."""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from votes.importing.edition import UnfitFileError
from votes.importing.records import LONGEST, cells, records

if TYPE_CHECKING:
    from collections.abc import Collection

    from votes.importing.files import OpenFile


def scan(file: OpenFile) -> pl.LazyFrame:
    """Return all rows of a file, every cell as text under its column's name as it stands in the file.

    ``row`` (UInt32) numbers the rows from 0. A cell that is empty is null, or empty text where it was quoted.
    """
    frame = _scan(file)
    if file.blank_end:
        frame = frame.filter(~pl.all_horizontal(pl.col(*file.header).is_null()))
    return frame


def _scan(file: OpenFile) -> pl.LazyFrame:
    """Return all rows of a file, with one of nulls for each blank line."""
    if "row" in file.header:
        raise UnfitFileError("no layout has a column of this name. Remove it.", file=file.name, line=1, column="row")
    return pl.scan_csv(file.path, infer_schema=False, row_index_name="row", new_columns=list(file.header), glob=False)


def collect(file: OpenFile, *frames: pl.LazyFrame) -> list[pl.DataFrame]:
    """Return ``frames``, all made from scans of ``file``, in one pass over it.

    Raises UnfitFileError, with the line, where the file has a row with too many or too few cells, a blank line
    between rows, or a quote out of place.
    """
    try:
        tables = pl.collect_all(frames, engine="streaming")
        # Polars sees a row that is too long only when it reads all columns, and fills one that is too short with
        # nulls. In a pass of its own this takes half the memory.
        (nulls,) = pl.collect_all([_scan(file).select(pl.col(file.header).null_count())], engine="streaming")
    except pl.exceptions.ComputeError as error:
        _check_records(file)
        reason = str(error).partition("\n")[0]
        raise UnfitFileError(f"it cannot be read as CSV ({reason}). Save it again as CSV.", file=file.name) from error
    if nulls[file.header[-1]].item():
        _check_records(file)
    return tables


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
            raise UnfitFileError("the line is blank. Take it out.", file=file.name, line=blank)
        elif problem := _problem(record, len(file.header)):
            raise UnfitFileError(problem, file=file.name, line=line)


def _problem(record: bytes, width: int) -> str:
    """Return what is wrong with a record as a row of ``width`` cells, empty if nothing is."""
    quotes = record.count(b'"')
    if quotes % 2 or len(record) > LONGEST:
        return "a quote that opens in this row is never closed. Mend the row, or download the file again."
    if quotes or b"\r" in record:
        try:
            count = len(cells(record))
        except csv.Error:
            return (
                "a quote or a carriage return stands where none can. A cell that has one is written in quotes, "
                "and a quote in it is doubled. Mend the row."
            )
    else:
        count = record.count(b",") + 1
    if count == width:
        return ""
    return (
        f"the row has too {'few' if count < width else 'many'} cells, {count} where the header has {width}. "
        "Mend the row, or download the file again if it is cut short."
    )


def lines_of(file: OpenFile, rows: Collection[int], *, one_a_row: bool = False) -> dict[int, int]:
    """Return the line on which each of ``rows`` begins, counted from 1 with the header.

    This reads the file slowly up to the last of them, unless the caller knows that no cell holds a line break.
    """
    if not rows:
        return {}
    if one_a_row:
        first = next(islice(records(file.path), 1, None))[0]
        return {row: first + row for row in rows}
    wanted, last = set(rows), max(rows)
    lines = (line for line, _record in islice(records(file.path), 1, last + 2))
    return {row: line for row, line in enumerate(lines) if row in wanted}
