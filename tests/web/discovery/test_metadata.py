"""Metadata of pages for search engines, link previews and feed readers."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.http import QueryDict
from django.template import engines
from django.test import Client

from tests.web.records import Maker, get, one
from votes.choices import Choice
from votes.exporting.papers import DataVersion
from votes.exporting.tables import TABLES
from votes.record.roll_calls import ListedRollCall
from votes.totals import Totals
from web.discovery.metadata import Alternate, Image, Metadata, canonical, dataset, in_words
from web.display.dates import iso

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

OWN = "http://testserver"
WORDS = (
    "Adopted 93-18-65 on 24 February 2025. In favour 93 (France, United Kingdom), "
    "against 18 (Russian Federation, United States), abstaining 65 (China), non-voting 17. "
    "In brackets: permanent members of the Security Council."
)


def said(page: BeautifulSoup) -> dict[str, str]:
    """Return what the page's meta elements say, by name or property, with its canonical address."""
    found = {str(tag.get("property") or tag["name"]): str(tag["content"]) for tag in page.select("head meta[content]")}
    assert len(found) == len(page.select("head meta[content]"))
    return {**found, "canonical": str(one(page, "link[rel=canonical]")["href"])}


def graph(page: BeautifulSoup) -> dict[str, dict[str, Any]]:
    """Return the page's JSON-LD by type."""
    content = json.loads(one(page, "script[type='application/ld+json']").get_text())
    assert content["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in content["@graph"]}


def alternates(page: BeautifulSoup) -> list[tuple[str, str]]:
    """Return media type and path of the page's other forms."""
    return [(str(tag["type"]), str(tag["href"]).removeprefix(OWN)) for tag in page.select("link[rel=alternate]")]


def roll_call(**values: Any) -> ListedRollCall:
    """Return a vote that is in no database."""
    facts: dict[str, Any] = dict.fromkeys(("slug", "title", "kind", "meeting", "body"), "")
    facts |= {"pk": 1, "date": datetime.date(2024, 12, 17), "date_precision": "day", "method": "recorded"}
    facts |= {"result": "adopted", "decisive": False, "resolution": None, "counted": None, "announced": None}
    return ListedRollCall(**{**facts, **values})


@pytest.mark.parametrize(
    ("values", "named", "words"),
    [
        (
            {"announced": Totals(3, 1, None, None)},
            {},
            "Adopted 3-1 on 17 December 2024. In favour 3, against 1.",
        ),
        (
            {"announced": Totals(3, 1, 0, None), "date_precision": "month"},
            {Choice.NO: ["France", "Türkiye"]},
            (
                "Adopted 3-1-0 in December 2024. In favour 3, against 1 (France, Türkiye), abstaining 0. "
                "In brackets: permanent members of the Security Council."
            ),
        ),
        ({"method": "without-vote"}, {}, "Adopted without a vote on 17 December 2024."),
        (
            {"result": "vetoed", "date_precision": "year"},
            {},
            "Vetoed in 2024. Recorded vote; who voted how is not on record.",
        ),
        (
            {"method": "non-recorded"},
            {},
            ("Adopted on 17 December 2024. Non-recorded vote; neither the tally nor who voted how is on record."),
        ),
        (
            {"method": "non-recorded", "announced": Totals(3, 1, None, None)},
            {},
            (
                "Adopted 3-1 on 17 December 2024. In favour 3, against 1. A non-recorded vote: who voted how is not "
                "on record."
            ),
        ),
        (
            {"result": "not-stated", "announced": Totals(0, 2, None, None)},
            {},
            "Put to the vote 0-2 on 17 December 2024. In favour 0, against 2.",
        ),
    ],
)
def test_description_of_a_vote_states_result_and_totals(
    values: dict[str, Any], named: dict[Choice, list[str]], words: str
):
    assert in_words(roll_call(**values), named) == words


@pytest.mark.parametrize(
    ("query", "ignored", "kept"),
    [
        ("", [], "/x/"),
        ("q=&page=1&utm_source=a&fbclid=b", [], "/x/"),
        ("topic=a&body=GA&page=2", [], "/x/?body=GA&page=2&topic=a"),
        ("state=USA&state=FRA&state=", [], "/x/?state=USA&state=FRA"),
        ("since=2020-01-01&nothing=1", ["nothing"], "/x/?since=2020-01-01"),
        ("body=GA&body=SC&who=USA", ["body=GA"], "/x/?body=SC"),
        ("on=2020-01-01&body=GA", [], "/x/?body=GA"),
        ("q=a%26b%20c", [], "/x/?q=a%26b+c"),
    ],
)
def test_each_page_has_one_canonical_address(query: str, ignored: list[str], kept: str):
    assert canonical("/x/", QueryDict(query), ignored, without=("on",)) == kept


def head_of(page: Metadata) -> str:
    """Return the elements that the template of the head writes."""
    template = engines["jinja2"].from_string(
        '{% import "components/head.html" as heads %}{{ heads.metadata(page, origin) }}'
    )
    return template.render({"page": page, "origin": OWN})


def test_json_ld_cannot_close_its_script_element():
    hostile = "</script><script>alert(1)</script><!-- & ]]> 'é\""
    html = head_of(Metadata("title", "description", "/", [{"name": hostile}]))
    body = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]

    assert {letter for letter in "<>&" if letter in body} == set()
    assert json.loads(body)["@graph"] == [{"name": hostile}]


