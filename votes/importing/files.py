"""Opening the files of an import from any origin, as plain files on disk that are checked to be UTF-8.

A name is a path, a folder of CSV files, a gzip or zip archive, ``-`` for standard input or an https address.
What is compressed or comes from elsewhere is written to a temporary folder; nothing is held in memory whole.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import hashlib
import tempfile
import urllib.error
import urllib.request
import uuid
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol
from urllib.parse import urlsplit

from votes.importing.edition import UnfitFileError
from votes.importing.records import BYTE_ORDER_MARK, cells, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader

LIMIT = 4 * 1024**3
"""No file may be larger than this when unpacked; the whole record is a sixteenth of it."""

TIMEOUT = 60
"""Seconds that a server may stay silent."""

CHUNK = 256 * 1024
"""Bytes read at a time; checking is fastest while they stay in the processor's cache."""

GZIP, ZIPS = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

SAVE_AS_UTF_8 = "Save the file as “CSV UTF-8” in a spreadsheet, or as UTF-8 in an editor, and import it again."
DOWNLOAD_AGAIN = "Download it again."


@dataclass(frozen=True)
class OpenFile:
    """A file that can be read: text in UTF-8, with a header of distinct column names."""

    name: str
    """As shown to people: without its folder, a member of an archive as ``archive.zip/member.csv``."""
    path: Path
    """Where it is on disk, decompressed."""
    sha256: str
    """Of the file as it was given, in hexadecimal; of the archive for a member of one."""
    header: tuple[str, ...]
    """The column names as they stand in the file."""
    lines: int = 0
    """How many lines it has, 0 where that was not counted."""
    blank_end: bool = False
    """Whether blank lines follow the last row."""


@contextlib.contextmanager
def opened(names: Sequence[str], *, stdin: BinaryIO | None = None) -> Iterator[list[OpenFile]]:
    """Yield the files that ``names`` stand for; what was unpacked for them is removed at the end.

    Raises UnfitFileError, with the file and where it applies the line, for the first that cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="plenary-import-") as folder:
        yield [file for name in names for file in _files(name, Path(folder), stdin)]


class _Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most ``size``, and none at the end."""
        ...


def _new(folder: Path) -> Path:
    return folder / uuid.uuid4().hex


def _files(name: str, folder: Path, stdin: BinaryIO | None) -> Iterator[OpenFile]:
    if name == "-":
        if stdin is None:
            raise UnfitFileError("there is no standard input. Name a file.", file=name)
        path = _new(folder)
        _copy(stdin, path, "standard input")
        yield from _unpacked(path, "standard input", folder)
    elif "://" in name:
        path = _new(folder)
        yield from _unpacked(path, _download(name, path), folder)
    else:
        for path in _paths(name):
            yield from _unpacked(path, path.name, folder)


def _paths(name: str) -> list[Path]:
    """Return the files on disk that a path stands for: itself, or the CSV files of a folder."""
    path = Path(name)
    try:
        if not path.is_dir():
            path.open("rb").close()
            return [path]
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv" and not p.name.startswith("."))
    except FileNotFoundError:
        raise UnfitFileError("there is no such file. Check the path.", file=name) from None
    except PermissionError:
        raise UnfitFileError("reading it is not permitted. Check its permissions.", file=name) from None
    except (OSError, ValueError) as error:
        raise UnfitFileError(f"it cannot be opened ({error}). Check the path.", file=name) from None
    if not inside:
        raise UnfitFileError("the folder has no .csv file. Choose a folder with .csv files.", file=name)
    return inside


# Archives. They are known by their first bytes, so that a wrong or missing extension does no harm.


def _unpacked(path: Path, name: str, folder: Path) -> Iterator[OpenFile]:
    try:
        with path.open("rb") as given:
            start = given.read(4)
            given.seek(0)
            if start.startswith(GZIP):
                yield _gunzipped(given, name, folder)
            elif start in ZIPS:
                yield from _unzipped(given, name, folder)
            else:
                content = _Content(name, path)
                with ThreadPoolExecutor(1) as meanwhile:
                    digest = meanwhile.submit(_sha256, path)
                    while chunk := given.read(CHUNK):
                        content.check(chunk)
                yield content.file(digest.result())
    except PermissionError:
        raise UnfitFileError("reading it is not permitted. Check its permissions.", file=name) from None


