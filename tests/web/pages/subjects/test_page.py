"""Subjects: the index, pages of a subject, and the filter by subject."""

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from resolutions.models import Resolution
from tests.web.records import SYMBOLS, Maker, facets, get, one, problems, selected, symbols, text, texts
from votes.models import RollCall

Subjects = dict[str, list[str]]

UKRAINE = "ukraine-political-conditions"
CONFERENCES = ["A/RES/73/195", "A/RES/60/251"]


def items(page: BeautifulSoup, selector: str) -> dict[str, tuple[str, str]]:
    """Return name and number of texts of the subjects in a list, by address."""
    lines = [(one(item, "a"), one(item, ".count")) for item in page.select(f"{selector} .index li")]
    return {str(link["href"]): (text(link), text(count)) for link, count in lines}


# The index


def test_index_has_every_subject_once_with_its_number_of_texts(subjects: Subjects):
    page = get("/subjects/")
    letters = page.select(".letters details")

    assert [text(one(letter, "h3")) for letter in letters] == ["A", "C", "H", "L", "M", "N", "P", "R", "T", "U"]
    assert items(page, ".letters") == {
        "/subjects/armed-conflicts-prevention/": ("Armed conflicts prevention", "1"),
        "/subjects/armed-conflicts-prevention-mediation/": ("Armed conflicts prevention–Mediation", "1"),
        "/subjects/cuba-united-states/": ("Cuba–United States", "1"),
        "/subjects/human-rights-advancement/": ("Human rights advancement", "1"),
        "/subjects/human-rights-reports/": ("Human rights–Reports", "1"),
        "/subjects/libyan-arab-jamahiriya-united-states/": ("Libyan Arab Jamahiriya–United States", "1"),
        "/subjects/millennium-summit-2000-new-york/": ("Millennium Summit (2000, New York)", "2"),
        "/subjects/nicaragua-united-states/": ("Nicaragua–United States", "1"),
        "/subjects/nuclear-disarmament-negotiations/": ("Nuclear disarmament negotiations", "1"),
        "/subjects/palestine-question/": ("Palestine question", "1"),
        "/subjects/racial-discrimination/": ("Racial discrimination", "1"),
        "/subjects/territories-occupied-by-israel-settlement-policy/": (
            "Territories occupied by Israel–Settlement policy", "1",
        ),
        "/subjects/ukraine-political-conditions/": ("Ukraine–Political conditions", "3"),
        "/subjects/un-conferences/": ("UN conferences", "2"),
        "/subjects/un-human-rights-council-reports/": ("UN Human Rights Council–Reports", "1"),
    }  # fmt: skip
    assert list(items(page, "[aria-labelledby=most]").values())[:4] == [
        ("Ukraine–Political conditions", "3"),
        ("Millennium Summit (2000, New York)", "2"),
        ("UN conferences", "2"),
        ("Armed conflicts prevention", "1"),
    ]
    assert "General Assembly: 17 of 20 texts have a subject." in text(page)
    assert "Security Council: 0 of 2 texts have a subject." in text(page)
    assert items(page, "[aria-labelledby=topics]")["/resolutions/?topic=human-rights"] == ("Human rights", "4")


def test_subjects_are_found_by_words_in_any_order(subjects: Subjects):
    page = get("/subjects/?q=STATES+cuba")
    assert list(items(page, "main")) == ["/subjects/cuba-united-states/"]
    assert text(one(page, "main [role=status]")) == "1 of 15 subjects has these words"
    assert len(items(get("/subjects/?q=human+rights"), "main")) == 3
    assert items(get("/subjects/?q=fish"), "main") == {}
    assert texts(get("/subjects/?nothing=1"), ".note, .problem")


def test_record_without_subjects_says_so(record: None):
    assert texts(get("/subjects/"), ".empty") == ["No text has a subject yet."]
    assert not get("/resolutions/").select("[name=subject]")


# The page of one


