"""Fit the ideal points of the General Assembly's votes, and store them for the pages."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from votes.analysis.ideal_points_data import Limits
from votes.editing.ideal_points import fit_record, store
from votes.record.record import reading
from votes.reports.ideal_points import estimates_of, is_stale


class Command(BaseCommand):
    """Fit, store in the place of the last fit, and say how it went."""

    help = (
        "Estimate where each member state stood in each session of the General Assembly, for "
        "/ideal-points/ and the pages of roll calls. Run it again when votes have changed; the page says "
        "when they have. Exit status: 0 when the estimates are stored, 1 when nothing was fitted or when "
        "the stored estimates did not converge and are marked so, 2 for a wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-stale", action="store_true", help=("do nothing if the votes have not changed since the last fit")
        )
        parser.add_argument("--iterations", type=int, help=f"stop after so many steps (default: {Limits().iterations})")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["iterations"] is not None and options["iterations"] < 1:
            raise CommandError("--iterations must be 1 or more.", returncode=2)
        if options["if_stale"]:
            with reading() as record:
                estimates = estimates_of(record)
                if estimates and not is_stale(record, estimates):
                    self.stdout.write("The estimates are up to date; nothing was done.")
                    return
        began = time.monotonic()
        if options["verbosity"]:
            self.stderr.write("Fitting; this takes about a minute.", str)
        try:
            fitted = fit_record(iterations=options["iterations"])
        except ValueError as error:
            raise CommandError(f"Nothing was fitted. {error}") from error
        stored = store(fitted)
        self.stdout.write(
            f"{stored.votes:,} votes of {stored.states:,} member states on {stored.roll_calls:,} roll calls "
            f"({stored.items:,} questions), data version {stored.data_version:,}."
        )
        self.stdout.write(
            f"{stored.iterations:,} steps in {time.monotonic() - began:.1f} s, the last by {stored.change:.1g}."
        )
        if not stored.converged:
            self.stderr.write("The estimates did not converge. They are stored, and the page says so.")
            sys.exit(1)
