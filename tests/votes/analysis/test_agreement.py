"""Agreement of all states at once, against the measures of each pair and on real votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from tests.resolutions.corpora import columns
from tests.votes.analysis.random_matrix import Small, matrix_of, smalls
from votes.analysis import agreement
from votes.analysis.agreement import MEASURES, AllAgreement, agreement_with, all_agreement
from votes.analysis.matrix import ABSTAINING, LETTERS, NO, NON_VOTING, OUTSIDE, YES, VoteMatrix
from votes.analysis.pairs import measures, table
from votes.models import Vote
from votes.record.record import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

Y, A, N, X = YES, ABSTAINING, NO, NON_VOTING
COUNTS = ("common", "same", "coincident", "opposed")


def contents(found: AllAgreement) -> list[bytes]:
    """Return everything there is to compare, byte for byte."""
    return [*(getattr(found, name).tobytes() for name in COUNTS), *(found.of(name).tobytes() for name in MEASURES)]


def or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def check_pairs(matrix: VoteMatrix, found: AllAgreement) -> None:
    """Compare each cell with the measures of its pair, to the last bit."""
    assert found.states == matrix.states
    for one, code in enumerate(matrix.states):
        for other, partner in enumerate(matrix.states):
            counts = table(matrix.of(code), matrix.of(partner))
            pair = measures(counts)
            assert (found.common[one, other], found.coincident[one, other]) == (pair.common, pair.coincident)
            assert found.same[one, other] == np.trace(counts)
            assert found.opposed[one, other] == counts[0, 2] + counts[2, 0]
            for name in MEASURES:
                expected = or_nan(getattr(pair, name))
                np.testing.assert_array_equal(found.of(name)[one, other], expected, err_msg=f"{name} {code} {partner}")


@given(smalls())
def test_each_cell_equals_the_measures_of_its_pair(small: Small):
    check_pairs(small.matrix, all_agreement(small.matrix))


@given(smalls())
def test_other_measures_are_the_same_without_kappa(small: Small):
    some, every = all_agreement(small.matrix, ("agreement",)), all_agreement(small.matrix)
    for name in MEASURES[:-1]:
        assert some.of(name).tobytes() == every.of(name).tobytes()


@given(smalls())
def test_the_order_of_roll_calls_makes_no_difference(small: Small):
    # On one day any order is in the order of dates.
    choices = small.matrix.choices.tolist()
    there, back = matrix_of(choices, states=small.matrix.states), matrix_of(choices[::-1], states=small.matrix.states)
    assert contents(all_agreement(there)) == contents(all_agreement(back))


def test_result_does_not_depend_on_the_chunk_size(monkeypatch: pytest.MonkeyPatch):
    choices = np.random.default_rng(4).integers(0, 5, (53, 6))
    matrix = matrix_of(choices.tolist())
    whole = contents(all_agreement(matrix))
    party = [counts.tolist() for counts in agreement_with(matrix, matrix.of("QQC"))]
    for chunk in (1, 52, 53, 54):
        monkeypatch.setattr(agreement, "CHUNK", chunk)
        assert contents(all_agreement(matrix)) == whole
        assert [counts.tolist() for counts in agreement_with(matrix, matrix.of("QQC"))] == party


def test_matrix_of_three_states_worked_by_hand():
    matrix = matrix_of([[Y, Y, OUTSIDE], [Y, N, OUTSIDE], [A, Y, X], [N, X, Y], [OUTSIDE, N, A], [X, X, N]])
    found = all_agreement(matrix)
    assert found.common.tolist() == [[4, 3, 1], [3, 4, 1], [1, 1, 3]]
    assert found.same.tolist() == [[4, 1, 0], [1, 4, 0], [0, 0, 3]]
    assert found.coincident.tolist() == [[3, 2, 1], [2, 4, 0], [1, 0, 2]]
    np.testing.assert_array_equal(found.agreement, [[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(found.lijphart, [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]])
    np.testing.assert_array_equal(found.coincidence, [[1, 0.5, 0], [0.5, 1, np.nan], [0, np.nan, 1]])


def test_states_with_no_common_roll_call_have_no_agreement():
    found = all_agreement(matrix_of([[Y, X, Y], [OUTSIDE, N, Y], [A, OUTSIDE, N]]))
    assert found.common[0, 1] == 0
    for name in MEASURES:
        assert np.isnan(found.of(name)[0, 1])
    # A state that never took a position does not even agree with itself.
    assert np.isnan(all_agreement(matrix_of([[X, Y], [OUTSIDE, Y]])).agreement[0]).all()


def test_unknown_or_uncomputed_measure_is_an_error():
    matrix = matrix_of([[Y, N]])
    with pytest.raises(ValueError, match="Kappa"):
        _ = all_agreement(matrix, ("agreement",)).kappa
    with pytest.raises(KeyError, match="kapa"):
        all_agreement(matrix, ("kapa",))
    with pytest.raises(KeyError, match="states"):
        all_agreement(matrix).of("states")


@given(smalls())
def test_agreement_of_one_party_with_all_states_equals_counting(small: Small):
    matrix = small.matrix
    for positions in (small.group.positions(matrix), matrix.of("QQA"), matrix.of("QQZ")):
        common, same = agreement_with(matrix, positions)
        for column, code in enumerate(matrix.states):
            counts = table(positions, matrix.of(code))
            assert (common[column], same[column]) == (counts.sum(), np.trace(counts))


def test_agreement_on_landmark_votes_equals_counting_the_votes_table(record: None):
    matrix = load().matrix
    cast: dict[str, dict[int, str]] = {}
    for code, roll_call, choice in Vote.objects.values_list("state__code", "roll_call_id", "choice"):
        cast.setdefault(code, {})[roll_call] = choice
    found = all_agreement(matrix)
    for one in ("USA", "RUS", "CHN", "FRA", "HUN", "SUN"):
        for other in ("USA", "GBR", "IND", "DDR"):
            common = [key for key in cast[one] if cast[one][key] in "YAN" and cast[other].get(key, "X") in "YAN"]
            cell = matrix.columns[one], matrix.columns[other]
            assert found.common[cell] == len(common)
            assert found.same[cell] == sum(cast[one][key] == cast[other][key] for key in common)


def corpus() -> tuple[VoteMatrix, dict[str, dict[str, str]]]:
    """Return the matrix of the General Assembly's file, and the letters in it by state and record number."""
    votes = list(columns("ga_voting_1946_2021.csv.gz", "undl_id", "ms_code", "ms_vote"))
    numbers = {number: row for row, number in enumerate(sorted({vote[0] for vote in votes}))}
    codes = {code: column for column, code in enumerate(sorted({vote[1] for vote in votes}))}
    choices: NDArray[np.int8] = np.zeros((len(numbers), len(codes)), np.int8)
    letters: dict[str, dict[str, str]] = {}
    for number, code, letter in votes:
        choices[numbers[number], codes[code]] = LETTERS[letter]
        letters.setdefault(code, {})[number] = letter
    return matrix_of(choices.tolist(), states=list(codes)), letters


def test_agreement_over_75_years_equals_counting():
    matrix, letters = corpus()
    found = all_agreement(matrix)
    for one, other in (("USA", "ISR"), ("USA", "RUS"), ("FRA", "GBR"), ("SUN", "RUS"), ("DDR", "DEU")):
        first, second = letters[one], letters[other]
        common = [number for number in first if first[number] in "YAN" and second.get(number, "X") in "YAN"]
        sides = [number for number in common if first[number] != "A" and second[number] != "A"]
        cell = matrix.columns[one], matrix.columns[other]
        assert found.common[cell] == len(common)
        assert found.same[cell] == sum(first[number] == second[number] for number in common)
        assert found.coincident[cell] == len(sides)
        assert found.opposed[cell] == sum(first[number] != second[number] for number in sides)
        pair = measures(table(matrix.of(one), matrix.of(other)))
        for name in MEASURES:
            np.testing.assert_array_equal(found.of(name)[cell], or_nan(getattr(pair, name)))
