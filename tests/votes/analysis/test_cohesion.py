"""Cohesion of groups, by hand and against the totals of a roll call."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.votes.analysis.random_matrix import matrix_of
from votes.analysis.cohesion import agreement_index, mean_by, rice_index
from votes.analysis.groups import Group
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
def test_agreement_and_rice_indices_worked_by_hand(counts: tuple[int, int, int, int], index: float, rice: float):
    """The counts are those in favour, abstaining, against and non-voting."""
    totals = np.array([[0, *counts]], np.int16)
    np.testing.assert_array_equal(agreement_index(totals), [index])
    np.testing.assert_array_equal(rice_index(totals), [rice])


@given(st.lists(st.tuples(*[st.integers(0, 200)] * 4), max_size=5))
def test_agreement_index_equals_the_cohesion_of_totals(drawn: list[tuple[int, int, int, int]]):
    rows = np.array([[0, *counts] for counts in drawn], np.int16).reshape(-1, 5)
    for (yes, abstaining, no, non_voting), index in zip(drawn, agreement_index(rows), strict=True):
        shown = Totals(yes, no, abstaining, non_voting)
        cohesion = shown.cohesion if shown.voting >= 2 else None
        np.testing.assert_array_equal(index, math.nan if cohesion is None else cohesion)


def test_mean_skips_undefined_values_and_counts_the_others():
    values = np.array([0.5, math.nan, 1.0, math.nan, 0.25])
    means, counts = mean_by(values, np.array([0, 0, 0, 1, 3]), 4)
    np.testing.assert_array_equal(means, [0.75, math.nan, math.nan, 0.25])
    assert counts.tolist() == [2, 0, 0, 1]


def test_a_mean_of_no_roll_calls_is_none():
    means, counts = mean_by(np.zeros(0), np.zeros(0, np.int64), 2)
    np.testing.assert_array_equal(means, [math.nan, math.nan])
    assert counts.tolist() == [0, 0]


def test_a_bloc_with_one_voting_member_has_a_position_and_no_cohesion():
    group = Group.of_states(["QQA", "QQB"])
    matrix = matrix_of([[Y, X, N], [N, OUTSIDE, Y]])
    assert group.positions(matrix).tolist() == [Y, N]
    assert np.isnan(agreement_index(group.totals(matrix))).all()
