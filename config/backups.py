"""Backups of the whole database: made, verified by restoring, listed and restored.

A backup is two files: a dump in pg_dump's custom format, and beside it a manifest with the dump's size and SHA-256 sum,
and what was in the database. Both carry their final names only when all of it is on disk and, unless
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

from config.postgresql.programs import ProgramError, connection_parameters, run, server_major
from votes.exporting.checksum import record_checksum
from votes.record.snapshot import snapshot, unhurried
from votes.record.version import data_version, move_past
from votes.verification.check import CHECKS
from web.serving.release import RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Log = Callable[[str], None]

DUMP, MANIFEST = ".dump", ".json"
PARTIAL = ".partial"
"""The ending of what is being written."""
ADVISORY_LOCK = 7_918
"""An advisory lock in the server's own database."""
MAX_ATTEMPTS = 20
"""How often to begin the renaming anew while sessions come back; each waits some seconds for them to go."""
DISCONNECT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
IN_USE = """
SELECT EXISTS (SELECT FROM resolutions_body) OR EXISTS (SELECT FROM auth_user),
    -- Before its migration the column is not there.
    (SELECT coalesce(sum(coalesce((to_jsonb(c)->>'steps')::bigint, 1)), 0)::bigint FROM votes_change c)
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class BackupError(Exception):
    """A backup or a restore failed; existing data are unchanged."""


class RefusedError(BackupError):
    """A restore was refused: an invalid file, or an existing record that would be replaced."""


@dataclass(frozen=True)
class Content:
    """Figures by which the content of two databases can be compared."""

    version: int
    checksum: str
    """That of the public record."""
    findings: str
    """The SHA-256 sum of what all checks of the record find."""
    rows: dict[str, int]
    """How many rows each table has, public or not."""
    migrations: list[str]

    def differences(self, other: Content) -> list[str]:
        """Return the names of what differs in ``other``."""
        differences = [
            f"{name} ({self.rows.get(name, 'none')} and {other.rows.get(name, 'none')} rows)"
            for name in sorted(self.rows.keys() | other.rows.keys())
            if self.rows.get(name) != other.rows.get(name)
        ]
        named = {
            "checksum": "the record's checksum",
            "findings": "the findings of its checks",
            "version": "the data version",
        }
        return differences + [words for name, words in named.items() if getattr(self, name) != getattr(other, name)]


@dataclass(frozen=True)
class Manifest:
    """The manifest of a backup: the file beside it."""

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

    def to_json(self) -> str:
        return json.dumps({**dataclasses.asdict(self), "made": self.made.isoformat()}, indent=1) + "\n"

    @classmethod
    def from_file(cls, path: Path) -> Manifest:
        """Return the manifest in a file. Raises RefusedError for anything else."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            made = datetime.datetime.fromisoformat(data.pop("made"))
            return cls(**{**data, "made": made, "content": Content(**data["content"])})
        except OSError as error:
            raise RefusedError(f"Cannot read {path} ({error.strerror}). Check that the backup is complete.") from error
        except (ValueError, TypeError, KeyError) as error:
            raise RefusedError(f"{path} is not a backup manifest.") from error


def backups(folder: Path | None = None) -> list[Manifest]:
    """Return the backups in ``folder`` (by default BACKUP_DIR) that are there in their full length, newest first."""
    folder = folder or settings.BACKUP_DIR
    manifests = []
    for path in folder.glob(f"*{MANIFEST}"):
        with suppress(RefusedError, OSError):
            manifest = Manifest.from_file(path)
            if (folder / manifest.file).stat().st_size == manifest.size:
                manifests.append(manifest)
    return sorted(manifests, key=lambda manifest: manifest.made, reverse=True)


def last_backup() -> Manifest | None:
    """Return the newest backup in BACKUP_DIR, None where there is none. It is read from its manifest alone."""
    return next(iter(backups()), None)


