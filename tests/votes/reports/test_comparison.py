"""Comparing parties, against counting roll call by roll call and by hand."""

from __future__ import annotations

import dataclasses
import datetime
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes import small_record
from tests.votes.analysis.random_matrix import CODES, TOPICS, Small, groups, matrix_of, smalls
from votes.analysis.groups import Group, Membership
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, TIED, YES
from votes.record.parties import Party
from votes.record.record import Record, State
from votes.reports.comparison import MINIMUM, NO_TOPIC, Comparison, rests_on, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from votes.analysis.matrix import VoteMatrix
    from votes.analysis.pairs import Agreement

POSITIONS = (YES, ABSTAINING, NO)
PARTIES = ["QQA", "QQB", "QQC", "QQA,QQB,QQC", "QQB,QQD", "bloc", "QQZ", "other-bloc"]


def record_of(matrix: VoteMatrix, *blocs: Group) -> Record:
    """Return a record of a matrix, without a database; some of its states have never voted."""
    return dataclasses.replace(
        small_record.record_of(matrix, dict(zip(("bloc", "other-bloc"), blocs, strict=False))),
        topics={"seas": "Seas", "peace": "Peace"},
        states={code: State(0, code, code, code, ()) for code in (*CODES, "QQZ", "CHN")},
    )


def compare(
    record: Record, parties: Iterable[str], rows: Sequence[int] | None = None, before: Sequence[int] | None = None
):
    """Compare over all rows, or over some and those before."""
    over = np.arange(len(record.matrix)) if rows is None else np.array(rows, np.intp)
    preceding = None if before is None else np.array(before, np.intp)
    return Comparison.of([Party.parse(text, record) for text in parties], record, over, preceding)


def position(record: Record, text: str, row: int) -> int:
    """Return a party's position on one roll call, counting its members one by one."""
    matrix, party = record.matrix, Party.parse(text, record)
    choices = dict(zip(matrix.states, matrix.choices[row].tolist(), strict=True))
    if party.is_state:
        return int(choices.get(text, OUTSIDE))
    day = matrix.dates[row].item()
    members = [choices.get(code, OUTSIDE) for code in choices if party.has_member_on(code, day, record)]
    counts = {choice: members.count(choice) for choice in POSITIONS}
    most = [choice for choice in POSITIONS if counts[choice] == max(counts.values())]
    if not any(counts.values()):
        return NON_VOTING if NON_VOTING in members else OUTSIDE
    return most[0] if len(most) == 1 else TIED


def by_hand(record: Record, one: str, other: str, rows: Iterable[int]) -> dict[str, float | int | None]:
    """Return the measures of two parties from the definitions, in fractions."""
    met = [(position(record, one, row), position(record, other, row)) for row in rows]
    met = [(a, b) for a, b in met if a in POSITIONS and b in POSITIONS]
    sides = [(a, b) for a, b in met if ABSTAINING not in (a, b)]
    score = {0: Fraction(1), 1: Fraction(1, 2), 2: Fraction(0)}

    def mean(values: list[Fraction]) -> Fraction | None:
        return sum(values, Fraction(0)) / len(values) if values else None

    agreement = mean([Fraction(a == b) for a, b in met])
    kappa = None
    if agreement is not None:
        chance = sum(
            Fraction(sum(a == choice for a, _b in met) * sum(b == choice for _a, b in met), len(met) ** 2)
            for choice in POSITIONS
        )
        kappa = None if chance == 1 else (agreement - chance) / (1 - chance)
    exact = {
        "agreement": agreement,
        "lijphart": mean([score[abs(a - b)] for a, b in met]),
        "coincidence": mean([Fraction(a == b) for a, b in sides]),
        "kappa": kappa,
    }
    shares = {name: None if value is None else float(value) for name, value in exact.items()}
    return {"common": len(met), "coincident": len(sides), **shares}


def figures(measured: Agreement) -> dict[str, float | int | None]:
    """Return measures as ``by_hand`` has them."""
    names = ("common", "coincident", "agreement", "lijphart", "coincidence", "kappa")
    return {name: getattr(measured, name) for name in names}


chosen = st.lists(st.sampled_from(PARTIES), min_size=2, max_size=5, unique=True)


