"""Cohesion of groups and the breaks of their members, by hand and against counting one by one."""

from __future__ import annotations

import datetime
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.votes.analysis.random_matrix import POSITIONS, Small, matrix_of, smalls
from votes.analysis.cohesion import agreement_index, broke, mean_by, members_breaks, rice_index
from votes.analysis.groups import Group, Membership
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES
from votes.totals import Totals

Y, A, N, X = YES, ABSTAINING, NO, NON_VOTING


@pytest.mark.parametrize(
    ("counts", "index", "rice"),
    [
        ((27, 0, 0, 0), 1.0, 1.0),
        ((0, 27, 0, 0), 1.0, math.nan),
        ((9, 9, 9, 0), 0.0, 0.0),
        ((2, 0, 2, 0), 0.25, 0.0),
        ((3, 1, 0, 0), 0.625, 1.0),
        ((1, 0, 1, 0), 0.25, 0.0),
        ((0, 2, 2, 0), 0.25, 1.0),
        ((6, 3, 1, 5), 0.4, 5 / 7),
        # One voting member is of one mind, which says nothing of the group.
        ((1, 0, 0, 0), math.nan, math.nan),
        ((0, 0, 1, 26), math.nan, math.nan),
        ((1, 1, 0, 0), 0.25, math.nan),
        ((0, 0, 0, 27), math.nan, math.nan),
        ((0, 0, 0, 0), math.nan, math.nan),
    ],
)
def test_cohesion_by_hand(counts: tuple[int, int, int, int], index: float, rice: float):
    """The counts are those in favour, abstaining, against and non-voting."""
    totals = np.array([[0, *counts]], np.int16)
    np.testing.assert_array_equal(agreement_index(totals), [index])
    np.testing.assert_array_equal(rice_index(totals), [rice])


@given(st.lists(st.tuples(*[st.integers(0, 200)] * 4), max_size=5))
def test_cohesion_is_that_of_the_totals_on_a_roll_calls_page(drawn: list[tuple[int, int, int, int]]):
    rows = np.array([[0, *counts] for counts in drawn], np.int16).reshape(-1, 5)
    indices, rices = agreement_index(rows), rice_index(rows)
    assert len(indices) == len(rices) == len(drawn)
    for (yes, abstaining, no, non_voting), index, rice in zip(drawn, indices, rices, strict=True):
        shown = Totals(yes, no, abstaining, non_voting)
        cohesion = shown.cohesion if shown.voting >= 2 else None
        of_sides = shown.rice if shown.present_and_voting >= 2 else None
        np.testing.assert_array_equal(index, math.nan if cohesion is None else cohesion)
        np.testing.assert_array_equal(rice, math.nan if of_sides is None else of_sides)


def test_a_mean_leaves_out_what_is_undefined_and_says_how_many_it_rests_on():
    values = np.array([0.5, math.nan, 1.0, math.nan, 0.25])
    means, counts = mean_by(values, np.array([0, 0, 0, 1, 3]), 4)
    np.testing.assert_array_equal(means, [0.75, math.nan, math.nan, 0.25])
    assert counts.tolist() == [2, 0, 0, 1]


def test_a_mean_of_no_roll_calls_is_none():
    means, counts = mean_by(np.zeros(0), np.zeros(0, np.int64), 2)
    np.testing.assert_array_equal(means, [math.nan, math.nan])
    assert counts.tolist() == [0, 0]


def test_breaks_by_hand():
    # QQC leaves on 1 January 2000; QQD is no member. On the last roll call the group is split.
    group = Group((Membership("QQA"), Membership("QQB"), Membership("QQC", until=datetime.date(2000, 1, 1))))
    matrix = matrix_of(
        [[Y, N, Y, N], [Y, Y, N, N], [X, A, Y, N], [Y, X, OUTSIDE, N], [X, X, Y, Y], [Y, N, Y, Y]],
        dates=["1999-12-30", "1999-12-31", "2000-01-01", "2000-01-02", "2000-01-03", "2000-01-04"],
    )
    members, positions = group.mask(matrix), group.positions(matrix)
    taken, breaks = members_breaks(matrix, members, positions)
    assert taken.tolist() == [3, 3, 2, 0]
    assert breaks.tolist() == [0, 1, 1, 0]
    assert np.argwhere(broke(matrix, members, positions)).tolist() == [[0, 1], [1, 2]]


@given(smalls())
def test_breaks_are_counted_one_by_one(small: Small):
    matrix, group = small.matrix, small.group
    members, positions = group.mask(matrix), group.positions(matrix)
    taken, breaks, cells = Counter[str](), Counter[str](), []
    for row in range(len(matrix)):
        of_members = {code: small.choice(row, code) for code in small.members(row)}
        ranking = Counter(choice for choice in of_members.values() if choice in POSITIONS).most_common()
        if not ranking or (len(ranking) > 1 and ranking[0][1] == ranking[1][1]):
            continue
        for code, choice in of_members.items():
            if choice in POSITIONS:
                taken[code] += 1
                if choice != ranking[0][0]:
                    breaks[code] += 1
                    cells.append([row, matrix.states.index(code)])
    found = members_breaks(matrix, members, positions)
    assert found[0].tolist() == [taken[code] for code in matrix.states]
    assert found[1].tolist() == [breaks[code] for code in matrix.states]
    assert np.argwhere(broke(matrix, members, positions)).tolist() == sorted(cells)


def test_a_bloc_with_one_voting_member_has_a_position_and_no_cohesion():
    group = Group.of_states(["QQA", "QQB"])
    matrix = matrix_of([[Y, X, N], [N, OUTSIDE, Y]])
    assert group.positions(matrix).tolist() == [Y, N]
    assert np.isnan(agreement_index(group.totals(matrix))).all()
    taken, breaks = members_breaks(matrix, group.mask(matrix), group.positions(matrix))
    assert (taken.tolist(), breaks.tolist()) == ([2, 0, 0], [0, 0, 0])
