"""Tallies equal the counted votes after any kind of write.

The slow twin counts the rows themselves.
"""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_roll_call, make_state
from tests.waiting import PATIENCE
from votes.models import MemberState, RollCall, Tally, Vote
from votes.totals import Totals

ROLL_CALLS, STATES = 4, 5


def tallies() -> dict[int, tuple[int, int, int, int, int]]:
    return {t.roll_call_id: (t.yes, t.no, t.abstaining, t.non_voting, t.cast) for t in Tally.objects.all()}


def by_hand() -> dict[int, tuple[int, int, int, int, int]]:
    """Return what every tally should be."""
    choices: dict[int, Counter[str]] = {pk: Counter() for pk in RollCall.objects.values_list("pk", flat=True)}
    for roll_call, choice in Vote.objects.values_list("roll_call", "choice"):
        choices[roll_call][choice] += 1
    return {pk: (c["Y"], c["N"], c["A"], c["X"], c.total()) for pk, c in choices.items()}


def sql(text: str, *parameters: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return int(cursor.rowcount)


@pytest.fixture
def here(db: None) -> tuple[list[RollCall], list[MemberState]]:
    return [make_roll_call() for _ in range(ROLL_CALLS)], [make_state() for _ in range(STATES)]


places = st.integers(0, ROLL_CALLS - 1)
choices = st.sampled_from("YNAX")
some_states = st.sets(st.integers(0, STATES - 1))
steps = st.one_of(
    st.tuples(st.just("insert"), st.dictionaries(st.tuples(places, st.integers(0, STATES - 1)), choices)),
    st.tuples(st.just("upsert"), st.dictionaries(st.tuples(places, st.integers(0, STATES - 1)), choices)),
    st.tuples(st.just("copy"), st.dictionaries(st.tuples(places, st.integers(0, STATES - 1)), choices)),
    st.tuples(st.just("update"), st.sets(places), choices),
    st.tuples(st.just("rotate")),
    st.tuples(st.just("delete"), st.sets(places), some_states),
    st.tuples(st.just("move"), places, places),
    st.tuples(st.just("swap"), places, places),
    st.tuples(st.just("rollback"), places, choices),
    st.tuples(st.just("truncate")),
)


def step(roll_calls: list[RollCall], states: list[MemberState], what: str, *values) -> None:  # noqa: PLR0912
    """Do one step of a random sequence."""
    keys = [roll_call.pk for roll_call in roll_calls]
    if what in ("insert", "upsert"):
        rows = [
            Vote(roll_call=roll_calls[place], state=states[state], choice=choice)
            for (place, state), choice in values[0].items()
        ]
        if what == "insert":
            Vote.objects.bulk_create(rows, ignore_conflicts=True)
        else:
            Vote.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["roll_call", "state"], update_fields=["choice"]
            )
    elif what == "copy":
        known = set(Vote.objects.values_list("roll_call", "state"))
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY votes_vote (roll_call_id, state_id, choice) FROM STDIN") as to,
        ):
            for (place, state), choice in values[0].items():
                if (keys[place], states[state].pk) not in known:
                    to.write_row((keys[place], states[state].pk, choice))
    elif what == "update":
        Vote.objects.filter(roll_call__in=[keys[place] for place in values[0]]).update(choice=values[1])
    elif what == "rotate":
        sql("UPDATE votes_vote SET choice = translate(choice, 'YNAX', 'NAXY')")
    elif what == "delete":
        votes = Vote.objects.filter(roll_call__in=[keys[place] for place in values[0]])
        votes.filter(state__in=[states[state] for state in values[1]]).delete()
    elif what == "move":
        one, other = keys[values[0]], keys[values[1]]
        there = Vote.objects.filter(roll_call=other).values("state")
        Vote.objects.filter(roll_call=one).exclude(state__in=there).update(roll_call=other)
    elif what == "swap":
        # One statement that moves votes both ways, of the states that voted in only one of the two.
        one, other = keys[values[0]], keys[values[1]]
        sql(
            "UPDATE votes_vote v SET roll_call_id = %s + %s - roll_call_id WHERE roll_call_id IN (%s, %s)"
            " AND NOT EXISTS (SELECT FROM votes_vote w WHERE w.state_id = v.state_id"
            " AND w.roll_call_id = %s + %s - v.roll_call_id)",
            *(one, other) * 3,
        )
    elif what == "rollback":
        point = transaction.savepoint()
        Vote.objects.filter(roll_call=keys[values[0]]).update(choice=values[1])
        transaction.savepoint_rollback(point)
    elif what == "truncate":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("TRUNCATE votes_vote, votes_correction")


