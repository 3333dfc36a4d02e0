"""The agreement page and its files, against counting, and its errors."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections import Counter
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.web.records import FILE_LINKS, Maker, Twin, get, one, problems, table, text, texts
from votes.models import MemberState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bs4 import Tag

pytestmark = pytest.mark.usefixtures("record")

ADDRESS = "/agreement/"
TOOK = ("for", "abstain", "against")
P5 = ("CHN", "FRA", "GBR", "RUS", "USA")
FORMS = ("csv", "json", "svg", "png")


def page_of(query: str = "") -> Tag:
    return get(f"{ADDRESS}?{query}" if query else ADDRESS)


def file_of(form: str, query: str = "") -> Any:
    return Client().get(f"/agreement.{form}?{query}")


def met(twin: Twin, one: str, other: str, bloc: str = "", since: str = "") -> list[tuple[str, str]]:
    """Return the positions of two states on the Assembly's votes where both took one; of a bloc while members of it."""
    found = []
    for cast in twin.casts:
        members = twin.members(bloc, cast) if bloc else cast.choices
        pair = twin.position(one, cast), twin.position(other, cast)
        if not cast.symbol.startswith("S/") and {one, other} <= members.keys() and {*pair} <= {*TOOK}:
            found += [pair] if str(cast.date) >= since else []
    return found


def agreed(pairs: list[tuple[str, str]]) -> float:
    return sum(a == b for a, b in pairs) / len(pairs)


def order(page: Tag) -> list[str]:
    """Return the codes of the states in the order of the page."""
    return texts(page, ".in-order .code")


def figures(page: Tag) -> dict[tuple[str, str], str]:
    """Return the cells of the table of all figures, by the codes of row and column."""
    names = {state.name: state.code for state in MemberState.objects.all()}
    columns = texts(page, ".heat-table thead abbr")
    rows = table(page, ".heat-table")
    assert [names[row[0]] for row in rows] == columns
    return {
        (names[row[0]], column): cell
        for row in rows
        for column, cell in zip(columns, row[1:], strict=True)
        if names[row[0]] != column
    }


def voted(*codes: str, maker: Maker, year: int, number: int, choices: str = "YNA") -> None:
    """Write so many recorded votes of a year in which all of these took the same position."""
    for n in range(number):
        choice = choices[n % len(choices)]
        votes = " ".join(f"{code}:{choice}" for code in codes)
        maker.roll_call(f"vote-{year}-{n}", votes, date=datetime.date(year, 3, 1) + datetime.timedelta(days=n))


