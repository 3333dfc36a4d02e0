"""The download package of the site: made once for each data version, at the first request for one of its files.

It stands in the folder of this installation, named after the data version and the time of its last change, so that no
other state of the record, and no other database, is ever taken for this one.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import threading
import time
import zipfile
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from votes.exporting.codebook import markdown
from votes.exporting.package import current_version, export_record, read_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from votes.exporting.package import Package
    from votes.exporting.papers import DataVersion

ARCHIVE = "plenary.zip"
PATIENCE = 30.0
"""Seconds that a request waits for a package that another is making."""
WAITING = 2
"""How many requests of a process may make or wait for a package at a time; the others must serve readers."""

_places = threading.BoundedSemaphore(WAITING)


class BusyError(Exception):
    """A package is being made; the client should retry."""


def folder() -> Path:
    """Return the folder of the packages."""
    kept: Path = settings.HOME / "downloads"
    return kept


def key(version: DataVersion) -> str:
    """Return the name of what this release exports of a state of the record."""
    return f"{version.key}-{_release()}"


@cache
def _release() -> str:
    """Return what tells this release's export from another's of the same record: a sum of the codebook."""
    return hashlib.sha256(markdown().encode()).hexdigest()[:8]


def offered(version: DataVersion | None = None) -> Package | None:
    """Return the package of ``version``, by default of the record as it is, None where it has not been made."""
    return read_package(folder() / key(version or current_version()))


def size_of_archive(package: Package) -> int | None:
    """Return the bytes of a package's archive; None where the next package has just taken this one's place."""
    try:
        return (package.folder / ARCHIVE).stat().st_size
    except FileNotFoundError:
        return None


def made() -> Package:
    """Return the package of the record as it is, made now where it has not been; raise BusyError to come again."""
    if package := offered():
        return package
    if not _places.acquire(blocking=False):
        raise BusyError
    try:
        with _alone():
            return offered() or _make()
    finally:
        _places.release()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one request of all processes in; raise BusyError after ``PATIENCE``. The lock ends with the process."""
    folder().mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE
    with (folder() / ".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BusyError from None
                time.sleep(0.1)
        yield


def _make() -> Package:
    """Make the package of the record as it is, and remove those of earlier states."""
    new = folder() / "new"
    shutil.rmtree(new, ignore_errors=True)
    package = export_record(new)
    _archive(new)
    place = folder() / key(package.version)
    shutil.rmtree(place, ignore_errors=True)
    new.rename(place)
    # Who is reading a file of an earlier package reads it to its end: an open file stays until it is closed.
    for other in folder().iterdir():
        if other.is_dir() and other != place:
            shutil.rmtree(other, ignore_errors=True)
    done = read_package(place)
    assert done
    return done


def _archive(package: Path) -> None:
    """Put all files of a package into one, with no times, so that the same files give the same archive."""
    files = sorted(package.iterdir())
    with zipfile.ZipFile(package / ARCHIVE, "w") as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.name)
            entry.compress_type = zipfile.ZIP_STORED if path.suffix == ".parquet" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as file, archive.open(entry, "w") as target:
                shutil.copyfileobj(file, target, 1 << 20)
