"""Folding of text for search: accents and case are taken off in Python, so that any PostgreSQL will do.

What is stored for searching and what a reader types go through the same function; the database only
splits and stems words.
"""

import unicodedata

# Letters that Unicode does not decompose into a base letter and an accent.
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "’": "'", "‘": "'"}
)
DASHES = str.maketrans({"–": " ", "—": " "})


def fold(text: str) -> str:
    """Return ``text`` without accents and case: ``Türkiye`` and ``TURKIYE`` both give ``turkiye``."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(UNDECOMPOSED)


def searchable(text: str) -> str:
    """Return ``text`` folded for a search by words, without dashes, which PostgreSQL would take for letters."""
    return fold(text).translate(DASHES)
