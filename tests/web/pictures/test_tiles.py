"""Tile grids: places of states on every date, squares, legend and files."""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from itertools import combinations
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.test import Client

from tests.web.records import Maker, get, one, text, texts
from votes.choices import Choice
from votes.editing.publishing import publish, withdraw
from votes.models import Correction, MemberState, RollCall
from votes.reports.breakdown import StateChoice
from web.pictures.tiles import (
    CELL,
    COLUMNS,
    IN_A_ROW,
    ROWS,
    SIDE,
    council,
    layout,
    linked,
    places,
    squares,
    tile_grid,
    world,
)

DATA = settings.BASE_DIR / "data"
PEACE = "/resolutions/A/RES/ES-11/7"
TILES = "/roll-calls/a-res-es-11-7/tiles"


def facts(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def line(code: str, choice: Choice = Choice.YES, intended: Choice | None = None, key: int = 0) -> StateChoice:
    state: Any = SimpleNamespace(code=code, key=key)
    return StateChoice(state, f"The <{code}>", choice, intended)


def titles(markup: str) -> list[str]:
    return [title.get_text() for title in BeautifulSoup(markup, "html.parser").select("a > title")]


class TestPlaces:
    """The data file."""

    def test_every_state_in_history_has_a_place_within_the_grid(self):
        assert set(places()) == {row["code"] for row in facts("states.csv")}
        assert {column for column, _row in places().values()} <= set(range(COLUMNS))
        assert {row for _column, row in places().values()} == set(range(ROWS))

    def test_rows_of_the_file_are_sorted_and_unique(self):
        codes = [row["code"] for row in facts("tile_grid.csv")]

        assert codes == sorted(set(codes))

    def test_states_that_were_members_at_once_share_no_place(self):
        seats = defaultdict(list)
        for row in facts("body_memberships.csv"):
            if row["body"] == "GA":
                seats[places()[row["code"]]].append((row["since"], row["until"] or "9999", row["code"]))
        clashes = [
            (one, other)
            for held in seats.values()
            for one, other in combinations(held, 2)
            if max(one[0], other[0]) < min(one[1], other[1])
        ]

        assert clashes == []
        assert sum(len({code for _since, _until, code in held}) > 1 for held in seats.values()) == 5

    @pytest.mark.parametrize(
        ("state", "heir"),
        [("SUN", "RUS"), ("CSK", "CZE"), ("YUG", "SRB"), ("SCG", "SRB"), ("GER", "DEU"), ("EAT", "TZA")],
    )
    def test_successor_has_the_place_of_its_predecessor(self, state: str, heir: str):
        assert places()[state] == places()[heir]

    @pytest.mark.parametrize(("state", "beside"), [("DDR", "GER"), ("YMD", "YEM"), ("EAZ", "EAT")])
    def test_state_that_coexisted_with_its_successor_is_adjacent_to_it(self, state: str, beside: str):
        (x, y), (other_x, other_y) = places()[state], places()[beside]

        assert max(abs(x - other_x), abs(y - other_y)) == 1

    @pytest.mark.parametrize(
        ("bloc", "columns", "rows"),
        [
            ("african-union", (8, 19), (9, 16)),
            ("eu", (8, 16), (0, 7)),
            ("caricom", (1, 6), (3, 10)),
            ("asean", (23, 26), (9, 13)),
            ("pacific-islands-forum", (25, 29), (11, 16)),
            ("gcc", (17, 19), (8, 10)),
        ],
    )
    def test_neighbours_are_near_each_other(self, bloc: str, columns: tuple[int, int], rows: tuple[int, int]):
        members = {row["code"] for row in facts("bloc_memberships.csv") if row["bloc"] == bloc}
        found = [places()[code] for code in members]

        assert len(found) > 5
        assert (min(x for x, _y in found), max(x for x, _y in found)) == columns
        assert (min(y for _x, y in found), max(y for _x, y in found)) == rows

    @pytest.mark.parametrize(
        "codes",
        [
            "USA PRT FRA DEU POL UKR",
            "MEX BRA AGO MDG AUS FJI",
            "PRT ITA GRC TUR IRN CHN JPN",
            "SEN NGA CAF ETH SOM",
        ],
    )
    def test_west_is_left_of_east(self, codes: str):
        columns = [places()[code][0] for code in codes.split()]

        assert columns == sorted(set(columns))

    @pytest.mark.parametrize(
        "codes", ["CAN USA MEX NIC PAN COL PER BOL ARG", "NOR DEU AUT ITA DZA MLI AGO ZAF", "CHN IND LKA MDV"]
    )
    def test_north_is_above_south(self, codes: str):
        rows = [places()[code][1] for code in codes.split()]

        assert rows == sorted(set(rows))


class TestWorld:
    """The map."""

    def test_squares_are_at_their_places_in_reading_order(self):
        drawn = world([line("ZAF"), line("CAN"), line("ISL")])

        assert [(square.line.state.code, square.x, square.y) for square in drawn.squares] == [
            ("ISL", 8 * CELL, 0),
            ("CAN", 1 * CELL, 2 * CELL),
            ("ZAF", 14 * CELL, 16 * CELL),
        ]
        assert (drawn.width, drawn.height) == (COLUMNS * CELL, ROWS * CELL)

    def test_states_without_a_free_place_are_drawn_below(self):
        drawn = world([line("RUS"), line("SUN"), line("QQQ")])

        assert [(square.line.state.code, square.x, square.y) for square in drawn.squares[1:]] == [
            ("SUN", 0, (ROWS + 1) * CELL),
            ("QQQ", CELL, (ROWS + 1) * CELL),
        ]
        assert drawn.height == (ROWS + 2) * CELL

    def test_no_states_give_an_empty_map(self):
        assert (world([]).squares, world([]).height) == ([], ROWS * CELL)


class TestCouncil:
    """Two rows."""

    def test_permanent_members_are_above_the_elected(self):
        drawn = council([line("AAA", key=1), line("BBB", key=2), line("CCC", key=3)], {2})

        assert [label for label, _x, _y in drawn.labels] == ["Permanent members", "Elected members"]
        assert [(square.line.state.code, square.x) for square in drawn.squares] == [
            ("BBB", 0),
            ("AAA", 0),
            ("CCC", CELL),
        ]
        assert drawn.squares[0].y < drawn.squares[1].y == drawn.squares[2].y
        assert drawn.height == drawn.squares[1].y + CELL

    def test_members_beyond_a_full_row_continue_in_the_next(self):
        drawn = council([line("AAA", key=number) for number in range(IN_A_ROW + 2)], {99})

        assert [(square.x, square.y - drawn.squares[0].y) for square in drawn.squares[-3:]] == [
            ((IN_A_ROW - 1) * CELL, 0),
            (0, CELL),
            (CELL, CELL),
        ]
        assert len(drawn.labels) == 1

    def test_council_is_drawn_if_there_are_permanent_members(self):
        assert layout([line("FRA", key=5)], {5}).kind == "council"
        assert layout([line("FRA", key=5)]).kind == "world"


class TestLinked:
    """The grid in a page."""

    def test_a_square_links_to_its_state_and_says_what_it_chose(self):
        page = BeautifulSoup(linked(world([line("USA", Choice.NO)]), "A & B"), "html.parser")
        link = one(page, "a")

        assert (link["href"], link["class"], link["transform"]) == ("/states/USA/", ["fill-N"], "translate(12 36)")
        assert texts(link, "title") == ["The <USA>: against"]
        assert texts(link, "text") == ["USA"]
        assert (one(page, "svg")["role"], one(page, "svg")["aria-label"]) == ("group", "A & B")

    def test_correction_has_a_star_and_is_explained(self):
        markup = linked(world([line("USA", Choice.NO, Choice.YES), line("FRA")]), "")

        assert titles(markup) == ["The <USA>: against* (later: had intended in favour)", "The <FRA>: in favour"]
        assert texts(BeautifulSoup(markup, "html.parser"), ".star") == ["*"]

    def test_states_outside_a_bloc_are_dimmed(self):
        page = BeautifulSoup(linked(world([line("USA"), line("FRA")]), "", {"FRA"}), "html.parser")

        assert [link["class"] for link in page.select("a")] == [["fill-Y", "dim"], ["fill-Y"]]

    @pytest.mark.parametrize("bloc", [None, {"FRA"}])
    def test_file_has_the_same_squares(self, bloc: set[str] | None):
        drawn = world([line("USA", Choice.NO, Choice.YES), line("FRA"), line("CHN", Choice.NON_VOTING)])
        page = BeautifulSoup(linked(drawn, "", bloc), "html.parser")
        alone = BeautifulSoup(squares(drawn, bloc), "html.parser")

        def kind(element: Tag) -> tuple[str, str, bool]:
            names = " ".join(element["class"])
            return str(element["transform"]), names.replace("tile-", "fill-"), "dim" in names

        assert [kind(group) for group in alone.select("g")] == [kind(link) for link in page.select("a")]
        assert texts(alone, "text") == texts(page, "a > text")
        assert texts(BeautifulSoup(squares(drawn, bloc, named=False), "html.parser"), "text") == []


def test_legend_shows_counts():
    picture = tile_grid(world([line("USA", Choice.NO), line("FRA"), line("CHN")]), "A & B", "C", None)
    root = ET.fromstring(picture.standalone("x"))  # noqa: S314  # our own
    said = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]

    assert said[1:8] == ["USA", "FRA", "CHN", "In favour 2", "Against 1", "Abstaining 0", "Non-voting 0"]
    assert SIDE < CELL


