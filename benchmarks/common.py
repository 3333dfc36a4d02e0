"""Shared code of the benchmarks: a separate database, a separate process, and timing."""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


def use_database(home: Path) -> None:
    """Have the processes that are started from here on use the embedded server of ``home``."""
    os.environ["PLENARY_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)


def setup(database: str = "") -> Any:
    """Set Django up in a fresh process; return its open connection, to the default ``database`` or another one."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database or connection.settings_dict["NAME"]
    connection.ensure_connection()
    return connection


def in_subprocess(work: Callable[..., Any], *arguments: Any) -> Any:
    """Return what ``work`` returns in a fresh process, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def seconds_of(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long something takes."""
    began = clock()
    work()
    return clock() - began


def median_ms(work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long something takes in milliseconds, the median of several times."""
    return 1000 * statistics.median(seconds_of(work, clock) for _ in range(rounds))


def peak_mb() -> float:
    """Return the most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
