"""Collecting what is wrong with rows of a file, with the lines looked up once at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from votes.importing.edition import RowProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "unknown-code": "unknown-code",
    "vote-twice": "conflict",
    "facts-differ": "conflict",
    "symbol-twice": "conflict",
    "own-letter": "unmatched",
    "page-number": "unmatched",
    "second-vote": "unmatched",
    "unread-symbol": "unmatched",
    "name-unknown": "unmatched",
    "dates-differ": "unmatched",
}
"""The kind of finding of each problem; any other problem is a cell that cannot be read."""

LONGEST_VALUE = 100
"""Characters of a cell that are shown; a finding is known by its value among other things."""


@dataclass
class Problems:
    """The problems met in one file."""

    file: str
    columns: Mapping[str, str]
    """The columns' names in the file by their names in the layout."""
    _found: list[RowProblem] = field(default_factory=list)

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
        return [replace(p, line=lines[p.line], ref=refs.get(p.reference)) for p in merged.values()]