@given(sequence=st.lists(steps, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_sequence_of_writes_the_tallies_are_the_votes_counted(here, sequence):
    point = transaction.savepoint()
    try:
        for what, *values in sequence:
            step(*here, what, *values)
            assert tallies() == by_hand(), what
    finally:
        transaction.savepoint_rollback(point)


def test_new_roll_call_has_an_empty_tally(here):
    roll_calls, _ = here

    for roll_call in roll_calls:
        assert tallies()[roll_call.pk] == (0, 0, 0, 0, 0)
        assert RollCall.objects.with_tally().get(pk=roll_call.pk).counted is None


def test_bulk_created_roll_calls_have_tallies(here):
    source = RollCall.objects.get(pk=here[0][0].pk)
    new = RollCall.objects.bulk_create(
        RollCall(slug=f"bulk-{n}", body=source.body, date=source.date, title="t", source=source.source)
        for n in range(3)
    )

    assert all(tallies()[roll_call.pk] == (0, 0, 0, 0, 0) for roll_call in new)


def test_four_figures_of_a_tally_are_the_four_choices(here):
    (first, *_), states = here
    Vote.objects.bulk_create(
        Vote(roll_call=first, state=state, choice=choice) for state, choice in zip(states, "YYNAX", strict=True)
    )

    assert tallies()[first.pk] == (2, 1, 1, 1, 5)
    roll_call = RollCall.objects.with_tally().get(pk=first.pk)
    assert roll_call.counted == Totals(2, 1, 1, 1)
    assert roll_call.has_votes
    assert str(roll_call.tally) == "2-1-1"


def test_a_statement_of_no_rows_changes_nothing(here):
    before = tallies()

    assert Vote.objects.filter(roll_call=here[0][0]).update(choice="Y") == 0
    assert Vote.objects.filter(roll_call=here[0][0]).delete()[0] == 0
    assert sql("INSERT INTO votes_vote (roll_call_id, state_id, choice) SELECT 1, 1, 'Y' WHERE false") == 0
    assert tallies() == before


def test_deleting_a_roll_call_deletes_its_votes_and_tally(here):
    (first, second, *_), states = here
    for roll_call in (first, second):
        Vote.objects.bulk_create(Vote(roll_call=roll_call, state=state, choice="Y") for state in states)
    gone = first.pk

    first.delete()

    assert gone not in tallies()
    assert not Vote.objects.filter(roll_call=gone).exists()
    assert tallies()[second.pk] == (5, 0, 0, 0, 5)
    assert tallies() == by_hand()
    sql("SET CONSTRAINTS ALL IMMEDIATE")


def at_once(*works: Callable[[], None]) -> list[str]:
    """Do each work in a thread with a connection of its own; return what went wrong."""
    wrong: list[str] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "they wait for one another"
    return wrong


@pytest.mark.django_db(transaction=True)
def test_concurrent_votes_of_a_roll_call_give_the_right_tally():
    roll_call = make_roll_call()
    states = [make_state() for _ in range(4)]
    both_have_begun = threading.Barrier(2, timeout=PATIENCE)

    def write(mine: list[MemberState], choice: str) -> Callable[[], None]:
        def work() -> None:
            with transaction.atomic():
                # Each transaction has its snapshot of a roll call without votes before either writes.
                assert not Vote.objects.filter(roll_call=roll_call).exists()
                both_have_begun.wait()
                for state in mine:
                    Vote.objects.create(roll_call=roll_call, state=state, choice=choice)
            with transaction.atomic():
                Vote.objects.filter(roll_call=roll_call, state=mine[0]).update(choice="A")

        return work

    assert at_once(write(states[:2], "Y"), write(states[2:], "N")) == []
    assert tallies()[roll_call.pk] == (1, 1, 2, 0, 4)
    assert tallies() == by_hand()


@pytest.mark.django_db(transaction=True)
def test_statements_that_touch_many_roll_calls_in_opposite_orders_do_not_deadlock():
    roll_calls = [make_roll_call() for _ in range(20)]
    one, other = make_state(), make_state()

    def write(state: MemberState, order: list[RollCall]) -> Callable[[], None]:
        def work() -> None:
            for _ in range(10):
                Vote.objects.bulk_create(Vote(roll_call=r, state=state, choice="Y") for r in order)
                Vote.objects.filter(state=state).update(choice="N")
                Vote.objects.filter(state=state).delete()
            Vote.objects.bulk_create(Vote(roll_call=r, state=state, choice="X") for r in order)

        return work

    assert at_once(write(one, roll_calls), write(other, roll_calls[::-1])) == []
    after = tallies()
    assert {after[roll_call.pk] for roll_call in roll_calls} == {(0, 0, 0, 2, 2)}


@pytest.mark.django_db(transaction=True)
def test_concurrent_votes_and_change_to_a_method_without_votes_conflict():
    roll_call, state = make_roll_call(), make_state()
    voted, changed = threading.Event(), threading.Event()

    def vote() -> None:
        with transaction.atomic():
            Vote.objects.create(roll_call=roll_call, state=state, choice="Y")
            voted.set()
            changed.wait(timeout=1)  # In vain where the other is held up, as it should be.

    def change() -> None:
        voted.wait(timeout=PATIENCE)
        RollCall.objects.filter(pk=roll_call.pk).update(method="without-vote")
        changed.set()

    at_once(vote, change)
    method = RollCall.objects.get(pk=roll_call.pk).method
    assert (method, Vote.objects.filter(roll_call=roll_call).exists()) in (("recorded", True), ("without-vote", False))