@pytest.mark.usefixtures("record")
class TestPage:
    """On the page of a vote."""

    def test_page_has_a_square_for_each_member_with_its_choice(self):
        page = get(PEACE)
        kinds = [link["class"][0] for link in page.select(".tiles > a")]

        assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {
            "fill-A": 65,
            "fill-N": 18,
            "fill-X": 17,
            "fill-Y": 93,
        }
        assert one(page, ".tiles")["aria-label"] == "193 member states by vote"
        assert "United States: against" in texts(page, ".tiles title")
        assert [script["src"] for script in page.select("main script")] == ["/static/plenary/tiles.js"]

    def test_historical_electorates_are_drawn_as_they_were(self):
        page = get("/resolutions/A/RES/2758(XXVI)")
        codes = texts(page, ".tiles > a > text:first-of-type")

        assert len(codes) == 131
        assert {"SUN", "CSK", "YUG", "YMD", "YEM"} <= set(codes)
        assert {"RUS", "CZE", "SVK", "DEU", "GER", "DDR"}.isdisjoint(codes)

    def test_council_shows_permanent_members_separately(self):
        page = get("/resolutions/S/2022/155")

        assert texts(page, ".tile-label") == ["Permanent members", "Elected members"]
        assert texts(page, ".tiles a > text") == [
            *("CHN", "FRA", "RUS", "GBR", "USA"),
            *("ALB", "BRA", "GAB", "GHA", "IND", "IRL", "KEN", "MEX", "NOR", "ARE"),
        ]
        assert "No square: not a member then" not in text(one(page, ".legend"))

    def test_a_bloc_is_highlighted_with_its_members_of_the_date(self):
        page = get(f"{PEACE}?bloc=eu")
        lit = {text(link.select("text")[0]) for link in page.select(".tiles > a:not(.dim)")}

        assert len(lit) == 27
        assert "GBR" not in lit
        assert one(page, ".tiles")["aria-label"] == "193 member states by vote; highlighted: EU"
        assert [link["href"] for link in page.select("#tiles .picture-files a")] == [
            "#states",
            f"{TILES}.svg?bloc=eu",
            f"{TILES}.png?bloc=eu",
        ]

    def test_unknown_bloc_is_an_error_beside_its_field(self):
        page = get(f"{PEACE}?bloc=nope")

        assert texts(page, "#tiles .error") == ["No member of a bloc “nope” was in this electorate."]
        assert one(page, "#tiles-bloc")["aria-describedby"] == one(page, "#tiles .error")["id"]
        assert page.select(".tiles .dim") == []

    def test_htmx_gets_grid_and_table(self):
        part = get(f"{PEACE}?bloc=eu&choice=against", hx_request="true")

        assert one(part, "#tiles")["hx-swap-oob"] == "true"
        assert len(part.select(".tiles > a:not(.dim)")) == 27
        assert [(field["name"], field["value"]) for field in part.select("#tiles input")] == [("choice", "against")]
        assert texts(part, "table.sheet tbody th") == ["Hungary"]

    def test_a_correction_is_marked_as_in_the_groups(self):
        known = RollCall.objects.get(slug="a-res-es-11-7")
        Correction.objects.create(roll_call=known, state=MemberState.objects.get(code="USA"), intended="Y")

        assert [title for title in texts(get(PEACE), ".tiles title") if "*" in title] == [
            "United States: against* (later: had intended in favour)"
        ]

    def test_choices_that_need_it_are_explained_where_they_appear(self):
        assembly, security = get(PEACE), get("/resolutions/S/2022/155")

        assert texts(assembly, ".groups .hint") == [
            "A position on record that does not count as present and voting (rule 86).",
            "Absent, or took no part.",
        ]
        assert texts(security, ".groups .hint") == [
            "A position on record. It does not count towards the votes needed and is not a veto."
        ]
        assert texts(assembly, ".meanings dt") == ["Abstaining", "Non-voting", "No square"]

    def test_roll_call_without_votes_has_no_grid(self, maker: Maker):
        maker.roll_call("quiet", method="without-vote", result="adopted")

        assert get("/roll-calls/quiet/").select(".tiles, main script") == []
        assert Client().get("/roll-calls/quiet/tiles.svg").status_code == 404


