"""Cache settings: each process's own memory, or with CACHE_URL a Redis for all processes, which may fail."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.core.exceptions import ImproperlyConfigured
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)

SCHEMES = ("redis://", "rediss://", "unix://")
TIMEOUT = 0.25
"""Seconds that Redis has to answer: making a page anew takes hundredths."""
RETRY_AFTER = 5.0
"""Seconds for which a Redis that did not answer is left alone."""
MAX_ENTRIES = 10_000


def cache_settings(url: str, name: str = "default") -> dict[str, Any]:
    """Return Django's settings of a cache. Raises ImproperlyConfigured, without the address, for one that is none."""
    if not url:
        backend = "django.core.cache.backends.locmem.LocMemCache"
        return {"BACKEND": backend, "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": MAX_ENTRIES}}
    if not url.startswith(SCHEMES):
        raise ImproperlyConfigured("CACHE_URL must be the address of a Redis server, such as redis://host:6379/0.")
    return {
        "BACKEND": "config.caches.ForgivingCache",
        "LOCATION": url,
        "KEY_PREFIX": name,
        "OPTIONS": {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT},
    }


class ForgivingClient(RedisCacheClient):
    """A Redis client that acts as an empty cache while Redis is unavailable."""

    away_until = 0.0
    """By ``time.monotonic``, for the whole process."""

    def get(self, key: Any, default: Any) -> Any:
        """Return what is kept, or ``default``."""
        return self._call(default, super().get, key, default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        """Keep something."""
        self._call(None, super().set, key, value, timeout)

    def add(self, key: Any, value: Any, timeout: Any) -> Any:
        """Keep something where there is nothing yet, and tell whether that was so."""
        return self._call(True, super().add, key, value, timeout)

    def incr(self, key: Any, delta: int) -> Any:
        """Count, and return how many there are now: none where Redis does not answer."""
        return self._call(0, super().incr, key, delta)

    def delete(self, key: Any) -> Any:
        """Forget something, and tell whether it was there."""
        return self._call(False, super().delete, key)

    def _call(self, default: Any, method: Callable[..., Any], *arguments: Any) -> Any:
        """Call a method of Redis, or return ``default`` where it does not answer."""
        if time.monotonic() < ForgivingClient.away_until:
            return default
        try:
            return method(*arguments)
        except RedisError as error:
            ForgivingClient.away_until = time.monotonic() + RETRY_AFTER
            LOG.warning("Redis does not respond (%s); continuing without it.", type(error).__name__)
            return default


class ForgivingCache(RedisCache):
    """Django's Redis cache, which keeps working, though slower, without Redis."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
