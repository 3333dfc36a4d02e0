"""Who moved between two roll calls, by hand and one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES
from votes.analysis.transitions import movers, transitions
from votes.record.record import load

choices = st.integers(OUTSIDE, NON_VOTING)


def arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(pairs, np.int8).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def test_transitions_and_movers_worked_by_hand():
    # One stays, two move to abstaining, one comes in, one has left, one was never there.
    before, after = arrays(
        [(YES, YES), (YES, ABSTAINING), (NO, ABSTAINING), (OUTSIDE, NO), (NON_VOTING, OUTSIDE), (OUTSIDE, OUTSIDE)]
    )
    assert transitions(before, after).tolist() == [
        [0, 0, 0, 1, 0],
        [0, 1, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [1, 0, 0, 0, 0],
    ]
    assert {cell: states.tolist() for cell, states in movers(before, after).items()} == {
        (OUTSIDE, NO): [3],
        (YES, YES): [0],
        (YES, ABSTAINING): [1],
        (NO, ABSTAINING): [2],
        (NON_VOTING, OUTSIDE): [4],
    }


@given(st.lists(st.tuples(choices, choices), max_size=25))
def test_every_state_is_counted_and_named_in_its_cell(pairs: list[tuple[int, int]]):
    before, after = arrays(pairs)
    counted = Counter(pair for pair in pairs if pair != (OUTSIDE, OUTSIDE))
    found = transitions(before, after)
    assert {cell: int(found[cell]) for cell in np.ndindex(5, 5) if found[cell]} == dict(counted)
    named = movers(before, after)
    assert list(named) == sorted(counted)
    for cell, states in named.items():
        assert states.tolist() == [place for place, pair in enumerate(pairs) if pair == cell]


def test_transitions_from_es_11_1_to_es_11_7_match_the_record(record: None):
    matrix = load().matrix
    first, last = (matrix.choices[matrix.rows_by_slug[f"a-res-es-11-{number}"]] for number in (1, 7))
    found = transitions(first, last)
    # 141-5-35 and 93-18-65, as announced.
    assert found.sum(axis=1)[[YES, NO, ABSTAINING]].tolist() == [141, 5, 35]
    assert found.sum(axis=0)[[YES, NO, ABSTAINING]].tolist() == [93, 18, 65]
    moved = [matrix.states[column] for column in movers(first, last)[YES, NO]]
    assert moved == ["HTI", "HUN", "ISR", "MHL", "NER", "PLW", "USA"]
