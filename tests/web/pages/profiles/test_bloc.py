"""The page of a bloc: cohesion and breaks, files and errors."""

from __future__ import annotations

import csv
import io
import json

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from tests.web.records import FILE_LINKS, Maker, get, one, problems, text, texts

pytestmark = pytest.mark.usefixtures("record")

COHESION = "section[aria-labelledby=cohesion]"
BREAKS = "section[aria-labelledby=who-breaks]"
DIVIDED = "section[aria-labelledby=divided]"

ASKED = "/blocs/brics/?kind=motion"
"""The motions of the following, and no landmark."""


@pytest.fixture
def motions(maker: Maker) -> None:
    """Ten motions of 2010, before South Africa was a member, and ten of 2012, of the Assembly; and one of the Council.

    In 2010 the four are of one mind; in 2012 Brazil and India are in favour, Russia and China against, and South Africa
    is against on all but the last, on lighthouses, on which it abstains.
    """
    for number in range(10):
        maker.roll_call(f"before-{number}", "BRA:Y RUS:Y IND:Y CHN:Y ZAF:N", date="2010-06-01", kind="motion")
        last = number == 9
        maker.roll_call(
            f"after-{number}",
            f"BRA:Y RUS:N IND:Y CHN:N ZAF:{'A' if last else 'N'}",
            date="2012-06-01",
            kind="motion",
            title="On lighthouses" if last else "After",
        )
    maker.roll_call("council", "RUS:N CHN:Y", date="2012-07-01", kind="motion", body=maker.council, session=None)


def cells(table: Tag) -> list[list[str]]:
    return [[text(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]


def read_csv(address: str) -> list[dict[str, str]]:
    response = Client().get(address)
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(response.content.decode())))


