"""How figures are written in the active language: shares, changes of shares, and other numbers."""

from __future__ import annotations

from django.utils.formats import get_format, number_format

NOT_SHOWN = "–"
MINUS = "\N{MINUS SIGN}"


def number(value: int) -> str:
    """Return a whole number with its thousands divided as the active language has it: 6,321."""
    # Lists have hundreds of small ones, which nothing divides.
    return str(value) if 0 <= value < 1000 else str(number_format(value, use_l10n=True, force_grouping=True))


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


def share_of(share: float | None, digits: int = 1) -> str:
    """Return a share in per cent; a dash where it is not shown."""
    return Figures().share(share, digits)


def points(change: float | None) -> str:
    """Return a change of a share in percentage points, with its sign; a dash where it is not shown."""
    return Figures().points(change)
