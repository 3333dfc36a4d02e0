"""The data page, the codebook and the files of the whole record."""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import io
import threading
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_resolution, make_roll_call
from tests.web.records import Maker, get, one, table, text, texts
from votes.exporting import downloads, package
from votes.exporting.codebook import CODES
from votes.exporting.package import current_version, export_record, names
from votes.exporting.tables import TABLES
from votes.models import ImportRun, RollCall, Source

pytestmark = pytest.mark.usefixtures("record", "home", "no_parquet")

START = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """Give the installation a folder of its own."""
    settings.HOME = tmp_path
    return tmp_path / "downloads"


@pytest.fixture
def no_parquet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Parquet out: each file takes a program of its own."""
    monkeypatch.setattr(package, "write_parquet", lambda _table, _source, target: target.write_bytes(b"PAR1"))


def content(address: str) -> bytes:
    """Return what an address sends."""
    response = Client().get(address)
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a file is streamed


def make_run(**values: object) -> ImportRun:
    """Return an import."""
    source = Source.objects.get(slug="un-digital-library")
    files = [{"name": "ga.csv", "sha256": "ab" * 32, "rows": 773563}]
    figures = {"rows": 773563, "rejected": 7, "added": 4547, "changed": 3, "unchanged": 17, "findings": 5}
    said = {"format": "ga-voting", "source": source, "started": START, "finished": START, "by_name": "Secretname"}
    return ImportRun.objects.create(**{**said, **figures, "files": files, **values})


class TestThePage:
    """What the page says."""

    def test_page_states_data_version_and_extent(self):
        version = current_version()
        assert version.changed

        facts = texts(get("/data/"), "main > dl.facts:first-of-type dd")

        assert facts[0] == (
            f"{version.number}, last changed on {version.changed.day} {version.changed:%B %Y} "
            f"at {version.changed:%H:%M} UTC"
        )
        assert facts[1] == "22, with 3 638 votes of member states, from October 1971 to February 2025"

    def test_coverage_is_shown_by_body_and_session(self, maker: Maker):
        maker.roll_call("a-motion", "USA:Y FRA:N", session=None, date=datetime.date(1946, 1, 4))
        page = get("/data/")

        assert table(page, "main > .scroll table.coverage") == [
            ["General Assembly", "21", "3 610", "4 January 1946", "24 February 2025"],
            ["Security Council", "2", "30", "25 February 2022", "24 February 2025"],
        ]
        (fold,) = (part for part in page.select("details.sessions") if "by session" in text(one(part, "summary")))
        assert text(one(fold, "summary")) == "General Assembly by session (16)"
        lines = table(fold, "table")
        day = "25 October 1971"
        assert lines[0] == ["Twenty-sixth session", "1", "131", day, day, "Thin"]
        assert lines[-1] == [
            "Eleventh emergency special session", "3", "579", "2 March 2022", "24 February 2025", "Thin",
        ]  # fmt: skip
        # The slow twin: each session's roll calls, one by one.
        for name, roll_calls, votes, first, last, _held in lines:
            held = list(RollCall.objects.filter(session__name=name).order_by("date"))
            assert roll_calls == str(len(held))
            assert votes == f"{sum(roll_call.votes.count() for roll_call in held):,}"
            assert (first, last) == tuple(f"{held[end].date.day} {held[end].date:%B %Y}" for end in (0, -1))
        assert "Most texts are adopted without a vote; few of these are in the record" in text(page)

    def test_drafts_do_not_change_the_coverage(self, maker: Maker):
        before = get("/data/")
        maker.roll_call("draft", "USA:Y FRA:N", status="draft")

        assert table(get("/data/"), "main > .scroll table.coverage") == table(before, "main > .scroll table.coverage")

    def test_sources_have_terms_and_counts(self):
        assert [[cells[0].partition(" ")[0], *cells[1:]] for cells in table(get("/data/"), "table.sources")] == [
            ["United", Source.objects.get(slug="un-digital-library").licence, "0"],
            ["United", "CC0 1.0", "0"],
            ["Landmark", "Facts; no rights claimed", "22"],
        ]
        # Those that no vote is from, and that cannot be looked up, are left out; every other one is named.
        RollCall.objects.update(source=Source.objects.get(slug="sciences-po"))
        page = get("/data/")
        assert [cells[0].split(" ")[0] for cells in table(page, "table.sources")] == ["United", "Security", "United"]
        assert "Sciences Po’s table of the Security Council, by B. Martin" in text(page)

    def test_citation_names_version_and_address(self):
        version = current_version()
        page = get("/data/")

        assert text(one(page, "p.cite")) == (
            "The Plenary authors. Plenary: the open record of how the world votes. "
            f"Data version {version.number} of {version.changed:%Y-%m-%d}. http://testserver/data/"
        )
        assert one(page, "pre").get_text().startswith(f"@misc{{plenary{version.number},\n  author = ")

    def test_imports_are_listed_without_user_names(self):
        make_run()
        make_run(state="checked", files=[{"name": "dry.csv", "sha256": "cd" * 32, "rows": 1}])
        for number in range(10):
            make_run(started=START + datetime.timedelta(days=number + 1), files=[], rows=number, rejected=number)
        ImportRun.objects.filter(rows=0).delete()
        page = get("/data/")
        items = page.select("li.import")

        assert len(items) == 10
        assert texts(items[-1], "h3") == ["UN Digital Library: General Assembly voting 1 July 2026"]
        assert texts(items[-1], "p") == [
            (
                "773 563 rows read, 7 skipped. Recorded votes: 4 547 added, 3 changed, 17 unchanged, 0 removed. "
                "5 data problems found."
            )
        ]
        assert texts(items[-1], "li") == [f"ga.csv SHA-256 {'ab' * 32}"]
        assert texts(items[0], "p") == [
            (
                "9 rows read, 9 skipped. Recorded votes: 4 547 added, 3 changed, 17 unchanged, 0 removed. "
                "5 data problems found."
            )
        ]
        assert "Secretname" not in str(page)
        assert "dry.csv" not in str(page)

    def test_page_links_to_every_file_and_the_data_pages(self):
        page = get("/data/")
        links = {str(link["href"]) for link in page.select("main a[href]")}

        assert {f"/data/{name}" for name in names() if name != "README.md"} | {"/data/plenary.zip"} <= links
        assert {"/data/quality/", "/data/codebook/"} <= links
        assert text(one(page, "nav a[aria-current]")) == "Data"

    def test_empty_record_is_explained(self, home: Path):
        RollCall.objects.all().delete()
        page = get("/data/")

        assert texts(page, "main > dl.facts:first-of-type dd")[1] == "0"
        assert texts(page, ".empty") == ["There is no recorded vote on record yet.", "Nothing has been imported yet."]

    def test_query_count_does_not_grow_with_the_record(
        self, maker: Maker, django_assert_num_queries: DjangoAssertNumQueries
    ):
        client = Client()
        with django_assert_num_queries(6):
            client.get("/data/")
        maker.many(range(1, 45))
        make_run()
        downloads.made()
        with django_assert_num_queries(6):
            client.get("/data/")
        with django_assert_num_queries(0):
            client.get("/data/codebook/")


class TestThePackage:
    """Files of the whole record, made when somebody asks for one."""

    def test_viewing_the_page_does_not_build_the_package(self, home: Path):
        page = get("/data/")

        assert not home.exists()
        assert "The first download of the archive" in text(page)
        assert "Rows" not in texts(page, "table.downloads thead th")
        # No size is claimed of what has not been made.
        assert [cells[1:] for cells in table(page, "table.downloads")][2] == [
            "votes.csv, CSV",
            "votes.parquet, Parquet",
        ]

    def test_rows_and_sizes_are_shown_once_the_package_is_built(self, home: Path):
        content("/data/SHA256SUMS")
        page = get("/data/")
        made = downloads.offered()
        assert made

        assert "The first download of the archive" not in text(page)
        lines = {cells[0].split()[0]: cells[1:] for cells in table(page, "table.downloads")}
        assert list(lines)[:3] == ["resolutions", "roll-calls", "votes"]
        assert set(lines) == set(TABLES)
        assert lines["votes"] == ["3 638", "votes.csv, CSV 191.8 KB", "votes.parquet, Parquet 4 bytes"]
        assert lines["states"][0] == "202"
        assert "Everything in one archive (" in text(one(page, "a.button"))

    def test_every_file_equals_that_of_an_export(self, tmp_path: Path, maker: Maker):
        maker.many(range(1, 6))
        folder = export_record(tmp_path / "export").folder
        streamed = {f"{table}.csv": content(f"/data/{table}.csv") for table in TABLES}

        sent = {name: content(f"/data/{name}") for name in names()}

        assert sent == {path.name: path.read_bytes() for path in folder.iterdir()}
        assert {name: sent[name] for name in streamed} == streamed
        for line in sent["SHA256SUMS"].decode().splitlines():
            digest, name = line.split()
            assert hashlib.sha256(sent[name]).hexdigest() == digest

    def test_archive_contains_every_file(self):
        with zipfile.ZipFile(io.BytesIO(content("/data/plenary.zip"))) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == sorted(names())
            assert archive.read("votes.csv") == content("/data/votes.csv")
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("votes.csv", "text/csv; charset=utf-8; header=present"),
            ("votes.parquet", "application/vnd.apache.parquet"),
            ("datapackage.json", "application/json"),
            ("CODEBOOK.md", "text/markdown; charset=utf-8"),
            ("SHA256SUMS", "text/plain; charset=utf-8"),
            ("plenary.zip", "application/zip"),
        ],
    )
    @pytest.mark.parametrize("is_made", [False, True])
    def test_files_have_type_name_and_cache_headers(self, name: str, kind: str, is_made: bool):
        if is_made:
            downloads.made()
        first = Client().get(f"/data/{name}")
        body = b"".join(first.streaming_content)  # type: ignore[attr-defined]
        head = Client().head(f"/data/{name}")

        assert first.headers["Content-Type"] == kind
        assert first.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert not first.cookies
        assert head.getvalue() == b""
        assert head.headers["Content-Type"] == kind
        again = Client().get(f"/data/{name}", headers={"If-None-Match": head.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        if is_made:
            assert first.headers["Content-Length"] == head.headers["Content-Length"] == str(len(body))
            assert first.headers["ETag"] == head.headers["ETag"]

    @pytest.mark.parametrize(
        "name", ["nothing.csv", "votes.txt", "secret-key", "..%2Fsecret-key", "Votes.csv", ".lock"]
    )
    def test_unknown_file_names_are_a_404_and_build_nothing(self, name: str, home: Path):
        assert Client().get(f"/data/{name}").status_code == 404
        assert not home.exists()

    def test_post_is_a_405(self):
        assert Client().post("/data/votes.csv").status_code == 405

    def test_package_is_rebuilt_for_another_release(self, home: Path, monkeypatch: pytest.MonkeyPatch):
        one = downloads.made()
        assert downloads.made() == one
        monkeypatch.setattr(downloads, "_release", lambda: "deadbeef")

        assert downloads.offered() is None
        two = downloads.made()

        assert two.folder != one.folder
        assert not one.folder.exists()
        assert [path.name for path in home.iterdir() if path.is_dir()] == [two.folder.name]

    def test_leftovers_of_a_killed_process_are_removed(self, home: Path):
        (home / ".new-x1").mkdir(parents=True)
        (home / "new").mkdir()
        (home / "new" / "votes.csv").write_text("half")
        (home / "1-old").mkdir()

        made = downloads.made()

        assert [path.name for path in home.iterdir() if path.is_dir()] == [made.folder.name]

    def test_request_during_a_long_build_is_a_503_and_csv_still_works(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(downloads, "PATIENCE", 0.2)
        home.mkdir()
        with (home / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            busy = Client().get("/data/votes.parquet")
            csv = content("/data/votes.csv")

        assert busy.status_code == 503
        assert busy.headers["Retry-After"] == "10"
        assert busy.json()["detail"] == "The files of this data version are being made. Try again in ten seconds."
        assert csv.count(b"\n") == 3639
        assert content("/data/votes.parquet") == b"PAR1"

    def test_too_many_waiting_requests_are_a_503(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(downloads, "_places", threading.BoundedSemaphore(1))
        downloads._places.acquire()

        assert Client().get("/data/SHA256SUMS").status_code == 503

    def test_package_file_that_disappears_is_a_503(self, monkeypatch: pytest.MonkeyPatch):
        made = downloads.made()
        (made.folder / "votes.csv").unlink()

        assert Client().get("/data/votes.csv").status_code == 503


def test_codebook_page_describes_every_table_and_column():
    page = get("/data/codebook/")

    assert texts(page, "main h2") == list(TABLES)
    for entry, section in zip(TABLES.values(), page.select("main section"), strict=True):
        assert texts(section, "tbody > tr > th") == [column.name for column in entry.columns]
        assert text(section.select("p")[0]) == " ".join(entry.description.replace("`", "").split())
    assert "`" not in text(page)


def test_codebook_page_lists_every_code():
    page = get("/data/codebook/")

    for name, codes in CODES.items():
        of, _, column = name.partition(".")
        section = one(page, f"section[aria-labelledby='{of}']")
        (row,) = (row for row in section.select("tbody > tr") if text(row.select("th")[0]) == column)
        assert texts(row, "li") == [f"{code} {label}" for code, label in codes.items()]


def test_drafts_are_in_no_file():
    text_of_draft = make_resolution("A/RES/99/777", title="Secretquux")
    make_roll_call("secretquux", resolution=text_of_draft, title="Secretquux", votes={"USA": "Y"})

    for name in names():
        assert b"ecretquux" not in content(f"/data/{name}"), name
