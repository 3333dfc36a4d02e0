"""A third body in a browser: added, given seats, its first vote entered and published, and found by a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from tests.browser.test_sheet import logged_in

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

SEATS = "state,since,until\nCHN,2021-01-01,2024-01-01\nCUB,2021-01-01,2024-01-01\nFRA,2021-01-01,2024-01-01"


def test_an_officer_adds_a_body_and_a_reader_finds_its_first_vote(page: Page, live_server: LiveServer) -> None:
    logged_in(page, live_server, "/admin/resolutions/body/add/", User.objects.create_superuser("ana"))
    page.get_by_label("Code:").fill("HRC")
    page.get_by_label("Name:").fill("Human Rights Council")
    page.locator("#id_symbol_prefix").fill("A/HRC/")
    page.locator("#id_majority").select_option("simple-majority")
    page.get_by_role("button", name="Save", exact=True).click()

    page.goto(f"{live_server.url}/admin/votes/bodymembership/of/HRC/")
    page.get_by_label("Paste CSV").fill(SEATS)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.locator("#changes")).to_have_text("3 changed seats")
    page.get_by_label("Reason for the change").fill("Elected by the General Assembly.")
    page.locator("[name=save]").click()
    expect(page.locator(".messagelist")).to_contain_text("3 seats of the Human Rights Council were changed")

    page.goto(f"{live_server.url}/admin/votes/rollcall/new/?body=HRC&date=2022-10-06")
    page.locator("#id_text-symbol").fill("A/HRC/RES/51/1")
    page.locator("#id_text-title").fill("Promoting reconciliation")
    page.get_by_role("button", name="Save as a draft and enter the votes").click()
    page.locator("[name=votes-CHN]").first.focus()
    page.keyboard.type("yyn")
    page.locator("summary", has_text="Result and totals").click()
    page.locator("#id_result").select_option("adopted")
    page.locator("#id_status_1").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Published")

    page.goto(f"{live_server.url}/resolutions/?body=HRC")
    page.locator("#results").get_by_role("link", name="Promoting reconciliation").click()
    expect(page.locator(".verdict .tally").first).to_have_text("2-1-0")
