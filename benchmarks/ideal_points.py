"""Benchmark of fitting ideal points of the General Assembly on one core, by number of votes."""

from __future__ import annotations

import time

from benchmarks.common import in_subprocess, setup

SHARES = (4, 2, 1)
"""A fit for each number: only every n-th roll call is used."""

AIM = 60
"""Seconds at most."""


def measure_ideal_points() -> None:
    """Print the table for the record that ``measure_analysis`` has used."""
    print("\n".join(in_subprocess(lines)))
    print()


def lines() -> list[str]:
    setup()
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
        result = fit(ballots, positive=matrix.columns[POSITIVE])
        wall, cpu = time.perf_counter() - began, time.process_time() - processor
        measured.append((len(matrix.choices[rows]), len(ballots.item), result.iterations, result.converged, wall, cpu))
    table = [
        f"| {roll_calls:,} | {votes:,} | {steps}{'' if converged else ', not converged'} | {wall:.1f} | {cpu:.1f} | "
        f"{1e6 * cpu / votes / steps:.2f} |"
        for roll_calls, votes, steps, converged, wall, cpu in measured
    ]
    half, whole = measured[-2], measured[-1]
    in_short = (
        f"\nFitting the whole record takes {whole[-1]:.1f} s of one core (target: {AIM}), {whole[-1] / half[-1]:.2f} "
        f"times as long as half of it, with {whole[1] / half[1]:.2f} times the votes."
    )
    return [
        "| roll calls | votes | steps | seconds | CPU seconds | µs per vote and step |",
        "|---:|---:|---:|---:|---:|---:|",
        *table,
        in_short,
    ]
