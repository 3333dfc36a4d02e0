"""Warm-up: a worker loads the record before its first request."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from config.warm_up import PAGES, warm_up


@pytest.fixture
def open_connection(record: None) -> Iterator[None]:
    """Keep the test's connection, which Django would look after at the end of a request."""
    receivers = [(signal, close_old_connections) for signal in (request_started, request_finished)]
    for signal, receiver in receivers:
        signal.disconnect(receiver)
    yield
    for signal, receiver in receivers:
        signal.connect(receiver)


@pytest.mark.usefixtures("open_connection")
def test_warm_up_requests_each_page_and_loads_the_record(settings):
    settings.ALLOWED_HOSTS = ["*", ".plenary.example"]

    with CaptureQueriesContext(connection) as queries:
        statuses = warm_up()

    assert statuses == ["200 OK"] * len(PAGES)
    assert any("string_agg" in query["sql"] for query in queries)


def test_worker_starts_even_if_warm_up_fails(caplog: pytest.LogCaptureFixture):
    def broken(*_: object) -> None:
        raise RuntimeError("nothing there")

    assert warm_up(broken) == []
    assert "Could not load the record before the first request: /" in caplog.text
