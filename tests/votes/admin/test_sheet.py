"""The voting sheet as the server renders and saves it, without script."""

from __future__ import annotations

import datetime
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection

from resolutions.text import fold
from tests.votes.admin.pages import errors, fields, logged_in, page, recorded, table, url, votes
from tests.waiting import PATIENCE
from votes.admin.sheet import changed_votes, merge, rows
from votes.editing.votes import record_votes
from votes.models import RollCall

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World


def row_codes(soup: Any) -> list[str]:
    return [row["data-code"] for row in soup.select(".sheet-row")]


# Order


@pytest.mark.parametrize("date", [datetime.date(2024, 12, 17), datetime.date(1986, 1, 1), datetime.date(1946, 12, 1)])
def test_rows_are_the_members_by_their_names_on_the_date(world: World, date: datetime.date):
    roll_call = world.roll_call(date=date)

    others, members = rows(roll_call, {}, {})

    assert others == []
    assert [fold(row.name) for row in members] == sorted(fold(row.name) for row in members)
    assert len({row.code for row in members}) == len(members) > 50


def test_rows_are_sorted_by_the_name_on_the_date(world: World):
    _others, members = rows(world.roll_call(date=datetime.date(1986, 1, 1)), {}, {})

    names = [row.name for row in members]
    assert len(names) == 159
    assert "DDR" in [row.code for row in members]
    assert "Myanmar" not in names
    assert names[names.index("Burma") - 1 : names.index("Burma") + 2] == ["Burkina Faso", "Burma", "Burundi"]


def test_the_list_begins_with_the_member_drawn_by_lot_and_goes_round(editor: Client, world: World):
    roll_call = world.roll_call()
    alphabetical = row_codes(page(editor.get(url(roll_call))))

    shown = page(editor.get(url(roll_call), {"start": "FRA"}))

    at = alphabetical.index("FRA")
    assert row_codes(shown) == alphabetical[at:] + alphabetical[:at]
    assert fields(shown)["votes_start"] == "FRA"
    assert row_codes(page(editor.get(url(roll_call), {"start": "XXX"}))) == alphabetical


