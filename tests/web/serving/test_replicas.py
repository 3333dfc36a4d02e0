"""Who answers a reader: the replica while it is near, and nobody waits for one that is not."""

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


def test_without_a_replica_there_is_no_such_middleware():
    with pytest.raises(MiddlewareNotUsed):
        from_replica(lambda request: HttpResponse())


def test_readers_are_answered_from_the_replica_once_it_is_known_to_be_near(site):
    assert site.answer(GET("/states/")) == (200, PRIMARY)
    site.watch._decide(0.0)
    assert site.answer(GET("/states/")) == (200, REPLICA)


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/static/a.css"])
def test_the_admin_is_the_primarys(site, path):
    site.watch._decide(0.0)
    assert site.answer(GET(path)) == (200, PRIMARY)


def test_editors_and_whoever_sends_something_are_answered_from_the_primary(site, settings):
    site.watch._decide(0.0)
    cookie = f"{settings.SESSION_COOKIE_NAME}=abc"
    assert site.answer(GET("/states/", headers={"Cookie": cookie})) == (200, PRIMARY)
    assert site.answer(RequestFactory().post("/states/")) == (200, PRIMARY)


def test_what_the_replica_fails_at_the_primary_answers_and_the_next_one_at_once(site, caplog):
    site.watch._decide(0.0)
    site.broken = {REPLICA}
    assert [site.answer(GET("/states/")) for _ in range(2)] == [(200, PRIMARY)] * 2
    assert site.asked == [REPLICA, PRIMARY, PRIMARY]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in warnings] == [
        "Readers are answered from the primary and not from the replica: it does not answer."
    ]


def test_an_error_that_is_not_the_servers_is_not_asked_again(site, monkeypatch):
    site.watch._decide(0.0)
    monkeypatch.setattr(site, "view", lambda request: HttpResponse(status=500))
    site.servers[REPLICA].errors_occurred = True  # As a wrong query leaves it: the connection works.
    middleware = from_replica(site.view)
    assert middleware(GET("/states/")).status_code == 500
    assert site.watch.order == (REPLICA, PRIMARY)


def test_a_replica_that_lags_answers_only_where_the_primary_is_gone(site, settings):
    site.watch._decide(settings.REPLICA_MAX_LAG + 0.1)
    assert site.answer(GET("/states/")) == (200, PRIMARY)
    site.broken = {PRIMARY}
    assert site.answer(GET("/states/")) == (200, REPLICA)


def test_where_both_are_gone_the_reader_is_told(site):
    site.watch._decide(0.0)
    site.broken = {PRIMARY, REPLICA}
    assert site.answer(GET("/states/"))[0] == 503


def test_a_replica_that_failed_is_left_alone_for_a_while(monkeypatch):
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


def test_a_replica_is_behind_since_the_primary_was_first_seen_ahead_of_it():
    lag = Lag()
    lag.saw_primary(100, at=0)
    assert lag.saw_replica(90, at=1) == 1
    lag.saw_primary(200, at=5)
    assert lag.saw_replica(99, at=7) == 7
    assert lag.saw_replica(150, at=8) == 3
    assert lag.saw_replica(200, at=9) == 0


def test_a_primary_that_nobody_writes_to_or_nobody_reaches_is_no_lag():
    lag = Lag()
    for second in range(100):
        lag.saw_primary(100, at=second)
        assert lag.saw_replica(100, at=second) == 0
    assert lag.saw_replica(100, at=1000) == 0


def test_all_writing_and_all_migrations_are_the_primarys():
    router = Router()
    read_from(REPLICA)
    assert (router.db_for_read(Vote), router.db_for_write(Vote)) == (REPLICA, PRIMARY)
    assert (router.allow_migrate(PRIMARY, "votes"), router.allow_migrate(REPLICA, "votes")) == (True, False)
    assert Vote.objects.all().db == REPLICA
