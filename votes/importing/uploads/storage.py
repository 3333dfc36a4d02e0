"""Uploaded files between their check and their import, and the child process that does both.

An upload is a folder below the installation's home, named by a random token::

    uploads/TOKEN/upload.json      what was uploaded, by whom, and how it is to be read
    uploads/TOKEN/outcome.json     what the last check or import came to
    uploads/TOKEN/files/1/NAME     the files, byte for byte
    uploads/TOKEN/unpacked/        where the child process unpacks them
    uploads/TOKEN/lock             held while one is checked or imported

Nothing here imports Polars: this module is loaded by the web workers, and reading is done by the child alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT = 1024**3
"""Bytes of one upload; the largest official file is a quarter of it, and a gzip file is much smaller."""

RETENTION = timedelta(hours=24)
"""How long an upload waits for its import."""

TOKEN = re.compile(r"[0-9a-f]{32}")
NAME_BYTES = 120


class UploadError(Exception):
    """An upload cannot be stored, checked or imported; the message is for the person who uploaded it."""


@dataclass(frozen=True)
class StoredFile:
    """A file of an upload."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Outcome:
    """The outcome of checking or importing an upload."""

    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    """Another for every check, so that only what was seen is confirmed."""
    error: str = ""
    """Why it was not done; nothing was written then."""
    unfit: bool = False
    """Whether the error is about the files."""
    notes: list[str] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)
    """The first findings about rows: ``kind`` and ``details`` of each."""
    open_findings: int = 0
    """How many findings the record has afterwards that nobody has acknowledged."""
    wrote: bool = False
    """Whether anything in the record changes."""


@dataclass(frozen=True)
class Upload:
    """Files that wait for their import."""

    token: str
    by: str
    stored: datetime
    files: tuple[StoredFile, ...]
    file_format: str = ""
    """A value of ``Format``; empty: each file is recognised by its header."""
    allow_removals: bool = False

    @property
    def folder(self) -> Path:
        return _home() / self.token

    @property
    def paths(self) -> list[Path]:
        return [self.folder / "files" / str(number) / file.name for number, file in enumerate(self.files, 1)]

    @property
    def until(self) -> datetime:
        """Return when it will be removed if it has not been imported."""
        return self.stored + RETENTION

    @property
    def outcome(self) -> Outcome | None:
        """Return what the last check or import came to; None before the first."""
        try:
            return Outcome(**json.loads((self.folder / "outcome.json").read_text()))
        except FileNotFoundError:
            return None

    def conclude(self, outcome: Outcome) -> Outcome:
        """Keep what a check or an import came to, and return it."""
        _write(self.folder / "outcome.json", asdict(outcome))
        return outcome

    def read_as(self, *, file_format: str, allow_removals: bool) -> Upload:
        """Return the upload, to be read in another way from now on; what was concluded before is void.

        Raises UploadError if it is being checked or imported.
        """
        upload = replace(self, file_format=file_format, allow_removals=allow_removals)
        with self.claimed():
            (self.folder / "outcome.json").unlink(missing_ok=True)
            upload.save()
        return upload

    def save(self) -> None:
        """Write down what was uploaded; from then on ``find`` knows it."""
        _write(self.folder / "upload.json", {**asdict(self), "stored": self.stored.isoformat()})

    def check_bytes(self) -> None:
        """Raise UploadError unless the files are those that were uploaded, byte for byte."""
        for file, path in zip(self.files, self.paths, strict=True):
            try:
                with path.open("rb") as content:
                    digest = hashlib.file_digest(content, "sha256").hexdigest()
            except OSError:
                digest = ""
            if digest != file.sha256:
                raise UploadError(
                    _("%(name)s has changed since it was uploaded. Discard the upload, and upload it again.")
                    % {"name": file.name}
                )

    @contextlib.contextmanager
    def claimed(self) -> Iterator[int]:
        """Keep others from checking, importing or removing the upload meanwhile; yield the descriptor of its lock.

        A child process that inherits the descriptor holds the lock until it ends, whatever becomes of this one.
        Raises UploadError if someone else holds it, or if the upload is gone.
        """
        try:
            lock = (self.folder / "lock").open("w")
        except FileNotFoundError:
            raise UploadError(_("The uploaded files were deleted. Upload them again.")) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadError(
                    _("This upload is being checked or imported right now. Wait a moment, then reload the page.")
                ) from None
            yield lock.fileno()

    def discard(self) -> None:
        """Remove the files; raise UploadError if they are being imported."""
        with self.claimed():
            self.remove()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class Receiver:
    """Takes an upload as it arrives, a chunk at a time, onto the disk."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(16)
        self.folder = _home() / self.token
        self.files: list[StoredFile] = []
        self.size = 0
        self._file: BinaryIO | None = None

    def begin(self, name: str) -> None:
        self._name, self._digest, self._began = safe_name(name), hashlib.sha256(), self.size
        self._explained(self._open)

    def write(self, chunk: bytes) -> None:
        """Take the next bytes of the file; raise UploadError if they are too many, or find no room."""
        self.size += len(chunk)
        if self.size > LIMIT:
            raise UploadError(too_large())
        self._digest.update(chunk)
        assert self._file
        self._explained(partial(self._file.write, chunk))

    def end(self) -> StoredFile:
        assert self._file
        self._explained(self._file.close)
        stored = StoredFile(self._name, self._digest.hexdigest(), self.size - self._began)
        self.files.append(stored)
        return stored

    def keep(self, *, by: str, file_format: str = "", allow_removals: bool = False) -> Upload:
        """Keep what has arrived until it is imported, or for a day."""
        upload = Upload(self.token, by, timezone.now(), tuple(self.files), file_format, allow_removals)
        upload.save()
        return upload

    def abandon(self) -> None:
        """Remove what has arrived, if it is not to be kept."""
        if self._file:
            with contextlib.suppress(OSError):
                self._file.close()
        if not (self.folder / "upload.json").exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def _open(self) -> None:
        """Open the file that begins; only who runs the site may read it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.folder / "files" / str(len(self.files) + 1)
        folder.mkdir(parents=True)
        self._file = (folder / self._name).open("wb")

    @staticmethod
    def _explained(step: Callable[[], object]) -> None:
        """Take a step on the disk; raise UploadError where the disk refuses."""
        try:
            step()
        except OSError as error:
            raise UploadError(
                _("The upload could not be stored (%(why)s). Contact the site’s administrator.")
                % {"why": error.strerror}
            ) from None


