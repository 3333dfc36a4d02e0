"""The table of two parties' positions and the measures read off it, by hand and against counting one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, TIED, YES
from votes.analysis.pairs import Agreement, distance, measures, table, tables

Y, A, N, X = YES, ABSTAINING, NO, NON_VOTING
POSITIONS = (Y, A, N)

choices = st.sampled_from([Y, A, N, Y, A, N, X, OUTSIDE, TIED])
pairs_of_choices = st.lists(st.tuples(choices, choices), max_size=25)


def arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(pairs, np.int8).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def slow(pairs: list[tuple[int, int]]) -> dict[str, Fraction | int | None]:
    """Return the measures, counted one roll call after the other, in exact fractions."""
    common = [(one, other) for one, other in pairs if one in POSITIONS and other in POSITIONS]
    sides = [(one, other) for one, other in common if A not in (one, other)]
    number = len(common)
    points = Fraction(0)
    for one, other in common:
        if one == other:
            points += 1
        elif A in (one, other):
            points += Fraction(1, 2)
    agreed = Fraction(sum(one == other for one, other in common), number or 1)
    chance = Fraction(0)
    for position in POSITIONS:
        of_one = Fraction(sum(one == position for one, _ in common), number or 1)
        of_other = Fraction(sum(other == position for _, other in common), number or 1)
        chance += of_one * of_other
    return {
        "common": number,
        "coincident": len(sides),
        "agreement": agreed if number else None,
        "lijphart": points / number if number else None,
        "coincidence": Fraction(sum(one == other for one, other in sides), len(sides)) if sides else None,
        "kappa": (agreed - chance) / (1 - chance) if number and chance != 1 else None,
    }


def test_table_and_measures_of_a_pair_worked_by_hand():
    # Ten roll calls in common: 4 YY, 1 YA, 1 YN, 1 AA, 1 AN, 2 NN. Three more where one took no position.
    pairs = [(Y, Y)] * 4 + [(Y, A), (Y, N), (A, A), (A, N), (N, N), (N, N), (Y, X), (OUTSIDE, N), (TIED, A)]
    counts = table(*arrays(pairs))
    assert counts.tolist() == [[4, 1, 1], [0, 1, 1], [0, 0, 2]]
    # Kappa: by chance 6 x 4 + 2 x 2 + 2 x 4 = 36 in a hundred agree, so (0.7 - 0.36) / (1 - 0.36).
    assert measures(counts) == Agreement(
        common=10, coincident=7, agreement=0.7, lijphart=0.8, coincidence=6 / 7, kappa=34 / 64
    )


@given(pairs_of_choices)
def test_every_measure_equals_counting_one_by_one(pairs: list[tuple[int, int]]):
    found = measures(table(*arrays(pairs)))
    for name, exact in slow(pairs).items():
        # A fraction's float is the nearest there is, and so is a single division's: equal to the last bit.
        assert getattr(found, name) == (float(exact) if isinstance(exact, Fraction) else exact)


@given(pairs_of_choices)
def test_measures_are_symmetric(pairs: list[tuple[int, int]]):
    one, other = arrays(pairs)
    assert table(one, other).tolist() == table(other, one).T.tolist()
    assert measures(table(one, other)) == measures(table(other, one))


@given(st.lists(st.tuples(choices, choices, st.integers(0, 3)), max_size=25))
def test_table_of_a_label_equals_the_table_of_its_roll_calls(labelled: list[tuple[int, int, int]]):
    one, other = arrays([(first, second) for first, second, _ in labelled])
    labels = np.array([label for _, _, label in labelled], np.int64)
    found = tables(one, other, labels, 5)
    assert found.shape == (5, 3, 3)
    for label in range(5):
        assert found[label].tolist() == table(one[labels == label], other[labels == label]).tolist()


def test_measures_are_none_without_common_positions():
    counts = table(*arrays([(Y, X), (X, N), (OUTSIDE, A), (TIED, Y), (X, X), (OUTSIDE, OUTSIDE), (TIED, TIED)]))
    assert measures(counts) == Agreement(0, 0, None, None, None, None)


def test_measures_are_none_without_roll_calls():
    assert measures(table(*arrays([]))) == Agreement(0, 0, None, None, None, None)


@pytest.mark.parametrize("position", POSITIONS)
def test_kappa_is_none_if_all_positions_are_the_same(position: int):
    found = measures(table(*arrays([(position, position)] * 3)))
    assert (found.agreement, found.lijphart, found.kappa) == (1.0, 1.0, None)


def test_coincidence_is_none_for_abstentions_alone():
    found = measures(table(*arrays([(A, A), (A, Y), (N, A)])))
    assert (found.common, found.coincident, found.coincidence) == (3, 0, None)
    assert found.lijphart == 2 / 3


def test_kappa_of_complete_opposition_is_negative():
    found = measures(table(*arrays([(Y, N), (N, Y)])))
    assert (found.agreement, found.lijphart, found.coincidence, found.kappa) == (0.0, 0.0, 0.0, -1.0)


def test_kappa_with_a_constant_position_is_zero():
    found = measures(table(*arrays([(Y, Y), (Y, Y), (Y, Y), (Y, N)])))
    assert (found.agreement, found.kappa) == (0.75, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (Y, Y, 0),
        (A, A, 0),
        (Y, A, 1),
        (A, Y, 1),
        (N, A, 1),
        (Y, N, 2),
        (N, Y, 2),
        (X, Y, 0),
        (N, X, 0),
        (X, X, 0),
        (OUTSIDE, N, 0),
        (TIED, Y, 0),
        (TIED, OUTSIDE, 0),
    ],
)
def test_distance_between_choices_is_in_steps(one: int, other: int, apart: int):
    first, second = arrays([(one, other)])
    assert distance(first, second).tolist() == [apart]
    assert distance(first, second).dtype == np.int8
