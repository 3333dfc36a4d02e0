"""Dates as far as they are known, for readers and as ISO 8601 writes them.

How a language writes a day, a month and a moment is in ``config/formats/``, from which the admin takes it too.
"""

from __future__ import annotations

import datetime
import functools
import re

from django.utils.formats import date_format
from django.utils.translation import get_language

FORMATS = {"day": "DATE_FORMAT", "month": "YEAR_MONTH_FORMAT", "year": "Y"}

ISO_LENGTHS = {"day": 10, "month": 7, "year": 4}
"""How many characters of a date in ISO 8601 are known, by its precision."""

ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def dated(date: datetime.date | None, precision: str = "day") -> str:
    """Return a date as far as it is known: a day, a month or a year; empty without a date."""
    return _dated(date, precision, get_language()) if date else ""


@functools.lru_cache(maxsize=4096)
def _dated(date: datetime.date, precision: str, _language: str | None) -> str:
    """Return a date in the active language; a page has dozens, and formatting one takes as long as a row."""
    return date_format(date, FORMATS[precision])


def moment(at: datetime.datetime) -> str:
    """Return a day and time in words: 24 February 2025, 14:05."""
    return date_format(at, "DATETIME_FORMAT")


@functools.lru_cache(maxsize=4096)
def iso(date: datetime.date, precision: str) -> str:
    """Return a date as ISO 8601 writes it, as far as it is known: ``2025-02-24``, ``2025-02`` or ``2025``."""
    return date.isoformat()[: ISO_LENGTHS[precision]]


def from_iso(text: str) -> tuple[datetime.date, str] | None:
    """Return the date that ``iso`` wrote with its precision, the rest of it its first month or day; None for others."""
    found = ISO.fullmatch(text)
    if not found:
        return None
    try:
        date = datetime.date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        return None
    return date, next(precision for precision, length in ISO_LENGTHS.items() if length == len(text))


def iso_dated(text: str) -> str:
    """Return what ``dated`` makes of a date in ISO 8601, and any other text as it is."""
    found = from_iso(text)
    return dated(*found) if found else text
