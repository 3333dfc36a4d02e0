"""A real browser against a real server: Chromium as the system has it, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

expect.set_options(timeout=PATIENCE * 1000)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

FLAGS = [
    "--no-sandbox",  # root has no other way, and the pages are our own
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Chromium once; without it, skip, or fail where BROWSER_TESTS=required."""
    if CHROMIUM is None:
        missing = "Chromium is not installed: browser tests need chromium or google-chrome on the path."
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    # Playwright runs a loop of its own in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def one_person(settings: Settings) -> None:
    """Let who enters a vote publish it, as ``make run`` does for a newcomer."""
    settings.PUBLISH_OWN_ENTRIES = True


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a fresh window; a test fails on an error in the console and on a request to any other host."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    window = context.new_page()
    window.set_default_timeout(PATIENCE * 1000)
    problems: list[str] = []
    window.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.on(
        "request",
        lambda request: (
            None if request.url.startswith(("http://localhost:", "data:")) else problems.append(request.url)
        ),
    )
    yield window
    context.close()
    # A request that a newer one replaced is as it should be, and htmx logs it with two lines.
    replaced = sum(problem.startswith("htmx:sendAbort") for problem in problems)
    ends = sum(problem.startswith("htmx:afterRequest") for problem in problems)
    assert [problem for problem in problems if not problem.startswith(("htmx:sendAbort", "htmx:afterRequest"))] == []
    assert ends == replaced
