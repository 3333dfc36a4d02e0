"""Put a backup in the place of the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from config.backups import BackupError, RefusedError, restore


class Command(BaseCommand):
    """Restore a backup, verify it, and put it in place in one step."""

    help = (
        "Restore a backup to a separate database, compare it with its manifest, and switch to it in one "
        "step. The previous database is kept under another name. Exit status: 0 when it is restored, 1 "
        "when it failed, 2 when it was refused and nothing has changed."
    )
    # The tables may not be there yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help=("the .dump file; its .json manifest must be in the same folder")
        )
        parser.add_argument("--replace", action="store_true", help="replace an existing record")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        try:
            old_name, version = restore(file.absolute(), replace=replace, log=self.stdout.write)
        except RefusedError as error:
            raise CommandError(str(error), returncode=2) from error
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored. The data version is now {version}, a number that no earlier page or file has used."
        )
        if old_name:
            quoted = connection.ops.quote_name(old_name)
            self.stdout.write(
                f"The previous data are in the database {old_name}. To delete it when it is no longer needed:"
            )
            self.stdout.write(f"  echo 'DROP DATABASE {quoted}' | manage.py dbshell")