class TestBloc:
    """The five permanent members, on the landmark votes."""

    def test_every_figure_equals_counting_and_shows_its_number_of_votes(self, twin: Twin):
        found = figures(page_of("bloc=p5"))

        assert sorted(found) == sorted(pair for two in combinations(P5, 2) for pair in (two, two[::-1]))
        for (a, b), cell in found.items():
            pairs = met(twin, a, b)
            assert cell == f"{100 * agreed(pairs):.1f}{len(pairs)}", (a, b)

    def test_picture_table_and_list_have_the_same_order(self):
        page = page_of("bloc=p5")

        assert sorted(order(page)) == [*P5]
        assert texts(page, ".heat-table thead abbr") == order(page)
        codes = [said for said in texts(page, "svg.heat text") if said in P5]
        assert codes == [code for code in order(page) for _side in range(2)]
        # France and the United Kingdom agree most of all, so nothing stands between them.
        assert abs(order(page).index("FRA") - order(page).index("GBR")) == 1

    def test_the_picture_has_the_figures(self, twin: Twin):
        shares = [f"{100 * agreed(met(twin, a, b)):.1f}" for a, b in combinations(P5, 2)]

        shown = [said for said in texts(page_of("bloc=p5"), "svg.heat text") if re.fullmatch(r"\d+\.\d", said)]
        assert sorted(shown) == sorted(shares * 2)

    def test_pairs_are_sorted_by_agreement_and_link_to_the_comparison(self, twin: Twin):
        page = page_of("bloc=p5&since=1975-01-01&topic=")
        names = {state.code: state.name for state in MemberState.objects.filter(code__in=P5)}
        expected = []
        for a, b in combinations(sorted(P5, key=names.__getitem__), 2):
            pairs = met(twin, a, b, since="1975-01-01")
            expected.append((-agreed(pairs), -len(pairs), names[a], names[b], a, b))

        assert table(page, ".pairs") == [
            [f"{one} – {other}", f"{-100 * share:.1f}% {-number}"]
            for share, number, one, other, _a, _b in sorted(expected)
        ]
        _share, number, _one, _other, a, b = min(expected)
        first = str(page.select(".pairs a")[0]["href"])
        assert first == f"/compare/states/?since=1975-01-01&body=GA&state={a}&state={b}"
        figure = text(one(get(first), ".tally-large .tally"))
        assert f"{figure} {-number}" == table(page, ".pairs")[0][1]

    def test_the_median_is_of_all_pairs(self, twin: Twin):
        middle = median(agreed(met(twin, a, b)) for a, b in combinations(P5, 2))

        assert f"Median of all pairs: {100 * middle:.1f}%." in text(
            one(page_of("bloc=p5"), ".agreement > .explanation")
        )

    def test_pair_counts_votes_while_both_were_members(self, twin: Twin):
        found = figures(page_of("bloc=nato"))

        assert found["FRA", "USA"].endswith(str(len(met(twin, "FRA", "USA", "nato"))))
        # Poland joined in 1999 and had voted since 1946.
        pairs = met(twin, "POL", "USA", "nato")
        assert 10 <= len(pairs) < len(met(twin, "POL", "USA"))
        assert found["POL", "USA"] == f"{100 * agreed(pairs):.1f}{len(pairs)}"
        assert found["USA", "POL"] == found["POL", "USA"]

    def test_members_with_too_few_votes_are_named(self, twin: Twin):
        page = page_of("bloc=nato")

        # Montenegro joined in 2017, North Macedonia in 2020, Finland in 2023, Sweden in 2024.
        assert len(met(twin, "MNE", "USA", "nato")) < 10
        assert texts(page, ".agreement > .hint")[-1] == (
            "Left out, with fewer than 10 votes in common with any other: "
            "Finland; Germany, Federal Republic of; Montenegro; North Macedonia; Sweden."
        )
        shown = set(order(page))
        assert shown & {"FIN", "MNE", "MKD", "SWE"} == set()
        assert "POL" in shown

    def test_page_states_which_votes_are_counted(self, twin: Twin):
        page = page_of("bloc=p5&since=1975-01-01")
        number = sum(not cast.symbol.startswith("S/") and str(cast.date) >= "1975-01-01" for cast in twin.casts)

        assert texts(page, "#answer") == ["Agreement: Permanent five"]
        assert texts(page, ".over")[0] == (
            f"General Assembly, November 1975 to February 2025: {number} recorded votes."
        )
        assert texts(page, ".agreement > .hint")[0] == (
            "States that were members at any time in the period. Each pair counts the votes while both were members."
        )
        assert text(one(page, "head > title")) == "Agreement: Permanent five · Plenary"


class TestStates:
    """Chosen states."""

    def test_chosen_states_are_named_and_ticked(self):
        page = page_of("state=USA&state=FRA&state=CUB")

        assert texts(page, "#answer") == ["Agreement: United States, France, Cuba"]
        assert sorted(order(page)) == ["CUB", "FRA", "USA"]
        assert [str(box["value"]) for box in page.select("input[name=state][checked]")] == ["CUB", "FRA", "USA"]
        assert len(page.select("input[name=state]")) == MemberState.objects.count()
        assert texts(page, "summary")[1] == "3 member states chosen"

    def test_many_chosen_states_are_counted_in_the_heading(self):
        page = page_of("&".join(f"state={code}" for code in (*P5, "IND", "BRA")))

        assert texts(page, "#answer") == ["Agreement: 7 member states"]

    def test_figure_from_too_few_votes_is_not_shown(self, twin: Twin):
        page = page_of("state=USA&state=FRA&state=SUN&state=RUS")
        found = figures(page)

        assert sorted(order(page)) == ["FRA", "RUS", "SUN", "USA"]
        assert found["SUN", "RUS"] == found["RUS", "SUN"] == "–0"
        few = met(twin, "SUN", "USA")
        assert found["SUN", "USA"] == f"–{len(few)}"
        assert 0 < len(few) < 10
        pairs = met(twin, "RUS", "USA")
        assert found["RUS", "USA"] == f"{100 * agreed(pairs):.1f}{len(pairs)}"
        # Three of six pairs have a figure.
        assert [row[0] for row in table(page, ".pairs")].count("France – United States") == 1
        assert len(table(page, ".pairs")) == 3
        assert [said for said in texts(page, "svg.heat text") if said == "fewer than 10"] == ["fewer than 10"]

    def test_nine_votes_in_common_are_too_few_and_ten_are_enough(self, maker: Maker):
        voted("USA", "FRA", maker=maker, year=1993, number=9)
        voted("USA", "FRA", maker=maker, year=1994, number=10)

        empty = text(one(page_of("state=USA&state=FRA&since=1993-01-01&until=1993-12-31"), ".empty"))
        assert "at least 10 votes" in empty
        found = figures(page_of("state=USA&state=FRA&since=1994-01-01&until=1994-12-31"))
        assert found == {("FRA", "USA"): "100.010", ("USA", "FRA"): "100.010"}

    def test_a_single_pair_has_no_median(self, maker: Maker):
        voted("USA", "FRA", maker=maker, year=1994, number=10)
        page = page_of("state=USA&state=FRA&since=1994-01-01&until=1994-12-31")

        assert [said.endswith("1 pair.") for said in texts(page, ".agreement > .hint")] == [True]

    def test_order_can_be_by_name(self):
        page = page_of("bloc=p5&order=name")

        assert texts(page, ".in-order a") == [
            "China", "France", "Russian Federation", "United Kingdom", "United States",
        ]  # fmt: skip
        assert texts(page, "#in-order") == ["Member states by name"]
        assert texts(page_of("bloc=p5"), "#in-order") == ["Member states in order of similarity"]

    def test_figures_are_the_same_in_either_order(self):
        assert figures(page_of("bloc=p5&order=name")) == figures(page_of("bloc=p5"))


