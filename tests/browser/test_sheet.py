"""The voting sheet in a browser: entry by keyboard, paste and CSV, restored entries, conflicts."""

from __future__ import annotations

import csv
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from resolutions.models import Resolution
from tests.browser.test_accessibility import violations
from tests.votes.entry.electorates import landmark
from votes.editing.filling import names_for
from votes.editing.votes import record_votes
from votes.entry.printing import verbatim
from votes.models import RollCall, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

PASSWORD = "correct horse battery"
PUBLIC = "/resolutions/A/RES/ES-11/7"
_ROW, CHOICES = landmark("a-res-es-11-7")


@pytest.fixture
def draft() -> RollCall:
    """Return ES-11/7 as if nobody had entered who voted how: a draft with its facts and no vote."""
    known = RollCall.objects.select_related("resolution").get(slug="a-res-es-11-7")
    text = known.resolution
    assert text is not None
    known.delete()
    Resolution.objects.filter(pk=text.pk).delete()
    values = {name: getattr(text, name) for name in ("symbol", "title", "body", "session", "kind")}
    return RollCall.objects.create(
        slug="a-res-es-11-7",
        resolution=Resolution.objects.create(**values),
        decisive=True,
        body=known.body,
        session=known.session,
        date=known.date,
        source=Source.objects.get(slug="editor"),
    )


@pytest.fixture
def opened(page: Page, live_server: LiveServer, draft: RollCall) -> Page:
    """Return a window in which an editor has logged in and opened the page of the draft."""
    return logged_in(page, live_server, change(draft), User.objects.create_superuser("ana", password=PASSWORD))


def logged_in(page: Page, live_server: LiveServer, address: str, user: User) -> Page:
    """Open a page as somebody who logged in before."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(live_server.url + address)
    return page


def log_in(page: Page, user: User) -> None:
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def change(roll_call: RollCall) -> str:
    return reverse("admin:votes_rollcall_change", args=[roll_call.pk])


def recorded(roll_call: RollCall) -> dict[str, str]:
    return dict(roll_call.votes.values_list("state__code", "choice"))


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until a control has the focus."""
    for _press in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail(f"Tab does not lead to {target}.")


def row(page: Page, code: str) -> Locator:
    return page.locator(f".sheet-row[data-code={code}]")


def choice_of(page: Page, code: str) -> str:
    """Return what is chosen in a row."""
    return row(page, code).locator("input:checked").input_value()


def current(page: Page) -> str:
    """Return the code of the row that has the focus."""
    code: str = page.evaluate("document.activeElement.closest('.sheet-row')?.dataset.code ?? ''")
    return code


def enter_sheet(page: Page) -> None:
    """Go to the first row by Tab."""
    tab_to(page, page.locator(".sheet-row").first.locator("input:checked"))


