"""The totals of a roll call, and what is read off them alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from votes.choices import POSITIONS, Choice

if TYPE_CHECKING:
    from collections.abc import Iterable


FIGURES = ("announced_yes", "announced_no", "announced_abstaining", "announced_non_voting")
"""The fields of a roll call that hold what was announced, in the order of the choices."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many members chose what. A figure that was not announced is None."""

    yes: int
    no: int
    abstaining: int | None = 0
    non_voting: int | None = 0

    def __str__(self) -> str:
        """Return the figures as they are quoted: 93-18-65."""
        return f"{self.yes}-{self.no}" + ("" if self.abstaining is None else f"-{self.abstaining}")

    @classmethod
    def count(cls, choices: Iterable[str]) -> Totals:
        """Return the totals counted from choices ``Y``, ``N``, ``A``, ``X``."""
        counted = Counter(choices)
        return cls(*(counted[choice] for choice in Choice.values))

    def of(self, choice: str) -> int:
        """Return how many made ``choice``, 0 where it was not announced."""
        return dict(zip(Choice.values, (self.yes, self.no, self.abstaining, self.non_voting), strict=True))[choice] or 0

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
    def is_split(self) -> bool:
        """Tell whether those who voted have no plurality."""
        return self.voting > 0 and self.position is None

    @property
    def cohesion(self) -> float | None:
        """Return the agreement index of Hix, Noury and Roland (2005), from 0 (split in three) to 1 (of one mind).

        (max(Y, N, A) - (Y + N + A - max(Y, N, A)) / 2) / (Y + N + A); None where nobody took a position. A
        single voting member agrees with itself, so pages show the figure only from two on.
        """
        voting = self.voting
        if voting == 0:
            return None
        largest = max(self.yes, self.no, self.abstaining or 0)
        return (largest - (voting - largest) / 2) / voting

    @property
    def rice(self) -> float | None:
        """Return Rice's index of cohesion (1928), |Y - N| / (Y + N); None where nobody was for or against."""
        return abs(self.yes - self.no) / self.present_and_voting if self.present_and_voting else None

    def differences(self, other: Totals) -> list[tuple[Choice, int, int]]:
        """Return choice, own figure and other's, for each figure that both have and that differs."""
        pairs = zip(
            Choice,
            (self.yes, self.no, self.abstaining, self.non_voting),
            (other.yes, other.no, other.abstaining, other.non_voting),
            strict=True,
        )
        return [(c, own, its) for c, own, its in pairs if own is not None and its is not None and own != its]


def shown(counted: Totals | None, announced: Totals | None) -> Totals | None:
    """Return the totals that lists, citations, feeds and cards give: the one rule for all of them.

    Where a figure that was announced differs from the counted one, those announced, as the United Nations and the
    press quote them; otherwise those counted. Where who voted how is not on record, those announced. A vote's own
    page and the exports have both. Filters and orders take the same figures: see ``Register.figures`` and
    ``RollCallQuerySet.closest_first``.
    """
    return announced if counted is None or differ(counted, announced) else counted


def differ(counted: Totals | None, announced: Totals | None) -> bool:
    """Tell whether a figure that was announced differs from the counted one."""
    return counted is not None and announced is not None and bool(announced.differences(counted))


def plurality(*numbers: int) -> Choice | None:
    """Return the position with the most, given how many were in favour, against and abstaining; None for a tie."""
    most = max(numbers)
    leaders = [choice for choice, number in zip(POSITIONS, numbers, strict=True) if number == most]
    return leaders[0] if most > 0 and len(leaders) == 1 else None
