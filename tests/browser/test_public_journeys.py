"""Journeys on a phone of 320 px by keyboard: a reporter, a researcher and a teacher."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.clipboard import pasted
from tests.browser.test_embed import another_site
from votes.models import RollCall

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

ES_11_7 = "Advancing a comprehensive, just and lasting peace in Ukraine"


@pytest.fixture
def phone(page: Page) -> Page:
    """Give a narrow window, in which no page a journey came through may be wider than the window."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until a control has the focus, and find it in sight and the page no wider than the window."""
    expect(target).to_have_count(1)
    for _press in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            break
    else:
        pytest.fail(f"Tab does not lead to {target}.")
    expect(target).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def follow(page: Page, target: Locator) -> None:
    """Press Enter on a link, a button or the summary of what is folded, found by Tab."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def copied(page: Page) -> str:
    """Return what is in the clipboard, once the page has said that it is."""
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_text("Copied")
    return pasted(page)


def test_front_page_leads_a_reporter_to_the_share_card_of_es_11_7(phone: Page, live_server: LiveServer) -> None:
    phone.goto(live_server.url)
    tab_to(phone, phone.get_by_label("Search by words or symbol"))
    phone.keyboard.type("es-11/7")
    expect(phone.get_by_role("option")).to_have_text([re.compile(rf"^A/RES/ES-11/7\s+{ES_11_7}$")])
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(f"{live_server.url}/resolutions/A/RES/ES-11/7")
    expect(phone.locator(".tally-large .tally")).to_have_text("93-18-65")

    def said(name: str) -> str:
        return phone.locator(f"meta[property='og:{name}']").get_attribute("content") or ""

    card = phone.request.get(said("image"))
    assert (card.status, card.headers["content-type"]) == (200, said("image:type")) == (200, "image/png")
    assert card.body()[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(card.body()[at : at + 4], "big") for at in (16, 20)] == [1200, 630]
    assert (said("image:width"), said("image:height")) == ("1200", "630")
    assert said("title") == f"A/RES/ES-11/7: {ES_11_7}"
    assert said("image:alt").startswith(f"{ES_11_7}. Adopted 93-18-65 on 24 February 2025.")

    follow(phone, phone.get_by_role("link", name="Source, citation and downloads"))
    follow(phone, phone.get_by_role("button", name="Copy citation"))
    link = f"{live_server.url}/resolutions/A/RES/ES-11/7"
    assert copied(phone) == f"Plenary, “{ES_11_7}”, A/RES/ES-11/7, recorded vote of 24 February 2025, 93-18-65. {link}"
    assert said("url") == link


def test_reader_finds_which_eu_members_broke_in_2025(phone: Page, live_server: LiveServer) -> None:
    phone.goto(live_server.url)
    tab_to(phone, phone.get_by_label("Search by words or symbol"))
    phone.keyboard.type("european union")
    expect(phone.get_by_role("option").first).to_have_text(re.compile(r"^EU\s+\(European Union\)$"))
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(f"{live_server.url}/blocs/eu/")

    follow(phone, phone.get_by_role("link", name="Cohesion", exact=True))
    follow(phone, phone.locator("#cohesion").locator("..").get_by_role("link", name="2025"))
    expect(phone.locator(".described .part")).to_have_text(
        [re.compile("from 1 January 2025"), re.compile("to 31 December 2025")]
    )
    lines = phone.get_by_role("region", name="Who breaks most").locator("tbody tr")
    broke = [line.locator("th, td").all_text_contents()[:2] for line in lines.all()]
    assert [line for line in broke if line[1] != "0"] == broke[:1] == [["Hungary", "2"]]

    follow(phone, lines.first.get_by_role("link", name="Hungary, votes on which it broke: 2"))
    expect(phone).to_have_title(re.compile("on which Hungary voted differently from the EU"))
    expect(phone.locator(".row .symbol")).to_have_text(["A/RES/ES-11/8", "A/RES/ES-11/7"])
    follow(phone, phone.get_by_role("link", name=ES_11_7))
    tab_to(phone, phone.get_by_label("Highlight members of"))
    phone.keyboard.type("EU")
    expect(phone.locator(".sheet-totals")).to_contain_text("27 members: 26-1-0")


def test_researcher_filters_downloads_parquet_and_copies_the_citation(phone: Page, live_server: LiveServer) -> None:
    phone.goto(live_server.url)
    follow(phone, phone.get_by_role("link", name="All recorded votes"))
    follow(phone, phone.locator(".filters-fold > summary"))
    for row, who, how in ((1, "United States", "voted against"), (2, "China", "abstained")):
        tab_to(phone, phone.locator(f"#who{row}"))
        phone.keyboard.type(who)
        expect(phone.locator(f"#condition{row}-error")).to_have_text("Choose how they voted.")
        tab_to(phone, phone.locator(f"#how{row}"))
        phone.keyboard.type(how)
        expect(phone).to_have_url(re.compile(r"abstain$" if row == 2 else r"against$"))
    expect(phone).to_have_url(f"{live_server.url}/roll-calls/?position=USA%3Aagainst&position=CHN%3Aabstain")
    meant = RollCall.objects.filter(votes__state__code="USA", votes__choice="N")
    meant = meant.filter(pk__in=RollCall.objects.filter(votes__state__code="CHN", votes__choice="A"))
    slugs = set(meant.values_list("slug", flat=True))
    assert slugs
    expect(phone.get_by_role("status").locator("strong")).to_have_text([str(len(slugs))])

    tab_to(phone, phone.locator("#results").get_by_role("link", name="Parquet").first)
    with phone.expect_download() as download:
        phone.keyboard.press("Enter")
    assert set(pl.read_parquet(io.BytesIO(download.value.path().read_bytes()))["slug"]) == slugs

    follow(phone, phone.get_by_role("link", name="How to cite the data"))
    expect(phone).to_have_url(f"{live_server.url}/data/#cite")
    follow(phone, phone.get_by_role("button", name="Copy citation"))
    assert re.fullmatch(
        rf"The Plenary authors\. .+\. Data version \d+ of \d{{4}}-\d\d-\d\d\. {live_server.url}/data/", copied(phone)
    )


def test_teacher_copies_the_embed_snippet_of_a_vote(phone: Page, live_server: LiveServer) -> None:
    phone.goto(live_server.url)
    tab_to(phone, phone.get_by_label("Search by words or symbol"))
    phone.keyboard.type("just and lasting peace")
    phone.keyboard.press("Enter")
    follow(phone, phone.locator("#results").get_by_role("link", name=ES_11_7))
    follow(phone, phone.get_by_role("link", name="Source, citation and downloads"))
    follow(phone, phone.get_by_text("Embed this vote"))
    follow(phone, phone.get_by_role("button", name="Copy", exact=True))
    snippet = copied(phone)

    refused = f"<iframe src='{live_server.url}/resolutions/A/RES/ES-11/7'></iframe>"
    with (
        another_site(f"<!doctype html><title>Lesson</title>{snippet}") as lesson,
        another_site(f"<!doctype html><title>Thief</title>{refused}") as thief,
    ):
        # By name and not by number: another origin still, and the window asks nobody but this machine.
        phone.goto(lesson.replace("127.0.0.1", "localhost"))
        card = phone.frame_locator("iframe")
        expect(card.locator(".outcome .tally")).to_have_text("93-18-65")
        expect(card.locator(".tiles rect").first).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") == 320
        more = card.get_by_role("link", name="Who voted how")
        for _press in range(5):
            phone.keyboard.press("Tab")
            if more.evaluate("link => link === document.activeElement"):
                break
        with phone.expect_popup() as opened:
            phone.keyboard.press("Enter")
        expect(opened.value).to_have_url(f"{live_server.url}/resolutions/A/RES/ES-11/7")
        expect(opened.value.get_by_role("heading", level=1)).to_have_text(ES_11_7)

        # Any other page is refused to a frame, and the browser says why.
        other = phone.context.new_page()
        with other.expect_console_message(lambda message: message.type == "error") as told:
            other.goto(thief)
        assert "frame-ancestors 'none'" in told.value.text
        expect(other.frame_locator("iframe").locator("main")).to_have_count(0)
