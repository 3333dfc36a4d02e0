"""Reading the project's own tables about Voeten's roll calls: CSV files with one row an rcid, in its order."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from votes.importing.edition import UnfitFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of such a table."""

    rcid: int
    cells: Mapping[str, str]
    file: str
    line: int

    def unfit(self, column: str, message: str) -> UnfitFileError:
        return UnfitFileError(f"“{self.cells[column]}” {message}", file=self.file, line=self.line, column=column)


def read_table(path: Path, columns: Sequence[str]) -> Iterator[TableRow]:
    """Yield the rows of a table with ``columns``, the first of them ``rcid``.

    Raises UnfitFileError, with line and column, where the columns are others, a row has too many or too few cells, or
    its rcid is no number or does not come after the one before.
    """
    last = 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != tuple(columns):
            raise UnfitFileError(f"the columns should be {', '.join(columns)}.", file=path.name, line=1)
        for cells in rows:
            line = rows.line_num
            if len(cells) != len(columns):
                raise UnfitFileError(f"a row has {len(columns)} cells.", file=path.name, line=line)
            number = cells[0]
            if not (number.isascii() and number.isdigit()):
                raise UnfitFileError(f"“{number}” is not a number.", file=path.name, line=line, column="rcid")
            if int(number) <= last:
                message = f"rcid {number} comes after {last}; sort the rows by rcid, and list each once."
                raise UnfitFileError(message, file=path.name, line=line, column="rcid")
            last = int(number)
            yield TableRow(last, dict(zip(columns, cells, strict=True)), path.name, line)
