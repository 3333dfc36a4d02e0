"""Backups of the whole database: made, verified by restoring, listed, and put back.

A backup is two files: what pg_dump wrote in its custom format, and beside it a manifest that says how long that is,
its SHA-256 sum, and what was in the database. Both carry their final names only when all of it is on disk and, unless
somebody asked for less, has been restored and compared.
"""

from __future__ import annotations

import dataclasses
import datetime
import fcntl
import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from config.postgresql.programs import ProgramError, parameters, run, server_major
from votes.exporting.checksum import record_checksum
from votes.record.snapshot import snapshot, unhurried
from votes.record.version import data_version, move_past
from votes.verification.check import CHECKS
from web.serving.release import RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Say = Callable[[str], None]

DUMP, MANIFEST = ".dump", ".json"
PARTIAL = ".partial"
"""The ending of what is being written."""
ONE_AT_A_TIME = 7_918
"""An advisory lock in the server's own database."""
TRIES = 20
"""How often to begin the renaming anew while sessions come back; each waits some seconds for them to go."""
DISCONNECT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
IN_USE = """
SELECT EXISTS (SELECT FROM resolutions_body) OR EXISTS (SELECT FROM auth_user),
    -- Before its migration the column is not there.
    (SELECT coalesce(sum(coalesce((to_jsonb(c)->>'steps')::bigint, 1)), 0)::bigint FROM votes_change c)
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class BackupError(Exception):
    """Why there is no backup, or why none was restored; what was there before is still there."""


class RefusedError(BackupError):
    """Why what was asked for is not done: the wrong file, or a record in the way."""


@dataclass(frozen=True)
class Content:
    """What a database holds, told so that two of them can be compared."""

    version: int
    checksum: str
    """That of the public record."""
    findings: str
    """The SHA-256 sum of what all checks of the record find."""
    rows: dict[str, int]
    """How many rows each table has, public or not."""
    migrations: list[str]

    def differences(self, other: Content) -> list[str]:
        """Return what is not the same in ``other``."""
        said = [
            f"{name} ({self.rows.get(name, 'none')} and {other.rows.get(name, 'none')} rows)"
            for name in sorted(self.rows.keys() | other.rows.keys())
            if self.rows.get(name) != other.rows.get(name)
        ]
        named = {"checksum": "the record's checksum", "findings": "what its checks find", "version": "the data version"}
        return said + [words for name, words in named.items() if getattr(self, name) != getattr(other, name)]


@dataclass(frozen=True)
class Manifest:
    """What is said of a backup in the file beside it."""

    file: str
    made: datetime.datetime
    seconds: float
    size: int
    """In bytes."""
    sha256: str
    verified: bool
    release: str
    server: int
    """The major version of the PostgreSQL that was dumped."""
    content: Content

    def written(self) -> str:
        """Return it as JSON."""
        return json.dumps({**dataclasses.asdict(self), "made": self.made.isoformat()}, indent=1) + "\n"

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Return the manifest in a file. Raises RefusedError for anything else."""
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            made = datetime.datetime.fromisoformat(said.pop("made"))
            return cls(**{**said, "made": made, "content": Content(**said["content"])})
        except OSError as error:
            raise RefusedError(f"{path} cannot be read ({error.strerror}): is the backup whole?") from error
        except (ValueError, TypeError, KeyError) as error:
            raise RefusedError(f"{path} is not the manifest of a backup.") from error


def backups(folder: Path | None = None) -> list[Manifest]:
    """Return the backups in ``folder`` (by default BACKUP_DIR) that are there in their full length, newest first."""
    folder = folder or settings.BACKUP_DIR
    found = []
    for path in folder.glob(f"*{MANIFEST}"):
        with suppress(RefusedError, OSError):
            manifest = Manifest.read(path)
            if (folder / manifest.file).stat().st_size == manifest.size:
                found.append(manifest)
    return sorted(found, key=lambda manifest: manifest.made, reverse=True)


def last_backup() -> Manifest | None:
    """Return the newest backup in BACKUP_DIR, None where there is none. It is read from its manifest alone."""
    return next(iter(backups()), None)