@given(small=smalls(), other=groups(), parties=chosen, data=st.data())
@settings(deadline=None)
def test_every_figure_equals_counting_one_by_one(small: Small, other: Group, parties: list[str], data: st.DataObject):
    record = record_of(small.matrix, small.group, other)
    every = range(len(small.matrix))
    rows = sorted(data.draw(st.sets(st.sampled_from(every)))) if every else []
    before = data.draw(st.none() | st.just([row for row in every if row not in rows]))

    comparison = compare(record, parties, rows, before)

    years = [small.matrix.dates[row].item().year for row in rows]
    assert comparison.years == (tuple(range(min(years), max(years) + 1)) if years else ())
    bits = {row: int(small.matrix.topics[row]) for row in rows}
    about = {slug: [row for row in rows if bits[row] >> TOPICS.index(slug) & 1] for slug in ("seas", "peace")}
    about[NO_TOPIC] = [row for row in rows if not bits[row]]
    assert comparison.topics == tuple(slug for slug, on in about.items() if on)
    assert [(pair.one.text, pair.other.text) for pair in comparison.pairs] == list(combinations(parties, 2))
    for pair in comparison.pairs:
        two = (pair.one.text, pair.other.text)
        taken = [(position(record, two[0], row), position(record, two[1], row)) for row in rows]
        assert pair.table.tolist() == [[taken.count((a, b)) for b in POSITIONS] for a in POSITIONS]
        assert figures(pair.overall) == by_hand(record, *two, rows)
        assert (None if pair.before is None else figures(pair.before)) == (
            None if before is None else by_hand(record, *two, before)
        )
        assert [figures(measured) for measured in pair.years] == [
            by_hand(record, *two, [row for row, own in zip(rows, years, strict=True) if own == year])
            for year in comparison.years
        ]
        assert [figures(measured) for measured in pair.topics] == [
            by_hand(record, *two, about[slug]) for slug in comparison.topics
        ]


@given(small=smalls(), other=groups(), parties=chosen)
@settings(deadline=None)
def test_divided_and_common_votes_equal_counting_one_by_one(small: Small, other: Group, parties: list[str]):
    record = record_of(small.matrix, small.group, other)
    apart = {}
    same = of = 0
    for row in range(len(small.matrix)):
        taken = [position(record, text, row) for text in parties]
        real = [choice for choice in taken if choice in POSITIONS]
        apart[row] = sum(abs(a - b) for a, b in combinations(real, 2))
        of += len(real) == len(taken)
        same += len(real) == len(taken) and len(set(real)) == 1

    comparison = compare(record, parties)

    assert comparison.divided.tolist() == sorted(
        (row for row in apart if apart[row]), key=lambda row: (-apart[row], -row)
    )
    assert comparison.together == (same, of)


@given(small=smalls(), other=groups(), parties=chosen)
@settings(deadline=None)
def test_overlaps_are_states_in_both_parties_on_one_day(small: Small, other: Group, parties: list[str]):
    record = record_of(small.matrix, small.group, other)
    dates = [date.item() for date in small.matrix.dates]
    # A membership that two share on any day they share on the day one of the two, or the period, begins.
    held = [membership for group in (small.group, other) for membership in group.memberships]
    days = {*dates[:1], *(m.since for m in held if m.since and dates and dates[0] <= m.since <= dates[-1])}
    expected = []
    for one, two in combinations([Party.parse(text, record) for text in parties], 2):
        both = {
            code
            for code in (*CODES, "QQZ")
            if any(one.has_member_on(code, day, record) and two.has_member_on(code, day, record) for day in days)
        }
        if both:
            expected.append((one.text, two.text, tuple(sorted(both))))

    found = [(overlap.one.text, overlap.other.text, overlap.states) for overlap in compare(record, parties).overlaps]

    assert found == expected


