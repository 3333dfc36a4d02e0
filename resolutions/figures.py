"""Figures in the active language, as pages and the admin write them."""

from __future__ import annotations

from django.utils.formats import number_format


def grouped(value: int) -> str:
    """Return a whole number with its thousands apart, as ``config/formats/`` has it: 589 839."""
    # Lists have hundreds of small ones, which nothing divides.
    return str(value) if 0 <= value < 1000 else str(number_format(value, use_l10n=True, force_grouping=True))
