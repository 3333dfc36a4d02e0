"""Entering, changing, publishing and deleting roll calls in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError

from resolutions.models import Status
from tests.factories import make_roll_call, make_state
from tests.votes.admin.pages import draft, errors, fields, messages, page, recorded, staff, text_of, url, votes
from votes.editing.publishing import publish
from votes.editing.votes import record_votes
from votes.models import Correction, RollCall
from votes.totals import Totals

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World

ADD = "/admin/votes/rollcall/add/"
LIST = "/admin/votes/rollcall/"


def facts(world: World, **values: Any) -> dict[str, Any]:
    """Return the facts of a roll call as an editor enters them."""
    return {
        "date": "2024-12-17",
        "date_precision": "day",
        "kind": "text",
        "method": "recorded",
        "requirement": "not-stated",
        "result": "adopted",
        "source": world.source.pk,
        **values,
    }


# Entering a roll call


def test_editor_enters_facts_then_votes_then_publishes(editor: Client, world: World):
    resolution = world.resolution()
    page(editor.get(ADD))

    announced = {"announced_yes": 190, "announced_no": 2, "announced_abstaining": 1, "announced_non_voting": 0}
    added = editor.post(ADD, facts(world, resolution=resolution.pk, **announced))

    roll_call = RollCall.objects.get(slug="a-res-79-999")
    assert added["Location"] == f"{url(roll_call)}#enter-votes"
    assert messages(added)[-1] == ("Saved as a draft. Next, enter the votes; publish when they are complete.")
    assert (roll_call.body, roll_call.session) == (world.assembly, world.session)
    assert (roll_call.decisive, roll_call.status) == (True, Status.DRAFT)

    sheet = page(editor.get(added["Location"]))
    rows = sheet.select("[role=radiogroup]")
    assert len(rows) == 193
    assert rows[0].select_one(f"#{rows[0]['aria-labelledby']}").text.split() == ["Afghanistan", "AFG"]
    assert [" ".join(label.text.split()) for label in rows[0].select("label")] == [
        "In favour",
        "Against",
        "Abstaining",
        "Non-voting",
        "No entry",
    ]
    assert not sheet.select(".sheet-row select")
    assert not sheet.select(".viewsitelink")

    choices = dict.fromkeys(world.codes, "Y") | {"USA": "N", "ISR": "N", "FRA": "A"}
    data = fields(sheet) | votes(choices) | {"status": "published"}
    saved = editor.post(added["Location"], data)

    assert saved["Location"] == LIST
    assert messages(saved) == [
        "Published: a-res-79-999.",
        "Also published: A/RES/79/999.",
        f'The roll call “<a href="{url(roll_call)}">a-res-79-999</a>” was changed successfully.',
    ]
    roll_call.refresh_from_db()
    assert roll_call.status == text_of(roll_call).status == Status.PUBLISHED
    assert roll_call.counted == roll_call.announced == Totals(190, 2, 1, 0)
    assert page(editor.get(added["Location"])).select_one(".viewsitelink")["href"] == "/resolutions/A/RES/79/999"


def test_one_vote_is_changed_and_the_history_says_which(editor: Client, world: World):
    roll_call = draft(world, dict.fromkeys(world.codes, "Y"))
    before = set(roll_call.votes.exclude(state__code__in=["USA", "FRA"]).values_list("pk", "choice"))
    data = fields(page(editor.get(url(roll_call))))
    assert data["votes-USA"] == "Y"

    editor.post(url(roll_call), data | votes({"USA": "N", "FRA": ""}))

    assert roll_call.votes.get(state__code="USA").choice == "N"
    assert not roll_call.votes.filter(state__code="FRA").exists()
    assert before == set(roll_call.votes.exclude(state__code="USA").values_list("pk", "choice"))
    assert LogEntry.objects.get().get_change_message() == "Changed Votes: N: USA; –: FRA."


def test_unchanged_save_changes_nothing(editor: Client, world: World):
    roll_call = draft(world, {"USA": "N"})

    editor.post(url(roll_call), fields(page(editor.get(url(roll_call)))))

    assert LogEntry.objects.get().get_change_message() == "No fields changed."
    assert recorded(roll_call) == {"USA": "N"}


def test_differing_totals_and_missing_entries_are_named(editor: Client, world: World):
    roll_call = draft(world, announced_yes=3, announced_no=1, announced_abstaining=0)
    data = fields(page(editor.get(url(roll_call))))

    saved = editor.post(url(roll_call), data | votes({"USA": "N", "FRA": "Y", "GBR": "Y"}))

    assert messages(saved)[:2] == [
        "Counted and announced totals of a-res-79-999 differ: In favour 2 counted, 3 announced.",
        "190 members of the body have no vote entered in a-res-79-999.",
    ]
    shown = page(editor.get(url(roll_call))).select_one(".field-comparison .readonly").text
    assert shown == "Counted 2-1-0, announced 3-1-0. They differ: In favour 2 counted, 3 announced."


def test_a_motion_without_a_resolution_is_named_by_body_and_date(editor: Client, world: World):
    editor.post(ADD, facts(world, body=world.assembly.pk, title="To adjourn", kind="motion"))

    roll_call = RollCall.objects.get(title="To adjourn")
    assert (roll_call.slug, roll_call.decisive, roll_call.resolution) == ("ga-2024-12-17-1", False, None)


def test_only_the_first_vote_on_a_whole_text_is_decisive_by_default(editor: Client, world: World):
    resolution = world.resolution()
    for kind in ("paragraph", "text", "text"):
        editor.post(ADD, facts(world, resolution=resolution.pk, kind=kind))

    assert list(resolution.roll_calls.order_by("pk").values_list("slug", "decisive")) == [
        ("a-res-79-999-1", False),
        ("a-res-79-999", True),
        ("a-res-79-999-2", False),
    ]


@pytest.mark.parametrize("method", ["non-recorded", "without-vote"])
def test_roll_call_that_records_no_votes_has_no_sheet(editor: Client, world: World, method: str):
    roll_call = draft(world, method=method)
    sheet = page(editor.get(url(roll_call)))
    assert not sheet.select("[data-sheet]")

    editor.post(url(roll_call), fields(sheet) | {"status": "published"})

    roll_call.refresh_from_db()
    assert roll_call.status == Status.PUBLISHED


# What is refused, beside the field


def refused(editor: Client, roll_call: RollCall, changes: dict[str, Any]) -> list[str]:
    """Return what the page says against changing a roll call."""
    data = fields(page(editor.get(url(roll_call))))
    return errors(page(editor.post(url(roll_call), data | changes)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Choose a body, or a resolution, which sets the body."),
        ({"title": "", "body": "GA"}, "A roll call without a resolution needs a title."),
        ({"body": "SC", "session": "79"}, "This session belongs to the General Assembly."),
        ({"body": "SC", "resolution": "A/RES/79/999"}, "A/RES/79/999 is a text of the General Assembly."),
        ({"body": "GA", "result": "vetoed"}, "Only the Security Council has a veto."),
        (
            {"body": "GA", "requirement": "security-council-procedural"},
            "Only the Security Council has this requirement.",
        ),
        (
            {"body": "GA", "meeting": "A/79/PV.54", "ordinal": 1},
            "a-motion already has this ordinal in the meeting.",
        ),
        ({"body": "GA", "slug": "a-motion"}, "Roll call with this Slug already exists."),
        (
            {"body": "GA", "method": "without-vote", "announced_yes": 1},
            "A text adopted without a vote has no totals.",
        ),
        ({"body": "GA", "date": "2024-02-30"}, "Enter a valid date."),
    ],
)
def test_facts_that_contradict_each_other_are_refused(
    editor: Client, world: World, values: dict[str, Any], message: str
):
    world.roll_call(meeting="A/79/PV.54", ordinal=1)
    keys = {
        "GA": world.assembly.pk,
        "SC": world.council.pk,
        "79": world.session.pk,
        "A/RES/79/999": world.resolution().pk,
    }
    data = facts(world, title="Another motion") | {
        name: keys.get(value, value) if isinstance(value, str) else value for name, value in values.items()
    }

    assert message in errors(page(editor.post(ADD, data)))
    assert RollCall.objects.filter(status=Status.DRAFT).count() == 1


def test_a_second_decisive_roll_call_is_refused(editor: Client, world: World):
    first = draft(world)
    second = world.roll_call("second", resolution=first.resolution)

    assert refused(editor, second, {"decisive": "on"}) == ["This resolution already has another decisive roll call."]


def test_decisive_roll_call_needs_a_text(editor: Client, world: World):
    assert refused(editor, world.roll_call(), {"decisive": "on"}) == [
        "Only a roll call on a resolution can be decisive. Choose a resolution, or clear this box."
    ]


def test_vote_of_a_non_member_is_refused(editor: Client, world: World):
    roll_call = draft(world)

    assert refused(editor, roll_call, votes({"SUN": "Y", "FRA": "Q"})) == [
        "Choices must be Y, N, A or X. Check the choice of: FRA.",
        "Not members of the General Assembly on 17 December 2024: SUN. Check the date, or the memberships of the body.",
    ]
    assert not roll_call.votes.exists()


def test_date_without_seats_for_some_is_refused_and_keeps_the_sheet(editor: Client, world: World):
    roll_call = draft(world, {"SSD": "A", "USA": "N"})
    data = fields(page(editor.get(url(roll_call)))) | {"date": "2010-01-01"}

    answer = page(editor.post(url(roll_call), data))

    assert errors(answer) == [
        "Not members of the General Assembly on 1 January 2010: SSD. Check the date, or the memberships of the body."
    ]
    first, *others = answer.select("[role=radiogroup]")
    assert first.select_one(".sheet-warning").text == "not a member on this date"
    assert first.select_one("input[checked]")["name"] == "votes-SSD"
    assert first.select_one("input[checked]")["value"] == "A"
    assert len(others) == 192
    assert recorded(roll_call) == {"SSD": "A", "USA": "N"}


def test_method_without_votes_is_refused_while_votes_exist(editor: Client, world: World):
    roll_call = draft(world, {"USA": "N"})

    assert refused(editor, roll_call, {"method": "non-recorded"}) == [
        "Votes of member states cannot be recorded for the method “non-recorded vote (totals only)”."
    ]


def test_publishing_needs_votes_and_published_roll_calls_keep_theirs(editor: Client, world: World):
    roll_call = draft(world)
    message = "a-res-79-999 has no votes yet. Enter them, or choose a method that records totals only."

    assert refused(editor, roll_call, {"status": "published"}) == [message]
    acted = editor.post(LIST, {"action": "publish", "_selected_action": [roll_call.pk]})
    assert messages(acted) == [message]
    roll_call.refresh_from_db()
    assert roll_call.status == Status.DRAFT

    record_votes(roll_call=roll_call, choices={"USA": "N"})
    publish(roll_calls=[roll_call])
    assert refused(editor, roll_call, votes({"USA": ""}) | {"reason": "A mistake."}) == [message]


def test_truncated_form_leaves_the_votes_unchanged(editor: Client, world: World):
    roll_call = draft(world, {"USA": "N"})
    data = fields(page(editor.get(url(roll_call))))

    editor.post(url(roll_call), {k: v for k, v in data.items() if not k.startswith("votes")} | {"note": "X"})

    assert RollCall.objects.get(pk=roll_call.pk).note == "X"
    assert roll_call.votes.count() == 1


# Publication


def test_roll_calls_are_published_and_unpublished_from_the_list(editor: Client, world: World):
    roll_call = draft(world, {"USA": "N"})

    acted = editor.post(LIST, {"action": "publish", "_selected_action": [roll_call.pk]})
    assert messages(acted) == ["1 roll call published.", "Also published: A/RES/79/999."]
    assert RollCall.objects.published().filter(pk=roll_call.pk).exists()

    action = {"action": "unpublish", "_selected_action": [roll_call.pk]}
    asked = fields(page(editor.post(LIST, action)))
    assert RollCall.objects.published().filter(pk=roll_call.pk).exists()
    acted = editor.post(LIST, asked | {"reason": "The meeting was another."})
    assert messages(acted)[-1] == "1 roll call unpublished."
    assert not RollCall.objects.published().filter(pk=roll_call.pk).exists()
    assert LogEntry.objects.count() == 2


def test_slug_is_shown_and_cannot_be_edited(editor: Client, world: World):
    roll_call = draft(world)
    data = fields(page(editor.get(url(roll_call))))
    assert "slug" not in data

    editor.post(url(roll_call), data | {"slug": "another"})

    roll_call.refresh_from_db()
    assert roll_call.slug == "a-res-79-999"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("choice", "intended", "told"),
    [
        ("Y", "Y", "Its vote is already recorded with this choice."),
        ("", "Y", "This state has no vote in this roll call, so there is nothing to correct."),
    ],
)
def test_correction_needs_a_vote_and_a_different_choice(choice: str, intended: str, told: str):
    state = make_state()
    roll_call = make_roll_call(votes={state.code: choice} if choice else {})
    with pytest.raises(ValidationError, match=told):
        Correction(roll_call=roll_call, state=state, intended=intended).full_clean()


def test_view_permission_shows_the_votes_as_text(client: Client, world: World):
    roll_call = draft(world, {"USA": "N", "FRA": "Y"})
    client.force_login(staff("reader", "view_rollcall"))

    shown = page(client.get(url(roll_call)))

    assert shown.select_one(".field-votes .readonly").text == "In favour: FranceAgainst: United States"
    assert client.post(url(roll_call), votes({"USA": "Y"})).status_code == 403


# Deleting


def test_deleting_a_draft_deletes_its_votes(editor: Client, world: World):
    roll_call = draft(world, {"USA": "N"})
    asked = page(editor.get(url(roll_call, "delete"))).text
    assert "Votes: 1" in asked

    editor.post(url(roll_call, "delete"), {"post": "yes", "reason": "Entered twice."})

    assert not RollCall.objects.filter(pk=roll_call.pk).exists()


# How much it takes


@pytest.mark.parametrize("count", [1, 193])
def test_query_count_is_the_same_for_193_votes_as_for_one(
    editor: Client, world: World, count: int, django_assert_max_num_queries
):
    roll_call = draft(world, dict.fromkeys(world.codes[:count], "Y"))
    with django_assert_max_num_queries(20):
        shown = page(editor.get(url(roll_call)))
    data = fields(shown) | votes(dict.fromkeys(world.codes[:count], "N"))

    with django_assert_max_num_queries(60):
        editor.post(url(roll_call), data)

    assert RollCall.objects.get(pk=roll_call.pk).tally.no == count
