"""Put a backup in the place of the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from config.backups import BackupError, RefusedError, restore


class Command(BaseCommand):
    """Restore a backup, verify it, and put it in place in one step."""

    help = (
        "Restore a backup beside the record, compare it with its manifest, and put it in place in one step; the "
        "record before is kept under another name. Ends with 0 when it is in place, 1 when it could not be put there, "
        "2 when it was refused; then nothing has changed."
    )
    # The tables may not be there yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether a record may be replaced."""
        parser.add_argument("file", metavar="FILE", type=Path, help="the .dump, with its .json beside it")
        parser.add_argument("--replace", action="store_true", help="put it in the place of a record that is there")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        """Restore, telling each step."""
        try:
            old_name, version = restore(file.absolute(), replace=replace, log=self.stdout.write)
        except RefusedError as error:
            raise CommandError(str(error), returncode=2) from error
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored. The data version is {version}, which no page or file before it has had.")
        if old_name:
            quoted = connection.ops.quote_name(old_name)
            self.stdout.write(f"What was there before is the database {old_name}. When it is needed no more:")
            self.stdout.write(f"  echo 'DROP DATABASE {quoted}' | manage.py dbshell")
