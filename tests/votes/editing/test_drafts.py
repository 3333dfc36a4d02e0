"""New drafts: what body, session and date imply, and the form that uses it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from resolutions.models import Body, Resolution, Session, Topic
from tests.votes.admin.pages import errors, fields, page
from tests.votes.roles import make_user
from votes.editing.drafts import Proposal, is_complete, proposal, session_on
from votes.models import RollCall

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World

NEW = "/admin/votes/rollcall/new/"
ASKED = f"{NEW}?body=GA&date=2024-12-17&session="


@pytest.mark.parametrize(
    ("body", "session", "date", "told"),
    [
        ("GA", "79", "2024-12-17", Proposal("A/RES/79/", "A/79/L.", "A/79/PV.", None, 193)),
        ("GA", "ES-11", "2025-02-24", Proposal("A/RES/ES-11/", "A/ES-11/L.", "A/ES-11/PV.", None, 193)),
        ("GA", "S-31", "2020-12-03", Proposal("A/RES/S-31/", "A/S-31/L.", "A/S-31/PV.", None, 193)),
        ("GA", "26", "1971-10-26", Proposal("A/RES/", "A/L.", "A/PV.", None, 131)),
        ("GA", "", "2024-12-17", Proposal("A/RES/", "A/", "A/", None, 193)),
        ("SC", "", "2025-03-03", Proposal("S/RES/", "S/2025/", "S/PV.", None, 15)),
        ("SC", "", "1960-04-01", Proposal("S/RES/", "S/", "S/PV.", None, 11)),
    ],
)
def test_body_and_date_give_the_symbol_prefix_and_the_electorate(
    world: World, body: str, session: str, date: str, told: Proposal
):
    of = world.council if body == "SC" else world.assembly
    held = Session.objects.get(body=of, code=session) if session else None
    RollCall.objects.all().delete()
    assert proposal(of, held, datetime.date.fromisoformat(date)) == told


@pytest.mark.parametrize(
    ("prefix", "session", "symbols"),
    [
        ("A/HRC/", "51", ("A/HRC/RES/51/", "A/HRC/51/L.", "A/HRC/51/SR.")),
        ("A/HRC/", "", ("A/HRC/RES/", "A/HRC/L.", "A/HRC/SR.")),
        ("A/C.1/", "79", ("", "A/C.1/79/L.", "A/C.1/79/SR.")),
        ("", "79", ("", "", "")),
    ],
)
def test_symbols_of_another_body_begin_with_its_own(world: World, prefix: str, session: str, symbols: tuple[str, ...]):
    body = Body.objects.create(code="XYZ", name="Council", symbol_prefix=prefix)
    held = Session.objects.create(body=body, code=session, name="Session", number=int(session)) if session else None
    told = proposal(body, held, datetime.date(2022, 10, 6))
    assert (told.symbol, told.draft_symbol, told.meeting, told.electorate) == (*symbols, 0)


def test_vote_of_another_body_begins_with_its_majority(world: World, client: Client):
    Body.objects.create(code="HRC", name="Human Rights Council", majority="simple-majority")
    client.force_login(make_user("superuser"))
    shown = page(client.get(f"{NEW}?body=HRC&date=2022-10-06&session="))
    assert shown.select("#id_requirement option[selected]")[0]["value"] == "simple-majority"


def test_meeting_of_the_day_is_suggested_with_the_next_ordinal(world: World):
    for slug, meeting, ordinal in (("one", "A/79/PV.54", 3), ("two", "A/79/PV.54", None), ("three", "", None)):
        world.roll_call(slug, session=world.session, meeting=meeting, ordinal=ordinal)
    told = proposal(world.assembly, world.session, datetime.date(2024, 12, 17))
    assert (told.meeting, told.ordinal) == ("A/79/PV.54", 4)


@pytest.mark.parametrize(("date", "code"), [("2024-12-17", "79"), ("2024-09-01", "78"), ("1945-01-01", None)])
def test_regular_session_is_derived_from_the_date(world: World, date: str, code: str | None):
    found = session_on(world.assembly, datetime.date.fromisoformat(date))
    assert (found.code if found else None) == code
    assert session_on(world.council, datetime.date.fromisoformat(date)) is None


@pytest.mark.parametrize(
    ("symbol", "complete"), [("A/RES/79/", False), ("A/79/L.", False), (" ", False), ("S/PV.9", True)]
)
def test_symbol_prefix_alone_is_refused(symbol: str, complete: bool):
    assert is_complete(symbol) == complete


@pytest.fixture
def recorder(client: Client, world: World) -> Client:
    client.force_login(make_user("Recorders"))
    return client


def asked(recorder: Client, address: str = ASKED) -> dict[str, Any]:
    return fields(page(recorder.get(address)))


def test_first_step_asks_for_body_date_and_session(recorder: Client):
    first = page(recorder.get(NEW))
    assert [field["name"] for field in first.select("#content-main [name]")] == ["body", "date", "session"]
    assert errors(page(recorder.get(f"{NEW}?body=GA&date=2024-02-30"))) == ["Enter a valid date."]
    held = Session.objects.get(body__code="GA", code="79")
    told = page(recorder.get(f"{NEW}?body=SC&date=2024-12-17&session={held.pk}"))
    assert errors(told) == ["This session belongs to the General Assembly."]


def test_text_topics_and_vote_are_entered_together(recorder: Client, world: World):
    data = asked(recorder)
    assert (data["text-symbol"], data["text-draft_symbol"], data["meeting"]) == ("A/RES/79/", "A/79/L.", "A/79/PV.")
    assert "The body had 193 members on that date." in page(recorder.get(ASKED)).text
    topic = Topic.objects.first()
    assert topic

    made = recorder.post(ASKED, data | {
        "text-symbol": "a/res/79/999", "text-draft_symbol": "A/79/L.999", "text-title": "Peace",
        "text-topics": topic.pk,
        "meeting": "A/79/PV.54", "result": "adopted", "announced_yes": "190", "announced_no": "2",
    })  # fmt: skip

    roll_call = RollCall.objects.get(slug="a-res-79-999")
    assert made["Location"] == f"/admin/votes/rollcall/{roll_call.pk}/change/#enter-votes"
    text = roll_call.resolution
    assert text
    assert (text.symbol, text.title, text.body, text.session, text.status) == (
        "A/RES/79/999", "Peace", world.assembly, world.session, "draft",
    )  # fmt: skip
    assert list(text.topics.all()) == [topic]
    assert list(text.other_symbols.values_list("symbol", "kind")) == [("A/79/L.999", "draft")]
    assert (roll_call.body, roll_call.session, str(roll_call.date)) == (world.assembly, world.session, "2024-12-17")
    assert (roll_call.meeting, roll_call.announced_yes, roll_call.decisive) == ("A/79/PV.54", 190, True)
    assert [user.username for user in (*roll_call.entered_by.all(), *text.entered_by.all())] == ["recorders"] * 2


def test_text_without_a_symbol_uses_that_of_its_draft(recorder: Client):
    recorder.post(ASKED, asked(recorder) | {"text-draft_symbol": "A/79/L.999", "text-title": "Peace"})
    text = Resolution.objects.get(symbol="A/79/L.999")
    assert (text.kind, text.other_symbols.count()) == ("draft", 0)
    assert text.roll_calls.get().meeting == ""


def test_motion_is_entered_without_a_text(recorder: Client):
    data = asked(recorder)
    assert errors(page(recorder.post(ASKED, data))) == ["A roll call without a resolution needs a title."]
    recorder.post(ASKED, data | {"title": "To adjourn", "kind": "motion"})
    made = RollCall.objects.get(title="To adjourn")
    assert (made.slug, made.resolution) == ("ga-2024-12-17-1", None)


TEXT_ABOVE = "Correct the errors in the text above."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text-title": "Peace"}, ["Complete the symbol or the draft symbol.", TEXT_ABOVE]),
        ({"text-symbol": "A/RES/79/999"}, ["This field is required.", TEXT_ABOVE]),
        (
            {"text-symbol": "A/RES/79/999", "text-title": "x", "method": "without-vote", "announced_yes": "1"},
            ["A text adopted without a vote has no totals."],
        ),
        (
            {"text-symbol": "A/RES/79/999", "date": "x", "text-title": "x", "result": "vetoed"},
            ["Only the Security Council has a veto."],
        ),
    ],
)
def test_invalid_text_or_vote_saves_nothing(recorder: Client, changes: dict[str, Any], told: list[str]):
    before = (Resolution.objects.count(), RollCall.objects.count())
    answer = page(recorder.post(ASKED, asked(recorder) | changes))
    assert errors(answer) == told
    assert (Resolution.objects.count(), RollCall.objects.count()) == before
    assert fields(answer)["text-symbol"] == changes.get("text-symbol", "A/RES/79/")


def test_entry_page_without_permission_is_a_403(client: Client, world: World):
    client.force_login(make_user("nobody"))
    assert client.get(NEW).status_code == client.post(ASKED, {"title": "x"}).status_code == 403
