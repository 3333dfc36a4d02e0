"""Prometheus metrics and who may read them."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from web.serving import metrics

pytestmark = pytest.mark.usefixtures("record")


def test_metrics_are_in_prometheus_format():
    client = Client(HTTP_HOST="10.1.2.3")
    answer = client.get("/metrics")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    read = {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
    assert read["plenary_database_up"] == 1
    assert read["plenary_data_version"] > 0
    assert read["plenary_database_size_bytes"] > 1_000_000
    assert read["plenary_worker_memory_bytes"] > 1_000_000


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "192.0.2.7"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"}, 404),
    ],
)
def test_without_a_token_metrics_are_local_only(asked: dict[str, str], status: int):
    assert Client().get("/metrics", **asked).status_code == status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "status"),
    [("Bearer s3cret-ü", 200), ("Bearer s3cret", 404), ("bearer s3cret-ü", 404), ("s3cret-ü", 404), ("", 404)],
)
@override_settings(METRICS_TOKEN="s3cret-ü")
def test_metrics_need_the_configured_token(given: str, status: int):
    # A server reads the bytes of a header as Latin-1.
    header = given.encode().decode("latin-1")
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics", HTTP_AUTHORIZATION=header).status_code == status


@pytest.mark.parametrize(
    ("cache_status", "result", "pages"),
    [
        ("Plenary; hit", "hit", 0),
        ("Plenary; hit; detail=not-modified", "not-modified", 0),
        ("Plenary; hit; detail=stale", "stale", 0),
        ("Plenary; fwd=miss; stored", "miss", 1),
        ("Plenary; fwd=miss", "miss", 1),
        ("Plenary; fwd=bypass", "bypass", 1),
    ],
)
def test_page_cache_results_are_counted(cache_status: str, result: str, pages: int):
    before, rendered = metrics.totals("plenary_cache"), metrics.totals("plenary_pages_rendered")
    metrics.answered(
        route="web:home", method="GET", status=200, seconds=0.1, sql=0.05, queries=2, cache_status=cache_status,
        is_page=True,
    )  # fmt: skip
    after = metrics.totals("plenary_cache")
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)} == {
        result: 1
    }
    assert metrics.totals("plenary_pages_rendered")[""] - rendered[""] == pages
