"""A roll call as Popolo JSON."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.lists.test_retired import REASON, withdrawn
from tests.web.records import Maker
from tests.web.test_drafts import secrets
from votes.editing.merging import merge
from votes.models import Correction, MemberState, RollCall
from votes.totals import Totals
from web.files.popolo import counts

pytestmark = pytest.mark.usefixtures("record")


def popolo(slug: str) -> dict[str, Any]:
    """Return a roll call's file."""
    response = Client().get(f"/roll-calls/{slug}.popolo.json")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    found: dict[str, Any] = response.json()
    return found


def as_counts(yes: int, no: int, abstain: int, not_voting: int) -> list[dict[str, object]]:
    """Return totals as Popolo has them."""
    figures = {"yes": yes, "no": no, "abstain": abstain, "not voting": not_voting}
    return [{"option": option, "value": value} for option, value in figures.items()]


def test_roll_call_has_motion_vote_event_counts_and_votes():
    found = popolo("a-res-es-11-7")
    votes = found.pop("votes")
    of: dict[str, Any] = {
        "organization_id": "GA",
        "organization": {"id": "GA", "name": "General Assembly"},
        "legislative_session_id": "ES-11",
        "legislative_session": {
            "id": "ES-11",
            "name": "Eleventh emergency special session",
            "start_date": "2022-02-28",
            "end_date": None,
        },
    }
    roll_call = RollCall.objects.select_related("resolution", "source").get(slug="a-res-es-11-7")
    address = "http://testserver/roll-calls/a-res-es-11-7/"
    assert found == {
        "id": address,
        "identifier": "a-res-es-11-7",
        **of,
        "motion": {
            "id": "A/RES/ES-11/7",
            **of,
            "text": roll_call.heading,
            "classification": "text",
            "requirement": roll_call.requirement,
            "result": "pass",
            "sources": [{"url": "https://docs.un.org/en/A/RES/ES-11/7", "note": "A/RES/ES-11/7"}],
        },
        "classification": "recorded",
        "start_date": "2025-02-24",
        "result": "pass",
        "counts": as_counts(93, 18, 65, 17),
        "sources": [{"url": address}],
        "extras": {
            "result": "adopted",
            "announced": as_counts(93, 18, 65, 17),
            "corrections": [],
        },
    }
    # Each vote, and the regional group of the day: the United States is a member of none.
    options = {"Y": "yes", "N": "no", "A": "abstain", "X": "not voting"}
    cast = roll_call.votes.order_by("state__code").values_list("state__code", "choice")
    assert [(v["voter_id"], v["option"]) for v in votes] == [(code, options[choice]) for code, choice in cast]
    by_voter = {vote["voter_id"]: vote for vote in votes}
    assert by_voter["USA"] == {
        "voter_id": "USA",
        "voter": {"id": "USA", "name": "United States"},
        "option": "no",
        "group_id": None,
    }
    assert by_voter["FRA"]["group_id"] == "weog"
    assert by_voter["TUR"]["voter"]["name"] == "Türkiye"


def test_a_veto_fails_and_says_so():
    found = popolo("s-2022-155")
    assert (found["result"], found["motion"]["result"], found["extras"]["result"]) == ("fail", "fail", "vetoed")
    assert (found["organization_id"], found["legislative_session_id"], found["legislative_session"]) == (
        "SC",
        None,
        None,
    )


def test_a_correction_changes_neither_vote_nor_count():
    before = popolo("a-res-es-11-7")
    usa = MemberState.objects.get(code="USA")
    Correction.objects.create(
        roll_call=RollCall.objects.get(slug="a-res-es-11-7"), state=usa, intended="A", reference="A/ES-11/PV.20"
    )
    after = popolo("a-res-es-11-7")
    assert after["extras"].pop("corrections") == [{"voter_id": "USA", "option": "abstain", "note": "A/ES-11/PV.20"}]
    assert before["extras"].pop("corrections") == []
    assert after == before


def test_unknown_facts_are_null(maker: Maker):
    maker.source.url = ""
    maker.roll_call("a-motion", date="1950-11-01", date_precision="month", kind="motion", result="not-stated",
                    method="non-recorded", announced_yes=20, announced_no=3)  # fmt: skip
    found = popolo("a-motion")
    assert (found["start_date"], found["result"], found["votes"]) == ("1950-11", None, [])
    assert found["counts"] == [{"option": "yes", "value": 20}, {"option": "no", "value": 3}]
    assert (found["motion"]["id"], found["motion"]["text"], found["motion"]["sources"]) == ("a-motion", "A motion", [])
    assert counts(None) == []
    assert counts(Totals(1, 2, None, 3)) == as_counts(1, 2, 0, 3)[:2] + as_counts(1, 2, 0, 3)[3:]


def test_source_is_given_as_address_or_reference(maker: Maker):
    maker.source.url = "https://example.org/"
    maker.source.save()
    maker.roll_call("by-record", "USA:Y", source_reference="https://example.org/record/1")
    maker.roll_call("by-number", "USA:Y", source_reference="R/79/1")
    named = {slug: popolo(slug)["sources"][1:] for slug in ("by-record", "by-number")}
    assert named == {
        "by-record": [{"url": "https://example.org/record/1", "note": "Editor"}],
        "by-number": [{"url": "https://example.org/", "note": "Editor, R/79/1"}],
    }


def test_popolo_file_has_the_usual_headers(maker: Maker):
    address = "/roll-calls/a-res-es-11-7.popolo.json"
    response = Client().get(address)
    assert response.headers["Content-Disposition"] == 'attachment; filename="plenary-a-res-es-11-7.popolo.json"'
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert Client().get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    capital = Client().get("/roll-calls/A-RES-ES-11-7.popolo.json")
    assert (capital.status_code, capital.headers["Location"]) == (301, address)
    asked = Client().get(f"{address}?choice=against")
    assert (asked.status_code, list(asked.json()["errors"])) == (400, ["choice"])


def test_drafts_are_a_404(maker: Maker):
    secrets(maker)
    for slug in ("nowhere", "secret-motion", "a-res-79-777"):
        response = Client().get(f"/roll-calls/{slug}.popolo.json")
        assert (response.status_code, response.json()["detail"]) == (
            404,
            f"No recorded vote “{slug}” is in this record.",
        )


def test_withdrawn_vote_gives_the_reason_and_merged_vote_redirects(maker: Maker):
    withdrawn(maker)
    gone = Client().get("/roll-calls/secretquux.popolo.json")
    assert gone.status_code == 410
    assert gone.json()["detail"].endswith(REASON)
    kept, duplicate = maker.roll_call("kept", "USA:N"), maker.roll_call("twice", "USA:N")
    merge(kept=kept, duplicate=duplicate, reason="The same.")
    response = Client().get("/roll-calls/twice.popolo.json")
    assert (response.status_code, response.headers["Location"]) == (301, "/roll-calls/kept.popolo.json")
