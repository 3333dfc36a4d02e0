"""A killed import leaves the record unchanged, and the next import succeeds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.votes.importing.editions import Stated, fingerprint, ga_file, imported
from tests.votes.importing.test_writing import catalogue
from tests.waiting import PATIENCE
from votes.models import MemberState, RollCall, Vote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("record")]

ROLL_CALLS = 60


@pytest.fixture
def name(record: None, tmp_path: Path) -> str:
    """Return a file of more than ten thousand votes."""
    codes = sorted(MemberState.objects.values_list("code", flat=True))[:180]
    said = [
        Stated(
            f"A/RES/79/{n}",
            number=n,
            votes=" ".join(f"{code}{'YNAX'[(n * i) % 4]}" for i, code in enumerate(codes)),
        )
        for n in range(1, ROLL_CALLS + 1)
    ]
    return ga_file(tmp_path / "ga.csv", *said)


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as somebody:
        yield somebody


def started(*arguments: str) -> subprocess.Popen[str]:
    database = connection.settings_dict
    parts = (
        ("user", database["USER"]),
        ("password", database["PASSWORD"]),
        ("host", database["HOST"]),
        ("port", database["PORT"]),
    )
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts if value)
    return subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", "import_votes", *arguments],
        env={**os.environ, "DATABASE_URL": f"postgresql:///{quote(database['NAME'])}?{query}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(other: psycopg.Connection[Any], child: subprocess.Popen[str], condition: str, **values: object) -> None:
    """Wait until a query of what is going on in the database gives true."""
    deadline = time.monotonic() + PATIENCE
    while not (row := other.execute(condition.encode(), values).fetchone()) or not row[0]:
        assert child.poll() is None, f"it was over before: {child.communicate()[0]}"
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


HOLDS = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE relation = %(table)s::regclass AND mode = %(mode)s AND granted AND pid <> pg_backend_pid()
)
"""
WAITS = """
SELECT EXISTS (
    SELECT FROM pg_locks WHERE relation = %(table)s::regclass AND NOT granted AND pid <> pg_backend_pid()
)
"""
ALONE = """
SELECT NOT EXISTS (
    SELECT FROM pg_locks WHERE relation = 'votes_importrun'::regclass AND mode = 'ShareUpdateExclusiveLock'
)
"""


def kill(child: subprocess.Popen[str], other: psycopg.Connection[Any]) -> None:
    """Kill the process as nothing can be prevented, and wait until the server has noticed."""
    child.send_signal(signal.SIGKILL)
    assert child.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert child.stdout
    child.stdout.close()
    deadline = time.monotonic() + PATIENCE
    while not (row := other.execute(ALONE).fetchone()) or not row[0]:
        assert time.monotonic() < deadline, "the server goes on"
        time.sleep(0.01)


@contextmanager
def held_up(
    other: psycopg.Connection[Any], name: str, condition: str, *, before: str = "votes_finding", **values: object
) -> Iterator[subprocess.Popen[str]]:
    """Yield an import of which the condition holds, and which cannot get past a table before we have looked."""
    with psycopg.connect(**connection.get_connection_params()) as blocking:
        blocking.execute(f"LOCK TABLE {before} IN SHARE MODE".encode())
        child = started(name)
        wait_until(other, child, condition, **values)
        yield child
        blocking.rollback()


def check_next(name: str) -> None:
    votes = Vote.objects.count()
    report = imported(name)
    assert (report.runs[0].added, report.runs[0].votes_added) == (ROLL_CALLS, ROLL_CALLS * 180)
    assert RollCall.objects.filter(source__slug="un-digital-library").count() == ROLL_CALLS
    assert Vote.objects.count() == votes + ROLL_CALLS * 180


@pytest.mark.parametrize(
    ("table", "mode"),
    [
        ("votes_importrun", "ShareUpdateExclusiveLock"),
        ("votes_vote", "RowExclusiveLock"),
    ],
    ids=["as it begins", "as it writes votes"],
)
def test_import_killed_while_writing_changes_nothing(table: str, mode: str, name: str, other: psycopg.Connection[Any]):
    before = fingerprint()
    with held_up(other, name, HOLDS, table=table, mode=mode) as child:
        child.send_signal(signal.SIGKILL)
    kill(child, other)

    assert fingerprint() == before
    check_next(name)


@pytest.mark.parametrize("table", ["votes_statement", "votes_finding"])
def test_import_killed_while_waiting_for_a_lock_changes_nothing(table: str, name: str, other: psycopg.Connection[Any]):
    before = fingerprint()
    with held_up(other, name, WAITS, before=table, table=table) as child:
        child.send_signal(signal.SIGKILL)
    kill(child, other)

    assert fingerprint() == before
    check_next(name)


def test_import_killed_during_a_bulk_load_leaves_data_and_indexes_intact(name: str, other: psycopg.Connection[Any]):
    Vote.objects.all().delete()
    before = fingerprint(), catalogue()
    with held_up(other, name, HOLDS, table="votes_vote", mode="AccessExclusiveLock") as child:
        child.send_signal(signal.SIGKILL)
    kill(child, other)

    assert (fingerprint(), catalogue()) == before
    child = started(name)
    said, _nothing = child.communicate(timeout=PATIENCE)

    assert child.returncode == 0
    assert f"roll calls: {ROLL_CALLS} added, 0 changed, 0 unchanged, 0 removed" in said
    assert Vote.objects.filter(roll_call__source__slug="un-digital-library").count() == ROLL_CALLS * 180
    assert catalogue() == before[1]
    assert not imported(name).wrote
