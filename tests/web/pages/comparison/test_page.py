"""The page that compares states and its files, against counting, and its errors."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.web.records import LANDMARKS, Maker, Twin, get, one, problems, table, text, texts
from votes.models import RollCall

if TYPE_CHECKING:
    from bs4 import Tag

pytestmark = pytest.mark.usefixtures("record")

ADDRESS = "/compare/states/"
TOOK = ("for", "abstain", "against")
DATES = {symbol: date for symbol, date, *_ in LANDMARKS}


def page_of(*states: str, **asked: str) -> Tag:
    query = "&".join([*(f"state={state}" for state in states), *(f"{name}={value}" for name, value in asked.items())])
    return get(f"{ADDRESS}?{query}")


def taken(twin: Twin, *states: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the symbols and positions of the landmark votes in which all took a position, newest first."""
    rows = [(cast.symbol, tuple(twin.position(state, cast) for state in states)) for cast in twin.casts]
    return [(symbol, positions) for symbol, positions in rows if set(positions) <= {*TOOK}]


def shown_cell(share: float | None, of: int) -> str:
    """Return a share as a table shows it: a dash below ten roll calls."""
    return f"{100 * share:.1f}% {of}" if share is not None and of >= 10 else f"– {of}"


class TestStart:
    """What a reader finds who has not asked yet, or asked amiss."""

    def test_page_without_states_has_a_form_and_working_examples(self):
        page = get(ADDRESS)

        assert texts(page, "h1") == ["Compare states"]
        assert page.select(".problem, [role=alert]") == []
        links = [str(link["href"]) for link in page.select("#ready ~ ul a")]
        assert links[0] == "/compare/states/?state=USA&state=RUS"
        assert len(links) == 6
        for link in links:
            assert len(get(link).select("#differed")) == 1, link

    def test_single_state_asks_for_another(self):
        page = page_of("USA")

        assert texts(page, "main [role=status]") == ["Choose one more state or bloc to compare with United States."]
        assert texts(page, ".chosen strong") == ["USA"]

    def test_added_codes_become_state_parameters(self):
        response = Client().get(f"{ADDRESS}?state=USA&add=&add=FRA&add=+gbr,+fra+&since=2000-01-01&until=&topic=")

        assert response.status_code == 302
        assert response["Location"] == ("/compare/states/?state=USA&state=FRA&state=GBR%2CFRA&since=2000-01-01")

    def test_empty_form_fields_are_dropped_from_the_address(self):
        response = Client().get(f"{ADDRESS}?state=USA&add=&since=&measure=&kind=")

        assert response["Location"] == "/compare/states/?state=USA"

    def test_each_party_can_be_removed(self):
        page = page_of("USA", "eu", "USA,FRA", topic="decolonization")

        assert [str(link["href"]) for link in page.select(".chosen a")] == [
            "/compare/states/?state=eu&state=USA%2CFRA&topic=decolonization",
            "/compare/states/?state=USA&state=USA%2CFRA&topic=decolonization",
            "/compare/states/?state=USA&state=eu&topic=decolonization",
        ]
        assert [str(field["value"]) for field in page.select(".chosen input[name=state]")] == ["USA", "eu", "USA,FRA"]

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("state=USA&state=XXX", "States and blocs: Unknown state code: “XXX”."),
            ("state=USA&state=fra", "States and blocs: Unknown bloc: “fra”. Write state codes in upper case."),
            ("state=USA&state=FRA&state=USA", "States and blocs: “USA” is chosen twice."),
            ("state=USA,FRA&state=FRA,USA", "States and blocs: “FRA,USA” is chosen twice."),
            (
                "state=USA&state=FRA&state=GBR&state=RUS&state=CHN&state=IND&state=BRA&state=ZAF&state=DEU",
                "States and blocs: Choose at most 8.",
            ),
            (
                "state=USA&state=FRA&measure=love",
                "Measure: Unknown value “love”; choose one of agreement, lijphart, coincidence, kappa.",
            ),
            ("state=USA&state=FRA&body=XX", "Body: Unknown value “XX”; choose one of GA, SC."),
            ("state=USA&state=FRA&since=2000-01-01&until=1998-12-31", "To: The period ends before it begins."),
        ],
    )
    def test_invalid_value_is_an_error_and_shows_nothing(self, query: str, said: str):
        page = get(f"{ADDRESS}?{query}")

        assert problems(page) == [said]
        assert page.select(".comparison") == []

    def test_error_is_beside_its_field(self):
        page = page_of("USA", "XXX", "USA")

        assert texts(page, "#state-error") == ["Unknown state code: “XXX”. “USA” is chosen twice."]
        assert str(one(page, "fieldset.parties")["aria-describedby"]) == "state-error"

    def test_unknown_parameter_is_named(self):
        page = page_of("USA", "FRA", colour="red")

        assert ["colour" in said for said in problems(page)] == [True]
        assert len(page.select(".comparison")) == 1


