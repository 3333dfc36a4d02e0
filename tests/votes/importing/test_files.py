"""Opening import files: compression, standard input, downloads, and unfit files."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tempfile
import urllib.request
import zipfile
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.response import addinfourl

import pytest

from votes.importing import files
from votes.importing.edition import UnfitFileError
from votes.importing.files import opened

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = "code,name\nCIV,Côte d’Ivoire\n"
SAVE = "Save the file as “CSV UTF-8” in a spreadsheet, or as UTF-8 in an editor, and import it again."
WEB_PAGE = (
    "this is a web page, not a CSV file: the download returned a page of the site instead of the file. "
    "Open the address in a browser, download the file itself, and import that."
)
COMMAS = "Save the file as “CSV UTF-8” with commas."


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zipped(**members: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in members.items():
            pack.writestr(name.replace("__", "."), content)
    return archive.getvalue()


def refused(*names: str, stdin: io.BytesIO | None = None) -> str:
    with pytest.raises(UnfitFileError) as error, opened(names, stdin=stdin):
        pass
    return str(error.value)


def test_plain_file_is_read_in_place(write: Callable[[str, str], str]):
    path = write("states.csv", TABLE)
    with opened([path]) as (file,):
        assert file.name == "states.csv"
        assert file.path == Path(path)
        assert file.sha256 == sha256(TABLE.encode())
        assert file.header == ("code", "name")
        assert file.lines == 2
        assert not file.blank_end


def test_a_folder_stands_for_the_csv_files_in_it(write: Callable[[str, str], str], tmp_path: Path):
    for name in ("b.csv", "a.CSV", "notes.txt", ".hidden.csv"):
        write(name, TABLE)
    with opened([str(tmp_path)]) as found:
        assert [file.name for file in found] == ["a.CSV", "b.csv"]


def test_compression_is_detected_by_content_and_not_by_name(write: Callable[[str, bytes], str]):
    packed = gzip.compress(TABLE.encode())
    archive = zipped(b__csv=TABLE, a__csv=TABLE, readme__txt="hello", **{"__MACOSX/._a__csv": "junk"})
    with opened([write("one.csv", packed), write("two", archive)]) as found:
        assert [file.name for file in found] == ["one.csv", "two/a.csv", "two/b.csv"]
        assert [file.sha256 for file in found] == [sha256(packed), sha256(archive), sha256(archive)]
        assert {file.path.read_text() for file in found} == {TABLE}
        unpacked = [file.path for file in found]
    assert not any(path.exists() for path in unpacked)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: zipped(states__csv=content.decode())])
def test_standard_input_may_be_plain_or_compressed(pack: Callable[[bytes], bytes]):
    given = pack(TABLE.encode())
    with opened(["-"], stdin=io.BytesIO(given)) as (file,):
        assert file.name.startswith("standard input")
        assert file.path.read_text() == TABLE
        assert file.sha256 == sha256(given)


def test_no_temporary_file_is_left_after_reading_or_failing(
    write: Callable[[str, bytes], str], monkeypatch, tmp_path: Path
):
    path = write("a.gz", gzip.compress(TABLE.encode()))
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(there))
    with opened([path]):
        assert len(list(there.iterdir())) == 1
    assert list(there.iterdir()) == []
    refused(path, "/nowhere/a.csv")
    assert list(there.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "header", "lines", "blank_end"),
    [
        ("\ufeffcode,name\nFRA,France", ("code", "name"), 2, False),
        ("\r\n\r\ncode,name\r\nFRA,France\r\n\r\n", ("code", "name"), 5, True),
        ('\ufeff"code","the\nname"\nFRA,France\n \n', ("code", "the\nname"), 4, True),
    ],
)
def test_headers_are_read_as_spreadsheets_write_them(
    write, content: str, header: tuple[str, ...], lines: int, blank_end: bool
):
    with opened([write("a.csv", content)]) as (file,):
        assert file.header == header
        assert (file.lines, file.blank_end) == (lines, blank_end)


# What makes a file unfit


def test_missing_files_are_refused_with_advice(tmp_path: Path):
    assert refused("/nowhere/a.csv") == "/nowhere/a.csv: there is no such file. Check the path."
    assert refused(str(tmp_path)) == (f"{tmp_path}: the folder has no .csv file. Choose a folder with .csv files.")
    assert refused("-") == "-: there is no standard input. Name a file."
    assert refused("a\0b") == "a\0b: it cannot be opened (embedded null byte). Check the path."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_read_permission_is_refused_with_advice(write: Callable[[str, str], str]):
    path = write("a.csv", TABLE)
    Path(path).chmod(0)
    assert refused(path) == f"{path}: reading it is not permitted. Check its permissions."


def test_permission_error_of_the_system_is_refused_with_advice(write: Callable[[str, str], str], monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError

    path = write("a.csv", TABLE)
    monkeypatch.setattr(Path, "open", forbidden)
    assert refused(path) == f"{path}: reading it is not permitted. Check its permissions."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.csv: the file is empty. Download it again."),
        (b"\n \n\n", "a.csv: the file is empty. Download it again."),
        (
            b"<!DOCTYPE html>\n<html>",
            f"a.csv, line 1: {WEB_PAGE}",
        ),
        (TABLE.encode("utf-16"), f"a.csv, line 1: it is saved as UTF-16. {SAVE}"),
        (
            TABLE.encode("utf-16-le"),
            f"a.csv, line 1: it contains a NUL byte, so it is not UTF-8 text. {SAVE}",
        ),
        (b"code\nFRA\nGE\0\n", f"a.csv, line 3: it contains a NUL byte, so it is not UTF-8 text. {SAVE}"),
        ("code\nCIV\nCôte\n".encode("latin-1"), f"a.csv, line 3: the byte 0xF4 is not UTF-8. {SAVE}"),
        ("code\nCIV\nTürkiye".encode()[:-6], f"a.csv, line 3: the byte 0xC3 is not UTF-8. {SAVE}"),
        (
            b"code;name\nFRA;France\n",
            f"a.csv, line 1: the cells are separated by semicolons and not by commas. {COMMAS}",
        ),
        (
            b"code\tname\n",
            f"a.csv, line 1: the cells are separated by tabs and not by commas. {COMMAS}",
        ),
        (b"code,name,code\n", "a.csv, line 1, column code: two columns have this name. Rename or remove one."),
        (
            b"code,name\rFRA,France\r",
            f"a.csv, line 1: its lines end in a carriage return, without a line feed. {SAVE}",
        ),
        (b'code,"na"me\n', "a.csv, line 1: the header cannot be read as CSV (',' expected after '\"')."),
        (b'code,"name\nFRA,France\n', "a.csv, line 1: the header cannot be read as CSV (unexpected end of data)."),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_content_that_is_not_a_table_is_refused(write, content: bytes, message: str, pack: Callable[[bytes], bytes]):
    assert refused(write("a.csv", pack(content))) == message


def test_invalid_byte_is_found_whatever_the_chunk_boundaries(write, monkeypatch):
    lines = ["Côte d’Ivoire".encode()] * 1000
    lines[700] = "Côte d’Ivoire".encode("cp1252")
    path = write("a.csv", b"\n".join([b"name", *lines]))
    for size in (1, 7, 100, 16384, 1 << 20):
        monkeypatch.setattr(files, "CHUNK", size)
        assert refused(path) == f"a.csv, line 702: the byte 0xF4 is not UTF-8. {SAVE}"
    Path(path).write_bytes(b"\n".join([b"name", *lines[:700]]))
    for size in (1, 7, 100):
        monkeypatch.setattr(files, "CHUNK", size)
        with opened([path]) as (file,):
            assert file.header == ("name",)


def test_damaged_archives_are_refused_with_advice(write: Callable[[str, bytes], str]):
    packed, archive = gzip.compress(os.urandom(5000).hex().encode()), zipped(a__csv=os.urandom(5000).hex())
    assert refused(write("a.gz", packed[:-500])) == "a.gz: the gzip file is cut short. Download it again."
    damaged = refused(write("a.gz", packed[:-8] + b"12345678"))
    assert damaged.startswith("a.gz: the gzip file is damaged (CRC check failed")
    assert damaged.endswith(". Download it again.")
    cut = "the zip archive is cut short or damaged. Download it again."
    assert refused(write("a.zip", archive[:-500])) == f"a.zip: {cut}"
    assert refused(write("a.zip", archive[:100] + b"\0" * 50 + archive[150:])) == f"a.zip/a.csv: {cut}"


def test_archives_without_a_table_are_refused_with_advice(write: Callable[[str, bytes], str]):
    assert refused(write("a.zip", zipped(sheet__xml="<x/>"))) == (
        "a.zip: the zip archive has no .csv file. If it is a spreadsheet, save it as “CSV UTF-8”."
    )
    assert refused(write("a.zip", zipped())) == (
        "a.zip: the zip archive has no .csv file. If it is a spreadsheet, save it as “CSV UTF-8”."
    )


def test_encrypted_archive_is_refused_with_advice(write: Callable[[str, bytes], str]):
    archive = bytearray(zipped(a__csv=TABLE))
    archive[6] |= 1
    archive[archive.index(b"PK\1\2") + 8] |= 1
    assert refused(write("a.zip", bytes(archive))) == (
        "a.zip/a.csv: it is encrypted. Unpack it with its password, and import the files in it."
    )


def test_files_that_unpack_beyond_the_limit_are_refused(write: Callable[[str, bytes], str], monkeypatch):
    monkeypatch.setattr(files, "LIMIT", 1024**2)
    large = "it is larger than 0.000976562 GB, the limit for a file of votes."
    bomb = b"code\n" + b"\n" * 1024**2
    assert refused(write("a.gz", gzip.compress(bomb))) == f"a.gz: {large}"
    assert refused(write("a.zip", zipped(a__csv=bomb.decode()))) == f"a.zip: {large}"
    assert refused("-", stdin=io.BytesIO(bomb)) == f"standard input: {large}"


def test_full_disk_while_unpacking_is_reported(write: Callable[[str, bytes], str], monkeypatch):
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    path, real = write("a.gz", gzip.compress(TABLE.encode())), Path.open
    monkeypatch.setattr(Path, "open", lambda self, mode: Full() if mode == "wb" else real(self, mode))
    message = refused(path)
    assert message.startswith("a.gz: it cannot be unpacked into ")
    assert message.endswith(
        " (No space left on device). Free some space, or set the variable TMPDIR to another folder."
    )


# Addresses


class Site(urllib.request.BaseHandler):
    """Answers without a network."""

    def __init__(self, pages: dict[str, tuple[int, dict[str, str], bytes]]) -> None:
        self.pages = pages

    def default_open(self, request: urllib.request.Request) -> addinfourl:
        status, headers, body = self.pages[request.full_url]
        message = Message()
        for name, value in headers.items():
            message[name] = value
        answer = addinfourl(io.BytesIO(body), message, request.full_url, status)
        answer.msg = "Reason"  # type: ignore[attr-defined]  # the reason phrase
        return answer


@pytest.fixture
def site(monkeypatch) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Return the pages that addresses give: status, headers, content."""
    pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
    build = urllib.request.build_opener
    monkeypatch.setattr(urllib.request, "build_opener", lambda *handlers: build(Site(pages), *handlers))
    return pages


