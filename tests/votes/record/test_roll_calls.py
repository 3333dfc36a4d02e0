"""Roll calls in memory, against the models."""

import pytest

from tests.factories import make_resolution, make_roll_call, make_state
from votes.models import RollCall
from votes.record.record import load

SHOWN = (
    "pk", "slug", "title", "date", "date_precision", "kind", "method", "result", "meeting", "decisive",
    "heading", "totals", "counted", "announced",
)  # fmt: skip


def agree(roll_calls: list[RollCall]) -> None:
    found = load().roll_calls_by_key(roll_call.pk for roll_call in roll_calls)
    assert [tuple(getattr(one, name) for name in SHOWN) for one in found] == [
        tuple(getattr(roll_call, name) for name in SHOWN) for roll_call in roll_calls
    ]
    assert [one.get_absolute_url() for one in found] == [one.get_absolute_url() for one in roll_calls]
    assert [one.body for one in found] == [str(one.body) for one in roll_calls]
    assert [one.resolution and (one.resolution.symbol, one.resolution.title) for one in found] == [
        one.resolution and (one.resolution.symbol, one.resolution.title) for one in roll_calls
    ]


def test_roll_calls_in_memory_equal_the_models(record: None):
    agree(list(RollCall.objects.with_tally().order_by("pk")))
    agree(list(RollCall.objects.with_tally().order_by("-slug")))


def test_roll_calls_with_missing_text_votes_or_totals_equal_the_models(db: None):
    state = make_state("QQA")
    text = make_resolution(status="published")
    bare = make_roll_call(meeting="A/99/PV.1", date_precision="month", status="published")
    voted = make_roll_call(
        votes={state.code: "X"}, announced=(1, 2, 3, 4), resolution=text, title="", status="published"
    )
    announced = make_roll_call(announced=(10, 20), status="published")
    half = make_roll_call(announced=(None, 20, 1, 1), status="published")

    agree([bare, voted, announced, half])
    assert [str(one.totals) for one in load().roll_calls_by_key([voted.pk, announced.pk, bare.pk])] == [
        "1-2-3",
        "10-20",
        "None",
    ]


def test_drafts_are_not_listed(db: None):
    with pytest.raises(KeyError):
        load().roll_calls_by_key([make_roll_call().pk])


def test_roll_calls_are_found_by_matrix_row(record: None):
    read = load()

    assert [one.slug for one in read.roll_calls_in([3, 1])] == [str(read.matrix.slugs[3]), str(read.matrix.slugs[1])]
    assert read.roll_calls_in([]) == []


def test_decisive_votes_of_other_texts_with_the_same_title_are_found(db: None):
    roll_calls = {}
    for number, title in enumerate(("Embargo", "Embargo", "Other", "Embargo", "")):
        text = make_resolution(f"A/RES/79/{number + 1}", title=title, status="published")
        day = f"2024-01-0{number + 1}"
        for decisive in (True, False):
            made = make_roll_call(
                f"{number}-{str(decisive).lower()}", resolution=text, decisive=decisive, date=day, status="published"
            )
            roll_calls[made.slug] = made.pk
    read = load()

    assert [one.slug for one in read.same_title(roll_calls["0-true"])] == ["3-true", "1-true"]
    assert [one.slug for one in read.same_title(roll_calls["0-false"])] == ["3-true", "1-true"]
    assert read.same_title(roll_calls["2-true"]) == read.same_title(roll_calls["4-true"]) == []
