"""The vote matrix: labels, selections and validation."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES, VoteMatrix, positions_only

DATES = ["1999-12-31", "2000-01-01", "2000-01-01", "2001-06-30"]


def matrix(**changed: Any) -> VoteMatrix:
    axes: dict[str, Any] = {
        "choices": np.array([[YES, NO, OUTSIDE], [ABSTAINING, NO, YES], [NON_VOTING, YES, YES], [NO, NO, NO]], np.int8),
        "keys": np.array([40, 10, 20, 30], np.int64),
        "slugs": np.array(["d", "a", "b", "c"]),
        "dates": np.array(DATES, "datetime64[D]"),
        "bodies": np.array(["GA", "SC", "GA", "GA"]),
        "kinds": np.array(["text", "text", "amendment", "paragraph"]),
        "sessions": np.array(["54", "", "54", "55"]),
        "topics": np.array([0b01, 0b10, 0b11, 0b00], np.int64),
        "topic_slugs": ("peace", "seas"),
        "states": ("QQA", "QQB", "QQC"),
    }
    return VoteMatrix(**{**axes, **changed})


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({}, [0, 1, 2, 3]),
        ({"since": datetime.date(2000, 1, 1)}, [1, 2, 3]),
        ({"until": datetime.date(2000, 1, 1)}, [0]),
        ({"since": datetime.date(2000, 1, 1), "until": datetime.date(2001, 6, 30)}, [1, 2]),
        ({"since": datetime.date(2000, 1, 2), "until": datetime.date(2000, 1, 1)}, []),
        ({"body": "GA"}, [0, 2, 3]),
        ({"body": "XX"}, []),
        ({"topic": "seas"}, [1, 2]),
        ({"kinds": ["amendment", "paragraph"]}, [2, 3]),
        ({"kinds": []}, []),
        ({"body": "GA", "topic": "peace", "kinds": ["text"], "until": datetime.date(2000, 1, 1)}, [0]),
        ({"body": "GA", "topic": "peace", "since": datetime.date(2000, 1, 1)}, [2]),
    ],
)
def test_rows_meet_all_conditions(asked: dict[str, Any], rows: list[int]):
    assert matrix().rows(**asked).tolist() == rows


def test_unknown_topic_is_an_error():
    with pytest.raises(KeyError, match="sea"):
        matrix().rows(topic="sea")


def test_selected_rows_and_states_keep_their_labels():
    some = matrix().take(np.array([1, 3]))
    assert some.slugs.tolist() == ["a", "c"]
    assert some.keys.tolist() == [10, 30]
    assert some.choices.tolist() == [[ABSTAINING, NO, YES], [NO, NO, NO]]
    assert some.rows(topic="seas").tolist() == [0]
    states = matrix().of_states(["QQC", "QQA"])
    assert states.states == ("QQA", "QQC")
    assert states.choices[0].tolist() == [YES, OUTSIDE]
    with pytest.raises(KeyError, match="QQZ"):
        matrix().of_states(["QQA", "QQZ"])


def test_column_of_a_state_is_its_choices_and_outside_if_unknown():
    assert matrix().of("QQB").tolist() == [NO, NO, YES, NO]
    assert matrix().of("QQZ").tolist() == [OUTSIDE] * 4


def test_years_are_calendar_years():
    assert matrix().years.tolist() == [1999, 2000, 2000, 2001]


def test_matrix_is_immutable():
    whole = matrix()
    for axis in ("choices", "keys", "slugs", "dates", "bodies", "kinds", "sessions", "topics"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(whole, axis)[0] = getattr(whole, axis)[0]
    with pytest.raises(AttributeError):
        whole.states = ()  # type: ignore[misc]  # that is what is tried


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"choices": np.zeros((4, 3), np.int16)}, "int8"),
        ({"choices": np.full((4, 3), 5, np.int8)}, "int8 from 0 to 4"),
        ({"choices": np.full((4, 3), -1, np.int8)}, "int8 from 0 to 4"),
        ({"choices": np.zeros((4, 2), np.int8)}, "States"),
        ({"slugs": np.array(["a", "b"])}, "slugs"),
        ({"states": ("QQB", "QQA", "QQC")}, "order of their codes"),
        ({"states": ("QQA", "QQA", "QQC")}, "each once"),
        ({"dates": np.array(DATES[::-1], "datetime64[D]")}, "order of their dates"),
        ({"topic_slugs": tuple(str(number) for number in range(63))}, "62 topics"),
    ],
)
def test_inconsistent_arrays_are_refused(changed: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        matrix(**changed)


def test_digest_depends_on_content_and_not_on_keys():
    whole = matrix()
    assert whole.digest == matrix().digest
    assert whole.digest == matrix(keys=np.arange(4)).digest
    choices = whole.choices.copy()
    choices[0, 0] = NO
    others: list[dict[str, Any]] = [
        {"choices": choices},
        {"slugs": np.array(["d", "a", "b", "e"])},
        {"topics": np.array([0b01, 0b10, 0b11, 0b01], np.int64)},
        {"topic_slugs": ("peace", "sea")},
        {"states": ("QQA", "QQB", "QQD")},
    ]
    assert len({whole.digest, *(replace(whole, **other).digest for other in others)}) == 6


def test_non_voting_is_not_a_position():
    assert positions_only(np.array([OUTSIDE, YES, ABSTAINING, NO, NON_VOTING], np.int8)).tolist() == [0, 1, 2, 3, 0]


def test_empty_matrix_is_valid():
    none = np.zeros(0)
    empty = VoteMatrix(
        choices=np.zeros((0, 0), np.int8),
        keys=none.astype(np.int64),
        slugs=none.astype(np.str_),
        dates=none.astype("datetime64[D]"),
        bodies=none.astype(np.str_),
        kinds=none.astype(np.str_),
        sessions=none.astype(np.str_),
        topics=none.astype(np.int64),
        topic_slugs=(),
        states=(),
    )
    assert (len(empty), empty.rows(since=datetime.date(2000, 1, 1)).tolist(), empty.years.tolist()) == (0, [], [])