def _sha256(path: Path) -> str:
    with path.open("rb") as given:
        return hashlib.file_digest(given, "sha256").hexdigest()


def _gunzipped(given: BufferedReader, name: str, folder: Path) -> OpenFile:
    digest = hashlib.file_digest(given, "sha256").hexdigest()
    given.seek(0)
    content = _Content(name, _new(folder))
    try:
        with gzip.open(given) as inside:
            _copy(inside, content.path, name, content)
    except EOFError:
        raise UnfitFileError(f"the gzip file is cut short. {DOWNLOAD_AGAIN}", file=name) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnfitFileError(f"the gzip file is damaged ({error}). {DOWNLOAD_AGAIN}", file=name) from None
    return content.file(digest)


def _unzipped(given: BufferedReader, name: str, folder: Path) -> Iterator[OpenFile]:
    digest = hashlib.file_digest(given, "sha256").hexdigest()
    try:
        archive = zipfile.ZipFile(given)
    except zipfile.BadZipFile:
        raise UnfitFileError(f"the zip archive is cut short or damaged. {DOWNLOAD_AGAIN}", file=name) from None
    members = sorted((m for m in archive.infolist() if _is_table(m.filename)), key=lambda m: m.filename)
    if not members:
        raise UnfitFileError(
            "the zip archive has no .csv file. If it is a spreadsheet, save it as “CSV UTF-8”.", file=name
        )
    if sum(member.file_size for member in members) > LIMIT:
        raise _too_large(name)
    for member in members:
        yield _member(archive, member, name, folder, digest)


def _is_table(name: str) -> bool:
    """Tell whether a member of an archive is a table, and not a system's file of the same name beside it."""
    return name.lower().endswith(".csv") and not name.startswith("__MACOSX/") and not Path(name).name.startswith(".")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, folder: Path, digest: str) -> OpenFile:
    name = f"{name}/{member.filename}"
    if member.flag_bits & 1:
        raise UnfitFileError("it is encrypted. Unpack it with its password, and import the files in it.", file=name)
    content = _Content(name, _new(folder))
    try:
        with archive.open(member) as inside:
            _copy(inside, content.path, name, content)
    except (EOFError, zipfile.BadZipFile, zlib.error):
        raise UnfitFileError(f"the zip archive is cut short or damaged. {DOWNLOAD_AGAIN}", file=name) from None
    except NotImplementedError as error:
        raise UnfitFileError(f"its compression is not supported ({error}). Unpack it first.", file=name) from None
    return content.file(digest)


def _copy(source: _Readable, path: Path, name: str, content: _Content | None = None) -> int:
    """Write ``source`` to ``path``, checking it as ``content`` on the way; return the number of bytes."""
    size = 0
    with path.open("wb") as target:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > LIMIT:
                raise _too_large(name)
            try:
                target.write(chunk)
                target.flush()
            except OSError as error:
                raise UnfitFileError(
                    f"it cannot be unpacked into {path.parent} ({error.strerror}). "
                    "Free some space, or set the variable TMPDIR to another folder.",
                    file=name,
                ) from None
            if content:
                content.check(chunk)
    return size


def _too_large(name: str) -> UnfitFileError:
    return UnfitFileError(f"it is larger than {LIMIT / 1024**3:g} GB, the limit for a file of votes.", file=name)


