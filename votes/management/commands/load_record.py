"""Load the record that ships with Plenary."""

import getpass
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from votes.importing.edition import UnfitFileError
from votes.importing.progress import Progress
from votes.importing.run import ImportRefusedError
from votes.importing.shipped.layout import FOLDER
from votes.importing.shipped.loader import load_shipped


class Command(BaseCommand):
    """Load it once, and of a newer one what differs."""

    help = (
        "Load the record in data/record, or its changes since it was last loaded. Entries and changes by "
        "editors are kept. Exit status: 0 when it is loaded or already was, 1 when it failed, 2 for a "
        "wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER, help=("folder of the record (default: data/record)"))

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        began = time.monotonic()
        progress = Progress(sys.stderr)
        quiet = not options["verbosity"]
        try:
            run = load_shipped(
                folder,
                by_name=getpass.getuser(),
                say=(lambda line: None) if quiet else progress.say,
                progress=(lambda done, total: None) if quiet else progress.rows,
            )
        except (UnfitFileError, ImportRefusedError) as error:
            raise CommandError(str(error)) from error
        finally:
            progress.clear()
        if run is None:
            self.stdout.write("The record is already loaded.")
            return
        self.stdout.write(
            f"Record loaded in {time.monotonic() - began:.1f} s: {run.added:,} recorded votes added, "
            f"{run.changed:,} changed, {run.unchanged:,} unchanged; {run.votes_added:,} votes of member states."
        )