def test_texts_in_the_head_are_escaped():
    hostile = "\"><script>alert('x')</script>"
    page = Metadata(
        hostile, hostile, "/", [], image=Image("/c.png", hostile), alternates=[Alternate("/a", "b/c", hostile)]
    )

    assert "<script>" not in head_of(page)
    assert head_of(page).count("&#34;&gt;&lt;script&gt;") == 4


@pytest.mark.parametrize(("precision", "text"), [("day", "2025-02-24"), ("month", "2025-02"), ("year", "2025")])
def test_dates_have_the_precision_that_is_known(precision: str, text: str):
    assert iso(datetime.date(2025, 2, 24), precision) == text


def test_empty_record_has_no_period_and_no_date():
    described = dataset(OWN, "/data/", DataVersion(0, None), None, [], methods="/methods/")

    assert described["version"] == "0"
    assert {"temporalCoverage", "dateModified", "distribution"} & set(described) == set()


@pytest.mark.usefixtures("record")
def test_resolution_is_described_as_a_creative_work():
    page = get("/resolutions/A/RES/ES-11/7?bloc=eu&utm_source=x")
    own = f"{OWN}/resolutions/A/RES/ES-11/7"

    assert {name: value for name, value in said(page).items() if name not in ("viewport", "color-scheme")} == {
        "description": WORDS,
        "htmx-config": said(page)["htmx-config"],
        "og:site_name": "Plenary",
        "og:type": "article",
        "og:title": "A/RES/ES-11/7: Advancing a comprehensive, just and lasting peace in Ukraine",
        "og:description": WORDS,
        "og:url": own,
        "og:image": f"{OWN}/roll-calls/a-res-es-11-7/card.png",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"Advancing a comprehensive, just and lasting peace in Ukraine. {WORDS}",
        "twitter:card": "summary_large_image",
        "canonical": own,
    }
    things = graph(page)
    assert things["CreativeWork"] == {
        "@type": "CreativeWork",
        "@id": own,
        "url": own,
        "identifier": "A/RES/ES-11/7",
        "name": "Advancing a comprehensive, just and lasting peace in Ukraine",
        "inLanguage": "en",
        "description": WORDS,
        "datePublished": "2025-02-24",
        "about": [{"@type": "Thing", "name": "Ukraine, Russia and Eastern Europe"}],
        "alternateName": ["A/ES-11/L.10"],
        "creator": {
            "@type": "Organization",
            "name": "General Assembly",
            "parentOrganization": {"@type": "Organization", "name": "United Nations"},
        },
        "sameAs": "https://docs.un.org/en/A/RES/ES-11/7",
        "image": f"{OWN}/roll-calls/a-res-es-11-7/card.png",
        "isPartOf": {
            "@type": "Dataset",
            "@id": f"{OWN}/data/",
            "name": "Plenary: the open record of how the world votes",
            "url": f"{OWN}/data/",
        },
    }
    assert [step["name"] for step in things["BreadcrumbList"]["itemListElement"]] == ["Resolutions", "A/RES/ES-11/7"]


@pytest.mark.usefixtures("record")
def test_topics_and_subjects_are_given_as_about(maker: Maker):
    text = maker.text("A/RES/79/777", subjects=["CUBA--UNITED STATES"])
    text.topics.add(maker.topic)
    maker.roll_call("a-res-79-777", "USA:Y", resolution=text, decisive=True)

    work = graph(get("/resolutions/A/RES/79/777"))["CreativeWork"]
    assert work["about"] == [
        {"@type": "Thing", "name": maker.topic.name},
        {"@type": "Thing", "name": "Cuba–United States"},
    ]


