"""Choosing replica or primary for a request."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import RequestFactory

from votes.models import Vote
from votes.record.databases import PRIMARY, REPLICA, Router, answering, read_from
from web.serving import replicas
from web.serving.replicas import Lag, Watch, from_replica


@pytest.fixture(autouse=True)
def from_the_primary_afterwards():
    yield
    read_from(PRIMARY)


class Connection:
    """As much of a connection as is asked whether it is lost."""

    def __init__(self) -> None:
        self.connection, self.errors_occurred, self.usable = object(), False, True

    def is_usable(self) -> bool:
        return self.usable


class Site:
    """The middleware between servers that a test breaks and a view that says which of them answers."""

    def __init__(self, monkeypatch, settings) -> None:
        monkeypatch.setitem(settings.DATABASES, REPLICA, {})
        settings.UNCACHED_PATHS = ("/admin/", "/static/")
        self.servers = {PRIMARY: Connection(), REPLICA: Connection()}
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self.watch = Watch()
        monkeypatch.setattr(self.watch, "begin", lambda: None)
        monkeypatch.setattr(replicas, "connections", self.servers)
        monkeypatch.setattr(replicas, "WATCH", self.watch)
        # Signals are Django's, and would stay connected.
        nothing = SimpleNamespace(connect=lambda *_, **__: None)
        for signal in ("request_started", "request_finished", "connection_created"):
            monkeypatch.setattr(replicas, signal, nothing)
        self.middleware = from_replica(self.view)

    def view(self, request) -> HttpResponse:
        server = answering()
        self.asked.append(server)
        if server in self.broken:
            self.servers[server].errors_occurred, self.servers[server].usable = True, False
            return HttpResponse(status=503)
        return HttpResponse(server)

    def answer(self, request) -> tuple[int, str]:
        read_from(PRIMARY)
        response = self.middleware(request)
        assert isinstance(response, HttpResponse)
        return response.status_code, response.content.decode()


@pytest.fixture
def site(monkeypatch, settings) -> Site:
    return Site(monkeypatch, settings)


GET = RequestFactory().get


def test_middleware_is_unused_without_a_replica():
    with pytest.raises(MiddlewareNotUsed):
        from_replica(lambda request: HttpResponse())


def test_readers_use_the_replica_once_it_is_known_to_be_current(site):
    assert site.answer(GET("/states/")) == (200, PRIMARY)
    site.watch._decide(0.0)
    assert site.answer(GET("/states/")) == (200, REPLICA)


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/static/a.css"])
def test_admin_uses_the_primary(site, path):
    site.watch._decide(0.0)
    assert site.answer(GET(path)) == (200, PRIMARY)


def test_editors_and_writing_requests_use_the_primary(site, settings):
    site.watch._decide(0.0)
    cookie = f"{settings.SESSION_COOKIE_NAME}=abc"
    assert site.answer(GET("/states/", headers={"Cookie": cookie})) == (200, PRIMARY)
    assert site.answer(RequestFactory().post("/states/")) == (200, PRIMARY)


def test_failing_replica_falls_back_to_the_primary_at_once(site, caplog):
    site.watch._decide(0.0)
    site.broken = {REPLICA}
    assert [site.answer(GET("/states/")) for _ in range(2)] == [(200, PRIMARY)] * 2
    assert site.asked == [REPLICA, PRIMARY, PRIMARY]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in warnings] == [
        "Readers are answered from the primary and not from the replica: it does not answer."
    ]


def test_other_errors_are_not_retried_on_the_primary(site, monkeypatch):
    site.watch._decide(0.0)
    monkeypatch.setattr(site, "view", lambda request: HttpResponse(status=500))
    site.servers[REPLICA].errors_occurred = True  # As a wrong query leaves it: the connection works.
    middleware = from_replica(site.view)
    assert middleware(GET("/states/")).status_code == 500
    assert site.watch.order == (REPLICA, PRIMARY)


def test_lagging_replica_is_used_only_if_the_primary_is_gone(site, settings):
    site.watch._decide(settings.REPLICA_MAX_LAG + 0.1)
    assert site.answer(GET("/states/")) == (200, PRIMARY)
    site.broken = {PRIMARY}
    assert site.answer(GET("/states/")) == (200, REPLICA)


def test_without_replica_and_primary_the_response_is_a_503(site):
    site.watch._decide(0.0)
    site.broken = {PRIMARY, REPLICA}
    assert site.answer(GET("/states/"))[0] == 503


def test_failed_replica_is_skipped_for_a_while(monkeypatch):
    watch, now = Watch(), [100.0]
    monkeypatch.setattr("web.serving.replicas.time.monotonic", lambda: now[0])
    monkeypatch.setattr(watch, "_query", lambda alias, query: 1)
    lag = Lag()
    watch._check(lag)
    assert watch.order == (REPLICA, PRIMARY)
    watch.failed()
    for now[0], order in [(101.0, (PRIMARY, None)), (104.9, (PRIMARY, None)), (105.0, (REPLICA, PRIMARY))]:
        watch._check(lag)
        assert watch.order == order


def test_lag_is_measured_since_the_primary_was_first_ahead():
    lag = Lag()
    lag.saw_primary(100, at=0)
    assert lag.saw_replica(90, at=1) == 1
    lag.saw_primary(200, at=5)
    assert lag.saw_replica(99, at=7) == 7
    assert lag.saw_replica(150, at=8) == 3
    assert lag.saw_replica(200, at=9) == 0


def test_idle_or_unreachable_primary_is_not_counted_as_lag():
    lag = Lag()
    for second in range(100):
        lag.saw_primary(100, at=second)
        assert lag.saw_replica(100, at=second) == 0
    assert lag.saw_replica(100, at=1000) == 0


def test_writes_and_migrations_use_the_primary():
    router = Router()
    read_from(REPLICA)
    assert (router.db_for_read(Vote), router.db_for_write(Vote)) == (REPLICA, PRIMARY)
    assert (router.allow_migrate(PRIMARY, "votes"), router.allow_migrate(REPLICA, "votes")) == (True, False)
    assert Vote.objects.all().db == REPLICA
