"""Closest partners and surprise: by hand, one by one, and on the vote that made the news."""

from __future__ import annotations

import datetime
from dataclasses import astuple
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.resolutions.corpora import columns
from tests.votes.analysis.random_matrix import POSITIONS, matrix_of
from votes.analysis.breaks import (
    MINIMUM_COMMON,
    MINIMUM_VOTING,
    NOTABLE,
    PARTNERS,
    Break,
    all_surprises,
    closest,
    notable,
    partners,
    surprises,
    surprises_in,
    years_before,
)
from votes.analysis.matrix import ABSTAINING, LETTERS, NO, NON_VOTING, OUTSIDE, YES
from votes.record.record import load

if TYPE_CHECKING:
    from votes.analysis.matrix import VoteMatrix

Y, A, N, X = YES, ABSTAINING, NO, NON_VOTING
DAY = datetime.date


def codes(number: int) -> list[str]:
    return [f"Q{chr(65 + place // 26)}{chr(65 + place % 26)}" for place in range(number)]


def slow_closest(common: np.ndarray, same: np.ndarray, number: int, minimum: int) -> list[set[int]]:
    """Return the closest of each state: ranked one by one, and all that tie with the last."""
    found = []
    for state in range(len(common)):
        shares = {
            other: Fraction(int(same[state, other]), int(common[state, other]))
            for other in range(len(common))
            if other != state and common[state, other] >= minimum
        }
        last = sorted(shares.values(), reverse=True)[:number][-1:]
        found.append({other for other, share in shares.items() if last and share >= last[0]})
    return found


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 10), st.integers(1, 4))
def test_closest_partners_equal_a_ranking_one_by_one(seed: int, states: int, number: int, minimum: int):
    random = np.random.default_rng(seed)
    common = random.integers(0, 6, (states, states))
    common = np.triu(common) + np.triu(common, 1).T
    same = np.minimum(common, random.integers(0, 6, (states, states)))
    same = np.triu(same) + np.triu(same, 1).T
    found = closest(common, same, number=number, minimum=minimum)
    assert [set(np.flatnonzero(row)) for row in found] == slow_closest(common, same, number, minimum)


def test_ties_with_the_last_closest_partner_are_included():
    # To the first state: 9/10, 8/10, 4/5 (the same share), 3/4, and a perfect record on too few roll calls.
    common = np.array([[10, 10, 10, 5, 4, 1]] * 6)
    same = np.array([[10, 9, 8, 4, 3, 1]] * 6)
    for number, expected in ((1, [1]), (2, [1, 2, 3]), (3, [1, 2, 3]), (4, [1, 2, 3, 4]), (9, [1, 2, 3, 4])):
        assert np.flatnonzero(closest(common, same, number=number, minimum=4)[0]).tolist() == expected
    assert np.flatnonzero(closest(common, same, number=1, minimum=1)[0]).tolist() == [5]


def test_no_partners_without_common_roll_calls():
    nothing = np.zeros((3, 3), np.int32)
    assert not closest(nothing, nothing).any()


@pytest.mark.parametrize(
    ("day", "since"),
    [
        (DAY(2025, 2, 24), DAY(2020, 2, 24)),
        (DAY(2024, 2, 29), DAY(2019, 3, 1)),
        (DAY(2025, 3, 1), DAY(2020, 3, 1)),
    ],
)
def test_window_is_the_five_years_before_a_day(day: DAY, since: DAY):
    assert years_before(day) == since


def test_only_the_assemblys_roll_calls_of_the_five_years_before_count():
    matrix = matrix_of(
        [[Y, Y], [Y, Y], [Y, N], [Y, Y], [A, A], [N, N]],
        dates=["2000-01-01", "2000-01-02", "2003-01-01", "2004-06-06", "2005-01-01", "2005-01-02"],
        bodies=["GA", "GA", "GA", "SC", "GA", "GA"],
    )
    found = partners(matrix, DAY(2005, 1, 2))
    assert (found.since, found.before, found.roll_calls) == (DAY(2000, 1, 2), DAY(2005, 1, 2), 3)
    assert (found.common.tolist(), found.same.tolist()) == ([[3, 3], [3, 3]], [[3, 2], [2, 3]])
    assert partners(matrix, DAY(2005, 1, 1), years=1).roll_calls == 0
    assert not found.closest.any()


def surprises_on(matrix: VoteMatrix, row: int) -> list[Break]:
    """Return the surprises of a roll call, with the partners before its day."""
    return surprises(matrix, row, partners(matrix, matrix.dates[row].item()))


