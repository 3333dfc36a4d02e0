"""The rows of an export as roll calls, texts and votes of an edition."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from resolutions.models import ResolutionKind
from resolutions.symbols import Symbol, parse_or_none
from votes.choices import Choice
from votes.exporting.cells import plain
from votes.importing.edition import RowProblem, StatedRollCall, StatedText, UnfitFileError
from votes.importing.tables import collect, lines_of, scan
from votes.models.intervals import DatePrecision
from votes.models.roll_calls import RollCallKind, RollCallMethod
from votes.rules import Requirement, Result
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from votes.importing.edition import Known
    from votes.importing.files import OpenFile

CODED = {
    "date_precision": DatePrecision.values,
    "kind": RollCallKind.values,
    "method": RollCallMethod.values,
    "requirement": Requirement.values,
    "result": Result.values,
}
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
SAME_EXPORT = "Use all files of one export, unchanged."


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, its cells by column as they were before the export made them safe for spreadsheets."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def unfit(self, column: str, message: str) -> UnfitFileError:
        return UnfitFileError(message, file=self.file, line=self.line, column=column)

    def among(self, column: str, values: Collection[str]) -> str:
        """Return a cell that has one of ``values``; raise UnfitFileError for any other."""
        if self[column] not in values:
            raise self.unfit(column, f"“{self[column]}” is not one of {', '.join(sorted(values))}. {SAME_EXPORT}")
        return self[column]

    def on_record(self, column: str, values: Collection[str]) -> None:
        """Raise UnfitFileError for a cell that is none of ``values``, the names on record."""
        if self[column] not in values:
            raise self.unfit(column, f"“{self[column]}” is neither in the record nor in these files. {SAME_EXPORT}")


def rows_of(file: OpenFile) -> list[Row]:
    """Return the rows of a table that fits into memory, which all but the votes do."""
    (frame,) = collect(file, scan(file))
    lines = lines_of(file, range(frame.height))
    numbers = frame.drop_in_place("row").to_list()
    return [
        Row(file.name, lines[number], {column: plain(cell or "") for column, cell in cells.items()})
        for number, cells in zip(numbers, frame.iter_rows(named=True), strict=True)
    ]


def text_of(row: Row) -> StatedText:
    """Return the text of a row of ``resolutions``."""
    return StatedText(
        symbol=symbol_of(row["symbol"]),
        kind=row.among("kind", ResolutionKind.values),
        title=row["title"],
        agenda=row["agenda"],
        topics=tuple(row["topics"].split()),
        subjects=tuple(filter(None, row.cells.get("subjects", "").split("|"))),
        drafts=tuple(filter(None, row["draft_symbols"].split("|"))),
        variants=tuple(filter(None, row["other_symbols"].split("|"))),
        session=row["session"],
    )


def symbol_of(text: str) -> Symbol:
    """Return a symbol; one that no rule can read stands as the record keeps it."""
    tidy = " ".join(text.split())
    return parse_or_none(text) or Symbol(tidy, tidy.upper(), f"~{tidy.upper()}")


@dataclass
class Reader:
    """Reads the tables of one export; what is wrong with rows gathers in ``problems``."""

    known: Known
    bodies: Collection[str]
    sources: Collection[str]
    roll_calls: list[StatedRollCall] = field(default_factory=list)
    refs: dict[str, int] = field(default_factory=dict)
    """The refs of the roll calls by their permanent names."""
    problems: list[RowProblem] = field(default_factory=list)

    def texts(self, rows: Sequence[Row]) -> list[tuple[str, str | None, StatedText]]:
        """Return the texts with their bodies and sessions; topics and sessions that are not on record are left out."""
        texts = []
        keys: set[str] = set()
        for row in rows:
            text = text_of(row)
            if text.symbol.key in keys:
                raise row.unfit("symbol", f"“{row['symbol']}” is already in an earlier row. {SAME_EXPORT}")
            keys.add(text.symbol.key)
            body, session = row.among("body", self.bodies), self._session(row)
            texts.append((body, session, replace(text, topics=self._topics(row, text.topics))))
        return texts

    def read_roll_calls(self, rows: Sequence[Row], texts: Mapping[str, StatedText]) -> None:
        """Take the roll calls of the rows, each on none or one of ``texts``, which go by the keys of their symbols."""
        for row in rows:
            slug = row["slug"]
            if not SLUG.fullmatch(slug):
                raise row.unfit("slug", f"“{slug}” is not a valid permanent name. {SAME_EXPORT}")
            if slug in self.refs:
                raise row.unfit("slug", f"“{slug}” is already in an earlier row. {SAME_EXPORT}")
            key = symbol_of(row["symbol"]).key
            if key and key not in texts:
                raise row.unfit("symbol", f"“{row['symbol']}” is missing from the table of resolutions. {SAME_EXPORT}")
            self.refs[slug] = len(self.roll_calls)
            self.roll_calls.append(self._roll_call(row, texts.get(key)))

    def _roll_call(self, row: Row, text: StatedText | None) -> StatedRollCall:
        ref = self.refs[row["slug"]]
        coded: dict[str, Any] = {column: row.among(column, values) for column, values in CODED.items()}
        return StatedRollCall(
            ref=ref,
            line=row.line,
            source=row.among("source", self.sources),
            reference=row["source_reference"],
            body=row.among("body", self.bodies),
            session=self._session(row, ref),
            date=date_of(row),
            text=text,
            symbol_key=text.symbol.key if text else "",
            decisive=row.among("decisive", ("yes", "no")) == "yes",
            title=row["title"],
            meeting=row["meeting"],
            ordinal=number_of(row, "ordinal"),
            announced=tuple(number_of(row, column) for column in ANNOUNCED),  # type: ignore[arg-type]  # there are four
            note=row["note"],
            difference_reason=row.cells.get("difference_reason", ""),
            absences_derived=row.cells.get("absences", "") == "derived",
            not_legible=tuple(row.cells.get("not_legible", "").split()),
            slug=row["slug"],
            **coded,
        )

    def _session(self, row: Row, ref: int | None = None) -> str | None:
        session = row["session"]
        if session and (row["body"], session) not in self.known.sessions:
            self._unreadable(row, "session", session, "unknown-session", ref)
            return None
        return session or None

    def _topics(self, row: Row, topics: Collection[str]) -> tuple[str, ...]:
        """Return those of a text's topics that the record has."""
        for topic in sorted({*topics} - self.known.topics):
            self._unreadable(row, "topics", topic, "unknown-topic")
        return tuple(sorted({*topics} & self.known.topics))

    def _unreadable(self, row: Row, column: str, value: str, problem: str, ref: int | None = None) -> None:
        reference = row["symbol"] if ref is None else row["slug"]
        self.problems.append(
            RowProblem("unreadable", row.file, row.line, column, value, problem, ref=ref, reference=reference)
        )

    def votes_of(self, file: OpenFile) -> tuple[pl.DataFrame, int]:
        """Return the votes as an edition has them, and how many rows the file has.

        Rows that cannot be taken are left out and become problems, one for each value that is wrong.
        """
        refs = pl.LazyFrame(
            {"roll_call": list(self.refs), "ref": list(self.refs.values())},
            schema={"roll_call": pl.String, "ref": pl.UInt32},
        )
        cells = scan(file).select("row", *(pl.col(column).fill_null("") for column in ("roll_call", "state", "choice")))
        (votes,) = collect(file, cells.join(refs, on="roll_call", how="left"))
        count = votes.height
        votes = self._without(file, votes, pl.col("ref").is_null(), "roll_call", ("unmatched", "unknown-roll-call"))
        votes = self._without(
            file, votes, ~pl.col("state").is_in(list(self.known.states)), "state", ("unknown-code", "unknown-code")
        )
        votes = self._without(
            file, votes, ~pl.col("choice").is_in(Choice.values), "choice", ("unreadable", "unknown-choice")
        )
        return self._once(file, votes).sort("row").select("ref", "state", "choice"), count

    def _without(
        self, file: OpenFile, votes: pl.DataFrame, wrong: pl.Expr, column: str, problem: tuple[str, str]
    ) -> pl.DataFrame:
        """Return the votes for which ``wrong`` does not hold; the others become problems by their ``column``."""
        bad = votes.filter(wrong).group_by(column).agg(pl.col("row").min(), pl.len().alias("rows")).sort("row")
        if bad.is_empty():
            return votes
        lines = lines_of(file, bad["row"].to_list())
        names = self._names(file, bad["state"].to_list()) if column == "state" else {}
        for value, row, rows in bad.select(column, "row", "rows").iter_rows():
            details = {"name": names.get(value, "")} if column == "state" else {}
            self.problems.append(
                RowProblem(
                    *(problem[0], file.name, lines[row], column, value, problem[1], rows),
                    rejected=rows,
                    reference=value,
                    details=details,
                )
            )
        return votes.filter(~wrong)

    def _names(self, file: OpenFile, codes: Sequence[str]) -> dict[str, str]:
        named = scan(file).filter(pl.col("state").fill_null("").is_in(codes))
        (frame,) = collect(file, named.group_by(pl.col("state").fill_null("")).agg(pl.col("state_name").first()))
        return {code: plain(name or "") for code, name in frame.iter_rows()}

    def _once(self, file: OpenFile, votes: pl.DataFrame) -> pl.DataFrame:
        """Return the votes with one row a roll call and state; where two rows disagree, both are left out."""
        each = votes.group_by("ref", "state").agg(
            pl.col("row").min(), pl.col("choice").unique().sort(), pl.len().alias("rows")
        )
        twice = each.filter(pl.col("choice").list.len() > 1).sort("row")
        lines = lines_of(file, twice["row"].to_list())
        for ref, state, row, choices, rows in twice.iter_rows():
            stated = self.roll_calls[ref]
            self.problems.append(
                RowProblem(
                    *("conflict", file.name, lines[row], "choice", ", ".join(choices), "vote-twice", rows),
                    rejected=rows,
                    ref=ref,
                    reference=stated.slug,
                    details={"state": state, "choices": ", ".join(choices)},
                )
            )
        return each.filter(pl.col("choice").list.len() == 1).with_columns(pl.col("choice").list.first())


def date_of(row: Row) -> datetime.date:
    """Return the date of a row; raise UnfitFileError where it is none."""
    try:
        return datetime.date.fromisoformat(row["date"])
    except ValueError:
        raise row.unfit("date", f"“{row['date']}” is not a date such as 2022-03-02. {SAME_EXPORT}") from None


def number_of(row: Row, column: str) -> int | None:
    """Return the number in a cell, None where it is empty; raise UnfitFileError for anything else."""
    cell = row[column]
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit()):
        raise row.unfit(column, f"“{cell}” is not a number. {SAME_EXPORT}")
    return int(cell)
