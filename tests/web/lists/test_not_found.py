"""Not-found pages: what is missing, what the record holds, and where else to look."""

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


def test_missing_text_of_a_covered_session_shows_what_is_held():
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
def test_missing_text_states_what_is_held_of_its_session(written: str, spelt: str, session: str | None, document: str):
    said = held(f"/resolutions/{written}")

    if session:
        assert said[1] == f"No vote of session {session} is on record."
    else:
        assert said[1] == "Tenth emergency special session: 1 recorded vote, of 21 December 2017."
    assert (
        elsewhere(f"/resolutions/{written}")[f"{spelt} at the United Nations"] == f"https://docs.un.org/en/{document}"
    )


def test_missing_text_of_a_month_only_session_shows_months(maker: Maker):
    session = Session.objects.get(code="5")
    for slug, month in (("one", 11), ("two", 12)):
        date = datetime.date(1950, month, 1)
        maker.roll_call(slug, "USA:Y", session=session, date=date, date_precision="month")

    assert held("/resolutions/A/RES/500(V)")[1] == (
        "Fifth session: 2 recorded votes, from November 1950 to December 1950."
    )


def test_missing_council_text_or_draft_shows_what_is_held():
    assert held("/resolutions/S/RES/2812(2026)") == ["“S/RES/2812 (2026)” is not in this record.", *WHOLE]
    assert elsewhere("/resolutions/S/RES/2812(2026)")["S/RES/2812 (2026) at the United Nations"] == (
        "https://docs.un.org/en/S/RES/2812(2026)"
    )
    assert held("/resolutions/A/79/L.999") == ["“A/79/L.999” is not in this record.", *WHOLE]


def test_text_that_is_not_a_symbol_links_to_a_search():
    assert elsewhere("/resolutions/nope") == {
        "Search the UN Digital Library": "https://digitallibrary.un.org/search?p=nope",
        "What the record covers": "/data/#coverage",
    }


def test_missing_recorded_vote_shows_the_extent_and_a_search():
    assert held("/roll-calls/ga-1950-nope/") == ["No recorded vote “ga-1950-nope” is in this record.", *WHOLE]
    assert elsewhere("/roll-calls/ga-1950-nope/")["Search the UN Digital Library"] == (
        "https://digitallibrary.un.org/search?p=ga+1950+nope&cc=Voting+Data"
    )
    assert held("/roll-calls/ga-1950-nope/history/")[0] == "No recorded vote “ga-1950-nope” is in this record."


def test_missing_state_or_bloc_shows_where_to_look():
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


def test_unknown_address_is_a_plain_404():
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
def test_programs_get_the_same_message_as_a_problem(address: str, detail: str):
    response = Client().get(address)

    assert (response.status_code, response.json()["detail"]) == (404, detail)


def test_overlong_name_is_shortened():
    (said, *_rest) = held("/resolutions/" + "A" * 3000)

    assert len(said) < 150


def test_not_found_pages_make_at_most_12_queries(django_assert_max_num_queries):
    client = Client()
    client.get("/")
    for address in ("/resolutions/A/RES/80/999", "/roll-calls/nope/", "/states/QQQ/", "/blocs/nope/"):
        client.get(address)
        with django_assert_max_num_queries(12):
            client.get(address)
