"""Plenary as in production, on this machine's loopback: the pieces to put together, and the whole.

::

    with whole_site() as site:          # primary, replica, Redis, two gunicorns, nginx with TLS, all ready
        site.proxy.url                  # https://127.0.0.1:PORT, certificate in site.certificate
        site.first, site.second         # the gunicorns: .port, .kill(SIGTERM), .stop(), .start(), .told()
        site.primary, site.replica      # the servers of PostgreSQL: .url, .ask("SELECT …"), .caught_up(), .hold()
        site.redis                      # .url

    with Topology() as pieces:          # or piece by piece; nothing is started that is not named
        primary = pieces.postgres("primary")
        pieces.prepare(primary)         # migrated, reference facts, the Assembly's record where it is at hand
        replica = pieces.replica(primary)
        pooled = pieces.pgbouncer(primary, size=2)
        web = pieces.gunicorn("web", primary=pooled, replica=replica, redis=pieces.redis(), WEB_CONCURRENCY="2")
        proxy = pieces.nginx(web)       # or pieces.caddy(web), with deploy/Caddyfile
        pieces.manage("check_record", primary=primary)

Every piece is a ``Server`` (see ``processes``): ``start``, ``stop``, ``kill(signal)``, ``pause``, ``resume``,
``told()`` for the end of its log, ``family()`` for its process and children. All of them are ended, with their
children, and the folder is removed when the context is left, when the test run ends, or when it is killed (Linux).
Ports are free ones of 127.0.0.1. ``needs("nginx", …)`` skips a test where a program is not installed, or fails it
where STACK_TESTS=required. Start and restart servers from the thread that runs the tests, never from another.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psycopg
import pytest

from config.embedded import LOCALE, EmbeddedPostgres, runnable_install
from tests.stack.processes import Server, free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = Path(__file__).parents[2]
RECORD = Path(os.environ.get("PLENARY_CORPORA") or BASE.parent / "shared" / "data")
"""Where the official files are; without them the record is the landmark roll calls alone."""

ASSEMBLY = "ga_voting_1946_2021.csv.gz"
PROGRAMS = Path("/usr/sbin")
NAME = "plenary"


def needs(*programs: str) -> None:
    """Skip the test where one of these programs is missing, or fail it where STACK_TESTS says that it is required."""
    missing = [program for program in programs if found(program) is None]
    if missing:
        say = pytest.fail if os.environ.get("STACK_TESTS") == "required" else pytest.skip
        say(f"{', '.join(missing)} not installed: apt-get install nginx redis-server openssl pgbouncer caddy")


def found(program: str) -> str | None:
    """Return where a program is; administrators' are not on everybody's path."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")


class Postgres(Server):
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
        command = [install / "bin" / "postgres", "-D", self.data, *(f"--{key}={value}" for key, value in options.items())]
        super().__init__(name, command, port=port, folder=folder, user=user, stopped_by=signal.SIGINT)

    @property
    def url(self) -> str:
        """What DATABASE_URL says."""
        return f"postgresql://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def connect(self, database: str = NAME) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection that commits each statement."""
        return psycopg.connect(self.url, dbname=database, autocommit=True, connect_timeout=5)

    def ask(self, query: str) -> Any:
        """Return the one value that a query answers, None for a statement that answers nothing."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(query.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def ready(self) -> bool:
        """Whether it answers."""
        with suppress(psycopg.Error), self.connect("postgres"):
            return True
        return False

    def caught_up(self, primary: Postgres) -> None:
        """Return once this replica has replayed all that ``primary`` has written by now."""
        position = primary.ask("SELECT pg_current_wal_lsn()")
        done = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        wait_for(lambda: self.ask(done), saying=f"{self.name} has replayed {position}")

    def hold(self) -> None:
        """Have this replica replay nothing more, so that it lags; ``go_on`` ends that."""
        self.ask("SELECT pg_wal_replay_pause()")
        paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        wait_for(lambda: self.ask(paused), saying=f"{self.name} pauses")

    def go_on(self) -> None:
        """Have a held replica replay again."""
        self.ask("SELECT pg_wal_replay_resume()")


class PgBouncer(Server):
    """A pooler that lends a connection for a transaction."""

    password: str

    @property
    def url(self) -> str:
        """What DATABASE_URL says."""
        return f"postgresql://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"


class Redis(Server):
    """A Redis that keeps nothing on disk."""

    @property
    def url(self) -> str:
        """What CACHE_URL says."""
        return f"redis://127.0.0.1:{self.port}/0"


class Proxy(Server):
    """What readers talk to: TLS on ``port``, and plain http on ``plain_port``."""

    plain_port: int

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"https://127.0.0.1:{self.port}"


class Topology:
    """A folder and the servers in it; see the module."""

    def __init__(self) -> None:
        server = EmbeddedPostgres.for_project(BASE)
        self.user = (server.uid, server.gid)
        self.install = runnable_install(*self.user)
        self.folder = Path(tempfile.mkdtemp(prefix="plenary-stack-"))
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.password = secrets.token_hex(16)
        self.secret_key = secrets.token_urlsafe(50)
        self.servers: list[Server] = []
        self._certificate: Path | None = None
        atexit.register(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything, the last first, and remove the folder."""
        for server in reversed(self.servers):
            server.stop() if isinstance(server, Postgres) else server.end()
        self.servers.clear()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def told(self) -> str:
        """Return the ends of all logs, for the message of a failure."""
        return "\n".join(server.told() for server in self.servers)

    def _started[S: Server](self, server: S) -> S: ...
