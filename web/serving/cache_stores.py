"""Where whole answers are kept: in the memory of a process, and with CACHE_URL in Redis for all processes."""

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
"""Seconds after which Redis forgets a page, so that those of versions long gone do not stay."""

PATIENCE, PAUSE = 5.0, 0.02
"""For how many seconds a page that another process makes is waited for, and how often it is looked for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is sent."""

    headers: tuple[tuple[str, str], ...]
    """Without those of the encoding."""
    body: bytes
    encoding: str
    """Of the body: one of ``ENCODINGS``."""

    def answer(self, status: str) -> HttpResponse:
        """Return it as an answer that says how it came about."""
        response = HttpResponse(self.body, headers=dict(self.headers))
        if self.encoding:
            response.headers["Content-Encoding"] = self.encoding
        response.headers["Content-Length"] = str(len(self.body))
        response.headers["Cache-Status"] = status
        return response

    def header(self, name: str) -> str:
        """Return a header by the name it was set by, or nothing."""
        return next((value for own, value in self.headers if own == name), "")

    def encoded(self, encoding: str) -> Kept:
        """Return it in an encoding, or as it is where compressing saves nothing."""
        if encoding == self.encoding or not COMPRESSIBLE.match(self.header("Content-Type")):
            return self
        whole = decode(self.body, self.encoding)
        if len(whole) < SMALLEST:
            return self
        return Kept(self.headers, encode(whole, encoding), encoding)


class KeptPages:
    """Answers by a key, in each encoding that was asked for; those least recently asked for go first."""

    def __init__(self, megabytes: int) -> None:
        self._own: LRUCache[tuple[str, str], Kept] = LRUCache(megabytes * 1024**2, getsizeof=_size)
        self._lock = threading.Lock()

    def get(self, key: str, encoding: str) -> Kept | None:
        """Return an answer in an encoding, made from that in another one where need be."""
        with self._lock:
            if found := self._own.get((key, encoding)):
                return found
            found = next((found for other in ENCODINGS if (found := self._own.get((key, other)))), None)
        if found is None and settings.CACHE_URL:
            found = caches["default"].get(f"page:{key}")
        if found is not None:
            found = found.encoded(encoding)
            self._keep(key, found, encoding)
        return found

    def put(self, key: str, made: Kept, encoding: str) -> None:
        """Keep an answer for those who take an encoding."""
        self._keep(key, made, encoding)
        if settings.CACHE_URL:
            caches["default"].set(f"page:{key}", made, DAY)

    def _keep(self, key: str, kept: Kept, encoding: str) -> None:
        """Keep an answer in this process, if there is room for it at all."""
        with self._lock:
            if _size(kept) <= self._own.maxsize:
                self._own[key, encoding] = kept

    def forget(self) -> None:
        """Forget what this process keeps, for tests."""
        with self._lock:
            self._own.clear()

    @contextmanager
    def made_elsewhere(self, key: str, encoding: str) -> Iterator[Kept | None]:
        """Yield an answer that another process made meanwhile; None where it is this one's to make.

        Whoever else comes waits while the block runs, and not for ever: where the one that makes it has died, or kept
        nothing, everybody makes his own.
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


class OneAtATime:
    """Locks by key, for as long as anybody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[threading.Lock, int]] = {}
        self._all = threading.Lock()

    @contextmanager
    def alone(self, key: str) -> Iterator[bool]:
        """Be the only thread within for this key; yields whether there was nobody to wait for."""
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


def _size(kept: Kept) -> int:
    """Return about how many bytes of memory an answer takes."""
    return len(kept.body) + sum(len(name) + len(value) for name, value in kept.headers) + 1000
