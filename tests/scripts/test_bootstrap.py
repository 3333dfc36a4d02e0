"""The script that makes the virtual environment: its messages and when it does nothing."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the bootstrap and locks without packages, so that nothing is fetched."""
    folder = tmp_path / "a folder d'été"
    shutil.copytree(settings.BASE_DIR / "scripts", folder / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("# nothing\n")
    return folder


def bootstrap(checkout: Path, wanted: str = "run", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "scripts/bootstrap", wanted],
        cwd=checkout,
        env={**os.environ, "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path: Path, lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


def test_environment_is_made_once_and_rebuilt_when_a_lock_file_changes(checkout: Path):
    first = bootstrap(checkout)
    assert (first.returncode, first.stdout.splitlines()[0]) == (
        0,
        f"Creating .venv with Python {sys.version.split()[0]}.",
    )
    again = bootstrap(checkout)
    assert (again.returncode, again.stdout) == (0, "")
    (checkout / "requirements.txt").write_text("# nothing else\n")
    changed = bootstrap(checkout)
    assert (changed.returncode, "Installing" in changed.stdout, "Making" in changed.stdout) == (0, True, False)


def test_development_environment_is_sufficient_to_run(checkout: Path):
    assert bootstrap(checkout, "dev").returncode == 0
    assert bootstrap(checkout, "run").stdout == ""
    assert bootstrap(checkout, "dev").stdout == ""


def test_interrupted_installation_is_resumed(checkout: Path):
    (checkout / ".venv" / "bin").mkdir(parents=True)
    program(checkout / ".venv" / "bin" / "python", "exit 1")
    assert bootstrap(checkout).returncode == 0
    assert bootstrap(checkout).stdout == ""


def test_python_without_venv_is_one_line_that_says_what_to_install(checkout: Path, monkeypatch, capsys):
    # As Debian ships it: the module is there, and what it needs to put pip into the environment is not.
    fake = program(checkout / "python3", 'echo "The virtual environment was not created: ensurepip is missing"; exit 1')
    loaded = runpy.run_path(str(checkout / "scripts" / "bootstrap.py"))
    monkeypatch.setattr(sys, "executable", str(fake))
    assert loaded["main"]("run") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "has no venv module: install it (on Debian and Ubuntu: apt-get install python3." in said
    assert not (checkout / ".venv").exists()


def test_old_python_is_refused_with_one_line(checkout: Path):
    old = checkout / "old"
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        program(old / name, "exit 1")
    (old / "dirname").symlink_to(shutil.which("dirname") or "")
    run = bootstrap(checkout, PYTHON="", PATH=str(old))
    assert (run.returncode, run.stderr) == (
        1,
        (
            "plenary: Python 3.11 or later is needed and was not found; "
            "install it, or name it with PYTHON=/path/to/python3.\n"
        ),
    )


def test_packages_that_cannot_be_installed_leave_no_stamp(checkout: Path):
    (checkout / "requirements.txt").write_text("no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    run = bootstrap(checkout, PIP_NO_INDEX="1")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "plenary: the packages could not be installed: see the error above. Check the network and the free "
        "space, then run it again."
    )
    assert not (checkout / ".venv" / "stamp").exists()