def find(token: str) -> Upload | None:
    """Return the upload called ``token``; None where there is none any more, or never was."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        stored = json.loads((_home() / token / "upload.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    stored["files"] = tuple(StoredFile(**file) for file in stored["files"])
    upload = Upload(**{**stored, "stored": datetime.fromisoformat(stored["stored"])})
    return upload if timezone.now() < upload.until else None


def waiting() -> list[Upload]:
    """Return the uploads that wait for their import, the latest first."""
    home = _home()
    found = [find(path.name) for path in home.iterdir()] if home.is_dir() else []
    return sorted(filter(None, found), key=lambda upload: upload.stored, reverse=True)


def remove_expired() -> None:
    """Remove the uploads that nobody has imported in time, and what is left of those that broke off."""
    home = _home()
    oldest = (timezone.now() - RETENTION).timestamp()
    for folder in home.iterdir() if home.is_dir() else ():
        with contextlib.suppress(FileNotFoundError, UploadError):
            if TOKEN.fullmatch(folder.name) and not find(folder.name) and folder.stat().st_mtime < oldest:
                Upload(folder.name, "", timezone.now(), ()).discard()


def safe_name(name: str) -> str:
    """Return the name of an uploaded file as it is kept: no folders, nothing that a file system may not like."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^\w.\- ()]", "_", last).lstrip(". -").rstrip(". ")
    while len(plain.encode()) > NAME_BYTES:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[:-1]}{dot}{ending}" if len(ending) < 10 and stem else plain[:-1]
    return plain or "file"


def too_large() -> str:
    """Return what to tell someone whose upload is larger than the limit."""
    return _(
        "The upload is larger than the limit of %(limit)s GB. Upload the official file unchanged, "
        "compressed with gzip if necessary."
    ) % {"limit": f"{LIMIT / 1024**3:g}"}


def _home() -> Path:
    return Path(settings.HOME) / "uploads"


def _write(path: Path, content: dict[str, Any]) -> None:
    new = path.with_suffix(f".{secrets.token_hex(4)}")
    new.write_text(json.dumps(content, ensure_ascii=False))
    new.replace(path)
