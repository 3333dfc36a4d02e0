"""Binaries of the embedded server when root installs them and another user runs them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.embedded import binaries
from config.embedded.server import EmbeddedPostgres
from tests.config.embedded.conftest import PRELUDE, ROOT, STAY, Users, is_gone, query
from tests.waiting import wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who can become another user")


@as_root
def test_binaries_of_root_are_copied_where_the_server_user_can_read_them(base, monkeypatch):
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
        # On a busy machine it also says that it waits.
        lines = [line for line in user.communicate()[1].splitlines() if ": waiting for" not in line]
        assert len(lines) == 2
        assert f"cannot reach {base}/site/" in lines[0]
        assert f"cannot reach {base}/home/postgresql: the data are in {server.folder}" in lines[1]
        base.chmod(0o755)
        assert EmbeddedPostgres.for_project(Path("/nowhere")) == server
        wait_until(lambda: is_gone(server))
    finally:
        users.close()
        shutil.rmtree(binaries.STATE)


def reachable_python() -> str | None:
    for name in (sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin")):
        resolved = Path(name or "/nowhere").resolve()
        nobody: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []}
        check = [str(resolved), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        reached = resolved.exists() and binaries.can_reach(resolved, 65534, 65534)
        if reached and subprocess.run(check, **nobody, check=False).returncode == 0:
            return name
    return None


@as_root
def test_ordinary_user_starts_the_server_and_root_can_join(base, home, monkeypatch):
    python = reachable_python()
    if python is None:
        pytest.skip("no Python that an ordinary user could run: install the distribution's python3 beside root's own")
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