def camp(last: list[int], *, before: int = MINIMUM_COMMON, bodies: list[str] | None = None) -> VoteMatrix:
    """Return a record in which eight states are of one mind a number of times, and then make a last choice each."""
    return matrix_of(
        [[Y] * 8] * before + [last],
        states=codes(8),
        dates=["2000-01-01"] * before + ["2000-01-02"],
        bodies=bodies or ["GA"] * (before + 1),
    )


def test_surprises_of_one_roll_call_worked_by_hand():
    # Of each state's seven partners one is absent and one is no member: six or five are left.
    matrix = camp([N, Y, Y, Y, Y, A, X, OUTSIDE])
    a, b, c, d, e, f, _, _ = codes(8)
    found = surprises_on(matrix, MINIMUM_COMMON)
    assert found == [
        Break(a, NO, partners=5, other=5, opposed=4),
        Break(f, ABSTAINING, partners=5, other=5, opposed=0),
        *(Break(code, YES, partners=5, other=2, opposed=1) for code in (b, c, d, e)),
    ]
    assert [one.surprise for one in found] == [1.0, 1.0, 0.4, 0.4, 0.4, 0.4]
    assert [one.distance for one in found] == [0.9, 0.5, 0.3, 0.3, 0.3, 0.3]
    assert notable(found) == found[:2]


@pytest.mark.parametrize(
    "matrix",
    [
        camp([N, Y, Y, Y, Y, X, X, OUTSIDE]),
        camp([N, Y, Y, Y, Y, Y, Y, Y], before=MINIMUM_COMMON - 1),
        camp([N, Y, Y, Y, Y, Y, Y, Y], bodies=["GA"] * MINIMUM_COMMON + ["SC"]),
        camp([N, Y, Y, Y, Y, Y, Y, Y], bodies=["SC"] * MINIMUM_COMMON + ["GA"]),
    ],
    ids=["four partners voting", "a roll call too few", "a vote of the Council", "partners in the Council"],
)
def test_too_few_partners_give_no_surprise(matrix: VoteMatrix):
    last = len(matrix) - 1
    assert surprises_on(matrix, last) == []
    table = all_surprises(matrix)
    assert np.isnan(table.surprise).all()
    assert surprises_in(table, matrix, last) == []


def test_roll_calls_of_the_same_day_are_not_before_it():
    matrix = matrix_of([[Y] * 8] * MINIMUM_COMMON + [[N, *[Y] * 7]], states=codes(8))
    assert surprises_on(matrix, MINIMUM_COMMON) == []
    assert not all_surprises(matrix).partners.any()


def test_notable_breaks_are_surprising_and_sorted_by_distance():
    found = [
        Break("QQA", ABSTAINING, partners=20, other=20, opposed=0),
        Break("QQB", NO, partners=20, other=15, opposed=15),
        Break("QQC", NO, partners=20, other=14, opposed=14),
        Break("QQE", NO, partners=10, other=8, opposed=8),
        Break("QQD", NO, partners=10, other=8, opposed=8),
        Break("QQF", NO, partners=20, other=16, opposed=16),
        Break("QQG", NO, partners=10, other=9, opposed=7),
    ]
    assert [one.state for one in notable(found)] == ["QQG", "QQF", "QQD", "QQE", "QQB", "QQA"]
    assert [one.state for one in notable(reversed(found))] == ["QQG", "QQF", "QQD", "QQE", "QQB", "QQA"]
    assert [one.state for one in notable(found, 0.7)] == ["QQG", "QQF", "QQD", "QQE", "QQB", "QQC", "QQA"]
    assert found[1].surprise == NOTABLE