def publish(page: Page, live_server: LiveServer) -> None:
    """Publish from the page of the draft, and see it in public."""
    tab_to(page, page.get_by_label("draft", exact=True))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("published", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Published: a-res-es-11-7.")
    page.goto(live_server.url + PUBLIC)
    expect(page.locator(".tally-large .tally")).to_have_text("93-18-65")


@contextmanager
def timed(what: str, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Say how long a journey took; nothing depends on it."""
    begun = time.perf_counter()
    yield
    with capsys.disabled():
        print(f"\nES-11/7 entered {what} and published in {time.perf_counter() - begun:.1f} s")  # noqa: T201  # for the record


# The three ways


def test_es_11_7_is_entered_by_keyboard(
    opened: Page, live_server: LiveServer, draft: RollCall, capsys: pytest.CaptureFixture[str]
) -> None:
    with timed("by keyboard", capsys):
        enter_sheet(opened)
        codes = [element.get_attribute("data-code") or "" for element in opened.locator(".sheet-row").all()]
        # The commonest choice comes last, for all others at once.
        for code in codes:
            opened.keyboard.press(CHOICES[code].lower() if CHOICES[code] != "Y" else "ArrowDown")
        tab_to(opened, opened.get_by_role("button", name="In favour"), "Shift+Tab")
        opened.keyboard.press("Enter")
        counted = " ".join(opened.locator(".sheet-count").inner_text().split())
        assert counted == "In favour 93 Against 18 Abstaining 65 Non-voting 17 No entry 0"
        publish(opened, live_server)
    assert recorded(draft) == CHOICES


def test_es_11_7_is_entered_by_paste(
    opened: Page, live_server: LiveServer, draft: RollCall, capsys: pytest.CaptureFixture[str]
) -> None:
    text = verbatim(CHOICES, names_for(draft).electorate, draft="A/ES-11/L.10", resolution="A/RES/ES-11/7")
    with timed("by paste", capsys):
        tab_to(opened, opened.get_by_role("link", name="Paste or upload votes"))
        opened.keyboard.press("Enter")
        tab_to(opened, opened.get_by_label("Text:"))
        opened.keyboard.insert_text(text)
        tab_to(opened, opened.get_by_role("button", name="Show preview"))
        opened.keyboard.press("Enter")
        expect(opened.locator(".filling-problems li")).to_have_count(0)
        expect(opened.locator(".sheet-count")).to_contain_text("In favour 93 (announced 93)")
        tab_to(opened, opened.get_by_role("button", name="Non-voting"))
        opened.keyboard.press("Enter")
        enter_sheet(opened)
        opened.keyboard.press("Control+Enter")
        expect(opened).to_have_url(live_server.url + change(draft))
        publish(opened, live_server)
    assert recorded(draft) == CHOICES
    draft.refresh_from_db()
    assert (str(draft.announced), draft.result) == ("93-18-65", "adopted")


def test_es_11_7_is_entered_by_csv(
    opened: Page, live_server: LiveServer, draft: RollCall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "es-11-7.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("state", "choice"), *sorted(CHOICES.items())])
    with timed("by CSV", capsys):
        tab_to(opened, opened.get_by_role("link", name="Paste or upload votes"))
        opened.keyboard.press("Enter")
        # The window in which to choose a file is the system's, and opens for one browser on a machine at a time.
        tab_to(opened, opened.get_by_label("Or a file:"))
        opened.get_by_label("Or a file:").set_input_files(path)
        tab_to(opened, opened.get_by_role("button", name="Show preview"))
        opened.keyboard.press("Enter")
        expect(opened.locator(".sheet-count")).to_contain_text("No entry 0")
        tab_to(opened, opened.get_by_role("button", name="Save the sheet"))
        opened.keyboard.press("Enter")
        expect(opened).to_have_url(live_server.url + change(draft))
        publish(opened, live_server)
    assert recorded(draft) == CHOICES


# Keys


def test_keys_set_choices_move_search_and_undo(opened: Page) -> None:
    enter_sheet(opened)
    for key in "ynaX":
        opened.keyboard.press(key)
    assert [choice_of(opened, code) for code in ("AFG", "ALB", "DZA", "AND", "AGO")] == ["Y", "N", "A", "X", ""]
    assert current(opened) == "AGO"

    opened.keyboard.press("Backspace")
    assert (current(opened), choice_of(opened, "AND")) == ("AND", "")
    opened.keyboard.press("Control+z")
    assert (current(opened), choice_of(opened, "DZA")) == ("DZA", "")

    opened.keyboard.press("End")
    assert current(opened) == "ZWE"
    opened.keyboard.press("ArrowDown")
    assert current(opened) == "ZWE"
    opened.keyboard.press("Home")
    assert current(opened) == "AFG"
    opened.keyboard.press("Delete")
    assert (current(opened), choice_of(opened, "AFG")) == ("AFG", "")
    opened.keyboard.press("ArrowLeft")
    assert choice_of(opened, "AFG") == "X"
    opened.keyboard.press("Control+z")
    assert choice_of(opened, "AFG") == ""
    opened.keyboard.press("Enter")
    expect(opened.locator(".sheet-row")).to_have_count(193)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("united r", "TZA"),
        ("/yemen", "YEM"),
        ("/new", "NZL"),
        ("/côte", "CIV"),
        ("cote", "CIV"),
        ("korea", "KOR"),
        ("gbr", "GBR"),
        ("tur", "TUR"),
        ("congo", "COG"),
    ],
)
def test_typing_a_name_moves_to_its_row(opened: Page, typed: str, code: str) -> None:
    enter_sheet(opened)
    opened.keyboard.type(typed)
    opened.keyboard.press("Enter")
    assert current(opened) in (code, "PRK" if code == "KOR" else code)
    assert recorded_on_page(opened) == {}


def test_a_name_that_begins_with_a_choosing_letter_casts_no_vote(opened: Page) -> None:
    """And where no name goes on like that, the letter was a choice."""
    enter_sheet(opened)
    for typed, code in (("norway", "NOR"), ("Namibia", "NAM"), ("andorra", "AND"), ("yem", "YEM")):
        opened.keyboard.press("Home")
        opened.keyboard.type(typed)
        expect(opened.locator("[data-found]")).to_contain_text("read as a name, so no vote was entered")
        opened.keyboard.press("Enter")
        assert (current(opened), recorded_on_page(opened)) == (code, {})
    opened.keyboard.press("Home")
    opened.keyboard.type("noman")
    opened.keyboard.press("Enter")
    assert (current(opened), recorded_on_page(opened)) == ("OMN", {"AFG": "N"})
    opened.keyboard.press("Home")
    opened.keyboard.type("yfra")
    opened.keyboard.press("Enter")
    assert (current(opened), recorded_on_page(opened)) == ("FRA", {"AFG": "Y"})


def recorded_on_page(page: Page) -> dict[str, str]:
    """Return the choices on the sheet by code."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.sheet-row')].map(row => "
        "[row.dataset.code, row.querySelector('input:checked').value]).filter(([, choice]) => choice))"
    )
    return found


def test_arrow_goes_to_the_next_match_and_escape_goes_back(opened: Page) -> None:
    enter_sheet(opened)
    opened.keyboard.type("united")
    expect(opened.locator("[data-found]")).to_have_text("United Arab Emirates (1/4)")
    opened.keyboard.press("ArrowDown")
    expect(opened.locator("[data-found]")).to_have_text("United Kingdom (2/4)")
    opened.keyboard.press("Escape")
    assert current(opened) == "AFG"
    opened.keyboard.type("/qqq")
    expect(opened.locator("[data-found]")).to_have_text("no matching member")
    opened.keyboard.press("Enter")
    assert current(opened) == ""


def test_filling_all_other_members_is_undone_in_one_step(opened: Page) -> None:
    enter_sheet(opened)
    opened.keyboard.press("n")
    opened.get_by_role("button", name="In favour").press("Enter")
    expect(opened.locator(".sheet-count")).to_contain_text("In favour 192")
    opened.get_by_role("button", name="Undo").press("Enter")
    assert recorded_on_page(opened) == {"AFG": "N"}


def test_count_shows_the_difference_from_announced_totals_while_typing(opened: Page) -> None:
    opened.get_by_text("Result and totals").click()
    opened.get_by_label("Announced in favour").fill("2")
    enter_sheet(opened)
    opened.keyboard.press("y")
    expect(opened.locator("[data-choice=Y]")).to_have_text("In favour 1 (announced 2: −1)")
    expect(opened.locator("[data-choice=Y]")).to_have_class("sheet-differs")
    opened.keyboard.press("y")
    expect(opened.locator("[data-choice=Y]")).to_have_text("In favour 2 (announced 2)")
    expect(opened.locator("[data-said]")).to_contain_text("In favour 2, Against 0")


def test_first_row_is_kept_in_the_address(opened: Page) -> None:
    enter_sheet(opened)
    opened.keyboard.press("y")
    opened.get_by_label("Start the list with").select_option("FRA")
    order = [element.get_attribute("data-code") for element in opened.locator(".sheet-row").all()]
    assert (order[0], order[-1], order[order.index("ZWE") + 1]) == ("FRA", "FIN", "AFG")
    assert opened.url.endswith("?start=FRA")
    assert choice_of(opened, "AFG") == "Y"
    opened.reload()
    expect(opened.locator(".sheet-row").first).to_have_attribute("data-code", "FRA")


# Kept until it is saved


def test_unsaved_entries_survive_a_reload_and_are_cleared_by_saving(opened: Page) -> None:
    enter_sheet(opened)
    opened.keyboard.press("y")
    opened.keyboard.press("n")
    opened.reload()
    expect(opened.locator("[data-kept]")).to_contain_text("Your unsaved entries from this browser have been restored.")
    assert recorded_on_page(opened) == {"AFG": "Y", "ALB": "N"}

    opened.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(opened.locator(".messagelist")).to_contain_text("was changed successfully")
    opened.wait_for_load_state()
    assert opened.evaluate("Object.keys(localStorage).filter(key => key.startsWith('plenary-'))") == []


def test_restored_entries_can_be_discarded(opened: Page) -> None:
    enter_sheet(opened)
    opened.keyboard.press("y")
    opened.reload()
    opened.get_by_role("button", name="Discard them").press("Enter")
    assert recorded_on_page(opened) == {}
    opened.reload()
    expect(opened.locator("[data-kept]")).to_be_hidden()
    assert recorded_on_page(opened) == {}


def test_restored_entries_do_not_undo_what_has_changed_on_record_since(opened: Page, draft: RollCall) -> None:
    enter_sheet(opened)
    opened.keyboard.press("y")
    record_votes(roll_call=draft, choices={"FRA": "N", "AFG": "A"})
    for _visit in range(2):
        opened.reload()
        expect(opened.locator("[data-kept]")).to_contain_text("The votes on record have changed since")
        assert recorded_on_page(opened) == {"AFG": "Y", "FRA": "N"}
    opened.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(opened.locator(".sheet-differing tbody tr")).to_have_text(["AfghanistanNo entryAbstainingIn favour"])
    assert recorded(draft) == {"FRA": "N", "AFG": "A"}


def test_expired_login_keeps_unsaved_entries(opened: Page, live_server: LiveServer, draft: RollCall) -> None:
    enter_sheet(opened)
    for key in "yna":
        opened.keyboard.press(key)
    Session.objects.all().delete()
    opened.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(opened.get_by_label("Username")).to_be_visible()
    log_in(opened, User.objects.get())
    expect(opened.locator("[data-kept]")).to_be_visible()
    assert recorded_on_page(opened) == {"AFG": "Y", "ALB": "N", "DZA": "A"}
    opened.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(opened.locator(".messagelist")).to_contain_text("was changed successfully")
    assert recorded(draft) == {"AFG": "Y", "ALB": "N", "DZA": "A"}


def test_lost_connection_keeps_unsaved_entries(chromium: Browser, live_server: LiveServer, draft: RollCall) -> None:
    context = chromium.new_context()
    page = context.new_page()
    user = User.objects.create_superuser("ana", password=PASSWORD)
    logged_in(page, live_server, change(draft), user)
    enter_sheet(page)
    page.keyboard.press("y")
    context.set_offline(True)
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page).to_have_url("chrome-error://chromewebdata/")
    context.set_offline(False)
    page.goto(live_server.url + change(draft))
    expect(page.locator("[data-kept]")).to_be_visible()
    assert recorded_on_page(page) == {"AFG": "Y"}
    context.close()


