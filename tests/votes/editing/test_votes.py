"""Recording votes and publishing roll calls."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from resolutions.models import Status
from tests.votes.conftest import DAY, World
from tests.waiting import PATIENCE
from votes.editing.publishing import publish, unpublish
from votes.editing.votes import record_votes, slug_for
from votes.models import RollCall
from votes.totals import Totals


def recorded(roll_call: RollCall) -> dict[str, str]:
    return dict(roll_call.votes.values_list("state__code", "choice"))


def counted(roll_call: RollCall) -> Totals | None:
    return RollCall.objects.get(pk=roll_call.pk).counted


def statuses(roll_call: RollCall) -> tuple[str, str]:
    return RollCall.objects.values_list("status", "resolution__status").get(pk=roll_call.pk)


def test_recorded_votes_equal_the_given_choices(world: World):
    a, b, c = world.codes[:3]
    roll_call = world.roll_call()

    assert record_votes(roll_call=roll_call, choices={a: "Y", b: "N"}) == 2
    assert record_votes(roll_call=roll_call, choices={b: "A", c: "X"}) == 3
    assert record_votes(roll_call=roll_call, choices={b: "A", c: "X"}) == 0
    assert recorded(roll_call) == {b: "A", c: "X"}
    assert counted(roll_call) == Totals(0, 0, 1, 1)


def test_an_empty_sheet_removes_all_votes(world: World):
    a = world.codes[0]
    roll_call = world.roll_call()
    record_votes(roll_call=roll_call, choices={a: "Y"})

    record_votes(roll_call=roll_call, choices={})

    assert counted(roll_call) is None


@pytest.mark.parametrize("members", [3, 193])
def test_recording_takes_as_many_queries_for_193_members_as_for_three(
    world: World, members: int, django_assert_max_num_queries
):
    codes = world.codes[:members]
    roll_call = world.roll_call()
    record_votes(roll_call=roll_call, choices=dict.fromkeys(codes[1:], "Y"))

    with django_assert_max_num_queries(12):
        record_votes(roll_call=roll_call, choices=dict.fromkeys(codes[:-1], "N"))


def test_non_members_invalid_choices_and_methods_are_reported_together(world: World):
    a = world.codes[0]
    roll_call = world.roll_call(method="non-recorded")

    with pytest.raises(ValidationError) as refused:
        record_votes(roll_call=roll_call, choices={a: "Q", "SUN": "Y", "ZZZ": "Y"})

    assert refused.value.messages == [
        "Votes of member states cannot be recorded for the method “non-recorded vote (totals only)”.",
        f"Choices must be Y, N, A or X. Check the choice of: {a}.",
        (
            "Not members of the General Assembly on 17 December 2024: SUN, ZZZ. "
            "Check the date, or the memberships of the body."
        ),
    ]
    assert not recorded(roll_call)


def test_publishing_publishes_the_resolution_and_unpublishing_keeps_it(world: World):
    a = world.codes[0]
    roll_call = world.roll_call(resolution=world.resolution(), decisive=True)
    record_votes(roll_call=roll_call, choices={a: "Y"})

    assert publish(roll_calls=[roll_call]) == 1
    assert publish(roll_calls=[roll_call]) == 0
    assert statuses(roll_call) == (Status.PUBLISHED, Status.PUBLISHED)

    assert unpublish(roll_calls=[roll_call]) == 1
    assert statuses(roll_call) == (Status.DRAFT, Status.PUBLISHED)


def test_roll_call_without_votes_stops_publishing_of_all_selected(world: World):
    a = world.codes[0]
    ready, empty = world.roll_call("ready"), world.roll_call("empty")
    record_votes(roll_call=ready, choices={a: "Y"})

    with pytest.raises(ValidationError, match="empty has no votes yet"):
        publish(roll_calls=[ready, empty])

    assert not RollCall.objects.published().filter(slug__in=["ready", "empty"]).exists()


@pytest.mark.parametrize("method", ["non-recorded", "without-vote"])
def test_methods_without_votes_are_published_without_votes(world: World, method: str):
    assert publish(roll_calls=[world.roll_call(method=method)]) == 1


@pytest.mark.parametrize(
    ("taken", "decisive", "slug"),
    [
        ([], True, "a-res-es-11-70"),
        (["a-res-es-11-70"], True, "a-res-es-11-70-2"),
        ([], False, "a-res-es-11-70-1"),
        (["a-res-es-11-70", "a-res-es-11-70-1", "a-res-es-11-70-2"], False, "a-res-es-11-70-3"),
    ],
)
def test_slug_comes_from_the_symbol(world: World, taken: list[str], decisive: bool, slug: str):
    for name in taken:
        world.roll_call(name)
    resolution = world.resolution("A/RES/ES-11/70")

    assert slug_for(resolution=resolution, decisive=decisive, body_code="GA", date="2025-02-24") == slug


@pytest.mark.parametrize("symbol", [None, "決議"])
def test_slug_comes_from_body_and_date_without_a_usable_symbol(world: World, symbol: str | None):
    resolution = world.resolution(symbol) if symbol else None
    world.roll_call("ga-2025-02-24-1")

    slug = slug_for(resolution=resolution, decisive=bool(symbol), body_code="GA", date="2025-02-24")

    assert slug == "ga-2025-02-24-2"


@pytest.mark.django_db(transaction=True)
def test_concurrent_sheets_leave_one_of_them_with_a_correct_tally(world: World):
    a, b = world.codes[:2]
    roll_call = world.roll_call()
    errors: list[Exception] = []

    def write(choice: str) -> None:
        try:
            for _ in range(5):
                record_votes(roll_call=roll_call, choices={a: choice, b: choice})
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(choice,)) for choice in "YN"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)

    assert errors == []
    assert recorded(roll_call) in ({a: "Y", b: "Y"}, {a: "N", b: "N"})
    assert counted(roll_call) == Totals.count(recorded(roll_call).values())


@pytest.mark.parametrize(("date", "member"), [("1990-10-02", "DDR"), ("2011-07-14", "SSD")])
def test_electorate_is_that_of_the_date(world: World, date: str, member: str):
    roll_call = world.roll_call(date=datetime.date.fromisoformat(date))

    assert record_votes(roll_call=roll_call, choices={member: "Y"}) == 1

    roll_call.date = DAY if member == "DDR" else datetime.date(2011, 7, 13)
    roll_call.save()
    with pytest.raises(ValidationError, match=f"Not members of the General Assembly on .*: {member}"):
        record_votes(roll_call=roll_call, choices={member: "N"})
