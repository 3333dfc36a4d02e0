"""The page of movement between two votes, its files and errors."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.web.records import Maker, Twin, get, one, problems, symbols, table, text, texts
from votes.editing.merging import merge
from votes.editing.publishing import unpublish, withdraw
from votes.models import MemberState, RetiredAddress, RollCall

if TYPE_CHECKING:
    from bs4 import Tag

pytestmark = pytest.mark.usefixtures("record")

ADDRESS = "/compare/roll-calls/"
PAIR = f"{ADDRESS}?a=a-res-es-11-1&b=a-res-es-11-7"
SYMBOLS = ("A/RES/ES-11/1", "A/RES/ES-11/7")

WORDS = {"Y": "In favour", "A": "Abstaining", "N": "Against", "X": "Non-voting"}
NO_FILTER = "Filters have no effect once two recorded votes are chosen."


def both(twin: Twin, *symbols: str) -> dict[str, tuple[str, str]]:
    """Return what each state in both electorates chose, by code."""
    first, second = (next(cast for cast in twin.casts if cast.symbol == symbol) for symbol in symbols)
    return {code: (first.choices[code], second.choices[code]) for code in first.choices.keys() & second.choices.keys()}


def cells(page: Tag, section: str) -> dict[str, list[str]]:
    """Return the names of the states in each cell of a section, by the way they went as it reads."""
    found = {}
    for cell in page.select(f"section[aria-labelledby={section}] > :is(div, details)"):
        way = text(one(cell, "h3, summary")).rpartition(" ")[0]
        found[way] = texts(cell, ".names li")
    return found


class TestAnswer:
    """A/RES/ES-11/1 to A/RES/ES-11/7, counted one by one."""

    def test_page_shows_both_votes_and_how_many_moved(self, twin: Twin):
        page = get(PAIR)
        moved = [pair for pair in both(twin, *SYMBOLS).values() if pair[0] != pair[1]]

        assert text(one(page, "h1")) == "Who moved A/RES/ES-11/1 →to A/RES/ES-11/7"
        assert texts(page, ".versus .tally") == ["141-5-35", "93-18-65"]
        assert text(one(page, "main > .lead")) == f"{len(moved)} of 193 members changed their vote."
        assert len(moved) == 64
        assert texts(page, ".departures li") == [
            "Of 141 that voted in favour, 48 changed: 35 abstained, 7 voted against, 6 did not vote.",
            "Of 35 that abstained, 10 changed: 6 voted against, 4 did not vote.",
            "Of 12 that did not vote, 5 did: 4 abstained, 1 voted against.",
            "Of 5 that voted against, 1 changed: 1 abstained.",
        ]

    def test_the_table_has_every_pair_of_choices(self, twin: Twin):
        counts = Counter(both(twin, *SYMBOLS).values())
        rows = table(get(PAIR), ".transitions")

        # Both electorates are the same 193 members, so that there is no row for those outside one.
        assert [row[0] for row in rows] == list(WORDS.values())
        assert [[int(cell) for cell in row[1:-1]] for row in rows] == [
            [counts[before, after] for after in WORDS] for before in WORDS
        ]
        assert [int(row[-1]) for row in rows] == [141, 35, 5, 12]
        assert texts(get(PAIR), ".transitions tfoot td") == ["93", "65", "18", "17", "193"]

    def test_every_state_is_named_once_in_its_cell(self, twin: Twin):
        dates = [cast.date for symbol in SYMBOLS for cast in twin.casts if cast.symbol == symbol]
        names = {}
        for state in MemberState.objects.all():
            first, second = (state.name_on(date) for date in dates)
            names[state.code] = first if first == second else f"{first} / {second}"
        assert names["TUR"] == "Turkey / Türkiye"
        expected: dict[str, list[str]] = {}
        for code, (before, after) in both(twin, *SYMBOLS).items():
            way = WORDS[before] if before == after else f"{WORDS[before]} → to {WORDS[after]}"
            expected.setdefault(way, []).append(names[code])
        page = get(PAIR)
        shown = cells(page, "moved") | cells(page, "stayed")

        assert {way: sorted(found) for way, found in shown.items()} == {w: sorted(n) for w, n in expected.items()}
        assert shown["In favour → to Against"] == [
            "Haiti", "Hungary", "Israel", "Marshall Islands", "Niger", "Palau", "United States",
        ]  # fmt: skip
        assert page.select("#only") == []

    def test_picture_has_a_text_description(self):
        picture = one(get(PAIR), "svg.flow-picture")

        assert text(one(picture, ":scope > title")) == "Who moved from A/RES/ES-11/1 to A/RES/ES-11/7"
        assert text(one(picture, "desc")).startswith(
            "64 of 193 members moved. From in favour to in favour: 93. From in favour to abstaining: 35."
        )
        assert [text(title) for title in picture.select("path title")][:3] == [
            "In favour → In favour: 93",
            "In favour → Abstaining: 35",
            "In favour → Against: 7",
        ]

    def test_blocs_use_the_members_of_each_date(self):
        rows = {row[0]: row[1:] for row in table(get(PAIR), ".bloc-moves") if len(row) > 1}

        assert rows["EU"] == ["In favour", "In favour", "26", "1", "0", "1", "0", "→ Hungary"]
        assert rows["NATO"] == [
            "In favour", "In favour", "27", "3", "0", "3", "0",
            "→ Hungary, → North Macedonia, → United StatesIn the second vote only: Finland, Sweden.",
        ]  # fmt: skip
        assert rows["CSTO"][-1] == ""

    def test_page_can_be_limited_to_one_bloc(self):
        page = get(f"{PAIR}&bloc=nato")

        assert text(one(page, "main > .lead")) == (
            "3 of 30 members changed their vote. Members of North Atlantic Treaty Organization on the date of each "
            "vote only. All member states"
        )
        assert str(one(page, "main > .lead a")["href"]) == PAIR
        assert [row[0] for row in table(page, ".bloc-moves") if len(row) > 1] == ["NATO"]
        assert cells(page, "only") == {"Not a member → to In favour": ["Finland", "Sweden"]}
        assert table(page, ".transitions")[-1] == ["Not a member", "2", "0", "0", "0", "", "2"]

    def test_states_in_only_one_electorate_did_not_move(self, twin: Twin):
        page = get(f"{ADDRESS}?a=a-res-3379-xxx&b=a-res-46-86")
        first, second = (
            next(cast for cast in twin.casts if cast.symbol == symbol) for symbol in ("A/RES/3379(XXX)", "A/RES/46/86")
        )
        only = cells(page, "only")

        assert sum(map(len, only.values())) == len(first.choices.keys() ^ second.choices.keys())
        assert text(one(page, "main > .lead")).split()[2] == str(len(first.choices.keys() & second.choices.keys()))

    def test_names_are_those_of_each_date(self):
        page = get(f"{ADDRESS}?a=a-res-2758-xxvi&b=a-res-es-11-7")
        named = [
            name for found in (cells(page, "moved"), cells(page, "stayed")) for each in found.values() for name in each
        ]

        assert "Dahomey / Benin" in named
        assert "Benin" not in named

    def test_change_of_chinas_seat_and_different_bodies_are_noted(self):
        seat = "The representation of China’s seat changed on 25 October 1971, between the two votes."
        bodies = "The two votes were taken in different bodies, with different members."

        assert texts(get(f"{ADDRESS}?a=a-res-2758-xxvi&b=a-res-es-11-7"), "main > .note p") == [seat]
        assert texts(get(f"{ADDRESS}?a=s-2022-155&b=a-res-es-11-1"), "main > .note p") == [bodies]
        assert texts(get(PAIR), "main > .note p") == []

    def test_link_reverses_the_comparison(self):
        page = get(PAIR)
        back = next(str(link["href"]) for link in page.select(".picture-files a") if text(link) == "Swap the two votes")

        assert back == f"{ADDRESS}?a=a-res-es-11-7&b=a-res-es-11-1"
        assert texts(get(back), ".versus .tally") == ["93-18-65", "141-5-35"]

    def test_page_says_if_nobody_moved(self, maker: Maker):
        maker.roll_call("one", "USA:Y FRA:N")
        maker.roll_call("two", "USA:Y FRA:N")
        page = get(f"{ADDRESS}?a=one&b=two")

        assert text(one(page, "main > .lead")) == "All 2 members in both votes voted the same way both times."
        assert page.select("#moved") == []

    @pytest.mark.parametrize("first", ["A/RES/ES-11/1", "a/res/es-11/1", "A/ES-11/L.1", "ES-11/1", "A-RES-ES-11-1"])
    def test_symbols_redirect_to_slugs(self, first: str):
        response = Client().get(f"{ADDRESS}?a={first}&b=A/RES/ES-11/7&bloc=eu")

        assert (response.status_code, response["Location"]) == (302, f"{PAIR}&bloc=eu")


class TestBadAddresses:
    """What is wrong is said, and nothing is shown."""

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("a=nowhere&b=a-res-es-11-7", [
                "First vote: No recorded vote and no resolution “nowhere” is in this record."
            ]),
            ("a=a-res-es-11-7&b=a-res-es-11-7", [
                "Second vote: The two votes are the same. Choose another second vote."
            ]),
            ("a=a-res-es-11-7&b=A/RES/ES-11/7", [
                "Second vote: The two votes are the same. Choose another second vote."
            ]),
            ("a=a-res-es-11-1&b=a-res-es-11-7&bloc=nope", ["Members of: Unknown bloc: “nope”."]),
            ("a=a-res-es-11-1&b=a-res-es-11-7&body=GA", [f"Body: {NO_FILTER}"]),
            ("a=a-res-es-11-1&b=a-res-es-11-7&since=2000-01-01&until=2029-12-31&topic=decolonization&kind=text", [
                f"From: {NO_FILTER}", f"To: {NO_FILTER}", f"Topic: {NO_FILTER}", f"Put to the vote: {NO_FILTER}",
            ]),
            ("a=a-res-es-11-1&since=x", ["From: “x” is not a date; dates look like 2022-03-02."]),
        ],
    )  # fmt: skip
    def test_invalid_value_is_an_error_and_shows_nothing(self, query: str, said: list[str]):
        page = get(f"{ADDRESS}?{query}")

        assert problems(page) == said
        assert page.select("svg.flow-picture, .transitions, #offered, #ready") == []

    def test_error_is_beside_its_field(self):
        page = get(f"{ADDRESS}?a=nowhere&b=a-res-es-11-7")

        assert texts(page, "#a-error") == ["No recorded vote and no resolution “nowhere” is in this record."]
        assert one(page, "input#a")["aria-invalid"] == "true"
        assert str(one(page, "input#a")["aria-describedby"]) == "symbols a-error"
        assert str(one(page, "input#b")["value"]) == "A/RES/ES-11/7"

    def test_draft_is_not_found(self, maker: Maker):
        text = maker.text("A/RES/79/900", status="draft")
        maker.roll_call("hidden", "USA:Y", status="draft", resolution=text, decisive=True)

        for name in ("hidden", "A/RES/79/900"):
            assert problems(get(f"{ADDRESS}?a={name}&b=a-res-es-11-7")) == [
                f"First vote: No recorded vote and no resolution “{name}” is in this record."
            ]

    def test_votes_without_positions_cannot_be_compared(self, maker: Maker):
        text = maker.text("A/RES/79/901")
        maker.roll_call(
            "by-hands", method="non-recorded", announced_yes=9, announced_no=1, resolution=text, decisive=True
        )
        maker.text("A/RES/79/902")

        assert problems(get(f"{ADDRESS}?a=by-hands&b=A/RES/79/902")) == [
            "First vote: The record does not say who voted how on “by-hands”.",
            "Second vote: No recorded vote on “A/RES/79/902” is on record.",
        ]

    def test_unknown_parameter_is_named(self):
        page = get(f"{PAIR}&colour=red")

        assert ["colour" in said for said in problems(page)] == [True]
        assert page.select("details .problem") == []
        assert len(page.select("svg.flow-picture")) == 1


class TestOffer:
    """What there is to choose from, until two are named."""

    def test_example_questions_link_to_results(self):
        page = get(ADDRESS)
        links = [str(link["href"]) for link in page.select("#ready ~ ul a")]

        assert links[0] == PAIR
        assert len(links) == 5
        for link in links:
            assert len(get(link).select("#flow")) == 1, link

    def test_filters_select_the_offered_votes(self):
        assert symbols(get(ADDRESS))[:2] == ["S/RES/2774 (2025)", "A/RES/ES-11/8"]
        assert len(symbols(get(ADDRESS))) == 22
        assert symbols(get(f"{ADDRESS}?body=SC")) == ["S/RES/2774 (2025)", "S/2022/155"]
        assert symbols(get(f"{ADDRESS}?body=GA&since=2019-01-01&until=2021-12-31")) == ["A/RES/75/192", "A/RES/74/7"]
        nothing = get(f"{ADDRESS}?body=SC&until=1989-12-31")
        assert texts(nothing, ".empty") == ["No other recorded vote meets all of these conditions. Remove one."]

    def test_choosing_one_vote_then_offers_the_second(self):
        page = get(f"{ADDRESS}?body=SC&bloc=nato")
        first = str(page.select(".take a")[0]["href"])
        assert first == f"{ADDRESS}?body=SC&bloc=nato&a=s-res-2774-2025"

        page = get(f"{ADDRESS}?body=SC&a=s-res-2774-2025&bloc=nato")
        assert texts(page, "#named ~ ol .symbol") == ["S/RES/2774 (2025)"]
        assert texts(page, "#offered ~ ol .symbol") == ["S/2022/155"]
        second = str(one(page, ".take a")["href"])
        # A filter has nothing left to select.
        assert second == f"{ADDRESS}?a=s-res-2774-2025&bloc=nato&b=s-2022-155"
        assert texts(get(second), ".versus .tally") == ["10-0-5", "11-1-3"]

    def test_second_vote_may_be_chosen_first(self):
        page = get(f"{ADDRESS}?b=a-res-es-11-7&body=SC")

        assert str(page.select(".take a")[0]["href"]) == f"{ADDRESS}?b=a-res-es-11-7&a=s-res-2774-2025"

    def test_votes_on_texts_with_the_same_title_are_offered(self, maker: Maker):
        for number, title in ((1, "The embargo"), (2, "The embargo"), (3, "The embargo"), (4, "Another")):
            text = maker.text(f"A/RES/79/{number}", title=title)
            votes = "USA:N FRA:Y" if number != 3 else ""
            date = datetime.date(2020 + number, 1, 1)
            maker.roll_call(f"vote-{number}", votes, resolution=text, decisive=True, title="", date=date)
            maker.roll_call(f"amendment-{number}", "USA:N", resolution=text, kind="amendment", date=date)
        hidden = maker.text("A/RES/79/5", title="The embargo", status="draft")
        maker.roll_call("vote-5", "USA:N", resolution=hidden, decisive=True, status="draft")

        page = get(f"{ADDRESS}?a=vote-1")

        assert texts(page, "#namesakes ~ ol .symbol") == ["A/RES/79/2"]
        assert str(page.select("#namesakes ~ ol .take a")[0]["href"]) == f"{ADDRESS}?a=vote-1&b=vote-2"
        assert get(f"{ADDRESS}?a=vote-4").select("#namesakes") == []

    def test_page_of_a_vote_has_a_compare_form(self):
        form = one(get("/roll-calls/a-res-es-11-7/"), "form.compare-with")

        assert (form["action"], form["method"]) == (ADDRESS, "get")
        assert str(one(form, "input[name=a]")["value"]) == "a-res-es-11-7"
        assert form.select("input[name=b]")
        assert str(one(form, "a")["href"]) == f"{ADDRESS}?a=a-res-es-11-7"


class TestFiles:
    """The same as files, for programs."""

    def test_csv_has_a_row_for_each_state(self, twin: Twin):
        response = Client().get("/compare/roll-calls.csv?a=a-res-es-11-1&b=a-res-es-11-7")
        rows = list(csv.DictReader(io.StringIO(response.content.decode())))
        words = {"Y": "for", "A": "abstain", "N": "against", "X": "nonvoting"}
        expected = both(twin, *SYMBOLS)

        assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert list(rows[0]) == ["state", "name_a", "choice_a", "name_b", "choice_b", "moved", "blocs_a", "blocs_b"]
        assert {row["state"]: (row["choice_a"], row["choice_b"]) for row in rows} == {
            code: (words[a], words[b]) for code, (a, b) in expected.items()
        }
        assert [row["state"] for row in rows] == sorted(expected)
        assert {row["state"] for row in rows if row["moved"] == "yes"} == {
            c for c, (a, b) in expected.items() if a != b
        }
        finland = next(row for row in rows if row["state"] == "FIN")
        assert ["nato" in finland[name].split() for name in ("blocs_a", "blocs_b")] == [False, True]

    def test_outside_an_electorate_cells_are_empty(self):
        def rows(query: str) -> dict[str, dict[str, str]]:
            response = Client().get(f"/compare/roll-calls.csv?a=s-2022-155&b=a-res-es-11-7{query}")
            return {row["state"]: row for row in csv.DictReader(io.StringIO(response.content.decode()))}

        assert list(rows("&bloc=p5")) == ["CHN", "FRA", "GBR", "RUS", "USA"]
        deu = rows("")["DEU"]
        assert (deu["name_a"], deu["choice_a"], deu["moved"], deu["blocs_a"]) == ("", "", "", "")
        assert (deu["name_b"], deu["choice_b"]) == ("Germany", "for")

    def test_json_has_both_votes_and_every_move(self, twin: Twin):
        content = Client().get("/compare/roll-calls.json?a=a-res-es-11-1&b=A/RES/ES-11/7").json()

        assert content["a"]["totals"] == {"for": 141, "against": 5, "abstain": 35, "nonvoting": 12}
        assert (content["b"]["roll_call"], content["b"]["date"]) == ("a-res-es-11-7", "2025-02-24")
        assert (content["in_both_electorates"], content["moved"], content["bloc"]) == (193, 64, None)
        assert sum(cell["number"] for cell in content["transitions"]) == 193
        [against] = [cell for cell in content["transitions"] if (cell["a"], cell["b"]) == ("for", "against")]
        assert against["states"] == ["HTI", "HUN", "ISR", "MHL", "NER", "PLW", "USA"]
        [nato] = [line for line in content["blocs"] if line["bloc"] == "nato"]
        assert nato == {
            "bloc": "nato", "position_a": "for", "position_b": "for", "in_both": 30, "stayed": 27, "moved": 3,
            "towards_in_favour": 0, "towards_against": 3, "to_or_from_non_voting": 0,
            "states_moved": ["HUN", "MKD", "USA"], "in_second_only": ["FIN", "SWE"], "in_first_only": [],
        }  # fmt: skip

    def test_svg_file_equals_the_picture_on_the_page(self):
        drawn = Client().get("/compare/roll-calls.svg?a=a-res-es-11-1&b=a-res-es-11-7")

        assert drawn["Content-Type"] == "image/svg+xml"
        assert str(one(get(PAIR), "svg.flow-picture desc").string) in drawn.content.decode()
        png = Client().get("/compare/roll-calls.png?a=a-res-es-11-1&b=a-res-es-11-7")
        assert png.content[:8] == b"\x89PNG\r\n\x1a\n"

    @pytest.mark.parametrize("form", ["csv", "json", "svg", "png"])
    @pytest.mark.parametrize(
        ("query", "wrong"),
        [
            ("", ["a", "b"]),
            ("a=a-res-es-11-1", ["b"]),
            ("a=ES-11/1&b=a-res-es-11-7", ["a"]),
            ("a=nowhere&b=a-res-es-11-1", ["a"]),
            ("a=a-res-es-11-1&b=a-res-es-11-1", ["b"]),
            ("a=a-res-es-11-1&b=a-res-es-11-7&bloc=nope", ["bloc"]),
            ("a=a-res-es-11-1&b=a-res-es-11-7&topic=disarmament", ["topic"]),
            ("a=a-res-es-11-1&b=a-res-es-11-7&colour=red", ["colour"]),
            ("a=a-res-es-11-1&b=a-res-es-11-7&a=a-res-es-11-8", ["a"]),
        ],
    )
    def test_invalid_query_is_a_problem_document(self, form: str, query: str, wrong: list[str]):
        response = Client().get(f"/compare/roll-calls.{form}?{query}")

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert list(json.loads(response.content)["errors"]) == wrong

    @pytest.mark.parametrize("form", ["/", ".csv", ".json", ".svg"])
    def test_same_query_has_the_same_bytes(self, form: str):
        address = f"/compare/roll-calls{form}?a=a-res-46-86&b=a-res-es-11-7&bloc=g77"

        assert RollCall.objects.filter(slug="a-res-46-86").exists()
        assert Client().get(address).content == Client().get(address).content


class TestRetiredSlugs:
    """Slugs of records that were merged lead on for good; withdrawn ones say why."""

    @pytest.fixture(autouse=True)
    def votes(self, maker: Maker) -> None:
        """Make a vote entered three times, and one that is withdrawn, into which another was merged."""
        kept, twice, thrice = (maker.roll_call(slug, "USA:Y FRA:N") for slug in ("kept", "twice", "thrice"))
        merge(kept=twice, duplicate=thrice, reason="The same.")
        merge(kept=kept, duplicate=twice, reason="The same.")
        gone, again = (maker.roll_call(slug, "USA:Y") for slug in ("gone", "gone-again"))
        merge(kept=gone, duplicate=again, reason="The same.")
        withdraw(roll_call=gone, reason="Never <taken>.")

    @pytest.mark.parametrize("form", ["/", ".csv", ".json", ".svg"])
    @pytest.mark.parametrize(
        ("asked", "led"),
        [
            ("a=twice&b=a-res-es-11-7&bloc=eu", "a=kept&b=a-res-es-11-7&bloc=eu"),
            ("a=a-res-es-11-7&b=THRICE", "a=a-res-es-11-7&b=kept"),
        ],
    )
    def test_merged_slug_redirects_permanently(self, form: str, asked: str, led: str):
        response = Client().get(f"/compare/roll-calls{form}?{asked}")

        assert (response.status_code, response["Location"]) == (301, f"/compare/roll-calls{form}?{led}")

    def test_symbol_redirects_temporarily(self):
        first = Client().get(f"{ADDRESS}?a=twice&b=A/RES/ES-11/7")
        assert (first.status_code, first["Location"]) == (301, f"{ADDRESS}?a=kept&b=A%2FRES%2FES-11%2F7")

        then = Client().get(first["Location"])
        assert (then.status_code, then["Location"]) == (302, f"{ADDRESS}?a=kept&b=a-res-es-11-7")

    @pytest.mark.parametrize("slug", ["gone", "GONE", "gone-again"])
    def test_withdrawn_slug_is_an_error_beside_the_field(self, slug: str):
        date = RetiredAddress.objects.get(slug="gone").at.date()
        said = f"The vote “gone” was withdrawn on {date.day} {date:%B %Y}: Never <taken>."

        page = get(f"{ADDRESS}?a=a-res-es-11-7&b={slug}")
        assert texts(page, "#b-error") == [said]
        assert page.select("svg.flow-picture, #offered, #a-error") == []
        response = Client().get(f"/compare/roll-calls.csv?a=a-res-es-11-7&b={slug}")
        assert (response.status_code, json.loads(response.content)["errors"]) == (400, {"b": [said]})

    def test_slugs_of_the_same_vote_are_refused(self):
        assert problems(get(f"{ADDRESS}?a=twice&b=kept")) == [
            "Second vote: The two votes are the same. Choose another second vote."
        ]

    def test_slug_merged_into_a_draft_is_not_found(self):
        unpublish(roll_calls=[RollCall.objects.get(slug="kept")])

        assert problems(get(f"{ADDRESS}?a=twice&b=a-res-es-11-7")) == [
            "First vote: No recorded vote and no resolution “twice” is in this record."
        ]