def test_download_follows_redirects(site):
    packed = gzip.compress(TABLE.encode())
    site["https://un.example/a?key=1"] = (302, {"Location": "https://cdn.un.example/b.gz"}, b"")
    site["https://cdn.un.example/b.gz"] = (200, {"Content-Length": str(len(packed))}, packed)
    with opened(["https://un.example/a?key=1"]) as (file,):
        assert file.name == "https://un.example/a"
        assert file.path.read_text() == TABLE
        assert file.sha256 == sha256(packed)


def test_addresses_without_a_file_are_refused(site, monkeypatch):
    assert refused("http://un.example/a.csv") == (
        "http://un.example/a.csv: only https addresses are supported. Use one, or download the file yourself."
    )
    assert refused("ftp://un.example/a.csv").startswith("ftp://un.example/a.csv: only https addresses are supported.")
    assert refused("https:///a.csv").endswith(
        "only https addresses are supported. Use one, or download the file yourself."
    )
    site["https://un.example/away"] = (301, {"Location": "http://un.example/a.csv"}, b"")
    assert refused("https://un.example/away") == (
        "https://un.example/away: the download failed: it redirects to http://un.example/a.csv, which is "
        "not https. Try again, or download the file yourself."
    )
    site["https://un.example/gone"] = (404, {}, b"")
    assert refused("https://un.example/gone") == (
        "https://un.example/gone: the server responded 404 Reason. Check the address."
    )
    site["https://un.example/short"] = (200, {"Content-Length": "100"}, TABLE.encode())
    assert refused("https://un.example/short") == (
        f"https://un.example/short: only {len(TABLE.encode())} of 100 bytes arrived. Download it again."
    )
    site["https://un.example/page"] = (200, {}, b"\n<html>")
    assert refused("https://un.example/page") == f"https://un.example/page, line 1: {WEB_PAGE}"

    def lost(*_: object, **__: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(Site, "default_open", lost)
    assert refused("https://un.example/a") == (
        "https://un.example/a: the download failed: timed out. Try again, or download the file yourself."
    )
