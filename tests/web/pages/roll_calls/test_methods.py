"""Votes not recorded and adoptions without a vote: filters, symbols, wording and counts."""

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from resolutions.models import Session
from tests.web.records import Maker, facets, get, one, problems, rows, selected, symbols, text, texts
from votes.models import RollCall
from votes.record.record import load
from web.files import answers
from web.lists.listing import Listing
from web.pages.home.questions import questions

pytestmark = pytest.mark.usefixtures("record")

ATOM = "{http://www.w3.org/2005/Atom}"

# From the UN Digital Library's files: symbol, day, title, method, requirement of a body.
HANDS = ("A/RES/1(I)", "1946-01-24", "Establishment of a Commission to Deal with Atomic Energy", "non-recorded")
NOT_KNOWN = ("A/RES/39/28 A", "1984-11-30", "Amnesty", "recorded")
QUIET = ("S/RES/2034 (2012)", "2012-01-19", "On the date of election to the Court", "without-vote")
CALLED = ("A/RES/377(V)", "1950-11-03", "Uniting for peace", "roll-call")
SLUGS = {"hands": HANDS, "not-known": NOT_KNOWN, "quiet": QUIET, "called": CALLED}


@pytest.fixture
def methods(maker: Maker) -> Maker:
    """Write a text of each method."""
    for slug, (symbol, date, title, method) in SLUGS.items():
        is_council = symbol.startswith("S/")
        body = maker.council if is_council else maker.assembly
        code = {"hands": "1", "not-known": "39", "called": "5"}.get(slug)
        session = Session.objects.filter(body=body, code=code).first() if code else None
        resolution = maker.text(symbol, body=body, session=session, title=title)
        maker.roll_call(
            slug,
            "USA:Y GBR:N" if slug == "called" else "",
            body=body,
            session=session,
            date=date,
            resolution=resolution,
            decisive=True,
            title="",
            method=method,
        )
    return maker


RECORDED = 24  # The landmark votes, of which one was by roll call, and two of these.


class TestLists:
    """Lists have recorded votes unless others are asked for."""

    @pytest.mark.parametrize("path", ["/resolutions/", "/roll-calls/"])
    @pytest.mark.parametrize(
        ("query", "number", "said"),
        [
            ("", RECORDED, "24 recorded votes"),
            ("?method=recorded", RECORDED, "24 recorded votes"),
            ("?method=roll-call", 2, "2 roll-call votes"),
            ("?method=non-recorded", 1, "1 non-recorded vote"),
            ("?method=without-vote", 1, "1 text adopted without a vote"),
            ("?method=any", RECORDED + 2, "26 votes and adoptions without a vote"),
            ("?method=any&body=SC", 3, "3 of 26 votes and adoptions without a vote"),
            ("?body=SC", 2, "2 of 24 recorded votes"),
        ],
    )
    def test_method_filter_selects_votes_taken_that_way(
        self, methods: Maker, path: str, query: str, number: int, said: str
    ):
        page = get(path + query)

        assert problems(page) == []
        assert selected(page) == number
        assert text(one(page, ".selection > [role=status]")).partition(" · ")[0] == said

    def test_list_states_excluded_texts_and_links_to_include_them(self, methods: Maker):
        page = get("/resolutions/?q=election")
        assert symbols(page) == []
        said = one(page, ".selection > .hint")
        assert text(said) == "Add 1 text without a recorded vote"
        assert symbols(get(f"/resolutions/{one(said, 'a')['href']}")) == ["S/RES/2034 (2012)"]

        assert text(one(get("/roll-calls/"), ".selection > .hint")) == "Add 2 texts without a recorded vote"
        assert get("/roll-calls/?method=any").select(".selection > .hint") == []
        assert get("/states/USA/").select(".selection > .hint") == []

    def test_rows_state_the_method(self, methods: Maker):
        page = get("/resolutions/?method=any&until=2012-12-31")
        how = {text(one(row, ".symbol")): texts(row, ".row-how p") for row in page.select("ol.rows > li")}

        assert how["S/RES/2034 (2012)"] == ["adopted without a vote"]
        assert how["A/RES/1(I)"] == ["adopted", "Non-recorded vote"]
        assert how["A/RES/39/28 A"] == ["adopted", "Recorded vote; who voted how is not on record"]
        assert how["A/RES/377(V)"] == ["1-1-0 adopted"]

    def test_secret_ballot_has_its_text_and_says_why_nobody_is_named(self, methods: Maker):
        resolution = methods.text("A/DEC/79/401", title="Election of members of the Human Rights Council")
        methods.roll_call("elected", "", resolution=resolution, decisive=True, title="", method="ballot")

        page = get("/resolutions/?method=ballot")
        assert symbols(page) == ["A/DEC/79/401"]
        assert texts(page, "ol.rows .row-how p") == ["adopted", "Secret ballot or election; who voted how is secret"]
        assert "who voted how is secret" in text(one(get("/resolutions/A/DEC/79/401"), "main"))
        assert "Resolutions put to a secret ballot or an election" in text(one(page, "title"))

    def test_method_facet_counts_each_method(self, methods: Maker):
        assert facets(get("/resolutions/"))["method"] == {
            "any": 26, "": 24, "roll-call": 2, "non-recorded": 1, "without-vote": 1,
        }  # fmt: skip
        assert facets(get("/resolutions/?method=any"))["method"][""] == 24
        # Where a symbol is looked for, any is what is meant without a word.
        methods.roll_call("other", "USA:Y", resolution=methods.text("A/RES/79/2034"), decisive=True)
        assert facets(get("/resolutions/?q=2034"))["method"] == {"": 2, "recorded": 1, "without-vote": 1}
        page = get("/resolutions/?method=without-vote")
        assert [str(box["value"]) for box in page.select("[name=method][checked]")] == ["without-vote"]

    def test_unknown_method_is_an_error_in_lists_files_and_api(self, methods: Maker):
        error = (
            "Unknown value “show-of-hands”; choose one of recorded, roll-call, non-recorded, without-vote, ballot, any."
        )
        page = get("/resolutions/?method=show-of-hands")

        assert problems(page) == [f"How the vote was taken: {error}"]
        assert text(one(page, "#method-error")) == error
        for address in (
            "/roll-calls.csv",
            "/resolutions.json",
            "/votes.csv",
            "/roll-calls.atom",
            "/api/v1/resolutions/",
        ):
            answer = Client().get(f"{address}?method=show-of-hands")
            assert (answer.status_code, answer.json()["errors"]) == (400, {"method": [error]}), address

    def test_empty_list_of_another_method_does_not_mention_recorded_votes(self, methods: Maker):
        page = get("/roll-calls/?method=non-recorded&body=SC")

        assert texts(page, ".loosened p") == ["Nothing on record meets all of these conditions. Clear all"]
        assert {text(item) for item in page.select(".loosened li")} == {
            "that were not recorded: 2 recorded votes without it",
            "in the Security Council: 1 non-recorded vote without it",
        }

    def test_count_without_the_symbol_covers_recorded_votes_only(self, methods: Maker):
        listing = Listing(QueryDict("q=S/RES/2034&body=SC"), load())

        assert listing.totals["roll_calls"] == 1
        assert listing.count_without("q") == 2
        assert listing.count_without("body") == 1


