"""Small random votes for the ideal-point model: states that come and go, texts repeated, sessions with few votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from votes.analysis.ideal_points_data import gather
from votes.analysis.ideal_points_model import Parameters
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from votes.analysis.ideal_points_data import Ballots


@dataclass(frozen=True)
class Votes:
    """R x S choices with the labels of rows and columns."""

    choices: NDArray[np.int8]
    items: NDArray[np.intp]
    sessions: NDArray[np.intp]
    states: tuple[str, ...]
    continues: dict[str, str]

    def gathered(self) -> Ballots:
        return gather(self.choices, self.items, self.sessions, self.states, self.continues)


@st.composite
def random_votes(draw: st.DrawFn) -> Votes:
    """Draw three to five states and up to nine roll calls in four sessions, on which positions differed at least once.

    The second state may continue the first.
    """
    rng = np.random.default_rng(draw(st.integers(0, 100_000)))
    states = tuple("ABCDE"[: draw(st.integers(3, 5))])
    number = draw(st.integers(2, 9))
    choices = rng.choice(
        [OUTSIDE, YES, ABSTAINING, NO, NON_VOTING], size=(number, len(states)), p=[0.1, 0.4, 0.15, 0.25, 0.1]
    )
    choices[0, :2] = YES, NO
    return Votes(
        choices.astype(np.int8),
        np.sort(rng.integers(0, number, number)).astype(np.intp),
        np.sort(rng.choice([1, 2, 3, 6], number)).astype(np.intp),
        states,
        {"B": "A"} if draw(st.booleans()) else {},
    )


def random_parameters(ballots: Ballots, seed: int) -> Parameters:
    """Return values for all parameters, with the cuts in order."""
    rng = np.random.default_rng(seed)
    items = len(ballots.two_way)
    lower = rng.normal(size=items)
    upper = np.where(ballots.two_way, lower, lower + 0.2 + rng.random(items))
    return Parameters(rng.normal(size=len(ballots.column)), rng.normal(size=items), lower, upper)
