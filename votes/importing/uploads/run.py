"""Checking or importing an upload: the side of the child process, which stores the outcome with the upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from votes.importing.edition import UnfitFileError
from votes.importing.run import ImportRefusedError, Report, import_files
from votes.importing.uploads.storage import Outcome, find
from votes.models import Finding, ImportRun

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FINDINGS = 100


def import_upload(names: Sequence[str], *, token: str, by_user: int, dry_run: bool, **how: Any) -> Report:
    """Import the files ``names`` of the upload ``token``, in the name of an account; keep with it what that came to.

    ``how`` is for ``import_files``, and so are the errors. A dry run leaves its runs behind, as checked. Whether an
    upload has been imported is for the database to say: its imports carry its token from the same commit.
    """
    upload = find(token)
    if upload is None:
        raise ImportRefusedError("The uploaded files were deleted. Nothing was written.")
    by = get_user_model().objects.get(pk=by_user)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # What import_files asks for where the transaction is its own.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            report = import_files(names, by=by, by_name=by.get_username(), **how)
            found = _first_findings(report.runs)
            ImportRun.objects.filter(upload=token, state=ImportRun.State.CHECKED).delete()
            ImportRun.objects.filter(pk__in=[run.pk for run in report.runs]).update(upload=token)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            if dry_run:
                transaction.set_rollback(True)
    except (UnfitFileError, ImportRefusedError) as error:
        upload.conclude(Outcome(error=str(error), unfit=isinstance(error, UnfitFileError)))
        raise
    if dry_run:
        _leave_checked(report.runs, token)
    upload.conclude(Outcome(notes=report.notes, found=found, open_findings=report.findings, wrote=report.wrote))
    return report


def _first_findings(runs: Sequence[ImportRun]) -> list[dict[str, Any]]:
    """Return the first findings about rows of the files of ``runs``, to be put in words by who shows them."""
    rows = [
        {"kind": kind, "details": details}
        for run in runs
        for kind, details in Finding.objects.filter(
            origin=run.format, details__file__in=[file["name"] for file in run.files]
        ).values_list("kind", "details")
    ]
    return sorted(rows, key=lambda row: (row["details"]["file"], row["details"]["line"]))[:MOST_FINDINGS]


@transaction.atomic
def _leave_checked(runs: Sequence[ImportRun], token: str) -> None:
    """Put the runs of a dry run on record, in place of those of an earlier check of the same upload."""
    ImportRun.objects.filter(upload=token, state=ImportRun.State.CHECKED).delete()
    for run in runs:
        run.pk, run.state, run.upload = None, ImportRun.State.CHECKED, token
        run.save(force_insert=True)
