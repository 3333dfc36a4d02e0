"""How long a statement of a public page may take."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client
from psycopg.errors import QueryCanceled

from votes.snapshot import snapshot, unhurried
from web.views import about


def timeout() -> str:
    """Return what the database allows a statement now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_broken_off_and_the_reader_told(settings, monkeypatch: pytest.MonkeyPatch):
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

    monkeypatch.setattr(about, "render", sleep)
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
def test_another_transaction_keeps_its_own_time():
    before = timeout()
    with snapshot(), unhurried():
        assert timeout() == "1min"
    assert timeout() == before
