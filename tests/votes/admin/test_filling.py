"""Filling the sheet of a draft from a text or a file: seen first, then saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.votes.admin.pages import errors, fields, messages, page, recorded, staff, table, text, url, votes
from votes.admin.filling_forms import TEXT_LIMIT
from votes.editing.filling import names_for
from votes.editing.publishing import publish, unpublish
from votes.editing.spreadsheets import LIMIT
from votes.editing.votes import record_votes
from votes.models import RollCall
from votes.totals import Totals

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World

TEXT = """In favour: France, Haiti
Against: United States
Abstaining: Germany

The draft resolution was adopted by 2 votes to 1, with 1 abstention (resolution 79/998).
[Subsequently, the delegation of Haiti informed the Secretariat that it had intended to vote against.]
"""


def fill(roll_call: RollCall) -> str:
    return url(roll_call, "fill")


def previewed(client: Client, roll_call: RollCall, text: str = TEXT) -> Any:
    """Return the page that shows what was understood of a text."""
    return page(client.post(fill(roll_call), {"text": text, "_read": "1"}))


def upload(client: Client, roll_call: RollCall, content: bytes, name: str = "sheet.csv") -> Any:
    """Return the page that shows what was understood of a file."""
    return page(client.post(fill(roll_call), {"text": "", "file": SimpleUploadedFile(name, content), "_read": "1"}))


def sent(soup: Any) -> dict[str, Any]:
    """Return what a browser sends of the page with the sheet, every box that is ticked among it."""
    ticked = [box["value"] for box in soup.select("[name=corrections][checked]")]
    return {name: value for name, value in fields(soup).items() if name not in ("file", "corrections")} | {
        "corrections": ticked,
        "_save": "1",
    }


# Seeing


def test_preview_shows_the_parsed_text_and_saves_nothing(editor: Client, world: World):
    roll_call = world.roll_call(resolution=world.resolution())

    shown = previewed(editor, roll_call)

    assert recorded(roll_call) == {}
    assert {code: fields(shown)[f"votes-{code}"] for code in ("FRA", "HTI", "USA", "DEU", "GBR")} == {
        "FRA": "Y",
        "HTI": "Y",
        "USA": "N",
        "DEU": "A",
        "GBR": "",
    }
    facts = {text(dt): text(dt.find_next("dd")) for dt in shown.select(".filling-facts dt")}
    assert facts.pop("In no list (189)").startswith("Afghanistan; Albania;")
    assert facts == {
        "Result": "adopted",
        "Symbols": "A/RES/79/998 This roll call is on A/RES/79/999. Check that this is the right text.",
        "In favour (2)": "France; Haiti",
        "Against (1)": "United States",
        "Abstaining (1)": "Germany",
    }
    assert table(shown, ".filling-figures tbody tr", "td") == [
        ["2", "2", "–"],
        ["1", "1", "–"],
        ["1", "1", "–"],
        ["0", "–", "–"],
    ]
    ticks = {box["name"]: box.has_attr("checked") for box in shown.select("[type=checkbox]")}
    assert ticks == {"take_facts": False, "take_announced": True, "take_result": True, "corrections": True}
    assert shown.select_one(".filling-text").text.split() == TEXT.split()
    assert [mark.text for mark in shown.select(".filling-text .filling-Y")] == ["France", "Haiti"]


def test_each_problem_links_to_its_place_and_to_suggested_rows(editor: Client, world: World):
    shown = previewed(editor, world.roll_call(), "In favour: Albanya, France")

    [problem] = shown.select(".filling-problems li")
    place, *near = problem.select("a")
    assert place.text == "Unknown state: “Albanya”."
    assert shown.select_one(place["href"]).find_parent("mark").text.endswith("Albanya")
    assert [(link.text, shown.select_one(link["href"]).select_one("[data-name]").text) for link in near] == [
        ("Albania", "Albania"),
        ("Malaysia", "Malaysia"),
    ]


def test_file_is_previewed_like_a_text(editor: Client, world: World):
    shown = upload(editor, world.roll_call(), b"state,choice\nFRA,Y\nAlbanya,N\nUSA,=1+1\n")

    assert [" ".join(item.text.split()) for item in shown.select(".filling-problems li")] == [
        "Row 3: Unknown state: “Albanya”. Did you mean: Albania, Malaysia",
        "Row 4: formulas are not supported. Enter the value itself.",
    ]
    assert (fields(shown)["votes-FRA"], fields(shown)["votes-USA"]) == ("Y", "")


def test_preview_lists_votes_that_would_be_replaced(editor: Client, world: World):
    roll_call = world.roll_call(announced_yes=5, announced_no=0, result="rejected")
    record_votes(roll_call=roll_call, choices={"FRA": "N", "USA": "N", "GBR": "Y"})

    shown = previewed(editor, roll_call)

    assert table(shown, ".sheet-differing tbody tr") == [
        ["France", "Against", "In favour"],
        ["Germany", "No entry", "Abstaining"],
        ["Haiti", "No entry", "In favour"],
        ["United Kingdom", "In favour", "No entry"],
    ]
    ticks = {box["name"]: box.has_attr("checked") for box in shown.select("[type=checkbox]")}
    assert ticks == {"take_announced": False, "take_result": False, "corrections": True}


def test_preview_does_not_offer_totals_and_result_already_on_record(editor: Client, world: World):
    roll_call = world.roll_call(announced_yes=2, announced_no=1, announced_abstaining=1, result="adopted")

    assert [box["name"] for box in previewed(editor, roll_call).select("[type=checkbox]")] == ["corrections"]


def test_a_veto_of_the_assembly_is_not_offered(editor: Client, world: World):
    text = (
        "The draft resolution received 9 votes in favour, 1 against and 5 abstentions. It was not adopted, owing to "
        "the negative vote of a permanent member.\n\nIn favour: France"
    )
    offered = {
        body.code: bool(previewed(editor, roll_call, text).select("[name=take_result]"))
        for body in (world.assembly, world.council)
        for roll_call in [world.roll_call(f"a-{body.code.lower()}", body=body)]
    }

    assert offered == {"GA": False, "SC": True}


# What cannot be read


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "Paste a text or choose a file."),
        ({"text": " \n"}, "Paste a text or choose a file."),
        ({"text": "x" * (TEXT_LIMIT + 1)}, "The text is larger than 1 MB. Paste only the part with the vote."),
        ({"text": "é" * (TEXT_LIMIT // 2 + 1)}, "The text is larger than 1 MB. Paste only the part with the vote."),
        ({"text": "x", "file": b"FRA,Y"}, "Paste a text or choose a file, not both."),
        ({"file": b"x" * (LIMIT + 1)}, "This file is larger than 1 MB, the limit for a voting sheet."),
        ({"file": b"PK\x03\x04"}, "This XLSX file cannot be read. Save it again as XLSX or CSV and upload it again."),
        ({"file": b""}, "The submitted file is empty."),
    ],
)
def test_unreadable_input_is_an_error_beside_the_field(editor: Client, world: World, data: dict[str, Any], error: str):
    if "file" in data:
        data = data | {"file": SimpleUploadedFile("a.csv", data["file"])}

    shown = page(editor.post(fill(world.roll_call()), data | {"_read": "1"}))

    assert errors(shown)[:1] == [error]
    assert not shown.select("[data-sheet]")


def test_text_of_a_megabyte_is_read(editor: Client, world: World):
    text = "In favour: France\n\n" + "x y " * ((TEXT_LIMIT - 100) // 4)

    shown = previewed(editor, world.roll_call(), text)

    assert fields(shown)["votes-FRA"] == "Y"
    assert len(shown.select_one(".filling-text").text) < 5000


# Saving


def test_previewed_votes_are_saved_with_the_ticked_facts(editor: Client, world: World):
    roll_call = world.roll_call()
    shown = previewed(editor, roll_call)

    saved = editor.post(fill(roll_call), sent(shown) | votes({"GBR": "A"}))

    assert saved["Location"] == url(roll_call)
    roll_call = RollCall.objects.with_tally().get(pk=roll_call.pk)
    assert recorded(roll_call) == {"FRA": "Y", "HTI": "Y", "USA": "N", "DEU": "A", "GBR": "A"}
    assert (roll_call.announced, roll_call.result, roll_call.status) == (Totals(2, 1, 1, None), "adopted", "draft")
    assert list(roll_call.corrections.values_list("state__code", "intended")) == [("HTI", "N")]
    assert [user.username for user in roll_call.entered_by.all()] == ["editor"]
    assert messages(saved)[:2] == [
        "Counted and announced totals of a-motion differ: Abstaining 2 counted, 1 announced.",
        "188 members of the body have no vote entered in a-motion.",
    ]
    assert LogEntry.objects.get().get_change_message() == (
        "Changed Votes: A: DEU GBR; N: USA; Y: FRA HTI, Announced totals, Result and Corrections."
    )


def test_unticked_facts_are_not_saved(editor: Client, world: World):
    roll_call = world.roll_call()
    data = sent(previewed(editor, roll_call))
    for name in ("take_announced", "take_result", "corrections"):
        del data[name]

    editor.post(fill(roll_call), data)

    roll_call.refresh_from_db()
    assert (roll_call.announced, roll_call.result, roll_call.corrections.count()) == (None, "not-stated", 0)
    assert roll_call.votes.count() == 4


def test_members_in_no_list_are_set_to_non_voting_where_that_is_chosen(editor: Client, world: World):
    roll_call = world.roll_call()

    editor.post(fill(roll_call), sent(previewed(editor, roll_call)) | {"votes_others": "X"})

    assert RollCall.objects.with_tally().get(pk=roll_call.pk).counted == Totals(2, 1, 1, 189)


def test_a_sheet_from_a_file_is_saved(editor: Client, world: World):
    roll_call = world.roll_call()

    editor.post(fill(roll_call), sent(upload(editor, roll_call, b"FRA,Y\nUSA,N\n")))

    assert recorded(roll_call) == {"FRA": "Y", "USA": "N"}


# Saving that is refused: nothing is written, and nothing is lost


def refused(client: Client, roll_call: RollCall, data: dict[str, Any]) -> Any:
    """Return the page that comes back; the record is as it was."""
    before = RollCall.objects.values().get(pk=roll_call.pk), recorded(roll_call)
    answer = page(client.post(fill(roll_call), data))
    assert (RollCall.objects.values().get(pk=roll_call.pk), recorded(roll_call)) == before
    return answer


def test_text_changed_after_the_preview_is_previewed_again(editor: Client, world: World):
    roll_call = world.roll_call()
    data = sent(previewed(editor, roll_call)) | votes({"GBR": "A"}) | {"text": TEXT.replace("Haiti", "Hungary")}

    answer = refused(editor, roll_call, data)

    assert errors(answer) == ["The text has changed since it was read. Read it again and check the preview."]
    assert fields(answer)["votes-GBR"] == "A"
    assert errors(refused(editor, roll_call, sent(answer) | {"read": data["read"]})) == errors(answer)


def test_sheet_saved_by_another_meanwhile_is_compared(editor: Client, world: World):
    roll_call = world.roll_call()
    data = sent(previewed(editor, roll_call))
    record_votes(roll_call=roll_call, choices={"FRA": "N", "HTI": "Y"})

    answer = refused(editor, roll_call, data)

    assert "You both changed the rows below." in errors(answer)[0]
    assert table(answer, ".sheet-differing tbody tr")[0] == ["France", "No entry", "Against", "In favour"]
    editor.post(fill(roll_call), sent(answer))
    assert recorded(roll_call) == {"FRA": "Y", "HTI": "Y", "USA": "N", "DEU": "A"}


def test_totals_recorded_by_another_meanwhile_are_not_replaced_unseen(editor: Client, world: World):
    roll_call = world.roll_call()
    data = sent(previewed(editor, roll_call))
    assert "take_announced" in data
    RollCall.objects.filter(pk=roll_call.pk).update(announced_yes=9)

    answer = refused(editor, roll_call, data)

    [error] = errors(answer)
    assert error == (
        "This was changed after you opened this page, by an import or outside the admin. On record now: Announced in "
        "favour: 9. Saving again replaces it."
    )
    editor.post(fill(roll_call), sent(answer))
    roll_call.refresh_from_db()
    assert roll_call.announced_yes == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"votes-FRA": "?"}, "Choices must be Y, N, A or X. Check the choice of: FRA."),
        (
            {"votes-SUN": "Y"},
            (
                "Not members of the General Assembly on 17 December 2024: SUN. "
                "Check the date, or the memberships of the body."
            ),
        ),
        ({"votes-HTI": ""}, "Haiti has no vote in this roll call to correct."),
        ({"votes-HTI": "N"}, "Haiti is already recorded with this choice, so there is nothing to correct."),
        ({"corrections": ["USA:Y"]}, "Select a valid choice. USA:Y is not one of the available choices."),
    ],
)
def test_invalid_sheet_is_refused_and_shown_as_sent(editor: Client, world: World, changes: dict[str, Any], error: str):
    roll_call = world.roll_call()

    answer = refused(editor, roll_call, sent(previewed(editor, roll_call)) | changes | {"votes-GBR": "A"})

    assert errors(answer) == [error]
    assert fields(answer)["votes-GBR"] == "A"
    assert answer.select_one(".filling-text").text.split() == TEXT.split()


def test_an_empty_sheet_is_not_saved(editor: Client, world: World):
    roll_call = world.roll_call()
    data = sent(upload(editor, roll_call, b"FRA,Y\n")) | {"votes-FRA": ""}

    assert errors(refused(editor, roll_call, data)) == ["The sheet is empty. Enter at least one vote."]


def test_filling_a_draft_that_was_public_needs_a_reason(editor: Client, world: World):
    roll_call = world.roll_call()
    record_votes(roll_call=roll_call, choices={"ALB": "Y"})
    publish(roll_calls=[roll_call])
    unpublish(roll_calls=[roll_call])
    data = sent(previewed(editor, roll_call))

    assert errors(refused(editor, roll_call, data)) == ["This has been public. Enter a reason for the change."]
    editor.post(fill(roll_call), data | {"reason": "The lists of another vote."})
    assert recorded(roll_call) == {"FRA": "Y", "HTI": "Y", "USA": "N", "DEU": "A"}


# Who may


def test_a_published_roll_call_is_not_filled(editor: Client, world: World):
    roll_call = world.roll_call()
    record_votes(roll_call=roll_call, choices={"ALB": "Y"})
    data = sent(previewed(editor, roll_call))
    publish(roll_calls=[roll_call])

    for answer in (editor.get(fill(roll_call)), editor.post(fill(roll_call), data)):
        assert answer["Location"] == url(roll_call)
        assert messages(answer)[-1] == (
            "Votes can be pasted or uploaded only for a draft. Change a published roll call on its own "
            "page, with a reason."
        )
    assert recorded(roll_call) == {"ALB": "Y"}
    assert not page(editor.get(url(roll_call))).select(f'a[href="{fill(roll_call)}"]')


@pytest.mark.parametrize("method", ["non-recorded", "without-vote"])
def test_roll_call_that_records_no_votes_cannot_be_filled(editor: Client, world: World, method: str):
    roll_call = world.roll_call(method=method)

    assert editor.get(fill(roll_call))["Location"] == url(roll_call)
    assert not page(editor.get(url(roll_call))).select(f'a[href="{fill(roll_call)}"]')


def test_page_of_a_draft_links_to_filling(editor: Client, world: World):
    roll_call = world.roll_call()

    [link] = page(editor.get(url(roll_call))).select(f'a[href="{fill(roll_call)}"]')

    assert link.text == "Paste or upload votes"
    assert not page(editor.get(link["href"])).select("[data-sheet]")


def test_unknown_roll_call_is_a_404(editor: Client, world: World):
    assert editor.get("/admin/votes/rollcall/999999/fill/").status_code == 404


@pytest.mark.parametrize("permissions", [[], ["view_rollcall"], ["add_rollcall", "change_resolution"]])
@pytest.mark.parametrize("exists", [True, False])
def test_without_permission_to_change_drafts_filling_is_refused(
    client: Client, world: World, permissions: list[str], *, exists: bool
):
    roll_call = world.roll_call("a-secret-motion")
    client.force_login(staff("reader", *permissions))
    address = fill(roll_call) if exists else "/admin/votes/rollcall/999999/fill/"

    answers = [
        client.get(address),
        client.post(address, {"text": TEXT, "_read": "1"}),
        client.post(address, {"_save": "1"} | votes({"FRA": "Y"})),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert recorded(roll_call) == {}


def test_a_recorder_fills_a_draft(client: Client, world: World):
    roll_call = world.roll_call()
    client.force_login(staff("recorder", "view_rollcall", "change_rollcall"))

    client.post(fill(roll_call), sent(previewed(client, roll_call)))

    assert roll_call.votes.count() == 4


# How much it takes


@pytest.mark.parametrize("count", [1, 193])
def test_query_count_is_the_same_for_193_votes_as_for_one(
    editor: Client, world: World, count: int, django_assert_max_num_queries
):
    roll_call = world.roll_call()
    names = names_for(roll_call)
    text = "In favour: " + "; ".join(names.name(code) for code in world.codes[:count])
    intents = "; ".join(names.name(code) for code in world.codes[: min(count, 20)])
    told = "informed the Secretariat that they had intended to vote against"
    text += f"\n\n[Subsequently, the delegations of {intents} {told}.]"
    with django_assert_max_num_queries(8):
        editor.get(fill(roll_call))
    with django_assert_max_num_queries(20):
        shown = previewed(editor, roll_call, text)

    with django_assert_max_num_queries(50):
        editor.post(fill(roll_call), sent(shown))

    assert (roll_call.votes.count(), roll_call.corrections.count()) == (count, min(count, 20))


# A text of another vote


OTHER = "A/79/PV.55\nMonday, 16 December 2024, 10 a.m.\n" + TEXT.replace(
    "The draft resolution was", "Draft resolution A/79/L.5 was"
)


def test_facts_that_the_text_states_otherwise_are_said_and_can_be_taken_over(editor: Client, world: World):
    text_of_vote = world.resolution("A/79/L.4", kind="draft")
    roll_call = world.roll_call(resolution=text_of_vote, session=world.session, meeting="A/79/PV.54")

    preview = previewed(editor, roll_call, OTHER)

    assert [item.text for item in preview.select(".filling-stated li")] == [
        "Date: 16 December 2024 in the text, 17 December 2024 in this draft.",
        "Meeting: A/79/PV.55 in the text, A/79/PV.54 in this draft.",
        "Draft symbol: A/79/L.5 in the text, A/79/L.4 in this draft.",
        "Symbol: A/RES/79/998 in the text, A/79/L.4 in this draft.",
    ]
    assert not preview.select("[name=take_facts][checked]"), "nobody has said which is right"
    editor.post(fill(roll_call), sent(preview) | {"take_facts": ["date", "meeting", "symbol"]})
    roll_call.refresh_from_db()
    text_of_vote.refresh_from_db()
    assert (str(roll_call.date), roll_call.meeting) == ("2024-12-16", "A/79/PV.55")
    assert (text_of_vote.symbol, text_of_vote.kind) == ("A/RES/79/998", "resolution")
    assert [other.symbol for other in text_of_vote.other_symbols.all()] == ["A/79/L.4"]


def test_a_public_text_keeps_its_symbol_whatever_is_pasted(editor: Client, world: World):
    text_of_vote = world.resolution("A/RES/79/997", status="published")
    roll_call = world.roll_call(resolution=text_of_vote, session=world.session)

    preview = previewed(editor, roll_call, OTHER)
    editor.post(fill(roll_call), sent(preview) | {"take_facts": ["symbol"]})

    assert "Change it on the page of the resolution." in text(preview.select_one(".filling-stated"))
    text_of_vote.refresh_from_db()
    assert text_of_vote.symbol == "A/RES/79/997"
