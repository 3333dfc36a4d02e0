"""The folder in which the processes of one gunicorn write their Prometheus metrics, which /metrics adds up."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "plenary-metrics-"
MEMORY = Path("/dev/shm")  # noqa: S108  # a fixed mount; the folder in it is made by mkdtemp


def make_folder() -> None:
    """Make the folder of this gunicorn and name it in the environment, where its processes find it.

    Called before anything is counted. Reading the configuration again, on SIGHUP, keeps the folder. The folders of
    gunicorns that were killed are removed.
    """
    mine = f"{PREFIX}{os.getpid()}-"
    if mine in os.environ.get(VARIABLE, ""):
        return
    parent = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for stale in parent.glob(f"{PREFIX}*"):
        if stale.lstat().st_uid == os.geteuid() and not _is_alive(stale):
            shutil.rmtree(stale, ignore_errors=True)
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix=mine, dir=parent)


def remove_folder() -> None:
    """Remove the folder, when gunicorn ends."""
    folder = os.environ.get(VARIABLE, "")
    if f"{PREFIX}{os.getpid()}-" in folder:
        shutil.rmtree(folder, ignore_errors=True)


def _is_alive(folder: Path) -> bool:
    """Whether the gunicorn that made a folder still runs."""
    pid = folder.name.removeprefix(PREFIX).partition("-")[0]
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:  # It is another user's.
        return True
    return True
