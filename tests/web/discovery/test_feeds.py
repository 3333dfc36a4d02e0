"""Atom feeds of texts, votes, states and blocs."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.test import Client

from resolutions.attribution import attributed
from tests.web.records import SYMBOLS, Maker, get, symbols
from votes.analysis.groups import Membership
from votes.editing.publishing import withdraw
from votes.models import RollCall, Vote
from web.discovery.feeds import ENTRIES, Feed, _holds, plain

if TYPE_CHECKING:
    from django.http import HttpResponse

ATOM = "{http://www.w3.org/2005/Atom}"
OWN = "http://testserver"


def feed(address: str) -> ET.Element:
    """Return the feed at ``address``, having held it to what RFC 4287 asks for."""
    response = Client().get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    root = ET.fromstring(response.content)  # noqa: S314  # our own
    assert root.tag == f"{ATOM}feed"
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    own = {str(link.get("rel")): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert own["self"] == OWN + address
    ids = [text(entry, "id") for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return root


def text(element: ET.Element, name: str) -> str:
    """Return the text of the only child with this name."""
    (found,) = element.findall(ATOM + name)
    return found.text or ""


def entries(address: str) -> list[dict[str, str]]:
    """Return the entries of a feed: title, id, summary, published, updated and link."""
    found = []
    for entry in feed(address).findall(f"{ATOM}entry"):
        said = {name: text(entry, name) for name in ("title", "id", "summary", "published", "updated")}
        (link,) = entry.findall(f"{ATOM}link")
        found.append({**said, "link": str(link.get("href"))})
    return found


def by_symbol(address: str, symbol: str) -> dict[str, str]:
    """Return the entry on a text."""
    (found,) = [entry for entry in entries(address) if f"{symbol}:" in entry["title"]]
    return found


pytestmark = pytest.mark.usefixtures("record")


def test_feed_of_texts_is_complete_and_newest_first():
    found = entries("/resolutions.atom")

    assert [entry["title"].partition(": ")[0] for entry in found] == SYMBOLS
    first = RollCall.objects.get(slug="a-res-es-11-7")
    entry = found[2]
    assert (
        entry["title"]
        == "A/RES/ES-11/7: Advancing a comprehensive, just and lasting peace in Ukraine, adopted 93-18-65"
    )
    assert entry["id"] == f"tag:testserver,2026:/roll-calls/{first.slug}"
    assert entry["link"] == f"{OWN}/resolutions/A/RES/ES-11/7"
    assert entry["published"] == entry["updated"]
    assert entry["summary"].startswith("Adopted 93-18-65 on 24 February 2025. In favour 93 (France, United Kingdom), ")


@pytest.mark.parametrize(
    "query",
    [
        "position=USA:against&position=RUS:against",
        "topic=human-rights",
        "body=SC",
        "differ=USA~eu&since=2016-01-01",
        "q=ukraine&order=relevance",
        "order=closeness",
    ],
)
def test_feed_of_a_filter_has_the_rows_of_its_list(query: str):
    page, found = get(f"/resolutions/?{query}"), entries(f"/resolutions.atom?{query}")

    assert [entry["title"].partition(": ")[0] for entry in found] == symbols(page)
    (offered,) = page.select("link[type='application/atom+xml']")
    assert [entry["id"] for entry in entries(str(offered["href"]).removeprefix(OWN))] == [one["id"] for one in found]


def test_a_feed_is_named_after_its_query():
    assert text(feed("/resolutions.atom"), "title") == "Resolutions · Plenary"
    named = text(feed("/resolutions.atom?position=USA:against"), "title")
    assert named == "Resolutions on which the United States voted against · Plenary"
    assert text(feed("/blocs/eu.atom?body=GA"), "title") == "EU: Recorded votes in the General Assembly · Plenary"
    assert text(feed("/states/FRA.atom"), "title") == "Votes of France · Plenary"


def test_feed_of_votes_includes_motions_and_only_the_newest(maker: Maker):
    maker.many(range(1, ENTRIES + 10))

    assert len(entries("/roll-calls.atom")) == ENTRIES
    maker.roll_call("a-motion", "USA:Y FRA:N", title="To adjourn < now & here", kind="motion", date="2025-12-31")
    newest = entries("/roll-calls.atom")[0]
    assert newest["title"] == "To adjourn < now & here, adopted 1-1-0"
    assert newest["link"] == f"{OWN}/roll-calls/a-motion/"
    assert "a-motion" not in {entry["id"].rpartition("/")[2] for entry in entries("/resolutions.atom")}


def test_feed_of_a_state_says_how_it_voted():
    entry = by_symbol("/states/USA.atom", "A/RES/ES-11/7")

    assert entry["title"].startswith("Against: A/RES/ES-11/7: Advancing ")
    assert entry["summary"].startswith("United States: against. Adopted 93-18-65 on 24 February 2025. ")
    assert entry["id"] == "tag:testserver,2026:/states/USA/roll-calls/a-res-es-11-7"
    chosen = entries("/states/USA.atom?choice=against")
    assert {entry["title"].partition(":")[0] for entry in chosen} == {"Against"}
    votes = Vote.objects.filter(state__code="USA", choice="N", roll_call__status="published")
    assert len(chosen) == votes.count() > 0


def test_former_state_has_its_name_of_the_day():
    assert by_symbol("/states/TUR.atom", "A/RES/68/262")["summary"].startswith("Turkey: in favour. ")


def test_feed_of_a_bloc_says_its_position_and_who_broke():
    entry = by_symbol("/blocs/eu.atom", "A/RES/ES-11/7")
    assert entry["title"].startswith("In favour: A/RES/ES-11/7: ")
    assert entry["summary"].startswith("EU: in favour, 26-1-0. Broke: against Hungary. Adopted 93-18-65 ")

    whole = by_symbol("/blocs/eu.atom", "A/RES/ES-11/1")["summary"]
    assert whole.startswith("EU: in favour, 27-0-0. Adopted 141-5-35 ")


def test_bloc_that_is_tied_or_does_not_vote_has_no_position(maker: Maker):
    maker.roll_call("tied", "USA:Y FRA:N GBR:A RUS:X", title="One")
    maker.roll_call("absent", "USA:X FRA:X", title="Two")
    found = {entry["id"].rpartition("/")[2]: entry for entry in entries("/blocs/p5.atom")}

    assert found["tied"]["title"] == "Tied: One, adopted 1-1-1"
    said = "Its members: in favour United States; against France; abstaining United Kingdom."
    assert found["tied"]["summary"].startswith(f"Permanent five: tied, 1-1-1. {said} Adopted ")
    assert found["absent"]["title"] == "Non-voting: Two, adopted 0-0-0"
    assert found["absent"]["summary"].startswith("Permanent five: non-voting, 0-0-0. Adopted ")


@pytest.mark.parametrize(
    ("held", "is_member"),
    [
        (Membership("USA"), True),
        (Membership("USA", datetime.date(2020, 1, 1)), True),
        (Membership("USA", datetime.date(2020, 1, 2)), False),
        (Membership("USA", None, datetime.date(2020, 1, 1)), False),
        (Membership("USA", None, datetime.date(2020, 1, 2)), True),
    ],
)
def test_members_are_those_of_the_day(held: Membership, is_member: bool):
    assert _holds(held, datetime.date(2020, 1, 1)) == is_member


def test_an_amended_vote_is_updated():
    before = by_symbol("/resolutions.atom", "A/RES/ES-11/7")
    with attributed(reason="Misread."):
        Vote.objects.filter(roll_call__slug="a-res-es-11-7", state__code="USA").update(choice="A")
        RollCall.objects.filter(slug="a-res-es-11-7").update(announced_no=17, announced_abstaining=66)
    (now,) = RollCall.objects.annotate(now=TransactionNow()).values_list("now", flat=True)[:1]
    after = by_symbol("/resolutions.atom", "A/RES/ES-11/7")

    assert after["title"].endswith("adopted 93-17-66")
    assert (after["id"], after["published"]) == (before["id"], before["published"])
    assert datetime.datetime.fromisoformat(after["updated"]) == now
    assert datetime.datetime.fromisoformat(text(feed("/resolutions.atom"), "updated")) == now


def test_feeds_exclude_drafts_and_withdrawn_votes(maker: Maker):
    addresses = ("/resolutions.atom", "/roll-calls.atom", "/states/USA.atom", "/blocs/p5.atom")
    before = [Client().get(address).content for address in addresses]
    maker.roll_call("secret", "USA:Y FRA:Y", status="draft")
    assert [Client().get(address).content for address in addresses] == before

    public = maker.roll_call("public", "USA:Y FRA:Y", title="Publicquux")
    found = [address for address in addresses if b"Publicquux" in Client().get(address).content]
    assert found == list(addresses[1:])
    withdraw(roll_call=public, reason="Never taken.")
    assert [address for address in addresses if b"Publicquux" in Client().get(address).content] == []


def answer(address: str, **headers: str) -> HttpResponse:
    """Return the answer to a request with headers."""
    return Client().get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})  # type: ignore[return-value]  # the test client adds to it


def test_matching_etag_is_a_304(maker: Maker):
    first = answer("/resolutions.atom?topic=human-rights")
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]

    assert answer("/resolutions.atom?topic=human-rights", if_none_match=tag).status_code == 304
    assert answer("/resolutions.atom?topic=human-rights", if_modified_since=modified).status_code == 304
    assert answer("/resolutions.atom", if_none_match=tag).status_code == 200
    maker.roll_call("another", "USA:Y")
    assert answer("/resolutions.atom?topic=human-rights", if_none_match=tag).status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "wrong"),
    [
        ("/resolutions.atom?body=XX", 400, ["body"]),
        ("/roll-calls.atom?nothing=1&page=2", 400, ["nothing", "page"]),
        ("/states/USA.atom?choice=maybe", 400, ["choice"]),
        ("/blocs/eu.atom?position=USA:againts", 400, ["position"]),
        ("/states/XXX.atom", 404, []),
        ("/blocs/nope.atom", 404, []),
    ],
)
def test_invalid_feed_request_is_a_problem_document(address: str, status: int, wrong: list[str]):
    response = Client().get(address)

    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    assert sorted(response.json().get("errors", {})) == wrong


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/states/usa.atom?choice=for", "/states/USA.atom?choice=for"),
        ("/blocs/NATO.atom", "/blocs/nato.atom"),
    ],
)
def test_another_spelling_redirects_to_the_feed(written: str, meant: str):
    response = Client().get(written)

    assert (response.status_code, response.headers["Location"]) == (301, meant)


def test_empty_feed_is_dated_by_the_last_change_of_the_record():
    root = feed("/resolutions.atom?q=flumequux")

    assert root.findall(f"{ATOM}entry") == []
    moment = datetime.datetime(2025, 2, 24, tzinfo=datetime.UTC)
    assert Feed(title="x", link="/", description="", updated=moment, guide="/").latest_post_date() == moment
    again = feed("/resolutions.atom?q=flumequux")
    assert text(root, "updated") == text(again, "updated")


def test_characters_invalid_in_xml_are_removed(maker: Maker):
    assert plain("a\x00\x0b\ud800b\tc\U0001f600") == "ab\tc\U0001f600"
    maker.roll_call("odd", "USA:Y", title="Bell\x07 and vertical\x0b tab", date="2025-12-31")

    assert entries("/roll-calls.atom")[0]["title"] == "Bell and vertical tab, adopted 1-0-0"
