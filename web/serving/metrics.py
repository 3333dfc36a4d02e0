"""Prometheus metrics, summed over the processes of one gunicorn.

Label values come from fixed sets (route names, HTTP methods, status classes), never from what clients send.
"""

from __future__ import annotations

import datetime
import os
import secrets
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

OWN = CollectorRegistry()
"""Metrics of this process; with PROMETHEUS_MULTIPROC_DIR they are kept in files that all processes can read."""

SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
"""Histogram buckets, from a cached page to a rendered one, a heavy one and trouble."""

REQUESTS = Counter("plenary_requests", "Requests answered.", ("route", "method", "status"), registry=OWN)
DURATION = Histogram(
    "plenary_request_seconds", "Seconds to an answer, by route.", ("route",), buckets=SECONDS, registry=OWN
)
SQL_SECONDS = Counter("plenary_sql_seconds", "Seconds that requests waited for PostgreSQL.", ("route",), registry=OWN)
QUERIES = Counter("plenary_sql_queries", "Queries of requests.", ("route",), registry=OWN)
CACHE = Counter("plenary_cache", "What the page cache did.", ("result",), registry=OWN)
RENDERED = Counter("plenary_pages_rendered", "Pages of HTML made anew.", registry=OWN)
REFUSED = Counter("plenary_rate_limited", "Requests refused for asking too often (429).", registry=OWN)
DATABASE_ERRORS = Counter(
    "plenary_database_errors", "Errors of PostgreSQL, by Django's class.", ("error",), registry=OWN
)
LOADS = Histogram(
    "plenary_record_load_seconds", "Seconds to load the record of a version.", buckets=SECONDS, registry=OWN
)

METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS"))
RESULTS = {
    "Plenary; hit": "hit",
    "Plenary; hit; detail=not-modified": "not-modified",
    "Plenary; hit; detail=stale": "stale",
    "Plenary; fwd=miss; stored": "miss",
    "Plenary; fwd=miss": "miss",
    "Plenary; fwd=bypass": "bypass",
}
"""Label values by Cache-Status."""


@cache  # Bounded by the number of routes, methods and status classes.
def _of_route(route: str) -> tuple[Histogram, Counter, Counter]:
    """Return the metrics of a route."""
    return DURATION.labels(route), SQL_SECONDS.labels(route), QUERIES.labels(route)


@cache
def _requests(route: str, method: str, status: int) -> Counter:
    """Return the request counter for a route, method and status class."""
    return REQUESTS.labels(route, method, f"{status}xx")


_cache_result = cache(CACHE.labels)


def answered(
    *, route: str, method: str, status: int, seconds: float, sql: float, queries: int, cache_status: str, is_page: bool
) -> None:
    """Count one response. ``route`` is a URL name; ``seconds`` and ``sql`` are in seconds."""
    if route.startswith("admin:"):
        route = "admin"  # Some 200 rarely used pages.
    duration, sql_seconds, sql_queries = _of_route(route)
    _requests(route, method if method in METHODS else "other", status // 100).inc()
    duration.observe(seconds)
    if queries:
        sql_seconds.inc(sql)
        sql_queries.inc(queries)
    result = RESULTS.get(cache_status)
    if result:
        _cache_result(result).inc()
    if is_page and result in (None, "miss", "bypass"):
        RENDERED.inc()
    if status == 429:
        REFUSED.inc()


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Return the metrics of all processes of this server."""
    registry = counted()
    registry.register(Now())
    text = generate_latest(registry)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def may_see(request: HttpRequest) -> bool:
    """Tell whether the client may read metrics: with the token or, if none is set, from this machine."""
    if settings.METRICS_TOKEN:
        # WSGI headers are latin-1 (PEP 3333).
        given = request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace")
        return secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())
    through_proxy = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
    try:
        is_here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        is_here = False
    return is_here and not any(name in request.META for name in through_proxy)


def counted() -> CollectorRegistry:
    """Return a registry with the counters of all processes."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus-client has no type for it
    else:
        registry.register(OWN)
    return registry


def totals(name: str) -> dict[str, float]:
    """Return a counter's totals over all processes, by its only label."""
    return {
        next(iter(sample.labels.values()), ""): sample.value
        for metric in counted().collect()
        for sample in metric.samples
        if sample.name == f"{name}_total"
    }


NOW = """
SELECT (SELECT coalesce(sum(steps), 0) FROM votes_change),
    (SELECT extract(epoch FROM max(at)) FROM votes_change),
    (SELECT extract(epoch FROM max(finished)) FROM votes_importrun WHERE state = 'done'),
    pg_database_size(current_database()),
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
    (SELECT count(*) FROM votes_finding WHERE acknowledged_at IS NULL)
"""


class Now(Collector):
    """Gauges computed when metrics are read: database, processes, last backup."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges, with one query; without a database only ``plenary_database_up`` 0."""
        memory = memory_of_processes()
        yield GaugeMetricFamily("plenary_workers", "Processes of this server that answer.", len(memory))
        yield GaugeMetricFamily("plenary_workers_memory_bytes", "Resident memory of them together.", sum(memory))
        yield GaugeMetricFamily(
            "plenary_worker_memory_bytes", "Resident memory of the largest.", max(memory, default=0)
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute(NOW)
                version, moved, imported, size, connections, findings = cursor.fetchone()
        except DatabaseError:
            yield GaugeMetricFamily("plenary_database_up", "Whether PostgreSQL answers.", 0)
            return
        yield GaugeMetricFamily("plenary_database_up", "Whether PostgreSQL answers.", 1)
        yield GaugeMetricFamily("plenary_data_version", "The data version.", int(version))
        yield GaugeMetricFamily("plenary_database_size_bytes", "Size of the database.", size)
        yield GaugeMetricFamily("plenary_database_connections", "Connections to the database.", connections)
        yield GaugeMetricFamily("plenary_open_findings", "Findings nobody has acknowledged.", findings)
        if moved is not None:
            yield GaugeMetricFamily("plenary_changed_timestamp_seconds", "When the data version moved.", float(moved))
        if imported is not None:
            help_text = "When the last import ended."
            yield GaugeMetricFamily("plenary_import_timestamp_seconds", help_text, float(imported))
        if (backup := backup_time()) is not None:
            yield GaugeMetricFamily(
                "plenary_backup_timestamp_seconds", "When the last backup ended.", backup.timestamp()
            )


def record_loaded(seconds: float, **_: Any) -> None:
    """Observe the duration of a load of the record."""
    LOADS.observe(seconds)


def backup_time() -> datetime.datetime | None:
    """Return the time of the last backup, None if unknown."""
    made = import_string(settings.LAST_BACKUP)()
    return made.made if made else None


def memory_of_processes() -> list[int]:
    """Return the resident memory of each worker of this gunicorn in bytes; empty if unknown."""
    own, parent = os.getpid(), os.getppid()
    pids = [own]
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        try:
            pids = [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        except OSError:
            pids = [own]
    sizes = []
    for pid in pids:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue  # The process has just exited, or this is not Linux.
        sizes.append(pages * os.sysconf("SC_PAGE_SIZE"))
    return sizes
