"""Suggestions on lists with few results: what each filter excludes."""

import pytest
from bs4 import BeautifulSoup

from tests.web.records import Maker, get, selected, symbols, text, texts

pytestmark = pytest.mark.usefixtures("record")


def loosened(page: BeautifulSoup) -> list[tuple[str, str, int]]:
    """Return what the filters say that a list would grow without, the address without each, and to how many."""
    return [
        (
            text(one.a),
            str(one.a["href"]),
            int(text(one).rpartition(": ")[2].split()[0]),
        )
        for one in page.select(".loosened li")
        if one.a
    ]


@pytest.mark.parametrize("path", ["/resolutions/", "/roll-calls/"])
@pytest.mark.parametrize(
    "query",
    [
        "q=ukraine&body=SC&result=adopted&position=RUS:against",
        "since=2022-01-01&until=2022-12-31&topic=palestinian-question",
        "position=USA:against&position=RUS:against&position=FRA:for&differ=USA~GBR",
        "q=nosuchword&session=ES-11&kind=text",
        "body=SC&short=1&result=vetoed",
    ],
)
def test_each_count_equals_the_list_without_the_filter(path: str, query: str):
    page = get(f"{path}?{query}")
    now = selected(page)
    found = loosened(page)

    assert now < 3
    assert [selected(get(f"{path}{address}")) for _said, address, _count in found] == [count for *_, count in found]
    assert [count for *_, count in found] == sorted((count for *_, count in found), reverse=True)
    # The others would give no more than there is.
    others = {str(link["href"]) for link in page.select(".described a")} - {address for _said, address, _count in found}
    assert {selected(get(f"{path}{address}")) for address in others if address != "?"} <= {now}
    assert len(found) + len(others) >= 3


def test_filters_are_named_with_the_most_productive_first():
    page = get("/resolutions/?q=kampuchea&body=SC&since=2022-01-01")
    assert text(page.select(".loosened p")[0]).startswith("No recorded vote meets all of these conditions.")
    assert loosened(page) == [("with the words “kampuchea”", "?body=SC&since=2022-01-01", 2)]

    conditions = get("/resolutions/?position=USA:against&position=USA:for&body=GA")
    assert [said for said, *_ in loosened(conditions)] == [
        "the United States voted in favour",
        "the United States voted against",
    ]
    assert symbols(conditions) == []


def test_page_says_if_removing_one_filter_still_finds_nothing():
    page = get("/resolutions/?q=nosuchword&since=2050-01-01&body=GA")

    assert texts(page, ".loosened p") == [
        "No recorded vote meets all of these conditions. Removing any one condition still finds nothing. Clear all"
    ]
    assert loosened(page) == []


def test_single_filter_offers_only_clearing():
    page = get("/resolutions/?q=nosuchword")

    assert texts(page, ".loosened p") == ["No recorded vote meets this condition. Clear all"]
    assert [str(link["href"]) for link in page.select(".loosened a")] == ["/resolutions/"]


@pytest.mark.parametrize("query", ["", "?position=USA:againts&q=x", "?topic=human-rights"])
def test_long_or_invalid_list_gets_no_suggestions(query: str):
    assert get(f"/resolutions/{query}").select(".loosened") == []


def test_short_list_shows_its_rows_before_the_suggestions(maker: Maker):
    page = get("/resolutions/?q=kampuchea&body=GA")

    assert symbols(page) == ["A/RES/34/22"]
    assert texts(page, ".loosened p") == []
    assert [said for said, *_ in loosened(page)] == ["with the words “kampuchea”"]
    assert [tag["class"] for tag in page.select("ol.rows, .loosened")] == [["rows"], ["loosened"]]