class TestTwo:
    """A comparison of two, on the landmark votes."""

    @pytest.fixture
    def both(self, twin: Twin) -> list[tuple[str, tuple[str, ...]]]:
        return taken(twin, "USA", "FRA")

    def test_headline_states_the_share_of_equal_positions(self, both: list[tuple[str, tuple[str, ...]]]):
        same = sum(a == b for _symbol, (a, b) in both)
        page = page_of("USA", "FRA")

        assert texts(page, ".tally-large .tally") == [f"{100 * same / len(both):.1f}%"]
        assert texts(page, ".explanation") == [
            (
                f"United States and France took the same position in {same} of {len(both)} recorded votes "
                "in which both took one."
            )
        ]
        assert texts(page, ".page-head .lead") == ["Recorded votes from 25 October 1971 to 24 February 2025"]

    def test_measures_equal_counting(self, both: list[tuple[str, tuple[str, ...]]]):
        sides = [(a, b) for _symbol, (a, b) in both if "abstain" not in (a, b)]
        number, same = len(both), sum(a == b for _symbol, (a, b) in both)
        half = sum((a != b) / 2 for _symbol, (a, b) in both if "abstain" in (a, b))
        counts = [Counter(positions[place] for _symbol, positions in both) for place in (0, 1)]
        chance = sum(counts[0][word] * counts[1][word] for word in TOOK) / number**2
        kappa = (same / number - chance) / (1 - chance)

        rows = table(page_of("USA", "FRA"), ".measures")

        assert [row[0].split(" the ")[0].split(" agreement ")[0] for row in rows] == [
            "Agreement", "Lijphart’s index", "Voting coincidence", "Cohen’s kappa",
        ]  # fmt: skip
        assert [row[1] for row in rows] == [
            shown_cell(same / number, number),
            shown_cell((same + half) / number, number),
            shown_cell(sum(a == b for a, b in sides) / len(sides), len(sides)),
            f"{kappa:.2f} {number}",
        ]

    def test_table_of_choices_equals_counting(self, both: list[tuple[str, tuple[str, ...]]]):
        pairs = Counter(positions for _symbol, positions in both)
        page = page_of("USA", "FRA")

        lines = [[str(pairs[a, b]) for b in TOOK] for a in TOOK]
        assert table(page, ".choices") == [
            [label, *line, str(sum(map(int, line)))]
            for label, line in zip(("In favour", "Abstaining", "Against"), lines, strict=True)
        ]
        assert texts(page, ".choices tfoot td") == [
            *(str(sum(pairs[a, b] for a in TOOK)) for b in TOOK), str(len(both)),
        ]  # fmt: skip
        assert texts(page, ".choices .same") == [str(pairs[word, word]) for word in TOOK]

    def test_largest_differences_come_first(self, both: list[tuple[str, tuple[str, ...]]]):
        steps = {word: step for step, word in enumerate(TOOK)}
        apart = {symbol: abs(steps[a] - steps[b]) for symbol, (a, b) in both if a != b}
        page = page_of("USA", "FRA")

        shown = [
            (text(one(row, ".symbol")), texts(row, ".row-how p")) for row in page.select("#differed ~ ol.rows > li")
        ]

        # Two votes of one day stand in the order of their slugs, the last first.
        slugs = dict(RollCall.objects.values_list("resolution__symbol", "slug"))
        order = sorted(apart, key=lambda symbol: (DATES[symbol], slugs[symbol]), reverse=True)
        assert [symbol for symbol, _said in shown] == sorted(order, key=lambda symbol: -apart[symbol])[:15]
        assert text(one(page, "#differed .count")) == str(len(apart))
        words = {"for": "In favour", "abstain": "Abstaining", "against": "Against"}
        positions = dict(both)
        for symbol, said in shown:
            a, b = positions[symbol]
            expected = {f"{words[a]}: United States", f"{words[b]}: France"}
            assert {*said} == expected, symbol

    def test_link_leads_to_all_votes_on_which_they_differed(self, both: list[tuple[str, tuple[str, ...]]]):
        differed = sum(a != b for _symbol, (a, b) in both)
        narrowed = page_of("USA", "eu", since="1980-01-01", body="GA")

        link = one(page_of("USA", "FRA"), "#differed ~ p a[href^='/roll-calls/']")
        assert str(link["href"]) == "/roll-calls/?differ=USA~FRA"
        assert text(one(get(str(link["href"])), ".selection strong")) == str(differed)
        assert str(one(narrowed, "#differed ~ p a")["href"]) == "/roll-calls/?body=GA&since=1980-01-01&differ=USA~eu"
        assert text(one(get(str(one(narrowed, "#differed ~ p a")["href"])), ".selection strong")) == (
            text(one(narrowed, "#differed .count"))
        )
        assert page_of("USA", "GBR,FRA").select("#differed ~ p a") == []

    def test_text_counts_under_each_of_its_topics(self, twin: Twin, both: list[tuple[str, tuple[str, ...]]]):
        about: dict[str, set[str]] = {}
        for symbol, topic in RollCall.objects.values_list("resolution__symbol", "resolution__topics__name"):
            about.setdefault(topic or "None of these", set()).add(symbol)
        expected = []
        for topic, symbols in about.items():
            met = [a == b for symbol, (a, b) in both if symbol in symbols]
            if met:
                expected.append((topic, shown_cell(sum(met) / len(met) if met else None, len(met))))

        rows = [(row[0], row[-1]) for row in table(page_of("USA", "FRA"), ".by-topic")]

        assert sorted(rows) == sorted(expected)
        # On some topics of the landmarks only one of these two took a position, or neither.
        assert 0 < len(table(page_of("SUN", "CHN"), ".by-topic")) < len(rows)
        assert not page_of("SUN", "RUS").select(".by-topic, #topics")

    def test_fewer_than_ten_votes_give_no_share(self):
        page = page_of("USA", "FRA", since="2022-01-01")

        assert page.select(".tally-large") == []
        [said] = texts(page, ".explanation")
        assert said.startswith(
            "United States and France both took a position in 5 of these recorded votes: fewer than 10"
        )
        assert [row[1] for row in table(page, ".measures")] == ["– 5", "– 5", "– 3", "– 5"]

    def test_parties_without_common_votes_are_explained(self):
        page = page_of("SUN", "RUS")

        assert texts(page, ".explanation") == [
            (
                "No recorded vote here in which both Union of Soviet Socialist Republics and "
                "Russian Federation took a position. Choose another period or other states."
            )
        ]
        assert texts(page, "#differed ~ .empty") == ["They did not differ in any of these votes."]