def test_page_of_a_subject_lists_its_texts(subjects: Subjects):
    page = get(f"/subjects/{UKRAINE}/")

    assert symbols(page) == ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/ES-11/1"]
    assert text(one(page, "h1")) == "Ukraine–Political conditions"
    assert text(one(page, "title")) == "Resolutions on the subject “Ukraine–Political conditions” · Plenary"
    assert "UKRAINE--POLITICAL CONDITIONS" in text(one(page, ".subject-links"))
    assert one(page, "link[rel=canonical]")["href"] == f"http://testserver/subjects/{UKRAINE}/"
    assert [str(link["href"]) for link in page.select("link[rel=alternate]")] == [
        f"http://testserver/resolutions.{form}?subject={UKRAINE}" for form in ("csv", "json", "parquet", "atom")
    ]
    narrowed = get(f"/subjects/{UKRAINE}/?q=aggression")
    assert symbols(narrowed) == ["A/RES/ES-11/1"]
    assert text(one(narrowed, ".selection [role=status]")) == "1 of 3 recorded votes · 1 adopted"
    assert facets(page)["topic"] == {"": 3, "eastern-europe": 3, "international-security": 1}
    # It is about one subject: another one is no filter of it.
    assert not page.select("[name=subject]")
    asked = get(f"/subjects/{UKRAINE}/?subject=cuba-united-states")
    assert symbols(asked) == symbols(page)
    assert problems(asked)[0].endswith("Ignored unknown parameters: subject.")


def test_files_of_a_subject_equal_the_page(subjects: Subjects):
    page = get(f"/subjects/{UKRAINE}/?since=2025-01-01")
    links = {text(link): str(link["href"]) for link in page.select("#results .after a[rel=nofollow]")}

    assert set(links) == {"CSV", "JSON", "Parquet"}
    rows = [*csv.DictReader(io.StringIO(b"".join(Client().get(links["CSV"])).decode()))]
    assert [row["symbol"] for row in rows] == symbols(page) == ["A/RES/ES-11/8", "A/RES/ES-11/7"]
    assert {row["subjects"] for row in rows} == {"UKRAINE--POLITICAL CONDITIONS"}
    feed = Client().get(f"/resolutions.atom?subject={UKRAINE}").content.decode()
    assert feed.count("<entry>") == 3
    assert "Resolutions on the subject “Ukraine–Political conditions”" in feed


def test_any_spelling_of_a_heading_redirects_to_its_page(subjects: Subjects):
    for written in ("CUBA--UNITED STATES", "Cuba–United States", "Cuba-United-States"):
        response = Client().get(f"/subjects/{written}/?since=2000-01-01")
        assert response.status_code == 301, written
        assert response.headers["Location"] == "/subjects/cuba-united-states/?since=2000-01-01"
    missing = get("/subjects/cuba-state/", status=404)
    assert "Unknown subject: “cuba-state”. Did you mean cuba-united-states?" in text(missing)
    assert "Did you mean" not in texts(get("/subjects/fish/", status=404), ".lead")[0]


def test_related_subjects_have_the_same_main_heading(subjects: Subjects):
    assert items(get("/subjects/armed-conflicts-prevention-mediation/"), ".related") == {
        "/subjects/armed-conflicts-prevention/": ("Armed conflicts prevention", "1")
    }
    # Human rights–Reports is below Human rights, and no relative of Human rights advancement.
    assert items(get("/subjects/human-rights-reports/"), ".related") == {}


def test_page_links_to_votes_on_parts_of_its_texts(subjects: Subjects, maker: Maker):
    text_of = Resolution.objects.get(symbol="A/RES/74/7")
    assert "All 2" not in text(get("/subjects/cuba-united-states/"))
    maker.roll_call("part", "USA:N", resolution=text_of, kind="paragraph")

    page = get("/subjects/cuba-united-states/")

    assert symbols(page) == ["A/RES/74/7"]
    link = one(page, ".subject-links a[href^='/roll-calls/']")
    assert text(link) == "All 2 recorded votes, with amendments, paragraphs and motions"
    assert selected(get(str(link["href"]))) == 2


def test_spellings_that_differ_in_punctuation_alone_are_one_subject(subjects: Subjects):
    other = Resolution.objects.get(symbol="A/RES/34/22")
    other.subjects = ["CUBA - UNITED STATES"]
    other.save()

    page = get("/subjects/cuba-united-states/")

    assert symbols(page) == ["A/RES/74/7", "A/RES/34/22"]
    assert texts(page, ".subject-links .code") == ["CUBA - UNITED STATES", "CUBA--UNITED STATES"]
    assert text(one(page, "h1")) == "Cuba - United States"  # as frequent, and first by the alphabet
    assert len(items(get("/subjects/"), ".letters")) == 15
    assert selected(get("/roll-calls/?subject=CUBA--UNITED+STATES")) == 2
    assert json.loads(Client().get("/api/v1/roll-calls/?subject=cuba-united-states&fields=slug").content)[
        "results"
    ] == [{"slug": "a-res-74-7"}, {"slug": "a-res-34-22"}]


