"""Processes that are killed: a worker, and PostgreSQL, while somebody reads, saves or imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.faults.browser import Answer, Browser, fields
from tests.faults.conftest import LIST, TEXT, Ground, reading_on, state_of, told
from tests.stack.processes import descendants, wait_for
from tests.stack.topology import BASE, RECORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.stack.pieces import Postgres

pytestmark = pytest.mark.faults

COUNCIL = "sc_voting_2025.csv.gz"


def in_background(what: Callable[[], Answer]) -> tuple[threading.Thread, list[Answer | Exception]]:
    """Do something in a thread of its own; what it answers, or raises, comes into the list."""
    came: list[Answer | Exception] = []

    def do() -> None:
        try:
            came.append(what())
        except (OSError, HTTPException) as error:
            came.append(error)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    return thread, came


def waits_for_lock(primary: Postgres) -> bool:
    """Tell whether a statement waits for a lock that somebody holds."""
    count = primary.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'plenary' AND wait_event_type = 'Lock'")
    return bool(count)


@contextmanager
def holding(primary: Postgres) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Open a transaction that is rolled back, or dies with its server."""
    holder = psycopg.connect(primary.url)
    try:
        yield holder
    finally:
        holder.close()


def to_save(editor: Browser, sheet: str, choice: str) -> dict[str, str]:
    """Return the sheet as an editor sends it who gives every member one choice."""
    page = editor.get(sheet).page
    rows = {str(row["data-code"]) for row in page.select(".sheet-row")}
    assert len(rows) > 150
    return fields(page) | {f"votes-{code}": choice for code in rows} | {"_continue": "1"}


def test_a_worker_killed_while_it_saves(ground: Ground):
    """The sheet is saved as a whole or not at all: here the worker dies after all of it was written, uncommitted."""
    site, figures = ground.site, dict[str, object]()
    web = site.first
    editor = Browser(web.port).logged_in()
    form = to_save(editor, ground.sheet, "Y")
    (worker,) = descendants(web.pid)
    before = ground.votes()
    with told("kill -9 of a worker in a save", figures), reading_on(ground.reader, LIST, TEXT) as readers:
        with site.primary.connect() as holder, holder.transaction():
            holder.execute("LOCK TABLE django_admin_log IN SHARE MODE")  # Which saving writes last.
            thread, came = in_background(lambda: editor.post(ground.sheet, form))
            wait_for(lambda: waits_for_lock(site.primary), saying="the save waits")
            os.kill(worker, signal.SIGKILL)
            thread.join(60)
        wait_for(lambda: [*descendants(web.pid)] not in ([], [worker]), saying="another worker")
        wait_for(web.ready, saying="it answers")
    figures |= {"editor": [repr(one)[:80] for one in came], "readers": readers.statuses, "broken": readers.broken}
    figures |= {"slowest": round(readers.slowest, 1), "asked": len(readers.answers)}
    assert not isinstance(came[0], Answer)
    assert (readers.statuses, readers.broken) == ({200}, [])
    assert ground.votes() == before == 0
    again = editor.post(ground.sheet, form)
    assert (again.status, ground.votes()) == (302, len([key for key in form if key.startswith("votes-")]))
    empty = to_save(editor, ground.sheet, "")
    assert (editor.post(ground.sheet, empty).status, ground.votes()) == (302, 0)
    ground.unharmed()


