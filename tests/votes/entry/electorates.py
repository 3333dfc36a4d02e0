"""Electorates by the reference facts in ``data/``, without a database, and the landmark votes."""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from votes.entry.names import Electorate, Names, known_state

if TYPE_CHECKING:
    from votes.entry.understood import Letter

DATA = Path(__file__).resolve().parents[3] / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(cell: str) -> datetime.date | None:
    return datetime.date.fromisoformat(cell) if cell else None


@cache
def _facts() -> tuple[list[dict[str, str]], list[dict[str, str]], dict[str, list[dict[str, str]]], dict[str, set[str]]]:
    former: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows("state_names.csv"):
        former[row["code"]].append(row)
    states = rows("states.csv")
    related: dict[str, set[str]] = defaultdict(set)
    for row in states:
        for successor in row["successors"].split():
            related[row["code"]].add(successor)
            related[successor].add(row["code"])
    return states, rows("body_memberships.csv"), former, related


@cache
def electorate(body: str, date: datetime.date) -> Electorate:
    states, memberships, former, related = _facts()

    def members(of: str) -> frozenset[str]:
        held = (row for row in memberships if row["body"] == of and row["since"] <= date.isoformat())
        return frozenset(row["code"] for row in held if not row["until"] or date.isoformat() < row["until"])

    known = {
        row["code"]: known_state(
            row["code"],
            row["name"],
            row["official_name"],
            [
                (one["name"], one["official_name"], day(one["since"]), datetime.date.fromisoformat(one["until"]))
                for one in former[row["code"]]
            ],
            date=date,
            related=related[row["code"]],
        )
        for row in states
    }
    return Electorate(body, date, members(body), known, seated=members("GA"))


@cache
def names(body: str, date: datetime.date) -> Names:
    return Names(electorate(body, date))


def dates() -> list[datetime.date]:
    """Return the days on which a seat or a name begins or ends, since the first vote."""
    cells = {row[end] for name in ("state_names.csv", "body_memberships.csv") for row in rows(name) for end in ENDS}
    return sorted(date for cell in cells if (date := day(cell)) and date >= datetime.date(1946, 2, 1))


ENDS = ("since", "until")


@cache
def landmark(slug: str) -> tuple[dict[str, str], dict[str, Letter]]:
    """Return a landmark roll call's row, and its choices by code."""
    row = next(row for row in rows("landmark_roll_calls.csv") if row["slug"] == slug)
    votes = [vote for vote in rows("landmark_votes.csv") if vote["slug"] == slug]
    choices = {code: cast("Letter", vote["choice"]) for vote in votes for code in vote["members"].split()}
    return row, choices


LANDMARKS = [row["slug"] for row in rows("landmark_roll_calls.csv")]
