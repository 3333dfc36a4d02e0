"""A state's partners, blocs and breaks, by hand and against counting vote by vote."""

from __future__ import annotations

import datetime
from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes.small_record import LETTERS, random_record, record_of, written
from votes.analysis.groups import Group, Membership
from votes.analysis.matrix import ABSTAINING, NO, YES
from votes.periods import Period
from votes.record.record import Record
from votes.reports.state import StateProfile

POSITIONS = {YES, ABSTAINING, NO}
STATES = [f"QQ{letter}" for letter in "ABCDEF"]
DAY = datetime.date.fromisoformat


def profile(record: Record, code: str = "QQA", *, body: str = "GA", since: str = "", until: str = "") -> StateProfile:
    everything = np.arange(len(record.matrix))
    return StateProfile(record, code, body, everything, DAY(since) if since else None, DAY(until) if until else None)


def choice(record: Record, row: int, code: str) -> int:
    return int(record.matrix.choices[row, record.matrix.states.index(code)])


def days(record: Record, since: datetime.date, until: datetime.date, body: str = "GA") -> list[int]:
    return [
        row
        for row in range(len(record.matrix))
        if record.matrix.bodies[row] == body and since <= record.matrix.dates[row].item() < until
    ]


def together(record: Record, rows: list[int], one: str, other: str) -> tuple[int, int]:
    """Return how many roll calls two states have in common, and on how many they agreed."""
    pairs = [(choice(record, row, one), choice(record, row, other)) for row in rows]
    common = [(a, b) for a, b in pairs if a in POSITIONS and b in POSITIONS]
    return len(common), sum(a == b for a, b in common)


class TestPeriod:
    """The years compared, and those before."""

    def test_default_period_is_five_years_up_to_the_last_position(self):
        votes, dates = ["YY", "YY", "XY", "YY"], ["2001-03-01", "2006-02-28", "2006-03-05", "2006-03-07"]
        record = record_of(written(votes, dates, STATES[:2], bodies=["GA", "GA", "GA", "SC"]))

        assert profile(record).period == Period(DAY("2001-03-01"), DAY("2006-03-01"))
        assert profile(record, "QQB").period == Period(DAY("2001-03-06"), DAY("2006-03-06"))
        assert profile(record, body="SC").period == Period(DAY("2001-03-08"), DAY("2006-03-08"))

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            ("2002-01-01", "", ("2002-01-01", "2006-03-01")),
            ("", "2005-01-01", ("2000-01-01", "2005-01-01")),
            ("1990-01-01", "1991-01-01", None),
            ("2002-01-01", "2020-01-01", ("2002-01-01", "2020-01-01")),
            ("2010-01-01", "", None),
            ("", "2001-03-01", None),
        ],
    )
    def test_requested_dates_are_used(self, since: str, until: str, expected: tuple[str, str] | None):
        record = record_of(written(["YY", "YY"], ["2001-03-01", "2006-02-28"], STATES[:2]))

        found = profile(record, since=since, until=until).period

        assert found == (Period(*map(DAY, expected)) if expected else None)