class TestMeasures:
    """Each of the four."""

    @staticmethod
    def expected(pairs: list[tuple[str, str]]) -> dict[str, tuple[float, int]]:
        """Return the measures with what they rest on, the obvious way."""
        number = len(pairs)
        sides = [pair for pair in pairs if "abstain" not in pair]
        points = sum(1 if a == b else 0.5 if "abstain" in (a, b) else 0 for a, b in pairs)
        counts = [Counter(pair[place] for pair in pairs) for place in (0, 1)]
        chance = sum(counts[0][word] * counts[1][word] for word in TOOK) / number**2
        return {
            "agreement": (agreed(pairs), number),
            "lijphart": (points / number, number),
            "coincidence": (agreed(sides), len(sides)),
            "kappa": ((agreed(pairs) - chance) / (1 - chance), number),
        }

    @pytest.mark.parametrize(
        ("measure", "label"),
        [
            ("agreement", "Agreement"),
            ("lijphart", "Lijphart’s index"),
            ("coincidence", "Voting coincidence"),
            ("kappa", "Cohen’s kappa"),
        ],
    )
    def test_each_measure_equals_counting(self, twin: Twin, measure: str, label: str):
        page = page_of(f"state=USA&state=FRA&state=GBR&measure={measure}")
        found = figures(page)

        assert texts(page, "#answer") == [f"{label}: United States, France, United Kingdom"]
        for a, b in combinations(("FRA", "GBR", "USA"), 2):
            value, number = self.expected(met(twin, a, b))[measure]
            shown = f"{value:.2f}" if measure == "kappa" else f"{100 * value:.1f}"
            assert found[a, b] == found[b, a] == f"{shown}{number}"
        # What is usual needs no value in the address.
        assert texts(page, "#measure option[selected]") == ([label] if measure != "agreement" else [])

    def test_each_measure_is_explained(self):
        page = page_of("bloc=p5")

        assert texts(page, ".measures-said dt") == [
            "Agreement", "Lijphart’s index", "Voting coincidence", "Cohen’s kappa",
        ]  # fmt: skip
        assert texts(page, ".measures-said dd")[0] == (
            "The share of votes in which both took the same position, among those in which both took one."
        )


