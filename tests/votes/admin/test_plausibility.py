"""Implausible facts are refused, or held until a reason is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from resolutions.models import OtherSymbol, Resolution, Session
from tests.votes.admin.pages import draft, errors, fields, list_url, messages, new_text, page, text_of, url
from votes.models import Finding, RollCall
from votes.verification.check import check_record

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World

ADD = "/admin/resolutions/resolution/add/"


def held(soup: Any) -> list[str]:
    """Return what the page asks to check."""
    return [item.text for item in soup.select(".held li")]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"symbol": "S/RES/2728 (2024)"}, "S/RES/2728 (2024) is the symbol of a text of another body."),
        ({"symbol": "A/RES/80/777"}, "A/RES/80/777 belongs to another session than the one given (79)."),
        ({"symbol": "hello world!"}, "“hello world!” is not a United Nations document symbol."),
    ],
)
def test_a_symbol_of_another_body_or_session_is_refused(
    editor: Client, world: World, values: dict[str, str], problem: str
):
    answer = page(editor.post(ADD, new_text(world, **values)))

    assert errors(answer) == [problem]
    assert fields(answer)["title"] == "Peace"
    assert not Resolution.objects.filter(title="Peace").exists()


def test_a_vote_of_the_future_is_refused(editor: Client, world: World):
    roll_call = draft(world, session=world.session, method="non-recorded")
    data = fields(page(editor.get(url(roll_call)))) | {"date": "2999-12-17"}

    answer = page(editor.post(url(roll_call), data))

    assert "The date, 17 December 2999, is in the future." in errors(answer)
    roll_call.refresh_from_db()
    assert str(roll_call.date) == "2024-12-17"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"date": "2023-12-19"}, "Session 79 was not open on 19 December 2023."),
        ({"meeting": "A/78/PV.54"}, "The meeting A/78/PV.54 belongs to another session than the one given (79)."),
        ({"meeting": "S/PV.9000"}, "S/PV.9000 is a meeting of another body."),
        (
            {
                "result": "adopted",
                "requirement": "two-thirds",
                "announced_yes": "100",
                "announced_no": "60",
            },
            "Recorded as adopted, but the figures (100-60) give rejected.",
        ),
    ],
)
def test_what_looks_wrong_is_held_until_a_reason_is_given_and_then_a_finding(
    editor: Client, world: World, values: dict[str, str], problem: str
):
    roll_call = draft(world, session=world.session, method="non-recorded")
    data = fields(page(editor.get(url(roll_call)))) | values

    first = page(editor.post(url(roll_call), data))
    without = page(editor.post(url(roll_call), fields(first)))
    given = fields(first) | {"because": "The verbatim record says so."}
    other = page(editor.post(url(roll_call), given | {"meeting": "A/77/PV.1"}))
    saved = editor.post(url(roll_call), given)

    assert held(first) == held(without) == [problem]
    assert without.select_one("#held-missing")
    assert held(other) != [problem], "a reason is for what was shown"
    assert saved.status_code == 302
    finding = Finding.objects.get(roll_call=roll_call)
    assert (finding.sentence, finding.reason) == (problem, "The verbatim record says so.")
    assert finding.acknowledged_by is not None
    check_record()
    finding.refresh_from_db()
    assert finding.acknowledged_at is not None, "the check of the record finds the same"
    assert editor.post(url(roll_call), data).status_code == 302, "nobody is asked again"


def test_a_session_other_than_that_of_the_text_is_held(editor: Client, world: World):
    roll_call = draft(world, method="non-recorded")
    other = world.assembly.sessions.get(code="78")
    data = fields(page(editor.get(url(roll_call)))) | {"session": other.pk}

    assert held(page(editor.post(url(roll_call), data))) == [
        "Session 78 was not open on 17 December 2024.",
        "The vote is in session 78, but its text, A/RES/79/999, is in session 79.",
    ]


def test_a_symbol_of_another_public_text_is_held(editor: Client, world: World):
    public = world.resolution("A/RES/79/998", status="published")
    OtherSymbol.objects.create(resolution=public, symbol="A/79/L.5")
    data = new_text(world, symbol="A/79/L.5", kind="draft")

    assert held(page(editor.post(ADD, data))) == [
        "A/79/L.5 and A/RES/79/998 both have the symbol A/79/L.5. Its address can lead to only one of them."
    ]


def test_text_and_vote_together_are_held_and_keep_what_was_typed(editor: Client, world: World):
    asked = "/admin/votes/rollcall/new/?body=GA&date=2024-12-17&session="
    data = fields(page(editor.get(asked))) | {"text-symbol": "A/RES/79/999", "text-title": "Peace"}

    refused = page(editor.post(asked, data | {"text-symbol": "A/RES/80/999"}))
    first = page(editor.post(asked, data | {"meeting": "A/78/PV.1"}))
    saved = editor.post(asked, fields(first) | {"because": "So printed."})

    assert "A/RES/80/999 belongs to another session than the one given (79)." in errors(refused)
    assert not Resolution.objects.filter(symbol="A/RES/80/999").exists()
    assert held(first) == ["The meeting A/78/PV.1 belongs to another session than the one given (79)."]
    assert saved.status_code == 302
    assert Finding.objects.get(roll_call=RollCall.objects.get(meeting="A/78/PV.1")).reason == "So printed."


def test_a_draft_with_a_problem_is_not_published_from_the_list(editor: Client, world: World):
    codes = world.codes[:3]
    roll_call = draft(world, dict(zip(codes, "YNN", strict=True)), result="adopted", requirement="simple-majority")

    acted = editor.post(list_url(RollCall), {"action": "publish", "_selected_action": [roll_call.pk]})

    [told] = messages(acted)
    assert told.startswith(
        "a-res-79-999: Recorded as adopted, but the figures (1-2-0) give rejected. Open the vote and correct this"
    )
    data = fields(page(editor.get(url(roll_call)))) | {"status": "published"}
    first = page(editor.post(url(roll_call), data))
    assert held(first) == ["Recorded as adopted, but the figures (1-2-0) give rejected."]
    assert editor.post(url(roll_call), fields(first) | {"because": "So announced."}).status_code == 302
    roll_call.refresh_from_db()
    assert roll_call.status == text_of(roll_call).status == "published"


def test_a_date_of_the_future_is_said_where_the_field_is_hidden(editor: Client, world: World):
    session = Session.objects.create(body=world.assembly, number=100, kind="regular", opened="2999-09-01")
    new = f"{reverse('admin:votes_rollcall_new')}?body=GA&date=2999-12-17&session={session.pk}"
    sent = fields(page(editor.get(new))) | {"text-symbol": "A/RES/100/1", "text-title": "Peace"}

    assert "The date, 17 December 2999, is in the future." in errors(page(editor.post(new, sent)))
