"""Health checks: liveness (``/healthz``) and readiness (``/readyz``)."""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from votes.record.record import reading
from web.serving.release import RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("plenary.health")

NO_STORE = {"Cache-Control": "no-store"}

LAGGING = """
SELECT (SELECT count(*) FROM pg_stat_wal_receiver) > 0 OR NOT pg_is_in_recovery(),
    CASE WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
"""


class UnfitError(Exception):
    """A failed check whose reason may be shown publicly."""


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Return 200 if the process answers at all; dependencies are not checked."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8", headers=NO_STORE)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Return the result and milliseconds of each check; 503 if readers would not get pages.

    A missing replica or Redis is reported as degraded, since the primary and the process's own memory replace them.
    """
    needed = {"database": _timed(_database)}
    if needed["database"]["ok"]:
        needed |= {"migrations": _timed(_migrations), "record": _timed(_record)}
    helpful = {f"replica {alias}": replica(alias) for alias in connections if alias != DEFAULT_DB_ALIAS}
    if settings.CACHE_URL:
        helpful["redis"] = redis()
    is_ready = all(check["ok"] for check in needed.values())
    is_whole = is_ready and all(check["ok"] for check in helpful.values())
    result = {
        "status": "ready" if is_whole else "degraded" if is_ready else "not ready",
        "release": RELEASE,
        "checks": needed | helpful,
    }
    return JsonResponse(result, status=200 if is_ready else 503, headers=NO_STORE)


def replica(alias: str) -> dict[str, Any]:
    """Return whether a replica is usable, with its lag in seconds (``lag_s``) or the reason (``why``)."""
    return _timed(_replica, alias)


def redis() -> dict[str, Any]:
    """Return whether Redis answers, with milliseconds (``ms``) or the reason (``why``)."""
    return _timed(_redis)


def _timed(check: Callable[..., dict[str, Any]], *about: str) -> dict[str, Any]:
    """Run a check and return its result with ``ok`` and ``ms``; unexpected errors are logged, not shown."""
    began = time.perf_counter()
    result: dict[str, Any]
    try:
        result = {"ok": True, **check(*about)}
    except UnfitError as error:
        result = {"ok": False, "why": str(error)}
    except Exception as error:  # noqa: BLE001  # any error means not ready
        logger.warning("Not ready: %s: %s", check.__name__.strip("_"), error)
        result = {"ok": False, "why": "It does not answer as it should; the log says more."}
    return {**result, "ms": round((time.perf_counter() - began) * 1000, 1)}


def _database() -> dict[str, Any]:
    """Run a query on the primary."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


@cache
def _migrations_of_release() -> frozenset[tuple[str, str]]:
    """Return the migrations that this release expects, as (app, name)."""
    loader = MigrationLoader(None)
    return frozenset(loader.graph.nodes)


def _migrations() -> dict[str, Any]:
    """Check that all migrations of this release are applied; a later release may have applied more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = _migrations_of_release().difference(cursor.fetchall())
    if missing:
        raise UnfitError(f"{len(missing)} migrations are not applied: run manage.py migrate.")
    return {}


def _record() -> dict[str, Any]:
    """Open the record as a page does, loading it if this process does not have the current version."""
    with reading() as record:
        return {"data_version": record.version, "roll_calls": len(record.list_rows)}


def _replica(alias: str) -> dict[str, Any]:
    """Return a replica's lag in seconds."""
    with connections[alias].cursor() as cursor:
        cursor.execute(LAGGING)
        is_fed, behind = cursor.fetchone()
    if not is_fed:
        raise UnfitError("It hears nothing from the primary.")
    if (lag := round(float(behind or 0), 1)) > settings.REPLICA_MAX_LAG:
        raise UnfitError(f"It is {lag:.0f} s behind.")
    return {"lag_s": lag}


def _redis() -> dict[str, Any]:
    """Ping Redis directly, since the cache backend hides its failures."""
    caches["default"]._cache.get_client().ping()  # type: ignore[attr-defined]  # Django's own
    return {}
