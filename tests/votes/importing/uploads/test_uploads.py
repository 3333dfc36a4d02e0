"""Uploads on disk, and the child process that checks and imports them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.utils import timezone

from votes.importing.uploads import child_process, storage
from votes.importing.uploads.storage import (
    RETENTION,
    Outcome,
    Receiver,
    Upload,
    UploadError,
    find,
    remove_expired,
    safe_name,
    waiting,
)
from votes.models import ImportRun

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path / "uploads"


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_superuser("editor")


def store(*files: tuple[str, bytes], **how) -> Upload:
    receiver = Receiver()
    for name, content in files or [("votes.csv", b"a,b\n1,2\n")]:
        receiver.begin(name)
        receiver.write(content[:3])
        receiver.write(content[3:])
        receiver.end()
    return receiver.keep(by="editor", **how)


def age(upload: Upload, by: timedelta) -> None:
    path = upload.folder / "upload.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "stored": (upload.stored - by).isoformat()}))


# Keeping


def test_upload_is_stored_with_its_checksum_and_reading_options(home: Path):
    upload = store(
        ("votes.csv", b"a,b\n1,2\n"), ("votes.csv", b"a,b\n3,4\n"), file_format="voeten", allow_removals=True
    )
    assert find(upload.token) == upload
    assert [path.read_bytes() for path in upload.paths] == [b"a,b\n1,2\n", b"a,b\n3,4\n"]
    assert [path.name for path in upload.paths] == ["votes.csv", "votes.csv"]
    assert [file.sha256 for file in upload.files] == [
        hashlib.sha256(b"a,b\n1,2\n").hexdigest(),
        hashlib.sha256(b"a,b\n3,4\n").hexdigest(),
    ]
    assert [file.size for file in upload.files] == [8, 8]
    assert (upload.file_format, upload.allow_removals, upload.by) == ("voeten", True, "editor")
    assert upload.folder == home / upload.token
    assert upload.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("ga_voting.csv", "ga_voting.csv"),
        ("Länder (2025) – v2.csv.gz", "Länder (2025) _ v2.csv.gz"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/shadow", "shadow"),
        ("a/b/../c.csv", "c.csv"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("-.csv", "csv"),
        ("--allow-removals.csv", "allow-removals.csv"),
        ("a\0b\n$(rm).csv", "a_b__(rm).csv"),
        ("https://x.example/a.csv", "a.csv"),
        ("x" * 300 + ".csv.gz", "x" * 117 + ".gz"),
        ("é" * 300, "é" * 60),
    ],
)
def test_file_names_are_sanitised(name: str, kept: str):
    assert safe_name(name) == kept


def test_file_name_cannot_leave_the_folder(home: Path):
    upload = store(("../../../../escaped.csv", b"x"))
    assert upload.paths == [upload.folder / "files" / "1" / "escaped.csv"]
    assert [path.relative_to(home).parts[0] for path in home.rglob("*.csv")] == [upload.token]


@pytest.mark.parametrize("token", ["", "..", "../uploads", "/etc", "0" * 31, "0" * 32 + "\n", "A" * 32, "0" * 32])
def test_invalid_or_unknown_token_finds_nothing(token: str):
    store()
    assert find(token) is None


def test_upload_beyond_the_limit_is_refused_while_it_arrives(monkeypatch: pytest.MonkeyPatch, home: Path):
    monkeypatch.setattr(storage, "LIMIT", 10)
    receiver = Receiver()
    receiver.begin("a.csv")
    receiver.write(b"12345678")
    receiver.end()
    receiver.begin("b.csv")
    with pytest.raises(UploadError, match="larger than"):
        receiver.write(b"123")
    assert (home / receiver.token / "files" / "2" / "b.csv").read_bytes() == b""
    receiver.abandon()
    assert list(home.iterdir()) == []


def test_unwritable_folder_is_reported(home: Path):
    home.parent.mkdir(exist_ok=True)
    home.write_text("in the way")
    with pytest.raises(UploadError, match=r"could not be stored \((Not a directory|File exists)\)"):
        Receiver().begin("a.csv")


def test_stored_upload_is_not_removed_by_abandoning():
    receiver = Receiver()
    receiver.begin("a.csv")
    receiver.end()
    upload = receiver.keep(by="editor")
    receiver.abandon()
    assert find(upload.token) == upload


# A day


def test_upload_is_removed_after_a_day():
    early, late = store(), store()
    age(early, RETENTION - timedelta(minutes=1))
    assert [upload.token for upload in waiting()] == [late.token, early.token]
    age(early, RETENTION)
    assert find(early.token) is None
    assert waiting() == [late]


def test_clean_up_removes_only_old_uploads_not_in_use(home: Path, monkeypatch: pytest.MonkeyPatch):
    fresh, old, used = store(), store(), store()
    broken = Receiver()
    broken.begin("a.csv")
    broken.end()
    (home / "notes.txt").write_text("not an upload")
    for upload in (old, used):
        age(upload, RETENTION)
    later = timezone.now() + timedelta(minutes=1)
    remove_expired()
    assert broken.folder.exists()  # it may still be arriving
    monkeypatch.setattr(timezone, "now", lambda: later)
    monkeypatch.setattr(storage, "RETENTION", timedelta(seconds=30))
    age(fresh, -timedelta(minutes=1))
    with used.claimed():
        remove_expired()
    assert sorted(path.name for path in home.iterdir()) == sorted([fresh.token, used.token, "notes.txt"])
    remove_expired()
    assert sorted(path.name for path in home.iterdir()) == sorted([fresh.token, "notes.txt"])


# One at a time


def test_a_claimed_upload_is_neither_claimed_again_nor_discarded():
    upload = store()
    with upload.claimed():
        for step in (upload.discard, lambda: upload.read_as(file_format="", allow_removals=True)):
            with pytest.raises(UploadError, match="right now"):
                step()
    assert find(upload.token) == upload
    upload.discard()
    assert not upload.folder.exists()
    with pytest.raises(UploadError, match="The uploaded files were deleted"):
        upload.discard()


def test_changing_the_reading_options_discards_the_outcome():
    upload = store()
    upload.conclude(Outcome(wrote=True))
    assert upload.outcome is not None
    changed = upload.read_as(file_format="voeten", allow_removals=True)
    assert changed.outcome is None
    assert find(upload.token) == changed


# The child


def python(code: str):
    """Return what makes the child a piece of Python that knows the upload's folder."""
    # Without what a site adds, it is there in no time, also on a busy machine.
    return lambda upload, **how: [sys.executable, "-I", "-S", "-c", code, str(upload.folder)]