def test_pasted_text_is_restored_and_does_not_override_an_uploaded_file(
    opened: Page, live_server: LiveServer, draft: RollCall, tmp_path: Path
) -> None:
    fill = live_server.url + reverse("admin:votes_rollcall_fill", args=[draft.pk])
    opened.goto(fill)
    opened.get_by_label("Text:").fill(TEXT)
    opened.goto(fill)
    expect(opened.get_by_label("Text:")).to_have_value(TEXT)
    (tmp_path / "a.csv").write_text("FRA,Y\n")
    opened.evaluate("document.querySelector('textarea').value = ''")
    opened.get_by_label("Or a file:").set_input_files(tmp_path / "a.csv")
    opened.get_by_role("button", name="Show preview").press("Enter")
    expect(opened.locator(".sheet-count")).to_contain_text("In favour 1")
    opened.get_by_role("button", name="Save the sheet").press("Enter")
    expect(opened.locator(".messagelist")).to_contain_text("was changed successfully")
    assert recorded(draft) == {"FRA": "Y"}
    opened.wait_for_load_state()
    assert opened.evaluate("Object.keys(localStorage).filter(key => key.startsWith('plenary-'))") == []


def test_suggested_name_links_to_its_row(opened: Page, live_server: LiveServer, draft: RollCall) -> None:
    opened.goto(live_server.url + reverse("admin:votes_rollcall_fill", args=[draft.pk]))
    opened.get_by_label("Text:").fill(TEXT)
    opened.get_by_role("button", name="Show preview").press("Enter")
    opened.locator(".filling-problems").get_by_role("link", name="Albania").press("Enter")
    assert current(opened) == "ALB"


