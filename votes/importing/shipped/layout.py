"""The layout of ``data/record/``: plain CSV files of one row a roll call, one file a body and decade.

A row has the facts of a roll call and four lists of state codes, so that a person can read, review and correct it.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FOLDER = settings.BASE_DIR / "data" / "record"
CORRECTIONS = "corrections.csv"
EDITIONS = "editions.csv"

COLUMNS = (
    *("date", "precision", "body", "session", "symbol", "drafts", "meeting", "ordinal"),
    *("kind", "method", "result", "requirement", "title", "agenda", "subjects"),
    *("yes", "no", "abstaining", "non_voting"),
    *("in_favour", "against", "abstained", "absent", "absences", "not_legible"),
    *("note", "source", "reference", "slug"),
)
"""An empty cell says nothing. ``yes`` to ``non_voting`` are the announced totals; lists hold codes between spaces."""

LISTS: Mapping[str, str] = {"in_favour": "Y", "against": "N", "abstained": "A", "absent": "X"}
"""The choice of each list of state codes."""

SEPARATOR = "|"
"""Between several drafts or subjects in one cell."""

LIBRARY_RECORD = "https://digitallibrary.un.org/record/"
"""What stands before a record number of the UN Digital Library to make its address."""


def file_name(body: str, date: datetime.date) -> str:
    """Return the name of the file that holds the roll calls of a body and decade, such as ``ga-1950s.csv``."""
    return f"{body.lower()}-{date.year // 10 * 10}s.csv"


def record_files(folder: Path) -> list[Path]:
    """Return the files of roll calls in ``folder``, sorted by name."""
    return sorted(path for path in folder.glob("*.csv") if path.name not in (CORRECTIONS, EDITIONS))


def checksum(folder: Path) -> str:
    """Return the SHA-256, in hexadecimal, of all files of ``folder`` by name: it tells one edition from another."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Role:
    """What a row is to its text."""

    is_decisive: bool = False
    """Whether it stands for its text in lists: the first row on the whole text."""
    states_text: bool = False
    """Whether it has the text's title, agenda item, subjects and drafts: the decisive row or, of a text that was voted
    on in parts only, the first row."""


def roles(rows: Iterable[tuple[str, str]]) -> list[Role]:
    """Return the role of each row, given its kind and the key of its symbol, in the order of the files."""
    rows = list(rows)
    whole = {symbol for kind, symbol in rows if kind == "text"}
    seen: set[str] = set()
    found = []
    for kind, symbol in rows:
        is_first = bool(symbol) and symbol not in seen and (kind == "text" or symbol not in whole)
        found.append(Role(is_decisive=is_first and kind == "text", states_text=is_first))
        if is_first:
            seen.add(symbol)
    return found


def reference_of(source: str, cell: str) -> str:
    """Return the reference that a cell stands for: a record number of the library is written without its address."""
    return f"{LIBRARY_RECORD}{cell}" if source == "un-digital-library" and cell.isdigit() else cell


def cell_of(reference: str) -> str:
    """Return the cell of a reference; the inverse of ``reference_of``."""
    return reference.removeprefix(LIBRARY_RECORD)