class TestAll:
    """All member states."""

    def test_all_states_are_a_file_and_the_page_shows_extreme_pairs(self, twin: Twin):
        page = page_of()
        cast = {code for cast in twin.casts if not cast.symbol.startswith("S/") for code in cast.choices}
        left_out = texts(page, ".agreement > .hint")[-1].partition(": ")[2].rstrip(".")

        assert texts(page, "#answer") == ["Agreement: All member states"]
        assert page.select("svg.heat, .heat-table") == []
        names = {state.code: state.name for state in MemberState.objects.filter(code__in=cast)}
        assert len(order(page)) > 150
        assert left_out == "; ".join(
            state.name
            for state in MemberState.objects.filter(code__in=names.keys() - {*order(page)}).order_by("sort_name")
        )
        picture = one(page, "img.heat-all")
        assert str(picture["src"]) == "/agreement.svg"
        assert str(picture["alt"]).startswith(f"A matrix of {len(order(page))} by {len(order(page))} member states")
        drawn = file_of("svg").content.decode()
        assert f'width="{picture["width"]}" height="{picture["height"]}"' in drawn
        assert str(picture["alt"]) in drawn
        assert [len(found.select("tbody tr")) for found in page.select(".pairs")] == [10, 10]

    def test_extreme_pairs_are_those_of_all_pairs(self, twin: Twin):
        page = page_of("since=1970-01-01")
        names = {state.code: (state.sort_name, state.name) for state in MemberState.objects.all()}
        shares = []
        for a, b in combinations(sorted(order(page), key=names.__getitem__), 2):
            pairs = met(twin, a, b)
            if len(pairs) >= 10:
                shares.append((agreed(pairs), -len(pairs), names[a], names[b]))
        closest, farthest = (
            [[text(cell) for cell in row.select("th, td")] for row in found.select("tbody tr")]
            for found in page.select(".pairs")
        )

        for shown, sign in ((closest, -1), (farthest, 1)):
            expected = sorted((sign * share, number, a, b) for share, number, a, b in shares)
            assert shown == [
                [f"{a[1]} – {b[1]}", f"{100 * sign * share:.1f}% {-number}"] for share, number, a, b in expected[:10]
            ]
            tied = sum(share == expected[9][0] for share, *_others in expected[10:])
            vote_context = page.select(".two-even > div")[0 if sign < 0 else 1]
            said = "1 more pair has" if tied == 1 else f"{tied} more pairs have"
            assert texts(vote_context, ".hint") == [f"{said} the same figure as the last."]

    def test_up_to_forty_states_are_drawn_on_the_page(self, maker: Maker):
        codes = [state.code for state in MemberState.objects.order_by("code")[:41]]
        voted(*codes, maker=maker, year=1994, number=10)
        query = "since=1994-01-01&until=1994-12-31&"

        forty = page_of(query + "&".join(f"state={code}" for code in codes[:40]))
        assert len(table(forty, ".heat-table")) == 40
        assert len(forty.select("svg.heat")) == 1
        more = page_of(query + "&".join(f"state={code}" for code in codes))
        assert more.select(".heat-table, svg.heat") == []
        assert str(one(more, "img.heat-all")["src"]).startswith("/agreement.svg?state=")


class TestPeriod:
    """What is looked at where no period is asked for, and by the other filters."""

    def test_default_period_is_the_last_years_with_enough_votes(self, maker: Maker):
        voted("USA", "FRA", maker=maker, year=1993, number=20)
        voted("USA", "FRA", maker=maker, year=1996, number=20, choices="Y")

        page = page_of("state=USA&state=FRA")
        said, *_others = texts(page, ".over")
        assert said == (
            "General Assembly, March 1993 to February 2025: 54 recorded votes. "
            "The last five years with at least 20 recorded votes each, and all later votes. The whole record"
        )
        link = str(page.select(".over a")[0]["href"])
        assert link == "/agreement/?state=USA&state=FRA&since=1971-01-01"
        assert texts(get(link), ".over")[0] == "General Assembly, October 1971 to February 2025: 60 recorded votes."
        # The comparison that the pair leads to is over the same votes.
        compare = parse_qs(urlsplit(str(one(page, ".pairs a")["href"])).query)
        assert compare == {"body": ["GA"], "since": ["1993-01-01"], "state": ["FRA", "USA"]}
        assert file_of("json", "state=USA&state=FRA").json()["since"] == "1993-01-01"

    def test_default_body_is_the_assembly(self):
        page = page_of("bloc=p5")

        assert [(str(option["value"]), text(option)) for option in page.select("#body option")] == [
            ("", "General Assembly"),
            ("SC", "Security Council"),
        ]
        assert texts(page_of("bloc=p5&body=GA"), ".heat-table") == texts(page, ".heat-table")
        council = page_of("bloc=p5&body=SC")
        assert text(one(council, "#body option[selected]")) == "Security Council"
        assert texts(council, ".over")[0].startswith("Security Council, February 2022 to February 2025: 2")
        assert len(council.select(".empty")) == 1

    def test_filters_narrow_the_votes(self, maker: Maker):
        voted("USA", "FRA", maker=maker, year=1994, number=12)
        maker.roll_call("amendment", "USA:Y FRA:N", date=datetime.date(1994, 5, 1), kind="amendment")
        period = "state=USA&state=FRA&since=1994-01-01&until=1994-12-31"

        assert figures(page_of(period))["FRA", "USA"] == "92.313"
        assert figures(page_of(f"{period}&kind=text"))["FRA", "USA"] == "100.012"
        assert len(page_of(f"{period}&kind=amendment").select(".empty")) == 1
        assert len(page_of(f"{period}&topic=decolonization").select(".empty")) == 1

    def test_change_of_chinas_seat_is_noted_if_the_period_spans_it(self, maker: Maker):
        voted("USA", "CHN", maker=maker, year=1970, number=10)

        note = ".agreement .note:not(.beyond)"
        assert len(page_of("state=USA&state=CHN&since=1970-01-01").select(note)) == 1
        assert len(page_of("state=USA&state=CHN&since=1970-01-01&until=1970-12-31").select(note)) == 0
        assert len(page_of("state=USA&state=FRA&since=1970-01-01").select(note)) == 0


