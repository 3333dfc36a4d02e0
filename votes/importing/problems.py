"""Collecting problems with rows of a file; line numbers are looked up once at the end."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from votes.importing.edition import RowProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS = {
    "unknown-code": "unknown-code",
    "vote-twice": "conflict",
    "facts-differ": "conflict",
    "symbol-twice": "conflict",
    "double-row": "conflict",
    "other-result": "conflict",
    "ballot": "unmatched",
    "no-lists": "unmatched",
    "vetoed-by": "conflict",
    "listed-again": "conflict",
    "listed-otherwise": "conflict",
    "own-letter": "unmatched",
    "page-number": "unmatched",
    "second-vote": "unmatched",
    "not-adopted": "unmatched",
    "unread-symbol": "unmatched",
    "name-unknown": "unmatched",
    "dates-differ": "unmatched",
}
"""The kind of finding of each problem; any other problem is a cell that cannot be read."""

LONGEST_VALUE = 100
"""Characters of a cell that are shown; a finding is known by its value among other things."""

MOST_VOTES = 50
"""A cell that is wrong in more votes than these is one problem of the whole edition."""


def is_future(date: datetime.date) -> bool:
    """Tell whether a date is after today, which in UTC begins before it does in New York."""
    return date > datetime.datetime.now(tz=datetime.UTC).date()


def period(dates: Iterable[datetime.date]) -> str:
    """Return the first and the last of ``dates``, ``2019-01-01–2019-12-31``; empty where there are none."""
    inside = sorted(dates)
    return f"{inside[0]}–{inside[-1]}" if inside else ""


@dataclass
class Problems:
    """The problems met in one file."""

    file: str
    columns: Mapping[str, str]
    """The columns' names in the file by their names in the layout."""
    _found: list[RowProblem] = field(default_factory=list)
    _links: dict[str, str] = field(default_factory=dict)
    """References of roll calls that were left out, with that of the one that stands for them."""

    def add(
        self,
        problem: str,
        *,
        row: int,
        column: str,
        value: str,
        rows: int = 1,
        rejected: int = 0,
        reference: str = "",
        **details: object,
    ) -> None:
        """Note that ``rows`` rows, the first of them ``row``, counted from 0, have a ``problem`` in a column."""
        self._found.append(
            RowProblem(
                kind=KINDS.get(problem, "unreadable"),
                file=self.file,
                line=row,
                column=self.columns.get(column, column),
                value=value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…",
                problem=problem,
                rows=rows,
                rejected=rejected,
                reference=reference,
                details=details,
            )
        )

    def add_to_votes(
        self,
        problem: str,
        votes: Mapping[str, Sequence[int]],
        *,
        column: str,
        value: str,
        period: str,
        rejected: bool = True,
        **details: object,
    ) -> None:
        """Note that rows of several votes have the same wrong cell, ``votes`` being their rows by reference.

        They were left out where they are ``rejected``.

        Each vote has a problem of its own, or else the ``period`` of the edition where there would be too many: what
        is wrong in one period must not be taken for what is wrong in another.
        """
        if len(votes) > MOST_VOTES:
            votes = {period: [row for rows in votes.values() for row in rows]}
        for reference, rows in votes.items():
            count = len(rows)
            self.add(
                problem,
                row=min(rows),
                column=column,
                value=value,
                rows=count,
                rejected=count if rejected else 0,
                reference=reference,
                **details,
            )

    def link(self, reference: str, kept: str) -> None:
        """Link the problems of a roll call that was left out to the one that was ``kept``, by their references."""
        self._links[reference] = kept

    @property
    def rows(self) -> set[int]:
        """Return the rows whose lines are wanted."""
        return {problem.line for problem in self._found}

    def finish(self, lines: Mapping[int, int], refs: Mapping[str, int]) -> list[RowProblem]:
        """Return the problems in the order of their ``lines``, linked to roll calls by the references in ``refs``.

        What is the same problem of the same cell of the same vote is one.
        """
        merged: dict[tuple[str, ...], RowProblem] = {}
        for found in sorted(self._found, key=lambda problem: problem.line):
            key = (found.problem, found.reference, found.column, found.value)
            first = merged.get(key)
            merged[key] = (
                replace(first, rows=first.rows + found.rows, rejected=first.rejected + found.rejected)
                if first
                else found
            )
        return [
            replace(p, line=lines[p.line], ref=refs.get(self._links.get(p.reference, p.reference)))
            for p in merged.values()
        ]