class TestPartners:
    """Agreement, percentile and change."""

    @given(seed=st.integers(0, 10**6))
    @settings(max_examples=25, deadline=None)
    def test_partners_equal_counting_vote_by_vote(self, seed: int):
        record = random_record(seed)
        for code in record.matrix.states:
            found = profile(record, code)
            if found.period is None:
                assert found.partners == []
                continue
            rows = days(record, found.period.since, found.period.until)
            preceding = found.period.preceding
            before = days(record, preceding.since, preceding.until) if preceding else []
            pairs = [together(record, rows, *pair) for pair in combinations(record.matrix.states, 2)]
            shares = [Fraction(same, common) for common, same in pairs if common >= 20]
            expected: list[Any] = []
            for other in record.matrix.states:
                common, same = together(record, rows, code, other)
                if other != code and common >= 20:
                    share = Fraction(same, common)
                    then, same_then = together(record, before, code, other)
                    lower = Fraction(sum(one < share for one in shares), len(shares))
                    change = float(share - Fraction(same_then, then)) if then >= 20 else None
                    expected.append((share, common, other, same, float(lower), then, change))
            expected.sort(key=lambda one: (-one[0], -one[1], one[2]))

            lines: list[Any] = [
                (float(share), common, other, same, pytest.approx(lower), then, change and pytest.approx(change))
                for share, common, other, same, lower, then, change in expected
            ]
            assert [
                (p.agreement, p.common, p.state.code, p.same, p.lower, p.before, p.change) for p in found.partners
            ] == lines
            assert found.roll_calls == len(rows)
            assert found.positions == sum(choice(record, row, code) in POSITIONS for row in rows)

    def test_partners_worked_by_hand(self):
        # Twenty roll calls in two years each: with B always, with C half, with D never; E has nineteen; F none.
        now = ["YYYNYX"] * 10 + ["YYNNYX"] * 9 + ["YYNNXX"]
        before = ["YNYYYX"] * 20
        dates = ["2014-06-01"] * 20 + ["2019-06-01"] * 20
        found = profile(record_of(written(before + now, dates, STATES)))

        assert found.period == Period(DAY("2014-06-02"), DAY("2019-06-02"))
        assert [(p.state.code, p.agreement, p.common, p.before, p.change) for p in found.partners] == [
            ("QQB", 1.0, 20, 20, 1.0),
            ("QQC", 0.5, 20, 20, -0.5),
            ("QQD", 0.0, 20, 20, -1.0),
        ]
        # All pairs with twenty: AB 1, AC .5, AD 0, BC .5, BD 0, CD .5.
        assert [p.lower for p in found.partners] == [5 / 6, 2 / 6, 0.0]

    def test_a_state_with_no_roll_call_in_common_is_left_out(self):
        found = profile(record_of(written(["YYX", "YXY"] * 20, ["2019-06-01"] * 40, STATES[:3])))

        assert [(p.state.code, p.common) for p in found.partners] == [("QQB", 20), ("QQC", 20)]
        assert [(p.state.code, p.common) for p in profile(found.record, "QQB").partners] == [("QQA", 20)]

    def test_state_without_positions_has_no_partners(self):
        found = profile(record_of(written(["XY", ".Y"] * 20, ["2019-06-01"] * 40, STATES[:2])))

        assert (found.period, found.partners, found.breaks, found.own_blocs, found.positions) == (None, [], [], [], 0)
        assert found.with_blocs(found.selected_positions).years == []
        assert found.charted.blocs == []
        assert len(found.latest_years) == 0

    def test_unknown_code_has_no_partners(self):
        assert profile(record_of(written(["YY"], ["2019-06-01"], STATES[:2])), "QQZ").partners == []

    def test_tied_partners_are_all_among_the_closest_or_none(self):
        # With A: B 20 of 20, C and D 19, E 18.
        votes = ["YYYYY"] * 18 + ["YYYYN", "YYNNN"]
        found = profile(record_of(written(votes, ["2019-06-01"] * 20, STATES[:5])))

        def ends(number: int) -> tuple[list[str], list[str]]:
            closest, farthest = found.ends(number)
            return [p.state.code for p in closest], [p.state.code for p in farthest]

        assert ends(1) == (["QQB"], ["QQE"])
        assert ends(2) == (["QQB", "QQC", "QQD"], ["QQE"])
        assert ends(9) == (["QQB", "QQC", "QQD", "QQE"], [])

    def test_largest_changes_include_all_ties(self):
        # Before, with B and C never, with D and E always, with F on half; now the other way round, and F as before.
        before, now = ["YNNYYY", "YNNYYN"] * 10, ["YYYNNY", "YYYYNN"] * 10
        dates = ["2014-06-01"] * 20 + ["2019-06-01"] * 20
        found = profile(record_of(written(before + now, dates, STATES)))

        def moved(number: int) -> tuple[list[str], list[str]]:
            nearer, further = found.moved(number)
            return [p.state.code for p in nearer], [p.state.code for p in further]

        assert moved(1) == (["QQB", "QQC"], ["QQE"])
        assert moved(2) == (["QQB", "QQC"], ["QQE", "QQD"])
        assert moved(9) == (["QQB", "QQC"], ["QQE", "QQD"])

    def test_without_partners_there_are_no_closest_farthest_or_changes(self):
        found = profile(record_of(written(["YY"], ["2019-06-01"], STATES[:2])))

        assert found.ends(10) == ([], [])
        assert found.moved(10) == ([], [])

    def test_periods_spanning_the_change_of_chinas_seat_are_marked(self):
        record = record_of(written(["YY"] * 3, ["1971-10-24", "1971-10-25", "1971-10-26"], STATES[:2]))

        def spans(since: str, until: str) -> bool:
            return profile(record, since=since, until=until).spans_seat_of_china

        assert spans("1971-10-01", "1971-10-26") is False
        assert spans("1971-10-01", "1971-10-27") is True
        assert spans("1971-10-26", "1971-10-27") is True, "the day before the day"
        assert spans("1971-11-01", "1975-11-01") is True, "the four years before the four years"
        assert spans("1990-01-01", "1991-01-01") is False


