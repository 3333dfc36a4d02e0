"""Killed servers and keepers of the embedded server leave no process and lose no data."""

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from config.embedded.server import EmbeddedPostgres
from tests.config.embedded.conftest import PRELUDE, ROOT, is_gone, keeper, only_process, processes, query
from tests.waiting import wait_until


def is_replaced(server: EmbeddedPostgres, pid: int) -> bool:
    return server.is_up() and server.postmaster()[0] != pid


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
    assert only_process(f"-D {server.data}") == server.postmaster()[0]


def test_next_start_stops_an_orphaned_server(server, users):
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


def test_stale_process_id_is_ignored_and_never_signalled(server, users):
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


def test_deleted_socket_is_recreated(server, users):
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
