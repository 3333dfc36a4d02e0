"""Storage of the page cache: process memory, plus Redis shared by all processes if CACHE_URL is set."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache
from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse

from web.serving.compression import COMPRESSIBLE, ENCODINGS, SMALLEST, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = 24 * 3600
"""Expiry of pages in Redis in seconds; pages of old versions are never deleted explicitly."""

PATIENCE, PAUSE = 5.0, 0.02
"""Seconds to wait for a page that another process renders, and between two polls."""


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response as stored and sent."""

    headers: tuple[tuple[str, str], ...]
    """Without Content-Encoding, Content-Length and Cache-Status."""
    body: bytes
    encoding: str
    """Encoding of the body, one of ``ENCODINGS``."""

    def answer(self, status: str) -> HttpResponse:
        """Return the response, with ``status`` as its Cache-Status."""
        response = HttpResponse(self.body, headers=dict(self.headers))
        if self.encoding:
            response.headers["Content-Encoding"] = self.encoding
        response.headers["Content-Length"] = str(len(self.body))
        response.headers["Cache-Status"] = status
        return response

    def header(self, name: str) -> str:
        """Return the value of a header, spelled as it was set, or an empty string."""
        return next((value for own, value in self.headers if own == name), "")

    def encoded(self, encoding: str) -> CachedResponse:
        """Return the response in an encoding, or unchanged if compression saves nothing."""
        if encoding == self.encoding or not COMPRESSIBLE.match(self.header("Content-Type")):
            return self
        whole = decode(self.body, self.encoding)
        if len(whole) < SMALLEST:
            return self
        return CachedResponse(self.headers, encode(whole, encoding), encoding)


class ResponseCache:
    """LRU cache of responses by key and encoding."""

    def __init__(self, megabytes: int) -> None:
        self._own: LRUCache[tuple[str, str], CachedResponse] = LRUCache(megabytes * 1024**2, getsizeof=_size)
        self._lock = threading.Lock()

    def get(self, key: str, encoding: str) -> CachedResponse | None:
        """Return a response in an encoding, converted from another one if needed."""
        with self._lock:
            if response := self._own.get((key, encoding)):
                return response
            response = next((response for other in ENCODINGS if (response := self._own.get((key, other)))), None)
        if response is None and settings.CACHE_URL:
            response = caches["default"].get(f"page:{key}")
        if response is not None:
            response = response.encoded(encoding)
            self._store(key, response, encoding)
        return response

    def put(self, key: str, response: CachedResponse, encoding: str) -> None:
        """Store a response in an encoding."""
        self._store(key, response, encoding)
        if settings.CACHE_URL:
            caches["default"].set(f"page:{key}", response, DAY)

    def _store(self, key: str, response: CachedResponse, encoding: str) -> None:
        """Store a response in this process, unless it is larger than the cache."""
        with self._lock:
            if _size(response) <= self._own.maxsize:
                self._own[key, encoding] = response

    def forget(self) -> None:
        """Empty the cache of this process, for tests."""
        with self._lock:
            self._own.clear()

    @contextmanager
    def made_by_another_process(self, key: str, encoding: str) -> Iterator[CachedResponse | None]:
        """Yield the response that another process has just rendered, or None if this one must render it.

        Other processes wait while the block runs, at most PATIENCE seconds. After that, or if nothing was cached, each
        renders its own.
        """
        if not settings.CACHE_URL:
            yield None
            return
        shared, making = caches["default"], f"making:{key}"
        mine = shared.add(making, 1, PATIENCE)
        response, deadline = None, time.monotonic() + PATIENCE
        while not mine and response is None and time.monotonic() < deadline:
            time.sleep(PAUSE)
            response = self.get(key, encoding)
            if response is None and shared.get(making) is None:
                break  # Nothing was cacheable, or the rendering process died.
        try:
            yield response
        finally:
            if mine:
                shared.delete(making)


class KeyedLocks:
    """Locks by key, deleted when nobody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[threading.Lock, int]] = {}
        self._all = threading.Lock()

    @contextmanager
    def alone(self, key: str) -> Iterator[bool]:
        """Hold the lock of a key; yield whether it was free."""
        with self._all:
            lock, number = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = lock, number + 1
        try:
            is_first = lock.acquire(blocking=False)
            if not is_first:
                lock.acquire()
            try:
                yield is_first
            finally:
                lock.release()
        finally:
            with self._all:
                lock, number = self._locks.pop(key)
                if number > 1:
                    self._locks[key] = lock, number - 1


def _size(response: CachedResponse) -> int:
    """Return the approximate memory of a response in bytes."""
    return len(response.body) + sum(len(name) + len(value) for name, value in response.headers) + 1000
