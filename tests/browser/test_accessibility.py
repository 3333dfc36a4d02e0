"""No page breaks a rule that axe knows of the Web Content Accessibility Guidelines 2.2, A and AA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

PUBLIC = [
    "/",
    "/resolutions/",
    "/resolutions/?position=USA:against&position=nowhere:for",
    "/resolutions/A/RES/ES-11/7",
    "/roll-calls/s-res-2774-2025/",
    "/states/",
    "/states/USA/",
    "/blocs/",
    "/blocs/nato/",
    "/compare/states/?state=USA&state=eu&state=CHN",
    "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7",
    "/agreement/?bloc=p5&since=1971-01-01",
    "/agreement/",
    "/ideal-points/",
    "/data/",
    "/data/quality/",
    "/about/",
    "/nowhere/",
]


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page: the rule, how many nodes, and the first of them."""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url}: {one['id']} x {len(one['nodes'])}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_public_pages(chromium: Browser, live_server: LiveServer, width: int, scheme: Any) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    found = []
    for address in PUBLIC:
        page.goto(f"{live_server.url}{address}")
        found += violations(page)
    context.close()

    assert "\n".join(found) == ""
