"""The API documentation page works in a browser and loads nothing from other hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_content_security import COLLECT

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]


def test_api_page_sends_a_request_and_loads_nothing_from_elsewhere(page: Page, live_server: LiveServer) -> None:
    page.add_init_script(COLLECT)
    page.goto(f"{live_server.url}/api/v1/docs/")
    one = page.locator("#operations-names_and_memberships-bloc")
    one.locator(".opblock-summary-control").click()
    one.get_by_role("button", name="Try it out").click()
    one.get_by_role("button", name="Execute").click()
    expect(one.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
    expect(one.locator(".live-responses-table .highlight-code").first).to_contain_text('"name": "European Union"')
    assert page.evaluate("window.violations") == []
