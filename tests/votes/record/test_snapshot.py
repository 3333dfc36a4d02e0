"""Statement timeouts of public pages."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client
from psycopg.errors import QueryCanceled

from votes.record import record
from votes.record.record import Record
from votes.record.snapshot import snapshot, unhurried
from web.pages.about import views


def timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_slow_statement_is_cancelled_and_explained(settings, monkeypatch: pytest.MonkeyPatch):
    before = timeout()
    settings.PUBLIC_STATEMENT_TIMEOUT_MS = 4000
    with snapshot():
        assert timeout() == "4s"
        with unhurried():
            assert timeout() == "1min"
        assert timeout() == "4s"
    assert timeout() == before  # and what follows on the connection is as it was

    settings.PUBLIC_STATEMENT_TIMEOUT_MS = 30

    def sleep(*_: object, **__: object) -> None:
        with snapshot(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    with pytest.raises(OperationalError) as broken_off:
        sleep()
    assert isinstance(broken_off.value.__cause__, QueryCanceled)

    monkeypatch.setattr(views, "render", sleep)
    client = Client()
    answer = client.get("/privacy/")
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "10",
        "no-store",
    )
    monkeypatch.undo()
    assert client.get("/privacy/").status_code == 200


@pytest.mark.django_db
def test_statement_timeout_of_another_transaction_is_unchanged():
    before = timeout()
    with snapshot(), unhurried():
        assert timeout() == "1min"
    assert timeout() == before


@pytest.mark.django_db(transaction=True)
def test_loading_the_record_has_a_longer_timeout(settings, monkeypatch: pytest.MonkeyPatch):
    """It reads everything, once a version: a page's time would leave a cold server without any page."""
    settings.PUBLIC_STATEMENT_TIMEOUT_MS = 4000
    seen = []

    def load() -> Record:
        seen.append(timeout())
        return loaded

    loaded = record.load()
    monkeypatch.setattr(record, "load", load)
    with record.reading():
        seen.append(timeout())

    assert seen == ["1min", "4s"]


def test_most_recently_used_records_are_kept(monkeypatch: pytest.MonkeyPatch):
    """A replica that lags is at an older version than the editors' server, whose versions are not to push it out."""
    shared = record.Shared()
    loads = []

    def load() -> SimpleNamespace:
        loads.append(version)
        return SimpleNamespace(version=version)

    monkeypatch.setattr(record, "load", load)
    monkeypatch.setattr(record, "unhurried", nullcontext)
    for version in (11, 12, 10, 10, 12, 10):
        shared.at(version)

    assert loads == [11, 12, 10]
