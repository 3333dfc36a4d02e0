"""Responses while the database is unavailable."""

from typing import Any

import psycopg
import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client, RequestFactory

from web.serving.unavailable import is_unavailable, unavailable


def caused(error: DatabaseError, cause: psycopg.Error) -> DatabaseError:
    error.__cause__ = cause
    return error


GONE = caused(OperationalError("server closed the connection"), psycopg.OperationalError("no state"))
STOPPED = caused(OperationalError("terminated"), psycopg.errors.AdminShutdown("57P01"))
FULL = caused(OperationalError("could not extend file"), psycopg.errors.DiskFull("53100"))
SLOW = caused(OperationalError("canceling statement"), psycopg.errors.QueryCanceled("57014"))
READ_ONLY = caused(DatabaseError("read-only"), psycopg.errors.ReadOnlySqlTransaction("25006"))


def test_only_database_unavailability_is_a_503():
    assert [is_unavailable(error) for error in (GONE, FULL, READ_ONLY, InterfaceError("closed"))] == [True] * 4
    others = (
        DatabaseError("a"),
        ValueError("b"),
        caused(DatabaseError("c"), psycopg.errors.SyntaxError("42601")),
        None,
    )
    assert [is_unavailable(error) for error in others] == [False] * 4


@pytest.mark.parametrize(
    ("method", "error", "heading"),
    [
        ("get", GONE, "Plenary is temporarily unavailable"),
        ("post", GONE, "The database stopped responding during the save"),
        ("post", STOPPED, "The database stopped responding during the save"),
        ("post", SLOW, "Nothing was saved"),
        ("post", FULL, "Nothing was saved"),
        ("post", READ_ONLY, "Nothing was saved"),
    ],
)
def test_page_says_whether_the_submission_was_saved(method: str, error: DatabaseError, heading: str):
    answer = unavailable(getattr(RequestFactory(), method)("/admin/votes/topic/add/"), error)
    page = BeautifulSoup(answer.content, "html.parser")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert [part.text for part in page.select("h1")] == [heading]
    assert ("database’s disk is full" in page.text) == (error is FULL)


@pytest.mark.parametrize("path", ["/api/v1/states", "/votes.csv", "/roll-calls/a/card.png"])
def test_programs_get_a_problem_document(path: str):
    answer = unavailable(RequestFactory().get(path), GONE)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"] == "10"


def test_view_without_a_database_is_a_503(settings, monkeypatch: pytest.MonkeyPatch):
    """Not even this page asks the database for anything: the test has none."""
    settings.PAGE_CACHE = False

    def gone(*arguments: Any, **options: Any) -> None:
        raise GONE

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", gone)
    answer = Client().get("/states/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")


def test_programming_errors_are_not_reported_as_database_outages(monkeypatch: pytest.MonkeyPatch):
    def wrong(*arguments: Any, **options: Any) -> None:
        raise ValueError("ours")

    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", wrong)
    assert Client(raise_request_exception=False).get("/admin/").status_code == 500
    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_request", lambda *_: (_ for _ in ()).throw(GONE)
    )
    assert Client(raise_request_exception=False).get("/admin/").status_code == 503
