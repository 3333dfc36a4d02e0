"""Records in memory without a database: a matrix of choices with groups, small enough to count by hand."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np

from tests.votes.analysis.random_matrix import matrix_of
from votes.analysis.groups import Group, Membership
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES
from votes.record.record import BlocRead, Record, State, register_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votes.analysis.matrix import VoteMatrix
    from votes.record.register import Register

LETTERS = {"Y": YES, "A": ABSTAINING, "N": NO, "X": NON_VOTING, ".": OUTSIDE}

BLOCS = ("bloc-a", "bloc-b", "bloc-c")


def record_of(
    matrix: VoteMatrix, blocs: Mapping[str, Group] | None = None, kinds: Mapping[str, str] | None = None
) -> Record:
    """Return a record of a matrix, with recorded votes of no result in its register."""
    states = {
        code: State(key, code, f"State {code}", f"state {code.lower()}", ()) for key, code in enumerate(matrix.states)
    }
    return Record(
        version=1,
        matrix=matrix,
        register=register(matrix),
        bodies={"GA": "General Assembly", "SC": "Security Council"},
        sessions={},
        topics={slug: slug.title() for slug in matrix.topic_slugs},
        subjects={},
        states=states,
        blocs={
            slug: BlocRead(key, slug, slug.upper(), slug, (kinds or {}).get(slug, "forum"), group)
            for key, (slug, group) in enumerate((blocs or {}).items())
        },
        seats=(),
        permanent={},
        list_rows={},
    )


def register(matrix: VoteMatrix) -> Register:
    """Return the register of the roll calls of a matrix, newest first."""
    topics = range(len(matrix.topic_slugs))
    names = zip(matrix.keys, matrix.slugs, matrix.dates, matrix.bodies, matrix.kinds, matrix.topics, strict=True)
    others = ([-1] * 4, "day", "recorded", "", "", None, None, b"", "not-stated", None)
    rows = [
        (*row, None, "not-stated", [at for at in topics if bits >> at & 1], True, [0] * 4, *others)
        for *row, bits in names
    ]
    return register_of(rows[::-1], matrix, topics=topics, subjects=(), seats=(), permanent={})


def written(
    votes: Sequence[str], dates: Sequence[str], states: Sequence[str], bodies: Sequence[str] = ()
) -> VoteMatrix:
    """Return the matrix of roll calls as strings, one letter a state, with a dot for one outside the electorate."""
    return matrix_of([[LETTERS[letter] for letter in row] for row in votes], states=states, dates=dates, bodies=bodies)


def random_record(seed: int, *, states: int = 8, roll_calls: int = 160) -> Record:
    """Return a record of some twelve years with roll calls of both bodies and blocs whose members come and go.

    States lean differently and are often absent or not members, so that some pairs have fewer roll calls in common
    than the minimum, some just as many, and shares tie.
    """
    rng = np.random.default_rng(seed)
    codes = [f"QQ{chr(65 + place)}" for place in range(states)]
    first = np.datetime64("2000-01-01")
    dates = np.sort(first + rng.integers(0, 12 * 365, roll_calls).astype("timedelta64[D]"))
    lean = rng.dirichlet([1, 0.6, 0.6], size=states)
    choices = np.stack(
        [rng.choice([YES, ABSTAINING, NO], size=roll_calls, p=lean[place]) for place in range(states)], 1
    )
    choices[rng.random(choices.shape) < 0.2] = NON_VOTING
    for place in range(states):
        since, until = np.sort(rng.integers(0, roll_calls, 2))
        if rng.random() < 0.4:
            choices[since:until, place] = OUTSIDE
    bodies = rng.choice(["GA", "SC"], size=roll_calls, p=[0.9, 0.1])
    matrix = matrix_of(choices.tolist(), states=codes, dates=dates.tolist(), bodies=bodies.tolist())
    return record_of(matrix, {slug: _group(rng, codes, dates.tolist()) for slug in BLOCS})


def _group(rng: np.random.Generator, codes: Sequence[str], dates: Sequence[datetime.date]) -> Group:
    """Return a group: states that always, never, for a time or twice belong to it, from days of roll calls on."""
    memberships = []
    for code in codes:
        first, second, third = sorted(rng.choice(len(dates), 3, replace=False).tolist())
        spans = [
            [],
            [Membership(code)],
            [Membership(code, dates[first], dates[second])],
            [Membership(code, until=dates[first]), Membership(code, dates[second], dates[third])],
        ][rng.integers(0, 4)]
        memberships += [one for one in spans if one.since is None or one.until is None or one.since < one.until]
    return Group(tuple(memberships))
