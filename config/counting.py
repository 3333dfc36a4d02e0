"""Where the processes of one gunicorn keep what they count, for /metrics to add up."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "plenary-metrics-"
MEMORY = Path("/dev/shm")  # noqa: S108  # a fixed mount; the folder in it is made by mkdtemp


def make_folder() -> None:
    """Make the folder of this gunicorn and say so in the environment, from which its processes know it.

    To be called before anything is counted. Reading the configuration anew, on SIGHUP, keeps the folder; what earlier
    ones that were killed left behind is taken away.
    """
    mine = f"{PREFIX}{os.getpid()}-"
    if mine in os.environ.get(VARIABLE, ""):
        return
    parent = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in parent.glob(f"{PREFIX}*"):
        if left.lstat().st_uid == os.geteuid() and not _is_alive(left):
            shutil.rmtree(left, ignore_errors=True)
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix=mine, dir=parent)


def remove_folder() -> None:
    """Take the folder away, when gunicorn ends."""
    folder = os.environ.get(VARIABLE, "")
    if f"{PREFIX}{os.getpid()}-" in folder:
        shutil.rmtree(folder, ignore_errors=True)


def _is_alive(folder: Path) -> bool:
    """Tell whether the gunicorn that made a folder still runs."""
    pid = folder.name.removeprefix(PREFIX).partition("-")[0]
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
