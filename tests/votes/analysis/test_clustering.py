"""Ordering states by similarity, checked against trying every rotation of the tree."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from votes.analysis.clustering import order_by_similarity

Tree = int | tuple["Tree", "Tree"]


def leaves(tree: Tree) -> list[int]:
    return [tree] if isinstance(tree, int) else leaves(tree[0]) + leaves(tree[1])


def slow_tree(distance: np.ndarray) -> Tree:
    """Join the two groups with the least mean distance between their members, until all are one."""
    groups: list[Tree] = list(range(len(distance)))
    while len(groups) > 1:
        pairs = [(one, other) for place, one in enumerate(groups) for other in groups[place + 1 :]]
        one, other = min(pairs, key=lambda pair: distance[np.ix_(leaves(pair[0]), leaves(pair[1]))].mean())
        groups = [group for group in groups if group not in (one, other)] + [(one, other)]
    return groups[0]


def orders(tree: Tree) -> list[list[int]]:
    """Return every order that the tree allows."""
    if isinstance(tree, int):
        return [[tree]]
    sides = list(product(orders(tree[0]), orders(tree[1])))
    return [one + other for one, other in sides] + [other + one for one, other in sides]


def length(order: list[int], distance: np.ndarray) -> float:
    return float(sum(distance[one, other] for one, other in pairwise(order)))


def random_distance(seed: int, number: int) -> np.ndarray:
    """Return distances of which no two, and no two means, are the same."""
    drawn = np.random.default_rng(seed).random((number, number))
    distance = np.triu(drawn, 1) + np.triu(drawn, 1).T
    return np.asarray(distance)


@given(st.integers(0, 10**6), st.integers(3, 7))
def test_order_is_the_best_rotation_of_the_tree(seed: int, number: int):
    distance = random_distance(seed, number)
    best = min(orders(slow_tree(distance)), key=lambda order: length(order, distance))
    assert order_by_similarity(distance) == (best if best[0] < best[-1] else best[::-1])


@given(st.integers(0, 10**6), st.integers(3, 9))
def test_order_does_not_depend_on_the_input_order(seed: int, number: int):
    distance = random_distance(seed, number)
    shuffled = np.random.default_rng(seed).permutation(number)
    order = shuffled[order_by_similarity(distance[np.ix_(shuffled, shuffled)])].tolist()
    assert (order if order[0] < order[-1] else order[::-1]) == order_by_similarity(distance)


def test_two_camps_are_at_the_ends_with_the_undecided_in_the_middle():
    camps = np.array([0.0, 10.0, 4.0, 0.1, 9.5])
    assert order_by_similarity(abs(camps[:, np.newaxis] - camps)) == [0, 3, 2, 4, 1]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_two_or_fewer_states_keep_their_order(number: int):
    assert order_by_similarity(np.full((number, number), np.nan)) == list(range(number))


def test_missing_distance_counts_as_the_largest():
    distance = np.array([[0, 40, np.nan, 10], [40, 0, 20, np.nan], [np.nan, 20, 0, 40], [10, np.nan, 40, 0]])
    known = np.where(np.isnan(distance), 40, distance)
    assert order_by_similarity(distance) == order_by_similarity(known)
    assert {frozenset(pair) for pair in pairwise(order_by_similarity(distance))} >= {
        frozenset({0, 3}),
        frozenset({1, 2}),
    }


def test_state_without_any_distance_is_at_an_end():
    distance = np.array([[np.nan] * 4, [np.nan, 0, 0.1, 0.3], [np.nan, 0.1, 0, 0.2], [np.nan, 0.3, 0.2, 0]])
    assert order_by_similarity(distance)[0] == 0


def test_missing_or_equal_distances_still_give_an_order():
    assert sorted(order_by_similarity(np.full((5, 5), np.nan))) == [0, 1, 2, 3, 4]
    assert sorted(order_by_similarity(np.zeros((5, 5)))) == [0, 1, 2, 3, 4]


def test_input_array_is_not_modified():
    distance = np.array([[np.nan, 0.3, np.nan], [0.3, np.nan, 0.1], [np.nan, 0.1, np.nan]])
    before = distance.copy()
    order_by_similarity(distance)
    np.testing.assert_array_equal(distance, before)