def others_position(record: Record, slug: str, row: int, code: str, *, with_own: bool) -> int | None:
    """Return the position of a bloc's members of the day, with or without the state; None for a tie or nobody."""
    day = record.matrix.dates[row].item()
    members = {
        held.state
        for held in record.blocs[slug].group.memberships
        if (held.since or day) <= day and (held.until is None or day < held.until)
    }
    taken = Counter(
        choice(record, row, other)
        for other in members
        if (with_own or other != code) and choice(record, row, other) in POSITIONS
    ).most_common()
    if not taken or (len(taken) > 1 and taken[0][1] == taken[1][1]):
        return None
    return taken[0][0]


def is_member(record: Record, slug: str, row: int, code: str) -> bool:
    day = record.matrix.dates[row].item()
    return any(
        held.state == code and (held.since or day) <= day and (held.until is None or day < held.until)
        for held in record.blocs[slug].group.memberships
    )


class TestBlocs:
    """Agreement with the other members of blocs by year, and breaks with one's own."""

    @given(seed=st.integers(0, 10**6))
    @settings(max_examples=25, deadline=None)
    def test_agreement_with_blocs_equals_counting_vote_by_vote(self, seed: int):
        record = random_record(seed)
        for code in record.matrix.states:
            found = profile(record, code)
            rows = [
                row
                for row in days(record, DAY("1990-01-01"), DAY("2050-01-01"))
                if choice(record, row, code) in POSITIONS
            ]
            years = sorted({record.matrix.dates[row].item().year for row in rows})
            expected = {}
            for slug in record.blocs:
                common, same = dict.fromkeys(years, 0), dict.fromkeys(years, 0)
                for row in rows:
                    position = others_position(record, slug, row, code, with_own=False)
                    year = record.matrix.dates[row].item().year
                    common[year] += position is not None
                    same[year] += position == choice(record, row, code)
                if any(common.values()):
                    own = any(is_member(record, slug, row, code) for row in rows)
                    expected[slug] = (own, tuple(common.values()), tuple(same.values()))
            by_year = found.with_blocs(found.selected_positions)

            assert by_year.years == years
            assert {one.bloc.slug: (one.own, one.common, one.same) for one in by_year.blocs} == expected
            for one in by_year.blocs:
                assert one.shares == [
                    same / common if common >= 10 else None for common, same in zip(one.common, one.same, strict=True)
                ]

    @given(seed=st.integers(0, 10**6))
    @settings(max_examples=25, deadline=None)
    def test_breaks_with_own_blocs_equal_counting_vote_by_vote(self, seed: int):
        record = random_record(seed)
        for code in record.matrix.states:
            found = profile(record, code)
            expected = {}
            for slug in record.blocs:
                rows = days(record, found.period.since, found.period.until) if found.period else []
                taken = [
                    (choice(record, row, code), others_position(record, slug, row, code, with_own=True))
                    for row in rows
                    if is_member(record, slug, row, code) and choice(record, row, code) in POSITIONS
                ]
                known = [(own, position) for own, position in taken if position is not None]
                if known:
                    expected[slug] = (len(known), sum(own != position for own, position in known))

            assert {one.bloc.slug: (one.positions, one.breaks) for one in found.own_blocs} == expected

    def test_a_bloc_whose_only_voting_member_is_the_state_has_no_position(self):
        blocs = {"alone": Group.of_states(["QQA"]), "pair": Group.of_states(["QQA", "QQB"])}
        found = profile(record_of(written(["YX", "YN"] * 10, ["2019-06-01"] * 20, STATES[:2]), blocs))
        (pair,) = found.with_blocs(found.selected_positions).blocs

        # Of the pair, B is the other member: of its ten positions none is A's. Both together tie there.
        assert (pair.bloc.slug, pair.common, pair.same, pair.shares) == ("pair", (10,), (0,), [0.0])
        assert [(one.bloc.slug, one.positions, one.breaks, one.share) for one in found.own_blocs] == [
            ("alone", 20, 0, 0.0),
            ("pair", 10, 0, 0.0),
        ]

    def test_membership_that_changes_between_roll_calls_counts_by_date(self):
        # B and C vote for, D against. A is of the bloc with B until a day, and with D from then on.
        group = Group(
            (
                Membership("QQA"),
                Membership("QQB", until=DAY("2019-07-01")),
                Membership("QQD", since=DAY("2019-07-01")),
            )
        )
        dates = ["2019-06-30"] * 10 + ["2019-07-01"] * 12
        found = profile(record_of(written(["YYYN"] * 22, dates, STATES[:4]), {"bloc": group}))
        (bloc,) = found.with_blocs(found.selected_positions).blocs

        assert (bloc.common, bloc.same) == ((22,), (10,))
        assert found.own_blocs[0].positions == 10, "from July on the bloc is tied, one to one"

    def test_year_with_few_roll_calls_has_no_share(self):
        dates = ["2018-06-01"] * 9 + ["2019-06-01"] * 10
        record = record_of(written(["YYY"] * 19, dates, STATES[:3]), {"bloc": Group.of_states(["QQB"])})
        found = profile(record)

        assert found.with_blocs(found.selected_positions).blocs[0].shares == [None, 1.0]
        assert found.with_blocs(found.latest_years).years == [2019]

    def test_chart_shows_regional_groups_then_the_standard_blocs(self):
        others = Group.of_states(["QQB"])
        blocs = {
            "african-group": Group.of_states(["QQA"]),
            "asia-pacific-group": Group.of_states(["QQA", "QQB"]),
            "eu": others,
            "g20": others,
            "nato": Group.of_states(["QQC"]),
        }
        kinds = {"african-group": "regional-group", "asia-pacific-group": "regional-group"}
        record = record_of(written(["YYX"] * 10, ["2019-06-01"] * 10, STATES[:3]), blocs, kinds)

        assert [one.bloc.slug for one in profile(record).charted.blocs] == ["asia-pacific-group", "eu"]
        assert [one.bloc.slug for one in profile(record, "QQB").charted.blocs] == ["asia-pacific-group"]
        assert [one.bloc.slug for one in profile(record, "QQC").charted.blocs] == []


