"""Check the whole record against itself and its sources."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from votes.exporting.checksum import record_checksum
from votes.models import Finding
from votes.verification.check import Changes, check_record


class Command(BaseCommand):
    """Check the record, bring the findings in step, and say what they are."""

    help = (
        "Check the whole record and update its findings, which /data/quality/ lists. Safe to run again. "
        "Exit status: 0 when done, 1 when it failed or, with --strict, when findings are open, 2 for a "
        "wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="print every open finding with its public address")
        parser.add_argument("--strict", action="store_true", help="exit with 1 if findings are open")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verbosity"]:
            self.stderr.write("Checking the record; this takes a few seconds.", str)
        checked = check_record()
        labels = dict(Finding.Kind.choices)
        for kind, (number, acknowledged) in checked.counts.items():
            self.stdout.write(f"  {labels[kind]}: {number:,} open, {acknowledged:,} acknowledged")
        self.stdout.write(f"{checked.open:,} open findings." if checked.open else "No open findings.")
        self.stdout.write(_changes(checked.changes))
        self.stdout.write(f"The record's checksum is {record_checksum()}.")
        if options["list"]:
            self._list()
        if options["strict"] and checked.open:
            sys.exit(1)

    def _list(self) -> None:
        """Print a line a finding: kind, public address, sentence; what is not public has no such address."""
        opened = Finding.objects.open()
        public = set(opened.public().values_list("pk", flat=True))
        for finding in opened.select_related("roll_call__resolution", "resolution", "state", "bloc"):
            address = (finding.get_absolute_url() or "-") if finding.pk in public else "(draft)"
            self.stdout.write(f"{finding.kind}\t{address}\t{finding.sentence}")


def _changes(changes: Changes) -> str:
    if not changes.wrote:
        return "No changes."
    return f"{changes.added:,} new, {changes.changed:,} changed, {changes.removed:,} gone."