def back_up(folder: Path, *, keep: int | None = None, verify: bool = True, say: Say = lambda line: None) -> Manifest:
    """Write a backup to ``folder``, verify it by restoring it, and delete all but the ``keep`` newest.

    ``say`` is told each step. Raises BackupError where it could not; then no new file has a final name.
    """
    began = datetime.datetime.now(datetime.UTC)
    name = connection.settings_dict["NAME"]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder), _working(folder, f"plenary-{began:%Y%m%dT%H%M%S%fZ}") as (dump, manifest_file):
            with snapshot(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                (shared,) = cursor.fetchone()
                content = content_here()
                say(f"Dumping data version {content.version}, checksum {content.checksum[:16]}")
                options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={shared}")
                run("pg_dump", *options, f"--file={dump}", database=name)
            if verify:
                say("Verifying: restoring it beside the record and comparing")
                with restored(dump, f"{name}_being_verified") as scratch:
                    _compare(content, scratch)
            size, digest = dump.stat().st_size, _sha256(dump)
            seconds = round((datetime.datetime.now(datetime.UTC) - began).total_seconds(), 1)
            final = folder / f"{dump.name.removeprefix('.').removesuffix(PARTIAL)}"
            manifest = Manifest(final.name, began, seconds, size, digest, verify, RELEASE, server_major(), content)
            manifest_file.write_text(manifest.written(), encoding="utf-8")
            for part, whole in (dump, final), (manifest_file, final.with_suffix(MANIFEST)):
                _to_disk(part)
                part.rename(whole)
            _to_disk(folder)
            if keep is not None:
                _prune(folder, keep, say)
    except (ProgramError, psycopg.Error, Error) as error:
        raise BackupError(f"{_line(error)} No backup was made; earlier ones are as they were.") from error
    except OSError as error:
        where = error.filename or folder
        raise BackupError(f"{where} cannot be written ({error.strerror}). Earlier backups are as they were.") from error
    return manifest


def put_back(dump: Path, *, replace: bool = False, say: Say = lambda line: None) -> tuple[str | None, int]:
    """Restore the backup ``dump`` in the place of the database; return the old one's new name, and the data version.

    The database changes in one step at the very end, and the old one is kept under a dated name; there is none where
    there was no database. Raises RefusedError for a file that is not as its manifest says, a backup of a later
    release, or a record in the way without ``replace``; BackupError where the server could not.
    """
    manifest = Manifest.read(dump.with_suffix(MANIFEST))
    say("Comparing its sum")
    if not dump.is_file() or dump.stat().st_size != manifest.size or _sha256(dump) != manifest.sha256:
        raise RefusedError(f"{dump} is not the file that its manifest describes: it is damaged or incomplete.")
    _refuse_later_release(manifest.content)
    name = connection.settings_dict["NAME"]
    try:
        there, version = _there(name)
        if version is not None and not replace:
            raise RefusedError(f"There is a record in {name} already: say --replace to put this one in its place.")
        say("Restoring it beside the record")
        with restored(dump, f"{name}_being_restored") as scratch:
            say("Comparing what was restored with the manifest")
            _compare(manifest.content, scratch)
            with connected_to(scratch):
                if set(manifest.content.migrations) != known_migrations():
                    call_command("migrate", interactive=False, verbosity=0)
                version = move_past(version or 0)
            kept = f"{name}_until_{datetime.datetime.now(datetime.UTC):%Y%m%d_%H%M%S}" if there else None
            say("Putting it in place")
            _swap(scratch, name, kept)
    except (ProgramError, psycopg.Error, Error) as error:
        raise BackupError(f"{_line(error)} Nothing was changed.") from error
    return kept, version


def content_here() -> Content:
    """Return what the database holds that Django's connection is to now, in one snapshot."""
    with snapshot(), unhurried():
        found = sorted(
            json.dumps([one.kind, one.key, dict(one.details)], default=str, sort_keys=True)
            for check in CHECKS
            for one in check()
        )
        applied = sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
        digest = hashlib.sha256("\n".join(found).encode()).hexdigest()
        return Content(data_version(), record_checksum(), digest, rows_here(), applied)


def rows_here() -> dict[str, int]:
    """Return how many rows each table has of the database that Django's connection is to now."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            (rows[table],) = cursor.fetchone()
    return rows


@contextmanager
def restored(dump: Path, scratch: str) -> Iterator[str]:
    """Restore a dump into a new database ``scratch`` and yield its name; drop it afterwards unless it was renamed."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(scratch))
    with _server() as server:
        _only_one(server)
        server.execute(drop)  # Of a run that was killed.
        try:
            server.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(scratch))
            )
            run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2", dump, database=scratch)
            yield scratch
        finally:
            with suppress(psycopg.OperationalError):
                server.execute(drop)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Have Django's connection lead to the database ``name`` meanwhile."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _compare(expected: Content, scratch: str) -> None:
    """Raise BackupError where the database ``scratch`` does not hold what is expected.

    Of a backup of an earlier release, whose tables this one cannot read as they are, the numbers of rows are compared.
    """
    with connected_to(scratch), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        is_ours = known_migrations() == set(expected.migrations)
        there = content_here() if is_ours else dataclasses.replace(expected, rows=rows_here())
        different = expected.differences(there)
    if different:
        raise BackupError(f"What was restored differs: {', '.join(different[:5])}. The file is not to be relied on.")