class TestBreaks:
    """The roll calls on which the closest partners voted differently."""

    @pytest.fixture
    def record(self) -> Record:
        states = [f"QQ{letter}" for letter in "ABCDEFG"]
        before = ["YYYYYYY"] * 20
        return record_of(
            written(
                [*before, "NYYYYYN", "NYYYYYX", "NYYYYYX", "YYYYYYA", "NYYYYYY", "XYYYYYY", "NYYXXXX", "YYYYYYY"],
                dates=["2017-01-01"] * 20 + ["2019-06-01", "2019-06-01", "2019-06-02", *["2019-06-03"] * 5],
                states=states,
                bodies=["GA"] * 24 + ["SC"] + ["GA"] * 3,
            )
        )

    def test_most_surprising_breaks_come_first_then_the_newest(self, record: Record):
        found = profile(record)

        assert [(one.row, one.choice, one.other, one.partners) for one in found.breaks] == [
            (22, "N", 5, 5),
            (21, "N", 5, 5),
            (20, "N", 5, 6),
            (23, "Y", 1, 6),
        ]
        assert [one.surprise for one in found.breaks] == [1.0, 1.0, 5 / 6, 1 / 6]
        assert found.notable == 3

    def test_no_breaks_outside_the_assembly(self, record: Record):
        assert profile(record, body="SC").breaks == []

    def test_breaks_are_of_the_period_with_partners_from_before_it(self, record: Record):
        assert [one.row for one in profile(record, since="2019-06-02").breaks] == [22, 23]
        assert [one.row for one in profile(record, until="2019-06-02").breaks] == [21, 20]


def test_letters_of_choices_equal_those_of_the_matrix():
    assert sorted(LETTERS.values()) == [0, 1, 2, 3, 4]
