"""Tables with one row a vote, its members by choice in the columns Y, N, A and X, and its totals in others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from votes.importing.digital_library.cells import read_total
from votes.totals import FIGURES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from votes.importing.problems import Problems

CHOICES = ("Y", "N", "A", "X")


def read_votes(
    problems: Problems,
    cells: Mapping[str, str],
    *,
    row: int,
    reference: str,
    states: Collection[str],
    holder: Callable[[str], str] = str,
) -> list[tuple[str, str]]:
    """Return state and choice of each vote by state, without unknown states and those listed under two choices.

    Each that is left out is one of ``problems``. ``holder`` returns who held the seat that a code stands for.
    """
    choices: dict[str, set[str]] = defaultdict(set)
    for choice in CHOICES:
        for code in cells[choice].upper().split():
            state = holder(code)
            if state in states:
                choices[state].add(choice)
            else:
                problems.add("unknown-code", row=row, column=choice, value=code, reference=reference, name=code)
    for state, several in choices.items():
        if len(several) > 1:
            both = ", ".join(sorted(several))
            problems.add(
                "vote-twice", row=row, column="symbol", value=state, reference=reference, state=state, choices=both
            )
    return sorted((state, next(iter(several))) for state, several in choices.items() if len(several) == 1)


def read_totals(
    problems: Problems, cells: Mapping[str, str], *, row: int, reference: str
) -> tuple[int | None, int | None, int | None, int | None]:
    """Return the announced totals; None, with a problem, for one that cannot be read."""
    found: list[int | None] = []
    for column in FIGURES:
        try:
            found.append(read_total(cells[column]))
        except ValueError:
            found.append(None)
            problems.add("unreadable-total", row=row, column=column, value=cells[column], reference=reference)
    yes, no, abstaining, non_voting = found
    return yes, no, abstaining, non_voting
