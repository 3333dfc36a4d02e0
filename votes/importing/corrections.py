"""``data/record/corrections.csv``: corrections of errors in sources, each with the document that proves it.

A correction changes what an edition states before it is compared with the record, so that a fault of a source that is
known comes in by no import. It applies only where the edition still has the old value.
"""

from __future__ import annotations

import csv
import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings

from resolutions.symbols import Symbol, parse_or_none
from votes.choices import Choice
from votes.importing.edition import UnfitFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from votes.importing.edition import Edition, StatedRollCall

SHIPPED = settings.BASE_DIR / "data" / "record" / "corrections.csv"

COLUMNS = ("source", "edition", "symbol", "fact", "old", "new", "reason", "document")
STATE = re.compile("[A-Z]{3}")
FACTS = ("date", "meeting", "title")
"""What can be corrected besides votes."""

LIBRARY_SAYS = re.compile(r"day from DHL meeting table, UNDL says (\d{4}-\d{2}-\d{2})")
"""A note in the library's voting file where its day had been replaced before the file reached us."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One corrected fact."""

    source: str
    edition: str
    """Which edition has it wrong."""
    symbol: Symbol
    """Of the text whose decisive vote it is about."""
    fact: str
    """A state's code for its vote, or one of ``FACTS``."""
    old: str
    new: str
    """Empty for a vote of a state that is not in the lists."""
    reason: str
    document: str


def load(path: Path = SHIPPED) -> list[Correction]:
    """Return the corrections of a file, none where there is no such file; raise UnfitFileError for a bad row."""
    if not path.exists():
        return []
    corrections: dict[tuple[str, str, str, str], Correction] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        if tuple(next(rows, ())) != COLUMNS:
            raise UnfitFileError(f"the columns should be {', '.join(COLUMNS)}.", file=path.name, line=1)
        for cells in rows:
            if len(cells) != len(COLUMNS):
                raise UnfitFileError(f"a row has {len(COLUMNS)} cells.", file=path.name, line=rows.line_num)
            row = _correction(cells, path.name, rows.line_num)
            key = (row.source, row.edition, row.symbol.key, row.fact)
            if key in corrections:
                raise UnfitFileError("another row corrects the same fact.", file=path.name, line=rows.line_num)
            corrections[key] = row
    return list(corrections.values())


def _correction(cells: Sequence[str], file: str, line: int) -> Correction:
    source, edition, written, fact, old, new, reason, document = cells

    def unfit(column: str, message: str) -> UnfitFileError:
        return UnfitFileError(message, file=file, line=line, column=column)

    symbol = parse_or_none(written)
    if symbol is None:
        raise unfit("symbol", f"“{written}” is not a United Nations symbol.")
    if not STATE.fullmatch(fact) and fact not in FACTS:
        raise unfit("fact", f"“{fact}” is neither a state's code nor one of {', '.join(FACTS)}.")
    if STATE.fullmatch(fact) and not {old, new} <= {"", *Choice.values}:
        raise unfit("new", "a vote is Y, N, A, X or, for a state that is not in the lists, empty.")
    if fact == "date":
        for column, value in (("old", old), ("new", new)):
            try:
                datetime.date.fromisoformat(value)
            except ValueError:
                raise unfit(column, f"“{value}” is not a date; dates look like 2022-03-02.") from None
    if old == new:
        raise unfit("new", "the new value is the same as the old value.")
    if not (reason and document):
        raise unfit("document", "a correction needs a reason and the document that proves it.")
    return Correction(source, edition, symbol, fact, old, new, reason, document)


@dataclass
class Corrector:
    """Applies corrections to editions, and knows which of them met their old value."""

    corrections: Sequence[Correction]
    applied: list[Correction] = field(default_factory=list)

    def apply(self, edition: Edition) -> None:
        """Correct what ``edition`` states, in place, wherever it has the old value."""
        sources = {edition.source} if edition.source else {stated.source for stated in edition.roll_calls}
        rows = [row for row in self.corrections if row.source in sources]
        stated_of = {(one.source, one.symbol_key): one for one in edition.roll_calls if one.decisive}
        votes = []
        for row in rows:
            stated = stated_of.get((row.source, row.symbol.key))
            if stated is None:
                continue
            if STATE.fullmatch(row.fact):
                votes.append((stated.ref, row))
            elif _correct(stated, row):
                self.applied.append(row)
        if votes:
            edition.votes, applied = _corrected(edition.votes, votes)
            self.applied += applied

    @property
    def missed(self) -> list[Correction]:
        """Return the corrections whose old value no edition had."""
        return [row for row in self.corrections if row not in self.applied]


def _correct(stated: StatedRollCall, row: Correction) -> bool:
    """Correct a fact of a roll call; return whether it had the old value."""
    if row.fact == "date":
        said = LIBRARY_SAYS.fullmatch(stated.note)
        if row.old not in (stated.date.isoformat(), said[1] if said else ""):
            return False
        stated.date = datetime.date.fromisoformat(row.new)
        stated.note = "" if said else stated.note
        return True
    if getattr(stated, row.fact) != row.old:
        return False
    setattr(stated, row.fact, row.new)
    return True


def _corrected(votes: pl.DataFrame, rows: Iterable[tuple[int, Correction]]) -> tuple[pl.DataFrame, list[Correction]]:
    """Return the votes with each state's choice corrected where it is the old one, and the corrections that were."""
    refs = [ref for ref, _row in rows]
    there = votes.filter(pl.col("ref").is_in(refs)).with_columns(pl.col("state", "choice").cast(pl.String))
    cast = {(ref, state): choice for ref, state, choice in there.select("ref", "state", "choice").iter_rows()}
    applied = []
    for ref, row in rows:
        if cast.get((ref, row.fact), "") == row.old:
            applied.append(row)
            cast.pop((ref, row.fact), None)
            if row.new:
                cast[ref, row.fact] = row.new
    changed = pl.DataFrame(
        [(ref, state, choice) for (ref, state), choice in cast.items()],
        schema={"ref": pl.UInt32, "state": pl.String, "choice": pl.String},
        orient="row",
    ).cast({name: votes.schema[name] for name in ("ref", "state", "choice")})
    others = votes.filter(~pl.col("ref").is_in(refs)).select("ref", "state", "choice")
    return pl.concat([others, changed]), applied
