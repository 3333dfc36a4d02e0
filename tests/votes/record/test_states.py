"""Member states in memory."""

from tests.factories import day, make_bloc, make_membership, make_seat, make_state
from votes.record.states import Tenure, read_states


def test_seats_memberships_and_names_of_a_state_are_sorted(db: None):
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
        Tenure("GA", "General Assembly", "", day("1950-01-01"), "day", day("1960-01-01"), "day"),
        Tenure("GA", "General Assembly", "permanent", day("1990-01-01"), "day", day("1995-01-01"), "year"),
    ]
    assert about.blocs == [
        Tenure("bloc-a", "bloc-a", "observer", day("2000-01-01"), "day", None, "day"),
        Tenure("bloc-z", "bloc-z", "observer", day("1990-01-01"), "day", None, "day"),
    ]
    assert about.former_names == [
        Tenure("", "First", "", None, "day", day("1970-01-01"), "month"),
        Tenure("", "Second", "The Second", day("1970-01-01"), "day", day("1980-01-01"), "day"),
    ]
    assert (about.predecessors, about.successors) == (["QQA"], ["QQC"])


def test_state_without_seats_or_memberships_has_an_empty_record(db: None, django_assert_num_queries):
    make_state("QQA")
    with django_assert_num_queries(1):
        states = read_states()

    about = states["QQA"]
    assert (about.seats, about.blocs, about.former_names, about.predecessors, about.successors) == ([], [], [], [], [])
    assert about.seats_in("GA") == []
    assert "QQZ" not in states


def test_seat_is_held_from_its_first_to_its_last_day(db: None):
    state = make_state("QQA")
    make_seat(state=state, since="1950-01-01", until=day("1960-01-01"))
    make_seat(state=state, since="1970-01-01")

    earlier, today = read_states()["QQA"].seats_in("GA")

    held = [earlier.holds_on(day(text)) for text in ("1949-12-31", "1950-01-01", "1959-12-31", "1960-01-01")]
    assert held == [False, True, True, False]
    assert [today.holds_on(day(text)) for text in ("1969-12-31", "1970-01-01", "2100-01-01")] == [False, True, True]
    assert read_states()["QQA"].seats_in("SC") == []
