"""Public reading from a replica, while it is there and near enough to the primary; everything else from the primary.

Nothing is said in a request of who is near: each process watches both servers, once a second, in a thread of its own.
The replica lags since the moment at which the primary had written the first thing that the replica has not replayed.
That is our own clock, so clocks that differ do not matter; a primary that nobody writes to is no lag, a connection
between them that hangs is one, and a primary that is gone leaves the replica as good as it was.
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
"""Seconds between two looks at the servers."""

PATIENCE = 3.0
"""Seconds after which a server that has not answered a look counts as hanging."""

REST = 5.0
"""Seconds for which a replica that failed is left alone."""

WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
# A replica that has taken over has an end of its own.
REPLAYED = """
SELECT pg_wal_lsn_diff(
    CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_lsn() END, '0/0'
)::bigint
"""

WATCHING = "replica-watch"
"""The name of the threads that watch."""

BROKEN = (DatabaseError, InterfaceError)
"""What a server that does not answer raises."""

logger = logging.getLogger("plenary.database")


class Lag:
    """How far behind a replica is, from what was seen of both servers' positions in the log of changes."""

    def __init__(self) -> None:
        self._ahead: deque[tuple[float, int]] = deque(maxlen=600)
        """When the primary was first seen at positions that the replica has not reached, the oldest first."""

    def saw_primary(self, position: int, at: float) -> None:
        """Note where the primary was, ``at`` in seconds of any clock that never goes back."""
        if not self._ahead or position > self._ahead[-1][1]:
            self._ahead.append((at, position))

    def saw_replica(self, position: int, at: float) -> float:
        """Note where the replica is, and return for how many seconds it has been behind."""
        while self._ahead and self._ahead[0][1] <= position:
            self._ahead.popleft()
        return at - self._ahead[0][0] if self._ahead else 0.0


class Watch:
    """What a process knows of the replica."""

    def __init__(self) -> None:
        self.order: tuple[str, str | None] = (PRIMARY, None)
        """Which server answers readers, and which one where that fails."""
        self._process = 0
        self._rested = 0.0
        self._guard = threading.Lock()
        self._open: dict[str, WeakSet[psycopg.Connection[Any]]] = {PRIMARY: WeakSet(), REPLICA: WeakSet()}

    def begin(self) -> None:
        """Watch from now on, in this process; cheap to repeat."""
        if self._process != os.getpid():
            with self._guard:
                if self._process != os.getpid():
                    self._process = os.getpid()
                    threading.Thread(target=self._look_for_ever, name=WATCHING, daemon=True).start()

    def opened(self, connection: BaseDatabaseWrapper, **_: object) -> None:
        """Note a new connection that is to be cut should its server hang; Django sends this when one is opened."""
        if connection.alias == REPLICA or threading.current_thread().name == WATCHING:
            self._open[connection.alias].add(connection.connection)

    def failed(self, why: str = "it does not answer") -> None:
        """Note that the replica has failed, and leave it alone for a while."""
        self._rested = time.monotonic() + REST
        self._decide(None, why)

    def _look_for_ever(self) -> None:
        lag = Lag()
        try:
            while True:
                self._look(lag)
                time.sleep(EVERY)
        finally:  # What nobody foresaw: the next request begins again.
            self.order, self._process = (PRIMARY, None), 0

    def _look(self, lag: Lag) -> None:
        """Ask both servers where they are, and draw the consequences."""
        with suppress(*BROKEN):
            lag.saw_primary(self._asked(PRIMARY, WRITTEN), time.monotonic())
        try:
            behind = lag.saw_replica(self._asked(REPLICA, REPLAYED), time.monotonic())
        except BROKEN as error:
            self.failed(" ".join(str(error).split()))
            return
        if time.monotonic() >= self._rested:
            self._decide(behind)

    def _asked(self, alias: str, query: str) -> int:
        """Return what a server answers in time; raises one of BROKEN.

        PostgreSQL keeps its limits of time itself, which is of no use where it hangs: then every connection to it is
        cut here, and whoever waits at one goes on at once.
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
        """Cut this process's connections to a server that hangs; of those to the primary, only the watch's own."""
        if alias == REPLICA:
            self.failed("it hangs")
        for connection in list(self._open[alias]):
            with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as end:
                end.shutdown(socket.SHUT_RDWR)

    def _decide(self, behind: float | None, why: str = "") -> None:
        """Say who answers when the replica is so many seconds behind, None where it is gone; log what is news."""
        if behind is None:
            order: tuple[str, str | None] = (PRIMARY, None)
        elif behind > settings.REPLICA_MAX_LAG:
            # Should the primary be gone as well, somewhat old is better than nothing.
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
    """Answer what nobody logged in asks from the replica, and again from the primary where the replica fails at it.

    The data version that names kept pages is asked of the server that answers, as are a page's snapshot and a
    download, whose last part is read long after this has returned.
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
            connection.errors_occurred = False  # What became of one before it is not this request's.
        response = get_response(request)
        if second is None or not is_lost(connection):
            return response
        if first == REPLICA:
            WATCH.failed()
        elif response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return response  # A kept page of the primary's, which is newer than what the replica has.
        read_from(second)
        return get_response(request)

    return middleware


def is_lost(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether a connection failed since it was opened, and works no more."""
    return connection.errors_occurred and not connection.is_usable()


def _primary_again(**_: object) -> None:
    """Let what this thread does next begin at the primary."""
    read_from(PRIMARY)
