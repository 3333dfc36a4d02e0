"""A bloc's position, cohesion and breaks, with the members of each day."""

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import day, make_bloc, make_membership, make_roll_call, make_state
from tests.votes.random_record import RECORD, SLUGS, WORDS, Record, Stage, records
from tests.votes.small_record import BLOCS, random_record, record_of, written
from votes.analysis.groups import Group, Membership
from votes.record.record import Record as Reading
from votes.record.record import State, load
from votes.reports.bloc import BlocRecord, Cohesion, MemberBreaks, members_on, roll_calls_of
from votes.totals import Totals

STATES = [f"QQ{letter}" for letter in "ABCDE"]


def of(record: Reading, slug: str = "bloc", *, only: str = "", body: str = "GA") -> BlocRecord:
    """Return the record of a bloc on all roll calls, or on those whose slugs begin with ``only``."""
    slugs = record.matrix.slugs
    return BlocRecord(record, record.blocs[slug], np.flatnonzero(np.char.startswith(slugs, only)), body)


def votes_of(
    votes: list[str], dates: list[str] | None = None, group: Group | None = None, **values: list[str]
) -> BlocRecord:
    """Return the record of a bloc of all states, or of a group of them, on roll calls as strings."""
    states = STATES[: len(votes[0])]
    matrix = written(votes, dates or ["2020-06-01"] * len(votes), states, **values)
    return of(record_of(matrix, {"bloc": group or Group.of_states(states)}))


class TestBreaks:
    """Who took another position than the bloc, and how often."""

    @given(record=records())
    @settings(RECORD, max_examples=40)
    def test_breaks_equal_counting_one_by_one(self, stage: Stage, record: Record):
        with stage.holding(record):
            read = load()
            for slug in SLUGS:
                positions: Counter[str] = Counter()
                broke: Counter[str] = Counter()
                for taken in record.taken:
                    word = record.position_of(slug, taken)
                    if word not in ("for", "against", "abstain"):
                        continue
                    for code, choice in record.choices_of(slug, taken).items():
                        if choice != "X":
                            positions[code] += 1
                            broke[code] += WORDS[choice] != word
                lines = of(read, slug).breaks

                assert {line.state.code: (line.positions, line.breaks) for line in lines} == {
                    code: (positions[code], broke[code]) for code in positions
                }
                order = [
                    (
                        not line.breaks,
                        line.positions < 5,
                        -line.breaks / line.positions if line.positions >= 5 else 0,
                        -line.breaks,
                    )
                    for line in lines
                ]
                assert order == sorted(order)

    def test_share_of_breaks_is_of_the_positions_taken(self):
        # YYXNN, YNXXX and YYNNA are ties, with nothing to break with.
        votes = ["YYYNN", "NNNYN", "AAYAY", "YYAYN", "NNXNN", "YYXNN", "XXXNX", "YNXXX", "YYNNA"]

        assert [(line.state.code, line.positions, line.breaks, line.share) for line in votes_of(votes).breaks] == [
            ("QQE", 5, 3, 0.6),
            ("QQD", 6, 2, pytest.approx(1 / 3)),
            ("QQC", 4, 2, None),
            ("QQA", 5, 0, 0.0),
            ("QQB", 5, 0, 0.0),
        ]

    def test_members_are_sorted_by_share_before_number_of_breaks(self):
        last = ["NN", "NN", "NN", "NN", "YY", "NX", "YX", "YX", "NX", "YX"]
        lines = votes_of([f"YYY{two}" for two in last]).breaks

        assert [(line.state.code, line.positions, line.breaks) for line in lines][:2] == [("QQE", 5, 4), ("QQD", 10, 6)]

    def test_only_selected_roll_calls_count(self, db: None):
        codes = STATES[:3]
        make_bloc("bloc", members=tuple(make_state(code) for code in codes))
        for slug, votes in (("asked", "YYN"), ("other", "NYY")):
            make_roll_call(slug, votes=dict(zip(codes, votes, strict=True)), status="published")
        make_roll_call("asked-but-a-draft", votes=dict(zip(codes, "YNY", strict=True)))

        lines = of(load(), only="asked").breaks

        assert [(line.state.code, line.positions, line.breaks) for line in lines] == [
            ("QQC", 1, 1),
            ("QQA", 1, 0),
            ("QQB", 1, 0),
        ]

    def test_share_needs_at_least_five_positions(self):
        state = State(1, "QQA", "State QQA", "state qqa", ())
        assert MemberBreaks(state, positions=8, breaks=1).share == 0.125
        assert MemberBreaks(state, positions=5, breaks=0).share == 0
        assert MemberBreaks(state, positions=4, breaks=4).share is None

    def test_bloc_with_one_voting_member_has_no_breaks(self):
        lines = votes_of(["YXX", "NXX", "AXX"]).breaks

        assert [(line.state.code, line.positions, line.breaks) for line in lines] == [("QQA", 3, 0)]

    def test_no_roll_calls_give_no_breaks(self):
        record = record_of(written([], [], STATES[:2]), {"bloc": Group.of_states(STATES[:2])})

        assert of(record).breaks == []
        assert of(record).votes == Totals(0, 0, 0, 0)


