"""The large voting files that some tests read; those who do not have them skip these tests."""

import csv
import gzip
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from resolutions.topics import subject_headings
from votes.importing.digital_library.cells import split

FOLDER = Path(os.environ.get("PLENARY_CORPORA") or settings.BASE_DIR.parent / "shared" / "data")


def columns(name: str, *fields: str) -> Iterator[tuple[str, ...]]:
    """Yield the cells of ``fields`` in each row of a file; skip the test where the file is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} not found; set PLENARY_CORPORA to the folder that has it")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        places = [header.index(field) for field in fields]
        for row in rows:
            yield tuple(row[place] for place in places)


@cache
def headings() -> frozenset[str]:
    """Return the subject headings of the Assembly's texts; skip the test where the file is not there."""
    cells = {cell for (cell,) in columns("ga_voting_1946_2025.csv.gz", "subjects")}
    return frozenset(heading for cell in cells for heading in subject_headings(split(cell, "|")))
