"""Two editors at one form: untouched fields follow the record, and what both changed is shown before it is replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User

from resolutions.models import OtherSymbol, Topic
from tests.votes.admin.pages import draft, fields, logged_in, messages, page, recorded, text_of, url, votes
from votes.models import MemberState, StateName

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

    from tests.votes.conftest import World

WHO = r"ana changed this on \d+ \w+ \d{4}, \d\d:\d\d, after you opened this page\."
AGAIN = "Your entry is kept below and is not saved. If you save again, it replaces what is on record."


@pytest.fixture
def other(world: World) -> Client:
    """Return the browser of another editor."""
    return logged_in("ana")


def opened(client: Client, record: Model) -> dict[str, Any]:
    return fields(page(client.get(url(record))))


def conflicts(answer: Any) -> list[str]:
    """Return the errors of a page, each on one line."""
    return [" ".join(error.get_text(" ").split()) for error in answer.select(".errorlist li")]


def test_what_somebody_else_changed_in_a_roll_call_is_not_undone(editor: Client, other: Client, world: World):
    roll_call = draft(world)
    stale = opened(editor, roll_call)
    other.post(url(roll_call), opened(other, roll_call) | {"note": "By show of hands", "requirement": "two-thirds"})

    saved = editor.post(url(roll_call), stale | {"source_reference": "A/79/PV.54"})

    roll_call.refresh_from_db()
    assert (roll_call.note, roll_call.requirement) == ("By show of hands", "two-thirds")
    assert roll_call.source_reference == "A/79/PV.54"
    [told] = [said for said in messages(saved) if said.startswith("Changed by others")]
    assert told == (
        "Changed by others since you opened the page, and kept: Session: empty → Seventy-ninth session; "
        "Note: empty → By show of hands; Requirement: not stated → two-thirds of the members present and voting."
    )


def test_a_field_that_both_changed_is_shown_with_both_values_before_it_is_replaced(
    editor: Client, other: Client, world: World
):
    roll_call = draft(world, note="As it was")
    stale = opened(editor, roll_call)
    other.post(url(roll_call), opened(other, roll_call) | {"note": "Hers", "meeting": "A/79/PV.54"})

    answer = page(editor.post(url(roll_call), stale | {"note": "His"}))

    [error] = conflicts(answer)
    assert re.fullmatch(f"{WHO} When you opened it: As it was On record now: Hers {AGAIN}", error)
    again = fields(answer)
    assert (again["note"], again["meeting"]) == ("His", "A/79/PV.54")
    roll_call.refresh_from_db()
    assert roll_call.note == "Hers"
    assert editor.post(url(roll_call), again).status_code == 302
    roll_call.refresh_from_db()
    assert (roll_call.note, roll_call.meeting) == ("His", "A/79/PV.54")


def test_a_conflict_is_never_in_a_closed_part_of_the_page(editor: Client, world: World):
    roll_call = draft(world)
    stale = opened(editor, roll_call)
    type(roll_call).objects.filter(pk=roll_call.pk).update(announced_yes=2)

    answer = page(editor.post(url(roll_call), stale | {"announced_yes": "3"}))

    [conflict] = answer.select(".conflict")
    assert conflict.find_parent("details") is None


def test_two_who_enter_the_same_value_do_not_conflict(editor: Client, other: Client, world: World):
    roll_call = draft(world)
    stale = opened(editor, roll_call)
    other.post(url(roll_call), opened(other, roll_call) | {"note": "The same"})

    assert editor.post(url(roll_call), stale | {"note": "The same", "meeting": "A/79/PV.54"}).status_code == 302


def test_facts_and_votes_of_two_editors_are_both_saved(editor: Client, other: Client, world: World):
    roll_call = draft(world, {"FRA": "Y"})
    stale = opened(editor, roll_call)
    other.post(url(roll_call), opened(other, roll_call) | votes({"USA": "N", "FRA": ""}))

    editor.post(url(roll_call), stale | {"note": "His"} | votes({"HTI": "A"}))

    assert recorded(roll_call) == {"USA": "N", "HTI": "A"}


def test_a_title_topics_and_other_symbols_of_a_text(editor: Client, other: Client, world: World):
    text = text_of(draft(world))
    ours, theirs = Topic.objects.all()[:2]
    stale = opened(editor, text)
    new = {"other_symbols-TOTAL_FORMS": "1", "other_symbols-0-symbol": "A/79/L.9", "other_symbols-0-kind": "draft"}
    other.post(url(text), opened(other, text) | new | {"title": "Hers", "topics": [theirs.pk]})

    answer = page(editor.post(url(text), stale | {"title": "His", "topics": [ours.pk], "agenda": "Item 5"}))

    title, topics = conflicts(answer)
    assert "On record now: Hers" in title
    assert f"On record now: {theirs.name}" in topics
    again = fields(answer)
    assert again["other_symbols-0-symbol"] == "A/79/L.9"
    editor.post(url(text), again)
    text.refresh_from_db()
    assert (text.title, text.agenda, [*text.topics.all()]) == ("His", "Item 5", [ours])
    assert text.other_symbols.get().symbol == "A/79/L.9"


def test_rows_that_were_not_touched_follow_the_record(editor: Client, other: Client, world: World):
    text = text_of(draft(world))
    kept, gone, changed = (
        OtherSymbol.objects.create(resolution=text, symbol=f"A/79/L.{n}", kind="draft") for n in (1, 2, 3)
    )
    stale = opened(editor, text)
    hers = opened(other, text)
    index = {hers[f"other_symbols-{n}-id"]: n for n in range(3)}
    row = {pk: f"other_symbols-{index[str(pk)]}" for pk in (kept.pk, gone.pk, changed.pk)}
    other.post(url(text), hers | {f"{row[gone.pk]}-DELETE": "on", f"{row[changed.pk]}-symbol": "A/79/L.33"})

    saved = editor.post(url(text), stale | {f"{row[kept.pk]}-symbol": "A/79/L.11"})

    assert saved.status_code == 302
    assert {one.symbol for one in text.other_symbols.all()} == {"A/79/L.11", "A/79/L.33"}


def test_a_row_that_somebody_else_deleted_is_kept_as_it_was_typed(editor: Client, other: Client, world: World):
    state = MemberState.objects.get(code="IDN")
    name = StateName.objects.create(state=state, name="Batavia", since="1800-01-01", until="1810-01-01")
    stale = opened(editor, state)
    row = next(
        key.removesuffix("-id")
        for key, pk in stale.items()
        if key.endswith("-id") and pk == str(name.pk) and "names" in key
    )
    asked = page(other.post(url(state), opened(other, state) | {f"{row}-DELETE": "on"}))
    other.post(url(state), fields(asked) | {"reason": "Of no member state."})

    answer = page(editor.post(url(state), stale | {f"{row}-name": "Batavia and environs"}))

    [error] = conflicts(answer)
    assert re.fullmatch(f"{WHO} This row is no longer on record\\. What you entered is kept .*", error)
    assert not state.former_names.filter(name__startswith="Batavia").exists()
    asked = page(editor.post(url(state), fields(answer)))
    editor.post(url(state), fields(asked) | {"reason": "It is one."})
    assert state.former_names.filter(name="Batavia and environs").exists()


def test_a_row_that_somebody_else_changed_is_not_deleted_unseen(editor: Client, other: Client, world: World):
    text = text_of(draft(world))
    OtherSymbol.objects.create(resolution=text, symbol="A/79/L.1", kind="draft")
    stale = opened(editor, text)
    other.post(url(text), opened(other, text) | {"other_symbols-0-symbol": "A/79/L.2"})

    answer = page(editor.post(url(text), stale | {"other_symbols-0-DELETE": "on"}))

    [error] = conflicts(answer)
    assert re.fullmatch(
        f"A/79/L.2, which you marked for deletion: Symbol: A/79/L.1 → A/79/L.2\\. {WHO} Save again to delete it\\.",
        error,
    )
    editor.post(url(text), fields(answer))
    assert not text.other_symbols.exists()


def test_a_change_outside_the_admin_is_told_as_one(editor: Client, world: World):
    state = MemberState.objects.get(code="IDN")
    stale = opened(editor, state)
    MemberState.objects.filter(pk=state.pk).update(official_name="By import")

    answer = page(editor.post(url(state), stale | {"official_name": "Typed"}))

    [error] = conflicts(answer)
    assert error.startswith("This has changed since you opened this page, by an import or outside the admin. ")


@pytest.mark.parametrize(
    "shown", ["", "no JSON", "[]", '{"forms": []}', '{"forms": {"": {"PK": {"note": {"a": [1]}}}}}']
)
def test_a_field_of_nonsense_is_no_error(editor: Client, world: World, shown: str):
    roll_call = draft(world)

    data = opened(editor, roll_call) | {"shown": shown.replace("PK", str(roll_call.pk)), "meeting": "A/79/PV.54"}

    assert editor.post(url(roll_call), data).status_code == 302


def test_a_message_tells_the_browser_which_form_is_saved(editor: Client, world: World):
    state = MemberState.objects.get(code="IDN")
    shown = page(editor.get(url(state)))
    kept = shown.select_one("[data-kept-form]")["data-kept-form"]

    saved = editor.post(url(state), fields(shown))

    assert kept == f"{User.objects.get().pk}-votes-memberstate-{state.pk}"
    assert page(editor.get(saved["Location"])).select_one(".messagelist .success")["class"] == [
        f"saved-{kept}",
        "success",
    ]