@pytest.mark.usefixtures("record")
def test_decisive_vote_is_at_its_text_and_others_at_their_own_page(maker: Maker):
    maker.roll_call("a-motion", "USA:Y FRA:N", title="To </script> adjourn", kind="motion")
    decisive, other = get("/roll-calls/a-res-es-11-7/"), get("/roll-calls/a-motion/")

    assert said(decisive)["canonical"] == f"{OWN}/resolutions/A/RES/ES-11/7"
    assert said(other)["canonical"] == f"{OWN}/roll-calls/a-motion/"
    assert graph(other)["WebPage"]["name"] == said(other)["og:title"] == "To </script> adjourn"
    assert said(other)["description"].startswith("Adopted 1-1-0 on 17 December 2024. In favour 1 (United States), ")


@pytest.mark.usefixtures("record")
def test_text_without_a_vote_has_a_description(maker: Maker):
    maker.text("A/RES/79/777", title="Peace & quiet")
    page = get("/resolutions/A/RES/79/777")

    assert said(page)["description"] == "Peace & quiet"
    assert "og:image" not in said(page)
    assert alternates(page) == []


@pytest.mark.usefixtures("record")
def test_data_set_is_described_on_data_page_and_front_page():
    whole, front = (graph(get(address))["Dataset"] for address in ("/data/", "/"))

    assert {**front, "distribution": None} == {**whole, "distribution": None}
    assert whole["temporalCoverage"] == "1971-10/2025-02"
    assert (whole["url"], whole["license"]) == (f"{OWN}/data/", f"{OWN}/data/#terms")
    assert whole["dateModified"][:10] in whole["citation"]
    assert get("/data/").select("#terms")
    names = ["plenary.zip", *(f"{table}.{form}" for table in TABLES for form in ("csv", "parquet"))]
    assert [file["name"] for file in whole["distribution"]] == names
    assert [file["name"] for file in front["distribution"]] == [
        "plenary.zip",
        *(
            "votes.csv",
            "votes.parquet",
            "roll-calls.csv",
            "roll-calls.parquet",
            "resolutions.csv",
            "resolutions.parquet",
        ),
    ]


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("address", "forms"),
    [
        ("/", ["/resolutions.atom"]),
        (
            "/resolutions/?topic=human-rights&page=9&utm_source=x",
            [f"/resolutions.{form}?topic=human-rights" for form in ("csv", "json", "parquet", "atom")],
        ),
        ("/roll-calls/", [f"/roll-calls.{form}" for form in ("csv", "json", "parquet", "atom")]),
        ("/roll-calls/?body=XX", []),
        ("/states/USA/?choice=against", [f"/states/USA.{form}?choice=against" for form in ("json", "atom")]),
        ("/blocs/nato/?on=2022-03-02", ["/blocs/nato.json", "/blocs/nato.atom"]),
        ("/agreement/?bloc=p5", ["/agreement.csv?bloc=p5", "/agreement.json?bloc=p5"]),
        (
            "/resolutions/A/RES/ES-11/7",
            [
                "/roll-calls/a-res-es-11-7.csv",
                "/roll-calls/a-res-es-11-7.json",
                "/roll-calls/a-res-es-11-7.popolo.json",
                "/oembed?url=http%3A%2F%2Ftestserver%2Fresolutions%2FA%2FRES%2FES-11%2F7&format=json",
            ],
        ),
        ("/data/", ["/data/datapackage.json"]),
        ("/about/", []),
    ],
)
def test_page_links_to_its_alternate_formats(address: str, forms: list[str]):
    found = alternates(get(address))

    assert [path for _type, path in found] == forms
    for kind, path in found:
        if path != "/data/datapackage.json":  # made with the whole package, which other tests make
            answer = Client().head(path) if "oembed" not in path else Client().get(path)
            given = answer.headers["Content-Type"].partition(";")[0]
            assert (answer.status_code, given) == (200, kind.replace("json+oembed", "json")), path


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("address", "address_kept"),
    [
        ("/resolutions/?topic=human-rights&body=GA&nothing=1", "/resolutions/?body=GA&topic=human-rights"),
        ("/blocs/nato/?on=2022-03-02", "/blocs/nato/?on=2022-03-02"),
        ("/compare/states/?state=USA&state=FRA&gclid=1", "/compare/states/?state=USA&state=FRA"),
        ("/about/?a=b", "/about/?a=b"),
    ],
)
def test_canonical_address_keeps_only_parameters_that_change_the_content(address: str, address_kept: str):
    assert said(get(address))["canonical"] == OWN + address_kept


@pytest.mark.usefixtures("record")
def test_page_not_found_has_no_canonical_address_or_metadata():
    page = get("/roll-calls/nope/", status=404)

    assert page.select("link[rel=canonical], meta[property], script[type='application/ld+json']") == []
    assert one(page, "title").get_text() == "Not in this record · Plenary"