def test_command_names_options_and_user(editor: User):
    upload = store(("-.csv", b"x"), file_format="voeten", allow_removals=True)
    start = [sys.executable, str(project.BASE_DIR / "manage.py"), "import_votes"]
    start += ["--upload", upload.token, "--by-user", str(editor.pk)]
    how = ["--format", "voeten", "--allow-removals"]
    file = str(upload.folder / "files" / "1" / "csv")
    assert child_process.command(upload, by=editor, dry_run=True) == [*start, "--dry-run", *how, "--", file]
    assert child_process.command(upload, by=editor, dry_run=False) == [*start, *how, "--", file]
    plain = store()
    start[4] = plain.token
    assert child_process.command(plain, by=editor, dry_run=False) == [*start, "--", str(plain.paths[0])]


def test_crashed_child_is_reported_with_its_last_output(editor: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(child_process, "command", python("raise MemoryError('no room.')"))
    upload = store()
    outcome = child_process.process(upload, by=editor, dry_run=False)
    assert outcome.error == "The import failed: MemoryError: no room. Nothing was written."
    assert upload.outcome == outcome


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "import os; os.kill(os.getpid(), 9)",
            "The system stopped the import, probably because memory ran out. Nothing was written.",
        ),
        ("raise SystemExit(3)", "The import failed with exit status 3. Nothing was written."),
    ],
)
def test_silent_child_is_reported(editor: User, monkeypatch: pytest.MonkeyPatch, code: str, error: str):
    monkeypatch.setattr(child_process, "command", python(code))
    outcome = child_process.process(store(), by=editor, dry_run=True)
    assert outcome.error == error


