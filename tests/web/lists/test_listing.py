"""Lists of resolutions and votes: rows, filters, facets, totals, paging and order."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from resolutions.models import Topic
from tests.web.records import (
    LANDMARKS,
    SYMBOLS,
    Maker,
    Twin,
    facets,
    get,
    one,
    problems,
    rows,
    selected,
    symbols,
    text,
    texts,
)

pytestmark = pytest.mark.usefixtures("record")

UKRAINE = [
    "S/RES/2774 (2025)",
    "A/RES/ES-11/8",
    "A/RES/ES-11/7",
    "A/RES/ES-11/1",
    "S/2022/155",
    "A/RES/75/192",
    "A/RES/68/262",
]
HUMAN_RIGHTS = [
    "A/RES/75/192",
    "A/RES/71/187",
    "A/RES/61/295",
    "A/RES/60/251",
]


@pytest.mark.parametrize("address", ["/resolutions/", "/roll-calls/"])
def test_unfiltered_list_has_every_landmark_newest_first(address: str):
    assert rows(get(address)) == LANDMARKS


def test_row_shows_symbol_title_date_totals_and_result():
    row = get("/resolutions/").select("ol.rows > li")[2]

    assert text(one(row, "h3")) == "Advancing a comprehensive, just and lasting peace in Ukraine"
    assert one(row, "h3 a")["href"] == "/resolutions/A/RES/ES-11/7"
    assert texts(row, ".overline > *") == ["A/RES/ES-11/7", "General Assembly", "24 February 2025"]
    assert one(row, "svg.bar")["aria-label"] == "93 in favour, 18 against, 65 abstaining, 17 non-voting"
    assert [(r["class"], r["x"], r["width"]) for r in one(row, "svg.bar").select("rect")] == [
        (["fill-Y"], "0.000%", "48.187%"),
        (["fill-N"], "48.187%", "9.326%"),
        (["fill-A"], "57.513%", "33.679%"),
        (["fill-X"], "91.192%", "8.808%"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=Ukraine", UKRAINE),
        ("q=UKRAINE%20-aggression", [s for s in UKRAINE if s != "A/RES/ES-11/1"]),
        ("q=lasting%20peace", ["A/RES/ES-11/7"]),
        ("q=%22path%20to%20peace%22", ["A/RES/ES-11/8"]),
        ("q=Jérusalem", ["A/RES/ES-10/19"]),
        ("q=cuba%20OR%20kampuchea", ["A/RES/74/7", "A/RES/34/22"]),
        ("q=ES-11", ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/ES-11/1"]),
        ("q=a/res/es-11/7&order=date", ["A/RES/ES-11/7"]),
        ("q=A/ES-11/L.10&order=date", ["A/RES/ES-11/7"]),
        ("q=2774", ["S/RES/2774 (2025)"]),
        ("q=3379(XXX)", ["A/RES/3379(XXX)"]),
        ("q=nosuchword", []),
        ("body=SC", ["S/RES/2774 (2025)", "S/2022/155"]),
        ("session=ES-11", ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/ES-11/1"]),
        ("session=11emsp", ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/ES-11/1"]),
        ("session=79", []),
        ("topic=human-rights", HUMAN_RIGHTS),
        ("topic=nuclear-weapons", ["A/RES/71/258"]),
        ("kind=text", SYMBOLS),
        ("kind=amendment", []),
        ("result=vetoed", ["S/2022/155"]),
        ("result=rejected", []),
        ("since=2025-02-24", SYMBOLS[:3]),
        ("until=2025-02-23", SYMBOLS[3:]),
        ("since=2022-03-02&until=2025-02-23", ["A/RES/ES-11/1"]),
        ("since=2022-03-03&until=2022-03-03", []),
        (
            "topic=palestinian-question&position=USA:against&until=2014-12-31",
            ["A/RES/67/19", "A/RES/3379(XXX)"],
        ),
        ("q=ukraine&position=USA:against", ["A/RES/ES-11/7"]),
        ("utm_source=newsletter", SYMBOLS),
    ],
)
def test_each_filter_selects_exactly_its_rows(query: str, expected: list[str]):
    page = get(f"/resolutions/?{query}")

    assert symbols(page) == expected
    assert selected(page) == len(expected)
    assert problems(page) == []


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (["position=USA:against", "position=RUS:against"], ["A/RES/ES-11/7", "A/RES/71/258"]),
        (
            ["differ=USA~eu"],
            [
                "S/RES/2774 (2025)",
                "A/RES/ES-11/8",
                "A/RES/ES-11/7",
                "A/RES/74/7",
                "A/RES/73/195",
                "A/RES/ES-10/19",
                "A/RES/71/187",
                "A/RES/67/19",
                "A/RES/61/295",
                "A/RES/60/251",
                "A/RES/42/18",
                "A/RES/2758(XXVI)",
            ],
        ),
        (["position=brics:tied"], ["A/RES/71/258", "A/RES/71/248"]),
        (["position=p5:tied"], ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/42/18"]),
        (["position=eu:against"], ["A/RES/71/258", "A/RES/41/38", "A/RES/3379(XXX)"]),
        (
            ["differ=USA~eu", "differ=RUS~CHN"],
            ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/71/187", "A/RES/61/295"],
        ),
        (["position=USA:for", "position=USA:against"], []),
        (["same=USA~RUS", "differ=USA~eu"], ["S/RES/2774 (2025)", "A/RES/ES-11/7"]),
    ],
)
def test_position_filters_select_the_expected_votes(twin: Twin, conditions: list[str], expected: list[str]):
    assert symbols(get(f"/resolutions/?{'&'.join(conditions)}")) == expected
    assert twin.select(*conditions) == expected


STATES = ["USA", "RUS", "SUN", "GER", "USA,FRA,GBR"]
BLOCS = ["eu", "nato", "brics", "p5", "g77", "warsaw-pact", "nordic"]


@pytest.mark.parametrize("who", [*STATES, *BLOCS])
def test_position_filters_equal_the_reference_implementation(twin: Twin, who: str):
    words = ["for", "against", "abstain", "nonvoting", *(["tied"] if who in BLOCS else [])]
    expected = {word: twin.select(f"position={who}:{word}") for word in words}

    assert {word: symbols(get(f"/resolutions/?position={who}:{word}")) for word in words} == expected
    assert any(expected.values())


@pytest.mark.parametrize(
    "differ", ["USA~RUS", "eu~nato", "brics~eu", "p5~USA", "SUN~warsaw-pact", "USA~USA", "g77~CHN"]
)
@pytest.mark.parametrize("position", ["eu:for", "CHN:abstain"])
def test_combined_filters_equal_the_reference_implementation(twin: Twin, differ: str, position: str):
    page = get(f"/resolutions/?differ={differ}&position={position}")

    assert symbols(page) == twin.select(f"differ={differ}", f"position={position}")


def test_bloc_without_voters_is_nonvoting_and_without_members_matches_nothing(maker: Maker):
    maker.roll_call("x", "EST:X LVA:X LTU:X", resolution=maker.text("A/RES/79/901"), decisive=True)
    maker.roll_call("y", "USA:Y", resolution=maker.text("A/RES/79/902"), decisive=True)

    assert symbols(get("/resolutions/?position=baltic:nonvoting&session=79")) == ["A/RES/79/901"]
    assert symbols(get("/resolutions/?position=baltic:tied&session=79")) == []
    assert symbols(get("/resolutions/?differ=baltic~USA&session=79")) == []


def totals(address: str) -> list[str]:
    """Return what a list says of all that it selects: how many, and how many by result."""
    return texts(get(address), ".selection > [role=status]")


def test_totals_are_of_the_whole_selection():
    assert totals("/resolutions/") == [
        "22 recorded votes · 21 adopted · 1 vetoed",
    ]
    assert totals("/resolutions/?position=USA:against&position=RUS:against") == [
        "2 of 22 recorded votes · 2 adopted",
    ]


def test_a_list_has_no_bar_of_all_votes_added_up():
    """Millions of votes of unlike roll calls, added up, say nothing."""
    for address in ("/resolutions/", "/roll-calls/?body=GA"):
        assert get(address).select(".selection-votes, .selection .bar") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=lighthouses",
        "body=GA",
        "topic=decolonization",
        "kind=amendment",
        "result=rejected&session=79",
        "position=USA:for",
        "differ=USA~RUS&body=SC",
        "until=2023-12-31",
    ],
)
def test_each_facet_count_equals_the_rows_it_selects(maker: Maker, query: str):
    address = "/roll-calls/"
    maker.many(range(1, 31))
    maker.roll_call("alone", "USA:Y RUS:N", kind="paragraph-amendment", title="Paragraph 4 on lighthouses")
    before = Client().get(f"{address}?{query}")
    given = dict(before.wsgi_request.GET.items())
    found = facets(BeautifulSoup(before.content, "html.parser"))
    assert found

    for name, counts in found.items():
        others = "&".join(f"{key}={value}" for key, value in given.items() if key != name)
        some = sorted(counts, key=lambda value: (-counts[value], value))[:3]
        for value in some:
            assert (name, value, counts[value]) == (name, value, selected(get(f"{address}?{others}&{name}={value}")))


def test_facets_of_the_landmarks_have_the_expected_counts():
    assert facets(get("/resolutions/?position=USA:against")) == {
        # Recorded votes are what is meant where nothing is said, so that theirs is the empty value.
        "method": {"any": 13, "": 13, "roll-call": 1},
        "topic": {
            "": 13,
            "africa": 1,
            "arms-control": 1,
            "eastern-europe": 1,
            "human-rights": 3,
            "international-law": 1,
            "latin-america": 2,
            "nuclear-weapons": 1,
            "palestinian-question": 3,
            "racism": 1,
            "refugees": 1,
            "sanctions": 1,
            "un-membership": 2,
        },
        "session": {
            "": 13,
            "ES-11": 1,
            "ES-10": 1,
            "26": 1,
            "30": 1,
            "41": 1,
            "42": 1,
            "60": 1,
            "61": 1,
            "67": 1,
            "71": 2,
            "73": 1,
            "74": 1,
        },
    }


def test_amendment_to_a_paragraph_is_found_under_both_kinds(maker: Maker):
    maker.roll_call("one", kind="paragraph-amendment", title="Operative paragraph 3, amendment")

    for kind in ("amendment", "paragraph", "paragraph-amendment"):
        assert texts(get(f"/roll-calls/?kind={kind}"), "h3") == ["Operative paragraph 3, amendment"]
    counted = {"": 23, "text": 22, "amendment": 1, "paragraph": 1, "paragraph-amendment": 1}
    assert facets(get("/roll-calls/"))["kind"] == counted
    assert symbols(get("/resolutions/")) == SYMBOLS


def test_pages_split_the_rows_and_link_to_each_other(maker: Maker):
    maker.many(range(1, 41))
    pages = [get(f"/resolutions/?q=&since=1900-01-01&page={number}") for number in (1, 2, 3)]

    assert [len(rows(page)) for page in pages] == [25, 25, 12]
    assert len({symbol for page in pages for symbol in symbols(page)}) == 62
    assert symbols(pages[1])[-1] == symbols(get("/resolutions/?since=1900-01-01&page=2"))[-1]
    assert symbols(pages[2]) == SYMBOLS[10:]
    assert [text(one(page, ".pager [aria-current=page]")) for page in pages] == ["1", "2", "3"]
    for link in pages[1].select(".pager a"):
        assert "since=1900-01-01" in str(link["href"])
        assert symbols(get(f"/resolutions/{link['href']}")) in [symbols(page) for page in pages]


@pytest.mark.parametrize("number", ["0", "-1", "4", "x", "99999999999999999999"])
def test_missing_page_number_is_explained(maker: Maker, number: str):
    maker.many(range(1, 41))

    assert problems(get(f"/resolutions/?page={number}")) == [f"There is no page “{number}”; the last is 3."]


def test_lists_are_sorted_by_date_and_closeness():
    assert symbols(get("/resolutions/?order=date")) == SYMBOLS
    closest = symbols(get("/resolutions/?order=closeness"))
    margins = {
        symbol: abs(int(tally.split("-")[0]) - int(tally.split("-")[1])) / sum(map(int, tally.split("-")[:2]))
        for symbol, _date, tally, _result in LANDMARKS
    }
    assert closest == sorted(SYMBOLS, key=lambda symbol: margins[symbol])
    assert closest[:3] == ["A/RES/3379(XXX)", "A/RES/2758(XXVI)", "A/RES/75/192"]
    assert closest[-1] == "S/RES/2774 (2025)"
    relevant = symbols(get("/resolutions/?q=aggression%20ukraine&order=relevance"))
    assert relevant[0] == "A/RES/ES-11/1"
    assert symbols(get("/resolutions/?order=relevance")) == SYMBOLS


def test_texts_without_votes_by_state_show_their_totals_or_method(maker: Maker):
    totals_only = maker.text("A/RES/79/801", title="By show of hands")
    maker.roll_call(
        "hands",
        method="non-recorded",
        resolution=totals_only,
        decisive=True,
        announced_yes=60,
        announced_no=59,
        announced_abstaining=7,
    )
    consensus = maker.text("A/RES/79/802", title="By consensus")
    maker.roll_call("consensus", method="without-vote", resolution=consensus, decisive=True)

    page = get("/resolutions/?session=79&method=any")
    assert [texts(row, ".row-how p") for row in page.select("ol.rows > li")] == [
        ["adopted without a vote"],
        ["60-59-7 adopted", "Non-recorded vote"],
    ]
    assert symbols(get("/resolutions/?order=closeness&method=any"))[0] == "A/RES/79/801"
    assert symbols(get("/resolutions/?order=closeness&method=any"))[-1] == "A/RES/79/802"
    assert symbols(get("/resolutions/?order=closeness"))[0] == "A/RES/3379(XXX)"
    assert symbols(get("/resolutions/?position=USA:for&session=79")) == []


UNKNOWN = [
    ("body=XX", "body", "Body: Unknown value “XX”; choose one of GA, SC."),
    ("since=yesterday", "since", "From: “yesterday” is not a date; dates look like 2022-03-02."),
    ("until=2025-13-01", "until", "To: “2025-13-01” is not a date; dates look like 2022-03-02."),
    ("session=999", "session", "Session: Unknown session: “999”. Codes look like 79, S-4 and ES-11."),
    (
        "topic=fish",
        "topic",
        (
            "Topic: Unknown topic: “fish”. Topics: africa, apartheid, arms-control, balkans, "
            "decolonization, east-asia, eastern-europe, economic-development, environment, gulf, human-rights, "
            "international-law, international-security, latin-america, middle-east, nuclear-weapons, outer-space, "
            "palestinian-question, peacekeeping, racism, refugees, sanctions, society, south-asia, terrorism, "
            "un-budget, un-institutions, un-membership."
        ),
    ),
    (
        "kind=texts",
        "kind",
        (
            "Put to the vote: Unknown value “texts”; choose one of text, amendment, paragraph, paragraph-amendment, "
            "motion, procedural."
        ),
    ),
    ("result=passed", "result", "Result: Unknown value “passed”; choose one of adopted, rejected, vetoed, not-stated."),
    ("order=oldest", "order", "Order: Unknown value “oldest”; choose one of date, closeness, relevance."),
    (
        "position=USA:againts",
        "position",
        (
            "How members voted: “againts” is not a position of United States; choose one of for, against, abstain, "
            "nonvoting."
        ),
    ),
    ("position=USA", "position", "How members voted: “USA” should look like USA:against or eu:for."),
    ("position=UKX:for", "position", "How members voted: Unknown state code: “UKX”."),
    (
        "position=usa:for",
        "position",
        "How members voted: Unknown bloc: “usa”. Write state codes in upper case.",
    ),
    ("position=eurozone:for", "position", "How members voted: Unknown bloc: “eurozone”."),
    (
        "position=eu:yes",
        "position",
        "How members voted: “yes” is not a position of EU; choose one of for, against, abstain, nonvoting, tied.",
    ),
    ("differ=USA", "differ", "Who differed: “USA” should name two states or blocs, such as USA~eu."),
    ("differ=USA~europe", "differ", "Who differed: Unknown bloc: “europe”."),
    ("same=USA", "same", "Who took the same position: “USA” should name two states or blocs, such as USA~eu."),
    ("short=2", "short", "Short of the majority by: Unknown value “2”; choose one of 1."),
]


@pytest.mark.parametrize(("query", "field", "message"), UNKNOWN)
def test_unknown_value_is_an_error_beside_its_field_and_selects_nothing(query: str, field: str, message: str):
    page = get(f"/resolutions/?result=adopted&{query}" if field != "result" else f"/resolutions/?{query}")

    assert problems(page) == [message]
    assert rows(page) == []
    assert page.select(".selection") == []
    fields = page.select(f"#filters [name={field}]")
    assert fields, "the field is there to be corrected"
    vote_context = {str(field.get("aria-describedby", "")) for field in fields} - {""}
    assert vote_context, "the field names its error"
    for name in vote_context:
        assert text(one(page, f"[id='{name.split()[0]}']"))
    assert {str(field.get("aria-invalid", "")) for field in fields} >= {"true"}


def test_an_error_in_one_filter_keeps_the_others_in_the_form():
    page = get("/resolutions/?since=yesterday&result=vetoed&body=SC&session=ES-11&topic=human-rights")
    kept = {
        str(field["name"]): str(field["value"])
        for field in page.select("#filters input[type=radio][checked], #filters input[type=hidden]")
    }
    kept |= {
        str(option.find_parent("select")["name"]): str(option["value"])  # type: ignore[index]  # options have selects
        for option in page.select("#filters option[selected]")
    }

    expected = {"result": "vetoed", "body": "SC", "session": "ES-11", "topic": "human-rights"}
    assert {name: kept.get(name) for name in expected} == expected


def test_unknown_parameters_are_named():
    page = get("/resolutions/?positon=USA:for&utm_campaign=x&fbclid=1&Body=SC")

    assert problems(page) == ["Ignored unknown parameters: positon, Body."]
    assert symbols(page) == SYMBOLS


def form_fields(page: BeautifulSoup, selector: str) -> list[tuple[str, str]]:
    """Return the names and values that a browser would send from a form as it stands."""
    fields: list[tuple[str, str]] = []
    for control in one(page, selector).select("input[name], select[name]"):
        if control.name == "select":
            options = control.select("option[selected]") or control.select("option")[:1]
            fields.append((str(control["name"]), str(options[0].get("value", ""))))
        elif control.get("type") not in ("radio", "checkbox") or control.has_attr("checked"):
            fields.append((str(control["name"]), str(control.get("value", ""))))
    return fields


@pytest.mark.parametrize(
    "address",
    [
        "/resolutions/",
        "/resolutions/?q=ukraine&order=relevance&body=GA",
        "/resolutions/?position=USA:against&position=RUS:against",
        "/resolutions/?differ=USA~eu",
        "/resolutions/?differ=USA~eu&differ=RUS~CHN&same=USA~RUS&position=USA,RUS:against&short=",
        "/resolutions/?since=2010-01-01&until=2019-12-31&topic=human-rights&result=adopted&kind=text&session=71",
        "/roll-calls/?result=vetoed",
        "/roll-calls/?vetoed_by=RUS&vetoed_by=USA&method=any",
        "/resolutions/?q=es-11&method=recorded",
        "/states/USA/?choice=against",
        "/states/USA/?position=RUS:against",
        "/blocs/nato/?position=RUS:against",
        "/blocs/nato/?differ=USA~eu",
    ],
)
def test_unchanged_form_gives_the_same_rows_without_errors(address: str):
    path = address.partition("?")[0]
    page = get(address)
    again = Client().get(path, form_fields(page, "#filters"), follow=True)
    sent = BeautifulSoup(again.content, "html.parser")

    assert problems(sent) == []
    assert rows(sent) == rows(page)


def test_htmx_gets_a_fragment_and_vary_separates_it_in_caches():
    whole = Client().get("/resolutions/?q=ukraine")
    part = Client().get("/resolutions/?q=ukraine", headers={"HX-Request": "true"})
    restored = Client().get(
        "/resolutions/?q=ukraine", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )

    fragment = BeautifulSoup(part.content, "html.parser")
    assert symbols(fragment) == UKRAINE
    assert fragment.select("html, head, body, main, h1, form, header, footer") == []
    assert restored.content == whole.content
    for response in (whole, part, restored):
        assert response.headers["Vary"] == "HX-Request, HX-History-Restore-Request"


def test_fragment_updates_every_changed_part_of_the_form():
    headers = {"HX-Request": "true"}
    response = Client().get("/resolutions/?q=ukraine&who1=USA&how1=against", headers=headers)
    fragment = BeautifulSoup(response.content, "html.parser")

    assert [str(o["value"]) for o in fragment.select("#who1 option[selected], #how1 option[selected]")] == [
        "USA",
        "against",
    ]
    assert response.headers["HX-Push-Url"] == "/resolutions/?q=ukraine&position=USA%3Aagainst"
    assert text(one(fragment, "title")) == (
        "Resolutions with the words “ukraine” on which the United States voted against · Plenary"
    )


def test_sorting_is_a_link_that_keeps_the_filters():
    page = get("/resolutions/?q=ukraine&order=closeness&page=1")
    links = {text(link): str(link["href"]) for link in page.select(".sorts a")}

    assert links == {
        "Newest first": "?q=ukraine",
        "Closest first": "?q=ukraine&order=closeness",
        "Most relevant first": "?q=ukraine&order=relevance",
    }
    assert text(one(page, ".sorts [aria-current]")) == "Closest first"
    # The form keeps the order.
    assert one(page, "#filters [name=order]")["value"] == "closeness"
    assert "Most relevant first" not in texts(get("/resolutions/"), ".sorts a")


def test_a_text_that_is_not_in_the_record_is_said_with_where_else_to_look():
    page = get("/resolutions/?q=A/RES/99/999")

    assert text(page.select(".loosened p")[0]) == "“A/RES/99/999” is not in this record. Clear all"
    assert "https://docs.un.org/en/A/RES/99/999" in [str(link["href"]) for link in page.select(".loosened a")]


def test_long_facet_shows_the_most_frequent_and_collapses_the_rest(maker: Maker):
    # Each topic has one text more than the one before.
    for place, topic in enumerate(Topic.objects.order_by("slug"), start=1):
        for number in range(place):
            resolution = maker.text(f"A/RES/79/{100 * place + number}")
            resolution.topics.add(topic)
            maker.roll_call(f"of-{topic.slug}-{number}", resolution=resolution, decisive=True)
    page = get("/resolutions/?since=2024-12-17&until=2024-12-17")
    slugs = [*Topic.objects.order_by("slug").values_list("slug", flat=True)]

    facet = one(page, "fieldset.facet:has([name=topic])")
    shown = [str(field["value"]) for field in facet.select(":scope > label input")]
    folded = [str(field["value"]) for field in facet.select(":scope > details input")]
    assert [*shown, *folded] == ["", *slugs[::-1]]
    assert len(shown) == 1 + 6
    assert text(one(facet, "summary")) == f"{len(slugs) - 6} more"

    # What is chosen stands first, wherever it would be.
    chosen = get(f"/resolutions/?since=2024-12-17&until=2024-12-17&topic={slugs[0]}")
    facet = one(chosen, "fieldset.facet:has([name=topic])")
    assert [field["value"] for field in facet.select(":scope > label input")][:3] == ["", slugs[0], slugs[-1]]
    assert one(facet, "input[checked]")["value"] == slugs[0]


def test_split_is_still_read_for_tied():
    query = "session=ES-11&position=p5:split"
    moved = Client().get(f"/resolutions/?{query}")
    assert moved.status_code == 302
    assert moved["Location"] == "/resolutions/?session=ES-11&position=p5%3Atied"
    found = symbols(get(moved["Location"]))
    assert found == ["A/RES/ES-11/8", "A/RES/ES-11/7"]

    # Files and programs are answered at once, in the usual word.
    response: Any = Client().get(f"/resolutions.json?{query}")
    assert [row["symbol"] for row in json.loads(b"".join(response.streaming_content))["rows"]] == found
    answer = Client().get(f"/api/v1/resolutions/?{query}&fields=symbol").json()
    assert [row["symbol"] for row in answer["results"]] == found
    errors = Client().get("/resolutions.json?position=USA:split").json()["errors"]
    assert "“split” is not a position of United States" in errors["position"][0]


def test_a_box_that_says_split_becomes_tied():
    moved = Client().get("/resolutions/?who1=p5&how1=split")
    assert moved["Location"] == "/resolutions/?position=p5%3Atied"
