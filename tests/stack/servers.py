"""The servers a site is put together from, beside its gunicorns."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg

from tests.stack.processes import Server, free_port, wait_for

if TYPE_CHECKING:
    from pathlib import Path

NAME = "plenary"
"""Of the database and of its owner."""


class Database(Server):
    """What DATABASE_URL can name: the database ``plenary`` of a server, or of a pooler before one."""

    password: str

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def connect(self, database: str = NAME) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection that commits each statement."""
        return psycopg.connect(self.url, dbname=database, autocommit=True, connect_timeout=5, prepare_threshold=None)

    def scalar(self, query: str) -> Any:
        """Return the one value of a query's result, None for a statement without one."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(query.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


class Postgres(Database):
    """A server of PostgreSQL with the database ``plenary``."""

    def __init__(self, folder: Path, install: Path, *, password: str, user: tuple[int, int], name: str) -> None:
        self.data, self.install, self.password = folder / name, install, password
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "shared_buffers": "64MB",
            "max_slot_wal_keep_size": "1GB",
            "hot_standby_feedback": "on",  # Or what the primary clears away would end a long download.
        }
        command: list[str | Path] = [install / "bin" / "postgres", "-D", self.data]
        command += [f"--{key}={value}" for key, value in options.items()]
        super().__init__(name, command, port=port, folder=folder, user=user, stopped_by=signal.SIGINT)

    def ready(self) -> bool:
        with suppress(psycopg.Error), self.connect("postgres"):
            return True
        return False

    def wait_for_replay_of(self, primary: Postgres) -> None:
        """Return once this replica has replayed all that ``primary`` has written by now."""
        position = primary.scalar("SELECT pg_current_wal_lsn()")
        done = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        wait_for(lambda: self.scalar(done), f"{self.name} has replayed {position}")

    def count_statements(self, word: str) -> int:
        """Return how many statements with this word a replica has run; only theirs are logged."""
        return self.log.read_text(errors="replace").count(word)

    def pause_replay(self) -> None:
        """Have this replica replay nothing more, so that it lags; ``resume_replay`` ends that."""
        self.scalar("SELECT pg_wal_replay_pause()")
        paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        wait_for(lambda: self.scalar(paused), f"{self.name} pauses")

    def resume_replay(self) -> None:
        self.scalar("SELECT pg_wal_replay_resume()")


class PgBouncer(Database):
    """A pooler that lends a connection for a transaction."""


class Redis(Server):
    """A Redis that keeps nothing on disk."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


class Proxy(Server):
    """What readers talk to: TLS on ``port``, and plain http on ``plain_port``."""

    plain_port: int
    host = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"
