"""What Voeten's symbols mean where they are not the United Nations': a curated table, each row with its evidence."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from resolutions.symbols import parse
from votes.importing.edition import UnfitFileError
from votes.models.roll_calls import RollCallKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resolutions.symbols import Symbol

PATH = settings.BASE_DIR / "data" / "voeten_aliases.csv"
COLUMNS = ("rcid", "unres", "symbol", "kind", "why")
KINDS = ("", RollCallKind.MOTION)


@dataclass(frozen=True, slots=True)
class Alias:
    """What one of Voeten's roll calls was on."""

    rcid: int
    unres: str
    """The symbol as Voeten writes it; where a file has another, the alias is not meant."""
    symbol: Symbol | None
    """The United Nations' symbol, None where Voeten's is a name of his own."""
    kind: str
    """``motion`` for what Voeten lists like a vote on a whole text, else empty: as the flags say."""
    why: str
    """The evidence."""


def load(path: Path = PATH) -> Mapping[int, Alias]:
    """Return the aliases by rcid; raise UnfitFileError, with its line and column, for a row that is not in order."""
    aliases: dict[int, Alias] = {}
    last = 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != COLUMNS:
            raise UnfitFileError(f"the columns should be {', '.join(COLUMNS)}.", file=path.name, line=1)
        for cells in rows:
            if len(cells) != len(COLUMNS):
                raise UnfitFileError(f"a row has {len(COLUMNS)} cells.", file=path.name, line=rows.line_num)
            alias = _alias(dict(zip(COLUMNS, cells, strict=True)), path.name, rows.line_num)
            if alias.rcid <= last:
                message = f"rcid {alias.rcid} comes after {last}; sort the rows by rcid, and give each once."
                raise UnfitFileError(message, file=path.name, line=rows.line_num, column="rcid")
            last = alias.rcid
            aliases[alias.rcid] = alias
    return aliases


def _alias(row: Mapping[str, str], file: str, line: int) -> Alias:
    """Return the alias of a row; raise UnfitFileError for a cell that cannot be read."""

    def unfit(column: str, message: str) -> UnfitFileError:
        return UnfitFileError(f"“{row[column]}” {message}", file=file, line=line, column=column)

    if not (row["rcid"].isascii() and row["rcid"].isdigit()):
        raise unfit("rcid", "is no number.")
    if row["kind"] not in KINDS:
        raise unfit("kind", "is neither empty nor “motion”.")
    if not row["why"].strip():
        raise unfit("why", "is no evidence; say how the symbol is known.")
    try:
        symbol = parse(row["symbol"]) if row["symbol"] else None
    except ValueError:
        raise unfit("symbol", "is no symbol of the United Nations.") from None
    return Alias(int(row["rcid"]), row["unres"], symbol, row["kind"], row["why"])
