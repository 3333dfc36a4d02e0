"""Layout and weight: print, right-to-left, keyboard, reduced motion, layout shifts and page size."""

from __future__ import annotations

import gettext
import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils.translation import trans_real
from playwright.sync_api import expect

from tests.browser.test_accessibility import violations
from tests.web.records import get

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

browser = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

VOTE = "/resolutions/A/RES/ES-11/7"


def marked(*marks: pytest.MarkDecorator) -> Any:
    """Return a decorator that sets several marks."""

    def mark(test: Any) -> Any:
        for one in marks:
            test = one(test)
        return test

    return mark


@pytest.mark.usefixtures("record")
class TestWeight:
    """What a reader's line has to carry, compressed."""

    def test_heaviest_page_is_small_and_loads_nothing_from_other_hosts(self):
        page = get(VOTE)
        files = [
            str(tag.get("src") or tag.get("href"))
            for tag in page.select("script[src], link[rel~=stylesheet], link[rel~=icon]")
        ]

        assert [file for file in files if not file.startswith("/static/")] == []
        assert page.select("img, iframe, video, audio, object, style") == []
        sizes = {file: len(gzip.compress(found(file))) for file in files}
        html = len(gzip.compress(Client().get(VOTE).content))
        assert html + sum(sizes.values()) < 60_000, (html, sizes)

    def test_each_script_is_under_40_kb_compressed(self):
        scripts = [*Path("static/plenary").glob("*.js")]

        assert len(scripts) > 0
        weights = {script.name: len(gzip.compress(script.read_bytes())) for script in scripts}
        weights["htmx"] = len(gzip.compress(found("/static/django_htmx/htmx-2.min.js")))
        assert {name: weight for name, weight in weights.items() if weight >= 40_000} == {}


def found(address: str) -> bytes:
    """Return the static file at an address."""
    path = finders.find(address.removeprefix("/static/"))
    assert isinstance(path, str), address
    return Path(path).read_bytes()


@marked(*browser)
class TestPrint:
    """A recorded vote on paper."""

    def test_printed_vote_is_two_pages_without_navigation_and_forms(self, page: Page, live_server: LiveServer) -> None:
        page.emulate_media(color_scheme="dark")
        page.goto(live_server.url + VOTE)

        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 2

        page.emulate_media(media="print", color_scheme="dark")
        shown = "elements => elements.filter(e => e.checkVisibility()).map(e => e.id)"
        assert page.locator("article h2").evaluate_all(shown) == ["glance", "who", "facts"]
        for kept in ("h1", ".verdict .tally >> nth=0", ".verdict .bar", ".tiles", ".explanation", ".cite"):
            expect(page.locator(kept)).to_be_visible()
        for left_out in ("nav", "form", "button", "input", "select", "textarea", ".site-footer"):
            assert page.locator(left_out).evaluate_all(shown) == [], left_out
        names = "elements => elements.filter(e => e.checkVisibility()).length"
        assert page.locator(".names li").evaluate_all(names) == 193
        assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"


KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{[^}]*\}|<[^>]*>|&\w+;)")
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابسدهفغحيجكلمنوبقرستعفوخيز")


class MadeUp(gettext.NullTranslations):
    """A language from right to left that says every text in Arabic letters, which nobody needs to translate."""

    def gettext(self, message: str) -> str:
        """Return the text in Arabic letters, with what is filled in as it was."""
        words = message.rpartition("\x04")[2]
        return "".join(part if KEPT.fullmatch(part) else part.lower().translate(LETTERS) for part in KEPT.split(words))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for the number in Arabic letters."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def right_to_left(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all pages in the made-up language."""
    settings.LANGUAGE_CODE = "ar"
    monkeypatch.setattr(trans_real.translation("ar"), "_fallback", MadeUp())


# Left edges of the first and last letter of each element's text: in English text and in tallies the first is left.
READ = """elements => elements.filter(e => e.checkVisibility() && e.textContent.trim().length > 2).map(element => {
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), texts = [];
  while (walk.nextNode()) if (walk.currentNode.data.trim()) texts.push(walk.currentNode);
  const [first, last] = [texts[0], texts.at(-1)].map((text, end) => {
    const range = document.createRange(), at = end ? text.data.trimEnd().length - 1 : text.data.search(/\\S/);
    range.setStart(text, at); range.setEnd(text, at + 1);
    return range.getBoundingClientRect();
  });
  return first.top < last.top - 4 || first.left < last.left ? "" : element.outerHTML.slice(0, 90);
}).filter(Boolean)"""


