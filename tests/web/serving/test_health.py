"""Liveness and readiness."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client, override_settings

from web.serving import health


@pytest.fixture
def within() -> Client:
    """Return a client that asks as a container engine does: by an address that is no host of ours."""
    return Client(HTTP_HOST="10.1.2.3:8000")


def test_liveness_needs_no_database_and_accepts_any_host(within: Client):
    """No fixture of a database: a query would fail."""
    answer = within.get("/healthz")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (
        200,
        b"alive\n",
        "text/plain; charset=utf-8",
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cache-Status" not in answer.headers
    assert (within.head("/healthz").content, within.post("/healthz").status_code) == (b"", 405)


@override_settings(SECURE_SSL_REDIRECT=True)
def test_health_checks_are_not_redirected_to_https(within: Client):
    assert within.get("/healthz").status_code == 200


@pytest.mark.usefixtures("record")
def test_readiness_needs_database_tables_and_record(within: Client):
    answer = within.get("/readyz")
    said = answer.json()
    assert (answer.status_code, said["status"], answer.headers["Cache-Control"]) == (200, "ready", "no-store")
    assert {name: check["ok"] for name, check in said["checks"].items()} == {
        "database": True,
        "migrations": True,
        "record": True,
    }
    assert said["checks"]["record"]["roll_calls"] > 0
    assert all(check["ms"] >= 0 for check in said["checks"].values())


@pytest.mark.usefixtures("record")
def test_readiness_makes_at_most_4_queries(within: Client, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        within.get("/readyz")


@pytest.mark.usefixtures("record")
def test_readiness_fails_before_the_migrations_of_the_release(within: Client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'votes' AND name LIKE '0007%'")
    answer = within.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert answer.json()["checks"]["migrations"]["why"] == "1 migrations are not applied: run manage.py migrate."


@pytest.mark.usefixtures("record")
def test_readiness_accepts_migrations_of_a_later_release(within: Client):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('votes', '9999_later', now())")
    assert within.get("/readyz").status_code == 200


def test_readiness_without_a_database_fails_without_details(within: Client, monkeypatch: pytest.MonkeyPatch):
    def gone() -> dict[str, object]:
        raise OperationalError("password authentication failed for user plenary at db.internal")

    monkeypatch.setattr(health, "_database", gone)
    answer = within.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["checks"]) == ["database"]
    assert "internal" not in answer.content.decode()
    assert "password" not in answer.content.decode()


@pytest.mark.usefixtures("record")
def test_readiness_without_redis_is_degraded(within: Client, monkeypatch: pytest.MonkeyPatch):
    def gone() -> dict[str, object]:
        raise ConnectionError("redis.internal:6379")

    monkeypatch.setattr(health, "_redis", gone)
    with override_settings(CACHE_URL="redis://127.0.0.1:1/0"):
        answer = within.get("/readyz")
    said = json.loads(answer.content)
    assert (answer.status_code, said["status"], said["checks"]["redis"]["ok"]) == (200, "degraded", False)
    assert "internal" not in answer.content.decode()
