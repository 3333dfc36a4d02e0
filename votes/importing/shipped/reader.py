"""Reading ``data/record/`` into an edition."""

from __future__ import annotations

import csv
import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from resolutions.symbols import parse_or_none
from resolutions.topics import topics_of
from votes.importing.edition import Edition, FileFacts, StatedRollCall, StatedText, UnfitFileError, text_kind
from votes.importing.shipped import layout
from votes.models.imports import Format
from votes.models.intervals import DatePrecision
from votes.models.roll_calls import RollCallKind, RollCallMethod
from votes.rules import Requirement, Result
from votes.totals import FIGURES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from votes.importing.edition import Known

CODED: Mapping[str, Collection[str]] = {
    "precision": ("", *DatePrecision.values),
    "kind": RollCallKind.values,
    "method": RollCallMethod.values,
    "result": ("", *Result.values),
    "requirement": ("", *Requirement.values),
    "absences": ("", "derived"),
}


def read(folder: Path, known: Known) -> Edition:
    """Return the edition that ``folder`` holds; raise UnfitFileError, with file, line and column, for a bad cell."""
    rows: list[_Row] = []
    files = []
    votes = []
    for path in layout.record_files(folder):
        votes.append(_votes(path, first=len(rows)))
        of_file = list(_rows(path, first=len(rows)))
        rows += of_file
        files.append(FileFacts(path.name, "", len(of_file)))
    if not rows:
        message = "the folder has no file of roll calls. Create the files with manage.py build_record."
        raise UnfitFileError(message, file=str(folder))
    roles = layout.roles((row["kind"], row.symbol.key if row.symbol else "") for row in rows)
    roll_calls = [_roll_call(row, role, known) for row, role in zip(rows, roles, strict=True)]
    return Edition(
        format=Format.RECORD,
        source="",
        files=files,
        roll_calls=roll_calls,
        votes=_checked(pl.concat(votes), roll_calls, known),
    )


class _Row:
    """A row of a file, with its place for messages."""

    def __init__(self, path: Path, line: int, ref: int, cells: Mapping[str, str]) -> None:
        self.path, self.line, self.ref, self.cells = path, line, ref, cells
        self.symbol = parse_or_none(cells["symbol"]) if cells["symbol"] else None
        if cells["symbol"] and self.symbol is None:
            raise self.unfit("symbol", "is not a United Nations symbol.")

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def unfit(self, column: str, message: str) -> UnfitFileError:
        return UnfitFileError(f"“{self[column]}” {message}", file=self.path.name, line=self.line, column=column)


def _rows(path: Path, *, first: int) -> Iterator[_Row]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        if tuple(next(reader, ())) != layout.COLUMNS:
            raise UnfitFileError(f"the columns should be {', '.join(layout.COLUMNS)}.", file=path.name, line=1)
        for place, cells in enumerate(reader):
            if len(cells) != len(layout.COLUMNS):
                message = f"the row has {len(cells)} cells where the header has {len(layout.COLUMNS)}."
                raise UnfitFileError(message, file=path.name, line=reader.line_num)
            row = dict(zip(layout.COLUMNS, cells, strict=True))
            yield _Row(path, reader.line_num, first + place, row)


def _roll_call(row: _Row, role: layout.Role, known: Known) -> StatedRollCall:
    for column, values in CODED.items():
        if row[column] not in values:
            raise row.unfit(column, f"is not one of: {', '.join(filter(None, values))}.")
    try:
        date = datetime.date.fromisoformat(row["date"])
    except ValueError:
        raise row.unfit("date", "is not a date; dates look like 2022-03-02.") from None
    if row["session"] and (row["body"], row["session"]) not in known.sessions:
        raise row.unfit("session", f"is not a session of the body {row['body']} in data/sessions.csv.")
    subjects = _parts(row["subjects"])
    text = None
    if role.states_text and row.symbol:
        text = StatedText(
            symbol=row.symbol,
            kind=text_kind(row.symbol),
            title=row["title"],
            agenda=row["agenda"],
            topics=_topics(row, subjects, known),
            subjects=subjects,
            drafts=_parts(row["drafts"]),
        )
    totals: Any = tuple(_number(row, column) for column in FIGURES)
    return StatedRollCall(
        ref=row.ref,
        line=row.line,
        source=row["source"],
        reference=layout.reference_of(row["source"], row["reference"]),
        body=row["body"],
        session=row["session"] or None,
        date=date,
        date_precision=row["precision"] or DatePrecision.DAY.value,
        text=text,
        symbol_key=row.symbol.key if row.symbol else "",
        decisive=role.is_decisive,
        title="" if text else row["title"],
        meeting=row["meeting"],
        ordinal=_number(row, "ordinal"),
        kind=row["kind"],
        method=row["method"],
        requirement=row["requirement"] or Requirement.NOT_STATED.value,
        result=row["result"] or Result.NOT_STATED.value,
        announced=totals,
        note=row["note"],
        absences_derived=row["absences"] == "derived",
        not_legible=tuple(row["not_legible"].split()),
        suggested_slug=row["slug"],
    )


def _topics(row: _Row, subjects: tuple[str, ...], known: Known) -> tuple[str, ...]:
    """Return the topics of a row's text; one that an editor deleted stays deleted."""
    topics = topics_of(subjects=subjects, agenda=row["agenda"], title=row["title"])
    return tuple(topic for topic in topics if topic in known.topics)


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(layout.SEPARATOR)))


def _number(row: _Row, column: str) -> int | None:
    if not row[column]:
        return None
    if not (row[column].isascii() and row[column].isdigit()):
        raise row.unfit(column, "is not a number.")
    return int(row[column])


def _votes(path: Path, *, first: int) -> pl.DataFrame:
    lists = pl.scan_csv(path, infer_schema=False, row_index_name="ref", row_index_offset=first)
    return pl.concat(
        [
            lists.select("ref", pl.col(column).str.split(" ").alias("state"), pl.lit(choice).alias("choice"))
            .explode("state")
            .drop_nulls("state")
            .collect()
            for column, choice in layout.LISTS.items()
        ]
    )


def _checked(votes: pl.DataFrame, roll_calls: list[StatedRollCall], known: Known) -> pl.DataFrame:
    """Return the votes; raise UnfitFileError for a code that is no state's, or a state that is listed twice."""
    strange = votes.filter(~pl.col("state").is_in(list(known.states)))
    twice = votes.filter(pl.struct("ref", "state").is_duplicated()) if strange.is_empty() else strange
    if not twice.is_empty():
        ref, state, _choice = twice.row(0)
        problem = "is not the code of a member state" if len(strange) else "is in two of the row's lists"
        stated = roll_calls[ref]
        file = layout.file_name(stated.body, stated.date)
        raise UnfitFileError(f"“{state}” {problem}.", file=file, line=stated.line)
    return votes
