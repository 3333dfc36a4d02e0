"""Backup and restore of the whole record under a running site."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import LIST, PAGES, Browser, Sandbox, timed
from tests.faults.test_processes import sheet_form
from tests.stack.visitors import reading_in_background

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults


def test_whole_record_is_backed_up_lost_and_restored_under_a_running_site(sandbox: Sandbox, tmp_path: Path):
    site, figures = sandbox.site, dict[str, object]()
    folder = tmp_path / "backups"
    web = site.topology.gunicorn("drilled", primary=site.primary)
    reader, editor = Browser.behind(web), Browser.behind(web).log_in()
    with timed("backup, verified by restoring", figures), reading_in_background(reader, paths=PAGES) as readers:
        output = site.topology.manage("backup", f"--to={folder}", primary=site.primary)
        figures["backup"] = output.splitlines()[-2].partition(": ")[2]
    assert (readers.statuses, readers.errors) == ({200}, [])
    (dump,) = folder.glob("*.dump")
    before = reader.request(LIST)
    with timed("the record lost and restored", figures):
        site.primary.scalar("DELETE FROM votes_vote WHERE roll_call_id IN (SELECT min(id) FROM votes_rollcall)")
        site.primary.scalar("UPDATE resolutions_topic SET name = 'Vandalised'")
        spoilt = reader.request(LIST)
        assert b"Vandalised" in spoilt.body
        with pytest.raises(subprocess.CalledProcessError) as refused:
            site.topology.manage("restore", dump, primary=site.primary)
        assert refused.value.returncode == 2
        with reading_in_background(reader, paths=PAGES) as readers:
            output = site.topology.manage("restore", dump, "--replace", primary=site.primary)
    figures["readers meanwhile"] = readers.statuses
    assert (readers.statuses, readers.errors) == ({200}, [])
    after = reader.request(LIST, headers={"If-None-Match": spoilt.headers["ETag"]})
    assert (after.status, after.body) == (200, before.body)
    assert after.headers["ETag"] not in (before.headers["ETag"], spoilt.headers["ETag"])
    assert editor.post(sandbox.sheet, sheet_form(editor, sandbox.sheet, "")).status == 302
    found = re.search(r"are in the database (\w+)\.", output)
    assert found
    with site.primary.connect("postgres") as server:
        server.execute(f"DROP DATABASE {found[1]}".encode())
    web.stop()
    sandbox.assert_unchanged()
