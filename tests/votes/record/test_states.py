"""A member state's record: how it voted in the roll calls asked about, and what it is a member of."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.factories import day, make_bloc, make_membership, make_roll_call, make_seat, make_state
from tests.votes.random_record import CODES, RECORD, Record, Stage, records
from votes.record.record import load
from votes.record.states import Held, StateRecord, read_states
from votes.totals import Totals


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage.new()


@given(record=records())
@settings(RECORD, max_examples=30)
def test_totals_are_those_counted_by_hand(stage: Stage, record: Record):
    with stage.holding(record):
        read = load()
        for selected in (record.taken, record.taken[1:], []):
            rows = [read.matrix.rows_by_slug[t.slug] for t in selected if t.choices]
            for code in CODES:
                expected = Totals.count(t.choices[code] for t in selected if code in t.choices)
                assert StateRecord.of(code, read, np.array(rows, np.intp), []).totals == expected


def test_a_page_shows_single_choices_and_the_totals_are_of_everything_asked_about(db: None):
    state, other = make_state(), make_state()
    roll_calls = [
        make_roll_call(f"asked-{n}", votes={state.code: choice}, status="published") for n, choice in enumerate("YYNAX")
    ]
    make_roll_call("not-asked", votes={state.code: "N"}, status="published")
    make_roll_call("asked-of-others", votes={other.code: "N"}, status="published")
    read = load()
    rows = np.flatnonzero(np.char.startswith(read.matrix.slugs, "asked-"))

    record = StateRecord.of(state.code, read, rows, read.listed(roll_call.pk for roll_call in roll_calls[2:5]))

    assert record.totals == Totals(2, 1, 1, 1)
    assert [(one.slug, choice) for one, choice in record.votes] == [
        ("asked-2", "N"),
        ("asked-3", "A"),
        ("asked-4", "X"),
    ]


def test_what_is_on_record_of_a_state_is_in_order(db: None):
    state, earlier, later = make_state("QQB", note="A note"), make_state("QQA"), make_state("QQC")
    make_seat(state=state, since="1990-01-01", until=day("1995-01-01"), permanent=True, until_precision="year")
    make_seat(state=state, since="1950-01-01", until=day("1960-01-01"))
    for slug, since in (("bloc-z", "1990-01-01"), ("bloc-a", "2000-01-01")):
        make_membership(bloc=make_bloc(slug), state=state, since=since, status="observer")
    state.former_names.create(
        name="Second", official_name="The Second", since=day("1970-01-01"), until=day("1980-01-01")
    )
    state.former_names.create(name="First", until=day("1970-01-01"), until_precision="month")
    earlier.successors.add(state)
    state.successors.add(later)

    states = read_states()
    about = states["QQB"]

    assert [code for code in states if code.startswith("QQ")] == ["QQA", "QQB", "QQC"]
    assert (about.code, about.name, about.official_name, about.note) == ("QQB", "State QQB", "", "A note")
    assert about.seats == [
        Held("GA", "General Assembly", "", day("1950-01-01"), "day", day("1960-01-01"), "day"),
        Held("GA", "General Assembly", "permanent", day("1990-01-01"), "day", day("1995-01-01"), "year"),
    ]
    assert about.blocs == [
        Held("bloc-a", "bloc-a", "observer", day("2000-01-01"), "day", None, "day"),
        Held("bloc-z", "bloc-z", "observer", day("1990-01-01"), "day", None, "day"),
    ]
    assert about.former_names == [
        Held("", "First", "", None, "day", day("1970-01-01"), "month"),
        Held("", "Second", "The Second", day("1970-01-01"), "day", day("1980-01-01"), "day"),
    ]
    assert (about.predecessors, about.successors) == (["QQA"], ["QQC"])


def test_a_state_of_which_nothing_is_on_record_has_a_record_too(db: None, django_assert_num_queries):
    make_state("QQA")
    with django_assert_num_queries(1):
        states = read_states()

    about = states["QQA"]
    assert (about.seats, about.blocs, about.former_names, about.predecessors, about.successors) == ([], [], [], [], [])
    assert about.seats_in("GA") == []
    assert "QQZ" not in states


def test_a_seat_is_held_from_its_first_day_up_to_the_day_after_its_last(db: None):
    state = make_state("QQA")
    make_seat(state=state, since="1950-01-01", until=day("1960-01-01"))
    make_seat(state=state, since="1970-01-01")

    earlier, today = read_states()["QQA"].seats_in("GA")

    held = [earlier.holds_on(day(text)) for text in ("1949-12-31", "1950-01-01", "1959-12-31", "1960-01-01")]
    assert held == [False, True, True, False]
    assert [today.holds_on(day(text)) for text in ("1969-12-31", "1970-01-01", "2100-01-01")] == [False, True, True]
    assert read_states()["QQA"].seats_in("SC") == []
