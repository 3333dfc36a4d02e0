"""Backups: making, verifying, pruning and restoring, on the landmark record."""

import json
import subprocess
from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config import backups
from config.backups import MANIFEST, BackupError, Manifest, RefusedError, back_up, last_backup, restore
from config.embedded.binaries import package_install
from config.postgresql import programs
from config.postgresql.programs import ProgramError, connection_parameters
from resolutions.models import Topic
from votes.exporting.checksum import record_checksum
from votes.exporting.package import current_version
from votes.record.record import reading
from votes.record.version import SINCE, VERSION, data_version, move_past

RELEASED = [f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations]


def databases() -> set[str]:
    """Return the names of the server's databases that are this one's or were made of it."""
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"])
        return {row[0] for row in cursor.fetchall()} - {f"{name}_template"}


def file_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    place = tmp_path / "backups"
    settings.BACKUP_DIR = place
    return place


@pytest.mark.django_db(transaction=True)
def test_restore_undoes_edits_since_the_backup_and_reuses_no_version(folder: Path):
    """What was edited since a backup is undone by restoring it, which compares it, and no version comes twice.

    That a backup is itself verified by restoring it, on the whole record, stands in tests/faults.
    """
    name = connection.settings_dict["NAME"]
    before, checksum = data_version(), record_checksum()
    out = StringIO()
    call_command("backup", no_verify=True, stdout=out)
    made = last_backup()
    assert made is not None
    dump = folder / made.file
    assert file_names(folder) == sorted([made.file, dump.with_suffix(MANIFEST).name])
    assert (dump.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (made.verified, made.size) == (False, dump.stat().st_size)
    assert (made.content.version, made.content.checksum) == (before, checksum)
    lines = out.getvalue().splitlines()
    assert lines[-2].endswith("NOT VERIFIED because of --no-verify.")
    assert lines[-1] == f"SHA-256 {made.sha256}"
    assert databases() == {name}

    Topic.objects.create(slug="later", name="Later")
    assert record_checksum() != checksum
    with pytest.raises(CommandError, match="already has a record") as refused:
        call_command("restore", str(dump))
    assert refused.value.returncode == 2
    assert Topic.objects.filter(slug="later").exists()

    old_name, version = restore(dump, replace=True)
    try:
        assert record_checksum() == checksum
        assert old_name is not None
        assert databases() == {name, old_name}
        with reading() as record:
            assert record.version == version == data_version() == current_version().number
        assert version > before + 1
        Topic.objects.create(slug="other", name="Other")
        assert data_version() == version + 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{old_name}"')


@pytest.mark.django_db
def test_restore_never_reuses_a_data_version():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM votes_change")
    first = move_past(7)
    assert first == data_version() > 7
    assert move_past(first + 100) == data_version() == first + 101
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("votes.record.version.time.time", lambda: SINCE + 2_000_000_000.0)
        assert move_past(0) == data_version() == 2_000_000_000
        # A clock that was put back takes no number back.
        patch.setattr("votes.record.version.time.time", lambda: 0.0)
        assert move_past(0) == data_version() == 2_000_000_001
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        assert cursor.fetchone() == (2_000_000_001,)


def write_backup(folder: Path, day: int, *, verified: bool = True, content: bytes = b"dump") -> Manifest:
    """Put a backup in a folder that no pg_dump has written."""
    folder.mkdir(exist_ok=True)
    data: dict[str, Any] = {
        "file": f"plenary-{day:02}.dump",
        "made": f"2026-01-{day:02}T00:00:00+00:00",
        "seconds": 1.0,
        "size": len(content),
        "sha256": "3b38ee5c8a3eb5e09a6c8e1e1a8a6a2a6ad31f3c37d4a3b6c3a9f7d4c2d6a6a8",
        "verified": verified,
        "release": "a",
        "server": 18,
        "content": {"version": 1, "checksum": "", "findings": "", "rows": {}, "migrations": []},
    }
    (folder / data["file"]).write_bytes(content)
    path = (folder / data["file"]).with_suffix(MANIFEST)
    path.write_text(json.dumps(data))
    return Manifest.from_file(path)


def test_pruning_keeps_the_newest_and_the_last_verified_backup(folder: Path):
    assert last_backup() is None
    write_backup(folder, 1)
    good = write_backup(folder, 2)
    third, fourth = (write_backup(folder, day, verified=False) for day in (3, 4))
    (folder / third.file).write_bytes(b"cut")
    assert backups.backups() == [fourth, good, Manifest.from_file(folder / "plenary-01.json")]
    backups._prune(folder, 1, lambda line: None)
    assert backups.backups() == [fourth, good]


@pytest.mark.parametrize("broken", ["no manifest", "no JSON", "no dump", "cut", "other bytes"])
def test_backup_that_differs_from_its_manifest_is_refused(folder: Path, broken: str):
    dump = folder / write_backup(folder, 1).file
    match broken:
        case "no manifest":
            dump.with_suffix(MANIFEST).unlink()
        case "no JSON":
            dump.with_suffix(MANIFEST).write_text("{}")
        case "no dump":
            dump.unlink()
        case "cut":
            dump.write_bytes(b"dum")
    with pytest.raises(RefusedError):
        restore(dump)


@pytest.mark.django_db
def test_failed_backup_leaves_no_file_that_looks_complete(folder: Path, monkeypatch: pytest.MonkeyPatch):
    earlier = write_backup(folder, 1)
    (folder / ".plenary-killed.dump.partial").write_bytes(b"half")

    def full(program: str, *arguments: str | Path, database: str) -> None:
        raise ProgramError("could not write to file: No space left on device")

    monkeypatch.setattr("config.backups.run", full)
    with pytest.raises(BackupError, match="No space left on device"):
        back_up(folder)
    assert file_names(folder) == ["plenary-01.dump", "plenary-01.json"]
    assert backups.backups() == [earlier]


@pytest.mark.django_db
def test_backup_whose_restored_row_counts_differ_fails(folder: Path, monkeypatch: pytest.MonkeyPatch):
    for name in "run", "restored_copy", "connected_to":
        monkeypatch.setattr(f"config.backups.{name}", lambda *arguments, **options: nullcontext())
    row_counts = iter([{"votes_vote": 2}, {"votes_vote": 1}])
    monkeypatch.setattr(
        "config.backups.current_content", lambda: backups.Content(1, "", "", next(row_counts), RELEASED)
    )
    with pytest.raises(BackupError, match=r"votes_vote \(2 and 1 rows\)"):
        back_up(folder)
    assert file_names(folder) == []


def test_backup_of_a_later_release_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    dump = folder / write_backup(folder, 1).file
    path = dump.with_suffix(MANIFEST)
    data = json.loads(path.read_text())
    data["sha256"] = backups._sha256(dump)
    data["content"]["migrations"] = ["votes.9999_of_the_future"]
    path.write_text(json.dumps(data))
    with pytest.raises(RefusedError, match=r"later release \(with the migration votes\.9999_of_the_future"):
        restore(dump)


@pytest.mark.django_db
def test_oldest_sufficient_postgresql_programs_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for major in (14, 16, 17):
        program = tmp_path / str(major) / "pg_dump"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {major}.4 (Some 1)'\n")
        program.chmod(0o755)
    package = package_install() / "bin"
    monkeypatch.setattr("os.get_exec_path", lambda: [str(tmp_path / str(major)) for major in (14, 17, 16)])
    find = programs.binaries.__wrapped__
    assert [find(major) for major in (15, 17, 18)] == [tmp_path / "16", tmp_path / "17", package]
    with pytest.raises(ProgramError, match="install postgresql-client-19"):
        find(19)


def test_password_is_never_in_a_command_line(monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, Any] = {}

    def run(command: list[Any], *, env: dict[str, str], **others: Any) -> subprocess.CompletedProcess[bytes]:
        seen.update(command=command, password=env["PGPASSWORD"])
        return subprocess.CompletedProcess(command, 1, b"", b"pg_dump: warning: a\npg_dump: error: b\n")

    url = {"USER": "u", "PASSWORD": "s3cret", "HOST": "h", "OPTIONS": {"sslmode": "require", "pool": True}}
    for name, value in url.items():
        monkeypatch.setitem(connection.settings_dict, name, value)
    monkeypatch.setattr(connection, "get_connection_params", dict)
    monkeypatch.setattr(programs, "server_major", lambda: 18)
    assert connection_parameters("d")["password"] == "s3cret"
    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr(programs, "binaries", lambda server: Path("/bin"))
    with pytest.raises(ProgramError, match="pg_dump: error: b"):
        programs.run("pg_dump", "--format=custom", database="d")
    assert seen["password"] == "s3cret"
    parameters = psycopg.conninfo.conninfo_to_dict(seen["command"][1].removeprefix("--dbname="))
    port = {"port": str(connection.settings_dict["PORT"])} if connection.settings_dict["PORT"] else {}
    assert parameters == {"user": "u", "host": "h", "dbname": "d", "sslmode": "require", **port}
    assert not any("s3cret" in str(word) for word in seen["command"])
