"""Breaks of one state, against those of all states and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes.small_record import random_record, written
from votes.analysis.breaks import all_surprises
from votes.analysis.pairs import is_position
from votes.analysis.state_breaks import surprises_of


@given(seed=st.integers(0, 10**6), states=st.integers(2, 26), part=st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_breaks_of_one_state_equal_those_among_all_states(seed: int, states: int, part: float):
    matrix = random_record(seed, states=states).matrix
    rows = np.flatnonzero(np.random.default_rng(seed).random(len(matrix)) < part)
    everyone = all_surprises(matrix, rows)

    for column, code in enumerate(matrix.states):
        found = surprises_of(matrix, code, rows)
        took = is_position(matrix.choices[rows, column]) & (matrix.bodies[rows] == "GA")
        assert found.rows.tolist() == rows[took].tolist()
        assert found.partners.tolist() == everyone.partners[took, column].tolist()
        assert found.other.tolist() == everyone.other[took, column].tolist()
        np.testing.assert_allclose(found.surprise, everyone.surprise[took, column], rtol=1e-6)


STATES = [f"QQ{letter}" for letter in "ABCDEFGH"]


@pytest.fixture
def matrix():
    """Seven states that agree for a year, an eighth that came late, and five roll calls after."""
    before = ["YYYYYYY."] + ["YYYYYYYY"] * 19
    return written(
        [*before, "NYYYYYXY", "NYYYYAAN", "NYYYXXXX", "XYYYYYYY", "NYYYYYYY"],
        dates=["2000-01-01"] * 20 + ["2001-01-01", "2001-01-01", "2001-06-01", "2001-06-01", "2001-06-01"],
        states=STATES,
        bodies=["GA"] * 24 + ["SC"],
    )


def test_partners_come_from_the_years_before_and_only_voters_count(matrix):
    found = surprises_of(matrix, "QQA", np.arange(len(matrix)))
    after = [
        (row, voting, other)
        for row, voting, other in zip(found.rows.tolist(), found.partners.tolist(), found.other.tolist(), strict=True)
        if row >= 20
    ]

    # The eighth has nineteen roll calls in common on the first day after, one too few. The seventh is absent on the
    # first roll call, two abstain on the second, and on the third, with the eighth a partner by now, three vote.
    assert after == [(20, 5, 5), (21, 6, 6), (22, 3, 3)]
    assert found.surprise[-3:].tolist()[:2] == [1.0, 1.0]
    assert np.isnan(found.surprise[-1]), "three partners are too few for a surprise"


def test_no_breaks_without_a_position_a_past_or_assembly_votes(matrix):
    everything = np.arange(len(matrix))

    assert surprises_of(matrix, "QQA", np.array([23, 24])).rows.tolist() == []
    assert surprises_of(matrix, "QQZ", everything).rows.tolist() == []
    assert surprises_of(matrix, "QQA", everything[:0]).rows.tolist() == []
    assert surprises_of(matrix, "QQA", everything[:20]).partners.tolist() == [0] * 20


def test_partners_are_dropped_after_five_years():
    choices = ["YYYYYYY"] * 20 + ["NYYYYYY"] * 2
    dates = ["2000-01-01"] * 20 + ["2005-01-01", "2005-01-02"]
    matrix = written(choices, dates=dates, states=STATES[:7])

    assert surprises_of(matrix, "QQA", np.array([20, 21])).partners.tolist() == [6, 0]
