"""Curated table of the UN symbols behind Voeten's own symbols, each row with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from resolutions.symbols import parse
from votes.importing.voeten.tables import read_table
from votes.models.roll_calls import RollCallKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resolutions.symbols import Symbol
    from votes.importing.voeten.tables import TableRow

PATH = settings.BASE_DIR / "data" / "voeten_aliases.csv"
COLUMNS = ("rcid", "unres", "symbol", "kind", "why")


@dataclass(frozen=True, slots=True)
class Alias:
    """What one of Voeten's roll calls was on."""

    rcid: int
    unres: str
    """The symbol as Voeten writes it; where a file has another, the alias is not meant."""
    symbol: Symbol | None
    """The United Nations' symbol, None where Voeten's is a name of his own."""
    kind: str
    """What was put to the vote, where his flags say otherwise; empty: as they say."""
    why: str
    """The evidence."""


def load(path: Path = PATH) -> Mapping[int, Alias]:
    """Return the aliases by rcid; raise UnfitFileError, with its line and column, for a row that is not in order."""
    return {row.rcid: _alias(row) for row in read_table(path, COLUMNS)}


def _alias(row: TableRow) -> Alias:
    """Return the alias of a row; raise UnfitFileError for a cell that cannot be read."""
    cells = row.cells
    if cells["kind"] and cells["kind"] not in RollCallKind:
        raise row.unfit("kind", f"must be empty or one of {', '.join(RollCallKind.values)}.")
    if not cells["why"].strip():
        raise row.unfit("why", "is not evidence; say how the symbol is known.")
    try:
        symbol = parse(cells["symbol"]) if cells["symbol"] else None
    except ValueError:
        raise row.unfit("symbol", "is not a United Nations symbol.") from None
    return Alias(row.rcid, cells["unres"], symbol, cells["kind"], cells["why"])
