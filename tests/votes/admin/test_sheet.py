"""The voting sheet on a roll call's page, as the server has it: without script it is all there is."""

from __future__ import annotations

import datetime
import threading
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from resolutions.text import fold
from tests.votes.admin.pages import errors, fields, page, recorded, table, url, votes
from tests.waiting import PATIENCE
from votes.admin.sheet import changed_votes, rows
from votes.editing.votes import record_votes
from votes.models import RollCall

if TYPE_CHECKING:
    from tests.votes.conftest import World


def logged_in(name: str) -> Client:
    """Return a browser in which somebody who may do everything has logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


def row_codes(soup: Any) -> list[str]:
    return [row["data-code"] for row in soup.select(".sheet-row")]


# Order


@pytest.mark.parametrize("date", [datetime.date(2024, 12, 17), datetime.date(1986, 1, 1), datetime.date(1946, 12, 1)])
def test_the_rows_are_the_members_by_their_names_of_the_date(world: World, date: datetime.date):
    roll_call = world.roll_call(date=date)

    others, members = rows(roll_call, {}, {})

    assert others == []
    assert [fold(row.name) for row in members] == sorted(fold(row.name) for row in members)
    assert len({row.code for row in members}) == len(members) > 50


def test_a_name_of_the_date_has_its_place_in_the_alphabet(world: World):
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


def test_the_first_row_is_remembered_from_one_saving_to_the_next(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | votes({"FRA": "Y"}) | {"votes_start": "FRA", "_continue": "1"}

    saved = editor.post(url(roll_call), data)

    assert saved["Location"] == f"{url(roll_call)}?start=FRA"
    assert row_codes(page(editor.get(saved["Location"])))[0] == "FRA"


def test_a_page_that_is_refused_begins_where_it_began(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | {"votes_start": "FRA", "date": "never"}

    assert row_codes(page(editor.post(url(roll_call), data)))[0] == "FRA"


# All others


def test_all_others_are_filled_in_where_the_page_is_saved(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | votes({"FRA": "N", "USA": "A"}) | {"votes_others": "Y"}

    editor.post(url(roll_call), data)

    assert recorded(roll_call) == dict.fromkeys(world.codes, "Y") | {"FRA": "N", "USA": "A"}


def test_all_others_are_members(editor: Client, world: World):
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


def test_others_that_are_no_choice_are_refused(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call)))) | {"votes_others": "?"}

    assert errors(page(editor.post(url(roll_call), data)))[0].startswith(
        "Choices must be Y, N, A or X. Check the choice of: AFG, AGO"
    )
    assert recorded(roll_call) == {}


# Two at one sheet


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("record")
def test_of_two_at_one_sheet_the_later_is_shown_the_difference_and_loses_nothing(world: World):
    roll_call = world.roll_call()
    ana, bo = logged_in("ana"), logged_in("bo")
    first, second = (fields(page(client.get(url(roll_call)))) for client in (ana, bo))
    ana.post(url(roll_call), first | votes({"FRA": "Y", "USA": "N", "HTI": "A"}))

    answer = page(bo.post(url(roll_call), second | votes({"FRA": "N", "USA": "N", "DEU": "Y"})))

    assert recorded(roll_call) == {"FRA": "Y", "USA": "N", "HTI": "A"}
    [error] = errors(answer)
    assert error == (
        "Someone else has changed these votes since you opened this page. Your entries are shown below and "
        "are not saved yet. If you save again, they replace the other person’s."
    )
    assert table(answer, ".sheet-differing tbody tr") == [
        ["France", "In favour", "Against"],
        ["Germany", "No entry", "In favour"],
        ["Haiti", "Abstaining", "No entry"],
    ]
    notes = {row["data-code"]: row.select_one(".sheet-record") for row in answer.select(".sheet-row")}
    assert {code: note.text for code, note in notes.items() if note} == {
        "FRA": "on record: In favour",
        "DEU": "on record: No entry",
        "HTI": "on record: Abstaining",
    }
    assert not answer.select("[data-restores]")
    again = fields(answer)
    assert {key: again[f"votes-{key}"] for key in ("FRA", "USA", "DEU", "HTI")} == {
        "FRA": "N",
        "USA": "N",
        "DEU": "Y",
        "HTI": "",
    }
    # A choice for each difference: hers for Haiti, his for the rest.
    bo.post(url(roll_call), again | votes({"HTI": "A"}))
    assert recorded(roll_call) == {"FRA": "N", "USA": "N", "DEU": "Y", "HTI": "A"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("record")
def test_two_who_entered_the_same_do_not_stand_in_each_other_s_way(world: World):
    roll_call = world.roll_call()
    ana, bo = logged_in("ana"), logged_in("bo")
    first, second = (fields(page(client.get(url(roll_call)))) for client in (ana, bo))
    ana.post(url(roll_call), first | votes({"FRA": "Y"}))

    saved = bo.post(url(roll_call), second | votes({"FRA": "Y"}))

    assert (saved.status_code, recorded(roll_call)) == (302, {"FRA": "Y"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("record")
def test_of_two_who_save_at_one_moment_just_one_does(world: World):
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


def test_a_sheet_goes_back_to_what_was_kept_only_where_nothing_was_sent(editor: Client, world: World):
    roll_call = world.roll_call()
    shown = page(editor.get(url(roll_call)))
    assert shown.select_one("[data-sheet]")["data-roll-call"] == str(roll_call.pk)
    assert shown.select("[data-sheet][data-restores]")

    refused = page(editor.post(url(roll_call), fields(shown) | {"date": "never"}))

    assert not refused.select("[data-restores]")


def test_the_browser_is_told_that_a_sheet_is_saved_and_only_then(editor: Client, world: World):
    roll_call = world.roll_call()
    data = fields(page(editor.get(url(roll_call))))
    assert not page(editor.post(url(roll_call), data | {"date": "never"})).select("[class*=sheet-saved]")

    saved = editor.post(url(roll_call), data | votes({"FRA": "Y"}))

    listing = page(editor.get(saved["Location"]))
    assert [item["class"] for item in listing.select(".messagelist li")] == [
        ["warning"],
        [f"sheet-saved-{roll_call.pk}", "success"],
    ]
    assert [script["src"] for script in listing.select("script[src*=sheet]")] == ["/static/admin-plenary/sheet.js"]


def test_every_control_has_a_name_of_its_own(editor: Client, world: World):
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


def test_changed_votes_are_named_by_what_they_became():
    assert changed_votes({"FRA": "Y", "USA": "N"}, {"FRA": "N", "HTI": "N"}) == "Votes: N: FRA HTI; –: USA"
