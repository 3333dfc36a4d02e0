"""Prepare the database for this release: what a first start and an upgrade need before anything serves."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from votes.editing.error_reports import forget_addresses
from votes.editing.reference import load_reference
from votes.importing.shipped.layout import FOLDER, checksum
from votes.importing.shipped.loaded import is_loaded
from votes.models import MemberState
from votes.record.version import fold


class Command(BaseCommand):
    """Bring the tables up to date, load what ships with this release, and fold the list of changes.

    ``serve`` begins with it.
    """

    help = (
        "Migrate the tables, load the reference facts into an empty database, and load the record that "
        "ships with this release, or its changes since it was last loaded (with RECORD=none, only a few "
        "landmark votes). Safe to run again. Exit status: 0 when all is done or there was nothing to do, 1 "
        "when a step failed; the steps before it stay done."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-ideal-points",
            action="store_true",
            help=("do not estimate ideal points again when votes have changed"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.migrate()
        self.load_reference_once()
        if settings.RECORD == "whole" and not is_loaded(checksum(FOLDER)):
            call_command("load_record", stdout=self.stdout)
        if folded := fold():
            self.stdout.write(f"Compacted the change log of the data version: {folded} entries merged into one.")
        forget_addresses()
        if settings.RECORD == "whole" and not options["no_ideal_points"]:
            call_command("fit_ideal_points", if_stale=True, verbosity=0, stdout=self.stdout)

    def migrate(self) -> None:
        """Bring the tables up to date."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
            self.stdout.write(f"Migrations applied: {len(plan)}.")

    def load_reference_once(self) -> None:
        """Load the reference facts into an empty record; afterwards the record is its editors'."""
        if not MemberState.objects.exists():
            has_landmarks = settings.RECORD == "none"
            report = load_reference(settings.BASE_DIR / "data", landmarks=has_landmarks)
            names = ("member states", "blocs", *(["landmark roll calls"] if has_landmarks else []))
            added = ", ".join(f"{report.added[name]} {name}" for name in names)
            self.stdout.write(f"Reference facts loaded: {added}.")
