"""Take the data version past every number that can have been given."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from votes.record.version import data_version, move_past


class Command(BaseCommand):
    """For a server that has taken over from one that is lost, and may lack its last changes."""

    help = (
        "Take the data version past every number that can have been given, so that no cache shows what is lost as what "
        "is there: after a replica has taken over. Restoring a backup does it by itself. Ends with 0 when it is done, "
        "1 when it could not be, 2 for a wrong option."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Move it, and say from where to where."""
        with transaction.atomic():
            before = data_version()
            after = move_past(before)
        self.stdout.write(f"The data version was {before} and is {after}.")
