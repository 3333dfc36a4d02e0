"""The drill on the whole record: backed up while an editor saves, lost, and put back under a running site."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.faults.browser import Browser
from tests.faults.conftest import LIST, TEXT, Ground, reading_on, told
from tests.faults.test_processes import to_save

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults


def test_the_drill(ground: Ground, tmp_path: Path):
    site, figures = ground.site, dict[str, object]()
    folder = tmp_path / "backups"
    web = site.pieces.gunicorn("drilled", primary=site.primary)
    reader, editor = Browser(web.port), Browser(web.port).logged_in()
    with told("backup, verified by restoring", figures), reading_on(reader, LIST, TEXT) as readers:
        said = site.pieces.manage("backup", f"--to={folder}", primary=site.primary)
        figures["backup"] = said.splitlines()[-2].partition(": ")[2]
    assert (readers.statuses, readers.broken) == ({200}, [])
    (dump,) = folder.glob("*.dump")
    before = reader.get(LIST)
    with told("the record lost and restored", figures):
        site.primary.ask("DELETE FROM votes_vote WHERE roll_call_id IN (SELECT min(id) FROM votes_rollcall)")
        site.primary.ask("UPDATE resolutions_topic SET name = 'Vandalised'")
        spoilt = reader.get(LIST)
        assert b"Vandalised" in spoilt.body
        with pytest.raises(subprocess.CalledProcessError) as refused:
            site.pieces.manage("restore", dump, primary=site.primary)
        assert refused.value.returncode == 2
        with reading_on(reader, LIST, TEXT) as readers:
            said = site.pieces.manage("restore", dump, "--replace", primary=site.primary)
    figures["readers meanwhile"] = readers.statuses
    assert (readers.statuses, readers.broken) == ({200}, [])
    after = reader.get(LIST, If_None_Match=spoilt.headers["ETag"])
    assert (after.status, after.body) == (200, before.body)
    assert after.headers["ETag"] not in (before.headers["ETag"], spoilt.headers["ETag"])
    assert editor.post(ground.sheet, to_save(editor, ground.sheet, "")).status == 302
    found = re.search(r"is the database (\w+)\.", said)
    assert found
    with site.primary.connect("postgres") as server:
        server.execute(f"DROP DATABASE {found[1]}".encode())
    web.stop()
    ground.unharmed()
