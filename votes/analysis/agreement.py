"""Agreement of all states with one another, and of one party with all states, in a few passes over the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from votes.analysis.matrix import ABSTAINING, NO, YES, Choices
from votes.analysis.pairs import is_position

if TYPE_CHECKING:
    from collections.abc import Collection

    from votes.analysis.matrix import VoteMatrix

Counts = NDArray[np.int32]
Shares = NDArray[np.float64]
Flags = NDArray[np.float32]
"""Ones and zeros to multiply: sums of up to 2**24 of them are exact in this type, and its products are the fastest."""

CHUNK = 512
"""Roll calls multiplied at a time, so that their flags stay in the processor's cache, however long the record."""

MEASURES = ("agreement", "lijphart", "coincidence", "kappa")


@dataclass(frozen=True, slots=True)
class AllAgreement:
    """What each of S states has in common with each, S x S and symmetric; a state with itself is on the diagonal.

    The measures are those of ``votes.analysis.pairs.measures``, to the last bit, nan where nothing defines them.
    Each is computed when it is asked for.
    """

    states: tuple[str, ...]
    common: Counts
    """Roll calls on which both took a position."""
    same: Counts
    """Those of them on which it was the same one."""
    coincident: Counts
    """Those on which both were in favour or against."""
    opposed: Counts
    """Those of them on which one was in favour and one against."""
    chance: Shares | None
    """Kappa's sum over the positions of how often either of the two took it; None where kappa was not asked for."""

    @property
    def agreement(self) -> Shares:
        """Return S x S, the share of the same position."""
        return shares(self.same, self.common)

    @property
    def lijphart(self) -> Shares:
        """Return S x S, the share of the same position, an abstention against another counting half."""
        return shares(self.common + self.same - self.opposed, 2 * self.common)

    @property
    def coincidence(self) -> Shares:
        """Return S x S, the share of the same position where both were in favour or against."""
        return shares(self.coincident - self.opposed, self.coincident)

    @property
    def kappa(self) -> Shares:
        """Return S x S, agreement beyond chance; raise ValueError where it was not asked for."""
        if self.chance is None:
            raise ValueError("Kappa needs products of its own: ask all_agreement for it.")
        common = self.common.astype(np.float64)
        return shares(common * self.same - self.chance, common * common - self.chance)

    def of(self, measure: str) -> Shares:
        """Return S x S of the measure with this name; raise KeyError for one that is none of ``MEASURES``."""
        if measure not in MEASURES:
            raise KeyError(measure)
        values: Shares = getattr(self, measure)
        return values


def all_agreement(matrix: VoteMatrix, measures: Collection[str] = MEASURES) -> AllAgreement:
    """Return what all states of the matrix have in common, over all its roll calls (fewer than 2**24).

    Four products, two more if ``measures`` has kappa. Raises KeyError for a measure that is none of ``MEASURES``.
    """
    if unknown := set(measures) - set(MEASURES):
        raise KeyError(min(unknown))
    states = len(matrix.states)
    common, coincident, balance, abstained, yes_of, abstaining_of = np.zeros((6, states, states), np.float32)
    for start in range(0, len(matrix), CHUNK):
        choices = matrix.choices[start : start + CHUNK]
        yes, abstaining, no = (flags(choices, choice) for choice in (YES, ABSTAINING, NO))
        sides = yes + no
        voting = sides + abstaining
        common += voting.T @ voting
        coincident += sides.T @ sides
        abstained += abstaining.T @ abstaining
        if "kappa" in measures:
            yes_of += yes.T @ voting
            abstaining_of += abstaining.T @ voting
        yes -= no
        # +1 for each roll call on which two were on the same side, -1 for each on opposite ones.
        balance += yes.T @ yes
    opposed = (coincident - balance) / 2
    return AllAgreement(
        states=matrix.states,
        common=common.astype(np.int32),
        same=(coincident - opposed + abstained).astype(np.int32),
        coincident=coincident.astype(np.int32),
        opposed=opposed.astype(np.int32),
        chance=_chance(common, yes_of, abstaining_of) if "kappa" in measures else None,
    )


def agreement_with(matrix: VoteMatrix, positions: Choices) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each of S states, the roll calls in common with a party and those of the same position.

    ``positions`` are the party's R choices, a state's or a group's, on the roll calls of the matrix.
    """
    common, same = np.zeros((2, len(matrix.states)), np.int64)
    taken = np.flatnonzero(is_position(positions))
    for start in range(0, len(taken), CHUNK):
        rows = taken[start : start + CHUNK]
        choices = matrix.choices[rows]
        common += is_position(choices).sum(0, dtype=np.int16)
        same += (choices == positions[rows, np.newaxis]).sum(0, dtype=np.int16)
    return common, same


def flags(choices: Choices, choice: int) -> Flags:
    """Return 1 where ``choices`` are ``choice``, else 0, in the same shape."""
    return np.equal(choices, choice, out=np.empty(choices.shape, np.float32), casting="unsafe")


def shares(part: NDArray[np.number], of: NDArray[np.number]) -> Shares:
    """Return the quotients, nan where there is nothing to divide by."""
    defined = of != 0
    return np.divide(part, of, out=np.full(of.shape, np.nan), where=defined, casting="unsafe")


def _chance(common: Flags, yes_of: Flags, abstaining_of: Flags) -> Shares:
    """Return the sum over the positions of how often either of two took it, given how often the row's state did.

    All are S x S, counted where the column's state took a position too; against is what is left of ``common``.
    """
    of = [counts.astype(np.float64) for counts in (yes_of, abstaining_of, common - yes_of - abstaining_of)]
    return sum((counts * counts.T for counts in of[1:]), of[0] * of[0].T)
