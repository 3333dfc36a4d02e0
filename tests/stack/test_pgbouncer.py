"""The whole site over PgBouncer with transaction pooling."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.stack.topology import ASSEMBLY, RECORD, Topology, require_programs
from tests.stack.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stack.processes import Server
    from tests.stack.servers import PgBouncer, Postgres

PATHS = ("/", "/resolutions/", "/states/USA/", "/blocs/asean/", "/agreement/", "/roll-calls.csv", "/api/v1/states/")


@pytest.fixture(scope="module")
def topology() -> Iterator[Topology]:
    require_programs("pgbouncer")
    with Topology() as topology:
        yield topology


@pytest.fixture(scope="module")
def primary(topology: Topology) -> Postgres:
    return topology.postgres()


@pytest.fixture(scope="module")
def pooler(topology: Topology, primary: Postgres) -> PgBouncer:
    """Give the tests its pooler, by which it was filled."""
    pooler = topology.pgbouncer(primary, size=2)
    topology.prepare(pooler, record=False)
    return pooler


@pytest.fixture(scope="module")
def web(topology: Topology, pooler: PgBouncer) -> Server:
    """Give the tests a gunicorn that knows the pooler alone, as primary and as replica."""
    return topology.gunicorn(
        "web", primary=pooler, replica=pooler, API_REQUESTS_A_MINUTE="0", SELECTIONS_A_MINUTE="0", PAGE_CACHE="0"
    )


def test_public_pages_are_served_to_more_readers_than_connections(web: Server):
    def asks(number: int) -> dict[str, bytes]:
        with Visitor.behind(web) as visitor:
            answers = {path: visitor.request(path) for path in (*PATHS[number:], *PATHS[:number])}
        assert [answer.status for answer in answers.values()] == [200] * len(PATHS)
        return {path: answer.body for path, answer in answers.items()}

    with ThreadPoolExecutor(len(PATHS)) as crowd:
        answers = list(crowd.map(asks, range(len(PATHS))))
    assert all(one == answers[0] for one in answers)


def test_editor_saves_through_pgbouncer(web: Server, primary: Postgres):
    key = primary.scalar("SELECT id FROM votes_bloc WHERE slug = 'asean'")
    with Visitor.behind(web) as editor:
        editor.log_in().save(f"/admin/votes/bloc/{key}/change/", "#bloc_form", short_name="Pooled", reason="A test.")
        assert editor.request("/blocs/asean/").heading == "Pooled"
    # The history says who and why, which the transaction tells the database.
    assert primary.scalar("SELECT reason FROM votes_revision ORDER BY id DESC LIMIT 1") == "A test."


def test_import_runs_through_pgbouncer(topology: Topology, pooler: PgBouncer, primary: Postgres, tmp_path: Path):
    if not (RECORD / ASSEMBLY).exists():
        pytest.skip("the official files are not at hand")
    edition = tmp_path / "edition.csv"
    with gzip.open(RECORD / ASSEMBLY, "rb") as whole:
        edition.write_bytes(b"".join(islice(whole, 1 + 51 * 40)))
    before = primary.scalar("SELECT count(*) FROM votes_vote")
    topology.manage("import_votes", edition, primary=pooler)
    assert primary.scalar("SELECT count(*) FROM votes_vote") > before
    assert "checksum" in topology.manage("check_record", primary=pooler)


def test_pooled_connections_keep_no_session_settings(web: Server, pooler: PgBouncer):
    with pooler.connect() as connection, connection.cursor() as cursor:
        for _ in range(6):
            for name, value in {
                "statement_timeout": "0", "session_replication_role": "origin", "default_transaction_read_only": "off",
                "default_transaction_isolation": "read committed", "jit": "on", "work_mem": "4MB",
            }.items():  # fmt: skip
                cursor.execute(f"SHOW {name}".encode())
                assert cursor.fetchone() == (value,), name
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert cursor.fetchone() == (0,)