class TestPeriods:
    """What depends on when votes were taken."""

    def many(self, maker: Maker, year: int, votes: str, number: int) -> None:
        for n in range(number):
            maker.roll_call(
                f"vote-{year}-{n}-{votes[4].lower()}{votes[-1].lower()}", votes, date=datetime.date(year, 6, 1 + n)
            )

    def test_preceding_period_and_change_are_shown(self, maker: Maker):
        self.many(maker, 1991, "USA:Y FRA:Y", 6)
        self.many(maker, 1991, "USA:Y FRA:N", 4)
        self.many(maker, 1992, "USA:Y FRA:Y", 9)
        self.many(maker, 1992, "USA:Y FRA:A", 3)

        page = page_of("USA", "FRA", since="1992-01-01", until="1992-12-31")

        assert texts(page, ".tally-large .tally") == ["75.0%"]
        # A/RES/46/86 of 16 December 1991 is the eleventh, and both were in favour.
        assert texts(page, ".change") == [
            "In the period before, 1 January 1991 to 31 December 1991, it was 63.6% of 11: a change of +11.4 points."
        ]
        assert str(one(page, ".change a")["href"]) == (
            "/compare/states/?state=USA&state=FRA&since=1991-01-01&until=1991-12-31"
        )
        assert table(page, ".measures")[0][1:] == ["75.0% 12", "63.6% 11", "+11.4"]
        assert texts(page, ".choices tfoot td") == ["9", "3", "0", "12"]

    def test_no_change_if_the_preceding_period_has_too_few_votes(self, maker: Maker):
        self.many(maker, 1992, "USA:Y FRA:Y", 10)

        page = page_of("USA", "FRA", since="1992-01-01", until="1992-12-31")

        assert texts(page, ".change") == [
            (
                "In the period before, 1 January 1991 to 31 December 1991, both took a position in 1; "
                "no change is shown where either period has fewer than 10."
            )
        ]
        assert table(page, ".measures")[0][1:] == ["100.0% 10", "– 1", "–"]

    def test_periods_ending_with_the_record_are_offered_by_default(self):
        links = page_of("USA", "FRA", body="GA").select("p.hint a[href*='until=']")

        assert [(text(link), str(link["href"])) for link in links] == [
            (f"the last {years} years", f"/compare/states/?state=USA&state=FRA&body=GA&since={since}&until=2025-02-24")
            for years, since in ((5, "2020-02-25"), (10, "2015-02-25"))
        ]

    def test_years_are_sorted_newest_first(self, maker: Maker):
        self.many(maker, 1992, "USA:Y FRA:Y", 10)
        self.many(maker, 1994, "USA:Y FRA:N", 11)

        rows = table(page_of("USA", "FRA", since="1992-01-01", until="1994-12-31"), ".by-part")

        assert [(row[0], row[1]) for row in rows] == [("1994", "0.0% 11"), ("1992", "100.0% 10")]

    def test_change_of_chinas_seat_is_noted_if_the_period_spans_it(self, maker: Maker):
        maker.roll_call("old", "USA:Y CHN:Y", date=datetime.date(1970, 1, 1))
        note = (
            "The representation of China’s seat changed on 25 October 1971. "
            "Votes before and after are those of two governments."
        )

        assert texts(page_of("USA", "CHN"), ".note p") == [note]
        assert texts(page_of("USA", "p5"), ".note p")[-1] == note
        assert texts(page_of("USA", "FRA"), ".note p") == []
        assert texts(page_of("USA", "CHN", since="1985-01-01", until="1989-12-31"), ".note p") == []
        # The preceding period, 1961 to 1971, lies on the other side.
        assert texts(page_of("USA", "CHN", since="1971-10-25", until="1981-10-25"), ".note p") == [note]


