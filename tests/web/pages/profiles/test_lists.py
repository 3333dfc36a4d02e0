"""Member states and blocs: records, memberships by date, positions, and who breaks."""

import csv
import io

import pytest
from bs4 import Tag
from django.test import Client

from tests.web.records import SYMBOLS, Maker, Twin, facets, get, one, problems, symbols, text, texts

pytestmark = pytest.mark.usefixtures("record")


def test_index_lists_all_members_and_former_states():
    page = get("/states/")
    members, former = page.select("ul.index")

    assert len(members.select("li")) == 193
    assert texts(members, "li")[:2] == ["Afghanistan AFG", "Albania ALB"]
    assert "Côte d'Ivoire CIV" in texts(members, "li")
    assert texts(former, "li") == [
        "Czechoslovakia CSK 1945–1992",
        "Democratic Yemen YMD 1967–1990",
        "German Democratic Republic DDR 1973–1990",
        "Germany, Federal Republic of GER 1973–1990",
        "Serbia and Montenegro SCG 2003–2006",
        "Tanganyika EAT 1961–1964",
        "Union of Soviet Socialist Republics SUN 1945–1991",
        "Yugoslavia YUG 1945–2003",
        "Zanzibar EAZ 1963–1964",
    ]


def test_record_of_the_united_states_matches_the_landmarks():
    page = get("/states/USA/")

    assert texts(page, "h1") == ["United States"]
    assert text(one(page, ".glance-title")) == "22 recorded votes"
    assert texts(page, ".shares .count") == ["8", "13", "1"]
    assert symbols(page) == SYMBOLS
    assert texts(page, ".row-voted")[:4] == ["In favour", "Abstaining", "Against", "In favour"]
    blocs, seats = page.select("table.dates")
    assert [[text(cell) for cell in row.select("th, td")] for row in blocs.select("tbody tr")] == [
        ["G20", "15 December 1999", ""],
        ["G7", "15 November 1975", ""],
        ["G8", "15 May 1998", "23 March 2014"],
        ["NATO", "24 August 1949", ""],
        ["OAS", "30 April 1948", ""],
        ["OECD", "30 September 1961", ""],
        ["Permanent five", "24 October 1945", ""],
        ["WEOG observer", "17 December 1963", ""],
    ]
    assert [[text(cell) for cell in row.select("th, td")] for row in seats.select("tbody tr")] == [
        ["General Assembly", "24 October 1945", ""],
        ["Security Council permanent", "24 October 1945", ""],
    ]


@pytest.mark.parametrize("word", ["for", "against", "abstain", "nonvoting"])
@pytest.mark.parametrize("code", ["USA", "FRA", "SUN", "GER", "LKA", "CHN"])
def test_votes_of_a_state_equal_the_reference_implementation(twin: Twin, code: str, word: str):
    page = get(f"/states/{code}/?choice={word}")
    expected = twin.select(f"position={code}:{word}")

    assert symbols(page) == expected
    assert texts(page, ".shares .count") == ([str(len(expected))] if expected else [])


def test_filters_on_a_states_page_combine():
    page = get("/states/FRA/?choice=for&position=USA:against&topic=human-rights")

    assert symbols(page) == ["A/RES/71/187", "A/RES/61/295", "A/RES/60/251"]


def test_facets_of_a_state_count_its_votes():
    assert facets(get("/states/SUN/"))["session"] == {"": 6, "26": 1, "30": 1, "34": 1, "41": 1, "42": 1, "46": 1}


def test_invalid_filters_on_a_states_page_select_nothing():
    page = get("/states/USA/?choice=no")

    assert problems(page) == ["Its vote: Unknown value “no”; choose one of for, against, abstain, nonvoting."]
    assert symbols(page) == []
    assert page.select(".glance") == []


