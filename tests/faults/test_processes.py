"""Killed processes: a worker and PostgreSQL during requests, saves and imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPException
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.faults.conftest import TEXT, Browser, Sandbox, record_state, timed
from tests.stack.processes import descendants, wait_for
from tests.stack.topology import BASE, RECORD
from tests.stack.visitors import form_fields

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stack.servers import Postgres

pytestmark = pytest.mark.faults

COUNCIL = "sc_voting_2025.csv.gz"


def waits_for_lock(primary: Postgres) -> bool:
    count = primary.scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'plenary' AND wait_event_type = 'Lock'"
    )
    return bool(count)


def sheet_form(editor: Browser, sheet: str, choice: str) -> dict[str, str | list[str]]:
    """Return the sheet as an editor sends it who gives every member one choice."""
    page = editor.request(sheet).page
    rows = {str(row["data-code"]) for row in page.select(".sheet-row")}
    assert len(rows) > 150
    return form_fields(page) | {f"votes-{code}": choice for code in rows} | {"_continue": "1"}


def test_killed_worker_saves_all_or_nothing(sandbox: Sandbox):
    """The sheet is saved as a whole or not at all: here the worker dies after all of it was written, uncommitted."""
    site, figures = sandbox.site, dict[str, object]()
    web = site.first
    editor = Browser.behind(web).log_in()
    form = sheet_form(editor, sandbox.sheet, "Y")
    (worker,) = descendants(web.pid)
    before = sandbox.votes()
    with timed("kill -9 of a worker in a save", figures), sandbox.reading() as readers:
        with ThreadPoolExecutor() as pool, site.primary.connect() as holder, holder.transaction():
            holder.execute("LOCK TABLE django_admin_log IN SHARE MODE")  # Which saving writes last.
            save = pool.submit(editor.post, sandbox.sheet, form)
            wait_for(lambda: waits_for_lock(site.primary), "the save waits")
            os.kill(worker, signal.SIGKILL)
            failure = save.exception(60)
        wait_for(lambda: [*descendants(web.pid)] not in ([], [worker]), "another worker")
        wait_for(web.ready, "it answers")
    figures |= {"editor": repr(failure)[:80], "readers": readers.statuses, "broken": readers.errors}
    figures |= {"slowest": round(readers.slowest, 1), "asked": len(readers.answers)}
    assert isinstance(failure, (OSError, HTTPException))
    assert (readers.statuses, readers.errors) == ({200}, [])
    assert sandbox.votes() == before == 0
    again = editor.post(sandbox.sheet, form)
    assert (again.status, sandbox.votes()) == (302, len([key for key in form if key.startswith("votes-")]))
    empty = sheet_form(editor, sandbox.sheet, "")
    assert (editor.post(sandbox.sheet, empty).status, sandbox.votes()) == (302, 0)
    sandbox.assert_unchanged()


@pytest.mark.parametrize("what", ["postmaster", "backend"])
def test_killed_postgresql_saves_all_or_nothing_and_the_site_recovers(sandbox: Sandbox, what: str):
    """Readers get what is kept, or are asked to come again; an editor is told; the next request is well."""
    site, figures = sandbox.site, dict[str, object]()
    editor = Browser.behind(site.first).log_in()
    form = sheet_form(editor, sandbox.sheet, "Y")
    public = Browser.behind(site.first)
    warm = public.request(TEXT)
    assert warm.status == 200
    with timed(f"kill -9 of PostgreSQL ({what})", figures):
        site.replica.stop()  # Or readers would notice nothing.
        with ThreadPoolExecutor() as pool, closing(psycopg.connect(site.primary.url)) as holder:
            holder.execute("LOCK TABLE django_admin_log IN SHARE MODE")
            save = pool.submit(editor.post, sandbox.sheet, form)
            wait_for(lambda: waits_for_lock(site.primary), "the save waits")
            if what == "postmaster":
                site.primary.kill()
            else:
                waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'plenary'"
                os.kill(site.primary.scalar(waiting), signal.SIGKILL)
            saved = save.result(60)
        figures["editor"] = (saved.status, saved.heading, f"{saved.seconds:.1f} s")
        assert (saved.status, saved.headers["Retry-After"]) == (503, "10")
        assert saved.heading == "The database stopped responding during the save"
        if what == "postmaster":
            kept, new = public.request(TEXT), public.request("/states/?q=none")
            figures["reader"] = [(kept.status, kept.headers.get("Cache-Status")), (new.status, new.heading)]
            assert (kept.status, kept.body) == (200, warm.body)
            assert (new.status, new.headers["Retry-After"]) == (503, "10")
            assert b"Traceback" not in new.body + saved.body
            program = public.request("/votes.csv")
            assert (program.status, program.headers["Content-Type"]) == (503, "application/problem+json")
            site.primary.start()
        else:
            wait_for(site.primary.ready, "recovery")
        # As many as there are threads, so that each has had a dead connection in its hands.
        after = [public.request(f"/states/?q=france{number}") for number in range(12)]
        figures["next 12"] = [answer.status for answer in after]
        assert {answer.status for answer in after} == {200}
        site.replica.start()
    assert sandbox.votes() == 0
    assert editor.request(sandbox.sheet).status == 200
    sandbox.assert_unchanged()


def test_killed_postgresql_undoes_the_import(sandbox: Sandbox):
    """The import leaves nothing, says so, and run again comes to the sum of one that nothing disturbed."""
    if not (RECORD / COUNCIL).exists():
        pytest.skip("the official files are not here")
    site, figures = sandbox.site, dict[str, object]()
    before = site.primary.scalar("SELECT count(*) FROM votes_vote")
    with timed("kill -9 of PostgreSQL in an import", figures):
        with closing(psycopg.connect(site.primary.url)) as holder:
            holder.execute("LOCK TABLE votes_vote IN SHARE MODE")
            command: list[str | Path] = [sys.executable, BASE / "manage.py", "import_votes", RECORD / COUNCIL]
            environment = site.topology.environment(site.primary)
            with subprocess.Popen(
                command, cwd=BASE, env={"PATH": "/usr/bin:/bin", **environment}, stdout=-1, stderr=-2, text=True
            ) as importing:
                wait_for(lambda: waits_for_lock(site.primary), "the import writes votes")
                site.primary.kill()
                said, _ = importing.communicate(timeout=60)
        figures["editor"] = said.splitlines()[-1]
        assert importing.returncode != 0
        assert "Traceback" not in said
        site.primary.start()
        assert site.primary.scalar("SELECT count(*) FROM votes_vote") == before
        sandbox.assert_unchanged()
        url = site.primary.url.rpartition("/")[0] + "/twin"
        make_twin(site.primary)
        site.topology.manage("import_votes", RECORD / COUNCIL, primary=site.primary, DATABASE_URL=url)
        site.topology.manage("import_votes", RECORD / COUNCIL, primary=site.primary)
    undisturbed, again = (record_state(site.topology, site.primary, **at) for at in ({"DATABASE_URL": url}, {}))
    assert again == undisturbed != sandbox.expected
    sandbox.expected = again
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

    wait_for(copied, "nobody is connected")