def random_record(seed: int) -> VoteMatrix:
    """Return 60 to 120 roll calls over 15 years of 24 to 30 states in two camps, some of whom come late or leave."""
    random = np.random.default_rng(seed)
    number, states = int(random.integers(60, 120)), int(random.integers(24, 30))
    days = np.sort(random.choice(["2000-02-28", "2000-02-29", "2000-03-01", "2001-01-01", "2004-02-29",
        "2005-02-28", "2005-03-01", "2006-01-01", "2014-12-31", "2015-01-01"], number))  # fmt: skip
    camps = random.integers(0, 2, states)
    lines = random.choice(POSITIONS, (number, 2))
    choices = np.where(random.random((number, states)) < 0.7, lines[:, camps], random.integers(0, 5, (number, states)))
    choices[: number // 3, 0] = OUTSIDE
    choices[number // 2 :, 1] = OUTSIDE
    bodies = random.choice(["GA", "GA", "GA", "SC"], number)
    return matrix_of(choices.tolist(), states=codes(states), dates=days.tolist(), bodies=bodies.tolist())


def slow_surprises(matrix: VoteMatrix, row: int) -> list[Break]:
    """Return the surprises of a roll call, counted one vote after the other."""
    choices, day = matrix.choices.tolist(), matrix.dates[row].item()
    if matrix.bodies[row] != "GA":
        return []
    since = DAY(day.year - 5, 3, 1) if (day.month, day.day) == (2, 29) else DAY(day.year - 5, day.month, day.day)
    window = [
        choices[other]
        for other in range(len(matrix))
        if matrix.bodies[other] == "GA" and since <= matrix.dates[other].item() < day
    ]
    states = range(len(matrix.states))
    both = np.array(
        [[sum(one[i] in POSITIONS and one[j] in POSITIONS for one in window) for j in states] for i in states]
    )
    same = np.array([[sum(one[i] in POSITIONS and one[i] == one[j] for one in window) for j in states] for i in states])
    close = slow_closest(both, same, PARTNERS, MINIMUM_COMMON)
    found = []
    for state, choice in enumerate(choices[row]):
        theirs = [choices[row][other] for other in close[state] if choices[row][other] in POSITIONS]
        if choice in POSITIONS and len(theirs) >= MINIMUM_VOTING:
            other = sum(their != choice for their in theirs)
            opposed = sum({their, choice} == {YES, NO} for their in theirs)
            found.append(Break(matrix.states[state], choice, len(theirs), other, opposed))
    return sorted(found, key=lambda one: (-Fraction(one.other, one.partners), -one.other, one.state))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_surprises_equal_counting_one_by_one(seed: int, data: st.DataObject):
    matrix = random_record(seed)
    row = data.draw(st.integers(len(matrix) // 2, len(matrix) - 1))
    assert surprises_on(matrix, row) == slow_surprises(matrix, row)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_surprises_of_all_roll_calls_equal_those_of_each(seed: int):
    matrix = random_record(seed)
    table = all_surprises(matrix)
    assert (table.rows.tolist(), table.states) == (list(range(len(matrix))), matrix.states)
    for row in range(len(matrix)):
        alone = surprises_on(matrix, row)
        assert surprises_in(table, matrix, row) == alone
        shares = {matrix.columns[one.state]: np.float32(one.surprise) for one in alone}
        assert {column: share for column, share in enumerate(table.surprise[row]) if not np.isnan(share)} == shares


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_surprises_of_some_roll_calls_equal_those_among_all(seed: int, data: st.DataObject):
    matrix = random_record(seed)
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, len(matrix) - 1)))), np.intp)
    some, every = all_surprises(matrix, rows), all_surprises(matrix)
    assert some.rows.tolist() == rows.tolist()
    for counts in ("partners", "other", "opposed"):
        assert getattr(some, counts).tobytes() == getattr(every, counts)[rows].tobytes()


def test_random_records_contain_surprises():
    found = [one for row in range(40, 60) for one in surprises_on(random_record(1), row)]
    assert {one.choice for one in found} == set(POSITIONS)
    assert len({one.partners for one in found}) > 3
    assert len({one.surprise for one in found}) > 10


def test_the_united_states_breaks_with_its_partners_on_es_11_7(record: None):
    landmarks = load().matrix
    since, day = DAY(2020, 2, 24), DAY(2025, 2, 24)
    votes: dict[str, dict[str, str]] = {}
    dates: dict[str, str] = {}
    fields = ("resolution", "date", "ms_code", "ms_vote")
    for symbol, date, code, letter in columns("ga_voting_1946_2021.csv.gz", *fields):
        if date >= since.isoformat():
            votes.setdefault(symbol, {})[code] = letter
            dates[symbol] = date
    # What the file ends too early for: A/RES/ES-11/1, and the vote in question.
    later = landmarks.rows(since=DAY.fromisoformat(max(dates.values())), until=day, body="GA").tolist()
    last = landmarks.rows_by_slug["a-res-es-11-7"]
    of_file = [[LETTERS.get(votes[symbol].get(code, ""), OUTSIDE) for code in landmarks.states] for symbol in dates]
    rows = sorted(
        [*zip(dates.values(), of_file, strict=True)]
        + [(str(landmarks.dates[row]), landmarks.choices[row].tolist()) for row in [*later, last]]
    )
    matrix = matrix_of([choices for _, choices in rows], states=landmarks.states, dates=[date for date, _ in rows])
    before = partners(matrix, day)
    assert before.roll_calls == len(matrix) - 1
    usa = matrix.columns["USA"]
    assert before.closest[usa].sum() == 20
    found = surprises(matrix, len(matrix) - 1, before)
    break_ = next(one for one in found if one.state == "USA")
    assert astuple(break_) == ("USA", NO, 20, 17, 16)
    assert "USA" in [one.state for one in notable(found)][:4]
