"""Imports concurrent with other imports, editors and readers, and without the database."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from tests.votes.importing.editions import FIRST, SECOND, Stated, contents, fingerprint, ga_file, imported, voeten_files
from tests.waiting import PATIENCE
from votes.importing.run import ImportRefusedError, Report
from votes.models import ImportRun, RollCall, Vote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

NEWER = replace(FIRST, date="2024-12-03", votes="CHNY FRAY GBRY RUSN USAA", totals=(3, 1, 1, 0))
CHANGE = """
UPDATE votes_vote SET choice = %s
WHERE roll_call_id = (SELECT id FROM votes_rollcall WHERE slug = 'a-res-79-1')
    AND state_id = (SELECT id FROM votes_memberstate WHERE code = %s)
"""
REMOVE = """
DELETE FROM votes_vote
WHERE roll_call_id = (SELECT id FROM votes_rollcall WHERE slug = 'a-res-79-1')
    AND state_id = (SELECT id FROM votes_memberstate WHERE code = %s)
"""
NOTE = "UPDATE votes_rollcall SET note = 'By hand' WHERE slug = %s"
SECOND_SLUG = "a-res-79-2"
LIMIT = f"SET statement_timeout = '{PATIENCE}s'; SET lock_timeout = '{PATIENCE}s'"


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters, autocommit=True) as somebody:
        somebody.execute(LIMIT)
        yield somebody


def at(line: str, act: Callable[[], object]) -> Callable[[str], None]:
    """Return what an import tells its steps to, and that acts when it hears of one that begins with ``line``."""
    heard: list[str] = []

    def say(said: str) -> None:
        if said.startswith(line) and not heard:
            heard.append(said)
            act()

    return say


class Background:
    """An import in a thread."""

    def __init__(self, *names: str, **options: Any) -> None:
        self.said: list[str] = []
        self.waits = threading.Event()
        self.result: Report | BaseException | None = None
        self.thread = threading.Thread(target=self._work, args=names, kwargs=options)
        self.thread.start()

    def _work(self, *names: str, **options: Any) -> None:
        try:
            self.result = imported(*names, say=self._say, **options)
        except BaseException as error:  # noqa: BLE001
            self.result = error
        finally:
            connections.close_all()

    def _say(self, line: str) -> None:
        self.said.append(line)
        if "waiting" in line:
            self.waits.set()

    def end(self) -> Report:
        """Wait for its end; return its report."""
        self.thread.join(timeout=PATIENCE)
        assert isinstance(self.result, Report), self.result
        return self.result


class TestTwoImports:
    """The second waits, and sees what the first has left."""

    def test_same_file_imported_twice_at_once_is_written_once(self, tmp_path: Path):
        name = ga_file(tmp_path / "ga.csv", FIRST, SECOND)
        second: list[Background] = []

        def start() -> None:
            second.append(Background(name))
            assert second[0].waits.wait(timeout=PATIENCE)

        first = imported(name, say=at("Comparing", start))
        report = second[0].end()

        assert (first.runs[0].added, first.runs[0].unchanged) == (2, 0)
        assert (report.runs[0].added, report.runs[0].unchanged, report.wrote) == (0, 2, False)
        assert second[0].said == [
            "Another import is running; waiting until it has finished.",
            "Reading ga.csv",
            "Comparing 2 roll calls and 8 votes with the record",
        ]
        assert ImportRun.objects.count() == 2

    def test_two_files_imported_at_once_are_both_written(self, tmp_path: Path):
        ga = ga_file(tmp_path / "ga.csv", FIRST)
        theirs = voeten_files(tmp_path, replace(SECOND, number=9))
        second: list[Background] = []

        def start() -> None:
            second.append(Background(*theirs))
            assert second[0].waits.wait(timeout=PATIENCE)

        imported(ga, say=at("Checking", start))
        second[0].end()

        assert [row["slug"] for row in contents()] == ["a-res-79-1", "a-res-79-2"]

    def test_second_import_continues_when_the_first_fails(self, tmp_path: Path):
        name = ga_file(tmp_path / "ga.csv", FIRST, SECOND)
        second: list[Background] = []

        def start() -> None:
            second.append(Background(name))
            assert second[0].waits.wait(timeout=PATIENCE)
            raise RuntimeError("no more")

        with pytest.raises(RuntimeError, match="no more"):
            imported(name, say=at("Checking", start))

        assert second[0].end().runs[0].added == 2


class TestEditors:
    """Somebody writes while an import runs."""

    @pytest.mark.parametrize(
        ("statement", "values", "kept"),
        [
            (NOTE, ["a-res-79-1"], ("By hand", NEWER.votes)),
            (CHANGE, ["A", "CHN"], ("", "CHNA FRAY GBRY RUSN USAA")),
            (CHANGE, ["X", "FRA"], ("", "CHNY FRAX GBRY RUSN USAA")),
            (REMOVE, ["CHN"], ("", "FRAY GBRY RUSN USAA")),
        ],
        ids=["its note", "the vote itself", "another vote of it", "the vote is gone"],
    )
    def test_concurrent_edit_of_the_same_rows_refuses_the_import(
        self, statement: str, values: list[str], kept: tuple[str, str], tmp_path: Path, other: psycopg.Connection[Any]
    ):
        imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND))
        newer = ga_file(tmp_path / "newer.csv", NEWER, SECOND)
        after: list[object] = []

        def write() -> None:
            assert other.execute(statement.encode(), values).rowcount == 1
            after.append(fingerprint_by(other))

        with pytest.raises(ImportRefusedError) as told:
            imported(newer, say=at("Comparing", write))

        assert str(told.value) == (
            "Someone changed the record while the import was running. Nothing was written; run it again."
        )
        assert fingerprint() == after[0]
        assert imported(newer).runs[0].changed == 1
        (row,) = contents("A/RES/79/1")
        assert (row["note"], row["votes"]) == kept
        assert row["date"] == "2024-12-03"

    def test_concurrent_edit_of_other_rows_is_kept_beside_the_import(
        self, tmp_path: Path, other: psycopg.Connection[Any]
    ):
        imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND))

        report = imported(
            ga_file(tmp_path / "newer.csv", NEWER, SECOND),
            say=at("Comparing", lambda: other.execute(NOTE, [SECOND_SLUG])),
        )

        assert report.runs[0].changed == 1
        assert [(row["note"], row["votes"]) for row in contents()] == [("", NEWER.votes), ("By hand", SECOND.votes)]

    def test_editors_of_other_rows_do_not_wait_for_an_import(self, tmp_path: Path, other: psycopg.Connection[Any]):
        imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND))
        run = (
            "INSERT INTO votes_importrun (state, format, started, finished, by_name, files, rows, rejected, added, "
            "changed, unchanged, removed, votes_added, votes_changed, votes_removed, resolutions_added, findings, "
            "changes, upload) SELECT 'checked', format, started, finished, 'admin', files, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
            "0, 0, changes, '' FROM votes_importrun LIMIT 1"
        )

        def work() -> None:
            other.execute(NOTE, [SECOND_SLUG])
            other.execute(run)

        imported(ga_file(tmp_path / "newer.csv", NEWER, SECOND), say=at("Checking", work))

        assert RollCall.objects.get(slug="a-res-79-2").note == "By hand"
        assert ImportRun.objects.count() == 3


def fingerprint_by(other: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    mine = connection.connection
    connection.connection = other
    try:
        return fingerprint()
    finally:
        connection.connection = mine


class TestReaders:
    """Readers of a live record see the old one until the end, and never wait."""

    def test_readers_see_the_old_record_until_the_import_commits(self, tmp_path: Path, other: psycopg.Connection[Any]):
        imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND))
        many = [Stated(f"A/RES/79/{n}", number=n, votes=SECOND.votes) for n in range(100, 150)]
        seen: list[Any] = []

        def read(*_: object) -> None:
            seen.append(
                other.execute(
                    "SELECT (SELECT count(*) FROM votes_rollcall WHERE source_id = (SELECT id FROM votes_source "
                    "WHERE slug = 'un-digital-library')), (SELECT sum(yes) FROM votes_tally t JOIN votes_rollcall r "
                    "ON r.id = t.roll_call_id WHERE r.slug = 'a-res-79-1'), (SELECT count(*) FROM votes_vote)"
                ).fetchone()
            )

        votes = Vote.objects.count()
        imported(ga_file(tmp_path / "newer.csv", NEWER, SECOND, *many), progress=read, say=at("Checking", read))

        assert seen == [(2, 2, votes)] * 3
        read()
        assert seen[-1] == (52, 3, votes + 150)


class TestLost:
    """The database goes away in the middle."""

    @pytest.mark.parametrize("line", ["Reading", "Comparing", "Checking"])
    def test_lost_database_is_reported_and_nothing_is_written(
        self, line: str, tmp_path: Path, other: psycopg.Connection[Any]
    ):
        imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND))
        before = fingerprint()
        self._lose(before, ga_file(tmp_path / "newer.csv", NEWER, SECOND), other, line=line)

    def test_database_lost_while_writing_votes_writes_nothing(self, tmp_path: Path, other: psycopg.Connection[Any]):
        imported(ga_file(tmp_path / "ga.csv", FIRST))
        before = fingerprint()
        self._lose(before, ga_file(tmp_path / "newer.csv", NEWER, SECOND), other, line="")

    def _lose(self, before: object, name: str, other: psycopg.Connection[Any], *, line: str) -> None:
        """Take the connection away at a step, or with ``line`` empty as votes are written."""
        key = connection.connection.info.backend_pid

        def lose(*_: object) -> None:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [key])

        options: dict[str, Any] = {"say": at(line, lose)} if line else {"progress": lose}
        with pytest.raises(ImportRefusedError) as told:
            imported(name, **options)
        connection.close()

        assert str(told.value).startswith("Lost the connection to the database (")
        assert str(told.value).endswith("). Nothing was written.")
        assert "\n" not in str(told.value)
        assert fingerprint() == before
        assert imported(name).runs[0].changed == 1
