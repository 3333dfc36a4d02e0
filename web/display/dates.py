"""Dates as far as they are known, for readers and as ISO 8601 writes them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language

from votes.models.intervals import DatePrecision

if TYPE_CHECKING:
    import datetime

FORMATS = {DatePrecision.DAY: "j F Y", DatePrecision.MONTH: "F Y", DatePrecision.YEAR: "Y"}

ISO_LENGTHS = {DatePrecision.DAY: 10, DatePrecision.MONTH: 7, DatePrecision.YEAR: 4}
"""How many characters of a date in ISO 8601 are known, by its precision."""


def dated(date: datetime.date | None, precision: str = DatePrecision.DAY) -> str:
    """Return a date as far as it is known: a day, a month or a year."""
    return _dated(date, precision, get_language()) if date else ""


@functools.lru_cache(maxsize=4096)
def _dated(date: datetime.date, precision: str, _language: str | None) -> str:
    """Return a date in the active language; a page has dozens, and formatting one takes as long as a row."""
    return date_format(date, FORMATS[DatePrecision(precision)])


def moment(at: datetime.datetime) -> str:
    """Return a day and time in words: 24 February 2025, 14:05."""
    return date_format(at, "j F Y, H:i")


@functools.lru_cache(maxsize=4096)
def iso(date: datetime.date, precision: str) -> str:
    """Return a date as ISO 8601 writes it, as far as it is known: ``2025-02-24``, ``2025-02`` or ``2025``."""
    return date.isoformat()[: ISO_LENGTHS[DatePrecision(precision)]]
