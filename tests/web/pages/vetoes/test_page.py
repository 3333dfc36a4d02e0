"""Vetoes: who cast them, counts, the page, its files and the filter."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.web.council import write_council
from tests.web.records import Maker, facets, get, one, problems, rows, selected, table, text, texts
from votes.models import RollCall
from votes.record.record import load
from votes.reports.vetoes import veto_count
from web.files import answers
from web.lists.listing import Listing

pytestmark = pytest.mark.usefixtures("record")

# Counted by hand from the rows of tests.web.council and the veto of 25 February 2022 in the reference facts. Of the
# rows, three are votes on parts, which ended in a veto and are not counted, and one was rejected with too few votes.
HEADER = ["decade", "since", "until", "CHN", "FRA", "RUS", "GBR", "USA", "vetoed_drafts"]
COUNTED = [
    (1940, 0, 0, 2, 0, 0, 2),
    (1950, 0, 1, 0, 1, 0, 1),
    (1960, 0, 0, 0, 0, 0, 0),
    (1970, 1, 0, 0, 1, 1, 2),
    (1980, 0, 0, 0, 0, 0, 0),
    (1990, 0, 0, 0, 0, 0, 0),
    (2000, 1, 0, 1, 0, 0, 1),
    (2010, 0, 0, 0, 0, 0, 0),
    (2020, 0, 0, 1, 0, 1, 2),
]
TOTALS = (2, 1, 4, 2, 2, 8)
MEMBERS = ["CHN", "FRA", "RUS", "GBR", "USA"]


@pytest.fixture
def council(maker: Maker) -> Maker:
    """Write the Council's votes."""
    write_council(maker)
    return maker


class TestWhoVetoed:
    """The record in memory knows who vetoed what."""

    @pytest.mark.parametrize(
        ("query", "slugs"),
        [
            ("vetoed_by=SUN", ["s-pv-45-1", "s-pv-45-2", "s-pv-23-1"]),
            ("vetoed_by=RUS", ["s-2022-155", "s-2007-14-1", "s-pv-45-1", "s-pv-45-2", "s-pv-23-1"]),
            ("vetoed_by=CHN", ["s-2007-14-1", "s-10771-1", "s-3502-1"]),
            ("vetoed_by=FRA", ["s-3710-1"]),
            ("vetoed_by=USA", ["oral-amendment-1", "s-2023-970-1", "s-9696-1"]),
            ("vetoed_by=GBR&vetoed_by=USA", ["oral-amendment-1", "s-2023-970-1", "s-9696-1", "s-3710-1"]),
            ("vetoed_by=CHN&kind=text&since=1971-10-25", ["s-2007-14-1", "s-10771-1"]),
        ],
    )
    def test_filter_selects_the_expected_vetoes(self, council: Maker, query: str, slugs: list[str]):
        record = load()
        listing = Listing(QueryDict(query), record)

        assert {record.list_rows[key][1] for key in listing.keys} == set(slugs)

    def test_only_permanent_members_against_a_vetoed_proposal_count(self, council: Maker):
        record = load()
        by_slug = {row[1]: key for key, row in record.list_rows.items()}

        def vetoers(slug: str) -> set[str]:
            place = record.register.keys.tolist().index(by_slug[slug])
            bits = int(record.register.vetoes[place])
            return {code for at, code in enumerate(record.register.veto_codes) if bits >> at & 1}

        # The Soviet Union's are counted as the Russian Federation's; South Africa and Poland are not permanent.
        assert vetoers("s-pv-45-1") == {"RUS", "SUN"}
        assert vetoers("s-2007-14-1") == {"CHN", "RUS"}
        # Three permanent members against, and too few in favour.
        assert vetoers("s-2023-772-1") == set()
        # Against in the Assembly.
        assert vetoers("a-res-es-11-7") == set()

    def test_former_permanent_member_casts_no_veto(self, council: Maker):
        held = council.council.memberships.get(state__code="USA")
        held.until = "1970-03-17"
        held.save()

        assert Listing(QueryDict("vetoed_by=USA"), load()).totals["roll_calls"] == 0


