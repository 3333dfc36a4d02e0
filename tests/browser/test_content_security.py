"""No page violates its own content security policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests.factories import make_resolution
from votes.models import RollCall

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

PASSWORD = "correct horse battery"

COLLECT = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => window.violations.push(
    [event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample].join(" ")));
"""

PUBLIC = [
    "/",
    "/resolutions/",
    "/resolutions/?position=USA:against",
    "/resolutions/A/RES/ES-11/7",
    "/roll-calls/a-res-es-11-7/embed/",
    "/states/",
    "/states/USA/",
    "/blocs/nato/",
    "/compare/states/?state=USA&state=eu&state=CHN",
    "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7",
    "/agreement/",
    "/ideal-points/",
    "/data/",
    "/data/quality/",
    "/about/",
]


@pytest.fixture
def watched(page: Page) -> Page:
    """Return a window that notes what a policy forbade."""
    page.add_init_script(COLLECT)
    return page


def forbidden(page: Page) -> list[str]:
    """Return what the policy of the page forbade until it was loaded and had nothing left to do."""
    page.wait_for_load_state("load")
    found: list[str] = page.evaluate("new Promise(done => requestIdleCallback(() => done(window.violations)))")
    return found


def log_in(page: Page, live_server: LiveServer) -> User:
    """Log in somebody who may do everything."""
    user = User.objects.create_superuser("ana", password=PASSWORD)
    page.goto(f"{live_server.url}/admin/login/")
    assert forbidden(page) == []
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{live_server.url}/admin/")
    return user


def test_policy_violations_are_recorded_by_these_tests(chromium: Browser, live_server: LiveServer) -> None:
    """The test of the tests: an inline style is kept from doing anything, and noted."""
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(COLLECT)
    page.goto(f"{live_server.url}/about/")
    page.evaluate("document.querySelector('h1').setAttribute('style', 'color: rgb(1, 2, 3)')")
    assert [entry.split()[:2] for entry in forbidden(page)] == [["style-src-attr", "inline"]]
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") != "rgb(1, 2, 3)"
    context.close()


def test_public_pages_do_not_violate_the_content_security_policy(watched: Page, live_server: LiveServer) -> None:
    found: dict[str, Any] = {}
    for address in PUBLIC:
        watched.goto(live_server.url + address)
        found[address] = forbidden(watched)
    assert found == {address: [] for address in PUBLIC}


def test_admin_pages_do_not_violate_the_content_security_policy(watched: Page, live_server: LiveServer) -> None:
    log_in(watched, live_server)
    roll_call = RollCall.objects.get(slug="a-res-es-11-7")
    change = reverse("admin:votes_rollcall_change", args=[roll_call.pk])
    addresses = [
        "/admin/",
        "/admin/codes/",
        "/admin/password_change/",
        "/admin/auth/user/",
        "/admin/auth/user/add/",
        "/admin/axes/accessattempt/",
        "/admin/resolutions/resolution/",
        "/admin/resolutions/resolution/add/",
        "/admin/votes/rollcall/?status__exact=published",
        "/admin/votes/rollcall/add/",
        "/admin/votes/vote/",
        "/admin/votes/memberstate/",
        "/admin/votes/bloc/add/",
        "/admin/votes/importrun/add/",
        "/admin/votes/finding/",
        change,
        f"{change.removesuffix('change/')}history/",
        reverse("admin:resolutions_resolution_change", args=[roll_call.resolution_id]),
        reverse("admin:resolutions_resolution_delete", args=[make_resolution().pk]),
    ]
    found: dict[str, Any] = {}
    for address in addresses:
        watched.goto(live_server.url + address)
        found[address] = forbidden(watched)
    assert found == {address: [] for address in addresses}


def test_admin_scripts_work_under_the_content_security_policy(watched: Page, live_server: LiveServer) -> None:
    """Calendars, choices found as one types, more rows and windows that open: all that its scripts draw."""
    log_in(watched, live_server)
    watched.goto(f"{live_server.url}/admin/votes/rollcall/add/")
    watched.get_by_role("link", name="Choose a Date").first.click()
    expect(watched.locator(".calendarbox").first).to_be_visible()
    watched.get_by_role("link", name="Cancel").first.click()
    watched.locator(".field-resolution .select2-selection").click()
    watched.locator(".select2-search__field").fill("ES-11/7")
    watched.locator(".select2-results__option", has_text="A/RES/ES-11/7").click()
    assert watched.locator(".field-resolution .select2-container").bounding_box()["width"] > 150  # type: ignore[index]  # it is seen
    with watched.expect_popup() as opened:
        watched.locator("#add_id_resolution").click()
    popup = opened.value
    popup.get_by_label("Body:", exact=True).select_option(label="Security Council")
    popup.get_by_label("Symbol:", exact=True).fill("S/RES/9998 (2025)")
    popup.get_by_label("Title:", exact=True).fill("A text from a window")
    popup.get_by_role("button", name="Save", exact=True).click()
    expect(watched.locator(".field-resolution .select2-selection")).to_contain_text("S/RES/9998 (2025)")
    watched.get_by_role("button", name="Toggle theme").first.click()
    assert forbidden(watched) == []


def test_one_time_codes_work_under_the_content_security_policy(watched: Page, live_server: LiveServer) -> None:
    log_in(watched, live_server)
    watched.get_by_role("link", name="One-time codes").click()
    watched.get_by_role("button", name="Set up one-time codes").click()
    assert watched.locator(".accounts-picture svg").bounding_box()["width"] > 150  # type: ignore[index]  # it is seen
    assert forbidden(watched) == []
    app = TOTPDevice.objects.get()
    watched.get_by_label("Code from the app").fill(f"{TOTP(app.bin_key).token():06d}")
    watched.get_by_role("button", name="Confirm").click()
    expect(watched.locator(".accounts-backup li")).to_have_count(10)
    backup = watched.locator(".accounts-backup li").first.inner_text()
    assert forbidden(watched) == []
    watched.get_by_role("button", name="Log out").click()

    watched.goto(f"{live_server.url}/admin/votes/rollcall/")
    watched.get_by_label("Username").fill("ana")
    watched.get_by_label("Password").fill(PASSWORD)
    watched.get_by_role("button", name="Log in").click()
    assert forbidden(watched) == []
    watched.get_by_label("One-time code").fill(backup)
    watched.keyboard.press("Enter")
    expect(watched).to_have_url(f"{live_server.url}/admin/votes/rollcall/")
