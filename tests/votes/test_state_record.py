"""A member state's record: how it voted in the roll calls asked about, and what it is a member of."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings

from tests.factories import make_bloc, make_membership, make_roll_call, make_seat, make_state
from tests.votes.random_record import CODES, RECORD, Record, Stage, records
from votes.models import MemberState, RollCall
from votes.reading import load
from votes.state_record import StateRecord
from votes.totals import Totals


def of(state: MemberState, prefix: str = "", page: Sequence[RollCall] = ()) -> StateRecord:
    """Return the state's record on the roll calls whose slugs begin like that."""
    read = load()
    rows = [row for slug, row in read.matrix.rows_by_slug.items() if slug.startswith(prefix)]
    return StateRecord.of(state, read, np.array(sorted(rows), np.intp), page)


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage.new()


@given(record=records())
@settings(RECORD, max_examples=30)
def test_totals_are_those_counted_by_hand(stage: Stage, record: Record):
    with stage.holding(record):
        for prefix in ("random-", "random-1", "no-such-"):
            selected = [taken for taken in record.taken if taken.slug.startswith(prefix)]
            for code in CODES:
                expected = Totals.count(t.choices[code] for t in selected if code in t.choices)
                assert of(stage.states[code], prefix).totals == expected


def test_a_page_shows_single_choices_and_the_totals_are_of_everything_asked_about(db: None):
    state, other = make_state(), make_state()
    roll_calls = [
        make_roll_call(f"asked-{n}", status="published", votes={state.code: choice}) for n, choice in enumerate("YYNAX")
    ]
    make_roll_call("not-asked", status="published", votes={state.code: "N"})
    make_roll_call("asked-of-others", status="published", votes={other.code: "N"})

    record = of(state, "asked-", roll_calls[2:4])

    assert record.totals == Totals(2, 1, 1, 1)
    assert [(roll_call.slug, choice) for roll_call, choice in record.votes] == [("asked-2", "N"), ("asked-3", "A")]


def test_what_a_state_is_a_member_of_is_in_order(db: None):
    state = make_state()
    make_seat(state=state, since="1990-01-01", until="1995-01-01")
    make_seat(state=state, since="1950-01-01", until="1960-01-01")
    for slug, since in (("bloc-z", "1990-01-01"), ("bloc-a", "2000-01-01")):
        make_membership(bloc=make_bloc(slug), state=state, since=since)

    record = of(state)

    assert [str(seat.since) for seat in record.seats] == ["1950-01-01", "1990-01-01"]
    assert [str(membership.bloc) for membership in record.blocs] == ["bloc-a", "bloc-z"]
    assert record.former_names == []
    assert record.totals == Totals(0, 0, 0, 0)


def test_a_record_takes_three_queries_and_that_of_the_matrix(record: None, django_assert_num_queries):
    state = MemberState.objects.get(code="USA")
    page = list(RollCall.objects.published().filter(votes__state=state).with_tally())

    assert len(page) == 22
    for shown in (page, page[:2]):
        with django_assert_num_queries(4):
            of(state, "", shown)
