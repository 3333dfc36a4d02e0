"""Routing of public reads to a streaming replica while it is up and close enough to the primary.

A thread in each process checks both servers once a second, so that requests need not. The lag counts from the moment at
which the primary wrote the first thing that the replica has not replayed, by our own clock: differing clocks do not
matter, an idle primary is no lag, a hanging connection between the servers is one, and if the primary is gone the
replica is as good as it was.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, InterfaceError, connections
from django.db.backends.signals import connection_created

from votes.record.databases import PRIMARY, REPLICA, read_from
from web.serving.page_cache import is_editor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    GetResponse = Callable[[HttpRequest], HttpResponseBase]

EVERY = 1.0
"""Seconds between two checks."""

PATIENCE = 3.0
"""Seconds after which a server that has not answered a check counts as hanging."""

REST = 5.0
"""Seconds for which a failed replica is skipped."""

WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
# A promoted replica has its own current position.
REPLAYED = """
SELECT pg_wal_lsn_diff(
    CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_lsn() END, '0/0'
)::bigint
"""

WATCHING = "replica-watch"
"""Name of the checking threads."""

BROKEN = (DatabaseError, InterfaceError)
"""Errors of a server that does not answer."""

logger = logging.getLogger("plenary.database")


class Lag:
    """Replication lag, from both servers' positions in the write-ahead log."""

    def __init__(self) -> None:
        self._ahead: deque[tuple[float, int]] = deque(maxlen=600)
        """(time, position) of the primary for positions that the replica has not reached, oldest first."""

    def saw_primary(self, position: int, at: float) -> None:
        """Record the primary's position ``at`` a time of a monotonic clock, in seconds."""
        if not self._ahead or position > self._ahead[-1][1]:
            self._ahead.append((at, position))

    def saw_replica(self, position: int, at: float) -> float:
        """Record the replica's position and return its lag in seconds."""
        while self._ahead and self._ahead[0][1] <= position:
            self._ahead.popleft()
        return at - self._ahead[0][0] if self._ahead else 0.0


class Watch:
    """The state of the replica as this process sees it."""

    def __init__(self) -> None:
        self.order: tuple[str, str | None] = (PRIMARY, None)
        """The server that answers readers, and the one to retry on."""
        self._process = 0
        self._rested = 0.0
        self._guard = threading.Lock()
        self._open: dict[str, WeakSet[psycopg.Connection[Any]]] = {PRIMARY: WeakSet(), REPLICA: WeakSet()}

    def begin(self) -> None:
        """Start the checking thread of this process, if it is not running."""
        if self._process != os.getpid():
            with self._guard:
                if self._process != os.getpid():
                    self._process = os.getpid()
                    threading.Thread(target=self._run, name=WATCHING, daemon=True).start()

    def opened(self, connection: BaseDatabaseWrapper, **_: object) -> None:
        """Remember a connection to cut if its server hangs; receiver of Django's ``connection_created``."""
        if connection.alias == REPLICA or threading.current_thread().name == WATCHING:
            self._open[connection.alias].add(connection.connection)

    def failed(self, why: str = "it does not answer") -> None:
        """Skip the replica for ``REST`` seconds."""
        self._rested = time.monotonic() + REST
        self._decide(None, why)

    def _run(self) -> None:
        lag = Lag()
        try:
            while True:
                self._check(lag)
                time.sleep(EVERY)
        finally:  # After an unexpected error, the next request starts a new thread.
            self.order, self._process = (PRIMARY, None), 0

    def _check(self, lag: Lag) -> None:
        """Check both servers' positions and choose who answers."""
        with suppress(*BROKEN):
            lag.saw_primary(self._query(PRIMARY, WRITTEN), time.monotonic())
        try:
            behind = lag.saw_replica(self._query(REPLICA, REPLAYED), time.monotonic())
        except BROKEN as error:
            self.failed(" ".join(str(error).split()))
            return
        if time.monotonic() >= self._rested:
            self._decide(behind)

    def _query(self, alias: str, query: str) -> int:
        """Return the result of a query within ``PATIENCE`` seconds; raises one of BROKEN.

        PostgreSQL enforces its own timeouts, which does not help if it hangs. Then we cut every connection to it, so
        that threads waiting on one continue at once.
        """
        hangs = threading.Timer(PATIENCE, self._cut, [alias])
        hangs.daemon = True
        hangs.start()
        connection = connections[alias]
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return int(cursor.fetchone()[0])
        except BROKEN:
            connection.close()
            raise
        finally:
            hangs.cancel()

    def _cut(self, alias: str) -> None:
        """Shut down this process's connections to a hanging server; for the primary, only the checking thread's."""
        if alias == REPLICA:
            self.failed("it hangs")
        for connection in list(self._open[alias]):
            with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as end:
                end.shutdown(socket.SHUT_RDWR)

    def _decide(self, behind: float | None, why: str = "") -> None:
        """Choose the servers for a lag in seconds, None if the replica is down; log a change."""
        if behind is None:
            order: tuple[str, str | None] = (PRIMARY, None)
        elif behind > settings.REPLICA_MAX_LAG:
            # If the primary is down too, stale data is better than none.
            order, why = (PRIMARY, REPLICA), f"it is {behind:.0f} s behind"
        else:
            order = (REPLICA, PRIMARY)
        with self._guard:
            before, self.order = self.order, order
        if order == before:
            return
        if order[0] == REPLICA:
            logger.info("Readers are answered from the replica.")
        else:
            logger.warning("Readers are answered from the primary and not from the replica: %s.", why)


WATCH = Watch()


def from_replica(get_response: GetResponse) -> GetResponse:
    """Answer public reads from the replica, and retry on the primary if it fails.

    The cache's data version, a page's snapshot and a download all come from the chosen server; a download is still
    being read long after this returns.
    """
    if REPLICA not in settings.DATABASES:
        raise MiddlewareNotUsed
    request_started.connect(_primary_again, dispatch_uid="web.serving.replicas.started")
    request_finished.connect(_primary_again, dispatch_uid="web.serving.replicas.finished")
    connection_created.connect(WATCH.opened, dispatch_uid="web.serving.replicas.opened")

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_public = request.method in ("GET", "HEAD") and not request.path_info.startswith(settings.UNCACHED_PATHS)
        if not is_public or is_editor(request):
            return get_response(request)
        WATCH.begin()
        first, second = WATCH.order
        read_from(first)
        connection = connections[first]
        if connection.connection is None:
            connection.errors_occurred = False  # An earlier connection's errors do not concern this request.
        response = get_response(request)
        if second is None or not is_lost(connection):
            return response
        if first == REPLICA:
            WATCH.failed()
        elif response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return response  # A cached page of the primary's, newer than the replica.
        read_from(second)
        return get_response(request)

    return middleware


def is_lost(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether a connection has failed since it was opened and is unusable."""
    return connection.errors_occurred and not connection.is_usable()


def _primary_again(**_: object) -> None:
    """Reset this thread to the primary."""
    read_from(PRIMARY)
