"""Reading votes from a pasted text by the names on record, and saving them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests.votes.entry import electorates
from votes.editing.filling import LONGEST_PLAIN, Reading, Segment, fill_sheet, names_for, read_text
from votes.editing.publishing import publish
from votes.editing.votes import record_votes
from votes.entry.printing import press_release
from votes.entry.understood import LETTERS
from votes.models import Correction, RollCall
from votes.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.votes.conftest import World

TEXT = """In favour: France, Haiti
Against: United States, Swaziland, Yugoslavia
Abstaining: Albanya, France

The draft resolution was adopted by 2 votes to 2, with 2 abstentions (resolution 79/999).
[Subsequently, the delegations of Haiti and the United States informed the Secretariat that they had intended
to vote against.]
"""


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana")


@pytest.mark.parametrize(
    ("body", "date"),
    [("GA", datetime.date(2024, 12, 17)), ("GA", datetime.date(1986, 1, 1)), ("SC", datetime.date(1960, 4, 1))],
)
def test_names_are_those_of_the_reference_data(world: World, body: str, date: datetime.date, django_assert_num_queries):
    roll_call = world.roll_call(body=world.assembly if body == "GA" else world.council, date=date)

    with django_assert_num_queries(4):
        names = names_for(roll_call)

    assert names.electorate == electorates.electorate(body, date)


def test_reading_a_text_gives_choices_and_problems(world: World):
    reading = read_text(TEXT, names_for(world.roll_call()))

    assert reading.choices == {"HTI": "Y", "USA": "N", "SWZ": "N"}
    assert [(one.message, [code for code, _name in one.suggestions]) for one in reading.problems] == [
        ("“Against”: 2 announced, 3 in the list, a difference of +1.", []),
        ("Yugoslavia was not a member on that date; it was ignored.", ["BIH", "HRV", "MKD", "SVN"]),
        ("“Abstaining”: 2 announced, 1 in the list, a difference of -1.", []),
        ("Unknown state: “Albanya”.", ["ALB", "MYS"]),
        ("France is listed under both “In favour” and “Abstaining”; it was counted under neither.", []),
        ("The text says that United States had intended “Against”, but that is how it is already listed.", []),
    ]
    assert (dict(reading.announced), reading.result, reading.resolution) == (
        {"Y": 2, "N": 2, "A": 2},
        "adopted",
        "A/RES/79/999",
    )
    assert [(one.code, one.choice, one.is_certain) for one in reading.corrections] == [
        ("HTI", "N", True),
        ("USA", "N", False),
    ]
    assert len(reading.missing) == 193 - 4
    assert reading.missing[:2] == ("Afghanistan", "Albania")


def test_intention_not_to_vote_is_reported_and_not_a_correction(world: World):
    text = "[The delegation of Haiti informed the Secretariat that it had intended not to participate.]"

    reading = read_text(f"In favour: France, Haiti\n\n{text}", names_for(world.roll_call()))

    assert reading.corrections == ()
    assert [one.message for one in reading.problems] == [
        "The text says that Haiti had intended not to vote; only an intended vote can be recorded as a correction."
    ]


def marked(segments: Iterable[Segment], kind: str) -> list[str]:
    return [segment.text for segment in segments if segment.kind == kind]


def test_every_character_of_a_text_is_shown_once_with_its_meaning(world: World):
    reading = read_text(TEXT, names_for(world.roll_call()))

    assert "".join(segment.text for segment in reading.segments) == TEXT
    assert marked(reading.segments, "heading") == ["In favour:", "Against:", "Abstaining:"]
    assert marked(reading.segments, "Y") == ["France", "Haiti"]
    assert marked(reading.segments, "N") == ["United States", "Swaziland", "Yugoslavia", "Haiti", "the United States"]
    assert marked(reading.segments, "symbol") == ["79/999"]
    numbered = {number: segment.text for segment in reading.segments for number in segment.problems}
    assert numbered == {
        1: "Against:",
        2: "Yugoslavia",
        3: "Abstaining:",
        4: "Albanya",
        5: "France",
        6: "the United States",
    }
    assert [one.text for one in reading.segments if one.is_problem] == list(numbered.values())


@pytest.mark.parametrize("slug", electorates.LANDMARKS)
def test_shortened_passages_lose_no_text(world: World, slug: str):
    row, _choices = electorates.landmark(slug)
    names = electorates.names(row["body"], datetime.date.fromisoformat(row["date"]))
    talk = "The Acting President thanked all delegations. " * 50
    text = f"{talk}\n\nIn favour: China\n\n{talk}"

    segments = read_text(text, names).segments

    shown = sum(len(segment.text) for segment in segments)
    left_out = sum(segment.left_out for segment in segments)
    assert (shown + left_out, left_out) == (len(text), sum(len(part) + 2 - LONGEST_PLAIN for part in (talk, talk)))


def test_names_are_listed_by_choice_in_the_order_given():
    reading = Reading(choices={"B": "Y", "A": "Y", "C": "N"})

    assert list(reading.names_of({"B": "b", "A": "a", "C": "c"}).values()) == [["b", "a"], ["c"], [], []]


# Saving


def test_only_the_requested_parts_of_a_sheet_are_saved(world: World, ana: User):
    roll_call = world.roll_call(announced_no=7)

    fill_sheet(
        roll_call=roll_call,
        choices={"FRA": "Y", "HTI": "N"},
        announced={"Y": 1, "A": 0},
        result="adopted",
        corrections=[("HTI", "Y")],
        by=ana,
    )

    saved = RollCall.objects.with_tally().get(pk=roll_call.pk)
    assert saved.counted == Totals(1, 1, 0, 0)
    assert (saved.announced_yes, saved.announced_no, saved.announced_abstaining) == (1, 7, 0)
    assert (saved.result, saved.status) == ("adopted", "draft")
    assert list(saved.entered_by.all()) == [ana]
    assert list(saved.corrections.values_list("state__code", "intended")) == [("HTI", "Y")]


def test_filling_votes_alone_keeps_the_facts(world: World, ana: User):
    roll_call = world.roll_call(announced_yes=7, result="rejected")

    fill_sheet(roll_call=roll_call, choices={"FRA": "Y"}, by=ana)

    saved = RollCall.objects.get(pk=roll_call.pk)
    assert (saved.announced_yes, saved.result, saved.votes.count()) == (7, "rejected", 1)


@pytest.mark.parametrize(
    ("corrections", "told"),
    [
        ([("USA", "Y")], "United States has no vote in this roll call to correct."),
        ([("FRA", "Y")], "France is already recorded with this choice, so there is nothing to correct."),
        ([("HTI", "A"), ("HTI", "Y")], "Haiti already has a different correction."),
        ([("ALB", "N")], "Albania already has a different correction."),
    ],
)
def test_invalid_correction_saves_nothing(world: World, ana: User, corrections: list[tuple[str, str]], told: str):
    roll_call = world.roll_call()
    record_votes(roll_call=roll_call, choices={"ALB": "Y"})
    Correction.objects.create(roll_call=roll_call, state=roll_call.votes.get().state, intended="A")
    choices = {"FRA": "Y", "HTI": "N", "ALB": "Y"}

    with pytest.raises(ValidationError) as refused:
        fill_sheet(roll_call=roll_call, choices=choices, announced={"Y": 5}, corrections=corrections, by=ana)

    assert refused.value.messages == [told]
    assert list(roll_call.votes.values_list("state__code", "choice")) == [("ALB", "Y")]
    assert RollCall.objects.get(pk=roll_call.pk).announced_yes is None


def test_correction_already_on_record_is_kept(world: World, ana: User):
    roll_call = world.roll_call()
    for _time in range(2):
        fill_sheet(roll_call=roll_call, choices={"FRA": "Y"}, corrections=[("FRA", "N"), ("FRA", "N")], by=ana)

    assert list(roll_call.corrections.values_list("state__code", "intended")) == [("FRA", "N")]


def test_roll_call_published_meanwhile_is_not_filled(world: World, ana: User):
    roll_call = world.roll_call()
    record_votes(roll_call=roll_call, choices={"ALB": "Y"})
    publish(roll_calls=[roll_call])

    with pytest.raises(ValidationError, match="a-motion is no longer a draft"):
        fill_sheet(roll_call=roll_call, choices={"FRA": "Y"}, by=ana)


@pytest.mark.parametrize("slug", electorates.LANDMARKS)
def test_pasted_landmark_vote_equals_the_record(world: World, ana: User, slug: str):
    """The printed record of a landmark vote, read by the names in the database, is that vote again."""
    original = RollCall.objects.with_tally().get(slug=slug)
    copy = world.roll_call(body=original.body, date=original.date)
    names = names_for(copy)
    votes = {
        code: letter
        for code, c in original.votes.values_list("state__code", "choice")
        for letter in LETTERS
        if c == letter
    }

    reading = read_text(press_release(votes, names.electorate), names)
    fill_sheet(roll_call=copy, choices=reading.choices, by=ana)

    assert RollCall.objects.with_tally().get(pk=copy.pk).counted == original.counted
    assert dict(copy.votes.values_list("state__code", "choice")) == votes
