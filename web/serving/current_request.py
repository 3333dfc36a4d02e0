"""The current request of a thread: its id, its SQL queries and the time they took."""

from __future__ import annotations

import logging
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError

from votes.record.snapshot import UNHURRIED
from web.serving import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.http import HttpRequest

slow = logging.getLogger("plenary.slow_query")

SHOWN = 2000
"""Maximum length of a logged query."""

WRITTEN_OUT = re.compile(r"'(?:[^']|'')*'")
"""A literal in a query's text."""


@dataclass(slots=True)
class CurrentRequest:
    """A request with the number and total time of its queries so far."""

    id: str
    request: HttpRequest
    queries: int = 0
    seconds: float = 0.0
    """Time spent waiting for PostgreSQL."""

    @property
    def route(self) -> str | None:
        """The name of the view, once resolved."""
        match = getattr(self.request, "resolver_match", None)
        return match.view_name if match else None


CURRENT: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)
"""The request of this thread; None in a command."""


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Time the queries of a connection; receiver of Django's ``connection_created``."""
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(timed)


def timed(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a query, add its time to the current request, and log it if it is slow."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        metrics.DATABASE_ERRORS.labels(type(error).__name__).inc()
        raise
    finally:
        if current := CURRENT.get():
            took = time.perf_counter() - began
            current.queries += 1
            current.seconds += took
            # Loading the record is slow by nature, and has its own metric.
            if settings.SLOW_QUERY_MS and took * 1000 >= settings.SLOW_QUERY_MS and not UNHURRIED.get():
                slow.warning(
                    "Slow query",
                    extra={"ms": round(took * 1000, 1), "route": current.route, "sql": without_values(sql)},
                )


def without_values(sql: Any) -> str:
    """Return a query in one line, without parameter values and literals."""
    return " ".join(WRITTEN_OUT.sub("'?'", str(sql)).split())[:SHOWN]
