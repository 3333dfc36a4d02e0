"""Table of exact days of Voeten's roll calls before session 58, from other records."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from votes.importing.voeten.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from votes.importing.voeten.tables import TableRow

PATH = settings.BASE_DIR / "data" / "voeten_exact_days.csv"
COLUMNS = ("rcid", "voeten_date", "day", "how")
HOW = ("symbol", "votes", "part")
"""Whose day it is: that of the text his symbol names, of the text with the same votes, of the text it is a part of."""


@dataclass(frozen=True, slots=True)
class ExactDay:
    """The day of one of Voeten's roll calls."""

    voeten_date: datetime.date
    """The date as Voeten has it; where a file has another, the day is not meant."""
    day: datetime.date


def load(path: Path = PATH) -> Mapping[int, ExactDay]:
    """Return the days by rcid; raise UnfitFileError, with its line and column, for a row that is not in order."""
    return {row.rcid: _exact_day(row) for row in read_table(path, COLUMNS)}


def _exact_day(row: TableRow) -> ExactDay:
    """Return the day of a row; raise UnfitFileError for a cell that cannot be read."""
    voeten_date, day = _date(row, "voeten_date"), _date(row, "day")
    if (day.year, day.month) != (voeten_date.year, voeten_date.month):
        raise row.unfit("day", f"is not in the same month as Voeten’s {voeten_date}, so neither date is certain.")
    if row.cells["how"] not in HOW:
        raise row.unfit("how", f"is not one of {', '.join(HOW)}.")
    return ExactDay(voeten_date, day)


def _date(row: TableRow, column: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(row.cells[column])
    except ValueError:
        raise row.unfit(column, "is not a date such as 1946-12-14.") from None