class TestCount:
    """A draft counts once."""

    def test_vetoes_are_counted_by_member_and_decade(self, council: Maker):
        count = veto_count(load())

        assert count.members == tuple(MEMBERS)
        found = [
            (decade, *vetoes, drafts)
            for decade, vetoes, drafts in zip(count.decades, count.vetoes.tolist(), count.drafts.tolist(), strict=True)
        ]
        assert found == COUNTED
        assert (*count.vetoes.sum(axis=0).tolist(), len(count.keys)) == TOTALS
        assert count.others == 3
        assert (count.votes, count.first and count.first.isoformat(), count.last and count.last.isoformat()) == (
            13,
            "1946-02-16",
            "2025-02-24",
        )

    def test_adoption_without_a_vote_is_not_counted(self, council: Maker):
        council.roll_call("quiet", body=council.council, session=None, method="without-vote")

        assert veto_count(load()).votes == 13


class TestPage:
    """The page of vetoes."""

    def test_each_figure_equals_the_list_it_links_to(self, council: Maker):
        page = get("/vetoes/")
        found: dict[str, list[str]] = {}
        for row in page.select(".veto-table :is(tbody, tfoot) tr"):
            own = found.setdefault(text(one(row, "th")), [])
            for cell in row.select("td"):
                links = [str(link["href"]) for link in cell.select("a")]
                assert len(links) == bool(int(text(cell)))
                for link in links:
                    lists = get(link)
                    assert problems(lists) == []
                    assert selected(lists) == int(text(cell)), link
                own += links
        assert found["1950s"] == [
            "/roll-calls/?result=vetoed&vetoed_by=FRA&since=1950-01-01&until=1959-12-31&kind=text",
            "/roll-calls/?result=vetoed&vetoed_by=GBR&since=1950-01-01&until=1959-12-31&kind=text",
            "/roll-calls/?result=vetoed&since=1950-01-01&until=1959-12-31&kind=text",
        ]

    def test_table_shows_vetoes_by_decade_and_member(self, council: Maker):
        page = get("/vetoes/")

        assert texts(page, ".veto-table thead .name-wide") == [
            "China",
            "France",
            "Russian Federation (Soviet Union until 1991)",
            "United Kingdom",
            "United States",
        ]
        assert texts(page, ".veto-table thead abbr") == MEMBERS
        assert table(page, ".veto-table") == [[f"{decade}s", *map(str, figures)] for decade, *figures in COUNTED]
        assert texts(page, ".veto-table tfoot td") == list(map(str, TOTALS))

    def test_latest_vetoes_show_who_voted_how(self, council: Maker):
        page = get("/vetoes/")
        first, second, third, *others = page.select("ol.rows > li")

        assert rows(page)[0] == ("S/2023/970", "2023-12-08", "13-1-1", "vetoed")
        assert texts(first, "dt") == ["Vetoed by", "Abstaining", "In favour"]
        assert texts(first, "dd")[:2] == ["United States", "United Kingdom"]
        assert text(one(second, ".symbol")) == "S/2022/155"
        assert texts(third, "dt") == ["Vetoed by", "Also against", "Abstaining", "In favour"]
        assert texts(third, "dd")[:3] == ["China, Russian Federation", "South Africa", "Congo, Indonesia, Qatar"]
        # With the names of the day, and non-voting.
        assert texts(others[-1], "dt") == ["Vetoed by", "Abstaining", "Non-voting", "In favour"]
        assert texts(others[-1], "dd")[0] == "Union of Soviet Socialist Republics"

    def test_page_states_what_is_counted(self, council: Maker):
        page = get("/vetoes/")
        said = " ".join(texts(page, "dd, .hint, .lead"))

        assert text(one(page, ".lead")) == (
            "8 drafts vetoed in 13 recorded votes of the Council, from 16 February 1946 to 24 February 2025."
        )
        assert "a draft counts once. Votes on its paragraphs, its amendments" in said
        assert "3 such votes ended in a veto" in said
        assert "A draft vetoed by two members counts once for each of them, and once in the last column" in said
        assert "24 December 1991" in said
        assert "25 October 1971" in said
        assert "seven of eleven members until the end of 1965" in said
        (others,) = [str(link["href"]) for link in page.select("#counted ~ dl a")]
        assert selected(get(others)) == TOTALS[-1] + 3

    def test_page_has_metadata_is_in_the_sitemap_and_is_linked(self, council: Maker):
        page = get("/vetoes/")

        assert text(one(page, "head > title")) == "Security Council vetoes · Plenary"
        alternates = [str(link["href"]) for link in page.select("link[rel=alternate]")]
        assert alternates == ["http://testserver/vetoes.csv", "http://testserver/vetoes.json"]
        assert "http://testserver/vetoes/" in Client().get("/sitemap-pages.xml").content.decode()
        for address in ("/", "/resolutions/", "/roll-calls/", "/resolutions/S/2022/155"):
            assert get(address).select("a[href='/vetoes/']"), address
        assert "/vetoes/" in Client().get("/llms.txt").content.decode()

    def test_unknown_parameters_are_named(self, council: Maker):
        assert problems(get("/vetoes/?decade=1950")) == ["Ignored unknown parameters: decade."]

    @pytest.mark.parametrize("is_empty", [True, False])
    def test_record_without_vetoes_says_so(self, maker: Maker, is_empty: bool):
        RollCall.objects.filter(slug="s-2022-155").delete()
        if is_empty:
            RollCall.objects.filter(body=maker.council).delete()
        page = get("/vetoes/")

        assert texts(page, ".empty") == [
            "No vote of the Security Council is on record."
            if is_empty
            else "The record holds 1 recorded vote of the Council, of 24 February 2025; "
            "it did not end in a veto of a draft."
        ]
        assert page.select("table, svg.picture") == []
        assert len(read_csv()) == (0 if is_empty else 1)
        assert Client().get("/vetoes.svg").status_code == 200

    def test_query_count_does_not_grow_with_vetoes(
        self, maker: Maker, django_assert_num_queries: DjangoAssertNumQueries
    ):
        with django_assert_num_queries(2):
            Client().get("/vetoes/")
        write_council(maker)
        with django_assert_num_queries(2):
            Client().get("/vetoes/")


