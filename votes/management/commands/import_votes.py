"""Import official files, Voeten's tables or another Plenary's export."""

import argparse
import getpass
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from votes.importing.edition import UnfitFileError
from votes.importing.progress import Progress
from votes.importing.run import ImportRefusedError, Report, import_files
from votes.importing.uploads.run import import_upload
from votes.models import Format, ImportRun

CHANGES_SHOWN = 20


class Command(BaseCommand):
    """Bring files into the record, in one transaction."""

    help = (
        "Import votes: UN Digital Library files (General Assembly and Security Council voting, outcomes, "
        "Member States), Voeten's tables together, or Plenary's own export. Either everything is written "
        "or nothing. Exit status: 0 when done or when there was nothing to change, 1 when it was refused "
        "or failed, 2 for a wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="plain, .gz or .zip, a folder, an https address, or - for standard input",
        )
        parser.add_argument("--dry-run", action="store_true", help=("show what would change without changing anything"))
        parser.add_argument(
            "--format", choices=Format.values, help=("the layout, if the header is not enough to recognise it")
        )
        parser.add_argument(
            "--allow-removals",
            action="store_true",
            help=("remove data that a new edition of the same source no longer has"),
        )
        # How admin has an upload checked or imported.
        parser.add_argument("--upload", help=argparse.SUPPRESS)
        parser.add_argument("--by-user", type=int, help=argparse.SUPPRESS)

    def handle(self, *args: Any, files: list[str], dry_run: bool, allow_removals: bool, **options: Any) -> None:
        began = time.monotonic()
        # What Django wraps, since a bar is drawn without ending its line.
        progress = Progress(cast("TextIO", self.stdout._out))
        bring: Callable[..., Report]
        if options["upload"]:
            bring = partial(import_upload, token=options["upload"], by_user=options["by_user"])
        else:
            who = f"{getpass.getuser()}@{socket.gethostname()}"
            bring = partial(import_files, by_name=who, stdin=sys.stdin.buffer)
        try:
            report = bring(
                files,
                file_format=options["format"],
                dry_run=dry_run,
                allow_removals=allow_removals,
                say=progress.say if options["verbosity"] else lambda line: None,
                progress=progress.rows if options["verbosity"] else lambda done, total: None,
            )
        except (UnfitFileError, ImportRefusedError) as error:
            progress.clear()
            raise CommandError(str(error)) from error
        for run in report.runs:
            self.tell(run)
        for note in report.notes:
            self.stdout.write(f"  {note}")
        self.stdout.write(self.conclusion(report, dry_run=dry_run, seconds=time.monotonic() - began))

    def tell(self, run: ImportRun) -> None:
        self.stdout.write(f"{run.get_format_display()}: {', '.join(file['name'] for file in run.files)}")
        self.stdout.write(f"  rows: {run.rows:,} read, {run.rejected:,} rejected")
        self.stdout.write(
            f"  roll calls: {run.added:,} added, {run.changed:,} changed, {run.unchanged:,} unchanged, "
            f"{run.removed:,} removed"
        )
        self.stdout.write(
            f"  votes: {run.votes_added:,} added, {run.votes_changed:,} changed, {run.votes_removed:,} removed"
        )
        self.stdout.write(f"  resolutions: {run.resolutions_added:,} added")
        self.stdout.write(f"  findings about rows: {run.findings:,}")
        for change in run.changes[:CHANGES_SHOWN]:
            self.stdout.write(f"    {change}")
        if len(run.changes) > CHANGES_SHOWN:
            self.stdout.write(f"    and {len(run.changes) - CHANGES_SHOWN:,} more, listed with the import in the admin")

    def conclusion(self, report: Report, *, dry_run: bool, seconds: float) -> str:
        found = f"{report.findings:,} open findings" + (", see /data/quality/" if report.findings else "")
        if dry_run:
            return f"Nothing was written: this was a dry run of {seconds:.1f} s. {found}."
        done = "Imported" if report.wrote else "Nothing to change. Compared"
        return f"{done} in {seconds:.1f} s. {found}."
