"""Load the reference facts: member states, bodies, blocs and the landmark roll calls."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from resolutions.attribution import attributed
from votes.editing.reference import FactError, load_reference


class Command(BaseCommand):
    """Add the reference facts that are missing; safe to run again."""

    help = (
        "Add the reference facts of data/ that the record does not have. Safe to run again. Exit status: 0 "
        "when all are loaded, 1 when the files have errors and nothing was added, 2 for a wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "data")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            with attributed(command="load_reference"):
                report = load_reference(folder)
        except (FactError, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        if not options["verbosity"]:
            return
        for name in [*report.added, *(name for name in report.unchanged if name not in report.added)]:
            self.stdout.write(f"  {name}: {report.added[name]} added, {report.unchanged[name]} already there")
        for difference in report.differences:
            self.stdout.write(f"  not changed: {difference}")