def read_csv() -> list[dict[str, str]]:
    """Return the rows of the table as CSV."""
    return list(csv.DictReader(io.StringIO(Client().get("/vetoes.csv").content.decode())))


class TestFiles:
    """The files of the page."""

    def test_csv_has_a_row_for_each_decade(self, council: Maker):
        found = read_csv()

        assert list(found[0]) == HEADER
        assert [tuple(int(row[name]) for name in ("decade", *HEADER[3:])) for row in found] == COUNTED
        assert (found[1]["since"], found[1]["until"]) == ("1950-01-01", "1959-12-31")

    def test_json_has_members_totals_and_decades(self, council: Maker):
        said = Client().get("/vetoes.json").json()

        assert said["members"][2] == {
            "code": "RUS",
            "name": "Russian Federation (Soviet Union until 1991)",
            "vetoes_of": ["RUS", "SUN"],
            "vetoes": 4,
        }
        assert (said["vetoed_drafts"], said["other_votes_that_ended_in_a_veto"]) == (8, 3)
        assert [
            (decade["decade"], *decade["vetoes"].values(), decade["vetoed_drafts"]) for decade in said["decades"]
        ] == COUNTED
        assert said["drafts"][0] == {
            "roll_call": "s-2023-970-1",
            "symbol": "S/2023/970",
            "date": "2023-12-08",
            "title": "The situation in the Middle East",
            "vetoed_by": ["USA"],
            "tally": "13-1-1",
        }
        assert [(draft["symbol"], draft["vetoed_by"]) for draft in said["drafts"][-2:]] == [
            (None, ["SUN"]),
            (None, ["SUN"]),
        ]

    def test_picture_shows_vetoes_by_member_and_decade(self, council: Maker, monkeypatch: pytest.MonkeyPatch):
        root = ET.fromstring(Client().get("/vetoes.svg").content)  # noqa: S314  # our own
        shown = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]

        for label in ("China", "Russian Federation (Soviet Union until 1991)", "1940s", "2020s"):
            assert label in shown
        bars = [bar for bar in root.iter("{http://www.w3.org/2000/svg}rect") if bar.get("class") == "fill-N"]
        assert len(bars) == sum(figure > 0 for row in COUNTED for figure in row[1:-1])
        monkeypatch.setattr(answers, "png", str.encode)
        assert Client().get("/vetoes.png")["Content-Type"] == "image/png"

    @pytest.mark.parametrize("form", ["csv", "json", "svg", "png"])
    def test_files_take_no_parameters(self, form: str):
        answer = Client().get(f"/vetoes.{form}?decade=1950")

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["decade"])


UNKNOWN = "“{}” was never a permanent member; the permanent members are CHN, FRA, GBR, RUS, SUN, USA."


