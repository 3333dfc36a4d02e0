"""Small random vote matrices with groups whose members come and go, for checking quick measures against slow ones.

Up to six states and a dozen roll calls of two bodies, several on one day, some on the very day on which a membership
begins or ends. States are absent, abstain, or are in no electorate.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from votes.analysis.groups import Group, Membership
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES, VoteMatrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CODES = ("QQA", "QQB", "QQC", "QQD", "QQE", "QQF")
TOPICS = ("peace", "seas")
DAYS = [
    datetime.date(1999, 12, 31),
    datetime.date(2000, 1, 1),
    datetime.date(2000, 2, 29),
    datetime.date(2000, 12, 31),
    datetime.date(2001, 1, 1),
    datetime.date(2005, 1, 1),
    datetime.date(2005, 3, 1),
    datetime.date(2030, 6, 1),
]
POSITIONS = (YES, ABSTAINING, NO)


@dataclass(frozen=True)
class Small:
    """A matrix, and a group of some of its states (and of one that never had a vote)."""

    matrix: VoteMatrix
    group: Group

    def members(self, row: int) -> set[str]:
        """Return the group's members on the day of a roll call that are in its electorate, the obvious way."""
        day = self.matrix.dates[row].item()
        return {
            held.state
            for held in self.group.memberships
            if held.state in self.matrix.states
            and (held.since is None or held.since <= day)
            and (held.until is None or day < held.until)
            and self.choice(row, held.state) != OUTSIDE
        }

    def choice(self, row: int, code: str) -> int:
        return int(self.matrix.choices[row, self.matrix.states.index(code)])


def matrix_of(
    choices: Sequence[Sequence[int]],
    *,
    states: Sequence[str] = CODES,
    dates: Sequence[datetime.date | str] = (),
    bodies: Iterable[str] = (),
) -> VoteMatrix:
    """Return a matrix of rows of choices, on one day and of the General Assembly unless said otherwise."""
    number = len(choices)
    states = tuple(states)[: len(choices[0]) if number else None]
    return VoteMatrix(
        choices=np.array(choices, np.int8).reshape(number, len(states)),
        keys=np.arange(number, dtype=np.int64),
        slugs=np.array([f"vote-{row}" for row in range(number)], np.str_),
        dates=np.array(list(dates) or ["2000-01-01"] * number, "datetime64[D]"),
        bodies=np.array(list(bodies) or ["GA"] * number, np.str_),
        kinds=np.array(["text"] * number, np.str_),
        sessions=np.array([""] * number, np.str_),
        topics=np.arange(number, dtype=np.int64) % 4,
        topic_slugs=TOPICS,
        states=states,
    )


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    """Draw a matrix of no, one or more roll calls with a group."""
    states = CODES[: draw(st.integers(1, len(CODES)))]
    number = draw(st.integers(0, 12))
    choice = st.sampled_from([*POSITIONS * 2, NON_VOTING, OUTSIDE])
    choices = draw(st.lists(st.tuples(*[choice] * len(states)), min_size=number, max_size=number))
    dates = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=number, max_size=number)))
    bodies = draw(st.lists(st.sampled_from(["GA", "GA", "SC"]), min_size=number, max_size=number))
    return Small(matrix_of(choices, states=states, dates=dates, bodies=bodies), draw(groups()))


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """Draw a group: each state is never a member, always, for a time, or leaves and comes back."""
    memberships = []
    for code in (*CODES, "QQZ"):
        first, second, third = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=3, max_size=3, unique=True)))
        memberships += draw(
            st.sampled_from(
                [
                    [],
                    [Membership(code)],
                    [Membership(code, first, second)],
                    [Membership(code, until=first), Membership(code, second, third)],
                    [Membership(code, since=second)],
                ]
            )
        )
    return Group(tuple(memberships))
