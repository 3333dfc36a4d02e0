"""Search by name and symbol, in memory and on the results page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resolutions.models import OtherSymbol
from tests.web.records import SYMBOLS, Maker, get, one, symbols, text, texts
from votes.record.record import load
from web.lists.search import Index, index_of, spaced

pytestmark = pytest.mark.usefixtures("record")

NAMED = {
    "Turkey": {"state": ["Türkiye (Turkey)"]},
    "türk": {"state": ["Türkiye", "Turkmenistan"], "bloc": ["Turkic States"]},
    "TURKI": {"state": ["Türkiye"], "bloc": ["Turkic States"]},
    "burma": {"state": ["Myanmar (Burma)"]},
    "Ivory Coast": {"state": ["Côte d'Ivoire (Ivory Coast)"]},
    "cote divoire": {"state": ["Côte d'Ivoire"]},
    "ivoire côte": {"state": ["Côte d'Ivoire"]},
    "South Korea": {"state": ["Republic of Korea (South Korea)"]},
    "prk": {"state": ["Democratic People's Republic of Korea"]},
    "guinea": {"state": ["Guinea", "Guinea-Bissau", "Equatorial Guinea", "Papua New Guinea"]},
    "equatorial guinea": {"state": ["Equatorial Guinea"]},
    "aid to Equatorial Guinea, and to Guinea": {"state": ["Equatorial Guinea", "Guinea"]},
    "germany": {
        "state": ["Germany", "German Democratic Republic (Germany)", "Germany, Federal Republic of (Germany)"],
    },
    "eu": {
        "bloc": [
            "EU",
            "EAEU (Eurasian Economic Union)",
            "EFTA (European Free Trade Association)",
            "Council of Europe",
            "Eastern European Group",
            "WEOG (Group of Western European and other States)",
        ],
        "topic": ["Ukraine, Russia and Eastern Europe"],
    },
    "European Union": {"bloc": ["EU (European Union)"]},
    "P5": {"bloc": ["Permanent five"]},
    "non aligned": {"bloc": ["Non-Aligned Movement"]},
    "human rights in Iran": {"state": ["Iran (Islamic Republic of) (Iran)"], "topic": ["Human rights"]},
    "the US and the EU": {"state": ["United States (US)"], "bloc": ["EU"]},
    "tell us": {},
    "palest": {"topic": ["Israel and the Palestinians"]},
    "security council": {
        "bloc": ["Permanent five (Permanent members of the Security Council)"],
        "body": ["Security Council"],
    },
    "ES-11": {"session": ["Eleventh emergency special session"]},
    "x": {},
    "": {},
    "&<>": {},
    "iran" * 30: {},
}


def test_words_name_states_blocs_topics_bodies_and_sessions():
    index = Index.of(load())

    found = {
        words: {
            kind: [f"{match.name} ({match.also})" if match.also else match.name for match in matches]
            for kind, matches in index.named_by(words).items()
        }
        for words in NAMED
    }
    assert found == NAMED


def test_every_named_match_links_to_a_page():
    index = Index.of(load())

    addresses = [
        match.address
        for words in ("USA", "nato", "human rights", "security council", "ES-11")
        for matches in index.named_by(words).values()
        for match in matches
    ]
    assert addresses == [
        "/states/USA/",
        "/blocs/nato/",
        "/resolutions/?topic=human-rights",
        "/blocs/p5/",
        "/resolutions/?body=SC",
        "/resolutions/?session=ES-11",
    ]
    assert {Client().get(address).status_code for address in addresses} == {200}


def test_empty_record_gives_no_matches_of_votes(maker: Maker):
    connection.cursor().execute("TRUNCATE resolutions_resolution, votes_rollcall CASCADE")
    index = Index.of(load())

    assert (index.with_symbol("2774"), index.with_title("peace", 8)) == ([], [])
    assert [match.name for match in index.named_by("chile")["state"]] == ["Chile"]


def test_texts_are_found_by_whole_symbol_then_by_prefix_newest_first(maker: Maker):
    maker.many([1, 2, 10, 11, 101])
    for number in (1, 10):
        maker.text(f"A/RES/80/{number}")  # published, without a vote
    index = Index.of(load())

    def found(typed: str) -> list[str]:
        return [match.symbol for match in index.with_symbol(typed)]

    assert found("79/1") == ["A/RES/79/1", "A/RES/79/101", "A/RES/79/11", "A/RES/79/10"]
    assert found("R/79/1") == ["A/RES/79/1"]
    assert found("a/res/3379 (xxx)") == ["A/RES/3379(XXX)"]
    assert found("ES-11") == ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/ES-11/1"]
    assert found("2774") == ["S/RES/2774 (2025)"]
    # Draft symbols, and texts without a vote, are in the database alone.
    assert found("A/ES-11/L.10") == ["A/RES/ES-11/7"]
    assert found("80/1") == ["A/RES/80/1"]
    assert found("1/2/3/4/5") == []
    assert found("peace") == []


def test_texts_are_found_by_prefixes_of_words_in_titles(maker: Maker):
    maker.many(range(1, 4))
    record = load()
    index = Index.of(record)

    for typed in ("peace", "ukr", "agg ukr", "nuc", "lighth", "on item", "zzz", "de jé"):
        words = typed.replace("é", "e").split()
        newest: dict[str, str] = {}
        for row in record.roll_calls_by_key(record.register.keys[record.register.decisive].tolist()):
            title = spaced(row.heading)
            if all(any(part.startswith(word) for part in title.split()) for word in words):
                newest.setdefault(title, row.resolution.symbol if row.resolution else "")
        assert [match.symbol for match in index.with_title(typed, 99)] == list(newest.values())
        assert index.with_title(typed, 1) == index.with_title(typed, 99)[:1]
    assert index.with_title("pe", 8) == []


def test_results_page_links_to_named_matches():
    page = get("/resolutions/?q=Burma")
    assert [(text(link), link["href"]) for link in page.select(".named a")] == [("Myanmar", "/states/MMR/")]
    assert texts(page, ".named h2, .named li") == ["Member states", "Myanmar (Burma)"]

    many = get("/roll-calls/?q=republic")
    assert len(many.select(".named > div:first-child a")) == 6
    assert texts(many, ".named > div:first-child li")[6:] == [
        f"and {len(index_of(load()).named_by('republic')['state']) - 6} more"
    ]

    for address in ("/resolutions/", "/resolutions/?q=zzzz", "/resolutions/?q=Burma&body=XX"):
        assert get(address).select(".named") == []


def test_whole_symbol_redirects_to_its_text(maker: Maker):
    for number in (1, 2):
        OtherSymbol.objects.create(resolution=maker.text(f"A/RES/79/{number}"), symbol="A/79/L.5")
    client = Client()

    for spelt in ("A/RES/ES-11/7", "a/res/es-11/7", "A/ES-11/L.10", "ESS/11/7"):
        response = client.get("/resolutions/", {"q": spelt})
        assert (response.status_code, response.headers["Location"]) == (302, "/resolutions/A/RES/ES-11/7"), spelt
        assert response.headers["Vary"] == "HX-Request, HX-History-Restore-Request"
    for query in ("q=ES-11", "q=2774", "q=A/79/L.5", "q=A/RES/ES-11/7&body=GA", "q=A/RES/1/999"):
        assert client.get(f"/resolutions/?{query}").status_code == 200, query
    assert client.get("/roll-calls/?q=A/RES/ES-11/7").status_code == 200
    # What is typed may go on: A/RES/ES-11/7 may become A/RES/ES-11/70.
    part = client.get("/resolutions/?q=A/RES/ES-11/7", headers={"HX-Request": "true"})
    assert part.status_code == 200


def test_search_box_of_every_page_submits_to_the_list():
    page = get("/about/")
    form = one(page, "header form.finder")

    assert (form["action"], one(form, "input")["name"]) == ("/resolutions/", "q")
    assert one(form, "input")["hx-get"] == "/suggestions/"
    assert one(form, "[role=listbox]").has_attr("hidden")


def test_words_and_names_take_no_query_and_an_unknown_symbol_one():
    index = Index.of(load())

    for typed, number in (("nuclear weapons in Iran", 0), ("ES-11/7", 0), ("A/79/L.48", 1)):
        with CaptureQueriesContext(connection) as asked:
            index.suggestions(typed)
        assert len(asked) == number, typed
    assert set(index.symbols) == set(SYMBOLS)
    assert symbols(get("/resolutions/?q=ES-11")) == ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/ES-11/1"]
