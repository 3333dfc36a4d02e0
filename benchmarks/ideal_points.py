"""Ideal points of the General Assembly: how long a fit takes on one core, and how that grows with the votes."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from benchmarks import importing

if TYPE_CHECKING:
    from pathlib import Path

SHARES = (4, 2, 1)
"""Each so-manieth roll call is fitted."""

AIM = 60
"""Seconds at most."""


def measure_ideal_points(home: Path) -> None:
    """Print the table for the record in the database below ``home``, which ``measure_analysis`` makes and fills."""
    if not home.exists():
        print(f"Ideal points are not measured: there is no record in {home.name}.")
        return
    os.environ["PLENARY_HOME"] = str(home)
    # One core, as is asked for.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.pop("DATABASE_URL", None)
    print("\n".join(importing.apart(lines)))
    print()


def lines() -> list[str]:
    """Return the lines of the table."""
    importing.setup()
    from votes.analysis.ideal_points import fit
    from votes.analysis.ideal_points_data import gather
    from votes.editing.ideal_points import POSITIVE
    from votes.record.record import reading
    from votes.reports.ideal_points import Material

    with reading() as record:
        material = Material.of(record)
    matrix, items = material.matrix, material.items
    measured = []
    for share in SHARES:
        rows = slice(None, None, share)
        began, processor = time.perf_counter(), time.process_time()
        ballots = gather(matrix.choices[rows], items[rows], material.sessions[rows], matrix.states, material.continues)
        found = fit(ballots, positive=matrix.columns[POSITIVE])
        wall, cpu = time.perf_counter() - began, time.process_time() - processor
        measured.append((len(matrix.choices[rows]), len(ballots.item), found.iterations, found.converged, wall, cpu))
    table = [
        f"| {roll_calls:,} | {votes:,} | {steps}{'' if converged else ', not converged'} | {wall:.1f} | {cpu:.1f} | "
        f"{1e6 * cpu / votes / steps:.2f} |"
        for roll_calls, votes, steps, converged, wall, cpu in measured
    ]
    half, whole = measured[-2], measured[-1]
    in_short = (
        f"\nA fit of the whole record takes {whole[-1]:.1f} s of one core (aim: {AIM}), {whole[-1] / half[-1]:.2f} x "
        f"that of half of it, with {whole[1] / half[1]:.2f} x the votes."
    )
    return [
        "| roll calls | votes | steps | seconds | of processor | µs a vote and step |",
        "|---:|---:|---:|---:|---:|---:|",
        *table,
        in_short,
    ]
