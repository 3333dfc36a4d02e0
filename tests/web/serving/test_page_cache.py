"""The page cache: one rendering for each data version, the same for every reader."""

from __future__ import annotations

import datetime
import gzip
import threading
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from bs4 import BeautifulSoup
from django.conf import settings as project
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from resolutions.models import Resolution, Status
from tests.waiting import PATIENCE, wait_until
from tests.web import test_every_page
from tests.web.addresses import every_address
from tests.web.records import Maker
from votes.models import Bloc
from votes.record.version import data_version
from web.serving import page_cache
from web.serving.cache_stores import ResponseCache
from web.serving.etags import tag_of
from web.serving.page_cache import PageCache, is_cacheable
from web.serving.parameters import parameters_of

PUBLIC = "public, max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=86400"
BODY = "93-18-65 " * 200


class Site:
    """A site of one page behind the cache, that counts how often the page is made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.version = 1
        self.made: list[str] = []
        self.page: Callable[[HttpRequest], Any] = lambda request: HttpResponse(BODY)
        self.cache = PageCache(self.view)
        monkeypatch.setattr(page_cache, "current_version", lambda connection: self.version)

    def view(self, request: HttpRequest) -> Any:
        self.made.append(request.get_full_path())
        return self.page(request)

    def get(self, address: str = "/about/", **said: Any) -> Any:
        return self.cache(RequestFactory().get(address, **said))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(monkeypatch)


def status(response: Any) -> str:
    return str(response.headers["Cache-Status"])


def test_page_is_rendered_once(site: Site):
    first, second = site.get(), site.get()

    assert (status(first), status(second)) == ("Plenary; fwd=miss; stored", "Plenary; hit")
    assert first.content == second.content == BODY.encode()
    assert second.headers["Cache-Control"] == PUBLIC
    assert second.headers["Vary"] == "Accept-Encoding"
    assert site.made == ["/about/"]
    assert {**first.headers, "Cache-Status": ""} == {**second.headers, "Cache-Status": ""}


def test_matching_etag_is_a_304_without_rendering(site: Site):
    tag = site.get().headers["ETag"]
    PageCache.pages.forget()

    known = [site.get(headers={"If-None-Match": named}) for named in (tag, tag[2:], f'"x", {tag}')]
    other = site.get(headers={"If-None-Match": '"x"'})

    assert [(one.status_code, one.content, one.headers["ETag"]) for one in known] == [(304, b"", tag)] * 3
    assert "Content-Type" not in known[0].headers
    assert known[0].headers["Cache-Control"] == PUBLIC
    assert (other.status_code, len(site.made)) == (200, 2)


def test_response_keeps_its_own_etag(site: Site):
    site.page = lambda request: HttpResponse(BODY, headers={"ETag": '"own"'})

    assert [site.get().headers["ETag"] for _ in range(2)] == ['"own"'] * 2
    assert site.get(headers={"If-None-Match": '"own"'}).status_code == 304
    assert len(site.made) == 1


OTHERS: dict[str, Callable[[Site, pytest.MonkeyPatch], Any]] = {
    "version": lambda site, _: after_a_change(site),
    "path": lambda site, _: site.get("/privacy/"),
    "query": lambda site, _: site.get("/contact/?about=a-res-es-11-7"),
    "scheme": lambda site, _: site.get(secure=True),
    "host": lambda site, _: site.get(headers={"Host": "localhost"}),
    "htmx": lambda site, _: site.get(headers={"HX-Request": "true"}),
    "language": lambda site, _: in_french(site),
    "release": lambda site, patch: (patch.setattr("web.serving.etags.RELEASE", "other"), site.get())[1],
    "day": lambda site, patch: (patch.setattr(page_cache, "datetime", Tomorrow), site.get())[1],
}


def after_a_change(site: Site) -> Any:
    site.version += 1
    return site.get()


class Tomorrow:
    """The module datetime, a day later."""

    UTC = datetime.UTC

    class datetime:  # noqa: N801  # as the module names it
        @staticmethod
        def now(zone: datetime.tzinfo) -> datetime.datetime:
            return datetime.datetime.now(zone) + datetime.timedelta(days=1)


def in_french(site: Site) -> Any:
    with translation.override("fr"):
        return site.get()


@pytest.mark.parametrize("what", OTHERS)
def test_whatever_a_page_depends_on_is_part_of_the_cache_key(site: Site, monkeypatch: pytest.MonkeyPatch, what: str):
    one = site.get()

    other = OTHERS[what](site, monkeypatch)

    assert status(other) == "Plenary; fwd=miss; stored"
    assert other.headers["ETag"] != one.headers["ETag"]


def test_htmx_history_restore_gets_the_whole_page(site: Site):
    site.get()

    restored = site.get(headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert (status(restored), status(site.get(headers={"HX-Request": "yes"}))) == ("Plenary; hit", "Plenary; hit")


def test_forged_htmx_headers_are_ignored(site: Site):
    seen = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(bool(HtmxDetails(request)))
        return HttpResponse(BODY)

    site.page = page
    site.get(headers={"HX-Request": "%74rue", "HX-Request-URI-AutoEncoded": "true"})

    assert (seen, status(site.get())) == ([False], "Plenary; hit")


def test_host_is_case_insensitive(site: Site):
    site.get(headers={"Host": "LocalHost"})

    assert status(site.get(headers={"Host": "localhost"})) == "Plenary; hit"


def test_tracking_parameters_are_removed(site: Site):
    seen = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.GET.dict())
        return HttpResponse(BODY)

    site.page = page
    site.get("/contact/?about=x")

    answers = [site.get(f"/contact/?{more}") for more in ("fbclid=1&about=x", "about=x&utm_source=a&utm_medium=b")]

    assert [status(answer) for answer in answers] == ["Plenary; hit"] * 2
    assert seen == [{"about": "x"}]


def with_cookie() -> HttpResponse:
    response = HttpResponse(BODY)
    response.set_cookie("a", "b")
    return response


@pytest.mark.parametrize(
    "response",
    [
        lambda: HttpResponse(BODY, status=404),
        lambda: HttpResponse(BODY, status=503),
        lambda: HttpResponse(BODY, headers={"Vary": "Accept, Cookie"}),
        lambda: HttpResponse(BODY, headers={"Cache-Control": "no-store"}),
        with_cookie,
        lambda: HttpResponse(b"x" * (page_cache.LARGEST + 1)),
        lambda: StreamingHttpResponse([BODY.encode()]),
    ],
    ids=["404", "503", "vary", "no-store", "cookie", "large", "stream"],
)
def test_private_or_temporary_responses_are_not_cached(site: Site, response: Callable[[], Any]):
    site.page = lambda request: response()

    assert [status(site.get()) for _ in range(2)] == ["Plenary; fwd=miss"] * 2
    assert len(site.made) == 2


def test_errors_are_not_cacheable_elsewhere(site: Site):
    site.page = lambda request: HttpResponse(status=404)

    assert site.get().headers["Cache-Control"] == "no-cache"


def test_response_rendered_during_a_change_is_not_cached(site: Site):
    def page(request: HttpRequest) -> HttpResponse:
        site.version += 1
        return HttpResponse(BODY)

    site.page = page

    response = site.get()

    assert status(response) == "Plenary; fwd=miss"
    assert "ETag" not in response.headers


def test_editors_bypass_the_cache(site: Site):
    cookie = {"Cookie": f"{project.SESSION_COOKIE_NAME}=x"}

    editor = site.get(headers=cookie)
    reader = site.get()
    again = site.get(headers=cookie)

    assert [status(one) for one in (editor, reader, again)] == [
        "Plenary; fwd=bypass",
        "Plenary; fwd=miss; stored",
        "Plenary; fwd=bypass",
    ]
    assert editor.headers["Cache-Control"] == "private, no-cache"
    assert "ETag" not in editor.headers
    assert len(site.made) == 3


def test_other_cookies_do_not_bypass_the_cache(site: Site):
    site.get()

    assert status(site.get(headers={"Cookie": "consent=1"})) == "Plenary; hit"


@pytest.mark.parametrize("request_", [RequestFactory().post("/about/"), RequestFactory().get("/admin/login/")])
def test_post_and_admin_requests_bypass_the_cache(site: Site, request_: HttpRequest):
    assert "Cache-Status" not in site.cache(request_).headers


def test_head_reads_the_cache_and_stores_nothing(site: Site):
    head = RequestFactory().head

    assert status(site.cache(head("/about/"))) == "Plenary; fwd=miss"
    site.get()
    assert status(site.cache(head("/about/"))) == "Plenary; hit"
    assert site.made == ["/about/"] * 2


def test_disabled_cache_stores_nothing(site: Site, settings):
    settings.PAGE_CACHE = False

    assert [status(site.get()) for _ in range(2)] == ["Plenary; fwd=bypass"] * 2


@pytest.mark.parametrize("order", [["br", "gzip", ""], ["", "br", "gzip"], ["gzip", "", "br"]])
def test_each_encoding_is_made_from_one_rendering(site: Site, order: list[str]):
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
    for encoding in order:
        response = site.get(headers={"Accept-Encoding": encoding})

        assert response.headers.get("Content-Encoding", "") == encoding
        assert response.headers["Content-Length"] == str(len(response.content))
        assert opened[encoding](response.content) == BODY.encode()
    assert len(site.made) == 1


@pytest.mark.parametrize(("body", "kind"), [(BODY, "image/png"), ("short", "text/html")])
def test_incompressible_response_is_not_encoded(site: Site, body: str, kind: str):
    site.page = lambda request: HttpResponse(body, content_type=kind)

    response = site.get(headers={"Accept-Encoding": "br"})

    assert response.content == body.encode()
    assert "Content-Encoding" not in response.headers


def together(number: int, do: Callable[[], Any]) -> list[Any]:
    """Do something in so many threads at once; return what came of it, errors too."""
    found: list[Any] = []
    barrier = threading.Barrier(number)

    def run() -> None:
        barrier.wait()
        try:
            found.append(do())
        except RuntimeError as error:
            found.append(error)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return found


def test_simultaneous_requests_render_a_page_once(site: Site):

    def page(request: HttpRequest) -> HttpResponse:
        wait_until(lambda: [number for _lock, number in PageCache.making._locks.values()] == [8])
        return HttpResponse(BODY)

    site.page = page

    answers = together(8, site.get)

    assert site.made == ["/about/"]
    assert sorted(status(answer) for answer in answers) == ["Plenary; fwd=miss; stored", *["Plenary; hit"] * 7]


def test_uncacheable_page_is_rendered_in_parallel(site: Site):
    """After the first, who holds the others up: a barrier that all of them have to reach opens for them."""
    meeting = threading.Barrier(3)

    def all_are_there() -> bool:
        return [number for _lock, number in PageCache.making._locks.values()] == [4]

    def page(request: HttpRequest) -> HttpResponse:
        if len(site.made) == 1:
            wait_until(all_are_there)
        else:
            meeting.wait(PATIENCE)
        return HttpResponse(BODY, status=410)

    site.page = page

    answers = together(4, site.get)

    assert [answer.status_code for answer in answers] == [410] * 4
    assert len(site.made) == 4


def test_waiting_request_renders_if_the_first_failed(site: Site):
    def page(request: HttpRequest) -> HttpResponse:
        if len(site.made) == 1:
            raise RuntimeError
        return HttpResponse(BODY)

    site.page = page

    answers = together(4, site.get)

    assert sum(isinstance(answer, RuntimeError) for answer in answers) == 1
    assert sum(answer.content == BODY.encode() for answer in answers if not isinstance(answer, RuntimeError)) == 3
    assert not PageCache.making._locks


@pytest.fixture
def no_database(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site whose database went away after a page was made."""
    site.get()

    def gone(connection: object) -> int:
        raise OperationalError

    monkeypatch.setattr(page_cache, "current_version", gone)
    return site


