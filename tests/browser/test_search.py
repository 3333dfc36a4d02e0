"""The search box by keyboard: suggestions open, are navigated, close and are followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_suggestions_open_move_close_and_follow_by_keyboard(
    page: Page, live_server: LiveServer, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{live_server.url}/privacy/")
    box, offered = page.locator("#header-q"), page.locator("#header-q-list [role=option]")
    box.press_sequentially("guinea")
    expect(offered).to_have_text(["Guinea", "Guinea-Bissau", "Equatorial Guinea", "Papua New Guinea"])
    expect(box).to_have_attribute("aria-expanded", "true")
    assert "\n".join(violations(page)) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    box.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", "header-q-list-3")
    box.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", "header-q-list-3")
    box.press("Escape")
    expect(page.locator("#header-q-list")).to_be_hidden()
    expect(box).to_have_value("guinea")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(offered.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/states/GNB/")

    page.locator("#header-q").press_sequentially("guinea")
    expect(offered.first).to_be_visible()
    page.locator("#header-q").press("Tab")
    expect(page.locator("#header-q-list")).to_be_hidden()
    page.locator("#header-q").press("Enter")
    expect(page).to_have_url(f"{live_server.url}/resolutions/?q=guinea")
