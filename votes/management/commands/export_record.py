"""Write the whole record to a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from votes.exporting.package import ExportRefusedError, export_record


class Command(BaseCommand):
    """Write every public table as CSV and Parquet, with codebook, description and sums."""

    help = (
        "Write the whole public record to DIR: CSV and Parquet, codebook, description and SHA-256 "
        "checksums. Exit status: 0 when all files are written, 1 when it failed (DIR is then unchanged), 2 "
        "for a wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", metavar="DIR", type=Path, help=("a folder that is new, empty, or has an earlier export")
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            package = export_record(folder, self.stdout.write if options["verbosity"] else lambda line: None)
        except ExportRefusedError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot write to {folder}: {error}. Its contents are unchanged.") from error
        self.stdout.write(f"Data version {package.version.number} is in {package.folder}.")