class TestSymbols:
    """Who looks for a text by its symbol finds it, however it was decided."""

    @pytest.mark.parametrize("symbol", ["S/RES/2034 (2012)", "s/res/2034(2012)", "A/RES/1(I)"])
    def test_whole_symbol_redirects_to_its_page(self, methods: Maker, symbol: str):
        response = Client().get("/resolutions/", {"q": symbol})

        assert response.status_code == 302
        assert response.headers["Location"].startswith("/resolutions/")
        assert Client().get(response.headers["Location"]).status_code == 200

    def test_partial_symbol_finds_unrecorded_votes_and_the_sentence_says_so(self, methods: Maker):
        page = get("/resolutions/?q=2034&body=SC")

        assert symbols(page) == ["S/RES/2034 (2012)"]
        assert text(one(page, "head > title")) == (
            "Resolutions with the symbol “2034” in the Security Council · Plenary"
        )
        assert symbols(get("/resolutions/?q=2034&body=SC&method=recorded")) == []

    def test_unrecorded_vote_is_suggested_by_symbol(self, methods: Maker):
        assert "S/RES/2034" in str(get("/suggestions/?q=2034"))

    @pytest.mark.parametrize("address", ["/roll-calls.json", "/api/v1/roll-calls/"])
    def test_files_and_api_find_unrecorded_votes_by_symbol(self, methods: Maker, address: str):
        assert slugs(f"{address}?q=2034&body=SC") == ["quiet"]
        assert slugs(f"{address}?q=election") == []
        assert slugs(f"{address}?q=election&method=any") == ["quiet"]
        assert slugs(f"{address}?method=non-recorded") == ["hands"]
        assert len(slugs(address)) == RECORDED


def slugs(address: str) -> list[str]:
    """Return the slugs of the rows of an answer in JSON."""
    said = json.loads(Client().get(address).getvalue())
    found: list[dict[str, Any]] = said["results"] if "results" in said else said["rows"]
    return [row["slug"] for row in found]


