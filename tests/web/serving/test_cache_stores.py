"""Stores of cached responses, within one process and shared."""

from __future__ import annotations

import threading
import time

import pytest
from django.core.cache import caches

from tests.waiting import PATIENCE
from web.serving import cache_stores
from web.serving.cache_stores import CachedResponse, KeyedLocks, ResponseCache

PAGE = CachedResponse((("Content-Type", "text/html; charset=utf-8"), ("ETag", '"1"')), b"93-18-65 " * 100, "")


@pytest.fixture
def shared(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the cache that all processes share be one of this process, where there are two to keep pages."""
    settings.CACHE_URL = "redis://somewhere"
    caches["default"].clear()


def test_response_stored_by_one_process_is_found_by_another(shared: None):
    one, other = ResponseCache(1), ResponseCache(1)

    one.put("a", PAGE.encoded("br"), "br")
    found = [other.get("a", encoding) for encoding in ("gzip", "br", "")]

    assert found == [PAGE.encoded("gzip"), PAGE.encoded("br"), PAGE]
    assert other.get("b", "br") is None


def test_without_a_shared_cache_each_process_has_its_own():
    one, other = ResponseCache(1), ResponseCache(1)

    one.put("a", PAGE, "")

    assert (one.get("a", ""), other.get("a", "")) == (PAGE, None)


def waiting(pages: ResponseCache, waited: list[CachedResponse | None]) -> threading.Thread:
    """Have another process wait for a page that is being made; what it finds is put into ``waited``."""

    def wait() -> None:
        with pages.made_by_another_process("a", "") as found:
            waited.append(found)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_first_process_renders_and_the_others_wait(shared: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache_stores, "PAUSE", 0.005)
    one, other = ResponseCache(1), ResponseCache(1)
    waited: list[CachedResponse | None] = []
    with one.made_by_another_process("a", "") as nobody:
        thread = waiting(other, waited)
        time.sleep(0.02)
        assert (nobody, waited) == (None, [])
        one.put("a", PAGE, "")
        thread.join(PATIENCE)

    assert waited == [PAGE]


def test_waiting_process_renders_if_the_first_stored_nothing(shared: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache_stores, "PAUSE", 0.005)
    one, other = ResponseCache(1), ResponseCache(1)
    waited: list[CachedResponse | None] = []
    with one.made_by_another_process("a", ""):
        thread = waiting(other, waited)
    thread.join(PATIENCE)

    assert waited == [None]
    with one.made_by_another_process("a", "") as again:
        assert again is None


def test_no_process_waits_for_one_that_died(shared: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache_stores, "PAUSE", 0.005)
    monkeypatch.setattr(cache_stores, "PATIENCE", 0.05)
    caches["default"].add("making:a", 1, 60)

    with ResponseCache(1).made_by_another_process("a", "") as found:
        assert found is None


def test_response_larger_than_the_cache_is_not_stored():
    pages = ResponseCache(1)

    pages.put("a", CachedResponse((("Content-Type", "image/png"),), b"x" * 1024**2, ""), "")

    assert pages.get("a", "") is None


def test_lock_belongs_to_one_key_and_is_removed_afterwards():
    locks, order = KeyedLocks(), []
    inside = threading.Event()

    def second() -> None:
        inside.wait(PATIENCE)
        with locks.alone("a"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with locks.alone("a"):
        inside.set()
        with locks.alone("b"):
            order.append("other")
        time.sleep(0.02)
        order.append("first")
    thread.join(PATIENCE)

    assert order == ["other", "first", "second"]
    assert not locks._locks