class TestSeveral:
    """A comparison of three and more."""

    def test_matrix_shows_the_agreement_of_each_pair(self, twin: Twin):
        states = ("USA", "FRA", "eu", "nato")
        page = page_of(*states)

        def cell(one: str, other: str) -> str:
            if one == other:
                return "–"
            met = [a == b for _symbol, (a, b) in taken(twin, one, other)]
            return shown_cell(sum(met) / len(met), len(met))

        assert [row[1:] for row in table(page, ".pairs-matrix")] == [[cell(a, b) for b in states] for a in states]
        assert [str(link["href"]) for link in page.select(".pairs-matrix td a")][:3] == [
            f"/compare/states/?state=USA&state={other}" for other in states[1:]
        ]

    def test_link_to_a_pair_keeps_the_filters(self):
        page = page_of("USA", "FRA", "GBR", body="GA", since="1990-01-01")

        assert str(page.select(".pairs-matrix td a")[0]["href"]) == (
            "/compare/states/?body=GA&since=1990-01-01&state=USA&state=FRA"
        )

    def test_page_states_how_often_all_agreed(self, twin: Twin):
        met = taken(twin, "USA", "FRA", "RUS")
        same = sum(len(set(positions)) == 1 for _symbol, positions in met)

        assert texts(page_of("USA", "FRA", "RUS"), ".explanation")[1] == (
            f"All took the same position in {same} of {len(met)} recorded votes in which all took one."
        )

    def test_the_measure_can_be_chosen(self, twin: Twin):
        page = page_of("USA", "FRA", "GBR", measure="lijphart")
        met = [(a, b) for _symbol, (a, b) in taken(twin, "USA", "FRA")]
        points = sum((a == b) + ("abstain" in (a, b) and a != b) / 2 for a, b in met)

        assert table(page, ".pairs-matrix")[0][2] == shown_cell(points / len(met), len(met))
        assert text(one(page, "#measure option[selected]")) == "Lijphart’s index"

    def test_groups_explain_positions_and_name_common_members(self):
        notes = texts(page_of("USA", "nato", "USA,GBR", since="2010-01-01"), ".note p")

        assert notes == [
            (
                "NATO; United States, United Kingdom: a group’s position is the choice more of its voting members "
                "made than any other; a tie is no position."
            ),
            "United States belongs to NATO: its own vote counts in that position too.",
            "United States belongs to USA,GBR: its own vote counts in that position too.",
            (
                "NATO and USA,GBR have 2 members in common, whose votes count in both positions: "
                "United Kingdom and United States."
            ),
        ]

    def test_most_divided_votes_come_first(self, twin: Twin):
        steps = {word: step for step, word in enumerate(TOOK)}
        states = ("USA", "FRA", "RUS")
        apart = {}
        for cast in twin.casts:
            real = [steps[word] for state in states if (word := twin.position(state, cast)) in steps]
            apart[cast.symbol] = sum(abs(a - b) for a, b in combinations(real, 2))

        shown = texts(page_of(*states), "#differed ~ ol.rows .symbol")

        assert [apart[symbol] for symbol in shown] == sorted((n for n in apart.values() if n), reverse=True)[:15]

    def test_more_than_four_parties_are_charted_with_the_first(self):
        page = page_of("USA", "FRA", "GBR", "RUS", "CHN")

        assert texts(page, ".picture .f-ink") == ["USA–FRA", "USA–GBR", "USA–RUS", "USA–CHN"]
        assert texts(page_of("USA", "FRA", "GBR", "RUS"), ".picture .f-ink") == [
            "USA–FRA", "USA–GBR", "USA–RUS", "FRA–GBR", "FRA–RUS", "GBR–RUS",
        ]  # fmt: skip


