"""The history of a roll call in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from resolutions.attribution import attributed
from tests.votes.admin.pages import fields, page, staff, table, votes
from votes.models import Revision, RollCall, Vote
from votes.reports.history import Entry, history_of

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.usefixtures("record")

SLUG = "a-res-es-11-7"


@pytest.fixture
def editor(client: Client) -> Client:
    """Return a browser in which an editor has logged in."""
    client.force_login(User.objects.create_superuser("ann"))
    return client


def address(what: str) -> str:
    return reverse(f"admin:votes_rollcall_{what}", args=[RollCall.objects.get(slug=SLUG).pk])


def rows(client: Client) -> list[list[str]]:
    """Return who, why and what of each row."""
    return table(page(client.get(address("history"))), "#published-changes tbody tr", "td:nth-of-type(-n + 3)")


def test_a_save_of_a_published_roll_call_is_one_change_with_its_author(editor: Client, settings: Settings):
    settings.PUBLISH_OWN_ENTRIES = True  # Or the change would wait for a second person.
    data = fields(page(editor.get(address("change"))))

    facts = {"announced_no": "17", "announced_abstaining": "66", "note": "A slip.", "reason": "The record."}
    saved = editor.post(address("change"), data | votes({"USA": "A"}) | facts)

    assert saved.status_code == 302
    role = Revision.objects.get().role
    who = f"ann (an editor) database role {role}"
    assert RollCall.objects.get(slug=SLUG).status == "published"
    assert {row[0] for row in rows(editor)} == {who}
    said = {change.label: change.after for entry in public() for change in entry.changes}
    assert said == {
        "announced against": "17",
        "announced abstaining": "66",
        "note": "A slip.",
        "USA": "Abstaining",
    }
    assert [(entry.who, entry.reason) for entry in public()] == [("an editor", "The record.")]


def public() -> list[Entry]:
    """Return the entries that the public sees."""
    return list(history_of(RollCall.objects.get(slug=SLUG), {}).entries)


def test_history_has_a_row_for_each_kind_of_author(editor: Client):
    usa = Vote.objects.filter(roll_call__slug=SLUG, state__code="USA")
    usa.update(choice="A")
    with attributed(by=User.objects.get(), reason="The verbatim record."):
        usa.update(choice="X")

    role = Revision.objects.all()[0].role
    database = f"someone with direct access to the database (role {role})"
    assert rows(editor) == [
        [
            f"ann (an editor) database role {role}",
            "The verbatim record.",
            "United States: from “Abstaining” to “Non-voting”",
        ],
        [f"{database} database role {role}", "", "United States: from “Against” to “Abstaining”"],
    ]


@pytest.mark.parametrize(("permission", "status"), [("view_rollcall", 200), ("view_vote", 403)])
def test_history_needs_the_permission_to_view_roll_calls(client: Client, permission: str, status: int):
    client.force_login(staff("reader", permission))

    assert client.get(address("history")).status_code == status
