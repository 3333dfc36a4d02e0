"""Processes that use an embedded server, and what they leave behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded.server import EmbeddedPostgres
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[3]
PRELUDE = """
import dataclasses, os, signal, sys, threading, time
from pathlib import Path
# A shell that starts the tests in the background has them ignore Ctrl-C, and nohup the end of the terminal.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from config.embedded.server import EmbeddedPostgres
server = EmbeddedPostgres.for_project(Path("/nowhere"))
"""
STAY = PRELUDE + "server.ensure(); print('up', flush=True); time.sleep(600)"
QUERY = """
import psycopg
server.ensure()
with psycopg.connect(host=server.host, user=server.user, dbname=server.database) as connection:
    print(connection.execute("SELECT 6 * 7").fetchone()[0], flush=True)
"""


def processes(word: str) -> list[int]:
    """Return the numbers of the living processes with that word in their command line."""
    rows = subprocess.run(["ps", "-axww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True)
    fields = (row.split(maxsplit=2) for row in rows.stdout.splitlines())
    return [int(pid) for pid, state, *args in fields if not state.startswith("Z") and word in "".join(args)]


def is_gone(server: EmbeddedPostgres) -> bool:
    locked = server.is_locked("postgres.lock") or server.is_locked("keeper.lock")
    return not locked and not processes(str(server.folder))


def query(server: EmbeddedPostgres, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(host=server.host, user=server.user, dbname=server.database, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def only_process(word: str) -> int:
    """Return the number of the process with that word, when its new children have names of their own."""
    wait_until(lambda: len(processes(word)) == 1)
    return processes(word)[0]


def keeper(server: EmbeddedPostgres) -> int:
    return only_process(f"keeper {server.folder}")


class Users:
    """Starts processes that use the server of one home."""

    def __init__(self, home: Path):
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self.environment = {**os.environ, "PLENARY_HOME": str(home), "PYTHONPATH": path}
        self.started: list[subprocess.Popen[str]] = []

    def start(self, script: str = STAY, **options: Any) -> Any:
        command = [options.pop("python", sys.executable), "-W", "error", "-c", script]
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        user = subprocess.Popen(command, **{"env": self.environment, **streams, **options})
        self.started.append(user)
        return user

    def join(self, **options: Any) -> Any:
        """Start a user that stays, and return once it has its server."""
        user = self.start(**options)
        assert user.stdout.readline() == "up\n", user.stderr.read()
        return user

    def run(self, script: str, **options: Any) -> Any:
        """Run a user to its end and return what it printed."""
        user = self.start(script, **options)
        out, err = user.communicate(timeout=PATIENCE)
        assert user.returncode == 0, err
        return out

    def close(self) -> None:
        for user in self.started:
            user.kill()
            user.communicate()


@pytest.fixture
def base() -> Iterator[Path]:
    """Return a folder whose parents everybody can pass, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="plenary test ")).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(base: Path) -> Path:
    return base / "dossier d'été"


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedPostgres:
    monkeypatch.setenv("PLENARY_HOME", str(home))
    return EmbeddedPostgres.for_project(Path("/nowhere"))


@pytest.fixture
def users(home: Path, server: EmbeddedPostgres) -> Iterator[Users]:
    """Yield the users; when they have left, nothing may remain of their server."""
    users = Users(home)
    yield users
    users.close()
    for pid in processes(f"keeper {server.folder}"):  # To spare every test the keeper's idle timeout.
        os.kill(pid, signal.SIGTERM)
    wait_until(lambda: is_gone(server))
    assert not Path(server.host).exists()
