"""Daily entry: another vote on a text, drafts sent back, where typing begins, what things are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from django.test import Client

from tests.votes.admin.pages import draft, fields, messages, page, table, text, url
from tests.votes.roles import make_user
from votes.editing.publishing import publish, withdraw
from votes.models import ReturnedDraft, RollCall

if TYPE_CHECKING:
    from tests.votes.conftest import World

LIST = "/admin/votes/rollcall/"
NEW = f"{LIST}new/?body=GA&date=2024-12-17&session="
MEETING = {"meeting": "A/79/PV.54", "ordinal": 3}


def selected(soup: Any, name: str) -> str:
    """Return the value that is chosen in a select."""
    return next((option["value"] for option in soup.select(f"[name={name}] option[selected]")), "")


# Another vote on a text


def test_text_and_vote_lead_to_another_vote_on_the_text(editor: Client, world: World):
    vote = draft(world, {"USA": "N"}, session=world.session, **MEETING)
    address = f"{LIST}add/?resolution={vote.resolution_id}"
    assert vote.resolution
    for shown in (page(editor.get(url(vote))), page(editor.get(url(vote.resolution)))):
        (link,) = shown.select(".object-tools a[href*='?resolution=']")
        assert (text(link), link["href"]) == ("Add another vote on this text", address)

    form = page(editor.get(address))
    data = fields(form)
    for name in ("resolution", "body", "session", "kind"):
        data[name] = selected(form, name)
    assert (data["resolution"], data["body"], data["session"]) == (
        str(vote.resolution_id), str(world.assembly.pk), str(world.session.pk)
    )  # fmt: skip
    # Of what the vote was, the editor decides.
    assert (data["date"], data["meeting"], data["ordinal"], data["kind"]) == ("2024-12-17", "A/79/PV.54", "4", "")
    saved = editor.post(address, data | {"kind": "paragraph", "title": "Paragraph 2", "date_precision": "day"})
    second = RollCall.objects.exclude(pk=vote.pk).get(resolution=vote.resolution)
    assert saved["Location"] == f"{url(second)}#enter-votes"
    assert (second.kind, second.ordinal, second.decisive) == ("paragraph", 4, False)


def test_second_vote_on_a_known_text_leads_there_with_what_was_typed(editor: Client, world: World):
    vote = draft(world, {"USA": "N"})
    typed = {
        "text-symbol": "a/res/79/999", "text-title": "Something else", "kind": "paragraph", "title": "Paragraph 2",
        "meeting": "A/79/PV.55", "ordinal": "2", "announced_yes": "100", "method": "recorded", "source": "",
    }  # fmt: skip
    answer = editor.post(NEW, typed)
    assert answer["Location"] == f"{LIST}add/?resolution={vote.resolution_id}&typed=1"
    assert messages(answer)[0].startswith("A/RES/79/999 is already on record")
    form = page(editor.get(answer["Location"]))
    data = fields(form)
    assert {name: data[name] for name in ("title", "meeting", "ordinal", "announced_yes", "date")} == {
        "title": "Paragraph 2", "meeting": "A/79/PV.55", "ordinal": "2", "announced_yes": "100", "date": "2024-12-17"
    }  # fmt: skip
    assert selected(form, "kind") == "paragraph"


# Drafts sent back


def test_draft_is_sent_back_with_a_comment_that_its_work_list_shows(client: Client, world: World):
    vote = draft(world, {"USA": "N", "FRA": "Y"})
    recorder, verifier = make_user("Recorders"), make_user("Verifiers")
    vote.entered_by.add(recorder)
    client.force_login(verifier)
    (link,) = page(client.get(url(vote))).select(".object-tools a[href$='/send-back/']")
    asked = page(client.get(link["href"]))
    assert text(asked.select_one("label[for=reason]")) == "What should be changed? (Only editors see this.)"
    assert "Norway" not in page(client.post(link["href"], {"reason": " "})).text
    sent = client.post(link["href"], {"reason": "Norway is missing."})
    assert (sent["Location"], messages(sent)) == (f"{LIST}?work=waiting", ["a-res-79-999 was sent back."])

    client.force_login(recorder)
    front = page(client.get("/admin/")).select_one("#work a[href$='?work=returned']")
    assert text(front.find_parent("tr")) == "Sent back with a comment 1"
    (row,) = table(page(client.get(f"{LIST}?work=returned")), "#result_list tbody tr", ".field-comment")
    assert row[0].endswith("by verifiers: Norway is missing.")
    shown = page(client.get(url(vote)))
    assert "Norway is missing." in text(shown.select_one(".field-summary"))
    assert not shown.select(".object-tools a[href$='/send-back/']")
    assert client.get(link["href"]).status_code == 403
    saved = client.post(url(vote), fields(shown))
    assert "The draft is waiting for verification again." in messages(saved)
    assert not ReturnedDraft.objects.exists()


# Where typing begins


def test_entering_starts_at_the_first_field(editor: Client, world: World):
    for address, name in ((f"{LIST}new/", "body"), (NEW, "text-symbol")):
        form = page(editor.get(address))
        visible = form.select("#content-main form select, #content-main form input:not([type=hidden])")
        assert [field["name"] for field in form.select("[autofocus]")] == [visible[0]["name"]] == [name]


# What is called what


def test_withdrawn_vote_does_not_read_draft(editor: Client, world: World):
    vote = draft(world, {"USA": "N"})
    publish(roll_calls=[vote])
    withdraw(roll_call=vote, reason="Never taken.")
    shown = page(editor.get(url(vote)))
    assert "Withdrawn." in text(shown.select_one(".field-summary"))
    assert [text(label) for label in shown.select(".field-status label")][-2:] == ["withdrawn", "published"]
    recorder = Client()
    recorder.force_login(make_user("Recorders"))
    assert text(page(recorder.get(url(vote))).select_one(".field-status .readonly")) == "withdrawn"
    listed = table(page(editor.get(f"{LIST}?q=a-res-79-999")), "#result_list tbody tr", ".field-status")
    assert listed == [["withdrawn"]]
    publish(roll_calls=[vote], reason="Taken after all.")
    assert "Published." in text(page(editor.get(url(vote))).select_one(".field-summary"))


def test_messages_do_not_capitalise_a_slug(editor: Client, world: World):
    vote = draft(world)
    answer = editor.post(LIST, {"action": "publish", "_selected_action": [vote.pk]}, follow=True)
    soup = BeautifulSoup(answer.content, "html.parser")
    assert text(soup.select_one(".messagelist li")).startswith("a-res-79-999 has no votes yet.")


def test_list_shows_both_totals_before_what_may_be_cut_off(editor: Client, world: World):
    draft(world, {"USA": "N", "FRA": "Y"}, announced_yes=1, announced_no=1, announced_abstaining=0)
    (row,) = page(editor.get(f"{LIST}?q=a-res-79-999")).select("#result_list tbody tr")
    names = [cell["class"][0].removeprefix("field-") for cell in row.select("th, td")][1:]
    assert names.index("announced_totals") < names.index("counted_totals") < names.index("result")
