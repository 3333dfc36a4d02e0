"""The page of a state: partners, blocs and breaks, files and errors."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from tests.web.records import FILE_LINKS, Maker, get, one, problems, text, texts
from votes.models import RollCall

pytestmark = pytest.mark.usefixtures("record")

PARTNERS = "section[aria-labelledby=partners]"
BLOCS = "section[aria-labelledby=with-blocs]"
BREAKS = "section[aria-labelledby=breaks]"


ASKED = "/states/USA/?kind=motion"
"""The motions of the following, and no landmark."""


@pytest.fixture
def motions(maker: Maker) -> None:
    """Twenty in 2019 and twenty in 2024 of the United States, six others and, too few of them in 2024, one more.

    In 2019 all vote alike. In 2024 the United States are always in favour, China never, France every other time; the
    others are with the United States but for the last, on lighthouses, on which these are alone.
    """
    others = ("CAN", "AUS", "NZL", "JPN")
    for number in range(20):
        every = " ".join(f"{code}:Y" for code in ("USA", "CHN", "FRA", "ISL", *others))
        maker.roll_call(f"before-{number:02}", every, date="2019-06-03", kind="motion", title="Before")
        last = number == 19
        now = " ".join(f"{code}:{'N' if last else 'Y'}" for code in others)
        maker.roll_call(
            f"after-{number:02}",
            f"USA:Y CHN:N FRA:{'YN'[number % 2]} {now}{'' if last else ' ISL:Y'}",
            date="2024-06-03",
            kind="motion",
            title="On lighthouses" if last else "After",
        )


def cells(table: Tag) -> list[list[str]]:
    return [[text(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]


def read_csv(address: str) -> list[dict[str, str]]:
    response = Client().get(address)
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_no_partners_are_shown_with_too_few_common_votes():
    page = get("/states/USA/")

    assert "at least 20 votes in common" in text(one(page, f"{PARTNERS} .empty"))
    assert page.select(f"{PARTNERS} table, {BLOCS}") == []


@pytest.mark.usefixtures("motions")
class TestSections:
    """The page, on its first page."""

    def test_closest_and_farthest_partners_are_listed_with_changes(self):
        page = get(ASKED)
        closest = one(page, f"{PARTNERS} table.partners")

        # Iceland has nineteen votes in common, too few.
        expected = [
            *[[name, "95.0% 20", "−5.0 20"] for name in ("Australia", "Canada", "Japan", "New Zealand")],
            ["France", "50.0% 20", "−50.0 20"],
            ["China", "0.0% 20", "−100.0 20"],
        ]
        assert cells(closest) == expected
        assert text(page.select(f"{PARTNERS} > p")[0]) == (
            "General Assembly, 4 June 2019 to 3 June 2024: positions taken in 20 of 20 recorded votes. "
            "Change: compared with 4 June 2014 to 3 June 2019."
        )
        assert text(one(page, ".moved")) == (
            "Largest decreases: "
            "China −100.0 · France −50.0 · Australia −5.0 · Canada −5.0 · Japan −5.0 · New Zealand −5.0"
        )
        assert closest.select("td a")[0]["href"] == (
            "/compare/states/?body=GA&since=2019-06-04&until=2024-06-03&kind=motion&state=USA&state=AUS"
        )

    def test_period_is_compared_with_the_preceding_one_under_the_same_filters(self):
        page = get(f"{ASKED}&since=2024-01-01&until=2024-12-31")

        assert "1 January 2024 to 31 December 2024: positions taken in 20 of 20" in text(
            page.select(f"{PARTNERS} > p")[0]
        )
        assert {row[2] for row in cells(page.select("table.partners")[0])} == {"– 0"}
        page = get(f"{ASKED}&since=2022-01-01&until=2024-12-31")
        assert [row[2] for row in cells(page.select("table.partners")[0])][-1] == "−100.0 20"

    def test_filter_on_the_states_vote_limits_every_section(self):
        assert "20 recorded votes" in text(get(f"{ASKED}&choice=for").select(f"{PARTNERS} > p")[0])
        assert text(one(get(f"{ASKED}&choice=against"), ".glance-title")).startswith("0 ")
        assert get(f"{ASKED}&choice=against").select(PARTNERS) == []

    def test_council_has_its_own_figures(self):
        page = get("/states/USA/?body=SC")

        assert text(page.select(f"{PARTNERS} > p")[0]).startswith("Security Council, ")
        assert page.select(f"{PARTNERS} table, {BLOCS}") == []

    def test_agreement_with_blocs_is_shown_by_year(self):
        page = get(ASKED)
        first = one(page, f"{BLOCS} table")

        assert texts(first, "thead th") == ["Bloc", "2019", "2024"]
        # The other members of NATO are Canada, France and Iceland: where France differs it is the one of three. Of the
        # permanent five there are two others, a tie where they differ.
        assert cells(first) == [
            ["G20 member", "100% 20", "95% 20"],
            ["G7 member", "100% 20", "95% 20"],
            ["NATO member", "100% 20", "95% 20"],
            ["OAS member", "100% 20", "95% 20"],
            ["OECD member", "100% 20", "95% 20"],
            ["Permanent five member", "100% 20", "0% 10"],
            ["BRICS", "100% 20", "0% 20"],
            ["EU", "100% 20", "50% 20"],
        ]
        assert "JUSCANZ" not in texts(first, "th a")
        drawn = one(page, f"{BLOCS} svg.picture")
        assert text(one(drawn, "title")) == "United States: agreement with blocs by year"
        assert [text(label) for label in drawn.select("text.f-ink")] == ["EU", "NATO", "BRICS"]

    def test_breaks_are_listed_most_surprising_first(self):
        page = get(ASKED)
        first = one(page, f"{BREAKS} ol.cases li")

        assert texts(first, "time, h3, p:not(.overline)") == [
            "3 June 2024",
            "On lighthouses",
            "In favour",
            "6 of its 6 closest partners voted differently",
        ]
        assert one(first, "a")["href"] == "/roll-calls/after-19/"
        assert "in 1 vote." in text(page.select(f"{BREAKS} > p")[0])
        assert cells(one(page, f"{BREAKS} table")) == [
            ["G20", "1", "20", "5.0%"],
            ["G7", "1", "20", "5.0%"],
            ["NATO", "1", "20", "5.0%"],
            ["OAS", "0", "19", "0.0%"],
            ["OECD", "1", "20", "5.0%"],
            ["Permanent five", "10", "20", "50.0%"],
        ]

    def test_the_page_opens_with_shares_partners_and_breaks(self):
        page = get(ASKED)

        assert texts(page, ".shares li strong") == ["100.0%"]
        # France and China make no majority of the nine; on the last vote the five others outvote the United States.
        assert "95.0% of 40" in text(one(page, ".glance .explanation")) or "97.5% of 40" in text(
            one(page, ".glance .explanation")
        )
        assert [str(a["href"]) for a in page.select(".glance-break a")] == ["/roll-calls/after-19/"]

    def test_jump_links_lead_to_sections_that_are_there(self):
        page = get(ASKED)
        targets = [str(a["href"]) for a in page.select(".glance nav a")]

        assert targets == ["#partners", "#breaks", "#with-blocs", "#by-year", "#votes"]
        assert [len(page.select(target)) for target in targets] == [1] * 5

    def test_no_table_has_only_zeros(self):
        for address in (ASKED, "/states/CAN/?kind=motion&until=2020-01-01"):
            for table in get(address).select("table.breaks"):
                assert any(row[1] != "0" for row in cells(table)), address

    def test_no_breaks_outside_the_assembly(self):
        assert get("/states/USA/?body=SC").select(f"{BREAKS} ol") == []

    def test_later_pages_show_only_the_list(self):
        assert len(get(ASKED).select("ol.rows > li")) == 25
        page = get(f"{ASKED}&page=2")
        assert len(page.select("ol.rows > li")) == 15
        assert page.select(f"{PARTNERS}, {BLOCS}, {BREAKS}") == []

    def test_htmx_fragment_contains_the_sections(self):
        response = Client().get(ASKED, headers={"HX-Request": "true"})

        assert b"<h1" not in response.content
        assert set(re.findall(rb'<h2 id="([a-z-]+)"', response.content)) == {
            b"partners", b"breaks", b"with-blocs", b"by-year", b"votes",
        }  # fmt: skip
        assert b'<div id="glance" hx-swap-oob="true">' in response.content

    def test_page_is_deterministic(self):
        assert Client().get(ASKED).content == Client().get(ASKED).content


def test_invalid_filter_shows_no_sections():
    page = get("/states/USA/?topic=nothing")

    assert len(problems(page)) == 1
    assert page.select(f"{PARTNERS}, {BLOCS}, {BREAKS}") == []


def test_change_of_chinas_seat_is_noted_if_the_period_spans_it(maker: Maker):
    for number in range(20):
        maker.roll_call(f"early-{number}", "CHN:Y FRA:Y BRA:N", date="1971-01-04", kind="motion")
        maker.roll_call(f"late-{number}", "CHN:Y FRA:N BRA:N", date="1972-01-04", kind="motion")

    assert len(get("/states/CHN/?kind=motion").select(f"{PARTNERS} .note")) == 1
    assert len(get("/states/BRA/?kind=motion").select(f"{PARTNERS} .note")) == 1
    assert get("/states/CHN/?kind=motion&since=1972-01-01&until=1972-01-31").select(f"{PARTNERS} .note") == []


@pytest.mark.usefixtures("motions")
class TestFiles:
    """The same as files."""

    def test_partners_csv_has_agreement_and_change(self):
        rows = read_csv("/states/USA/partners.csv?kind=motion")

        assert [row["state"] for row in rows] == ["AUS", "CAN", "JPN", "NZL", "FRA", "CHN"]
        assert rows[4] == {
            "state": "FRA",
            "name": "France",
            "agreement": "0.5",
            "same": "10",
            "roll_calls": "20",
            "percentile": "23.81",
            "change": "-0.5",
            "roll_calls_before": "20",
            "since": "2019-06-04",
            "until": "2024-06-03",
        }

    def test_blocs_csv_has_agreement_by_year(self):
        rows = read_csv("/states/USA/blocs.csv?kind=motion")

        assert [row for row in rows if row["bloc"] == "p5"] == [
            {
                "bloc": "p5", "name": "Permanent five", "member": "True", "year": "2019",
                "agreement": "1.0", "same": "20", "roll_calls": "20",
            },
            {
                "bloc": "p5", "name": "Permanent five", "member": "True", "year": "2024",
                "agreement": "0.0", "same": "0", "roll_calls": "10",
            },
        ]  # fmt: skip

    def test_breaks_csv_has_surprise_of_each_break(self):
        rows = read_csv("/states/USA/breaks.csv?kind=motion")

        assert len(rows) == 20
        assert rows[0] == {
            "roll_call": "after-19",
            "date": "2024-06-03",
            "position": "for",
            "surprise": "1.0",
            "partners_otherwise": "6",
            "partners": "6",
            "date_precision": "day",
        }
        assert [row["partners_otherwise"] for row in rows[1:11]] == ["2"] * 9 + ["1"]

    def test_json_has_the_query_period_and_partners(self):
        response = Client().get("/states/USA.json?kind=motion")
        found = json.loads(response.content)

        assert response.headers["Content-Type"] == "application/json"
        assert found["query"] == {"kind": ["motion"]}
        assert found["state"] == {"code": "USA", "name": "United States"}
        assert found["period"] == {"since": "2019-06-04", "until": "2024-06-03"}
        assert found["period_before"] == {"since": "2014-06-04", "until": "2019-06-03"}
        assert (found["body"], found["roll_calls"], found["positions"]) == ("GA", 20, 20)
        assert found["minimum"] == {"partners": 20, "blocs": 10, "breaks": 5, "own_blocs": 5}
        assert found["partners"][5]["change"] == -1.0
        assert [len(found[name]) for name in ("partners", "breaks", "own_blocs")] == [6, 20, 6]
        assert found["own_blocs"][5] == {
            "bloc": "p5", "name": "Permanent five", "share": 0.5, "breaks": 10, "positions": 20,
        }  # fmt: skip

    def test_json_of_a_state_without_positions_is_empty(self):
        found = json.loads(Client().get("/states/EAZ.json").content)

        assert (found["period"], found["partners"], found["blocs"]) == (None, [], [])

    def test_svg_shows_agreement_with_blocs_by_year(self):
        response = Client().get("/states/USA/blocs.svg?kind=motion")

        assert response.headers["Content-Type"] == "image/svg+xml"
        drawing = BeautifulSoup(response.content, "html.parser")
        assert text(one(drawing, "title")) == "United States: agreement with blocs by year"
        assert b"prefers-color-scheme" in response.content

    def test_picture_is_available_as_png(self):
        response = Client().get("/states/USA/blocs.png?kind=motion")

        assert response.headers["Content-Type"] == "image/png"
        assert response.content.startswith(b"\x89PNG")

    def test_page_links_to_files_with_its_query(self):
        page = get(f"{ASKED}&since=2019-01-01")
        files = [str(a["href"]) for a in page.select(f"{FILE_LINKS}[rel=nofollow]")]

        assert files == [
            f"/states/USA{file}?kind=motion&since=2019-01-01"
            for file in ("/partners.csv", ".json", "/breaks.csv", "/blocs.csv", "/blocs.svg", "/blocs.png")
        ]
        for file in files:
            assert Client().get(file).status_code == 200, file

    def test_matching_etag_is_a_304(self):
        first = Client().get("/states/USA/partners.csv")
        again = Client().get("/states/USA/partners.csv", headers={"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("address", "status", "errors"),
    [
        ("/states/USA.json?topic=nothing", 400, ["topic"]),
        ("/states/USA/partners.csv?since=yesterday&nothing=1", 400, ["since", "nothing"]),
        ("/states/USA/blocs.svg?page=2", 400, ["page"]),
        ("/states/QQQ.json", 404, []),
        ("/states/QQQ/partners.csv", 404, []),
    ],
)
def test_invalid_file_request_is_a_problem_document(address: str, status: int, errors: list[str]):
    response = Client().get(address)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert list(json.loads(response.content).get("errors", {})) == errors


@pytest.mark.parametrize("file", [".json", "/partners.csv", "/blocs.png"])
def test_file_of_a_lower_case_code_redirects(file: str):
    response = Client().get(f"/states/usa{file}?body=GA")

    assert (response.status_code, response.headers["Location"]) == (301, f"/states/USA{file}?body=GA")


def test_unknown_state_is_a_404():
    for code in ("QQQ", "US", "%00", "ß"):
        assert Client().get(f"/states/{code}/").status_code == 404


def test_landmarks_alone_have_no_notable_breaks():
    assert RollCall.objects.count() == 22
    assert get("/states/USA/").select(f"{BREAKS} ol") == []
