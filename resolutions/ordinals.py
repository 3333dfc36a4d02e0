"""Ordinal numbers in English words and figures, as names of sessions and meetings have them."""

from __future__ import annotations

UNITS = (
    *("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
)
TENS = ("", "", "twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet")


def in_words(number: int) -> str:
    """Return ``seventy-ninth`` for 79; of numbers from 100 on ``100th``."""
    if number >= 100:
        return in_figures(number)
    tens, units = divmod(number, 10)
    if number < 20:
        return UNITS[number]
    return f"{TENS[tens]}y-{UNITS[units]}" if units else f"{TENS[tens]}ieth"


def in_figures(number: int) -> str:
    """Return ``41st`` for 41."""
    is_teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def session_name(number: int, *, is_special: bool = False) -> str:
    """Return the name of a session: ``Seventy-ninth session``, ``Fourth special session``."""
    words = in_words(number)
    return f"{words[:1].upper()}{words[1:]} {'special session' if is_special else 'session'}"
