"""The record of a meeting in a browser: uploaded, reviewed, saved as drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_accessibility import violations
from tests.browser.test_sheet import logged_in
from tests.votes.admin.test_meetings import RECORD
from votes.models import RollCall

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]


def test_editor_uploads_a_record_reviews_its_votes_and_saves_two(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    address = reverse("admin:votes_rollcall_meeting")
    logged_in(page, live_server, address, User.objects.create_superuser("ana"))
    page.get_by_label("Or the record as a file").set_input_files(
        {"name": "a-79-pv-54.txt", "mimeType": "text/plain", "buffer": RECORD.encode()}
    )
    page.get_by_role("button", name="Find the votes").click()

    expect(page.locator(".meeting-vote")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.locator("#vote-3").get_by_label("Save this vote as a draft").uncheck()
    page.locator("#vote-1").get_by_label("What was voted on").fill("Paragraph 3")
    page.get_by_role("button", name="Save the selected votes as drafts").click()

    expect(page.get_by_text("Saved 2 votes of A/79/PV.54 as drafts.")).to_be_visible()
    saved = RollCall.objects.filter(meeting="A/79/PV.54").order_by("ordinal")
    assert [(one.title, one.status) for one in saved] == [("Paragraph 3", "draft"), ("", "draft")]
    context.close()
