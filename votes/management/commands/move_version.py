"""Raise the data version above every number that may have been used."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from votes.record.version import data_version, move_past


class Command(BaseCommand):
    """Run it on a replica that has taken over from a lost primary and may lack its last changes."""

    help = (
        "Raise the data version above every number that may have been used, so that no cache serves pages "
        "of data that were lost. Run it after a failover to a replica; restoring a backup does it "
        "automatically. Exit status: 0 when done, 1 when it failed, 2 for a wrong option."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            before = data_version()
            after = move_past(before)
        self.stdout.write(f"The data version was {before} and is now {after}.")
