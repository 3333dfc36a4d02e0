"""Input data of the ideal-point model: ballots, items and chains of successor states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from tests.votes.analysis.random_ballots import Votes, random_votes
from votes.analysis.ideal_points_data import gather
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES

Y, A, N, X, O = YES, ABSTAINING, NO, NON_VOTING, OUTSIDE  # noqa: E741  # the letters of the record


def listed(votes: Votes) -> list[tuple[int, str, int, str]]:
    """Return the obvious way item, state, session and whether lowest, highest or between, for each position."""
    taken: dict[int, set[int]] = {}
    cells = [
        (int(item), state, int(session), int(choice))
        for row, item, session in zip(votes.choices, votes.items, votes.sessions, strict=True)
        for state, choice in zip(votes.states, row, strict=True)
        if choice in (Y, A, N)
    ]
    for item, _state, _session, choice in cells:
        taken.setdefault(item, set()).add(choice)
    return sorted(
        (item, state, session, "low" if choice == max(taken[item]) else "high" if choice == min(taken[item]) else "mid")
        for item, state, session, choice in cells
        if len(taken[item]) > 1
    )


@given(random_votes())
def test_every_position_is_there_once(votes: Votes):
    ballots = votes.gathered()
    runs = [
        "low" if n < ballots.ends[0] else "mid" if n < ballots.ends[1] else "high" for n in range(len(ballots.item))
    ]
    columns = [votes.states[column] for column in ballots.column]

    found = [
        (int(ballots.labels[item]), columns[point], int(ballots.session[point]), run)
        for item, point, run in zip(ballots.item, ballots.point, runs, strict=True)
    ]

    assert sorted(found) == listed(votes)
    assert ballots.votes.sum() == len(found)
    assert (ballots.votes > 0).all()
    assert len(set(zip(columns, ballots.session.tolist(), strict=True))) == len(columns)


@given(random_votes())
def test_the_order_of_rows_and_columns_does_not_matter(votes: Votes):
    other = Votes(
        votes.choices[::-1, ::-1], votes.items[::-1], votes.sessions[::-1], votes.states[::-1], votes.continues
    )
    one, two = votes.gathered(), other.gathered()

    for name in ("item", "point", "two_way", "labels", "session", "gap"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist(), name
    assert [votes.states[c] for c in one.column] == [other.states[c] for c in two.column]
    assert one.ends == two.ends


def test_ballots_of_four_roll_calls_worked_by_hand():
    choices = np.array([[Y, N, A, X], [Y, Y, Y, Y], [Y, A, O, Y], [N, Y, Y, O]], np.int8)

    ballots = gather(choices, np.array([7, 8, 9, 7]), np.array([1, 1, 3, 5]), "PQRS")

    # The second roll call is unanimous; the first and the last are one question.
    assert ballots.labels.tolist() == [7, 9]
    assert ballots.two_way.tolist() == [False, True]
    assert [("PQRS"[c], s) for c, s in zip(ballots.column, ballots.session, strict=True)] == [
        ("P", 1), ("P", 3), ("P", 5), ("Q", 1), ("Q", 3), ("Q", 5), ("R", 1), ("R", 5), ("S", 3),
    ]  # fmt: skip
    assert ballots.gap.tolist() == [np.inf, 2, 2, np.inf, 2, 2, np.inf, 4, np.inf]
    assert ballots.votes.tolist() == [1] * 9
    # Against: Q in 1 and P in 5; abstaining is the lowest of the second question.
    assert ballots.item[: ballots.ends[0]].tolist() == [0, 0, 1]
    assert ballots.point[: ballots.ends[0]].tolist() == [2, 3, 4]
    assert ballots.point[slice(*ballots.ends)].tolist() == [6]


def test_successor_state_continues_the_same_chain():
    choices = np.array([[Y, N, O], [O, N, Y], [O, N, Y]], np.int8)

    ballots = gather(choices, np.arange(3), np.array([1, 1, 2]), ("SUN", "USA", "RUS"), {"RUS": "SUN"})

    # Chains stand by the codes that they begin with; the two points of session 1 are a session apart.
    assert ballots.column.tolist() == [0, 2, 2, 1, 1]
    assert ballots.session.tolist() == [1, 1, 2, 1, 2]
    assert ballots.gap.tolist() == [np.inf, 1, 1, np.inf, 1]


@pytest.mark.parametrize(
    ("continues", "said"),
    [({"Q": "P", "R": "P"}, "continued by one"), ({"P": "Q", "Q": "P"}, "continues itself")],
)
def test_ambiguous_or_circular_successions_are_errors(continues: dict[str, str], said: str):
    with pytest.raises(ValueError, match=said):
        gather(np.array([[Y, N, A]], np.int8), np.arange(1), np.ones(1, np.intp), "PQR", continues)


@pytest.mark.parametrize("choices", [[[Y, Y, X]], [[X, O, N]], [[X, X, X]]])
def test_undivided_roll_calls_give_no_ballots(choices: list[list[int]]):
    ballots = gather(np.array(choices, np.int8), np.arange(1), np.ones(1, np.intp), "PQR")

    assert (len(ballots.item), len(ballots.column), len(ballots.labels)) == (0, 0, 0)
