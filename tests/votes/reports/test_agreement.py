"""The agreement matrix, against counting roll call by roll call and by hand."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes.small_record import BLOCS, random_record, record_of, written
from votes.analysis.agreement import MEASURES
from votes.analysis.clustering import order_by_similarity
from votes.analysis.groups import Group, Membership
from votes.analysis.matrix import NON_VOTING, OUTSIDE
from votes.analysis.pairs import measures, table
from votes.reports.agreement import BUSY, MINIMUM, NAME, YEARS, AgreementMatrix, Pair, usual_since

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.analysis.pairs import Agreement
    from votes.record.record import Record

STATES = ("QQA", "QQB", "QQC")

seeds = st.integers(0, 10_000)
spans = st.tuples(st.integers(0, 120), st.integers(1, 160))


def every_row(record: Record) -> np.ndarray:
    return np.arange(len(record.matrix))


def counted(record: Record, rows: Iterable[int], one: str, other: str, bloc: str = "") -> Agreement:
    """Return the measures of two states, roll call by roll call; of a bloc only while both are members."""
    matrix, kept = record.matrix, []
    for row in rows:
        day = matrix.dates[row].item()
        held = record.blocs[bloc].group.memberships if bloc else ()
        members = {h.state for h in held if (h.since is None or h.since <= day) and (h.until is None or day < h.until)}
        if not bloc or {one, other} <= members:
            kept.append(row)
    return measures(table(matrix.of(one)[kept], matrix.of(other)[kept]))


def rests_on(agreement: Agreement, measure: str) -> int:
    return agreement.coincident if measure == "coincidence" else agreement.common


class TestEveryFigure:
    """Each value and the number of roll calls it rests on."""

    @settings(max_examples=40, deadline=None)
    @given(seeds, spans, st.sampled_from(["", *BLOCS]), st.sampled_from(MEASURES))
    def test_every_figure_equals_counting_roll_call_by_roll_call(
        self, seed: int, span: tuple[int, int], bloc: str, measure: str
    ):
        record = random_record(seed)
        rows = every_row(record)[span[0] : sum(span)]
        group = record.blocs[bloc].group if bloc else None
        matrix = AgreementMatrix.of(record, rows, group=group, measure=measure, also=MEASURES)
        codes = [state.code for state in matrix.states]

        for name in MEASURES:
            values, counts = matrix.values_of(name), matrix.rests_on(name)
            for (a, one), (b, other) in itertools.permutations(enumerate(codes), 2):
                expected = counted(record, rows, one, other, bloc)
                assert counts[a, b] == rests_on(expected, name)
                value = getattr(expected, name) if rests_on(expected, name) >= MINIMUM else None
                assert (None if np.isnan(values[a, b]) else values[a, b]) == value
            assert np.isnan(np.diag(values)).all()

    @settings(max_examples=40, deadline=None)
    @given(seeds, spans, st.sampled_from(["", *BLOCS]))
    def test_states_with_too_few_common_votes_are_left_out(self, seed: int, span: tuple[int, int], bloc: str):
        record = random_record(seed)
        rows = every_row(record)[span[0] : sum(span)]
        group = record.blocs[bloc].group if bloc else None
        matrix = AgreementMatrix.of(record, rows, group=group)

        members = group.mask(record.matrix) if group else record.matrix.choices != OUTSIDE
        seated = {code for code, column in record.matrix.columns.items() if members[rows, column].any()}
        pairs = [
            {one, other}
            for one, other in itertools.combinations(sorted(seated), 2)
            if counted(record, rows, one, other, bloc).common >= MINIMUM
        ]
        known = set().union(*pairs)
        assert {state.code for state in matrix.states} == known
        assert [state.code for state in matrix.left_out] == sorted(seated - known)
        assert matrix.number_of_pairs == len(pairs)
        assert matrix.roll_calls == len(rows)


class TestOrder:
    """Similar states stand side by side, or all by name."""

    @settings(max_examples=25, deadline=None)
    @given(seeds, st.sampled_from(MEASURES))
    def test_order_is_computed_from_distances_sorted_by_code(self, seed: int, measure: str):
        record = random_record(seed)
        matrix = AgreementMatrix.of(record, every_row(record), measure=measure)
        codes = sorted(state.code for state in matrix.states)

        def distance_of(found: Agreement) -> float:
            value = getattr(found, measure) if rests_on(found, measure) >= MINIMUM else None
            return np.nan if value is None else 1 - value

        distance = np.array(
            [[distance_of(counted(record, every_row(record), one, other)) for other in codes] for one in codes]
        )
        assert [state.code for state in matrix.states] == [codes[place] for place in order_by_similarity(distance)]

    def test_order_does_not_depend_on_the_order_of_selection(self):
        record = random_record(5)
        chosen = ["QQE", "QQB", "QQA", "QQG", "QQC"]
        orders = [
            [state.code for state in AgreementMatrix.of(record, every_row(record), codes=codes).states]
            for codes in itertools.permutations(chosen)
        ]

        assert sorted(orders[0]) == sorted(chosen)
        assert orders == [orders[0]] * 120

    def test_two_camps_are_ordered_apart(self):
        votes = ["YNYN", "NYNY", "YNYN", "NNNY"] * 5
        record = record_of(written(votes, ["2001-01-01"] * 20, ("QQA", "QQB", "QQC", "QQD")))
        matrix = AgreementMatrix.of(record, every_row(record))

        assert [state.code for state in matrix.states] == ["QQA", "QQC", "QQB", "QQD"]

    def test_order_by_name_uses_the_sort_name(self):
        record = random_record(3)
        names = dict(zip(record.states, ("h", "b", "a", "d", "c", "f", "e", "g"), strict=True))
        states = {code: dataclasses.replace(state, sort_name=names[code]) for code, state in record.states.items()}
        record = dataclasses.replace(record, states=states)
        matrix = AgreementMatrix.of(record, every_row(record), order=NAME)

        assert [state.sort_name for state in matrix.states] == ["a", "b", "c", "d", "e", "f", "g", "h"]
        similar = AgreementMatrix.of(record, every_row(record))
        assert [state.sort_name for state in similar.states] != ["a", "b", "c", "d", "e", "f", "g", "h"]
        for (a, one), (b, other) in itertools.permutations(enumerate(matrix.states), 2):
            there = similar.states.index(one), similar.states.index(other)
            assert matrix.values[a, b] == similar.values[there]

    @pytest.mark.parametrize(
        ("asked", "error"),
        [({"order": "size"}, ValueError), ({"measure": "likeness"}, KeyError), ({"codes": ["QQA", "XXX"]}, KeyError)],
    )
    def test_unknown_order_measure_or_code_is_an_error(self, asked: dict[str, Any], error: type[Exception]):
        record = random_record(1)
        with pytest.raises(error):
            AgreementMatrix.of(record, every_row(record), **asked)


class TestPairs:
    """The closest and the farthest."""

    @settings(max_examples=40, deadline=None)
    @given(seeds, spans, st.integers(0, 30))
    def test_closest_and_farthest_are_the_ends_of_all_sorted_pairs(self, seed: int, span: tuple[int, int], number: int):
        record = random_record(seed, states=6)
        # A few roll calls make many ties.
        rows = every_row(record)[span[0] : span[0] + 12 + span[1] // 8]
        matrix = AgreementMatrix.of(record, rows)
        pairs = [
            Pair(record.states[one], record.states[other], found.agreement, found.common)
            for one, other in itertools.combinations(sorted(record.states), 2)
            if (found := counted(record, rows, one, other)).common >= MINIMUM and found.agreement is not None
        ]

        for shown, sign in ((matrix.closest(number), -1), (matrix.farthest(number), 1)):
            expected = sorted(pairs, key=lambda p: (sign * p.value, -p.roll_calls, p.one.code, p.other.code))
            assert list(shown.shown) == expected[:number]
            last = expected[:number][-1].value if expected[:number] else None
            assert shown.tied == sum(pair.value == last for pair in expected[number:])

    def test_equal_pairs_are_sorted_by_number_of_roll_calls(self):
        votes = ["YYYX"] * 11 + ["YYYY"] * 12
        record = record_of(written(votes, ["2001-01-01"] * 23, ("QQA", "QQB", "QQC", "QQD")))
        matrix = AgreementMatrix.of(record, every_row(record))

        found = matrix.closest(4)
        assert [(p.one.code, p.other.code, p.value, p.roll_calls) for p in found.shown] == [
            ("QQA", "QQB", 1.0, 23),
            ("QQA", "QQC", 1.0, 23),
            ("QQB", "QQC", 1.0, 23),
            ("QQA", "QQD", 1.0, 12),
        ]
        assert found.tied == 2
        assert matrix.median == 1.0


class TestByHand:
    """Small cases with the figures written out."""

    def test_matrix_of_three_states_worked_by_hand(self):
        # A and B: 9 of 12 the same. A and C: no abstention of C, 10 in common, 5 the same. B and C likewise, 4.
        votes = ["YYY"] * 4 + ["NNY"] * 4 + ["YAN", "AYN", "NYN", "AAX"]
        record = record_of(written([*votes, "XYY"], ["2001-01-01"] * 13, STATES))
        matrix = AgreementMatrix.of(record, every_row(record), order=NAME)

        assert matrix.counts.tolist() == [[12, 12, 11], [12, 13, 12], [11, 12, 12]]
        expected = [[None, 9 / 12, 5 / 11], [9 / 12, None, 5 / 12], [5 / 11, 5 / 12, None]]
        assert [[None if np.isnan(v) else v for v in row] for row in matrix.values.tolist()] == expected
        assert matrix.number_of_pairs == 3
        assert matrix.median == 5 / 11

    def test_ten_common_roll_calls_are_enough_and_nine_are_not(self):
        votes = ["YYX"] + ["YYY"] * 9
        record = record_of(written(votes, ["2001-01-01"] * 10, STATES))
        matrix = AgreementMatrix.of(record, every_row(record))

        assert MINIMUM == 10
        assert [state.code for state in matrix.states] == ["QQA", "QQB"]
        assert [state.code for state in matrix.left_out] == ["QQC"]
        chosen = AgreementMatrix.of(record, every_row(record), codes=STATES)
        assert chosen.left_out == ()
        assert sorted(state.code for state in chosen.states) == ["QQA", "QQB", "QQC"]
        assert chosen.number_of_pairs == 1

    def test_bloc_counts_only_votes_while_both_were_members(self):
        days = ["2001-01-01"] * 10 + ["2002-01-01"] * 10 + ["2003-01-01"] * 10
        record = record_of(
            written(["YYY"] * 10 + ["YNY"] * 10 + ["NYY"] * 10, days, STATES),
            {
                "club": Group(
                    (
                        Membership("QQA"),
                        Membership("QQB", until=datetime.date(2002, 1, 1)),
                        Membership("QQC", since=datetime.date(2002, 1, 1), until=datetime.date(2003, 1, 1)),
                    )
                )
            },
        )
        matrix = AgreementMatrix.of(record, every_row(record), group=record.blocs["club"].group, order=NAME)

        assert matrix.counts.tolist() == [[30, 10, 10], [10, 10, 0], [10, 0, 10]]
        pairs = [(p.one.code, p.other.code, p.value, p.roll_calls) for p in matrix.closest(9).shown]
        assert pairs == [("QQA", "QQB", 1.0, 10), ("QQA", "QQC", 1.0, 10)]

    def test_coincidence_ignores_abstentions(self):
        votes = ["YY"] * 9 + ["AA"] * 9
        record = record_of(written(votes, ["2001-01-01"] * 18, STATES[:2]))
        by = {name: AgreementMatrix.of(record, every_row(record), codes=STATES[:2], measure=name) for name in MEASURES}

        assert {name: matrix.counts[0, 1] for name, matrix in by.items()} == {
            "agreement": 18, "lijphart": 18, "coincidence": 9, "kappa": 18,
        }  # fmt: skip
        assert {name: matrix.median for name, matrix in by.items()} == {
            "agreement": 1.0, "lijphart": 1.0, "coincidence": None, "kappa": 1.0,
        }  # fmt: skip

    @pytest.mark.parametrize("asked", [{}, {"codes": STATES}])
    def test_matrix_is_empty_without_roll_calls(self, asked: dict[str, Any]):
        record = record_of(written(["YYY"] * 3, ["2001-01-01"] * 3, STATES))
        matrix = AgreementMatrix.of(record, every_row(record)[:0], **asked)

        assert [state.code for state in matrix.states] == list(asked.get("codes", ()))
        assert matrix.left_out == ()
        assert matrix.closest(5).shown == matrix.farthest(5).shown == ()
        assert (matrix.number_of_pairs, matrix.median, matrix.first, matrix.last) == (0, None, None, None)

    @pytest.mark.parametrize(
        ("days", "states", "spans"),
        [
            (["1971-10-25", "1971-10-26"], ("CHN", "QQA"), True),
            (["1971-10-24", "1971-10-25"], ("CHN", "QQA"), False),
            (["1971-10-25", "1971-10-26"], ("QQA", "QQB"), False),
        ],
    )
    def test_change_of_chinas_seat_is_detected(self, days: list[str], states: tuple[str, ...], spans: bool):
        record = record_of(written(["YY"] * 2, days, states))

        assert AgreementMatrix.of(record, every_row(record), codes=states).spans_seat_of_china is spans


class TestUsualSince:
    """Where to begin without being asked."""

    @staticmethod
    def record(*years: tuple[int, int, str]) -> Record:
        """Return a record of roll calls, so many in a year of a body."""
        taken = [(f"{year}-06-01", body) for year, number, body in years for _ in range(number)]
        days, bodies = zip(*taken, strict=True)
        return record_of(written(["Y"] * len(taken), days, ("QQA",), bodies))

    def test_default_period_begins_with_the_last_five_busy_years(self):
        years = [(year, BUSY, "GA") for year in (1990, 2001, 2002, 2004, 2006)]
        record = self.record(*years, (2007, BUSY - 1, "GA"), (2008, BUSY, "GA"), (2009, 3, "GA"))

        assert YEARS == 5
        assert usual_since(record, "GA") == datetime.date(2001, 1, 1)

    def test_default_period_depends_on_the_body(self):
        record = self.record((1999, BUSY, "GA"), (2001, BUSY, "SC"), (2002, BUSY, "GA"))

        assert usual_since(record, "GA") == datetime.date(1999, 1, 1)
        assert usual_since(record, "SC") == datetime.date(2001, 1, 1)

    def test_no_default_period_without_busy_years(self):
        assert usual_since(self.record((2001, BUSY - 1, "GA")), "GA") is None
        assert usual_since(self.record((2001, BUSY, "GA")), "SC") is None


def test_non_voting_is_not_a_position():
    votes = ["YY"] * 10 + ["XX"] * 10 + ["XY"] * 5
    record = record_of(written(votes, ["2001-01-01"] * 25, STATES[:2]))
    matrix = AgreementMatrix.of(record, every_row(record))

    assert NON_VOTING in record.matrix.choices
    assert matrix.counts[0, 1] == 10
    assert matrix.median == 1.0