class TestPositions:
    """What its members did, roll call by roll call."""

    @given(record=records())
    @settings(RECORD, max_examples=30)
    def test_totals_by_roll_call_equal_counting_one_by_one(self, stage: Stage, record: Record):
        with stage.holding(record) as roll_calls:
            read = load()
            shown = read.roll_calls_by_key(roll_calls[taken.slug].pk for taken in record.taken)
            for slug in SLUGS:
                own = of(read, slug)
                by_hand = [Totals.count(record.choices_of(slug, taken).values()) for taken in record.taken]

                assert own.positions_on(shown) == list(zip(shown, by_hand, strict=True))
                assert own.votes == Totals(
                    *(sum(totals.of(choice) for totals in by_hand) for choice in ("Y", "N", "A", "X"))
                )

    @given(record=records())
    @settings(RECORD, max_examples=30)
    def test_roll_calls_of_a_bloc_need_a_member_in_the_electorate(self, stage: Stage, record: Record):
        with stage.holding(record) as roll_calls:
            read = load()
            slugs = {roll_call.pk: slug for slug, roll_call in roll_calls.items()}
            for slug in SLUGS:
                found = read.register.keys[roll_calls_of(read, read.blocs[slug])].tolist()
                assert {slugs[key] for key in found} == {
                    taken.slug for taken in record.taken if record.choices_of(slug, taken)
                }
                assert len(found) == len(set(found))


def slow_cohesion(choices: list[str]) -> tuple[Fraction | None, Fraction | None]:
    """Return both indices of the letters of a bloc's members, None below two that count."""
    taken = [choice for choice in choices if choice in "YNA"]
    sides = [choice for choice in taken if choice != "A"]
    most = max(map(taken.count, "YNA"))
    index = (most - Fraction(len(taken) - most, 2)) / len(taken) if len(taken) > 1 else None
    rice = Fraction(abs(sides.count("Y") - sides.count("N")), len(sides)) if len(sides) > 1 else None
    return index, rice


def mean(values: list[Fraction | None]) -> tuple[Any, int]:
    """Return the mean of what is known, None for fewer than ten, and how many are."""
    known = [value for value in values if value is not None]
    return (pytest.approx(float(sum(known) / len(known))) if len(known) >= 10 else None), len(known)


class TestCohesion:
    """Means of the two indices by year and topic."""

    @given(seed=st.integers(0, 10**6), body=st.sampled_from(["GA", "SC"]))
    @settings(max_examples=30, deadline=None)
    def test_cohesion_equals_counting_vote_by_vote(self, seed: int, body: str):
        record = random_record(seed, roll_calls=120)
        matrix = record.matrix
        for slug in BLOCS:
            own = of(record, slug, body=body)
            indices = {}
            for row in range(len(matrix)):
                date = matrix.dates[row].item()
                members = {
                    held.state
                    for held in own.bloc.group.memberships
                    if (held.since or date) <= date and (held.until is None or date < held.until)
                }
                letters = [
                    ".YANX"[int(matrix.choices[row, column])]
                    for column, code in enumerate(matrix.states)
                    if code in members and matrix.choices[row, column]
                ]
                if matrix.bodies[row] == body and letters:
                    indices[row] = (date.year, slow_cohesion(letters), sum(letter in "YNA" for letter in letters))

            def expected(of: str, rows: list[int], indices: dict[int, Any] = indices) -> tuple[Any, ...]:
                index, number = mean([indices[row][1][0] for row in rows])
                rice, rice_number = mean([indices[row][1][1] for row in rows])
                voting = [indices[row][2] for row in rows if indices[row][1][0] is not None]
                return of, index, number, rice, rice_number, pytest.approx(np.mean(voting)) if voting else None

            def shown(lines: list[Cohesion]) -> list[tuple[Any, ...]]:
                return [
                    (o.of, o.agreement_index, o.roll_calls, o.rice_index, o.rice_roll_calls, o.voting) for o in lines
                ]

            years = sorted({year for year, _indices, _voting in indices.values()})
            by_year = [expected(str(year), [row for row in indices if indices[row][0] == year]) for year in years]
            by_topic = [
                expected(topic, [row for row in indices if matrix.topics[row] >> place & 1])
                for place, topic in enumerate(matrix.topic_slugs)
            ]
            assert shown(own.by_year) == by_year
            assert shown(own.by_topic) == [line for line in by_topic if line[2]]
            assert shown([own.overall]) == [expected("", list(indices))]

    def test_cohesion_worked_by_hand(self):
        # Of one mind; three to two: (3 - 1) / 5, Rice 1 / 5; three ways: (2 - 1.5) / 5, Rice 0; two abstain: no Rice.
        own = votes_of(["YYYYY", "YYYNN", "YYNNA", "AAXXX"] * 10)

        assert own.overall.agreement_index == pytest.approx((1 + 0.4 + 0.1 + 1) / 4)
        assert (own.overall.roll_calls, own.overall.rice_roll_calls) == (40, 30)
        assert own.overall.rice_index == pytest.approx((1 + 0.2 + 0) / 3)
        assert own.overall.voting == pytest.approx(17 / 4)

    def test_single_voting_member_gives_no_cohesion(self):
        own = votes_of(["YXX"] * 12)

        assert [(one.of, one.agreement_index, one.roll_calls, one.voting) for one in own.by_year] == [
            ("2020", None, 0, None)
        ]
        assert own.by_topic == []
        assert own.divided(10) == []

    def test_cohesion_uses_the_members_of_the_day(self):
        # B, who always differs from A and C, belongs for the first ten roll calls only.
        group = Group((Membership("QQA"), Membership("QQB", until=day("2020-06-02")), Membership("QQC")))
        own = votes_of(["YNY"] * 20, ["2020-06-01"] * 10 + ["2020-06-02"] * 10, group)

        assert own.overall.agreement_index == pytest.approx((10 * 0.5 + 10 * 1) / 20)
        assert own.overall.voting == 2.5
        assert [(line.state.code, line.positions, line.breaks) for line in own.breaks] == [
            ("QQB", 10, 10),
            ("QQA", 20, 0),
            ("QQC", 20, 0),
        ]

    def test_mean_cohesion_needs_ten_roll_calls(self):
        own = votes_of(["YY"] * 19, ["2019-06-01"] * 9 + ["2020-06-01"] * 10)

        assert [(one.of, one.agreement_index, one.roll_calls) for one in own.by_year] == [
            ("2019", None, 9),
            ("2020", 1, 10),
        ]

    def test_cohesion_is_of_one_body_and_breaks_are_of_all(self):
        own = votes_of(["YYN"] * 5 + ["YNN"] * 5, bodies=["GA"] * 5 + ["SC"] * 5)

        assert own.overall.roll_calls == 5
        assert [(line.state.code, line.positions, line.breaks) for line in own.breaks] == [
            ("QQA", 10, 5),
            ("QQC", 10, 5),
            ("QQB", 10, 0),
        ]


