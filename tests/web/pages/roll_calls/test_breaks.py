"""Notable breaks on the page of a vote, worked out by hand."""

import datetime

import pytest
from django.test import Client

from tests.web.records import Maker, get, one, texts
from votes.models import StateName

CLOSE = "USA:{0} FRA:{0} GBR:{0} DEU:{0} ITA:{0} ESP:{0} NLD:{0}"
"""Seven members that always voted alike; the landmark votes alone are too few to make anybody a partner."""

DAY = datetime.date(2025, 1, 10)
FORMER = datetime.date(2024, 12, 1)
ADDRESS = "/roll-calls/the-break/"


@pytest.fixture
def partners(maker: Maker) -> Maker:
    """Return a maker of a record in which seven members voted alike twenty times."""
    for number in range(20):
        maker.roll_call(f"alike-{number}", CLOSE.format("YNA"[number % 3]), date=FORMER)
    return maker


def test_notable_breaks_are_listed_by_surprise_and_distance(partners: Maker):
    partners.roll_call("the-break", "USA:N FRA:Y GBR:Y DEU:Y ITA:Y ESP:A NLD:X CHN:N", date=DAY)
    page = get(ADDRESS)

    # Five of six partners took a position. Spain, abstaining, is as surprising as the United States, but less distant.
    # Of the five of each of the others two did otherwise, which is not notable; China has no partners.
    assert texts(page, ".break-list li") == [
        "United States against, unlike 5 of its 5 closest partners",
        "Spain abstaining, unlike 5 of its 5 closest partners",
    ]
    assert str(page.select(".break-list a")[0]["href"]) == "/states/USA/"
    # Twenty of these, A/RES/75/192 and A/RES/ES-11/1.
    said = "in the five years to 10 January 2025 (22 recorded votes)"
    assert said in texts(page, "section[aria-labelledby=breaks] .hint")[0]


def test_a_break_needs_five_partners_that_took_a_position(partners: Maker):
    partners.roll_call("the-break", "USA:N FRA:Y GBR:Y DEU:Y ITA:Y ESP:X NLD:X", date=DAY)

    assert get(ADDRESS).select("#breaks") == []


def test_votes_of_the_same_day_and_drafts_make_no_partners(maker: Maker):
    for number in range(30):
        values = {"date": DAY} if number % 2 else {"date": FORMER, "status": "draft"}
        maker.roll_call(f"alike-{number}", CLOSE.format("Y"), **values)
    maker.roll_call("the-break", "USA:N FRA:Y GBR:Y DEU:Y ITA:Y ESP:Y NLD:Y", date=DAY)

    assert get(ADDRESS).select("#breaks") == []


def test_council_votes_have_no_notable_breaks(partners: Maker):
    partners.roll_call(
        "the-break", "USA:N FRA:Y GBR:Y DEU:Y ITA:Y ESP:Y NLD:Y", date=DAY, body=partners.council, session=None
    )

    assert get(ADDRESS).select("#breaks") == []


def test_breaks_use_the_names_of_the_day(partners: Maker):
    name = StateName.objects.get(state__code="TUR")
    date = name.until - datetime.timedelta(days=1)
    former = date - datetime.timedelta(days=30)
    for number in range(20):
        partners.roll_call(f"earlier-{number}", f"{CLOSE.format('Y')} TUR:Y", date=former)
    partners.roll_call("the-break", f"{CLOSE.format('Y')} TUR:N", date=date)

    assert texts(get(ADDRESS), ".break-list li") == [f"{name.name} against, unlike 7 of its 7 closest partners"]
    assert name.name != name.state.name


def test_table_fragment_does_not_compute_breaks(partners: Maker, monkeypatch: pytest.MonkeyPatch):
    partners.roll_call("the-break", "USA:N FRA:Y GBR:Y DEU:Y ITA:Y ESP:A NLD:X", date=DAY)
    monkeypatch.setattr("votes.reports.breakdown.surprises", lambda *_: pytest.fail("asked for"))

    part = Client().get(ADDRESS, headers={"HX-Request": "true"}).content.decode()
    assert part.count("<tr>") == 8
    assert "break-list" not in part


def test_page_of_the_text_shows_the_breaks(partners: Maker):
    text = partners.text("A/RES/79/950")
    partners.roll_call(
        "the-break", "USA:N FRA:Y GBR:Y DEU:Y ITA:Y ESP:A NLD:X", date=DAY, resolution=text, decisive=True
    )
    own, page = get(ADDRESS), get("/resolutions/A/RES/79/950")

    assert str(one(own, ".break-list")) == str(one(page, ".break-list"))
