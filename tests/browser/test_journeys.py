"""Journeys of a reader and of an editor in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from resolutions.attribution import attributed
from resolutions.models import Resolution
from votes.models import RollCall

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]


def test_a_reader_finds_es_11_7_by_words_and_filters_its_table_by_nato(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    page.get_by_label("Search by words or symbol").fill("just and lasting peace")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Advancing a comprehensive, just and lasting peace in Ukraine").click()
    expect(page).to_have_url(re.compile(r"/resolutions/A/RES/ES-11/7$"))
    expect(page.locator(".tally-large .tally")).to_have_text("93-18-65")
    expect(page.locator(".explanation")).to_have_text(
        "Adopted: 93 of 111 present and voting were in favour (83.8%), two-thirds or more."
    )
    page.get_by_role("combobox", name="Bloc", exact=True).select_option("nato")
    expect(page).to_have_url(re.compile(r"bloc=nato"))
    expect(page.locator(".sheet-totals")).to_contain_text("32 members: 29-2-1")
    page.get_by_role("combobox", name="Vote").select_option("against")
    expect(page.locator(".sheet tbody th")).to_have_text(["Hungary", "United States"])
    page.reload()
    expect(page.locator(".sheet tbody th")).to_have_text(["Hungary", "United States"])


def test_a_reader_finds_es_11_7_by_its_symbol(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    page.get_by_label("Search by words or symbol").fill("es-11/7")
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row .tally")).to_have_text("93-18-65")


def test_filters_apply_at_once_and_update_the_address(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/resolutions/")
    expect(page.locator(".row")).to_have_count(22)
    page.get_by_label("Security Council").check()
    expect(page.locator(".row .symbol")).to_have_text(["S/RES/2774 (2025)", "S/2022/155"])
    expect(page).to_have_url(re.compile(r"body=SC"))
    expect(page.get_by_label("vetoed")).to_be_visible()
    page.go_back()
    expect(page.locator(".row")).to_have_count(22)


def test_position_filter_is_chosen_from_lists(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/resolutions/")
    page.get_by_label("Bloc or member state").select_option("USA")
    page.get_by_label("How they voted").select_option("against")
    expect(page).to_have_url(f"{live_server.url}/resolutions/?position=USA%3Aagainst")
    expect(page.locator(".row")).to_have_count(
        RollCall.objects.filter(votes__state__code="USA", votes__choice="N").count()
    )


def test_position_filters_are_added_and_changed_by_keyboard(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/resolutions/")
    page.locator("#who1").focus()
    for row, (who, how) in enumerate((("United States", "voted against"), ("Russian Fed", "voted the same")), start=1):
        page.keyboard.type(who)
        expect(page.locator(f"#condition{row}-error")).to_have_text("Choose how they voted.")
        while page.evaluate("document.activeElement.id") != f"how{row}":
            page.keyboard.press("Tab")
        page.keyboard.type(how)
        if row == 1:
            expect(page).to_have_url(re.compile(r"position=USA%3Aagainst$"))
            while page.evaluate("document.activeElement.id") != "who2":
                page.keyboard.press("Tab")
    expect(page.locator("#condition2-error")).to_have_text("Choose with whom to compare.")
    page.keyboard.press("Tab")
    page.keyboard.type("China")
    expect(page).to_have_url(f"{live_server.url}/resolutions/?position=USA%3Aagainst&same=RUS~CHN")
    page.locator("#more1").select_option("ISR")
    expect(page).to_have_url(re.compile(r"position=USA%2CISR%3Aagainst"))
    expect(page).to_have_title(re.compile("the United States and Israel voted against and the Russian Federation"))
    page.get_by_role("link", name="remove condition 1").click()
    expect(page).to_have_url(f"{live_server.url}/resolutions/?same=RUS~CHN")
    page.go_back()
    expect(page.locator(".condition:not(.condition-new)")).to_have_count(2)


def test_search_and_filters_work_without_javascript(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/resolutions/")
    page.get_by_label("Words or symbol", exact=True).fill("Kampuchea")
    page.get_by_label("Words or symbol", exact=True).press("Enter")
    expect(page).to_have_url(f"{live_server.url}/resolutions/?q=Kampuchea")
    expect(page.locator(".row .symbol")).to_have_text(["A/RES/34/22"])
    page.goto(f"{live_server.url}/resolutions/A/RES/ES-11/7")
    page.get_by_role("combobox", name="Bloc", exact=True).select_option("nato")
    page.locator(".sheet-filters").get_by_role("button", name="Show").click()
    expect(page.locator(".sheet-totals")).to_contain_text("32 members: 29-2-1")
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_the_window(page: Page, live_server: LiveServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in (
        "/",
        "/resolutions/",
        "/resolutions/A/RES/ES-11/7",
        "/resolutions/S/2022/155",
        "/states/",
        "/states/USA/",
        "/blocs/",
        "/blocs/nato/",
        "/about/",
        "/contact/",
        "/report/?page=/resolutions/A/RES/ES-11/7",
        "/privacy/",
    ):
        page.goto(live_server.url + address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (address, wide) == (address, 0)


def test_an_editor_enters_a_draft_and_publishes_it(page: Page, live_server: LiveServer) -> None:
    get_user_model().objects.create_superuser("admin", password="correct horse battery")
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()

    page.goto(f"{live_server.url}/admin/resolutions/resolution/add/")
    page.get_by_label("Body:", exact=True).select_option(label="Security Council")
    page.get_by_label("Symbol:", exact=True).fill("s/res/9999(2025)")
    page.get_by_label("Title:", exact=True).fill("A text of our own")
    page.get_by_role("button", name="Save", exact=True).click()

    page.goto(f"{live_server.url}/admin/votes/rollcall/add/")
    page.get_by_label("Body:", exact=True).select_option(label="Security Council")
    page.locator(".field-resolution .select2-selection").click()
    page.locator(".select2-search__field").fill("9999")
    page.locator(".select2-results__option", has_text="S/RES/9999 (2025)").click()
    page.get_by_label("Date:", exact=True).fill("2025-03-03")
    page.get_by_label("Announced in favour").fill("14")
    page.get_by_label("Announced against").fill("0")
    page.get_by_label("Announced abstaining").fill("1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("radiogroup")).to_have_count(15)
    for group in page.get_by_role("radiogroup").all():
        group.get_by_label("In favour").check()
    page.get_by_role("radiogroup", name="United States").get_by_label("Abstaining").check()
    page.get_by_role("button", name="Save and continue editing").click()

    draft = f"{live_server.url}/resolutions/S/RES/9999%20(2025)"
    roll_call = RollCall.objects.get(slug="s-res-9999-2025")
    assert (roll_call.status, str(roll_call.counted)) == ("draft", "14-0-1")
    assert page.request.get(draft).status == 404

    page.get_by_label("Published").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(draft)
    expect(page.locator(".tally-large .tally")).to_have_text("14-0-1")


def test_an_expired_login_and_another_editor_lose_nothing_that_was_typed(page: Page, live_server: LiveServer) -> None:
    user = get_user_model().objects.create_superuser("admin", password="correct horse battery")

    def log_in() -> None:
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill("correct horse battery")
        page.get_by_role("button", name="Log in").click()

    page.goto(f"{live_server.url}/admin/votes/rollcall/new/?body=SC&date=2025-03-03")
    log_in()
    page.locator("#id_text-symbol").fill("S/RES/9999 (2025)")
    page.locator("#id_text-title").fill("A text of our own")
    page.locator("#id_note").fill("By show of hands")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save as a draft and enter the votes").click()
    log_in()
    expect(page.locator("[data-kept-form]")).to_contain_text("have been restored: Symbol, Title, Note")
    expect(page.locator("#id_note")).to_have_value("By show of hands")
    page.get_by_role("button", name="Save as a draft and enter the votes").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved as a draft.")
    page.wait_for_load_state()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('plenary-form-'))") == []

    text = Resolution.objects.get(title="A text of our own")
    address = f"{live_server.url}/admin/resolutions/resolution/{text.pk}/change/"
    page.goto(address)
    page.get_by_label("Title:", exact=True).fill("His title")
    page.locator("#other_symbols-group .add-row a").click()
    page.locator("#id_other_symbols-0-symbol").fill("S/2025/999")
    Resolution.objects.filter(pk=text.pk).update(title="Her title", agenda="Her item")
    LogEntry.objects.log_actions(user.pk, [text], CHANGE, [{"changed": {"fields": ["Title", "Agenda"]}}])
    page.goto(address)  # the window was closed, and the page is opened again
    expect(page.get_by_label("Title:", exact=True)).to_have_value("His title")
    expect(page.locator("#id_other_symbols-0-symbol")).to_have_value("S/2025/999")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".conflict")).to_contain_text("On record now: Her title")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    text.refresh_from_db()
    assert (text.title, text.agenda) == ("His title", "Her item")
    assert text.other_symbols.get().symbol == "S/2025/999"


def test_an_editor_undoes_a_change_from_the_history(page: Page, live_server: LiveServer) -> None:
    editor = get_user_model().objects.create_superuser("admin", password="correct horse battery")
    roll_call = RollCall.objects.get(slug="a-res-es-11-7")
    with attributed(by=editor, reason="A slip."):
        RollCall.objects.filter(pk=roll_call.pk).update(note="A wrong note")
    page.goto(f"{live_server.url}/admin/votes/rollcall/{roll_call.pk}/history/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()

    page.get_by_role("link", name="Undo the change").click()
    expect(page.get_by_role("row", name="Note")).to_contain_text("A wrong note")
    page.get_by_label("Reason").fill("The note was about another vote.")
    page.get_by_role("button", name="Undo the change").click()

    expect(page.locator("#published-changes tbody tr")).to_have_count(2)
    page.goto(f"{live_server.url}/roll-calls/a-res-es-11-7/history/")
    expect(page.locator(".revision").first).to_contain_text("The note was about another vote.")
    expect(page.get_by_role("main")).to_contain_text("This undoes the change of")
