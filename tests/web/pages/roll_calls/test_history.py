"""The public history of a vote."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from resolutions.attribution import attributed
from tests.web.records import Maker, get, one, text, texts
from votes.editing.publishing import publish, unpublish
from votes.models import Correction, MemberState, Revision, RollCall, Vote

pytestmark = pytest.mark.usefixtures("record")

PAGE = "/roll-calls/a-res-es-11-7/history/"
TEXT = "/resolutions/A/RES/ES-11/7"


def change(choice: str = "A", *, code: str = "USA", reason: str = "The verbatim record, page 12.") -> None:
    """Change a published vote as an editor does."""
    ann = User.objects.get_or_create(username="ann.secret")[0]
    with attributed(by=ann, reason=reason):
        Vote.objects.filter(roll_call__slug="a-res-es-11-7", state__code=code).update(choice=choice)


def test_unchanged_vote_has_an_empty_history():
    assert text(one(get(PAGE), ".empty")) == "Nothing has changed since publication."
    assert get(TEXT).select(".amended") == []
    assert get(TEXT).select(f"a[href='{PAGE}']") == []


def test_changed_vote_is_noted_on_the_page_and_in_the_history():
    change()
    revision = Revision.objects.get()
    shown = get(TEXT)

    day = f"{revision.at.day} {revision.at:%B %Y}"
    assert texts(shown, ".amended p, .amended li") == [
        f"Amended on {day}: The verbatim record, page 12.",
        "United States: changed from “Against” to “Abstaining”",
        "All changes since publication",
    ]
    assert [link["href"] for link in shown.select(f"a[href='{PAGE}']")] == [PAGE, PAGE]
    page = get(PAGE)
    assert texts(page, ".revision h3") == [f"{day}, {revision.at:%H:%M}"]
    assert texts(page, ".revision p") == ["By an editor. Reason: The verbatim record, page 12."]
    assert [texts(row, "th, td") for row in page.select(".changes tbody tr")] == [
        ["United States", "Against", "Abstaining"]
    ]
    assert "ann.secret" not in f"{shown}{page}"


def test_page_shows_the_first_of_many_changes():
    with attributed(by_name="ann", reason="All of them."):
        Vote.objects.filter(roll_call__slug="a-res-es-11-7", choice="N").update(choice="A")

    said = texts(get(TEXT), ".amended li")
    assert (len(said), said[0]) == (6, "Belarus: changed from “Against” to “Abstaining”")
    assert said[5] == "13 more changes"


def test_history_uses_the_names_of_the_day(maker: Maker):
    made = maker.roll_call("of-1975", "BEN:Y FRA:N", date="1975-11-10")
    age()
    Vote.objects.filter(roll_call=made, state__code="BEN").update(choice="N")

    assert texts(get("/roll-calls/of-1975/history/"), ".changes tbody th") == ["Dahomey"]


def test_correction_is_in_the_history_but_not_noted_as_a_change():
    made = RollCall.objects.get(slug="a-res-es-11-7")
    Correction.objects.create(roll_call=made, state=MemberState.objects.get(code="USA"), intended="Y")
    made.resolution.topics.clear()  # type: ignore[union-attr]  # it has one

    assert get(TEXT).select(".amended") == []
    assert len(get(TEXT).select(f"a[href='{PAGE}']")) == 1
    assert "Correction of United States" in texts(get(PAGE), ".changes tbody th")


def test_change_without_reason_or_author_is_shown_as_such():
    Vote.objects.filter(roll_call__slug="a-res-es-11-7", state__code="USA").update(choice="A")
    role = Revision.objects.get().role

    assert texts(get(PAGE), ".revision p") == [
        f"By someone with direct access to the database (role {role}). No reason was given."
    ]


def test_history_files_list_every_change():
    change(reason="=1+1")
    at = Revision.objects.get().at.isoformat(timespec="seconds")
    found = json.loads(Client().get("/roll-calls/a-res-es-11-7/history.json").content)
    rows = csv.reader(io.StringIO(Client().get("/roll-calls/a-res-es-11-7/history.csv").content.decode()))

    assert found["history"] == [
        {
            "at": at,
            "by": "an editor",
            "reason": "=1+1",
            "out_of_view_since": None,
            "changes": [{"kind": "vote", "name": "USA", "before": "N", "after": "A"}],
        }
    ]
    assert list(rows) == [
        ["at", "by", "reason", "out_of_view_since", "kind", "name", "before", "after"],
        [at, "an editor", "'=1+1", "", "vote", "USA", "N", "A"],
    ]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_invalid_history_file_request_is_refused_or_redirected(form: str):
    refused = Client().get(f"/roll-calls/a-res-es-11-7/history.{form}?who=me")
    unknown = Client().get(f"/roll-calls/nowhere/history.{form}")
    spelt = Client().get(f"/roll-calls/A-RES-ES-11-7/history.{form}")

    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert list(json.loads(refused.content)["errors"]) == ["who"]
    assert (unknown.status_code, unknown["Content-Type"]) == (404, "application/problem+json")
    assert (spelt.status_code, spelt["Location"]) == (301, f"/roll-calls/a-res-es-11-7/history.{form}")


def test_unknown_history_is_a_404_and_other_spellings_redirect():
    get("/roll-calls/nowhere/history/", status=404)
    assert Client().get("/roll-calls/A-RES-ES-11-7/history/")["Location"] == PAGE
    assert text(one(get(f"{PAGE}?who=me"), ".problem")).endswith("Ignored unknown parameters: who.")


def test_history_never_shows_drafts(maker: Maker):
    made = maker.roll_call("secret-motion", "TUV:N USA:Y", kind="motion", title="motionquux", status="draft")
    Vote.objects.filter(roll_call=made, state__code="TUV").update(choice="A")
    RollCall.objects.filter(pk=made.pk).update(note="notequux")
    addresses = ["/roll-calls/secret-motion/history/", "/roll-calls/secret-motion/history.json"]
    for address in addresses:
        assert Client().get(address).status_code == 404

    RollCall.objects.filter(pk=made.pk).update(note="")
    publish(roll_calls=[made])
    age()
    made.refresh_from_db()
    assert get(addresses[0]).select(".revision") == []

    with attributed(reason="Taken out."):
        unpublish(roll_calls=[made])
    age()
    RollCall.objects.filter(pk=made.pk).update(note="notequux")
    Vote.objects.filter(roll_call=made, state__code="TUV").update(choice="X")
    assert [Client().get(address).status_code for address in addresses] == [404, 404]
    RollCall.objects.filter(pk=made.pk).update(note="")
    made.refresh_from_db()
    publish(roll_calls=[made])

    shown = get(addresses[0])
    assert "notequux" not in f"{shown}{get('/roll-calls/secret-motion/')}"
    assert [texts(row, "th, td") for row in shown.select(".changes tbody tr")] == [
        ["Tuvalu", "Abstaining", "Non-voting"]
    ]
    assert text(one(shown, ".revision .note")).endswith("Reason: Taken out.")


def test_query_count_does_not_grow_with_changes(maker: Maker, django_assert_num_queries: DjangoAssertNumQueries):
    client = Client()
    with django_assert_num_queries(6):
        client.get(TEXT)
    for number in range(4):
        change("AXYN"[number])
        age()
    with django_assert_num_queries(7):
        client.get(TEXT)
    with django_assert_num_queries(5):
        client.get(TEXT, headers={"HX-Request": "true"})
    with django_assert_num_queries(4):
        client.get(PAGE)


def age() -> None:
    """Have what follows counted as a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE votes_publication SET at = at - interval '1 day'")
        cursor.execute("ALTER TABLE votes_revision DISABLE TRIGGER keep")
        cursor.execute("UPDATE votes_revision SET transaction = transaction - 1, at = at - interval '1 day'")
        cursor.execute("ALTER TABLE votes_revision ENABLE TRIGGER keep")
