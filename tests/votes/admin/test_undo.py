"""Undoing in the admin: from the history of a vote and of a text, from an import, from the page of deletions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from resolutions.attribution import attributed
from resolutions.models import Resolution, RetiredText
from tests.votes.admin.pages import draft, list_url, messages, page, table, text, text_of, url
from tests.votes.connections import execute
from tests.votes.importing.editions import Stated, ga_file, imported
from tests.votes.roles import make_user
from votes.editing.merging import merge
from votes.editing.publishing import publish
from votes.editing.votes import record_votes
from votes.models import ImportRun, RetiredAddress, Revision, RollCall

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from tests.votes.conftest import World

DELETIONS = "/admin/votes/revision/deletions/"


def public(world: World) -> RollCall:
    """Return a vote that has been public for long."""
    roll_call = draft(world, {"USA": "N", "FRA": "Y"})
    publish(roll_calls=[roll_call])
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    return RollCall.objects.get(pk=roll_call.pk)


def change(roll_call: RollCall, note: str) -> None:
    with attributed(reason="A slip."):
        RollCall.objects.filter(pk=roll_call.pk).update(note=note)


def test_a_change_is_undone_from_the_history(editor: Client, world: World):
    roll_call = public(world)
    change(roll_call, "Wrong.")
    history = url(roll_call, "history")

    [link] = page(editor.get(history)).select("#published-changes td a.button")
    asked = page(editor.get(link["href"]))
    assert table(asked, "tbody tr") == [["Note", "Wrong.", "none"]]
    refused = page(editor.post(link["href"], {"reason": " ", "back": history}))
    assert "Enter a reason." in refused.text
    done = editor.post(link["href"], {"reason": "It was right.", "back": history})

    assert (done.status_code, done["Location"]) == (302, history)
    assert messages(done) == ["The change was undone."]
    roll_call.refresh_from_db()
    assert roll_call.note == ""
    rows = table(page(editor.get(history)), "#published-changes tbody tr", "td")
    assert [bool(row[3]) for row in rows] == [True, False], "the undo can be undone, the change not again"
    assert "undoes the change of" in rows[0][1]


def test_a_page_says_what_was_changed_since_and_asks_nothing(editor: Client, world: World):
    roll_call = public(world)
    change(roll_call, "Wrong.")
    revision = Revision.objects.get()
    execute("UPDATE votes_rollcall SET note = 'Later.'")
    shown = page(editor.get(f"/admin/votes/revision/{revision.pk}/undo/"))
    assert "the record has been changed since: a-res-79-999: note." in text(shown.select_one(".errornote"))
    assert not shown.select("textarea[name=reason]")
    assert page(editor.post(f"/admin/votes/revision/{revision.pk}/undo/", {"reason": "x"}, follow=True))
    roll_call.refresh_from_db()
    assert roll_call.note == "Later."


def test_back_leads_to_this_site_only(editor: Client, world: World):
    change(public(world), "Wrong.")
    address = f"/admin/votes/revision/{Revision.objects.get().pk}/undo/"
    assert "evil" not in page(editor.get(f"{address}?back=https://evil.example/")).select_one("#content-main").decode()
    done = editor.post(address, {"reason": "x", "back": "https://evil.example/"})
    assert done["Location"] == DELETIONS


def test_a_text_has_its_changes_and_their_undo_in_its_history(editor: Client, world: World):
    made = text_of(public(world))
    with attributed(reason="A slip."):
        Resolution.objects.filter(pk=made.pk).update(title="War")
    history = url(made, "history")
    [link] = page(editor.get(history)).select("#published-changes td a.button")
    editor.post(link["href"], {"reason": "A misprint."})
    assert Resolution.objects.get(pk=made.pk).title == "Peace"


def test_verifiers_have_no_button_for_what_they_may_not_undo(client: Client, world: World):
    roll_call = public(world)
    change(roll_call, "Wrong.")
    client.force_login(make_user("Recorders"))
    assert not page(client.get(url(roll_call, "history"))).select("#published-changes a.button")


def test_deletions_show_what_a_draft_held_and_bring_it_back(client: Client, world: World):
    recorder = make_user("Recorders")
    client.force_login(recorder)
    mine, other = draft(world, {"USA": "N", "FRA": "Y"}), world.roll_call("other")
    mine.entered_by.add(recorder)

    refused = client.post(url(mine, "delete"), {"post": "yes"})
    assert messages(refused) == ["Nothing was deleted. Enter a reason; it is shown on the page “Deletions”."]
    assert client.post(url(other, "delete"), {"post": "yes", "reason": "x"}).status_code == 403
    both = {"action": "delete_selected", "_selected_action": [mine.pk, other.pk], "post": "yes", "reason": "x"}
    said = page(client.post(list_url(RollCall), both))
    assert "other is somebody else’s draft. A verifier can delete it." in said.text
    client.post(url(mine, "delete"), {"post": "yes", "reason": "Entered twice."})
    assert sorted(RollCall.objects.filter(slug__in=["other", mine.slug]).values_list("slug", flat=True)) == ["other"]

    [row] = table(page(client.get(DELETIONS)), "tbody tr")
    assert row[0] == "a-res-79-999 recorded vote, draft"
    assert "recorders" in row[1]
    assert row[2] == "Entered twice."
    for held in ("A/RES/79/999", "17 December 2024", "In favour: 1 France", "Against: 1 United States"):
        assert held in row[3]
    assert not page(client.get(f"{DELETIONS}?q=nothing")).select("tbody tr")
    [link] = page(client.get(f"{DELETIONS}?q=79-999")).select("tbody a.button")
    done = client.post(link["href"].split("?")[0], {"reason": "They are two.", "back": DELETIONS})
    assert messages(done)[-1] == "The change was undone."
    assert RollCall.objects.get(slug=mine.slug).votes.count() == 2
    assert table(page(client.get(DELETIONS)), "tbody tr", "td")[0][3] == "Undone"


def test_deletions_of_reference_facts_are_listed(editor: Client, world: World):
    from tests.factories import make_bloc  # noqa: PLC0415

    bloc = make_bloc("a-bloc", name="A bloc")
    with attributed(reason="Never existed."):
        bloc.delete()
    [row] = table(page(editor.get(DELETIONS)), "tbody tr")
    assert (row[0], row[2]) == ("a-bloc bloc", "Never existed.")
    assert "A bloc" in row[3]


def test_the_list_takes_a_bounded_number_of_queries(editor: Client, world: World, django_assert_max_num_queries):
    for number in range(5):
        with attributed(reason=f"No. {number}."):
            world.roll_call(f"draft-{number}").delete()
    with django_assert_max_num_queries(16):
        assert len(page(editor.get(DELETIONS)).select("tbody tr")) == 5


@pytest.mark.parametrize("how", ["page", "action"])
def test_a_text_that_was_public_leaves_its_address(editor: Client, world: World, how: str):
    made = world.resolution("A/RES/79/5", status="published")
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    sent = {"post": "yes", "reason": "Never adopted."}
    action = {"action": "delete_selected", "_selected_action": [made.pk], **sent}
    editor.post(url(made, "delete"), sent)
    editor.post(list_url(Resolution), action)
    assert Resolution.objects.filter(pk=made.pk).exists(), "what is public stays"

    Resolution.objects.filter(pk=made.pk).update(status="draft")
    if how == "page":
        editor.post(url(made, "delete"), sent)
    else:
        editor.post(list_url(Resolution), action)

    assert not Resolution.objects.filter(pk=made.pk).exists()
    gone = RetiredText.objects.get()
    assert (gone.reason, gone.by) == ("Never adopted.", User.objects.get(username="editor"))
    answer = editor.get("/resolutions/a/res/79/5")
    assert answer.status_code == 410
    assert "Never adopted." in answer.content.decode()
    assert editor.get("/api/v1/resolutions/A/RES/79/5").status_code == 410


def test_an_import_is_undone_from_its_page(editor: Client, world: World, tmp_path: Path):
    stated = [Stated(symbol=f"A/RES/79/50{number}", number=number) for number in (1, 2)]
    run = imported(ga_file(tmp_path / "a.csv", *stated)).runs[0]
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    RollCall.objects.filter(slug="a-res-79-502").update(note="Checked.")

    [link] = page(editor.get(url(run))).select(".object-tools a[href$=undo\\/]")
    asked = page(editor.get(link["href"]))
    assert "1 vote added by this import is withdrawn" in text(asked)
    assert "a-res-79-502" in text(asked)
    done = editor.post(link["href"], {"reason": "The wrong file."})

    assert messages(done) == ["The import was undone. 1 vote was withdrawn."]
    assert RetiredAddress.objects.get().slug == "a-res-79-501"
    assert editor.get("/resolutions/A/RES/79/501").status_code == 410
    assert "Undone on" in page(editor.get(url(run))).text
    assert not page(editor.get(url(run))).select(".object-tools a[href$=undo\\/]")
    assert ImportRun.objects.get(pk=run.pk).undone


def test_merging_shows_both_votes_and_what_becomes_of_the_text(editor: Client, world: World):
    kept = draft(world, {"USA": "N", "FRA": "Y"})
    other = world.resolution("A/79/L.5")
    twice = world.roll_call("twice", resolution=other, title="")
    shown = page(editor.get(f"{reverse('admin:votes_rollcall_merge')}?kept={kept.slug}&duplicate=twice"))
    assert table(shown, ".side-by-side tbody tr") == [
        ["France", "In favour", "– differs"],
        ["United States", "Against", "– differs"],
    ]
    assert "its address redirects to A/RES/79/999" in text(shown)
    twice.kind = "motion"
    twice.save()
    refused = page(editor.get(f"{reverse('admin:votes_rollcall_merge')}?kept={kept.slug}&duplicate=twice"))
    assert "These are different votes: " in refused.text


def test_a_merge_is_undone_from_the_history_of_the_vote_that_was_kept(editor: Client, world: World):
    kept = public(world)
    twice = world.roll_call("twice")
    record_votes(roll_call=twice, choices={"USA": "N", "FRA": "Y"})
    publish(roll_calls=[twice])
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    merge(kept=kept, duplicate=twice, reason="One vote.")
    shown = page(editor.get(url(kept, "history")))
    [row] = table(shown, "#published-changes tbody tr", "td")
    assert row[2] == "Merged record: from “none” to “twice”"
    [link] = shown.select("#published-changes a.button")
    editor.post(link["href"], {"reason": "Two votes."})
    assert RollCall.objects.get(slug="twice").status == "published"
