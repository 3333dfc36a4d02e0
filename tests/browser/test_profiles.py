"""States, blocs and charts on a phone and on paper: nothing is cut, and a state takes at most four sheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from resolutions.models import Body, Session, Topic
from tests.web.records import Maker
from votes.models import Source

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

STATE, BLOC = "/states/USA/", "/blocs/nato/"


@pytest.fixture
def years(record: None) -> None:
    """Twenty votes in each of six years, so that a state and a bloc have charts, partners and breaks."""
    assembly = Body.objects.get(code="GA")
    maker = Maker(
        assembly=assembly,
        council=Body.objects.get(code="SC"),
        session=Session.objects.get(body=assembly, code="79"),
        source=Source.objects.get(slug="editor"),
        topic=Topic.objects.get(slug="decolonization"),
    )
    for year in range(2019, 2025):
        for number in range(20):
            others = "N" if number == 19 else "Y"
            maker.roll_call(
                f"of-{year}-{number:02}",
                "USA:Y CHN:N " + " ".join(f"{code}:{others}" for code in ("FRA", "CAN", "AUS", "NZL", "JPN", "ISL")),
                date=f"{year}-06-03",
                title=f"Vote {number} of {year}",
            )


@pytest.mark.usefixtures("years")
def test_a_state_and_a_bloc_print_on_four_sheets(page: Page, live_server: LiveServer) -> None:
    for address in (STATE, BLOC):
        page.goto(live_server.url + address)

        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) <= 4, address


@pytest.mark.usefixtures("years")
def test_charts_are_not_cut_on_a_phone(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    for address in (STATE, BLOC, "/compare/states/?state=USA&state=FRA", "/agreement/?bloc=nato"):
        page.goto(live_server.url + address)

        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        charts = page.locator(".picture.chart, .picture.heat, .heat-all")
        assert charts.count() > 0, address
        assert charts.evaluate_all(CUT) == [], address


# A chart fits its box, or the box scrolls, takes the focus and is announced by a hint that can be seen.
CUT = """charts => charts.filter(chart => {
  const box = chart.closest(".scroll") ?? chart.parentElement;
  const fits = chart.getBoundingClientRect().width <= box.clientWidth + 1;
  const scrolls = getComputedStyle(box).overflowX === "auto" && box.scrollWidth > box.clientWidth;
  const hint = box.previousElementSibling;
  return !(fits || (scrolls && box.tabIndex === 0 && hint?.matches(".scroll-hint") && hint.checkVisibility()));
}).map(chart => chart.outerHTML.slice(0, 90))"""


@pytest.mark.usefixtures("years")
def test_the_answer_is_in_the_first_screen_of_a_phone(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    for address, answers in (
        (STATE, (".glance .bar", ".glance .explanation", ".glance-facts dt >> nth=0")),
        (BLOC, (".glance .tally >> nth=0", ".glance-facts dt >> nth=0")),
    ):
        page.goto(live_server.url + address)
        for answer in answers:
            box = page.locator(answer).bounding_box()
            assert box is not None, (address, answer)
            assert box["y"] + box["height"] <= 780, (address, answer)
