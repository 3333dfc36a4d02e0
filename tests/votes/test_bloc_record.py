"""A bloc's record: its position by roll call, and who broke with it, with the members of each day."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings

from tests.factories import day, make_bloc, make_membership, make_roll_call, make_state
from tests.votes.random_record import RECORD, SLUGS, WORDS, Record, Stage, records
from votes.bloc_record import BlocRecord, MemberBreaks, members_on, roll_calls_of
from votes.models import Bloc, RollCall
from votes.reading import load
from votes.totals import Totals


def of(slug: str, prefix: str = "") -> BlocRecord:
    """Return the bloc's record on the roll calls whose slugs begin like that."""
    read = load()
    rows = [row for slug_, row in read.matrix.rows_by_slug.items() if slug_.startswith(prefix)]
    return BlocRecord(read, read.blocs[slug], np.array(sorted(rows), np.intp))


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage.new()


@given(record=records())
@settings(RECORD, max_examples=40)
def test_breaks_are_those_counted_by_hand(stage: Stage, record: Record):
    with stage.holding(record):
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
            lines = of(slug, "random-").breaks

            assert {line.state.code: (line.positions, line.breaks) for line in lines} == {
                code: (positions[code], broke[code]) for code in positions
            }
            order = [
                (line.positions < 5, -line.breaks / line.positions if line.positions >= 5 else 0, -line.breaks)
                for line in lines
            ]
            assert order == sorted(order)


@given(record=records())
@settings(RECORD, max_examples=30)
def test_the_roll_calls_of_a_bloc_are_those_in_whose_electorate_it_had_a_member(stage: Stage, record: Record):
    with stage.holding(record) as roll_calls:
        read = load()
        slugs = {roll_call.pk: slug for slug, roll_call in roll_calls.items()}
        for slug in SLUGS:
            keys = read.register.keys[roll_calls_of(read, read.blocs[slug])].tolist()
            assert {slugs[key] for key in keys} == {t.slug for t in record.taken if record.choices_of(slug, t)}


@given(record=records())
@settings(RECORD, max_examples=30)
def test_totals_by_roll_call_are_those_counted_by_hand(stage: Stage, record: Record):
    with stage.holding(record) as roll_calls:
        for slug in SLUGS:
            assert of(slug).positions_on(list(roll_calls.values())) == [
                (roll_calls[taken.slug], Totals.count(record.choices_of(slug, taken).values()))
                for taken in record.taken
            ]


def test_the_share_is_of_the_positions_taken(db: None):
    codes = ("QQA", "QQB", "QQC", "QQD", "QQE")
    bloc = make_bloc(members=tuple(make_state(code) for code in codes))
    for votes in ("YYYNN", "NNNYN", "AAYAY", "YYAYN", "NNXNN", "YYXNN", "XXXNX", "YNXXX", "YYNNA"):
        choices = dict(zip(codes, votes, strict=True))
        make_roll_call(f"asked-{votes.lower()}", status="published", votes=choices)
    make_roll_call("not-asked", status="published", votes=dict(zip(codes, "NYYYY", strict=True)))

    lines = of(bloc.slug, "asked-").breaks

    # YYXNN, YNXXX and YYNNA were ties, with nothing to break with.
    assert [(line.state.code, line.positions, line.breaks, line.share) for line in lines] == [
        ("QQE", 5, 3, 60.0),
        ("QQD", 6, 2, pytest.approx(100 / 3)),
        ("QQA", 5, 0, 0.0),
        ("QQB", 5, 0, 0.0),
        ("QQC", 4, 2, None),
    ]


def test_a_larger_share_goes_before_more_breaks(db: None):
    codes = ("QQA", "QQB", "QQC", "QQD", "QQE")
    bloc = make_bloc(members=tuple(make_state(code) for code in codes))
    for number, last in enumerate(["NN", "NN", "NN", "NN", "YY", "NX", "YX", "YX", "NX", "YX"]):
        make_roll_call(f"asked-{number}", status="published", votes=dict(zip(codes, f"YYY{last}", strict=True)))

    lines = of(bloc.slug, "asked-").breaks

    assert [(line.state.code, line.positions, line.breaks) for line in lines][:2] == [("QQE", 5, 4), ("QQD", 10, 6)]


def test_a_share_is_in_per_cent_and_of_at_least_five(db: None):
    code = make_state().code
    state = load().states[code]
    assert MemberBreaks(state, positions=8, breaks=1).share == 12.5
    assert MemberBreaks(state, positions=5, breaks=0).share == 0
    assert MemberBreaks(state, positions=4, breaks=4).share is None


def test_no_roll_calls_have_no_breaks(db: None):
    bloc = make_bloc(members=(make_state(),))

    assert of(bloc.slug, "no-such-").breaks == []
    assert of(bloc.slug).breaks == []
    assert of(bloc.slug).positions_on([]) == []


def test_queries_do_not_grow_with_the_roll_calls(record: None, django_assert_num_queries):
    union = Bloc.objects.get(slug="eu")
    roll_calls = list(RollCall.objects.published().with_tally())
    assert len(roll_calls) == 22

    own = of("eu")
    with django_assert_num_queries(0):
        lines = own.breaks
        totals = dict(own.positions_on(roll_calls))
    with django_assert_num_queries(1):
        assert len(members_on(union, day("2025-02-24"))) == 27

    assert {roll_call.slug: str(found) for roll_call, found in totals.items()}["a-res-es-11-7"] == "26-1-0"
    assert lines[0].breaks > 0


def test_the_full_members_of_a_day_come_first(db: None):
    bloc = make_bloc()
    for code, status in (("QQA", "observer"), ("QQB", "suspended"), ("QQD", "member"), ("QQC", "member")):
        make_membership(bloc=bloc, state=make_state(code), status=status)
    make_membership(bloc=bloc, state=make_state("QQE"), until="2024-12-17")

    assert [m.state.code for m in members_on(bloc, day("2024-12-17"))] == ["QQC", "QQD", "QQB", "QQA"]
    assert [m.state.code for m in members_on(bloc, day("2024-12-16"))] == ["QQC", "QQD", "QQE", "QQB", "QQA"]