SAID = {
    "hands": (
        "Adopted. Non-recorded vote; neither the tally nor who voted how is on record.",
        "non-recorded vote of 24 January 1946.",
        "adopted, non-recorded vote",
    ),
    "not-known": (
        "Adopted. Recorded vote; who voted how is not on record.",
        "recorded vote of 30 November 1984.",
        "adopted",
    ),
    "quiet": ("Adopted without a vote.", "adopted without a vote on 19 January 2012.", "adopted without a vote"),
    "called": (
        "Adopted: 1 of 2 present and voting were in favour (50.0%). Adoption takes more votes in favour than against.",
        "roll-call vote of 3 November 1950, 1-1-0.",
        "adopted 1-1-0",
    ),
}


class TestWords:
    """How each is called."""

    @pytest.mark.parametrize("slug", SLUGS)
    def test_page_explains_and_cites_the_method(self, methods: Maker, slug: str):
        symbol, *_others = SLUGS[slug]
        page = get(f"/resolutions/{symbol}")
        explained, cited, _titled = SAID[slug]

        assert text(one(page, ".explanation")) == explained
        assert f"{symbol}, {cited} http://testserver/" in text(one(page, "#citation")).replace("%20", " ")
        if slug in ("hands", "quiet"):
            own = str(page.select("main")[0]) + str(page.select("head")[0].select("[property], [type*=ld]"))
            assert "recorded vote" not in own.replace("non-recorded vote", "").lower().replace("non-recorded vote", "")

    @pytest.mark.parametrize("slug", SLUGS)
    def test_feed_title_states_the_method(self, methods: Maker, slug: str):
        symbol, _date, title, _method = SLUGS[slug]
        feed = ET.fromstring(Client().get("/roll-calls.atom?method=any").content)  # noqa: S314  # our own
        titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]

        assert f"{symbol}: {title}, {SAID[slug][2]}" in titles

    @pytest.mark.parametrize(
        ("slug", "said"),
        [
            ("hands", ["adopted", "Non-recorded vote; neither the tally nor who voted how is on record."]),
            ("not-known", ["adopted", "Recorded vote; who voted how is not on record."]),
            ("quiet", ["adopted without a vote"]),
        ],
    )
    def test_embed_and_card_state_the_method(
        self, methods: Maker, slug: str, said: list[str], monkeypatch: pytest.MonkeyPatch
    ):
        page = get(f"/roll-calls/{slug}/embed/")
        assert texts(page, "main > p.outcome, main > p.outcome + p:not(.from)") == said

        monkeypatch.setattr(answers, "png", str.encode)
        root = ET.fromstring(Client().get(f"/roll-calls/{slug}/card.png").content)  # noqa: S314  # our own
        card = " ".join("".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text"))
        assert SAID[slug][0].removesuffix(".").split(";")[0] in card

    def test_page_of_a_vote_on_part_of_a_text_states_the_method(self, methods: Maker):
        text_of = RollCall.objects.get(slug="hands").resolution
        assert text_of
        methods.roll_call("part", resolution=text_of, kind="paragraph", title="Paragraph 5", method="non-recorded")

        page = get("/roll-calls/part/")
        assert text(page.select("article > p")[0]).startswith("A non-recorded vote on A/RES/1(I), ")
        assert texts(get("/resolutions/A/RES/1(I)"), "#others") == ["Other votes on this text"]


class TestCounts:
    """What counts recorded votes counts no others."""

    def test_front_page_counts_only_recorded_votes(self, methods: Maker):
        page = get("/")

        assert text(one(page, ".today")).startswith("24 recorded votes, from ")
        assert "S/RES/2034 (2012)" not in symbols(page)
        counts = {one.slug: one.says for one in questions(load(), "en", "/")}
        assert "Council votes searched: 2," in counts["vetoes"]

    def test_data_page_counts_other_methods_separately(self, methods: Maker):
        page = get("/data/")
        facts = dict(zip(texts(page, ".facts dt"), texts(page, ".facts dd"), strict=True))

        assert facts["Recorded votes"].startswith("24, with ")
        assert facts["Other texts"] == "1 non-recorded vote · 1 text adopted without a vote"
        assert selected(get(str(page.select(".facts dd a")[0]["href"]))) == 1
        (editor,) = [row for row in page.select(".sources tbody tr") if "Editor" in text(row)]
        assert text(editor.select("td")[-1]) == "2"
        assert "All 24 recorded votes" in text(get("/data/quality/"))

    def test_votes_of_a_state_include_roll_call_votes(self, methods: Maker):
        assert "A/RES/377(V)" in symbols(get("/states/GBR/?until=1959-12-31"))
        assert rows(get("/states/GBR/?method=non-recorded")) == []