def back_up(folder: Path, *, keep: int | None = None, verify: bool = True, log: Log = lambda line: None) -> Manifest:
    """Write a backup to ``folder``, verify it by restoring it, and delete all but the ``keep`` newest.

    ``log`` is called with each step. Raises BackupError where it could not; then no new file has a final name.
    """
    began = datetime.datetime.now(datetime.UTC)
    name = connection.settings_dict["NAME"]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _folder_lock(folder), _partial_files(folder, f"plenary-{began:%Y%m%dT%H%M%S%fZ}") as (dump, manifest_file):
            with snapshot(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                (shared,) = cursor.fetchone()
                content = current_content()
                log(f"Dumping data version {content.version}, checksum {content.checksum[:16]}")
                options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={shared}")
                run("pg_dump", *options, f"--file={dump}", database=name)
            if verify:
                log("Verifying: restoring the backup to a separate database and comparing")
                with restored_copy(dump, f"{name}_being_verified") as scratch:
                    _check_content(content, scratch)
            size, digest = dump.stat().st_size, _sha256(dump)
            seconds = round((datetime.datetime.now(datetime.UTC) - began).total_seconds(), 1)
            final = folder / f"{dump.name.removeprefix('.').removesuffix(PARTIAL)}"
            manifest = Manifest(final.name, began, seconds, size, digest, verify, RELEASE, server_major(), content)
            manifest_file.write_text(manifest.to_json(), encoding="utf-8")
            for part, whole in (dump, final), (manifest_file, final.with_suffix(MANIFEST)):
                _fsync(part)
                part.rename(whole)
            _fsync(folder)
            if keep is not None:
                _prune(folder, keep, log)
    except (ProgramError, psycopg.Error, Error) as error:
        raise BackupError(f"{_one_line(error)} No backup was made; earlier backups are unchanged.") from error
    except OSError as error:
        where = error.filename or folder
        raise BackupError(f"Cannot write to {where} ({error.strerror}). Earlier backups are unchanged.") from error
    return manifest


def restore(dump: Path, *, replace: bool = False, log: Log = lambda line: None) -> tuple[str | None, int]:
    """Restore the backup ``dump`` in the place of the database; return the old one's new name, and the data version.

    The database changes in one step at the very end, and the old one is kept under a dated name; there is none where
    there was no database. Raises RefusedError for a file that is not as its manifest says, a backup of a later
    release, or a record in the way without ``replace``; BackupError where the server could not.
    """
    manifest = Manifest.from_file(dump.with_suffix(MANIFEST))
    log("Comparing the file's checksum")
    if not dump.is_file() or dump.stat().st_size != manifest.size or _sha256(dump) != manifest.sha256:
        raise RefusedError(f"{dump} does not match its manifest: the file is damaged or incomplete.")
    if unknown := sorted(set(manifest.content.migrations) - known_migrations()):
        raise RefusedError(
            f"The backup was made by a later release (with the migration {unknown[0]}): install that release first."
        )
    name = connection.settings_dict["NAME"]
    try:
        exists, version = _database_state(name)
        if version is not None and not replace:
            raise RefusedError(f"The database {name} already has a record. To replace it, use --replace.")
        log("Restoring the backup to a separate database")
        with restored_copy(dump, f"{name}_being_restored") as scratch:
            log("Comparing the restored data with the manifest")
            _check_content(manifest.content, scratch)
            with connected_to(scratch):
                if set(manifest.content.migrations) != known_migrations():
                    call_command("migrate", interactive=False, verbosity=0)
                version = move_past(version or 0)
            old_name = f"{name}_until_{datetime.datetime.now(datetime.UTC):%Y%m%d_%H%M%S}" if exists else None
            log("Switching to the restored database")
            _swap_databases(scratch, name, old_name)
    except (ProgramError, psycopg.Error, Error) as error:
        raise BackupError(f"{_one_line(error)} Nothing was changed.") from error
    return old_name, version


def current_content() -> Content:
    """Return the content of the connected database, in one snapshot."""
    with snapshot(), unhurried():
        findings = sorted(
            json.dumps([one.kind, one.key, dict(one.details)], default=str, sort_keys=True)
            for check in CHECKS
            for one in check()
        )
        applied = sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
        digest = hashlib.sha256("\n".join(findings).encode()).hexdigest()
        return Content(data_version(), record_checksum(), digest, row_counts(), applied)


def row_counts() -> dict[str, int]:
    """Return the number of rows of each table of the connected database."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            (rows[table],) = cursor.fetchone()
    return rows


@contextmanager
def restored_copy(dump: Path, scratch: str) -> Iterator[str]:
    """Restore a dump into a new database ``scratch`` and yield its name; drop it afterwards unless it was renamed."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(scratch))
    with _server_connection() as server:
        locked = server.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]).fetchone()
        if locked != (True,):
            raise BackupError("Another backup or restore is running on this server. Wait until it has finished.")
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
    """Connect Django to the database ``name`` within the block."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _check_content(expected: Content, scratch: str) -> None:
    """Raise BackupError where the database ``scratch`` does not hold what is expected.

    Of a backup of an earlier release, whose tables this one cannot read as they are, the numbers of rows are compared.
    """
    with connected_to(scratch), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        is_ours = known_migrations() == set(expected.migrations)
        content = current_content() if is_ours else dataclasses.replace(expected, rows=row_counts())
        different = expected.differences(content)
    if different:
        raise BackupError(
            f"The restored data differ from the manifest: {', '.join(different[:5])}. Do not rely on this backup."
        )


def known_migrations() -> set[str]:
    """Return the migrations of this release."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _database_state(name: str) -> tuple[bool, int | None]:
    """Return whether the database ``name`` exists, and the data version of the record in it, None for an empty one."""
    with _server_connection() as server:
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