def test_states_show_former_names_successors_and_predecessors():
    names = get("/states/LKA/").select("table.dates")[2]
    assert [[text(cell) for cell in row.select("th, td")] for row in names.select("tbody tr")] == [
        ["Ceylon", "", "28 August 1972"],
        ["Sri LankaRepublic of Sri Lanka", "29 August 1972", "6 September 1978"],
    ]
    page = get("/states/SUN/")
    assert texts(page, ".shares .count") == ["5", "1"]
    assert [str(a["href"]) for a in page.select(".links a")] == ["/states/RUS/"]
    assert [str(a["href"]) for a in get("/states/RUS/").select(".links a")] == ["/states/SUN/"]


@pytest.mark.parametrize(
    ("code", "held"),
    [
        ("GBR", ["EU", "1 January 1973", "31 January 2020"]),
        ("GBR", ["EFTA", "3 May 1960", "31 December 1972"]),
        ("FRA", ["General Assembly", "24 October 1945", ""]),
        ("LKA", ["Security Council", "1 January 1960", "31 December 1961"]),
        # Some day of that month or year: neither the month before nor the year before.
        ("MRT", ["ECOWAS", "28 May 1975", "December 2000"]),
        ("KOR", ["G77", "15 June 1964", "1997"]),
    ],
)
def test_what_a_state_held_is_shown_with_its_last_day(code: str, held: list[str]):
    rows = get(f"/states/{code}/").select("table.dates tbody tr")
    assert held in [[text(cell) for cell in row.select("th, td")] for row in rows]


def test_state_without_votes_has_a_page():
    page = get("/states/EAZ/")

    assert text(one(page, ".glance-title")) == "0 recorded votes"
    assert symbols(page) == []


def test_index_lists_all_blocs_by_kind():
    page = get("/blocs/")

    assert texts(page, "h2") == [
        "Regional group of the United Nations",
        "Union",
        "Alliance",
        "Economic organisation",
        "Forum",
        "Geographic group",
        "Development category",
        "Members of a council",
    ]
    assert len(page.select(".cards li")) == 52
    assert "EU 27" in texts(page, ".cards h3")
    assert "NATO 32" in texts(page, ".cards h3")


NATO_2022 = """Albania Belgium Bulgaria Canada Croatia Czechia Denmark Estonia France Germany Greece Hungary Iceland
Italy Latvia Lithuania Luxembourg Montenegro Netherlands North_Macedonia Norway Poland Portugal
Romania Slovakia Slovenia Spain Turkey United_Kingdom United_States""".replace("_", " ")


def test_bloc_lists_its_members_on_a_date():
    page = get("/blocs/nato/?on=2022-03-02")

    assert text(one(page, "h2#members")) == "Members on 2 March 2022 30"
    assert " ".join(texts(page, "section[aria-labelledby=members] .names a")) == " ".join(NATO_2022.split())
    assert text(one(get("/blocs/nato/?on=2023-04-03"), "h2#members .count")) == "30"
    assert text(one(get("/blocs/nato/?on=2023-04-04"), "h2#members .count")) == "31"
    assert text(one(get("/blocs/eu/?on=2020-01-31"), "h2#members .count")) == "28"
    assert text(one(get("/blocs/eu/?on=2020-02-01"), "h2#members .count")) == "27"
    assert text(one(get("/blocs/eu/?on=1950-01-01"), "h2#members .count")) == "0"


@pytest.mark.parametrize("on", ["yesterday", "2022-02-30", "02/03/2022"])
def test_invalid_date_is_an_error(on: str):
    page = get(f"/blocs/nato/?on={on}")

    assert problems(page) == [f"“{on}” is not a date; dates look like 2022-03-02."]


def positions(page: Tag) -> list[tuple[str, str, str]]:
    """Return symbol, position with figures, and cohesion of each row."""
    found = []
    for row in page.select("ol.rows > li"):
        parts = texts(row, ".row-bloc p")
        found.append((text(one(row, ".symbol")), parts[0], parts[1] if len(parts) > 1 else ""))
    return found


