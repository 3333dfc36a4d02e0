"""How figures are written in the active language: shares, changes of shares, and other numbers."""

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
    """Figures as a table of the active language writes them; to be made once a table."""

    def __init__(self) -> None:
        self.separator = str(get_format("DECIMAL_SEPARATOR"))

    def decimal(self, value: float | None, digits: int) -> str:
        """Return a number with that many digits; a dash where it is not shown."""
        return NOT_SHOWN if value is None else f"{value:.{digits}f}".replace(".", self.separator)

    def share(self, share: float | None, digits: int = 1) -> str:
        """Return a share in per cent; a dash where it is not shown."""
        return NOT_SHOWN if share is None else f"{100 * share:.{digits}f}%".replace(".", self.separator)

    def points(self, change: float | None) -> str:
        """Return a change of a share in percentage points, with its sign; a dash where it is not shown."""
        if change is None:
            return NOT_SHOWN
        size = round(100 * change, 1)
        sign = "+" if size > 0 else MINUS if size < 0 else "±"
        return f"{sign}{abs(size):.1f}".replace(".", self.separator)


def decimal(value: float | None, digits: int) -> str:
    """Return a number with that many digits; a dash where it is not shown."""
    return Figures().decimal(value, digits)


def rounded(value: float | None, digits: int) -> str:
    """Return a number with that many digits, halves of the last one away from nought; empty where there is none."""
    return _rounded(value, digits, get_language())


@lru_cache(maxsize=4096)
def _rounded(value: float | None, digits: int, _language: str | None) -> str:
    """Return the same in the active language; there are few different ones, and each is slow to write."""
    return str(floatformat(value, digits))


def share_of(share: float | None, digits: int = 1) -> str:
    """Return a share in per cent; a dash where it is not shown."""
    return Figures().share(share, digits)


def points(change: float | None) -> str:
    """Return a change of a share in percentage points, with its sign; a dash where it is not shown."""
    return Figures().points(change)