# Without script


def test_the_sheet_works_without_script(chromium: Browser, live_server: LiveServer, draft: RollCall) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    logged_in(page, live_server, change(draft), User.objects.create_superuser("ana", password=PASSWORD))
    row(page, "USA").get_by_label("Against").check()
    page.get_by_label("All others, on saving:").select_option("In favour")
    page.get_by_label("Start the list with").select_option("FRA")
    page.get_by_role("button", name="Save and continue editing").click()
    assert recorded(draft) == dict.fromkeys(CHOICES, "Y") | {"USA": "N"}
    expect(page.locator(".sheet-row").first).to_have_attribute("data-code", "FRA")
    context.close()


# Two at one sheet


def test_second_of_two_editors_is_shown_the_difference(
    opened: Page, chromium: Browser, live_server: LiveServer, draft: RollCall
) -> None:
    context = chromium.new_context()
    other = context.new_page()
    logged_in(other, live_server, change(draft), User.objects.create_superuser("bo", password=PASSWORD))
    for page, key in ((opened, "y"), (other, "n")):
        enter_sheet(page)
        page.keyboard.press(key)
    opened.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(opened.locator(".messagelist")).to_contain_text("was changed successfully")
    other.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(other.locator(".sheet-differing tbody tr")).to_have_text(["AfghanistanNo entryIn favourAgainst"])
    other.locator(".sheet-differing").get_by_role("link", name="Afghanistan").press("Enter")
    assert (current(other), recorded(draft)) == ("AFG", {"AFG": "Y"})
    other.keyboard.press("a")
    other.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(other.locator(".messagelist")).to_contain_text("was changed successfully")
    assert recorded(draft) == {"AFG": "A"}
    context.close()


