"""Small files to read, and what readers know of the record, without a database."""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from resolutions.text import fold
from votes.importing.edition import Known, Seat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _facts(name: str) -> list[dict[str, str]]:
    with (settings.BASE_DIR / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _date(cell: str) -> datetime.date | None:
    return datetime.date.fromisoformat(cell) if cell else None


@pytest.fixture(scope="session")
def known() -> Known:
    """Return what readers know of a record that has the reference facts."""
    states = _facts("states.csv")
    names: dict[str, set[str]] = defaultdict(set)
    for row in [*states, *_facts("state_names.csv")]:
        names[row["code"]] |= {fold(row["name"]), fold(row["official_name"])} - {""}
    seats = []
    for row in _facts("body_memberships.csv"):
        since = _date(row["since"])
        assert since
        seats.append(Seat(row["body"], row["code"], since, _date(row["until"])))
    return Known(
        states=frozenset(row["code"] for row in states),
        iso2={row["iso2"]: row["code"] for row in states if row["iso2"]},
        successors={row["code"]: tuple(row["successors"].split()) for row in states},
        seats=seats,
        sessions=frozenset((row["body"], row["code"]) for row in _facts("sessions.csv")),
        topics=frozenset(row["slug"] for row in _facts("topics.csv")),
        names={code: frozenset(said) for code, said in names.items()},
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    """Return the function that writes a file and returns its path."""

    def write_file(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write_file