@pytest.mark.usefixtures("record")
class TestFiles:
    """``tiles.svg`` and ``tiles.png``."""

    def test_picture_states_title_and_source(self):
        answer = Client().get(f"{TILES}.svg?bloc=eu")
        drawn = BeautifulSoup(answer.content, "html.parser")

        assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
        assert text(one(drawn, "svg > title")) == (
            "A/RES/ES-11/7 · General Assembly · 24 February 2025: "
            "Advancing a comprehensive, just and lasting peace in Ukraine"
        )
        assert text(one(drawn, "desc")) == (
            "One equal square for each of 193 member states, coloured and marked by its vote: "
            "93 in favour, 18 against, 65 abstaining, 17 non-voting."
        )
        assert text(one(drawn, ".source")).startswith("Plenary, testserver, data version ")
        assert len(drawn.select("g[class^=tile-]:not(.dim)")) == 27

    def test_matching_etag_is_a_304(self):
        tag = Client().get(f"{TILES}.svg")["ETag"]

        assert Client().get(f"{TILES}.svg", headers={"If-None-Match": tag}).status_code == 304

    @pytest.mark.parametrize(
        ("query", "errors"),
        [
            ("bloc=nope", {"bloc": ["No member of a bloc “nope” was in this electorate."]}),
            ("color=red", {"color": ["“color” is not known here."]}),
        ],
    )
    def test_unknown_bloc_or_parameter_is_a_400(self, query: str, errors: dict[str, list[str]]):
        answer = Client().get(f"{TILES}.svg?{query}")

        assert (answer.status_code, sorted(answer.json()["errors"])) == (400, sorted(errors))

    def test_another_spelling_redirects_to_the_file(self):
        answer = Client().get("/roll-calls/A-RES-ES-11-7/tiles.svg?bloc=eu")

        assert (answer.status_code, answer.headers["Location"]) == (301, f"{TILES}.svg?bloc=eu")

    def test_drafts_have_no_file_and_withdrawn_votes_give_the_reason(self, maker: Maker):
        maker.roll_call("secret", "USA:Y", status="draft")
        gone = maker.roll_call("gone", "USA:Y FRA:N", date=datetime.date(2024, 12, 17))
        publish(roll_calls=[gone])
        withdraw(roll_call=gone, reason="Entered twice.")

        for kind in ("tiles.svg", "card.png"):
            assert Client().get(f"/roll-calls/secret/{kind}").status_code == 404
            assert Client().get(f"/roll-calls/gone/{kind}").status_code == 410