def test_child_that_dies_after_the_commit_counts_as_done(editor: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(child_process, "command", python("raise SystemExit(1)"))
    upload = store()
    now = timezone.now()
    ImportRun.objects.create(
        format="sc-voting", started=now, finished=now, by_name="editor", files=[], upload=upload.token
    )
    outcome = child_process.process(upload, by=editor, dry_run=False)
    assert (outcome.error, outcome.wrote) == ("", True)


def test_slow_child_is_interrupted(editor: User, monkeypatch: pytest.MonkeyPatch):
    code = (
        "import sys, time, pathlib\n"
        "print('Another import is running; waiting until it has finished.', flush=True)\n"
        "try: time.sleep(60)\n"
        "except KeyboardInterrupt: pathlib.Path(sys.argv[1], 'taken-back').touch()"
    )
    monkeypatch.setattr(child_process, "command", python(code))
    monkeypatch.setattr(child_process, "TIME_LIMIT", 3)
    upload = store()
    outcome = child_process.process(upload, by=editor, dry_run=True)
    assert (upload.folder / "taken-back").exists()
    assert outcome.error == (
        "The import took longer than 0 minutes and was stopped. Nothing was written. Last message: "
        "“Another import is running; waiting until it has finished”. Try again when no other import is "
        "running. If that fails, ask an administrator to import the files on the server."
    )


def test_unresponsive_child_is_killed(editor: User, monkeypatch: pytest.MonkeyPatch):
    code = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)"
    monkeypatch.setattr(child_process, "command", python(code))
    monkeypatch.setattr(child_process, "TIME_LIMIT", 1)
    monkeypatch.setattr(child_process, "LAST_WORDS", 0.2)
    assert child_process.process(store(), by=editor, dry_run=True).error.startswith(
        "The import took longer than 0 minutes"
    )


def test_child_holds_the_lock_and_unpacks_within_the_upload(editor: User, monkeypatch: pytest.MonkeyPatch):
    code = (
        "import fcntl, os, pathlib, sys\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "try: fcntl.flock((folder / 'lock').open('w'), fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "except BlockingIOError: (folder / 'held').write_text(os.environ['TMPDIR'] + ' ' + os.environ['PLENARY_HOME'])"
    )
    monkeypatch.setattr(child_process, "command", python(code))
    upload = store()
    child_process.process(upload, by=editor, dry_run=True)
    assert (upload.folder / "held").read_text() == f"{upload.folder / 'unpacked'} {project.HOME}"
    with (upload.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # and it is free again


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_changed_upload_starts_no_child(editor: User, monkeypatch: pytest.MonkeyPatch, harm: str):
    monkeypatch.setattr(
        child_process, "command", python("import pathlib, sys; pathlib.Path(sys.argv[1], 'ran').touch()")
    )
    upload = store()
    if harm == "changed":
        upload.paths[0].write_bytes(b"a,b\n1,3\n")
    else:
        upload.paths[0].unlink()
    with pytest.raises(UploadError, match=r"votes\.csv has changed since it was uploaded"):
        child_process.process(upload, by=editor, dry_run=False)
    assert not (upload.folder / "ran").exists()


def test_the_web_workers_never_load_polars():
    code = (
        "import sys, django\n"
        "django.setup()\n"
        "import config.urls, votes.admin\n"
        "assert 'votes.importing.uploads.storage' in sys.modules\n"
        "print(sorted({'polars', 'votes.importing.run'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=project.BASE_DIR, env={"PATH": "", "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[]\n", "")
