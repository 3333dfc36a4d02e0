"""Bridges: which roll calls count as the same text in different sessions."""

from __future__ import annotations

import numpy as np
import pytest

from votes.analysis.ideal_points_bridges import ALIKE, APART, COMMON, alike, bridged, text_of
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, YES

STATES = 40
LAND = "use of land : resolution / adopted by the general assembly"


def voted(against: int, abstaining: int = 0, *, absent: int = 0) -> np.ndarray:
    """Return the choices of 40 states: first those against, then those abstaining; the last ones absent."""
    choices = np.full(STATES, YES, np.int8)
    choices[:against] = NO
    choices[against : against + abstaining] = ABSTAINING
    choices[STATES - absent :] = NON_VOTING
    return choices


def labels(*roll_calls: tuple[int, str, np.ndarray]) -> list[int]:
    """Return the labels of roll calls given by session, title and choices."""
    sessions, titles, choices = zip(*roll_calls, strict=True)
    return [int(label) for label in bridged(np.array(choices), np.array(sessions), titles)]


def test_same_text_in_following_sessions_is_one_item():
    assert labels((10, LAND, voted(5)), (10, "other", voted(5)), (11, LAND, voted(6)), (13, LAND, voted(7))) == [
        0, 1, 0, 0,
    ]  # fmt: skip


def test_formulas_numbers_and_punctuation_are_ignored():
    one = "a/72/251 72b - use of land"
    other = "use of land, 1998-2001 : resolution / adopted by the general assembly"

    assert text_of(LAND) == text_of("use of land") == "use of land"
    assert text_of(other) == "use of land"
    assert text_of(one) == "use of land"


def test_texts_without_a_title_are_never_bridged():
    assert labels((10, "", voted(5)), (11, "", voted(5))) == [0, 1]
    assert labels((10, "1998/99", voted(5)), (11, "1999/2000", voted(5))) == [0, 1]


def test_two_votes_on_a_title_in_a_session_break_the_bridge():
    assert labels((10, LAND, voted(5)), (11, LAND, voted(5)), (11, LAND, voted(6)), (12, LAND, voted(5))) == [
        0, 1, 2, 3,
    ]  # fmt: skip


def test_sessions_too_far_apart_are_not_bridged():
    assert labels((10, LAND, voted(5)), (10 + APART, LAND, voted(5))) == [0, 0]
    assert labels((10, LAND, voted(5)), (11 + APART, LAND, voted(5))) == [0, 1]


def test_same_title_is_bridged_only_if_votes_are_alike():
    # Four of forty moved: 90 per cent took the same. With the fifth it is another question.
    assert labels((10, LAND, voted(5)), (11, LAND, voted(9))) == [0, 0]
    assert labels((10, LAND, voted(5)), (11, LAND, voted(10))) == [0, 1]


def test_each_vote_of_an_item_is_compared_with_its_first():
    # Each is like the one before, the third is not like the first any more, the fourth begins with the third.
    assert labels(*((10 + n, LAND, voted(4 * n)) for n in range(4))) == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (voted(0), voted(4), True),
        (voted(0), voted(5), False),
        (voted(0), voted(0, 5), False),
        (voted(0, absent=20), voted(2), True),
        (voted(0, absent=20), voted(3), False),
        (voted(0, absent=21), voted(0), False),
    ],
)
def test_similarity_counts_only_positions_of_both(one: np.ndarray, other: np.ndarray, is_alike: bool):
    assert (ALIKE, COMMON) == (0.9, 20)
    assert alike(one, other) is is_alike
    assert alike(other, one) is is_alike