def test_first_row_is_kept_after_saving(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | votes({"FRA": "Y"}) | {"votes_start": "FRA", "_continue": "1"}

    saved = editor.post(url(roll_call), data)

    assert saved["Location"] == f"{url(roll_call)}?start=FRA"
    assert row_codes(page(editor.get(saved["Location"])))[0] == "FRA"


def test_first_row_is_kept_when_the_page_is_refused(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | {"votes_start": "FRA", "date": "never"}

    assert row_codes(page(editor.post(url(roll_call), data)))[0] == "FRA"


# All others


def test_all_other_members_are_filled_in_on_saving(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | votes({"FRA": "N", "USA": "A"}) | {"votes_others": "Y"}

    editor.post(url(roll_call), data)

    assert recorded(roll_call) == dict.fromkeys(world.codes, "Y") | {"FRA": "N", "USA": "A"}


def test_filling_all_others_covers_members_only(editor: Client, world: World):
    """A vote of a state that had no seat is taken off, and not filled in."""
    roll_call = world.roll_call()
    record_votes(roll_call=roll_call, choices={"FRA": "N", "SSD": "Y"})
    RollCall.objects.filter(pk=roll_call.pk).update(date=datetime.date(2010, 1, 1))
    shown = page(editor.get(url(roll_call)))
    assert row_codes(shown)[0] == "SSD"
    off = {"votes-SSD": shown.select(".sheet-stranger input")[-1]["value"]}

    editor.post(url(roll_call), fields(shown) | off | {"votes_others": "X"})

    choices = recorded(roll_call)
    assert (len(choices), choices["FRA"], "SSD" in choices) == (192, "N", False)


def test_invalid_choice_for_all_others_is_refused(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | {"votes_others": "?"}

    assert errors(page(editor.post(url(roll_call), data)))[0].startswith(
        "Choices must be Y, N, A or X. Check the choice of: AFG, AGO"
    )
    assert recorded(roll_call) == {}


# Two at one sheet


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("record")
def test_second_of_two_editors_is_shown_the_difference_and_loses_nothing(world: World):
    roll_call = world.roll_call()
    ana, bo = logged_in("ana"), logged_in("bo")
    first, second = (fields(page(client.get(url(roll_call)))) for client in (ana, bo))
    ana.post(url(roll_call), first | votes({"FRA": "Y", "USA": "N", "HTI": "A"}))

    answer = page(bo.post(url(roll_call), second | votes({"FRA": "N", "USA": "N", "DEU": "Y"})))

    assert recorded(roll_call) == {"FRA": "Y", "USA": "N", "HTI": "A"}
    [error] = errors(answer)
    assert re.fullmatch(
        r"ana changed this on .+, after you opened this page\. You both changed the rows below\. Your entries are kept "
        r"on the sheet but have not been saved\. Saving again replaces the votes on record\. Rows that you did not "
        r"change show the votes on record\.",
        error,
    )
    assert table(answer, ".sheet-differing tbody tr") == [["France", "No entry", "In favour", "Against"]]
    notes = {row["data-code"]: row.select_one(".sheet-record") for row in answer.select(".sheet-row")}
    assert {code: note.text for code, note in notes.items() if note} == {"FRA": "on record: In favour"}
    assert not answer.select("[data-restores]")
    again = fields(answer)
    assert {key: again[f"votes-{key}"] for key in ("FRA", "USA", "DEU", "HTI")} == {
        "FRA": "N",
        "USA": "N",
        "DEU": "Y",
        "HTI": "A",
    }
    # Saving again is his choice for France; Haiti, which he never touched, stays.
    bo.post(url(roll_call), again)
    assert recorded(roll_call) == {"FRA": "N", "USA": "N", "DEU": "Y", "HTI": "A"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("record")
def test_two_editors_who_enter_the_same_votes_do_not_conflict(world: World):
    roll_call = world.roll_call()
    ana, bo = logged_in("ana"), logged_in("bo")
    first, second = (fields(page(client.get(url(roll_call)))) for client in (ana, bo))
    ana.post(url(roll_call), first | votes({"FRA": "Y"}))

    saved = bo.post(url(roll_call), second | votes({"FRA": "Y"}))

    assert (saved.status_code, recorded(roll_call)) == (302, {"FRA": "Y"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("record")
def test_of_two_simultaneous_saves_exactly_one_succeeds(world: World):
    roll_call = world.roll_call()
    clients = {"Y": logged_in("ana"), "N": logged_in("bo")}
    sheets = {choice: fields(page(client.get(url(roll_call)))) for choice, client in clients.items()}
    begin = threading.Barrier(2)
    answers: dict[str, int] = {}

    def save(choice: str) -> None:
        begin.wait(PATIENCE)
        try:
            data = sheets[choice] | votes(dict.fromkeys(world.codes, choice))
            answers[choice] = clients[choice].post(url(roll_call), data).status_code
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[choice]) for choice in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers.values()) == [200, 302]
    [saved] = [choice for choice, status in answers.items() if status == 302]
    assert recorded(roll_call) == dict.fromkeys(world.codes, saved)


# What the browser is told

NAMED = "[aria-labelledby], [aria-describedby]"


def test_stored_entries_are_restored_only_if_nothing_was_sent(editor: Client, world: World):
    roll_call = world.roll_call()
    shown = page(editor.get(url(roll_call)))
    assert shown.select_one("[data-sheet]")["data-roll-call"] == str(roll_call.pk)
    assert shown.select("[data-sheet][data-restores]")

    refused = page(editor.post(url(roll_call), fields(shown) | {"date": "never"}))

    assert not refused.select("[data-restores]")


def test_browser_is_told_of_a_save_only_after_it(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call))))
    assert not page(editor.post(url(roll_call), data | {"date": "never"})).select("[class*=saved-]")

    saved = editor.post(url(roll_call), data | votes({"FRA": "Y"}))

    listing = page(editor.get(saved["Location"]))
    assert [item["class"] for item in listing.select(".messagelist li")] == [
        ["warning"],
        [f"saved-{User.objects.get().pk}-votes-rollcall-{roll_call.pk}", "success"],
    ]
    assert [script["src"] for script in listing.select("script[src*=sheet]")] == ["/static/admin-plenary/sheet.js"]


def test_every_control_has_a_unique_accessible_name(editor: Client, world: World):
    """What axe would look for first, by our own rules: labels, groups with names, one of each id."""
    soup = page(editor.get(url(world.roll_call())))
    sheet = soup.select_one("[data-sheet]")

    ids = [element["id"] for element in soup.select("[id]")]
    assert sorted(set(ids)) == sorted(ids)
    for control in sheet.select("select, input:not([type=hidden])"):
        assert control.find_parent("label") or sheet.select(f'label[for="{control["id"]}"]')
    naming = [element.get("aria-labelledby") or element["aria-describedby"] for element in sheet.select(NAMED)]
    assert len(naming) > 193
    assert [name for name in naming if not soup.select_one(f"#{name}")] == []
    assert len(sheet.select("[role=status]")) == 3
    assert not BeautifulSoup(str(sheet), "html.parser").select("[style], [onclick], script")


def test_message_names_changed_votes_with_their_new_choice():
    assert changed_votes({"FRA": "Y", "USA": "N"}, {"FRA": "N", "HTI": "N"}) == "Votes: N: FRA HTI; –: USA"


@pytest.mark.parametrize(
    ("before", "sent", "now", "merged", "conflicts"),
    [
        ("Y", "Y", "N", "N", []),
        ("Y", "N", "Y", "N", []),
        ("Y", "N", "N", "N", []),
        ("Y", "N", "A", "N", ["FRA"]),
        ("Y", "", "A", "", ["FRA"]),
        ("Y", "", "", "", []),
        ("", "", "Y", "Y", []),
        ("", "Y", "N", "Y", ["FRA"]),
        ("Y", "N", "", "N", ["FRA"]),
    ],
)
def test_merge_of_a_row(before: str, sent: str, now: str, merged: str, conflicts: list[str]):
    votes = ({"FRA": choice} if choice else {} for choice in (before, now))

    assert merge(next(votes), {"FRA": sent}, next(votes)) == ({"FRA": merged} if merged else {}, conflicts)


def test_a_row_that_the_page_did_not_have_follows_the_record():
    assert merge({"SUN": "Y"}, {}, {"SUN": "Y", "USA": "N"}) == ({"SUN": "Y", "USA": "N"}, [])


def test_what_a_source_states_is_not_replaced_unseen():
    assert merge({"FRA": "Y"}, {"FRA": "Y", "USA": ""}, {"FRA": "N", "USA": "N"}, states_all=True) == (
        {"FRA": "Y", "USA": "N"},
        ["FRA"],
    )