# Addresses


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to another https address."""

    def redirect_request(self, *args: Any) -> urllib.request.Request | None:
        """Refuse an address of another scheme."""
        address: str = args[-1]
        if urlsplit(address).scheme != "https":
            raise urllib.error.URLError(f"it redirects to {address}, which is not https")
        return super().redirect_request(*args)


def _download(address: str, path: Path) -> str:
    """Write what is at an https address to ``path``; return the address as it may be shown."""
    parts = urlsplit(address)
    name = f"{parts.scheme}://{parts.hostname}{parts.path}"
    if parts.scheme != "https" or not parts.hostname:
        raise UnfitFileError("only https addresses are supported. Use one, or download the file yourself.", file=name)
    request = urllib.request.Request(address, headers={"User-Agent": "Plenary"})  # noqa: S310  # https by the above
    try:
        with _opener().open(request, timeout=TIMEOUT) as answer:
            size = _copy(answer, path, name)
            announced = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        raise UnfitFileError(
            f"the server responded {error.code} {error.reason}. Check the address.", file=name
        ) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise UnfitFileError(
            f"the download failed: {reason}. Try again, or download the file yourself.", file=name
        ) from None
    if announced is not None and size != int(announced):
        raise UnfitFileError(f"only {size} of {announced} bytes arrived. {DOWNLOAD_AGAIN}", file=name)
    return name


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_HttpsOnly)


# Content


class _Content:
    """Checks, chunk by chunk, that a file is text in UTF-8."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._start = self._end = b""
        self._size = self._line_ends = 0

    def check(self, chunk: bytes) -> None:
        """Raise UnfitFileError if the next ``chunk`` of the file, which is on disk by now, is not text."""
        if not self._size:
            self._start = chunk
            self._check_start()
        if (place := chunk.find(b"\0")) >= 0:
            raise self._unfit(f"it contains a NUL byte, so it is not UTF-8 text. {SAVE_AS_UTF_8}", self._size + place)
        pending = len(self._decoder.getstate()[0])
        if pending or not chunk.isascii():
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise self._not_utf_8(error, self._size - pending) from None
        self._size += len(chunk)
        self._line_ends += chunk.count(b"\n")
        self._end = chunk[-4096:] if len(chunk) >= 4096 else (self._end + chunk)[-4096:]

    def file(self, sha256: str) -> OpenFile:
        """Return the file, all of which has been checked; raise UnfitFileError if it ends badly or has no header."""
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise self._not_utf_8(error, self._size - len(error.object)) from None
        last_line = self._end.removesuffix(b"\n").rpartition(b"\n")[2]
        return OpenFile(
            name=self.name,
            path=self.path,
            sha256=sha256,
            header=self._header(),
            lines=self._line_ends + (not self._end.endswith(b"\n")),
            blank_end=not last_line.strip(),
        )

    def _check_start(self) -> None:
        if self._start.startswith(UTF_16):
            raise UnfitFileError(f"it is saved as UTF-16. {SAVE_AS_UTF_8}", file=self.name, line=1)
        if self._start.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"<"):
            raise UnfitFileError(
                "this is a web page, not a CSV file: the download returned a page of the site instead of "
                "the file. Open the address in a browser, download the file itself, and import that.",
                file=self.name,
                line=1,
            )

    def _header(self) -> tuple[str, ...]:
        """Return the column names; raise UnfitFileError if there are none, or one twice."""
        _line, record = next(records(self.path), (1, b""))
        if not record:
            raise UnfitFileError(f"the file is empty. {DOWNLOAD_AGAIN}", file=self.name)
        try:
            header = tuple(cells(record))
        except csv.Error as error:
            if b"\r" in record and b"\n" not in record:
                raise UnfitFileError(
                    f"its lines end in a carriage return, without a line feed. {SAVE_AS_UTF_8}", file=self.name, line=1
                ) from None
            raise UnfitFileError(f"the header cannot be read as CSV ({error}).", file=self.name, line=1) from None
        for separator, word in (";", "semicolons"), ("\t", "tabs"):
            if len(header) == 1 and separator in header[0]:
                raise UnfitFileError(
                    f"the cells are separated by {word} and not by commas. Save the file as “CSV UTF-8” with commas.",
                    file=self.name,
                    line=1,
                )
        for name in header:
            if header.count(name) > 1:
                raise UnfitFileError(
                    "two columns have this name. Rename or remove one.", file=self.name, line=1, column=name
                )
        return header

    def _not_utf_8(self, error: UnicodeDecodeError, offset: int) -> UnfitFileError:
        """Return the error of bytes that are not UTF-8, found in what begins at ``offset``."""
        byte = error.object[error.start]
        return self._unfit(f"the byte 0x{byte:02X} is not UTF-8. {SAVE_AS_UTF_8}", offset + error.start)

    def _unfit(self, message: str, offset: int) -> UnfitFileError:
        line, left = 1, offset
        with self.path.open("rb") as file:
            while left and (chunk := file.read(min(left, CHUNK))):
                line += chunk.count(b"\n")
                left -= len(chunk)
        return UnfitFileError(message, file=self.name, line=line)
