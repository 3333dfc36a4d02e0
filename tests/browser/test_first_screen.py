"""What a page opens with: on a phone and a laptop the first screen has what the reader came for; and lists on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.records import give_subjects

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

PHONE, LAPTOP = (360, 780), (1280, 900)

FIRST = {
    "/": ".news .row",
    "/resolutions/": "#results .row",
    "/resolutions/?q=ukraine": "#results .row",
    "/resolutions/?body=GA&position=USA:against&position=eu:for": "#results .row",
    "/roll-calls/": "#results .row",
    "/subjects/ukraine-political-conditions/": "#results .row",
    "/resolutions/?position=USSA:against": ".error >> nth=0",
    "/resolutions/?q=nosuchword&body=SC": ".loosened > p",
    "/resolutions/A/RES/ES-11/7": ".verdict .explanation",
    "/vetoes/": ".veto-bars",
    "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7": ".departures li",
}
"""What of each page is to be seen at once."""

SEEN = """element => {
  const box = element.getBoundingClientRect();
  const end = box.top + Math.min(box.height, 100);
  return box.top >= 0 && end <= innerHeight && document.documentElement.scrollWidth <= innerWidth;
}"""


@pytest.mark.parametrize(("width", "height"), [PHONE, LAPTOP])
def test_the_first_screen_has_what_the_reader_came_for(
    page: Page, live_server: LiveServer, width: int, height: int
) -> None:
    give_subjects()
    page.set_viewport_size({"width": width, "height": height})
    late = []
    for address, first in FIRST.items():
        page.goto(live_server.url + address)
        if not page.locator(first).first.evaluate(SEEN):
            late.append(address)

    assert late == []


def test_a_list_prints_as_a_sentence_its_rows_and_where_it_is_from(page: Page, live_server: LiveServer) -> None:
    query = "?body=GA&position=USA:against"
    page.goto(live_server.url + "/resolutions/" + query)
    page.emulate_media(media="print")
    shown = "elements => elements.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 90))"

    for left_out in ("nav", "form", "button", "input", "select", "details", "summary", ".sorts", ".part a", ".after"):
        assert page.locator(left_out).evaluate_all(shown) == [], left_out
    expect(page.locator(".described")).to_be_visible()
    expect(page.locator("ol.rows > li").first).to_be_visible()
    expect(page.locator(".on-paper")).to_contain_text("/resolutions/?body=GA")