@pytest.mark.parametrize("what", ["postmaster", "backend"])
def test_postgresql_killed_under_a_page_and_a_save(ground: Ground, what: str):
    """Readers get what is kept, or are asked to come again; an editor is told; the next request is well."""
    site, figures = ground.site, dict[str, object]()
    editor = Browser(site.first.port).logged_in()
    form = to_save(editor, ground.sheet, "N")
    public = Browser(site.first.port)
    warm = public.get(TEXT)
    assert warm.status == 200
    with told(f"kill -9 of PostgreSQL ({what})", figures):
        site.replica.stop()  # Or readers would notice nothing.
        with holding(site.primary) as holder:
            holder.execute("LOCK TABLE django_admin_log IN SHARE MODE")
            thread, came = in_background(lambda: editor.post(ground.sheet, form))
            wait_for(lambda: waits_for_lock(site.primary), saying="the save waits")
            if what == "postmaster":
                site.primary.kill()
            else:
                waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'plenary'"
                os.kill(site.primary.ask(waiting), signal.SIGKILL)
            thread.join(60)
        (saved,) = came
        assert isinstance(saved, Answer)
        figures["editor"] = (saved.status, saved.heading, f"{saved.seconds:.1f} s")
        assert (saved.status, saved.headers["Retry-After"]) == (503, "10")
        assert saved.heading == "The database fell silent while this was being saved"
        if what == "postmaster":
            kept, new = public.get(TEXT), public.get("/states/?q=none")
            figures["reader"] = [(kept.status, kept.headers.get("Cache-Status")), (new.status, new.heading)]
            assert (kept.status, kept.body) == (200, warm.body)
            assert (new.status, new.headers["Retry-After"]) == (503, "10")
            assert b"Traceback" not in new.body + saved.body
            program = public.get("/votes.csv")
            assert (program.status, program.headers["Content-Type"]) == (503, "application/problem+json")
            site.primary.start()
        else:
            wait_for(site.primary.ready, saying="recovery")
        # As many as there are threads, so that each has had a dead connection in its hands.
        after = [public.get(f"/states/?q=france{number}") for number in range(12)]
        figures["next 12"] = [answer.status for answer in after]
        assert {answer.status for answer in after} == {200}
        site.replica.start()
    assert ground.votes() == 0
    assert editor.get(ground.sheet).status == 200
    ground.unharmed()


def test_postgresql_killed_during_an_import(ground: Ground):
    """The import leaves nothing, says so, and run again comes to the sum of one that nothing disturbed."""
    if not (RECORD / COUNCIL).exists():
        pytest.skip("the official files are not here")
    site, figures = ground.site, dict[str, object]()
    before = site.primary.ask("SELECT count(*) FROM votes_vote")
    with told("kill -9 of PostgreSQL in an import", figures):
        with holding(site.primary) as holder:
            holder.execute("LOCK TABLE votes_vote IN SHARE MODE")
            command: list[str | Path] = [sys.executable, BASE / "manage.py", "import_votes", RECORD / COUNCIL]
            environment = site.pieces.environment(site.primary)
            with subprocess.Popen(
                command, cwd=BASE, env={"PATH": "/usr/bin:/bin", **environment}, stdout=-1, stderr=-2, text=True
            ) as importing:
                wait_for(lambda: waits_for_lock(site.primary), saying="the import writes votes")
                site.primary.kill()
                said, _ = importing.communicate(timeout=60)
        figures["editor"] = said.splitlines()[-1]
        assert importing.returncode != 0
        assert "Traceback" not in said
        site.primary.start()
        assert site.primary.ask("SELECT count(*) FROM votes_vote") == before
        ground.unharmed()
        url = site.primary.url.rpartition("/")[0] + "/twin"
        make_twin(site.primary)
        site.pieces.manage("import_votes", RECORD / COUNCIL, primary=site.primary, DATABASE_URL=url)
        site.pieces.manage("import_votes", RECORD / COUNCIL, primary=site.primary)
    undisturbed, again = (state_of(site.pieces, site.primary, **at) for at in ({"DATABASE_URL": url}, {}))
    assert again == undisturbed != ground.expected
    ground.expected = again
    with site.primary.connect("postgres") as server:
        server.execute("DROP DATABASE twin")


def make_twin(primary: Postgres) -> None:
    """Copy the database, which nobody may be connected to meanwhile."""

    def copied() -> bool:
        with primary.connect("postgres") as server, suppress(psycopg.errors.ObjectInUse):
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'plenary'")
            server.execute("CREATE DATABASE twin TEMPLATE plenary")
            return True
        return False

    wait_for(copied, saying="nobody is connected")