class TestFiles:
    """The same as files, for programs."""

    def file(self, form: str, query: str) -> Any:
        return Client().get(f"/compare/states.{form}?{query}")

    def test_csv_has_a_row_for_each_pair_and_scope(self, twin: Twin):
        response = self.file("csv", "state=USA&state=FRA&state=eu&since=1975-01-01")
        rows = list(csv.DictReader(io.StringIO(response.content.decode())))

        assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert list(rows[0]) == [
            "one", "other", "scope", "value", "roll_calls",
            "agreement", "lijphart", "coincident", "coincidence", "kappa",
        ]  # fmt: skip
        overall = [row for row in rows if row["scope"] == "overall"]
        assert [(row["one"], row["other"]) for row in overall] == [("USA", "FRA"), ("USA", "eu"), ("FRA", "eu")]
        for row in overall:
            met = [
                positions
                for symbol, positions in taken(twin, row["one"], row["other"])
                if DATES[symbol] >= "1975-01-01"
            ]
            assert row["roll_calls"] == str(len(met))
            assert float(row["agreement"]) == round(sum(a == b for a, b in met) / len(met), 6)
        assert {row["scope"] for row in rows} == {"overall", "preceding", "year", "topic"}
        years = [row for row in rows if row["scope"] == "year" and row["one"] == "USA" and row["other"] == "FRA"]
        assert [row["value"] for row in years] == [str(year) for year in range(1975, 2026)]
        assert {row["agreement"] for row in years} == {""}  # never ten of these in a year
        assert sum(int(row["roll_calls"]) for row in years) == int(overall[0]["roll_calls"])

    def test_json_has_the_query_parties_and_figures(self, twin: Twin):
        met = taken(twin, "USA", "FRA")
        content = self.file("json", "state=USA&state=FRA&body=GA").json()
        met = [(symbol, positions) for symbol, positions in met if not symbol.startswith("S/")]

        assert content["question"] == {"body": "GA"}
        assert [party["party"] for party in content["parties"]] == ["USA", "FRA"]
        assert (content["minimum_roll_calls"], content["preceding"]) == (10, None)
        [pair] = content["pairs"]
        assert pair["overall"]["roll_calls"] == len(met)
        assert pair["overall"]["table"] == {
            a: {b: sum(positions == (a, b) for _symbol, positions in met) for b in TOOK} for a in TOOK
        }
        assert (pair["preceding"], pair["change"]["agreement"]) == (None, None)
        slugs = dict(RollCall.objects.values_list("slug", "resolution__symbol"))
        assert {slugs[row["roll_call"]]: row["positions"] for row in content["differed"]} == {
            symbol: {"USA": a, "FRA": b} for symbol, (a, b) in met if a != b
        }
        assert content["record"]["address"] == "http://testserver/compare/states.json?state=USA&state=FRA&body=GA"

    def test_svg_file_equals_the_picture_on_the_page(self, maker: Maker):
        for n in range(10):
            maker.roll_call(f"more-{n}", "USA:Y FRA:Y", date=datetime.date(1990, 1, 1 + n))
        response = self.file("svg", "state=USA&state=FRA")
        drawn = response.content.decode()

        assert response["Content-Type"] == "image/svg+xml"
        shown = str(one(page_of("USA", "FRA"), "svg.picture desc").string)
        assert shown == "United States – France: lowest in 1990 with 100.0%, highest in 1990 with 100.0%."
        assert shown in drawn

    @pytest.mark.parametrize("form", ["csv", "json", "svg", "png"])
    @pytest.mark.parametrize(
        ("query", "wrong"),
        [
            ("", "state"),
            ("state=USA", "state"),
            ("state=USA&state=XXX", "state"),
            ("state=USA&state=FRA&measure=love", "measure"),
            ("state=USA&state=FRA&colour=red", "colour"),
            ("state=USA&state=FRA&add=GBR", "add"),
            ("state=USA&state=FRA&since=x", "since"),
        ],
    )
    def test_invalid_query_is_a_problem_document(self, form: str, query: str, wrong: str):
        response = self.file(form, query)

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert list(response.json()["errors"]) == [wrong]

    @pytest.mark.parametrize("address", ["/compare/states/", "/compare/states.csv", "/compare/states.json"])
    def test_same_query_has_the_same_bytes(self, address: str):
        query = "?state=USA&state=eu&state=USA,GBR&state=RUS"

        assert Client().get(address + query).content == Client().get(address + query).content
