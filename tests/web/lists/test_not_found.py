"""What is not in the record: the page says that, what the record holds instead, and where else to look."""

import datetime

import pytest
from django.test import Client

from resolutions.models import Session
from tests.web.records import Maker, get, one, text, texts

pytestmark = pytest.mark.usefixtures("record")

WHOLE = [
    "General Assembly: 20 recorded votes, from 25 October 1971 to 24 February 2025.",
    "Security Council: 2 recorded votes, from 25 February 2022 to 24 February 2025.",
]
WITHOUT_A_VOTE = "The General Assembly adopts most resolutions without a vote; few of these are in the record."


def held(address: str) -> list[str]:
    """Return what the page says of the record."""
    page = get(address, status=404)
    assert texts(page, "h1") == ["Not in this record"]
    assert "no such" not in text(one(page, "main")).lower()
    return texts(page, "main .lead, main .prose p")


def elsewhere(address: str) -> dict[str, str]:
    """Return the links to where else to look, by their text."""
    return {text(link): str(link["href"]) for link in get(address, status=404).select("main h2 + .links:not(.meant) a")}


def test_a_text_of_a_session_that_is_here():
    address = "/resolutions/A/RES/75/999"

    assert held(address) == [
        "“A/RES/75/999” is not in this record.",
        "Seventy-fifth session: 1 recorded vote, of 16 December 2020.",
        WITHOUT_A_VOTE,
        *WHOLE,
    ]
    assert elsewhere(address) == {
        "A/RES/75/999 at the United Nations": "https://docs.un.org/en/A/RES/75/999",
        "Search the UN Digital Library": "https://digitallibrary.un.org/search?p=A%2FRES%2F75%2F999",
        "What the record covers": "/data/#coverage",
    }


@pytest.mark.parametrize(
    ("written", "spelt", "session", "document"),
    [
        ("A/RES/80/999", "A/RES/80/999", "80", "A/RES/80/999"),
        ("A/RES/ES-10/99", "A/RES/ES-10/99", None, "A/RES/ES-10/99"),
        ("a/res/99(iii)", "A/RES/99(III)", "3", "A/RES/99(III)"),
        ("A/RES/302(IV)[ B ]", "A/RES/302(IV)[B]", "4", "A/RES/302(IV)"),
    ],
)
def test_a_text_of_another_session(written: str, spelt: str, session: str | None, document: str):
    said = held(f"/resolutions/{written}")

    if session:
        assert said[1] == f"No vote of session {session} is on record."
    else:
        assert said[1] == "Tenth emergency special session: 1 recorded vote, of 21 December 2017."
    assert (
        elsewhere(f"/resolutions/{written}")[f"{spelt} at the United Nations"] == f"https://docs.un.org/en/{document}"
    )


def test_a_session_known_to_the_month(maker: Maker):
    session = Session.objects.get(code="5")
    for slug, month in (("one", 11), ("two", 12)):
        date = datetime.date(1950, month, 1)
        maker.roll_call(slug, "USA:Y", session=session, date=date, date_precision="month")

    assert held("/resolutions/A/RES/500(V)")[1] == (
        "Fifth session: 2 recorded votes, from November 1950 to December 1950."
    )


def test_a_text_of_the_council_and_a_draft():
    assert held("/resolutions/S/RES/2812(2026)") == ["“S/RES/2812 (2026)” is not in this record.", *WHOLE]
    assert elsewhere("/resolutions/S/RES/2812(2026)")["S/RES/2812 (2026) at the United Nations"] == (
        "https://docs.un.org/en/S/RES/2812(2026)"
    )
    assert held("/resolutions/A/79/L.999") == ["“A/79/L.999” is not in this record.", *WHOLE]


def test_what_is_no_symbol_is_only_searched_for():
    assert elsewhere("/resolutions/nope") == {
        "Search the UN Digital Library": "https://digitallibrary.un.org/search?p=nope",
        "What the record covers": "/data/#coverage",
    }


def test_a_recorded_vote():
    assert held("/roll-calls/ga-1950-nope/") == ["No recorded vote “ga-1950-nope” is in this record.", *WHOLE]
    assert elsewhere("/roll-calls/ga-1950-nope/")["Search the UN Digital Library"] == (
        "https://digitallibrary.un.org/search?p=ga+1950+nope&cc=Voting+Data"
    )
    assert held("/roll-calls/ga-1950-nope/history/")[0] == "No recorded vote “ga-1950-nope” is in this record."


def test_a_member_state_and_a_bloc():
    assert held("/states/QQQ/") == [
        "No member state with the code “QQQ” is in this record.",
        "The record has 202 member states, current and former, by the UN Digital Library’s three-letter code.",
    ]
    assert elsewhere("/states/QQQ/") == {
        "All member states": "/states/",
        "Member states at the United Nations": "https://www.un.org/en/about-us/member-states",
        "What the record covers": "/data/#coverage",
    }
    assert held("/blocs/nope/") == [
        "No bloc “nope” is in this record.",
        "The record has 52 blocs, each with its members by date.",
    ]


def test_any_other_address_is_no_page():
    page = get("/nowhere/", status=404)

    assert texts(page, "h1") == ["Page not found"]
    assert not page.select("main h2")


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("/roll-calls/nope.json", "No recorded vote “nope” is in this record."),
        ("/states/QQQ.json", "No member state with the code “QQQ” is in this record."),
        ("/states/QQQ.atom", "No member state with the code “QQQ” is in this record."),
        ("/blocs/nope.json", "No bloc “nope” is in this record."),
        ("/blocs/nope.atom", "No bloc “nope” is in this record."),
        ("/api/v1/resolutions/A/RES/80/999", "“A/RES/80/999” is not in this record."),
    ],
)
def test_programs_are_told_the_same(address: str, detail: str):
    response = Client().get(address)

    assert (response.status_code, response.json()["detail"]) == (404, detail)


def test_a_name_longer_than_any_is_cut():
    (said, *_rest) = held("/resolutions/" + "A" * 3000)

    assert len(said) < 150


def test_as_many_queries_whatever_is_missing(django_assert_max_num_queries):
    client = Client()
    client.get("/")
    for address in ("/resolutions/A/RES/80/999", "/roll-calls/nope/", "/states/QQQ/", "/blocs/nope/"):
        client.get(address)
        with django_assert_max_num_queries(12):
            client.get(address)
