"""From the columns of a UN Digital Library file to facts, and from what they say to an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from votes.importing.digital_library.cells import tidy
from votes.importing.digital_library.roll_calls import SOURCE, Facts
from votes.importing.edition import Edition, FileFacts
from votes.importing.tables import counts, lines_of, scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votes.importing.digital_library.roll_calls import Layout, Reading
    from votes.importing.edition import StatedRollCall
    from votes.importing.files import OpenFile

NO_VOTES = pl.DataFrame(schema={"ref": pl.UInt32, "state": pl.Categorical, "choice": pl.Categorical})


def stated(file: OpenFile, layout: Layout, columns: Mapping[str, str]) -> pl.LazyFrame:
    """Return what the rows of a file say of their vote: the columns of ``Layout.facts`` that the file has.

    Rows that say the same are one, with the first of them as ``row``, their number as ``count``, and ``counts``.
    """
    said = [pl.col(columns[name]).alias(name) for name in layout.facts if name in columns]
    return scan(file).group_by(said).agg(pl.col("row").min(), pl.len().alias("count"), *counts(file)).sort("row")


def facts_of(table: pl.DataFrame) -> list[Facts]:
    """Return the rows of ``stated`` with tidy cells, in the same order."""
    return [
        Facts(row.pop("row"), row.pop("count"), {column: tidy(cell) for column, cell in row.items()})
        for row in table.iter_rows(named=True)
    ]


def edition(
    file: OpenFile,
    reading: Reading,
    roll_calls: Sequence[StatedRollCall],
    votes: pl.DataFrame,
    *,
    rows: int,
) -> Edition:
    """Return the edition, with rows of the file, which has ``rows``, turned into lines."""
    wanted = reading.problems.rows | {roll_call.line for roll_call in roll_calls}
    lines = lines_of(file, wanted, of=rows)
    refs = {}
    for roll_call in roll_calls:
        roll_call.line = lines[roll_call.line]
        if roll_call.text:
            refs[roll_call.text.symbol.text] = roll_call.ref
    if reading.without_headings:
        texts = reading.without_headings
        reading.notes.append(
            f"Texts with broad categories instead of subject headings: {texts}. The categories were ignored."
        )
    return Edition(
        format=reading.layout.format,
        source=SOURCE,
        files=[FileFacts(file.name, file.sha256, rows)],
        roll_calls=list(roll_calls),
        votes=votes,
        problems=reading.problems.finish(lines, refs),
        notes=reading.notes,
    )
