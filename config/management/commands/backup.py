"""Back the whole database up."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups import BackupError, back_up


class Command(BaseCommand):
    """Write a backup, verify it by restoring it, and say where it is."""

    help = (
        "Back up the whole database to a folder, in pg_dump's custom format and with a manifest, and "
        "verify the backup by restoring it to a separate database. Exit status: 0 when the backup is made, "
        "1 when it failed, 2 for a wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="FOLDER", type=Path, help="the folder to write to (default: BACKUP_DIR)")
        parser.add_argument(
            "--keep", metavar="N", type=int, help=("delete all but the N newest backups (default: keep all)")
        )
        parser.add_argument("--no-verify", action="store_true", help="do not test the backup by restoring it")

    def handle(self, *args: Any, to: Path | None, keep: int | None, no_verify: bool, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError(f"--keep must be at least 1, not {keep}.", returncode=2)
        folder = (to or settings.BACKUP_DIR).absolute()
        try:
            made = back_up(folder, keep=keep, verify=not no_verify, log=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        state = "verified by restoring it" if made.verified else "NOT VERIFIED because of --no-verify"
        self.stdout.write(f"{folder / made.file}: {made.size:,} bytes, {made.seconds} s, {state}.")
        self.stdout.write(f"SHA-256 {made.sha256}")
