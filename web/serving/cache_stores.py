"""The stores of the page cache: the memory of a process, and with CACHE_URL Redis for all processes."""

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
"""Seconds after which Redis drops a page, since those of old versions are never deleted."""

PATIENCE, PAUSE = 5.0, 0.02
"""Seconds to wait for a page that another process makes, and between two looks for it."""


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response as it is sent."""

    headers: tuple[tuple[str, str], ...]
    """Without those of the encoding."""
    body: bytes
    encoding: str
    """Of the body: one of ``ENCODINGS``."""

    def answer(self, status: str) -> HttpResponse:
        """Return the response, with ``status`` as its Cache-Status."""
        response = HttpResponse(self.body, headers=dict(self.headers))
        if self.encoding:
            response.headers["Content-Encoding"] = self.encoding
        response.headers["Content-Length"] = str(len(self.body))
        response.headers["Cache-Status"] = status
        return response

    def header(self, name: str) -> str:
        """Return a header by the name it was set by, or nothing."""
        return next((value for own, value in self.headers if own == name), "")

    def encoded(self, encoding: str) -> CachedResponse:
        """Return it in an encoding, or as it is where compressing saves nothing."""
        if encoding == self.encoding or not COMPRESSIBLE.match(self.header("Content-Type")):
            return self
        whole = decode(self.body, self.encoding)
        if len(whole) < SMALLEST:
            return self
        return CachedResponse(self.headers, encode(whole, encoding), encoding)


class ResponseCache:
    """Responses by key and encoding; the least recently used are dropped first."""

    def __init__(self, megabytes: int) -> None:
        self._own: LRUCache[tuple[str, str], CachedResponse] = LRUCache(megabytes * 1024**2, getsizeof=_size)
        self._lock = threading.Lock()

    def get(self, key: str, encoding: str) -> CachedResponse | None:
        """Return a response in an encoding, converted from another one where needed."""
        with self._lock:
            if found := self._own.get((key, encoding)):
                return found
            found = next((found for other in ENCODINGS if (found := self._own.get((key, other)))), None)
        if found is None and settings.CACHE_URL:
            found = caches["default"].get(f"page:{key}")
        if found is not None:
            found = found.encoded(encoding)
            self._store(key, found, encoding)
        return found

    def put(self, key: str, made: CachedResponse, encoding: str) -> None:
        """Store a response in an encoding."""
        self._store(key, made, encoding)
        if settings.CACHE_URL:
            caches["default"].set(f"page:{key}", made, DAY)

    def _store(self, key: str, response: CachedResponse, encoding: str) -> None:
        """Store a response in this process, unless it is larger than the store."""
        with self._lock:
            if _size(response) <= self._own.maxsize:
                self._own[key, encoding] = response

    def forget(self) -> None:
        """Empty the store of this process, for tests."""
        with self._lock:
            self._own.clear()

    @contextmanager
    def made_by_another_process(self, key: str, encoding: str) -> Iterator[CachedResponse | None]:
        """Yield the response that another process made meanwhile, None where this one is to make it.

        Other processes wait while the block runs, PATIENCE seconds at most: then, or where nothing was cached, each
        makes its own.
        """
        if not settings.CACHE_URL:
            yield None
            return
        shared, making = caches["default"], f"making:{key}"
        mine = shared.add(making, 1, PATIENCE)
        found, until = None, time.monotonic() + PATIENCE
        while not mine and found is None and time.monotonic() < until:
            time.sleep(PAUSE)
            found = self.get(key, encoding)
            if found is None and shared.get(making) is None:
                break  # There was nothing to keep, or whoever made it is gone.
        try:
            yield found
        finally:
            if mine:
                shared.delete(making)


class KeyedLocks:
    """Locks by key, dropped when nobody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[threading.Lock, int]] = {}
        self._all = threading.Lock()

    @contextmanager
    def alone(self, key: str) -> Iterator[bool]:
        """Hold the lock of a key; yields whether it was free."""
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
    """Return about how many bytes of memory a response takes."""
    return len(response.body) + sum(len(name) + len(value) for name, value in response.headers) + 1000