def _swap_databases(scratch: str, name: str, old_name: str | None) -> None:
    """Give ``scratch`` the name ``name``, and what has that name the name ``old_name``, in one transaction.

    Whoever is connected is disconnected: sessions come back by themselves, until none is quicker than the renaming.
    """
    connection.close()
    with _server_connection() as server:
        for attempt in range(MAX_ATTEMPTS):
            try:
                with server.transaction():
                    for database, becomes in (name, old_name), (scratch, name):
                        if becomes:
                            server.execute(DISCONNECT, [database])
                            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                            server.execute(rename.format(sql.Identifier(database), sql.Identifier(becomes)))
            except psycopg.errors.ObjectInUse:
                if attempt == MAX_ATTEMPTS - 1:
                    raise
            else:
                return


def _prune(folder: Path, keep: int, log: Log) -> None:
    """Delete all backups but the ``keep`` newest, and never the newest that was verified."""
    manifests = backups(folder)
    last_verified = next((manifest for manifest in manifests if manifest.verified), None)
    for manifest in manifests[keep:]:
        if manifest != last_verified:
            (folder / manifest.file).unlink()
            (folder / manifest.file).with_suffix(MANIFEST).unlink()
            log(f"Deleted {manifest.file}")


def _server_connection() -> psycopg.Connection[Any]:
    """Open a connection to the database ``postgres``, which every server has."""
    return psycopg.connect(**connection_parameters("postgres"), autocommit=True)


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, and delete the partial files of a killed run."""
    # To be locked it need not be written to, so that one from another machine will do.
    with open(os.open(folder / ".lock", os.O_RDONLY | os.O_CREAT, 0o644), "rb") as lock:  # noqa: PTH123  # a descriptor
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup is being written to {folder}. Wait until it has finished.") from None
        for stale in folder.glob(f".*{PARTIAL}"):
            stale.unlink()
        yield


@contextmanager
def _partial_files(folder: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """Yield names under which to write a dump and its manifest, for their owner alone; delete them at the end."""
    parts = folder / f".{name}{DUMP}{PARTIAL}", folder / f".{name}{MANIFEST}{PARTIAL}"
    try:
        for part in parts:
            part.touch(mode=0o600, exist_ok=False)
        yield parts
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _fsync(path: Path) -> None:
    """Return when the file or folder is on disk, not only in memory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _one_line(error: Exception) -> str:
    """Return what an error says as a sentence in one line."""
    return " ".join(str(error).split()).rstrip(".?") + "."


def _sha256(path: Path) -> str:
    """Return the SHA-256 sum of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