@pytest.mark.usefixtures("motions")
class TestSections:
    """The page, on its first page."""

    def test_cohesion_by_year_uses_the_members_of_each_day(self):
        page = get(ASKED)
        by_year = page.select(f"{COHESION} table.cohesion")[0]

        # 2012: nine times three to two, (3 - 1) / 5, and once two to two to one, (2 - 1.5) / 5: 0.37. Rice: nine times
        # 1 / 5 and once 0: 0.18.
        assert cells(by_year) == [
            ["2012", "", "0.37 10", "0.18 10", "5.0"],
            ["2010", "", "1.00 10", "1.00 10", "4.0"],
        ]
        assert texts(page, ".glance .tally")[0] == "0.69"
        assert "General Assembly, 20 recorded votes. In 2012: 0.37." in text(page.select(".glance-votes > p")[1])
        assert text(one(page, f"{COHESION} svg.picture title")) == "BRICS: cohesion by year"

    def test_jump_links_lead_to_sections_that_are_there(self):
        page = get(ASKED)
        targets = [str(a["href"]) for a in page.select(".glance nav a")]

        assert targets == ["#cohesion", "#who-breaks", "#divided", "#votes", "#members", "#about"]
        assert [len(page.select(target)) for target in targets] == [1] * 6

    def test_council_has_its_own_cohesion(self):
        page = get(f"{ASKED}&body=SC")

        assert cells(one(page, f"{COHESION} table.cohesion")) == [["2012", "", "– 1", "– 1", "2.0"]]
        assert page.select(f"{COHESION} svg.picture") == []

    def test_cohesion_is_shown_by_topic(self, maker: Maker):
        for number in range(10):
            resolution = maker.text(f"A/RES/79/90{number}")
            resolution.topics.add(maker.topic)
            maker.roll_call(f"on-topic-{number}", "BRA:Y RUS:N", kind="motion", resolution=resolution)
        topics = get(ASKED).select(f"{COHESION} table.cohesion")[1]

        assert texts(topics, "thead th")[0] == "Topic"
        assert cells(topics) == [["Decolonization and self-determination", "", "0.25 10", "0.00 10", "2.0"]]

    def test_most_divided_votes_come_first(self):
        first, *rest = get(ASKED).select(f"{DIVIDED} ol.cases li")

        assert texts(first, "h3, .tally, .muted") == ["On lighthouses", "2-2-1", "cohesion 0.10"]
        assert one(first, "h3 a")["href"] == "/roll-calls/after-9/"
        assert [texts(case, ".tally") for case in rest] == [["2-3-0"]] * 9

    def test_members_are_listed_by_share_of_breaks(self):
        # On the last and in the Council there is a tie.
        assert cells(one(get(ASKED), f"{BREAKS} table")) == [
            ["Brazil", "9", "19", "47.4%"],
            ["India", "9", "19", "47.4%"],
        ]

    def test_number_of_breaks_links_to_those_votes(self):
        for asked in (ASKED, f"{ASKED}&since=2012-05-01", f"{ASKED}&until=2012-12-31&order=closeness"):
            table = one(get(asked), f"{BREAKS} table")
            links = [row.select_one("td a") for row in table.select("tbody tr")]
            assert [link and text(link) for link in links] == [
                breaks if int(breaks) else None for _name, breaks, *_rest in cells(table)
            ]
            for link in filter(None, links):
                assert text(one(get(str(link["href"])), ".selection strong")) == text(link)

    def test_state_does_not_count_before_it_joined(self):
        votes = one(get("/blocs/brics/"), f"{BREAKS} td a[href*=ZAF]")["href"]

        assert votes == "/roll-calls/?differ=ZAF~brics&since=2010-12-24"

    def test_year_links_to_the_record_of_that_year(self):
        page = get(f"{ASKED}&until=2012-12-31&on=2012-01-01")
        links = [str(link["href"]) for link in page.select(f"{COHESION} table.cohesion a")]

        assert links[1] == "?since=2010-01-01&until=2010-12-31&kind=motion&on=2012-01-01#record"
        years = one(get(f"/blocs/brics/{links[1]}"), f"{COHESION} table.cohesion")
        assert [row[0] for row in cells(years)] == ["2010"]

    def test_period_limits_every_section(self):
        page = get(f"{ASKED}&until=2010-12-31")

        assert [row[0] for row in cells(one(page, f"{COHESION} table.cohesion"))] == ["2010"]
        assert page.select(DIVIDED) == []
        assert page.select(f"{BREAKS} table") == [], "nobody broke"

    def test_later_pages_show_only_the_list(self, maker: Maker):
        for number in range(10):
            maker.roll_call(f"more-{number}", "BRA:Y", kind="motion")
        page = get(f"{ASKED}&page=2")

        assert len(page.select("ol.rows > li")) == 6
        assert page.select(f"{COHESION}, {BREAKS}") == []

    def test_htmx_fragment_contains_the_sections(self):
        response = Client().get(ASKED, headers={"HX-Request": "true"})

        assert b"<h1" not in response.content
        assert response.content.count(b"<section aria-labelledby=") == 3

    def test_page_is_deterministic(self):
        assert Client().get(f"{ASKED}&on=2012-01-01").content == Client().get(f"{ASKED}&on=2012-01-01").content


def test_invalid_filter_shows_no_sections():
    page = get("/blocs/eu/?topic=nothing")

    assert len(problems(page)) == 1
    assert page.select(f"{COHESION}, {BREAKS}") == []


def test_bloc_without_votes_has_a_page_and_files():
    assert get("/blocs/eu/?until=1899-12-31").select(f"{COHESION}, {BREAKS}") == []
    found = json.loads(Client().get("/blocs/eu.json?until=1899-12-31").content)
    assert (found["roll_calls"], found["breaks"], found["divided"]) == (0, [], [])
    assert Client().get("/blocs/eu/cohesion.svg?until=1899-12-31").status_code == 200


