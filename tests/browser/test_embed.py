"""The embed snippet of a vote works on another site, and no other page can be framed."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.clipboard import pasted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]


@contextmanager
def another_site(body: str) -> Iterator[str]:
    """Serve one page from another origin, and yield its address. One that is not served may frame nothing local."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_embed_snippet_shows_the_vote_on_another_site(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{live_server.url}/resolutions/A/RES/ES-11/7")
    page.get_by_text("Embed this vote").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    snippet = pasted(page)
    assert snippet == page.get_by_label("HTML for your page").input_value()

    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    body = f"<!doctype html><title>Elsewhere</title>{snippet}<iframe src='{live_server.url}/about/'></iframe>"
    with another_site(body) as address:
        page.goto(address)
        card = page.frame_locator("iframe").first
        expect(card.get_by_role("heading")).to_have_text("Advancing a comprehensive, just and lasting peace in Ukraine")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        other = page.frame_locator("iframe").nth(1)
        expect(other.locator("body")).not_to_contain_text("Plenary")
        assert [line.partition("violates")[2].split('"')[1] for line in refused if "violates" in line] == [
            "frame-ancestors 'none'"
        ]
    context.close()
