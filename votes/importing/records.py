"""Exact but slow reader of CSV records with their line numbers, used only to locate problems.

It divides a file as Polars does: a line break ends a record unless an odd number of quotes stands before it.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 1024 * 1024
"""Bytes that a record has at most; a longer one is a quote that is never closed."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each record of a file, the header first, with the number of its first line, counted from 1.

    A record comes without its line end and is empty for a blank line; blank lines before the header are left
    out. A record longer than ``LONGEST`` comes in pieces.
    """
    with path.open("rb") as file:
        first, size, quotes, before = 0, 0, 0, True
        parts: list[bytes] = []
        for number, line in enumerate(file, 1):
            part = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
            if before and not part.strip():
                continue
            before = False
            first = first or number
            parts.append(part)
            size += len(part)
            quotes += part.count(b'"')
            if quotes % 2 and size <= LONGEST:
                continue
            yield first, _ended(parts)
            first, size, quotes, parts = 0, 0, 0, []
        if parts:
            yield first, _ended(parts)


def _ended(parts: list[bytes]) -> bytes:
    return b"".join(parts).removesuffix(b"\n").removesuffix(b"\r")


def cells(record: bytes) -> list[str]:
    """Return the cells of a record; raise csv.Error, saying what is wrong with it, or UnicodeDecodeError."""
    return next(csv.reader([record.decode()], strict=True), [])