def known_migrations() -> set[str]:
    """Return the migrations of this release."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _refuse_later_release(content: Content) -> None:
    """Raise RefusedError where this release does not know a migration of the backup."""
    unknown = sorted(set(content.migrations) - known_migrations())
    if unknown:
        raise RefusedError(f"The backup was made by a later release, which has {unknown[0]}: install that one first.")


def _there(name: str) -> tuple[bool, int | None]:
    """Tell whether the database ``name`` is there, and the data version of the record in it, None for an empty one."""
    with _server() as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False, None
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('votes_change') IS NOT NULL")
        if not cursor.fetchone()[0]:
            cursor.execute(TABLES)
            return True, 0 if cursor.fetchone() else None
        # What migrations alone have made is nobody's record.
        cursor.execute(IN_USE)
        is_used, version = cursor.fetchone()
    return True, version if is_used else None


def _swap(scratch: str, name: str, kept: str | None) -> None:
    """Give ``scratch`` the name ``name``, and what has that name the name ``kept``, in one transaction.

    Whoever is connected is disconnected: sessions come back by themselves, until none is quicker than the renaming.
    """
    connection.close()
    with _server() as server:
        for attempt in range(TRIES):
            try:
                with server.transaction():
                    for database, becomes in (name, kept), (scratch, name):
                        if becomes:
                            server.execute(DISCONNECT, [database])
                            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                            server.execute(rename.format(sql.Identifier(database), sql.Identifier(becomes)))
            except psycopg.errors.ObjectInUse:
                if attempt == TRIES - 1:
                    raise
            else:
                return


def _prune(folder: Path, keep: int, say: Say) -> None:
    """Delete all backups but the ``keep`` newest, and never the newest that was verified."""
    found = backups(folder)
    good = next((manifest for manifest in found if manifest.verified), None)
    for manifest in found[keep:]:
        if manifest != good:
            (folder / manifest.file).unlink()
            (folder / manifest.file).with_suffix(MANIFEST).unlink()
            say(f"Deleted {manifest.file}")


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    """Open a connection to the server itself, whose database every PostgreSQL has."""
    with psycopg.connect(**parameters("postgres"), autocommit=True) as server:
        yield server


def _only_one(server: psycopg.Connection[Any]) -> None:
    """Raise BackupError where another backup or restore is running on this server."""
    taken = server.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME]).fetchone()
    if taken != (True,):
        raise BackupError("Another backup or restore is running on this server: wait for it.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, and delete what a killed run left in it."""
    # To be locked it need not be written to, so that one from another machine will do.
    with open(os.open(folder / ".lock", os.O_RDONLY | os.O_CREAT, 0o644), "rb") as lock:  # noqa: PTH123  # a descriptor
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup is being written to {folder}: wait for it.") from None
        for left in folder.glob(f".*{PARTIAL}"):
            left.unlink()
        yield


@contextmanager
def _working(folder: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """Yield names under which to write a dump and its manifest, for their owner alone; delete what is left there."""
    parts = folder / f".{name}{DUMP}{PARTIAL}", folder / f".{name}{MANIFEST}{PARTIAL}"
    try:
        for part in parts:
            part.touch(mode=0o600, exist_ok=False)
        yield parts
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Return when the file or folder is on disk, not only in memory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(error: Exception) -> str:
    """Return what an error says as a sentence in one line."""
    return " ".join(str(error).split()).rstrip(".?") + "."


def _sha256(path: Path) -> str:
    """Return the SHA-256 sum of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