def test_text_links_to_its_subjects(subjects: Subjects):
    page = get("/resolutions/A/RES/73/195")
    links = {text(link): str(link["href"]) for link in page.select(".facts a[href^='/subjects/']")}

    assert links == {
        "UN conferences": "/subjects/un-conferences/",
        "Millennium Summit (2000, New York)": "/subjects/millennium-summit-2000-new-york/",
    }
    for address in links.values():
        assert symbols(get(address)) == CONFERENCES
    assert not get("/resolutions/A/RES/34/22").select(".facts a[href^='/subjects/']")


def test_query_count_does_not_grow_with_subjects(
    subjects: Subjects, maker: Maker, django_assert_num_queries: DjangoAssertNumQueries
):
    addresses = {"/subjects/": 2, "/subjects/?q=cuba": 2, "/subjects/cuba-united-states/": 2, "/subjects/fish/": 7}
    for number in range(1, 60):
        found = maker.text(f"A/RES/79/{number}", subjects=[f"LIGHTHOUSES--{number}", "CUBA--UNITED STATES"])
        maker.roll_call(f"light-{number}", "USA:Y", resolution=found, decisive=True)
    for address, queries in addresses.items():
        with django_assert_num_queries(queries):
            Client().get(address)


def test_sitemap_has_subjects_with_texts(subjects: Subjects):
    found = Client().get("/sitemap-subjects.xml").content.decode()
    assert found.count("<loc>") == 15
    assert "<loc>http://testserver/subjects/cuba-united-states/</loc>" in found
    assert "/subjects/</loc>" in Client().get("/sitemap-pages.xml").content.decode()


# The filter


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"subject": ["un-conferences"]}, CONFERENCES),
        ({"subject": ["UN CONFERENCES", "cuba-united-states"]}, ["A/RES/74/7", *CONFERENCES]),
        ({"subject": ["un-conferences", "UN Conferences"]}, CONFERENCES),
        ({"subject": ["un-conferences"], "until": ["2010-01-01"]}, ["A/RES/60/251"]),
        ({"subject": ["un-conferences"], "topic": ["nuclear-weapons"]}, []),
    ],
)
def test_several_subjects_match_any_of_them(subjects: Subjects, query: dict[str, list[str]], found: list[str]):
    asked = urlencode(query, doseq=True)

    assert symbols(get(f"/resolutions/?{asked}")) == found
    rows = csv.DictReader(io.StringIO(b"".join(Client().get(f"/resolutions.csv?{asked}")).decode()))
    assert [row["symbol"] for row in rows] == found
    api = json.loads(Client().get(f"/api/v1/resolutions/?{asked}&fields=symbol,subjects").content)["results"]
    assert [row["symbol"] for row in api] == found
    assert [row["subjects"] for row in api] == ["|".join(subjects[symbol]) for symbol in found]
    assert Client().get(f"/resolutions.atom?{asked}").content.decode().count("<entry>") == len(found)


def test_chosen_subjects_are_in_the_sentence_and_ticked(subjects: Subjects):
    page = get("/resolutions/?subject=cuba-united-states&subject=UN+CONFERENCES&body=GA")

    assert text(one(page, ".described")).startswith(
        "Resolutions in the General Assembly ×Remove “in the General Assembly” "
        "on the subject “Cuba–United States” or “UN conferences”"
    )
    boxes = page.select("input[name=subject]")
    assert [str(box["value"]) for box in boxes if box.has_attr("checked")] == ["un-conferences", "cuba-united-states"]
    assert len(boxes) == 6
    assert one(page, "[type=checkbox]#subject-un-conferences").parent
    assert text(one(page, ".facet:has([name=subject]) .hint a")) == "All subjects"


def test_unknown_subject_is_an_error_that_suggests_the_closest(subjects: Subjects):
    said = "Unknown subject: “cuba-usa”. Did you mean cuba-united-states?"
    page = get("/resolutions/?subject=cuba-usa&subject=un-conferences")
    assert problems(page) == [f"Subject: {said}"]
    assert symbols(page) == []
    assert text(one(page, "#subject-error")) == said
    for address in ("/resolutions.csv", "/roll-calls.atom", "/api/v1/roll-calls/", "/api/v1/agreement/", "/votes.json"):
        answer = Client().get(f"{address}?subject=cuba-usa")
        assert answer.status_code == 400, address
        assert json.loads(answer.content)["errors"]["subject"] == [said]
    many = problems(get("/resolutions/?subject=united+states&subject=fish&subject=%2F"))
    assert many[0] == (
        "Subject: Unknown subject: “united states”. Did you mean cuba-united-states, nicaragua-united-states or "
        "libyan-arab-jamahiriya-united-states?"
    )
    assert many[1:] == ["Subject: Unknown subject: “fish”.", "Subject: Unknown subject: “/”."]


