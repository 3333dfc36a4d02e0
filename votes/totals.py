"""Totals of a roll call, and the measures computed from them alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from votes.choices import POSITIONS, Choice

if TYPE_CHECKING:
    from collections.abc import Iterable


FIGURES = ("yes", "no", "abstaining", "non_voting")
"""The figures of a total, in the order of the choices."""

ANNOUNCED = ("announced_yes", "announced_no", "announced_abstaining", "announced_non_voting")
"""The fields of a roll call that hold what was announced, in the same order."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many members chose what. A figure that was not announced is None."""

    yes: int
    no: int
    abstaining: int | None = 0
    non_voting: int | None = 0

    def __str__(self) -> str:
        return f"{self.yes}-{self.no}" + ("" if self.abstaining is None else f"-{self.abstaining}")

    @classmethod
    def count(cls, choices: Iterable[str]) -> Totals:
        """Return the totals counted from choices ``Y``, ``N``, ``A``, ``X``."""
        counted = Counter(choices)
        return cls(*(counted[choice] for choice in Choice.values))

    @property
    def figures(self) -> tuple[int, int, int | None, int | None]:
        """Return the figures in the order of the choices."""
        return self.yes, self.no, self.abstaining, self.non_voting

    def of(self, choice: str) -> int:
        """Return how many made ``choice``, 0 where it was not announced."""
        return self.figures[Choice.values.index(choice)] or 0

    @property
    def present_and_voting(self) -> int:
        """Return those who voted in favour or against (General Assembly rules of procedure, rule 86)."""
        return self.yes + self.no

    @property
    def voting(self) -> int:
        """Return those who took a position: in favour, against or abstaining."""
        return self.yes + self.no + (self.abstaining or 0)

    @property
    def members(self) -> int:
        """Return all members counted, the non-voting among them."""
        return self.voting + (self.non_voting or 0)

    @property
    def share_in_favour(self) -> float | None:
        """Return the share in favour among those present and voting, in per cent; None where there were none."""
        return 100 * self.yes / self.present_and_voting if self.present_and_voting else None

    @property
    def position(self) -> Choice | None:
        """Return the plurality of in favour, against and abstaining; None for a tie and where nobody voted."""
        return plurality(self.yes, self.no, self.abstaining or 0)

    @property
    def is_tied(self) -> bool:
        """Tell whether those who voted have no plurality."""
        return self.voting > 0 and self.position is None

    @property
    def cohesion(self) -> float | None:
        """Return the agreement index of Hix, Noury and Roland (2005), from 0 (split three ways) to 1 (unanimous).

        (max(Y, N, A) - (Y + N + A - max(Y, N, A)) / 2) / (Y + N + A); None where nobody took a position. A
        single voting member agrees with itself, so pages show the figure only from two on.
        """
        voting = self.voting
        if voting == 0:
            return None
        largest = max(self.yes, self.no, self.abstaining or 0)
        return (largest - (voting - largest) / 2) / voting


def shown(counted: Totals | None, announced: Totals | None) -> Totals | None:
    """Return the totals that lists, citations, feeds and cards give: the one rule for all of them.

    Where a figure that was announced differs from the counted one, those announced, as the United Nations and the
    press quote them; otherwise those counted. Where who voted how is not on record, those announced. A vote's own
    page and the exports have both. Filters and orders take the same figures: see ``Register.figures`` and
    ``RollCallQuerySet.closest_first``.
    """
    return announced if counted is None or differ(counted, announced) else counted


def differences(counted: Totals | None, announced: Iterable[int | None]) -> list[tuple[Choice, int, int]]:
    """Return choice, counted and announced figure for each figure that was announced and that differs.

    ``announced`` are the figures in the order of the choices, None where one was not announced.
    """
    if counted is None:
        return []
    return [
        (choice, own or 0, figure)
        for choice, own, figure in zip(Choice, counted.figures, announced, strict=True)
        if figure is not None and figure != (own or 0)
    ]


def differ(counted: Totals | None, announced: Totals | None) -> bool:
    """Tell whether a figure that was announced differs from the counted one."""
    return announced not in (None, counted) and bool(differences(counted, announced.figures))


def plurality(*numbers: int) -> Choice | None:
    """Return the position with the most, given how many were in favour, against and abstaining; None for a tie."""
    most = max(numbers)
    leaders = [choice for choice, number in zip(POSITIONS, numbers, strict=True) if number == most]
    return leaders[0] if most > 0 and len(leaders) == 1 else None
