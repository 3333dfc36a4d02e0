"""Build ``data/record/`` from the sources' files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from votes.importing.edition import UnfitFileError
from votes.importing.run import ImportRefusedError
from votes.importing.shipped.builder import build
from votes.importing.shipped.layout import FOLDER


class Command(BaseCommand):
    """Import the files into a record without votes, write what it then holds, and take the import back."""

    help = (
        "Build the record that ships with Plenary from the files of the UN Digital Library, Sciences Po "
        "and Voeten, with data/record/corrections.csv applied. It needs a database without votes "
        "(RECORD=none), which it does not change. Exit status: 0 when the files are written, 1 when it "
        "failed, 2 for a wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", help="CSV files, plain or compressed")
        parser.add_argument("--folder", type=Path, default=FOLDER, help="folder to write to (default: data/record)")

    def handle(self, *args: Any, files: list[str], folder: Path, **options: Any) -> None:
        try:
            counts = build(files, folder, by_name="build_record", say=self.stderr.write)
        except (UnfitFileError, ImportRefusedError, ValueError) as error:
            raise CommandError(str(error)) from error
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count:,} roll calls")