class TestByHand:
    """A few roll calls in plain view."""

    def record(self, *rows: str, dates: Sequence[str] = (), blocs: Iterable[Group] = ()) -> Record:
        letters = {"Y": YES, "A": ABSTAINING, "N": NO, "X": NON_VOTING, "-": OUTSIDE}
        return record_of(matrix_of([[letters[letter] for letter in row] for row in rows], dates=dates), *blocs)

    def test_nine_roll_calls_are_too_few_and_ten_enough(self):
        record = self.record(*["YY"] * 9, "YN", "AX", "-Y")

        nine = compare(record, ["QQA", "QQB"], range(9)).pairs[0].overall
        ten = compare(record, ["QQA", "QQB"]).pairs[0].overall

        assert MINIMUM == 10
        assert (nine.common, nine.agreement, shown(nine)) == (9, 1.0, None)
        assert (ten.common, shown(ten)) == (10, 0.9)

    def test_coincidence_rests_on_fewer_roll_calls_than_agreement(self):
        pair = compare(self.record(*["YY"] * 9, *["AY"] * 3), ["QQA", "QQB"]).pairs[0]

        assert (rests_on(pair.overall, "agreement"), rests_on(pair.overall, "coincidence")) == (12, 9)
        assert shown(pair.overall) == 0.75
        assert shown(pair.overall, "lijphart") == 10.5 / 12
        assert shown(pair.overall, "coincidence") is None

    def test_change_needs_enough_roll_calls_in_both_periods(self):
        record = self.record(*["YY"] * 5, *["YN"] * 5, *["YY"] * 9, "YA")

        pair = compare(record, ["QQA", "QQB"], range(10, 20), range(10)).pairs[0]
        short = compare(record, ["QQA", "QQB"], range(10, 20), range(9)).pairs[0]
        alone = compare(record, ["QQA", "QQB"], range(10, 20)).pairs[0]

        assert pair.change() == 0.9 - 0.5
        assert pair.change("coincidence") is None  # nine where neither abstained
        assert (short.change(), alone.change()) == (None, None)

    def test_tied_pairs_are_all_named(self):
        record = self.record(*["YYNN"] * 10)
        comparison = compare(record, ["QQA", "QQB", "QQC", "QQD"])

        most, least = comparison.extremes()

        assert [(pair.one.text, pair.other.text) for pair in most] == [("QQA", "QQB"), ("QQC", "QQD")]
        assert len(least) == 4
        assert compare(record, ["QQA", "QQB"]).extremes() == ([], [])

    def test_split_group_has_no_position(self):
        comparison = compare(self.record("YNY", "YYN"), ["QQA,QQB", "QQC"])

        assert comparison.positions.tolist() == [[TIED, YES], [YES, NO]]
        assert comparison.pairs[0].overall.common == 1
        assert comparison.pairs[0].opposed == 1

    def test_membership_that_ends_between_two_roll_calls_counts_in_one(self):
        bloc = Group((Membership("QQA", until=datetime.date(2000, 1, 2)), Membership("QQB")))
        record = self.record("NYY", "NYY", dates=["2000-01-01", "2000-01-02"], blocs=[bloc])

        comparison = compare(record, ["bloc", "QQC"])

        assert comparison.positions.tolist() == [[TIED, YES], [YES, YES]]

    def test_comparison_without_roll_calls_is_empty(self):
        comparison = compare(self.record("YY"), ["QQA", "QQB"], [], [])

        assert (comparison.years, comparison.topics, comparison.overlaps) == ((), (), [])
        assert figures(comparison.pairs[0].overall) == by_hand(comparison.record, "QQA", "QQB", [])
        assert (len(comparison.divided), comparison.together, comparison.spans_seat_of_china) == (0, (0, 0), False)

    def test_up_to_four_parties_are_charted_with_each_other_and_more_with_the_first(self):
        record = self.record("YYYYY")

        assert len(compare(record, CODES[:4]).charted) == 6
        assert [pair.one.text for pair in compare(record, CODES[:5]).charted] == ["QQA"] * 4

    @pytest.mark.parametrize(
        ("parties", "rows", "before", "spans"),
        [
            (["CHN", "QQA"], [0, 1], None, True),
            (["CHN,QQA", "QQB"], [0, 1], None, True),
            (["bloc", "QQB"], [0, 1], None, True),
            (["QQA", "QQB"], [0, 1], None, False),
            (["CHN", "QQA"], [1], None, False),
            (["CHN", "QQA"], [0], None, False),
            (["CHN", "QQA"], [1], [0], True),
            (["other-bloc", "QQB"], [0, 1], None, False),
        ],
    )
    def test_change_of_chinas_seat_is_detected_for_parties_with_china(
        self, parties: list[str], rows: list[int], before: list[int] | None, spans: bool
    ):
        blocs = [
            Group((Membership("CHN"),)),
            Group((Membership("CHN", since=datetime.date(1990, 1, 1)), Membership("QQA"))),
        ]
        record = self.record("YY", "YY", dates=["1971-10-25", "1971-10-26"], blocs=blocs)

        assert compare(record, parties, rows, before).spans_seat_of_china is spans