@marked(*browser, pytest.mark.usefixtures("right_to_left"))
class TestRightToLeft:
    """Pages in a language from right to left."""

    @pytest.mark.parametrize("width", [320, 1280])
    def test_right_to_left_pages_are_mirrored_except_english_text(
        self, page: Page, live_server: LiveServer, width: int
    ) -> None:
        page.set_viewport_size({"width": width, "height": 900})
        broken = []
        for address in (
            "/",
            "/resolutions/?position=USA:against&differ=USA~eu",
            VOTE,
            "/states/USA/",
            "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7",
            "/roll-calls/a-res-es-11-7/embed/",
        ):
            page.goto(live_server.url + address)
            assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
            assert page.evaluate("document.documentElement.scrollWidth") == width, address
            broken += page.locator("[lang=en]:not(article), .symbol, .tally").evaluate_all(READ)
            if brand := page.locator(".site-header .brand").all():
                assert brand[0].evaluate("e => innerWidth - e.getBoundingClientRect().right") < 100
            # The first part of a tally bar, in favour, begins where the language begins.
            assert page.locator(".bar:has(.fill-Y)").evaluate_all(NOT_AT_THE_START) == []
            if width == 320:
                broken += violations(page)

        assert "\n".join(broken) == ""


NOT_AT_THE_START = """bars => bars.filter(bar => {
  const end = element => element.getBoundingClientRect().right;
  return end(bar) - end(bar.querySelector(".fill-Y")) > 3;
}).map(bar => bar.outerHTML)"""

SHIFTS = """window.shifts = [];
new PerformanceObserver(list => {
  for (const shift of list.getEntries())
    shifts.push([shift.value, ...shift.sources.map(({node}) => node?.outerHTML?.slice(0, 90) ?? node?.data)]);
}).observe({type: "layout-shift", buffered: true});"""


@marked(*browser)
class TestCalm:
    """Nothing jumps, moves or hides where the keyboard is."""

    @pytest.mark.parametrize("width", [320, 1280])
    def test_layout_does_not_shift_on_load_or_when_suggestions_open(
        self, page: Page, live_server: LiveServer, width: int
    ) -> None:
        page.set_viewport_size({"width": width, "height": 900})
        page.add_init_script(SHIFTS)
        for address, box in (("/", "home-q"), ("/resolutions/", "header-q"), (VOTE, "header-q")):
            page.goto(live_server.url + address)
            page.locator(f"#{box}").press_sequentially("guinea")
            expect(page.locator(f"#{box}-list [role=option]").first).to_be_visible()
            page.locator(f"#{box}").press("Escape")
            expect(page.locator(f"#{box}-list")).to_be_hidden()
            # What the observer has to tell, it tells after the next frame.
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate("window.shifts") == [], address

    def test_reduced_motion_turns_off_animations_and_transitions(self, page: Page, live_server: LiveServer) -> None:
        moves = """[...document.querySelectorAll("*")].filter(element => {
          const style = getComputedStyle(element);
          const isStill = style.animationName === "none" && parseFloat(style.transitionDuration) === 0;
          return !isStill || style.scrollBehavior !== "auto";
        }).map(element => element.tagName)"""
        page.emulate_media(reduced_motion="no-preference")
        page.goto(live_server.url + VOTE)
        assert page.evaluate(moves) == ["HTML"]
        page.emulate_media(reduced_motion="reduce")
        assert page.evaluate(moves) == []

    def test_every_control_is_reached_by_keyboard_with_visible_focus(self, page: Page, live_server: LiveServer) -> None:
        page.goto(f"{live_server.url}/resolutions/S/RES/2774%20(2025)")
        unseen, reached = [], []
        where = """() => {
          const at = document.activeElement, style = getComputedStyle(at), square = at.querySelector("use");
          const shape = square && at.closest(".tiles") && getComputedStyle(square);
          const isOutlined = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
          const seen = shape ? parseFloat(shape.strokeWidth) > 2 : isOutlined;
          return [at.closest("[id], nav, header, section")?.id || at.tagName, seen, at.outerHTML.slice(0, 90)];
        }"""
        for _ in range(200):
            page.keyboard.press("Tab")
            place, seen, html = page.evaluate(where)
            if place == "BODY":
                break
            reached.append(place)
            if not seen:
                unseen.append(html)

        assert unseen == []
        assert reached[0] == "A"
        for expected in ("header-q", "tiles", "tiles-bloc", "bloc", "choice", "sort"):
            assert expected in reached, expected
        # Of the squares one is a stop of Tab, and arrow keys lead on; a wide table is a stop to be moved by keys.
        stops = page.locator(
            ".tiles a[tabindex='0'], a[href]:not(.tiles a), button, select, input:not([type=hidden]), textarea, "
            "summary, div[tabindex='0']"
        )
        assert len(reached) == stops.evaluate_all("all => all.filter(e => e.checkVisibility()).length")