def test_cached_pages_are_served_without_a_database(no_database: Site):
    response = no_database.get()

    assert (status(response), response.content) == ("Plenary; hit; detail=stale", BODY.encode())


def test_uncached_page_without_a_database_is_a_503(no_database: Site):
    no_database.page = lambda request: HttpResponse(status=503)

    assert no_database.get("/privacy/").status_code == 503


def test_least_requested_page_is_evicted_first(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(PageCache, "pages", ResponseCache(1))
    site.page = lambda request: HttpResponse(b"x" * 400_000, content_type="image/png")

    for about in ("a", "b", "a", "c", "a", "b"):
        site.get(f"/contact/?about={about}")

    assert site.made == [f"/contact/?about={about}" for about in ("a", "b", "c", "b")]


# The whole site.


UNREAD = ("/oembed", "/compare/states.", "/compare/roll-calls.", "/ideal-points")
"""What says nothing of a parameter alone: without others, or estimates, they answer something else."""


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("address", [one for one in every_address() if not one.startswith(UNREAD)])
def test_view_reads_only_its_declared_parameters(address: str):
    """Asked for with all that it declares and one more, it says that it does not know that one, or says nothing."""
    view = resolve(address).func
    names = parameters_of(view)
    assert is_cacheable(RequestFactory().get(address, dict.fromkeys(names, "x"))) is not hasattr(
        view, "is_never_cached"
    )
    assert not is_cacheable(RequestFactory().get(address, {"nothing": "1"}))

    answer = Client().get(address, {**dict.fromkeys(names, "x"), "nothing": "1"})
    if answer.headers["Content-Type"] == "application/problem+json":
        errors = answer.json().get("errors", {})
        assert [name for name, said in errors.items() if "Unknown parameter:" in said[0]] in (["nothing"], [])
    elif names and answer.status_code == 200 and address not in ("/contact/", "/report/", "/suggestions/"):
        problems = BeautifulSoup(answer.content, "html.parser").select("p.problem")
        assert [problem for problem in problems if problem.get_text().endswith(": nothing.")]
    answer.close()  # A file that is streamed is open.


@pytest.fixture
def committed(transactional_db: None, record: None, maker: Maker) -> Maker:
    """Return a maker of records in a database that others see."""
    return maker


def test_every_page_is_identical_from_the_cache(committed: Maker):
    """The slow twin of the cache is the site without it."""
    committed.many(range(1, 8))
    asked = [
        address
        for address, code in test_every_page.PAGES.items()
        if code == 200 and "=1" not in address and address != "/data/" and not address.startswith("/report/")
    ]
    files = [
        "/roll-calls/a-res-es-11-7/tiles.svg",
        "/states/USA.json",
        "/resolutions.atom",
        "/sitemap.xml",
        "/llms.txt",
    ]
    api = ["/api/v1/roll-calls/?position=USA:against", "/api/v1/states/USA/"]
    client = Client()
    for address in (*asked, *files, *api):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(project, "PAGE_CACHE", False)
            plain = client.get(address)
        made, kept = client.get(address), client.get(address)

        assert (address, status(made), status(kept)) == (address, "Plenary; fwd=miss; stored", "Plenary; hit")
        assert plain.content == made.content == kept.content
        added = {"X-Request-ID", "Cache-Status", "Cache-Control", "ETag", "Vary", "Content-Length"}
        assert {n: v for n, v in plain.headers.items() if n not in added} == {
            n: v for n, v in kept.headers.items() if n not in added
        }
        assert client.get(address, headers={"If-None-Match": kept.headers["ETag"]}).status_code == 304


def test_unknown_parameters_and_addresses_are_not_cached(committed: Maker):
    client = Client()
    junk = ["/?a=1", "/about/?q=x", "/resolutions/?nothing=1", "/contact/?from=x", "/nowhere/", "/votes.csv?body=SC"]
    junk += ["/states/USA.json?x=1", "/api/v1/roll-calls/?x=1", "/oembed?url=x", "/states/?page=2", "/data/?q=1"]

    for address in junk:
        answer = client.get(address)
        answer.close()  # A stream holds a snapshot open.

        assert (address, status(answer)) == (address, "Plenary; fwd=miss")
    assert len(PageCache.pages._own) == 0


def test_edit_in_the_admin_changes_the_next_response_and_a_draft_does_not(committed: Maker, admin_client: Client):
    reader, address = Client(), "/roll-calls/a-res-es-11-7/"
    first = reader.get(address)
    version = data_version()

    Resolution.objects.create(body=committed.assembly, symbol="A/80/L.99", title="Not yet", status=Status.DRAFT)
    draft = reader.get(address)
    bloc = Bloc.objects.get(slug="nato")
    change = f"/admin/votes/bloc/{bloc.pk}/change/"
    form = form_of(admin_client.get(change))
    asked = admin_client.post(change, {**form, "short_name": "Atlantic allies"})
    saved = admin_client.post(change, {**form_of(asked), "reason": "They are."})
    edited = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert [status(one) for one in (first, draft)] == ["Plenary; fwd=miss; stored", "Plenary; hit"]
    assert draft.content == first.content
    assert (saved.status_code, saved.headers.get("Location")) == (302, "/admin/votes/bloc/")
    assert (edited.status_code, status(edited), data_version()) == (200, "Plenary; fwd=miss; stored", version + 1)
    assert b"Atlantic allies" in edited.content
    assert b"Atlantic allies" not in first.content


def form_of(answer: Any) -> dict[str, str]:
    """Return what the form of a page of the admin would send if nothing were changed."""
    page = BeautifulSoup(answer.content, "html.parser")
    sent = {str(field["name"]): str(field.get("value", "")) for field in page.select("form[id$=_form] input[name]")}
    sent |= {str(area["name"]): area.text.strip() for area in page.select("form[id$=_form] textarea[name]")}
    for choice in page.select("form[id$=_form] select[name]"):
        sent[str(choice["name"])] = next((str(one["value"]) for one in choice.select("option[selected]")), "")
    return {name: value for name, value in sent.items() if not name.startswith("_")}


def test_pages_with_writing_forms_are_not_cached(committed: Maker):
    response = Client().get("/admin/login/")

    assert "no-store" in response.headers["Cache-Control"]
    assert "Cache-Status" not in response.headers
    assert len(PageCache.pages._own) == 0


def test_response_in_an_open_transaction_is_not_cached(db: None, maker: Maker):
    assert status(Client().get("/about/")) == "Plenary; fwd=bypass"


def test_a_connection_that_died_is_replaced(committed: Maker):
    version = page_cache.current_version(connection)
    connection.connection.pgconn.finish()

    assert page_cache.current_version(connection) == version


def test_etag_depends_on_the_data_version(site: Site):
    tag = site.get().headers["ETag"]

    assert tag == tag_of(1, page_cache.request_key(RequestFactory().get("/about/")))
