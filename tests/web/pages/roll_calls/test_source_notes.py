"""Notes about the source of a vote on its page, in JSON and in the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.web.records import Maker, get, one, text, texts
from votes.models import RollCall, Source, SourceCorrection

pytestmark = pytest.mark.usefixtures("record")

SLUG, ADDRESS = "a-res-es-11-7", "/resolutions/A/RES/ES-11/7"
DERIVED = "The source lists only those who voted. Absences were worked out from the membership of the General Assembly."


def told(slug: str = SLUG) -> dict[str, Any]:
    """Return the JSON of a vote."""
    answer: dict[str, Any] = json.loads(b"".join(Client().get(f"/roll-calls/{slug}.json")))
    return answer


def correct(source: str, fact: str, old: str, new: str, **said: str) -> None:
    """Write what a source has wrong about the vote."""
    SourceCorrection.objects.create(
        roll_call=RollCall.objects.get(slug=SLUG),
        source=Source.objects.get(slug=source),
        fact=fact,
        old=old,
        new=new,
        **{"reason": "They were exchanged.", "document": "A/65/PV.71", **said},
    )


def test_derived_absences_are_noted_on_page_files_and_api():
    assert DERIVED not in text(get(ADDRESS))
    RollCall.objects.filter(slug=SLUG).update(absences_derived=True)

    assert DERIVED in texts(get(ADDRESS), ".verdict .note")
    assert told()["roll_call"]["absences"] == "derived"
    assert Client().get(f"/api/v1/roll-calls/{SLUG}/").json()["absences"] == "derived"
    lines = b"".join(Client().get("/roll-calls.csv?q=ES-11/7")).decode().splitlines()
    assert lines[0].endswith("difference_reason,absences,not_legible")
    assert lines[1].endswith(",derived,")


def test_illegible_choice_is_noted(maker: Maker):
    """A/RES/620(VII)[A] has Pakistan without a legible choice."""
    resolution = maker.text("A/RES/620(VII)[A]", title="Admission of new Members")
    maker.roll_call("a-res-620-vii-a", "USA:Y FRA:N", resolution=resolution, decisive=True, title="",
                    not_legible=["PAK", "EGY"])  # fmt: skip
    page = get("/resolutions/A/RES/620(VII)[A]")

    assert texts(page, ".verdict .note") == ["No legible vote in the source, and not counted: Egypt, Pakistan."]
    # They are listed; of the 193 members of that day neither they nor those that voted lack an entry.
    assert texts(page, "#totals li")[0] == ("The votes do not include 189 of the 193 members of the body on that date.")
    assert told("a-res-620-vii-a")["roll_call"]["not_legible"] == "PAK EGY"
    assert get(ADDRESS).select(".verdict .note") == []


def test_corrections_of_sources_are_shown_under_the_source():
    assert get(ADDRESS).select(".corrected") == []
    correct("voeten", "GRC", "Y", "N")
    correct("voeten", "MCO", "Y", "", reason="It did not vote.", document="A/48/PV.46")
    correct("voeten", "MNG", "", "Y", reason="It voted.", document="A/48/PV.46")
    correct("un-digital-library", "date", "2025-02-23", "2025-02-24", reason="As the meeting.", document="the Journal")
    page = get(ADDRESS)
    voeten, library = (Source.objects.get(slug=slug).name for slug in ("voeten", "un-digital-library"))

    assert texts(page, ".corrected li") == [
        f"{library} has the date “23 February 2025”; corrected to “24 February 2025”. As the meeting. (the Journal)",
        f"{voeten} lists Greece as “in favour”; corrected to “against”. They were exchanged. (A/65/PV.71)",
        f"{voeten} lists Monaco as “in favour”; it is not in the lists of the vote. It did not vote. (A/48/PV.46)",
        f"{voeten} does not list Mongolia; corrected to “in favour”. It voted. (A/48/PV.46)",
    ]
    assert [str(link["href"]) for link in page.select(".corrected a")] == [
        "https://docs.un.org/en/A/65/PV.71",
        "https://docs.un.org/en/A/48/PV.46",
        "https://docs.un.org/en/A/48/PV.46",
    ]


def test_json_and_api_list_corrections_of_sources():
    correct("voeten", "GRC", "Y", "N")
    row = {
        "source": "voeten",
        "fact": "GRC",
        "old": "Y",
        "new": "N",
        "reason": "They were exchanged.",
        "document": "A/65/PV.71",
    }

    assert told()["source_corrections"] == [{"roll_call": SLUG, **row}]
    api = Client().get(f"/api/v1/roll-calls/{SLUG}/").json()
    assert api["source_corrections"] == [row]
    (taken,) = Client().get("/api/v1/resolutions/A/RES/ES-11/7").json()["roll_calls"]
    assert taken["source_corrections"] == [row]
    assert told("a-res-es-11-1")["source_corrections"] == []
    described = Client().get("/api/v1/openapi.json").json()["components"]["schemas"]["SourceCorrection"]
    assert set(described["properties"]) == set(row)


def test_the_source_has_its_address_its_terms_and_a_link_to_the_record():
    RollCall.objects.filter(slug=SLUG).update(
        source=Source.objects.get(slug="un-digital-library"),
        source_reference="https://digitallibrary.un.org/record/4076672",
    )
    page = get(ADDRESS)
    facts = dict(zip(page.select("#facts ~ dl dt"), page.select("#facts ~ dl dd"), strict=False))
    (said,) = (fact for name, fact in facts.items() if text(name) == "Source")

    assert [str(link["href"]) for link in said.select("a")] == [
        "https://digitallibrary.un.org/",
        "https://digitallibrary.un.org/record/4076672",
    ]
    assert "on-commercial use with acknowledgement" in text(said)


def test_recorded_vote_without_known_positions_says_so(maker: Maker):
    """As of A/RES/39/28A, 39/28B and 43/62."""
    resolution = maker.text("A/RES/39/28 A", title="UNIFIL")
    maker.roll_call("a-res-39-28-a", resolution=resolution, decisive=True, title="")

    assert "ecorded vote; who voted how is not on record" in text(one(get("/resolutions/A/RES/39/28 A"), ".verdict"))
