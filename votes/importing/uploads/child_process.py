"""Checking or importing an upload in a child process: the side of the web worker that waits for it.

Reading needs a large library and much memory; a process of its own gives both back when it ends, and one that
runs too long or runs out of memory harms nobody else. ``manage.py import_votes --upload`` is what runs in it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from votes.importing.uploads.storage import Outcome
from votes.models import ImportRun

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from votes.importing.uploads.storage import Upload

TIME_LIMIT = 600
"""Seconds that a check or an import may take, waiting for another import included."""

LAST_WORDS = 15
"""Seconds that a child gets to take back what it did."""


def process(upload: Upload, *, by: User, dry_run: bool) -> Outcome:
    """Check or import an upload in a child process; keep what it came to with the upload, and return it.

    Raises UploadError, before anything is done, if the stored bytes are not those uploaded, or if the upload is
    being checked or imported already.
    """
    with upload.claimed() as lock:
        upload.check_bytes()
        (upload.folder / "outcome.json").unlink(missing_ok=True)
        unpacked = upload.folder / "unpacked"
        unpacked.mkdir(exist_ok=True)
        late = False
        with subprocess.Popen(
            command(upload, by=by, dry_run=dry_run),
            cwd=settings.BASE_DIR,
            env={**os.environ, "PLENARY_HOME": str(settings.HOME), "TMPDIR": str(unpacked)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            pass_fds=(lock,),
        ) as child:
            try:
                output, complaint = child.communicate(timeout=TIME_LIMIT)
            except subprocess.TimeoutExpired:
                late = True
                output, complaint = _end(child)
        outcome = upload.outcome
        if outcome is None and imported(upload.token):
            outcome = Outcome(wrote=True)  # it was committed, and ended before it could tell
        if outcome is None:
            error = _too_late(output) if late else _unexpected(complaint, child.returncode)
            outcome = upload.conclude(Outcome(error=error))
        return outcome


def imported(token: str) -> list[ImportRun]:
    """Return the imports that an upload became, if it has been imported."""
    return list(ImportRun.objects.filter(upload=token, state=ImportRun.State.DONE).order_by("pk"))


def command(upload: Upload, *, by: User, dry_run: bool) -> list[str]:
    """Return the command that checks or imports an upload."""
    options = ["--upload", upload.token, "--by-user", str(by.pk)]
    if dry_run:
        options.append("--dry-run")
    if upload.file_format:
        options += ["--format", upload.file_format]
    if upload.allow_removals:
        options.append("--allow-removals")
    manage = str(settings.BASE_DIR / "manage.py")
    return [sys.executable, manage, "import_votes", *options, "--", *map(str, upload.paths)]


def _end(child: subprocess.Popen[str]) -> tuple[str, str]:
    """End a child that takes too long, as Ctrl-C would; return what it said and complained of."""
    child.send_signal(signal.SIGINT)
    try:
        return child.communicate(timeout=LAST_WORDS)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.communicate()


def _too_late(output: str) -> str:
    minutes = TIME_LIMIT // 60
    late = ngettext(
        "The import took longer than %(minutes)d minute and was stopped. Nothing was written.",
        "The import took longer than %(minutes)d minutes and was stopped. Nothing was written.",
        minutes,
    ) % {"minutes": minutes}
    last = _("Last message: “%(line)s”.") % {"line": _last_line(output).rstrip(".")} if output.strip() else ""
    advice = _(
        "Try again when no other import is running. If that fails, ask an administrator to import the files on "
        "the server."
    )
    return " ".join(filter(None, [late, last, advice]))


def _unexpected(complaint: str, status: int) -> str:
    if status == -signal.SIGKILL:
        return _("The system stopped the import, probably because memory ran out. Nothing was written.")
    if line := _last_line(complaint):
        return _("The import failed: %(error)s. Nothing was written.") % {"error": line.rstrip(".")}
    return _("The import failed with exit status %(status)d. Nothing was written.") % {"status": status}


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
