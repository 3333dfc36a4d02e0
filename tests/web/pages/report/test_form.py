"""The form of an error report: where it is linked, what it stores, and what keeps robots out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.test import Client, RequestFactory

from tests.web.records import get, one, text, texts
from votes.models import ErrorReport
from votes.record.version import data_version
from web.serving.requests import query_of

if TYPE_CHECKING:
    from tests.web.records import Maker

pytestmark = pytest.mark.usefixtures("record")

ADDRESS = "/report/"
PAGE = "/resolutions/A/RES/ES-11/7"
SENT = {
    "page": PAGE,
    "wrong": "France is listed as abstaining.",
    "right": "It voted in favour.",
    "document": "A/ES-11/PV.19",
    "email": "reader@example.org",
}


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    caches["throttle"].clear()


def send(headers: dict[str, str] | None = None, /, **changed: str) -> Any:
    return Client(enforce_csrf_checks=True).post(ADDRESS, {**SENT, "website": "", **changed}, headers=headers)


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def typed(response: Any) -> dict[str, str]:
    """Return what stands in the fields of the form."""
    fields = soup(response).select("form.report [name]")
    return {str(field["name"]): field.text.strip() or str(field.get("value", "")) for field in fields}


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        "/roll-calls/a-res-es-11-7/",
        "/states/USA/",
        "/blocs/nato/",
        "/agreement/?bloc=p5",
        "/compare/states/?state=USA&state=FRA",
        "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7",
        "/vetoes/",
    ],
)
def test_votes_states_blocs_and_figures_link_to_the_form_with_their_page(page: str):
    (link,) = {str(link["href"]) for link in get(page).select("main a[href^='/report/']")}
    assert typed(Client().get(link))["page"] == page


def test_form_knows_where_the_reader_comes_from():
    assert text(one(get("/about/"), "footer a[href='/report/']")) == "Report an error"
    came = "/states/USA/?choice=against"
    assert typed(Client().get(ADDRESS, headers={"Referer": f"http://testserver{came}"}))["page"] == came
    for address in ("http://elsewhere.example/states/USA/", "http://testserver/nowhere", "http://["):
        assert typed(Client().get(ADDRESS, headers={"Referer": address}))["page"] == ""


def test_form_names_the_vote_and_is_neither_cached_nor_indexed():
    shown = Client().get(ADDRESS, {"page": PAGE})
    assert "A/RES/ES-11/7, 24 February 2025" in text(one(soup(shown), ".lead"))
    assert (shown.headers["Cache-Control"], shown.headers["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert not shown.cookies
    # The old address of the form.
    assert typed(Client().get("/contact/?about=a-res-es-11-7", follow=True))["page"] == PAGE


def test_report_is_stored_with_its_vote_and_nothing_public_changes():
    before = data_version()
    sent = send(page=f" http://testserver{PAGE} ")

    stored = ErrorReport.objects.select_related("roll_call").get()
    assert {name: getattr(stored, name) for name in SENT} == SENT
    assert stored.roll_call is not None
    assert (stored.roll_call.slug, stored.is_open) == ("a-res-es-11-7", True)
    assert data_version() == before
    thanks = soup(Client().get(sent["Location"]))
    assert text(one(thanks, ".lead")) == f"We have received your report. Its number is {stored.pk}."
    assert PAGE in [str(link["href"]) for link in thanks.select("main a")]
    assert Client().get("/report/thanks/?report=7:forged").status_code == 404


def test_search_words_in_the_address_of_the_page_are_not_logged():
    for address in (ADDRESS, "/report/thanks/"):
        assert query_of(RequestFactory().get(address, {"page": "/states/USA/?q=secret"})) == "+1"


@pytest.mark.parametrize(
    ("page", "slug"),
    [
        ("/roll-calls/s-res-2774-2025/history/", "s-res-2774-2025"),
        ("/roll-calls/S-RES-2774-2025/", "s-res-2774-2025"),
        ("/resolutions/A/RES/2758%28XXVI%29", "a-res-2758-xxvi"),
        ("/resolutions/A/RES/1/999", None),
        ("/states/USA/?choice=against", None),
    ],
)
def test_vote_is_that_of_the_page(page: str, slug: str | None):
    send(page=page)
    stored = ErrorReport.objects.select_related("roll_call").get()
    assert (stored.page, stored.roll_call and stored.roll_call.slug) == (page, slug)


def test_draft_is_not_recognised(maker: Maker):
    draft = maker.roll_call("secret", "USA:Y", title="Flumequux", status="draft")
    send(page=f"/roll-calls/{draft.slug}/")
    assert ErrorReport.objects.get().roll_call_id is None
    assert "Flumequux" not in Client().get(ADDRESS, {"page": f"/roll-calls/{draft.slug}/"}).content.decode()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"wrong": " "}, "Describe the error."),
        ({"right": ""}, "Say what the record should show."),
        ({"document": ""}, "Name the document, or write how you know."),
        ({"wrong": "x" * 2001}, "Ensure this value has at most 2000 characters (it has 2001)."),
        ({"email": "nobody"}, "Enter a valid e-mail address, such as name@example.org, or leave this empty."),
        ({"page": "/nowhere"}, "There is no page “/nowhere” on this site."),
        ({"page": "/admin/"}, "There is no page “/admin/” on this site."),
        ({"page": "http://elsewhere.example/"}, "There is no page “http://elsewhere.example/” on this site."),
        ({"website": "http://spam.example"}, "Clear this field. It is there to catch spam robots"),
    ],
)
def test_refused_form_says_why_and_keeps_what_was_typed(changed: dict[str, str], error: str):
    refused = send(**changed)
    page = soup(refused)
    (name,) = changed
    assert [found.startswith(error) for found in texts(page, f"#id_{name}_error")] == [True]
    assert one(page, f"[name={name}]")["aria-invalid"] == "true"
    assert typed(refused) == {
        **SENT,
        "website": "",
        **changed,
        **({"wrong": ""} if changed.get("wrong") == " " else {}),
    }
    assert not ErrorReport.objects.exists()


def test_another_sites_page_cannot_send_it():
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        refused = send(headers)
        assert (refused.status_code, typed(refused)["wrong"]) == (403, SENT["wrong"])
    assert not ErrorReport.objects.exists()
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://testserver"}):
        assert send(headers).status_code == 302


def test_networks_send_a_limited_number_an_hour(settings):
    settings.REPORTS_AN_HOUR, settings.TRUSTED_PROXIES = 2, 1

    def status(address: str, **changed: str) -> int:
        return int(send({"X-Forwarded-For": address}, **changed).status_code)

    assert [status("198.51.100.1", wrong="") for _ in range(3)] == [200] * 3  # mistakes are not counted
    assert [status(f"198.51.100.{n}") for n in range(3)] == [302, 302, 429]
    assert [status(f"2001:db8:1:{n}::1") for n in range(3)] == [302, 302, 429]
    assert [status(address) for address in ("198.51.101.1", "2001:db8:2::1")] == [302, 302]
    assert ErrorReport.objects.count() == 6
    refused = send({"X-Forwarded-For": "198.51.100.9"})
    assert "Too many reports from your network." in text(one(soup(refused), ".problem"))
    assert typed(refused)["wrong"] == SENT["wrong"]
