"""A worker has loaded the record before its first request."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from config.warming import ASKED, warm


@pytest.fixture
def kept_connection(record: None) -> Iterator[None]:
    """Keep the test's connection, which Django would look after at the end of a request."""
    looked_after = [(signal, close_old_connections) for signal in (request_started, request_finished)]
    for signal, receiver in looked_after:
        signal.disconnect(receiver)
    yield
    for signal, receiver in looked_after:
        signal.connect(receiver)


@pytest.mark.usefixtures("kept_connection")
def test_pages_are_asked_for(settings):
    settings.ALLOWED_HOSTS = ["*", ".plenary.example"]

    with CaptureQueriesContext(connection) as queries:
        answers = warm()

    assert answers == ["200 OK"] * len(ASKED)
    assert any("string_agg" in query["sql"] for query in queries)


def test_a_worker_that_cannot_starts_all_the_same(caplog: pytest.LogCaptureFixture):
    def broken(*_: object) -> None:
        raise RuntimeError("nothing there")

    assert warm(broken) == []
    assert "Could not be loaded before the first request: /" in caplog.text
