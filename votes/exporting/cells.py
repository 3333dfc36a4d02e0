"""Protection against formula injection: no cell of a CSV file is one that a spreadsheet would run as a formula.

A text that begins like a formula, after any apostrophes, gets one apostrophe in front. Reading takes one off again,
so every text comes back as it was. Numbers and dates never begin like that and are left alone.
"""

import re

STARTS_FORMULA = r"'*[=+@\t\r-]"
"""What a text begins with that is written with an apostrophe in front; the same to Python, PostgreSQL and Polars."""

_FORMULA = re.compile(STARTS_FORMULA)
_ESCAPED = re.compile(f"'{STARTS_FORMULA}")

# Nearly no text begins with one of these, so that the pattern is hardly ever tried.
_FIRST = ", ".join(str(ord(character)) for character in "'=+@\t\r-")


def safe(text: str) -> str:
    """Return ``text`` as it is written to a cell."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain(cell: str) -> str:
    """Return the text that ``safe`` wrote to a cell."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def safe_sql(expression: str) -> str:
    """Return the SQL that does what ``safe`` does to a text ``expression``, which it names several times."""
    pattern = STARTS_FORMULA.replace("'", "''")
    return (
        f"CASE WHEN ascii({expression}) IN ({_FIRST}) "
        f"THEN regexp_replace({expression}, '^({pattern})', '''\\1') ELSE {expression} END"
    )
