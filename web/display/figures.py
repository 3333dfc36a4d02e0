"""Number formatting in the active language: counts, shares, percentage points."""

from __future__ import annotations

from functools import lru_cache

from django.template.defaultfilters import floatformat
from django.utils.formats import get_format
from django.utils.translation import get_language

from resolutions.figures import grouped

NOT_SHOWN = "–"
MINUS = "\N{MINUS SIGN}"


def number(value: int) -> str:
    """Return a whole number with its thousands apart as the active language has it: 6 321."""
    return grouped(value)


class Figures:
    """A number formatter for the active language; create one per table."""

    def __init__(self) -> None:
        self.separator = str(get_format("DECIMAL_SEPARATOR"))

    def decimal(self, value: float | None, digits: int) -> str:
        """Return a number with fixed decimals, or a dash for None."""
        return NOT_SHOWN if value is None else f"{value:.{digits}f}".replace(".", self.separator)

    def share(self, share: float | None, digits: int = 1) -> str:
        """Return a share in per cent, or a dash for None."""
        return NOT_SHOWN if share is None else f"{100 * share:.{digits}f}%".replace(".", self.separator)

    def points(self, change: float | None) -> str:
        """Return a change in percentage points with its sign, or a dash for None."""
        if change is None:
            return NOT_SHOWN
        size = round(100 * change, 1)
        sign = "+" if size > 0 else MINUS if size < 0 else "±"
        return f"{sign}{abs(size):.1f}".replace(".", self.separator)


def decimal(value: float | None, digits: int) -> str:
    """Return a number with fixed decimals, or a dash for None."""
    return Figures().decimal(value, digits)


def rounded(value: float | None, digits: int) -> str:
    """Return a number with fixed decimals, rounding half away from zero; empty for None."""
    return _rounded(value, digits, get_language())


@lru_cache(maxsize=4096)
def _rounded(value: float | None, digits: int, _language: str | None) -> str:
    """Format in the active language; cached, since formatting is slow and values recur."""
    return str(floatformat(value, digits))


def share_of(share: float | None, digits: int = 1) -> str:
    """Return a share in per cent, or a dash for None."""
    return Figures().share(share, digits)


def points(change: float | None) -> str:
    """Return a change in percentage points with its sign, or a dash for None."""
    return Figures().points(change)
