"""Request ids, access log and request metrics."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, override_settings

from web.serving import current_request, requests
from web.serving.metrics import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def line(
    caplog: pytest.LogCaptureFixture, request: HttpRequest, answer: Callable[[HttpRequest], HttpResponseBase]
) -> dict[str, Any]:
    """Return what the line of a request says, once it has been read to its end."""
    with caplog.at_level(logging.INFO, "plenary.access"):
        response = requests.observed(answer)(request)
        if response.streaming:
            list(response)
            for close in response._resource_closers:  # type: ignore[attr-defined]
                close()
    assert current_request.CURRENT.get() is None
    (record,) = (record for record in caplog.records if record.name == "plenary.access")
    return record.__dict__


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"four", headers={"Cache-Status": "Plenary; hit"})


def test_request_is_logged_with_path_status_and_cost(caplog: pytest.LogCaptureFixture):
    said = line(caplog, RequestFactory().get("/states/USA/", {"body": "GA"}), plain)
    assert {name: said[name] for name in ("method", "path", "route", "query", "status", "bytes", "cache", "user")} == {
        "method": "GET",
        "path": "/states/USA/",
        "route": "web:state",
        "query": "body=GA",
        "status": 200,
        "bytes": 4,
        "cache": "hit",
        "user": None,
    }
    assert (said["queries"], said["sql_ms"], said["address"]) == (0, 0, None)
    assert said["ms"] >= 0


def test_only_public_query_values_are_logged(caplog: pytest.LogCaptureFixture):
    query = "body=GA&q=my+illness&token=abc&5ecret&since=" + "9" * 200
    said = line(caplog, RequestFactory().get(f"/resolutions/?{query}"), plain)
    assert said["query"] == f"body=GA&q&since={'9' * 80}&+2"
    assert "abc" not in said["message"]


def test_overlong_query_is_logged_as_such(caplog: pytest.LogCaptureFixture):
    """The line is written after the answer: it must not break it."""
    assert line(caplog, RequestFactory().get("/resolutions/?" + "a=1&" * 2000), plain)["query"] == "+many"


def test_password_reset_token_is_not_logged(caplog: pytest.LogCaptureFixture):
    said = line(caplog, RequestFactory().get("/admin/password_reset/MQ/c0ffee-1234/"), plain)
    assert (said["path"], said["route"]) == ("/admin/password_reset/", "password_reset_confirm")
    assert "c0ffee" not in said["message"]


def test_streamed_response_is_logged_with_the_bytes_sent(caplog: pytest.LogCaptureFixture):
    request = RequestFactory().get("/resolutions.csv")
    said = line(caplog, request, lambda _: StreamingHttpResponse(iter([b"12", b"345"])))
    assert (said["route"], said["bytes"]) == ("web:download", 5)


def test_logged_in_user_is_logged_by_key(caplog: pytest.LogCaptureFixture):
    request = RequestFactory().get("/admin/")
    request._cached_user = User(pk=7, username="ana")  # type: ignore[attr-defined]
    assert line(caplog, request, plain)["user"] == 7
    caplog.clear()
    request = RequestFactory().get("/admin/")
    request._cached_user = AnonymousUser()  # type: ignore[attr-defined]
    assert line(caplog, request, plain)["user"] is None


@override_settings(LOG_ADDRESSES=True)
def test_client_address_is_logged_if_configured(caplog: pytest.LogCaptureFixture):
    assert line(caplog, RequestFactory(REMOTE_ADDR="192.0.2.7").get("/"), plain)["address"] == "192.0.2.7"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_checks_are_logged_only_on_failure(caplog: pytest.LogCaptureFixture, path: str):
    with caplog.at_level(logging.INFO, "plenary.access"):
        requests.observed(plain)(RequestFactory().get(path))
        assert caplog.records == []
        requests.observed(lambda _: HttpResponse(status=503))(RequestFactory().get(path))
        assert [record.status for record in caplog.records] == [503]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (0, "0123456789abcdef", False),
        (1, "0123456789abcdef", True),
        (1, "7f1c9a52-3b1e-4a56-9c3e-0d5a8f1b2c3d", True),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "0123456789\r\nSet-Cookie: a=b", False),
        (1, '01234567"}', False),
    ],
)
def test_request_id_is_taken_only_from_trusted_proxies(proxies: int, given: str, is_taken: bool):
    request = RequestFactory(HTTP_X_REQUEST_ID=given).get("/")
    with override_settings(TRUSTED_PROXIES=proxies):
        answer = requests.observed(plain)(request)
    assert (answer.headers["X-Request-ID"] == given) is is_taken
    assert requests.GIVEN_ID.fullmatch(answer.headers["X-Request-ID"])


@pytest.mark.django_db
@override_settings(SLOW_QUERY_MS=1)
def test_a_slow_query_is_logged_without_its_values(caplog: pytest.LogCaptureFixture):
    current_request.watch(connection)  # pytest may have opened it before the app was there.

    def answer(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s,\n 'it''s written out', pg_sleep(0.002)", ["secret"])
        return HttpResponse()

    said = line(caplog, RequestFactory().get("/"), answer)
    (slow,) = (record for record in caplog.records if record.name == "plenary.slow_query")
    assert slow.sql == "SELECT %s, '?', pg_sleep(0.002)"  # type: ignore[attr-defined]
    assert slow.ms >= 2  # type: ignore[attr-defined]
    assert (said["queries"], said["sql_ms"] >= 2) == (1, True)


@pytest.mark.django_db
@override_settings(SLOW_QUERY_MS=0)
def test_zero_disables_slow_query_logging(caplog: pytest.LogCaptureFixture):
    current_request.watch(connection)

    def answer(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.002)")
        return HttpResponse()

    assert line(caplog, RequestFactory().get("/"), answer)["queries"] == 1
    assert [record.name for record in caplog.records] == ["plenary.access"]


def test_connection_is_instrumented_once():
    before = list(connection.execute_wrappers)
    try:
        current_request.watch(connection)
        current_request.watch(connection)
        assert connection.execute_wrappers.count(current_request.timed) == 1
    finally:
        connection.execute_wrappers[:] = before


def test_requests_cannot_create_metric_labels():
    """A label that anybody can make up would fill the memory of this process and of whoever collects."""

    def labels() -> set[tuple[str, ...]]:
        return {
            (sample.labels["route"], sample.labels["method"], sample.labels["status"])
            for metric in REQUESTS.collect()
            for sample in metric.samples
            if sample.name == "plenary_requests_total"
        }

    observed = requests.observed(lambda _: HttpResponse(status=404))
    observed(RequestFactory().generic("BREW", "/made-up/0"))
    before = labels()
    assert ("none", "other", "4xx") in before
    for number in range(20):
        observed(RequestFactory().generic(f"BREW{number}", f"/made-up/{number}"))
        observed(RequestFactory().generic("BREW", "/made-up/", headers={"Cache-Status": str(number)}))
    assert labels() == before


def test_number_of_remembered_routes_is_limited():
    assert requests.match_of.cache_info().maxsize == requests.PATHS
    assert requests.route_of("/static/x.css") == "static"
    assert requests.route_of("/states/FRA/") == "web:state"