class TestFilter:
    """``vetoed_by`` on pages, in files, feeds and the API."""

    @pytest.mark.parametrize("value", ["DEU", "usa", "nobody"])
    def test_filter_by_another_state_is_an_error(self, council: Maker, value: str):
        page = get(f"/roll-calls/?vetoed_by={value}")

        assert problems(page) == [f"Vetoed by: {UNKNOWN.format(value)}"]
        assert text(one(page, "#vetoed_by-error")) == UNKNOWN.format(value)
        assert one(page, ".facet [aria-invalid]")["name"] == "vetoed_by"
        for address in ("/roll-calls.csv", "/votes.json", "/resolutions.atom", "/api/v1/roll-calls/"):
            answer = Client().get(f"{address}?vetoed_by={value}")
            assert answer.status_code == 400, address
            assert answer.json()["errors"] == {"vetoed_by": [UNKNOWN.format(value)]}, address

    def test_filter_by_several_members_matches_any(self, council: Maker):
        query = "vetoed_by=CHN&vetoed_by=RUS&kind=text"
        expected = {"s-2022-155", "s-2007-14-1", "s-10771-1", "s-pv-45-1", "s-pv-23-1"}

        assert selected(get(f"/roll-calls/?{query}")) == len(expected)
        assert {row["slug"] for row in asked(f"/roll-calls.json?{query}")} == expected
        assert {row["slug"] for row in asked(f"/api/v1/roll-calls/?{query}")} == expected
        assert {row["roll_call"] for row in asked(f"/votes.json?{query}")} == expected
        assert len(ET.fromstring(Client().get(f"/roll-calls.atom?{query}").content)) >= len(expected)  # noqa: S314

    def test_facet_lists_permanent_members_with_counts(self, council: Maker):
        page = get("/roll-calls/?vetoed_by=GBR&vetoed_by=USA")

        boxes = page.select("input[name=vetoed_by]")
        assert {box["type"] for box in boxes} == {"checkbox"}
        assert [str(box["value"]) for box in boxes if box.has_attr("checked")] == ["GBR", "USA"]
        assert texts(page, ".facet:has([name=vetoed_by]) label span:first-of-type") == [
            "China",
            "France",
            "Russian Federation (Soviet Union until 1991)",
            "Soviet Union",
            "United Kingdom",
            "United States",
        ]
        assert facets(page)["vetoed_by"] == {"CHN": 3, "FRA": 1, "RUS": 5, "SUN": 3, "GBR": 2, "USA": 3}
        assert "vetoed_by" not in facets(get("/roll-calls/?body=GA"))


def asked(address: str) -> list[dict[str, Any]]:
    """Return the rows of an answer in JSON."""
    response = Client().get(address)
    said = json.loads(response.getvalue())
    found: list[dict[str, Any]] = said["results"] if "results" in said else said["rows"]
    return found


class TestVote:
    """The page of a vote of the Council."""

    def test_vetoed_vote_states_requirement_and_vetoing_members(self, council: Maker):
        old = get("/roll-calls/s-pv-23-1/")

        assert text(one(old, ".explanation")) == (
            "Vetoed: 7 votes in favour of the 7 needed, but a permanent member voted against: Union of "
            "Soviet Socialist Republics."
        )
        assert text(one(old, ".explanation + .hint")) == (
            "Until the end of 1965, seven of the Council’s eleven members had to be in favour and no permanent member "
            "against (Charter, Article 27)."
        )
        assert "Vetoed by: Union of Soviet Socialist Republics." in texts(old, "section[aria-labelledby=who] > p")
        assert texts(old, ".group-X li") == ["France permanent", "United Kingdom permanent"]
        assert text(one(old, ".group-X .hint")) == (
            "Absent, or did not participate. Not a position: it does not count towards the votes needed and is not a "
            "veto."
        )
        assert texts(old, ".sheet th .seat") == ["permanent"] * 5
        assert texts(get("/resolutions/A/RES/ES-11/7"), ".seat") == []

    @pytest.mark.parametrize(
        ("slug", "said"),
        [
            ("oral-amendment-1", "This was a vote on an amendment, not on the whole text."),
            ("s-3502-1", "This was a vote on a part of the text, not on the whole of it."),
        ],
    )
    def test_vetoed_vote_on_a_part_says_so(self, council: Maker, slug: str, said: str):
        page = get(f"/roll-calls/{slug}/")

        assert f"{said} It is not counted among the vetoed drafts." in texts(page, ".verdict > p")
        assert one(page, ".verdict a[href='/vetoes/#counted']")

    def test_permanent_members_against_a_rejected_draft_cast_no_veto(self, council: Maker):
        page = get("/resolutions/S/2023/772")

        assert text(one(page, ".explanation")) == "Rejected: 5 votes in favour of the 9 needed."
        assert "Permanent members against: France, United Kingdom, United States." in texts(
            page, "section[aria-labelledby=who] > p"
        )
        assert page.select(".verdict a[href^='/vetoes/']") == []
