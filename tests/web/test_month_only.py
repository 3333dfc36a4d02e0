"""Votes known only by month show no day in lists, pages, files, feeds and citations."""

from __future__ import annotations

import csv
import datetime
import io
import json

import pytest
from django.test import Client

from tests.web.records import Maker, get, one, text, texts
from votes.models import RollCall
from votes.models.intervals import DatePrecision
from web.display.dates import iso

pytestmark = pytest.mark.usefixtures("record")

DAY = datetime.date(1950, 11, 1)
WRONG = ("1 November 1950", "1950-11-01")
ADDRESS = "/resolutions/A/RES/500(V)"


@pytest.fixture(autouse=True)
def undated(maker: Maker) -> RollCall:
    """Write the only votes of a record: of November 1950, and of 1950, with the members of today."""
    RollCall.objects.all().delete()
    votes = "USA:Y FRA:N GBR:Y SUN:N"
    resolution = maker.text("A/RES/500(V)", title="On peace")
    maker.roll_call("year", votes, date=datetime.date(1950, 1, 1), date_precision="year", title="In 1950")
    return maker.roll_call(
        "month", votes, date=DAY, date_precision="month", resolution=resolution, decisive=True, title=""
    )


@pytest.mark.parametrize(("precision", "said"), [("day", "1950-11-01"), ("month", "1950-11"), ("year", "1950")])
def test_dates_have_the_precision_that_is_known(precision: str, said: str):
    assert iso(DAY, precision) == said
    assert {*DatePrecision.values} == {"day", "month", "year"}


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/resolutions/",
        "/roll-calls/",
        ADDRESS,
        "/roll-calls/month/",
        "/roll-calls/month/embed/",
        "/roll-calls/month/history/",
        "/states/USA/",
        "/blocs/p5/",
        "/compare/states/?state=USA&state=FRA",
        "/compare/roll-calls/?a=month&b=year",
        "/compare/roll-calls/?a=month",
        "/agreement/?state=USA&state=FRA",
        "/data/",
        "/data/quality/",
        "/report/?page=/roll-calls/month/",
        "/resolutions/A/RES/501(V)",
    ],
)
def test_no_page_shows_a_day(address: str):
    page = get(address, status=404 if "501" in address else 200)
    # Addresses hold days, as filters and the members of a day ask for them.
    for link in page.select("a, input, [hx-get]"):
        link.attrs = {}

    assert [said for said in WRONG if said in str(page)] == []


def test_lists_show_the_month():
    page = get("/roll-calls/")

    assert [(str(time["datetime"]), text(time)) for time in page.select("ol.rows time")] == [
        ("1950-11", "November 1950"),
        ("1950", "1950"),
    ]


def test_page_of_the_vote_says_that_only_the_month_is_known():
    page = get(ADDRESS)
    facts = dict(zip(texts(page, "#facts ~ dl dt"), texts(page, "#facts ~ dl dd"), strict=False))

    assert one(page, ".page-head time")["datetime"] == "1950-11"
    assert facts["Date"] == "November 1950: month only; the day is not known."
    assert "recorded vote of November 1950, 2-2-0" in text(one(page, "#citation"))
    assert "Adopted 2-2-0 in November 1950." in str(one(page, "meta[property='og:description']")["content"])
    assert '"datePublished":"1950-11"' in str(one(page, "script[type='application/ld+json']"))
    year = get("/roll-calls/year/")
    assert "1950: year only; the day is not known." in texts(year, "#facts ~ dl dd")
    assert "Date" not in texts(get("/data/"), "dt")


def test_home_and_questions_show_the_month():
    page = get("/")

    assert text(one(page, ".today")).startswith("2 recorded votes, from 1950 to November 1950.")
    assert any("November 1950" in said for said in texts(page, ".preset-says"))


def test_period_that_ends_with_a_month_is_shown_in_months():
    said = texts(get("/states/USA/"), "#partners ~ p")[0]

    assert said.startswith("General Assembly, November 1945 to November 1950: ")
    # A day that was asked for is a day.
    asked = texts(get("/states/USA/?until=1950-12-14"), "#partners ~ p")[0]
    assert asked.startswith("General Assembly, 15 December 1945 to 14 December 1950: ")
    compared = get("/compare/states/?state=USA&state=FRA")
    assert text(one(compared, ".lead")) == "Recorded votes from 1950 to November 1950"


def test_files_have_the_date_with_its_precision():
    (first, second) = csv.DictReader(io.StringIO(b"".join(Client().get("/roll-calls.csv")).decode()))
    assert [(row["date"], row["date_precision"]) for row in (first, second)] == [
        ("1950-11-01", "month"),
        ("1950-01-01", "year"),
    ]
    popolo = Client().get("/roll-calls/month.popolo.json").json()
    assert popolo["start_date"] == "1950-11"
    agreement = Client().get("/agreement.json?state=USA&state=FRA&since=1950-01-01").json()
    assert (agreement["first"], agreement["last"]) == ("1950", "1950-11")
    compared = Client().get("/compare/states.json?state=USA&state=FRA").json()
    assert {(one["date"], one["date_precision"]) for one in compared["differed"]} == {
        ("1950-11-01", "month"),
        ("1950-01-01", "year"),
    }
    bloc = Client().get("/blocs/p5.json").json()
    assert [row["date_precision"] for row in bloc["divided"]] == ["month", "year"]
    told = json.loads(b"".join(Client().get("/roll-calls/month.json")))
    assert (told["roll_call"]["date"], told["roll_call"]["date_precision"]) == ("1950-11-01", "month")


def test_feeds_cards_and_llms_txt_show_the_month():
    feed = Client().get("/roll-calls.atom").content.decode()

    assert "Adopted 2-2-0 in November 1950." in feed
    assert [said for said in WRONG if said in feed] == []
    assert "from 1950 to 1950-11" in Client().get("/llms.txt").content.decode()
