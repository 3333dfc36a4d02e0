"""Full disks: for logs, for a backup, and for the database."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import LIST, TEXT, Browser, Sandbox, add_draft, record_state, timed
from tests.faults.test_processes import sheet_form
from tests.stack.processes import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stack.topology import Topology

pytestmark = pytest.mark.faults


def test_site_answers_when_logs_cannot_be_written(sandbox: Sandbox):
    """A server whose standard error is full answers as any other, and what it would log is lost alone."""
    site, figures = sandbox.site, dict[str, object]()
    with timed("full disk for logs", figures):
        web = site.topology.gunicorn("silent", primary=site.primary, LOG_LEVEL="debug", LOG_FORMAT="json")
        web.stop()
        web.log.unlink()
        web.log.symlink_to("/dev/full")
        web.start()
        reader, editor = Browser.behind(web), Browser.behind(web).log_in()
        statuses = [
            reader.request(path).status for path in (LIST, TEXT, "/states/?q=nowhere", "/none", "/votes.csv?q=none")
        ]
        saved = editor.post(sandbox.sheet, sheet_form(editor, sandbox.sheet, ""))
        figures |= {"reader": statuses, "editor": saved.status}
        web.stop()
    assert statuses == [200, 200, 200, 404, 200]
    assert saved.status == 302
    sandbox.assert_unchanged()


def test_backup_on_a_full_disk_fails_and_leaves_nothing(sandbox: Sandbox, small_disk: Path):
    """It fails, says why, and leaves no file; with room again it is made."""
    fill(small_disk, leaving=200_000)
    command = ["backup", f"--to={small_disk / 'backups'}", "--no-verify"]
    with pytest.raises(subprocess.CalledProcessError) as failed:
        sandbox.site.topology.manage(*command, primary=sandbox.site.primary)
    assert failed.value.returncode == 1
    assert "No space left on device" in failed.value.stdout
    assert "Traceback" not in failed.value.stdout
    assert sorted(path.name for path in (small_disk / "backups").iterdir()) == [".lock"]
    (small_disk / "ballast").unlink()
    sandbox.site.topology.manage(*command, primary=sandbox.site.primary)
    assert len(list((small_disk / "backups").glob("plenary-*"))) == 2


def fill(disk: Path, *, leaving: int) -> None:
    with (disk / "ballast").open("wb") as file, suppress(OSError):
        while True:
            free = os.statvfs(disk)
            if free.f_bavail * free.f_frsize <= leaving:
                return
            file.write(bytes(min(1_000_000, free.f_bavail * free.f_frsize - leaving)))
            file.flush()


def test_full_database_disk_loses_nothing(topology: Topology, small_disk: Path):
    """Writes are refused in words, reads go on, and with room again all goes on; nothing of it is lost."""
    figures = dict[str, object]()
    (topology.folder / "primary").symlink_to(small_disk / "data")
    place = small_disk / "data"
    place.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(place, *topology.user)
    topology._folder_for = lambda name: place  # type: ignore[method-assign]  # the disk is mounted already
    primary = topology.postgres()
    topology.prepare(primary, record=False)
    sheet = add_draft(primary)
    topology.manage("check_record", primary=primary)
    before = record_state(topology, primary)
    web = topology.gunicorn("web", primary=primary)
    editor, reader = Browser.behind(web).log_in(), Browser.behind(web)
    form = sheet_form(editor, sheet, "Y")
    with timed("full disk for the database", figures):
        fill(small_disk, leaving=0)
        saved = editor.post(sheet, form)
        # Pages that are half empty take some more before the disk is asked for room.
        for number in range(40):
            if saved.status != 302:
                break
            saved = editor.post(sheet, sheet_form(editor, sheet, "NY"[number % 2]))
        figures["editor"] = (saved.status, saved.heading, " ".join(saved.page.text.split())[-190:])
        reads = [reader.request(path).status for path in (LIST, TEXT, "/states/?q=france", "/votes.csv")]
        figures["reader"] = reads
        (small_disk / "ballast").unlink()
        wait_for(primary.ready, "the server is up")
        again = editor.post(sheet, sheet_form(editor, sheet, ""))
        figures["after"] = (again.status, reader.request(LIST).status)
    assert saved.status == 503
    assert saved.headers["Retry-After"] == "10"
    assert again.status == 302
    assert record_state(topology, primary) == before