def test_bloc_shows_position_and_cohesion_of_each_vote():
    assert positions(get("/blocs/nato/?since=2019-11-01")) == [
        ("S/RES/2774 (2025)", "Abstaining 1-0-5", "cohesion 0.75"),
        ("A/RES/ES-11/8", "In favour 28-0-4", "cohesion 0.81"),
        ("A/RES/ES-11/7", "In favour 29-2-1", "cohesion 0.86"),
        ("A/RES/ES-11/1", "In favour 30-0-0", "cohesion 1.00"),
        ("S/2022/155", "In favour 5-0-0", "cohesion 1.00"),
        ("A/RES/75/192", "In favour 30-0-0", "cohesion 1.00"),
        ("A/RES/74/7", "In favour 28-1-0", "cohesion 0.95"),
    ]
    assert positions(get("/blocs/p5/?since=2025-01-01"))[2] == ("A/RES/ES-11/7", "Tied 2-2-1", "cohesion 0.10")


def test_members_are_listed_by_share_of_breaks():
    page = get("/blocs/nato/")
    first = one(page, "table.breaks")

    assert [[text(cell) for cell in row.select("th, td")] for row in first.select("tbody tr")] == [
        ["United States", "12", "22", "54.5%"],
        ["Hungary", "4", "14", "28.6%"],
        ["Greece", "5", "21", "23.8%"],
        ["Czechia", "3", "14", "21.4%"],
        ["Canada", "4", "20", "20.0%"],
        ["Türkiye", "4", "20", "20.0%"],
        ["Albania", "2", "13", "15.4%"],
        ["Romania", "2", "13", "15.4%"],
        ["Italy", "3", "20", "15.0%"],
        ["Latvia", "2", "14", "14.3%"],
    ]
    both_against = get("/blocs/nato/?position=USA:against&position=RUS:against").select("table.breaks")[0]
    assert [text(cell) for cell in both_against.select("tbody tr")[0].select("th, td")] == [
        "Albania", "1", "2", "–",
    ]  # fmt: skip


@pytest.mark.parametrize("slug", ["nato", "eu", "brics", "p5", "g77", "warsaw-pact"])
def test_breaks_equal_the_reference_implementation(twin: Twin, slug: str):
    taken: dict[str, int] = {}
    broke: dict[str, int] = {}
    for cast in twin.casts:
        position = twin.position(slug, cast)
        if position in ("for", "against", "abstain"):
            for code, choice in twin.members(slug, cast).items():
                if choice != "X":
                    taken[code] = taken.get(code, 0) + 1
                    broke[code] = broke.get(code, 0) + (twin.position(code, cast) != position)
    rows = csv.DictReader(io.StringIO(Client().get(f"/blocs/{slug}/breaks.csv").content.decode()))
    shown = {row["state"]: (int(row["breaks"]), int(row["positions"])) for row in rows}

    assert shown == {code: (broke[code], taken[code]) for code in taken}


def test_bloc_lists_only_votes_in_which_it_had_members():
    assert symbols(get("/blocs/brics/")) == SYMBOLS[:14]
    assert symbols(get("/blocs/warsaw-pact/")) == SYMBOLS[17:]


def test_forms_of_a_blocs_page_keep_each_others_values():
    page = get("/blocs/nato/?on=2022-03-02&body=SC")

    assert [str(i["value"]) for i in page.select("#filters [name=on]")] == ["2022-03-02"]
    assert [str(i["value"]) for i in page.select("form.inline [name=body]")] == ["SC"]


@pytest.mark.parametrize("address", ["/states/USA/?q=ukraine", "/blocs/nato/?q=ukraine"])
def test_htmx_gets_a_fragment(address: str):
    response = Client().get(address, headers={"HX-Request": "true"})

    assert response.headers["Vary"] == "HX-Request, HX-History-Restore-Request"
    assert b"<h1" not in response.content
    assert b"<html" not in response.content


def test_long_record_is_split_into_pages(maker: Maker):
    maker.many(range(1, 41))

    for address in ("/states/USA/", "/blocs/nato/"):
        page = get(address)
        assert len(symbols(page)) == 25
        assert len(symbols(get(f"{address}?page=3"))) == 12
        assert text(one(page, ".glance-title, .selection strong")).split()[0] == "62"
