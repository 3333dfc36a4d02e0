"""Servers for benchmarks: gunicorn as in production, with a separate database that has the whole record."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import ROOT
from tests.stack.processes import Server, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EMPTY = "/benchmark/empty"
"""The address of the empty view."""


def environment(home: Path, **changed: str) -> dict[str, str]:
    """Return the environment of a process that uses the embedded database of ``home``, without limits of rates."""
    limits = re.findall(r"^#?\s*(\w+_A_MINUTE)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    inherited = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "CACHE_URL")}
    own = {"PLENARY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    return inherited | own | dict.fromkeys(limits, "0") | changed


def prepare(home: Path, *, fit: bool = True) -> None:
    """Make all that a server needs anew: its database with the record that ships, its static files.

    Ideal points are fitted too, or not.
    """
    shutil.rmtree(home, ignore_errors=True)
    for command in (["prepare", *([] if fit else ["--no-ideal-points"])], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment(home), check=True, stdout=sys.stderr
        )


@contextmanager
def server(home: Path, **changed: str) -> Iterator[tuple[int, Callable[[], list[int]]]]:
    """Run gunicorn with the database of ``home``, which ``prepare`` has made, and a changed environment.

    Yields the port, and what returns the numbers of its processes.
    """
    port = free_port()
    # As ``manage.py serve`` does.
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "config.wsgi"]
    variables = environment(home, BIND=f"127.0.0.1:{port}", **changed)
    web = Server(f"gunicorn-{port}", command, port=port, folder=home, environment=variables, directory=ROOT)
    try:
        web.start()
        yield port, web.process_ids
    finally:
        web.stop()


def resident(process: int) -> float:
    """Return the megabytes of memory that a Python process has, 0 for any other."""
    status = Path(f"/proc/{process}/status").read_text()
    if b"postgres" in Path(f"/proc/{process}/cmdline").read_bytes():
        return 0
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