# For everybody

SMALL = """
[...document.querySelectorAll(
    ".sheet button, .sheet select, .sheet summary, .sheet-choice, .sheet [type=search], .filling-problems a, "
    + ".filling [type=checkbox], .filling [type=file], .filling [type=submit], .checkbox-row label")]
.filter(element => element.checkVisibility() && !element.closest(".sheet-keys:not([open]) dl"))
.map(element => [element, (element.closest("label") ?? element).getBoundingClientRect()])
.filter(([element, box]) => element.type !== "hidden" && box.height < 23.9)
.map(([element, box]) => `${element.outerHTML.slice(0, 90)} ${box.height}`)
"""

CONTRAST = """
(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll(".sheet *, .filling *")].filter(element =>
    element.checkVisibility() && !element.disabled && element.tagName !== "OPTION"
    && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
  ).map(element => {
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), element.outerHTML.slice(0, 90)];
  }).filter(([ratio]) => ratio < 4.5);
})()
"""

TEXT = """In favour: Albanya, France, Haiti
Against: United States, France
The draft resolution was adopted by 2 votes to 2, with no abstentions (resolution 79/1).
[Subsequently, the delegation of Haiti informed the Secretariat that it had intended to vote against.]"""


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_voting_sheet_is_accessible(
    chromium: Browser, live_server: LiveServer, draft: RollCall, width: int, scheme: Any
) -> None:
    """What axe finds, and what it does not look at: small targets, colours in every state, sideways scrolling."""
    record_votes(roll_call=draft, choices={"FRA": "N"})
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    logged_in(page, live_server, change(draft), User.objects.create_superuser("ana", password=PASSWORD))

    def wrong() -> list[object]:
        row(page, "FRA").locator("input:checked").focus()
        wide = page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
        return [violations(page), page.evaluate(SMALL), page.evaluate(CONTRAST), wide]

    page.get_by_text("Keys", exact=True).click()
    assert wrong() == [[], [], [], 0]
    page.goto(live_server.url + reverse("admin:votes_rollcall_fill", args=[draft.pk]))
    assert violations(page) == []
    page.get_by_label("Text:").fill(TEXT)
    page.get_by_role("button", name="Show preview").press("Enter")
    expect(page.locator(".filling-problems li")).to_have_count(2)
    assert wrong() == [[], [], [], 0]
    context.close()


def test_sticky_header_never_covers_the_current_row(opened: Page) -> None:
    enter_sheet(opened)
    opened.keyboard.press("End")
    for _press in range(60):
        opened.keyboard.press("ArrowUp")
        hidden = opened.evaluate(
            "document.querySelector('[data-tools]').getBoundingClientRect().bottom"
            " - document.activeElement.closest('.sheet-row').getBoundingClientRect().top"
        )
        assert hidden <= 0