@pytest.mark.usefixtures("motions")
class TestFiles:
    """The same as files."""

    def test_cohesion_csv_has_rows_by_year_and_topic(self):
        assert read_csv("/blocs/brics/cohesion.csv?kind=motion") == [
            {
                "by": by, "of": of, "agreement_index": index, "roll_calls": number,
                "rice_index": rice, "rice_roll_calls": number, "members_voting": voting,
            }
            for by, of, index, number, rice, voting in (
                ("all", "", "0.685", "20", "0.59", "4.5"),
                ("year", "2010", "1.0", "10", "1.0", "4.0"),
                ("year", "2012", "0.37", "10", "0.18", "5.0"),
            )
        ]  # fmt: skip

    def test_breaks_csv_has_a_row_for_each_member(self):
        rows = read_csv("/blocs/brics/breaks.csv?kind=motion")

        assert rows[0] == {
            "state": "BRA", "name": "Brazil", "share": "0.473684", "breaks": "9", "positions": "19",
        }  # fmt: skip
        assert [row["state"] for row in rows] == ["BRA", "IND", "CHN", "RUS", "ZAF"]

    def test_json_has_the_bloc_its_cohesion_and_breaks(self):
        response = Client().get("/blocs/brics.json?kind=motion")
        found = json.loads(response.content)

        assert response.headers["Content-Type"] == "application/json"
        assert found["bloc"]["slug"] == "brics"
        assert (found["roll_calls"], found["cohesion_body"]) == (21, "GA")
        assert found["votes"] == {"for": 61, "against": 30, "abstain": 1, "nonvoting": 0}
        assert found["minimum"] == {"cohesion": 10, "breaks": 5}
        assert [len(found[name]) for name in ("cohesion", "breaks", "divided")] == [3, 5, 10]
        assert found["divided"][0] == {
            "roll_call": "after-9", "date": "2012-06-01", "agreement_index": 0.1,
            "for": 2, "against": 2, "abstain": 1, "nonvoting": 0, "date_precision": "day",
        }  # fmt: skip

    def test_svg_and_png_show_cohesion_by_year(self):
        response = Client().get("/blocs/brics/cohesion.svg?kind=motion")

        assert response.headers["Content-Type"] == "image/svg+xml"
        drawing = BeautifulSoup(response.content, "html.parser")
        assert text(one(drawing, "title")) == "BRICS: cohesion by year"
        png = Client().get("/blocs/brics/cohesion.png?kind=motion")
        assert png.headers["Content-Type"] == "image/png"
        assert png.content.startswith(b"\x89PNG")

    def test_page_links_to_files_with_its_query(self):
        files = [str(a["href"]) for a in get(f"{ASKED}&on=2012-01-01").select(FILE_LINKS)]

        assert files == [
            f"/blocs/brics{file}?kind=motion"
            for file in ("/cohesion.svg", "/cohesion.png", "/cohesion.csv", ".json", "/breaks.csv")
        ]


@pytest.mark.parametrize(
    ("address", "status", "errors"),
    [
        ("/blocs/eu.json?topic=nothing", 400, ["topic"]),
        ("/blocs/eu/cohesion.csv?since=yesterday&nothing=1", 400, ["since", "nothing"]),
        ("/blocs/eu/cohesion.svg?on=2020-01-01", 400, ["on"]),
        ("/blocs/nowhere.json", 404, []),
        ("/blocs/nowhere/breaks.csv", 404, []),
    ],
)
def test_invalid_file_request_is_a_problem_document(address: str, status: int, errors: list[str]):
    response = Client().get(address)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert list(json.loads(response.content).get("errors", {})) == errors


@pytest.mark.parametrize("file", [".json", "/cohesion.csv", "/cohesion.png"])
def test_file_of_an_upper_case_slug_redirects(file: str):
    response = Client().get(f"/blocs/EU{file}?body=GA")

    assert (response.status_code, response.headers["Location"]) == (301, f"/blocs/eu{file}?body=GA")
