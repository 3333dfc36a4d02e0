"""Cache settings and behaviour with and without Redis."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.core.cache import CacheHandler
from django.core.exceptions import ImproperlyConfigured

from config.caches import ForgivingClient, cache_settings


@pytest.fixture(autouse=True)
def reset_redis_state() -> Iterator[None]:
    ForgivingClient.away_until = 0.0
    yield
    ForgivingClient.away_until = 0.0


def cache(url: str):
    return CacheHandler({"default": cache_settings(url)})["default"]


def test_without_cache_url_each_process_caches_in_memory():
    own = cache("")

    own.set("a", 1)

    assert own.get("a") == 1
    assert cache_settings("")["LOCATION"] != cache_settings("", "throttle")["LOCATION"]


@pytest.mark.parametrize("url", ["localhost:6379", "http://:secret@host/0", "memcached://:secret@host"])
def test_cache_url_of_another_scheme_is_refused_without_showing_it(url: str):
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL must be the address of a Redis") as refused:
        cache_settings(url)

    assert "secret" not in str(refused.value)


def test_unreachable_redis_acts_as_an_empty_cache(caplog: pytest.LogCaptureFixture):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = cache(f"redis://:secret@127.0.0.1:{nobody.getsockname()[1]}/0")

        gone.set("a", 1)

        assert gone.get("a", "nothing") == "nothing"
        assert gone.add("a", 1) is True
        assert gone.delete("a") is False

    assert [record.message for record in caplog.records] == [
        "Redis does not respond (ConnectionError); continuing without it."
    ]


def test_hanging_redis_is_waited_for_only_once():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = cache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        hanging.get("a")
        until = ForgivingClient.away_until

        for _ in range(1000):
            hanging.get("a")

        assert until > time.monotonic()
        assert ForgivingClient.away_until == until