CODES = "Write codes in upper case, one for each “state”."
BAD = [
    ("state=USA&state=XX&state=YY", "state", f"Member states: Unknown state code: “XX”, “YY”. {CODES}"),
    ("state=USA&state=usa", "state", f"Member states: Unknown state code: “usa”. {CODES}"),
    ("state=USA", "state", "Member states: Choose at least two states."),
    ("state=USA&state=FRA&state=USA", "state", "Member states: “USA” is chosen twice."),
    ("bloc=nope", "bloc", "Bloc: Unknown bloc: “nope”."),
    ("bloc=eu&state=USA&state=FRA", "bloc", "Bloc: Choose states or a bloc, not both."),
    ("measure=x", "measure", "Measure: Unknown value “x”; choose one of agreement, lijphart, coincidence, kappa."),
    ("order=size", "order", "Order: Unknown value “size”; choose one of similarity, name."),
    ("since=x", "since", "From: “x” is not a date; dates look like 2022-03-02."),
    ("body=XX", "body", "Body: Unknown value “XX”; choose one of GA, SC."),
]


class TestErrors:
    """What is not known is said beside its field, and nothing is dropped in silence."""

    @pytest.mark.parametrize(("query", "parameter", "said"), BAD)
    def test_invalid_value_is_an_error_beside_its_field_and_shows_nothing(self, query: str, parameter: str, said: str):
        page = page_of(query)

        assert problems(page) == [said]
        assert page.select(".agreement") == []
        assert texts(page, f"#{parameter}-error") == [said.partition(": ")[2]]
        [field] = page.select(f"[aria-describedby='{parameter}-error']")
        assert str(field["aria-invalid"]) == "true"

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize(("query", "parameter", "said"), BAD)
    def test_invalid_value_in_a_file_is_a_400(self, form: str, query: str, parameter: str, said: str):
        response = file_of(form, query)

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["errors"] == {parameter: [said.partition(": ")[2]]}

    def test_unknown_parameter_is_named_and_dropped_from_links(self):
        page = page_of("bloc=p5&colour=red&bloc=eu")

        assert texts(page, "#answer") == ["Agreement: EU"]
        [said] = problems(page)
        assert "colour" in said
        assert "bloc=p5" in said
        assert [str(link["href"]) for link in page.select(FILE_LINKS)] == [
            f"/agreement.{form}?bloc=eu" for form in ("svg", "png", "csv", "json")
        ]
        assert list(file_of("csv", "bloc=p5&colour=red&bloc=eu").json()["errors"]) == ["colour", "bloc"]

    def test_empty_form_fields_are_dropped_from_the_address(self):
        response = Client().get(f"{ADDRESS}?bloc=p5&measure=&order=&since=&until=&body=&topic=&kind=")

        assert (response.status_code, response.headers["Location"]) == (302, "/agreement/?bloc=p5")

    def test_form_shows_the_current_values(self):
        page = page_of("bloc=p5&measure=kappa&order=name&since=1980-01-01&topic=human-rights")

        chosen = page.select("form.question option[selected]")
        assert [str(option["value"]) for option in chosen] == ["p5", "kappa", "name", "human-rights"]
        assert str(one(page, "#since")["value"]) == "1980-01-01"