class TestDivided:
    """The roll calls on which it kept together least."""

    def test_most_divided_votes_come_first_then_the_newest(self):
        votes = ["YYYYY", "YYYYN", "YYYNN", "YYNNA", "YYNNA", "YYANN"]
        dates = ["2020-01-01", "2020-01-01", "2020-01-02", "2020-01-03", "2020-01-03", "2020-01-04"]
        own = votes_of(votes, dates)

        assert [(one.row, str(one.totals), round(one.agreement_index, 12)) for one in own.divided(9)] == [
            (5, "2-2-1", 0.1),
            (3, "2-2-1", 0.1),
            (4, "2-2-1", 0.1),
            (2, "3-2-0", 0.4),
            (1, "4-1-0", 0.7),
        ]
        assert [one.row for one in own.divided(2)] == [5, 3]

    def test_divided_vote_needs_positions_of_half_the_members(self):
        # Of four members, one of them not in the electorate.
        votes = ["YN..", "YNX.", "YXX.", "YNA."]

        assert [one.row for one in votes_of(votes).divided(9)] == [3, 0, 1]
        group = Group.of_states(["QQA", "QQB", "QQC", "QQD", "QQE"])
        assert [one.row for one in votes_of(votes, group=group).divided(9)] == [3]


class TestMembers:
    """The memberships of a day."""

    def test_full_members_come_first_with_names_of_the_day(self, db: None):
        bloc = make_bloc("bloc")
        for code, status in (("QQA", "observer"), ("QQB", "suspended"), ("QQD", "member"), ("QQC", "member")):
            make_membership(bloc=bloc, state=make_state(code), status=status)
        renamed = make_state("QQE")
        make_membership(bloc=bloc, state=renamed, since="2000-02-01", until="2024-12-17")
        renamed.former_names.create(name="Formerly", until=day("2024-12-16"))

        def on(text: str) -> list[tuple[str, str, str]]:
            record = load()
            found = members_on(record, record.blocs["bloc"], day(text))
            return [(held.name, held.status, str(held.since)) for held in found]

        others = [
            ("State QQC", "member", "1946-01-01"),
            ("State QQD", "member", "1946-01-01"),
            ("State QQB", "suspended", "1946-01-01"),
            ("State QQA", "observer", "1946-01-01"),
        ]
        assert on("2024-12-17") == others
        assert on("2024-12-16") == [*others[:2], ("State QQE", "member", "2000-02-01"), *others[2:]]
        assert on("2000-02-01") == [*others[:2], ("Formerly", "member", "2000-02-01"), *others[2:]]
        assert on("2000-01-31") == others
        assert on("1945-12-31") == []

    def test_members_take_one_query_for_all_blocs_and_days(self, record: None, django_assert_num_queries):
        read = load()
        with django_assert_num_queries(1):
            assert len(members_on(read, read.blocs["eu"], day("2025-02-24"))) == 27
            assert len(members_on(read, read.blocs["eu"], day("2015-02-24"))) == 28
