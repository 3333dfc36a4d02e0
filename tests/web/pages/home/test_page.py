"""The front page: what the record holds, newest votes, notable breaks, questions, topics, and how a vote is read."""

import datetime

import pytest

from tests.web.records import SYMBOLS, Maker, get, one, rows, text, texts
from votes.models import RollCall

pytestmark = pytest.mark.usefixtures("record")


def test_the_record_in_one_line():
    assert text(one(get("/"), ".today")) == (
        "22 recorded votes, from 25 October 1971 to 24 February 2025. What is covered"
    )


def test_search_comes_first_then_votes_then_questions():
    page = get("/")

    heads = [head for head in texts(page, "main h2") if head != "Notable breaks"]
    assert heads == ["Latest votes", "Questions people ask", "Topics", "How to read a vote"]
    # The page has one search box, the large one.
    assert [str(form.input["id"]) for form in page.select("form[role=search]") if form.input] == ["home-q"]
    assert [str(form.input["id"]) for form in get("/states/").select("form[role=search]") if form.input] == ["header-q"]


def test_newest_votes_topics_and_questions_are_shown():
    page = get("/")

    assert texts(page, "[aria-labelledby=latest] .symbol") == SYMBOLS[:5]
    assert texts(page, ".preset h3") == [
        "Security Council vetoes",
        "US and Russia on the same side against the EU",
        "Closest votes",
    ]
    assert texts(page, ".preset-count") == ["1 vetoed draft", "2 texts"]
    topics = dict(
        zip(texts(page, "[aria-labelledby=topics] li a"), texts(page, "[aria-labelledby=topics] .count"), strict=True)
    )
    assert topics == {
        "Conflicts in Africa": "1",
        "Disarmament and arms control": "1",
        "Human rights": "4",
        "International law and courts": "2",
        "International peace and security": "3",
        "Israel and the Palestinians": "4",
        "Korea, Cambodia and East Asia": "1",
        "Latin America and the Caribbean": "2",
        "Lebanon, Syria and the Arab–Israeli conflict": "1",
        "Nuclear weapons and nuclear energy": "1",
        "Racism and intolerance": "2",
        "Refugees, migrants and humanitarian aid": "1",
        "Sanctions and embargoes": "1",
        "UN membership and credentials": "2",
        "Ukraine, Russia and Eastern Europe": "7",
    }


def test_example_vote_explains_how_to_read_a_vote(maker: Maker):
    maker.many([1, 2])
    page = get("/")

    assert text(one(page, ".reading .symbol")) == "A/RES/ES-11/7"
    assert texts(page, ".reading dt") == ["93 in favour", "18 against", "65 abstaining", "17 non-voting"]
    assert text(one(page, ".reading-tally")) == "93-18-65"
    assert "193 states were members on that date." in text(one(page, ".reading"))


def test_newest_vote_is_the_example_if_the_usual_one_is_missing(maker: Maker):
    RollCall.objects.filter(slug="a-res-es-11-7").delete()

    assert text(one(get("/"), ".reading .symbol")) == SYMBOLS[0]


def test_first_notable_breaks_are_shown_with_the_number_of_others(maker: Maker):
    close = "USA:N FRA:Y GBR:Y DEU:Y ITA:Y ESP:Y NLD:Y"
    for number in range(20):
        maker.roll_call(f"earlier-{number}", close.replace(":N", ":Y"), date=datetime.date(2025, 1, 1 + number))
    maker.roll_call("the-break", close, date=datetime.date(2025, 12, 1), title="Lighthouses")
    page = get("/")

    found = {text(one(article, ".row-title")): article for article in page.select(".notable")}
    few = texts(found["Lighthouses"], ".break-list li")
    assert few == ["United States against, unlike 6 of its 6 closest partners"]
    assert found["Lighthouses"].select(".more") == []
    for article in found.values():
        shown, more = len(article.select(".break-list li")), texts(article, ".more a")
        address = str(one(article, ".row-title a")["href"])
        every = len(get(address).select("[aria-labelledby=breaks] .break-list li"))
        assert (shown, more[0].split()[0] if more else "0") == (min(every, 3), str(max(every - 3, 0)))


def test_front_page_of_an_empty_record_says_so(db: None):
    RollCall.objects.all().delete()
    page = get("/")

    assert rows(page) == []
    assert page.select(".today, .preset, .reading, .notable") == []
    assert rows(get("/resolutions/")) == []
    assert texts(get("/resolutions/"), ".loosened p") == ["There are no recorded votes."]