def test_pages_of_states_and_blocs_filter_by_subject(subjects: Subjects):
    assert symbols(get("/states/USA/?subject=un-conferences")) == CONFERENCES
    assert symbols(get("/blocs/nato/?subject=un-conferences")) == CONFERENCES
    feed = Client().get("/states/USA.atom?subject=un-conferences").content.decode()
    assert feed.count("<entry>") == 2


# Questions to the matrix


def answered(address: str) -> Any:
    """Return the JSON at an address."""
    response = Client().get(address)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def test_comparison_pages_and_files_filter_by_subject(subjects: Subjects):
    states, both = "state=USA&state=CUB", "subject=cuba-united-states&subject=un-conferences"
    whole = answered(f"/compare/states.json?{states}&{both}")
    assert whole["question"] == {"subject": ["cuba-united-states", "un-conferences"]}
    assert whole["roll_calls"] == 3
    page = get(f"/compare/states/?{states}&{both}")
    assert text(one(page, ".page-head .lead")).endswith("· Cuba–United States or UN conferences")
    assert [str(box["value"]) for box in page.select(".question [name=subject][checked]")] == [
        "cuba-united-states", "un-conferences",
    ]  # fmt: skip
    assert both in str(one(page, "a[href*='differ=USA~CUB'], a[href*='differ=USA%7ECUB']")["href"])

    for address in (f"/agreement.json?{states}&{both}&since=1990-01-01",
                    f"/api/v1/agreement/?{states}&{both}&since=1990-01-01"):  # fmt: skip
        matrix = answered(address)
        assert (matrix["subject"], matrix["roll_calls"]) == (["cuba-united-states", "un-conferences"], 3)

    offered = get("/compare/roll-calls/?subject=un-conferences")
    assert [s for s in SYMBOLS if s in text(one(offered, "main"))] == CONFERENCES


def test_unknown_subject_on_other_pages_is_an_error_beside_its_field(subjects: Subjects):
    page = get("/agreement/?bloc=eu&subject=cuba-usa")
    assert text(one(page, "#subject-error")) == "Unknown subject: “cuba-usa”. Did you mean cuba-united-states?"
    assert not page.select("#matrix, .heat")


# Search


def test_search_includes_subjects(subjects: Subjects):
    for words in ("cuba united states", '"cuba united states"', "Cuba–United States", "CUBA--UNITED STATES"):
        assert "A/RES/74/7" in symbols(get(f"/resolutions/?{urlencode({'q': words})}")), words
    # The title has neither word.
    page = get("/resolutions/?q=political+conditions")
    assert symbols(page) == ["A/RES/ES-11/8", "A/RES/ES-11/7", "A/RES/ES-11/1"]
    found = one(page, "li.row:first-child .row-found")
    assert text(found) == "Subject: Ukraine–Political conditions"
    assert texts(found, "mark") == ["Political", "conditions"]
    assert RollCall.objects.published().search("political conditions").count() == 3


def test_search_box_and_results_link_to_subjects(subjects: Subjects, maker: Maker):
    maker.roll_call(
        "light", "USA:Y", decisive=True, resolution=maker.text("A/RES/79/1", subjects=["HUMAN RIGHTS--REPORTS"])
    )
    part = BeautifulSoup(
        Client().get("/suggestions/?q=human+ri", headers={"HX-Request": "true"}).content, "html.parser"
    )
    group = one(part, "[role=group][aria-label=Subjects]")
    # All begin with the words, or have them; of those the one with more texts comes first.
    assert [(text(a), a["href"]) for a in group.select("a")] == [
        ("Human rights–Reports", "/subjects/human-rights-reports/"),
        ("Human rights advancement", "/subjects/human-rights-advancement/"),
        ("UN Human Rights Council–Reports", "/subjects/un-human-rights-council-reports/"),
    ]
    page = get("/resolutions/?q=cuba-united+states+embargo")
    assert ("Cuba–United States", "/subjects/cuba-united-states/") in [
        (text(a), a["href"]) for a in page.select(".named a")
    ]
