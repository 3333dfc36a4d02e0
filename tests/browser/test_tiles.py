"""The tile grid in a browser: arrow keys, touch, and highlighting a bloc."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]


def test_tile_grid_moves_by_arrow_keys_and_highlights_a_bloc(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/resolutions/A/RES/ES-11/7")
    told = page.locator(".tiles-now")
    expect(page.locator(".tiles > a[tabindex='0']")).to_have_count(1)
    page.locator(".tiles > a").first.focus()
    expect(told).to_have_text("Iceland: in favour")
    for key, said in (
        ("ArrowRight", "Norway: in favour"),
        ("ArrowUp", "Norway: in favour"),
        ("ArrowDown", "Denmark: in favour"),
        ("ArrowLeft", "Netherlands (Kingdom of the): in favour"),
        ("End", "New Zealand: in favour"),
        ("Home", "Iceland: in favour"),
    ):
        page.keyboard.press(key)
        expect(told).to_have_text(said)
    page.keyboard.press("Tab")
    expect(page.locator(".meanings > summary")).to_be_focused()

    page.get_by_label("Highlight members of").focus()
    page.get_by_label("Highlight members of").select_option("eu")
    expect(page.locator(".tiles > a:not(.dim)")).to_have_count(27)
    expect(page).to_have_url(re.compile(r"bloc=eu"))
    expect(page.get_by_label("Highlight members of")).to_be_focused()
    expect(page.locator("#bloc")).to_have_value("eu")
    expect(page.locator(".tiles > a[tabindex='0']")).to_have_count(1)

    # A finger first learns whose square it is.
    square = page.locator(".tiles > a", has_text="HUN")
    touch = {"pointerType": "touch", "bubbles": True, "cancelable": True}
    square.dispatch_event("pointerdown", touch)
    square.dispatch_event("click", touch)
    expect(told).to_have_text("Hungary: against")
    expect(page).to_have_url(re.compile(r"/resolutions/"))
    square.dispatch_event("pointerdown", touch)
    square.dispatch_event("click", touch)
    expect(page).to_have_url(re.compile(r"/states/HUN/$"))
