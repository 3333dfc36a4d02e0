"""Pages and admin have no axe violations of WCAG 2.2 A and AA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse

from tests.web.records import give_subjects
from votes.models import RollCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PUBLIC = [
    "/",
    "/resolutions/",
    "/resolutions/?position=USA:against&position=nowhere:for",
    "/resolutions/?position=USA:against&differ=USA~eu&same=CHN~RUS",
    "/resolutions/A/RES/ES-11/7",
    "/roll-calls/s-res-2774-2025/",
    "/roll-calls/a-res-es-11-7/embed/",
    "/roll-calls/a-res-es-11-7/history/",
    "/states/",
    "/states/USA/",
    "/blocs/",
    "/blocs/nato/",
    "/blocs/nato/?same=USA~RUS",
    "/compare/states/?state=USA&state=eu&state=CHN",
    "/compare/roll-calls/",
    "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7",
    "/agreement/?bloc=p5&since=1971-01-01",
    "/agreement/",
    "/ideal-points/",
    "/vetoes/",
    "/roll-calls/?vetoed_by=RUS&vetoed_by=nope&method=any",
    "/resolutions/S/2022/155",
    "/data/",
    "/data/quality/",
    "/about/",
    "/report/?page=/states/USA/",
    "/methods/",
    "/cookbook/",
    "/nowhere/",
    "/api/v1/docs/",
]

DRAWN = {"/api/v1/docs/": ".opblock"}
"""What a page's script draws: there is nothing to look at before."""


REPEATED_AFTER = 8
SAMPLE = """most => {
  for (const parent of document.querySelectorAll("tbody, ul, ol, dl, select, svg, svg g")) {
    const count = {};
    for (const child of [...parent.children]) {
      const kind = `${child.tagName}.${child.getAttribute("class") ?? ""}`;
      count[kind] = (count[kind] ?? 0) + 1;
      if (count[kind] > most) child.remove();
    }
  }
}"""
"""Takes from the page what repeats a sibling's markup; axe looks at each element, for seconds on a page of 5,000."""


def sampled_violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """Return what axe finds on a page of which each table, list and drawing has the first few of a kind left."""
    page.evaluate(SAMPLE, REPEATED_AFTER)
    return violations(page, rules)


def violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """Return what axe finds on a page: the rule, how many nodes, and the first of them."""
    # What passes is as much as the page itself: of that axe need not tell all.
    options = {"runOnly": list(rules), "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [f"{page.url}: {one['id']} x {len(one['nodes'])}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_public_pages_have_no_axe_violations(
    chromium: Browser, live_server: LiveServer, width: int, scheme: Any
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    found = []
    for address in PUBLIC:
        page.goto(f"{live_server.url}{address}")
        if address in DRAWN:
            page.locator(DRAWN[address]).first.wait_for()
        found += sampled_violations(page)
    context.close()

    assert "\n".join(found) == ""


SUBJECTS = [
    "/subjects/",
    "/subjects/?q=human",
    "/subjects/armed-conflicts-prevention/",
    "/resolutions/?subject=armed-conflicts-prevention&subject=fish",
    "/compare/states/?state=USA&state=GBR&subject=ukraine-political-conditions",
    "/resolutions/A/RES/73/195",
]
"""Pages that show subjects, which the landmark votes do not have by themselves."""


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (320, "light")])
def test_subject_pages_have_no_axe_violations_and_fit_the_window(
    chromium: Browser, live_server: LiveServer, width: int, scheme: Any
) -> None:
    give_subjects()
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    found = []
    for address in SUBJECTS:
        page.goto(f"{live_server.url}{address}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{address} is wider than {width}")
        found += sampled_violations(page)
    context.close()

    assert "\n".join(found) == ""


def test_admin_pages_have_no_axe_violations(chromium: Browser, live_server: LiveServer) -> None:
    User.objects.create_superuser("ana", password="correct horse battery")
    known = RollCall.objects.get(slug="a-res-es-11-7")
    assert known.resolution is not None
    ours = [
        reverse(f"admin:{name}", args=args)
        for name, args in [
            ("index", []),
            ("codes", []),
            ("status", []),
            ("votes_rollcall_new", []),
            ("votes_rollcall_meeting", []),
            ("votes_rollcall_withdraw", [known.pk]),
            ("votes_rollcall_history", [known.pk]),
        ]
    ]
    ours += [reverse("admin:votes_rollcall_merge") + "?kept=a-res-es-11-7&duplicate=a-res-es-11-1"]
    djangos = [
        reverse(f"admin:{name}", args=args)
        for name, args in [
            ("votes_rollcall_changelist", []),
            ("votes_rollcall_add", []),
            ("votes_memberstate_change", [known.votes.all()[0].state_id]),
            ("resolutions_resolution_change", [known.resolution.pk]),
        ]
    ]
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(live_server.url + reverse("admin:login"))
    found = violations(page)
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("correct horse battery")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for address in ours:
        page.goto(live_server.url + address)
        found += sampled_violations(page)
    for address in djangos:
        page.goto(live_server.url + address)
        # Heads of columns without text and the like are Django's own, and break no rule of the guidelines.
        found += sampled_violations(page, [rule for rule in RULES if rule != "best-practice"])
    context.close()

    assert "\n".join(found) == ""
