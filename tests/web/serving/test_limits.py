"""Rate limits by address."""

from __future__ import annotations

import time

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.caches import ForgivingClient
from web.serving.limits import counted_as, is_made_for_one, limited, network_of

NOW = 1_700_000_000 // 60 * 60


@pytest.fixture(autouse=True)
def two_a_minute(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow two, and stop the clock thirteen seconds into a minute."""
    settings.SELECTIONS_A_MINUTE = 2
    settings.TRUSTED_PROXIES = 1
    caches["throttle"].clear()
    monkeypatch.setattr(time, "time", lambda: NOW + 13.5)


def ask(address: str = "/resolutions/?q=x", of: str = "198.51.100.7") -> int:
    """Return the status of an answer of the site, whose pages are empty here."""
    request = RequestFactory().get(address, headers={"X-Forwarded-For": of})
    return limited(lambda request: HttpResponse())(request).status_code


def test_limit_applies_to_each_address_separately():
    assert [ask(), ask(), ask(), ask()] == [200, 200, 429, 429]
    # What stands before our own proxy's address anybody may have made up.
    assert [ask(of="203.0.113.9, 198.51.100.7"), ask(of="198.51.100.8")] == [429, 200]


def test_limit_resets_every_minute(monkeypatch: pytest.MonkeyPatch):
    assert [ask(), ask(), ask()] == [200, 200, 429]
    monkeypatch.setattr(time, "time", lambda: NOW + 60.0)
    assert ask() == 200


def test_zero_disables_the_limit(settings):
    settings.SELECTIONS_A_MINUTE = 0
    assert {ask() for _ in range(9)} == {200}


@pytest.mark.parametrize(
    ("address", "counts"),
    [
        ("/resolutions/?q=x", True),
        ("/suggestions/?q=x", True),
        ("/agreement/?bloc=eu", True),
        ("/votes.parquet", True),
        ("/data/plenary.zip", True),
        ("/roll-calls/a-res-es-11-7/card.png", True),
        ("/", False),
        ("/resolutions/A/RES/ES-11/7", False),
        ("/agreement/", False),
        ("/admin/votes/rollcall/?q=x", False),
        ("/api/v1/votes/?q=x", False),  # which has a limit of its own
    ],
)
def test_uncached_pages_count(address: str, *, counts: bool):
    assert is_made_for_one(RequestFactory().get(address)) is counts


def test_page_under_a_forged_port_counts(settings):
    """Each of 65,535 would be another page to be made and kept."""
    request = RequestFactory().get("/", headers={"Host": "localhost:1"})

    assert [is_made_for_one(request) for settings.PRODUCTION in (False, True)] == [False, True]
    assert not is_made_for_one(RequestFactory().get("/", headers={"Host": "localhost"}))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        (None, None),
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),  # the same line
        ("2001:db8:1:3::9", "2001:db8:1:3::"),
        ("::ffff:198.51.100.7", "198.51.100.7"),  # as a socket for both kinds of addresses has it
    ],
)
def test_ipv6_network_counts_as_one_address(address: str | None, counted: str | None):
    assert counted_as(address) == counted


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
    ],
)
def test_network_of_an_address(address: str, network: str):
    assert network_of(address) == network


def test_unknown_address_is_not_counted():
    assert {ask(of="unknown") for _ in range(9)} == {200}


def test_without_redis_nothing_is_counted(monkeypatch: pytest.MonkeyPatch, settings):
    settings.CACHES = {**settings.CACHES, "throttle": {
        "BACKEND": "config.caches.ForgivingCache", "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 0.1},
    }}  # fmt: skip
    monkeypatch.setattr(ForgivingClient, "away_until", 0.0)
    # Away for adding, there again, and away for counting.
    assert {ask(), ask()} == {200}
    monkeypatch.setattr(ForgivingClient, "add", lambda *arguments: False)
    assert {ask(), ask(), ask()} == {200}


@pytest.mark.django_db
def test_refusal_is_a_page_or_problem_with_retry_after():
    caches["throttle"].set(f"asked-{NOW // 60}-127.0.0.1", 2, 60)
    here = {"X-Forwarded-For": "127.0.0.1"}
    page, file = (Client().get(address, headers=here) for address in ("/roll-calls/?q=peace", "/votes.csv?q=peace"))

    assert (page.status_code, file.status_code) == (429, 429)
    assert (page.headers["Retry-After"], file.headers["Retry-After"]) == ("47", "47")
    assert [h1.text for h1 in BeautifulSoup(page.content, "html.parser").select("h1")] == ["Too many requests"]
    assert "Try again in 47 seconds." in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert file.headers["Content-Type"] == "application/problem+json"
    assert file.json()["detail"] == "Too many requests from your address. Try again in 47 seconds."


@pytest.mark.django_db(transaction=True)
def test_cached_pages_are_not_counted():
    here = {"X-Forwarded-For": "127.0.0.1"}
    said = [Client().get("/roll-calls/?q=peace", headers=here) for _ in range(4)]
    assert [(answer.status_code, answer.headers["Cache-Status"]) for answer in said] == [
        (200, "Plenary; fwd=miss; stored"),
        *[(200, "Plenary; hit")] * 3,
    ]
    assert caches["throttle"].get(f"asked-{NOW // 60}-127.0.0.1") == 1
