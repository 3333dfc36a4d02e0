"""Groups by hand: pluralities, ties, and members of the date. Random ones are in tests/votes/record/test_record.py."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from tests.votes.analysis.test_matrix import matrix
from votes.analysis.groups import Group, Membership, positions_of
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, TIED, YES


@pytest.mark.parametrize(
    ("yes", "abstaining", "no", "non_voting", "position"),
    [
        (2, 0, 1, 0, YES),
        (1, 2, 1, 0, ABSTAINING),
        (0, 1, 2, 5, NO),
        (1, 0, 0, 9, YES),
        (1, 0, 1, 0, TIED),
        (1, 1, 1, 0, TIED),
        (0, 2, 2, 0, TIED),
        (2, 2, 1, 0, TIED),
        (0, 0, 0, 3, NON_VOTING),
        (0, 0, 0, 0, OUTSIDE),
    ],
)
def test_a_position_is_the_plurality_and_a_tie_is_split(
    yes: int, abstaining: int, no: int, non_voting: int, position: int
):
    totals = np.zeros((1, 5), np.int16)
    totals[0, [YES, ABSTAINING, NO, NON_VOTING]] = yes, abstaining, no, non_voting
    assert positions_of(totals).tolist() == [position]


def test_members_are_those_of_the_date_and_of_the_electorate():
    group = Group(
        (
            Membership("QQA", until=datetime.date(2000, 1, 1)),
            Membership("QQB", datetime.date(2000, 1, 1), datetime.date(2001, 6, 30)),
            Membership("QQC"),
            Membership("QQZ"),
        )
    )
    assert group.states == ("QQA", "QQB", "QQC", "QQZ")
    # QQC has no vote in the first roll call, so it is not among the members there.
    assert group.mask(matrix()).tolist() == [
        [True, False, False],
        [False, True, True],
        [False, True, True],
        [False, False, True],
    ]
    assert group.totals(matrix()).tolist() == [[0, 1, 0, 0, 0], [0, 1, 0, 1, 0], [0, 2, 0, 0, 0], [0, 0, 0, 1, 0]]
    assert group.positions(matrix()).tolist() == [YES, TIED, YES, NO]


def test_ad_hoc_group_has_permanent_members():
    group = Group.of_states(["QQB", "QQA", "QQB"])
    assert group.states == ("QQA", "QQB")
    assert group.positions(matrix()).tolist() == [TIED, TIED, YES, NO]


def test_a_state_that_leaves_and_comes_back_is_counted_once_a_roll_call():
    group = Group(
        (
            Membership("QQA", until=datetime.date(2000, 1, 1)),
            Membership("QQA", since=datetime.date(2001, 1, 1)),
        )
    )
    assert group.totals(matrix()).sum(axis=1).tolist() == [1, 0, 0, 1]