class TestFiles:
    """The same for programs."""

    def test_csv_has_each_pair_in_all_measures(self, twin: Twin):
        response = file_of("csv", "state=USA&state=FRA&state=SUN&state=GBR")
        rows = list(csv.DictReader(io.StringIO(response.content.decode())))
        ordered = order(page_of("state=USA&state=FRA&state=SUN&state=GBR"))

        assert response["Content-Disposition"] == 'attachment; filename="agreement.csv"'
        assert list(rows[0]) == [
            "state", "other", "roll_calls", "agreement", "lijphart", "coincident", "coincidence", "kappa",
        ]  # fmt: skip
        assert [(row["state"], row["other"]) for row in rows] == list(combinations(ordered, 2))
        for row in rows:
            pairs = met(twin, row["state"], row["other"])
            assert row["roll_calls"] == str(len(pairs))
            counted = TestMeasures.expected(pairs)
            assert row["coincident"] == str(counted["coincidence"][1])
            for name, (value, number) in counted.items():
                assert row[name] == ("" if number < 10 else str(round(value, 6))), (row, name)
        assert {row["agreement"] for row in rows if "SUN" in (row["state"], row["other"])} == {""}

    def test_json_has_the_matrix(self, twin: Twin):
        response = file_of("json", "bloc=nato&measure=coincidence&since=1975-01-01")
        content = response.json()
        page = page_of("bloc=nato&measure=coincidence&since=1975-01-01")

        assert response["Content-Disposition"] == 'attachment; filename="agreement-nato.json"'
        assert content.pop("record")["address"] == (
            "http://testserver/agreement.json?bloc=nato&measure=coincidence&since=1975-01-01"
        )
        codes = [state["code"] for state in content["states"]]
        assert codes == order(page)
        values, rests_on = content.pop("values"), content.pop("rests_on")
        for (a, one_code), (b, other) in combinations(enumerate(codes), 2):
            pairs = [pair for pair in met(twin, one_code, other, "nato", "1975-01-01") if "abstain" not in pair]
            assert rests_on[a][b] == rests_on[b][a] == len(pairs)
            assert values[a][b] == values[b][a] == (round(agreed(pairs), 6) if len(pairs) >= 10 else None)
        assert [values[place][place] for place in range(len(codes))] == [None] * len(codes)
        del content["states"]
        assert [state["name"] for state in content.pop("left_out")] == [
            *texts(page, ".agreement > .hint")[-1].partition(": ")[2].rstrip(".").split("; ")
        ]
        assert content == {
            "measure": "coincidence", "order": "similarity", "body": "GA", "bloc": "nato", "topic": None,
            "subject": [], "kind": None, "since": "1975-01-01", "until": None, "roll_calls": 19,
            "first": "1975-11-10", "last": "2025-02-24",
            "spans_change_of_representation_of_china": False, "minimum_roll_calls": 10,
        }  # fmt: skip

    def test_svg_file_equals_the_picture_on_the_page(self):
        drawn = file_of("svg", "bloc=p5").content.decode()
        shown = one(page_of("bloc=p5"), "svg.heat")

        for part in ("title", "desc"):
            assert f">{one(shown, part).string}</{part}>" in drawn
        assert str(one(shown, "title").string) == (
            "Agreement: Permanent five. General Assembly, October 1971 to February 2025: 20 recorded votes"
        )
        # Above the picture the title stands in lines.
        assert "Agreement: Permanent five." in drawn.partition("</title>")[2]
        assert "Plenary, testserver, data version" in drawn

    def test_png_file_is_a_png(self):
        response = file_of("png", "bloc=p5")

        assert (response["Content-Type"], response.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")

    @pytest.mark.parametrize("address", [ADDRESS, *(f"/agreement.{form}" for form in ("csv", "json", "svg"))])
    @pytest.mark.parametrize("query", ["", "bloc=nato&measure=kappa", "state=USA&state=FRA&state=RUS"])
    def test_same_query_has_the_same_bytes(self, address: str, query: str):
        first, again = (Client().get(f"{address}?{query}" if query else address) for _ in range(2))

        assert first.status_code == 200
        assert first.content == again.content

    def test_matrix_does_not_depend_on_the_order_of_states_in_the_address(self):
        def asked(codes: Iterable[str]) -> bytes:
            return bytes(file_of("csv", "&".join(f"state={code}" for code in codes)).content)

        assert asked(P5) == asked(reversed(P5)) == asked(("RUS", "FRA", "USA", "CHN", "GBR"))

    def test_matching_etag_is_a_304(self):
        tag = file_of("csv", "bloc=p5")["ETag"]

        again = Client().get("/agreement.csv?bloc=p5", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
