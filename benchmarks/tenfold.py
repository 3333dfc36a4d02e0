"""Benchmark with ten times the record: lists, a text's page, loading and memory, against the record as it is.

Two servers without kept pages are measured in turn, one with the whole record, one with ten copies of it, by one
connection each, so that a latency is what one answer takes.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from benchmarks import tenfold_record
from benchmarks.common import ROOT, in_subprocess, median_ms, setup, use_database
from benchmarks.load import measure, opened
from benchmarks.pages import missed
from benchmarks.serving import prepare, resident, server

if TYPE_CHECKING:
    from pathlib import Path

HOME = ROOT / ".plenary" / "bench-tenfold"
AIM = 1.5
"""How many times as long a list may take."""
CHANGES = (10, 10_000, 100_000)
"""Numbers of edits that the data version is read after."""

LISTS = (
    "/resolutions/",
    "/roll-calls/",
    "/resolutions/?position=USA:against",
    "/resolutions/?q=ukraine",
    "/resolutions/?q=nuclear",
    "/resolutions/?topic=human-rights&result=adopted",
)
OTHERS = ("/resolutions/A/RES/ES-11/7", "/states/USA/", "/blocs/eu/")


def measure_tenfold(*, seconds: float, rounds: int, home: Path = HOME) -> None:
    """Measure, and print the tables. A database below ``home`` is made anew."""
    prepare(home, fit=False)
    use_database(home)
    roll_calls, votes, made = in_subprocess(tenfold_record.make_tenfold)
    print(f"{roll_calls:,} roll calls and {votes:,} votes, made in {made:.0f} s. p50 of one connection, in turn:\n")
    print("| page | ms | tenfold ms | ratio | target |\n|---|---:|---:|---:|---:|")
    with (
        server(home, PAGE_CACHE="0", WEB_CONCURRENCY="1") as (once, its_processes),
        server(home, PAGE_CACHE="0", WEB_CONCURRENCY="1", BENCHMARK_DATABASE=tenfold_record.NAME) as (ten, processes),
    ):
        for page in (*LISTS, *OTHERS):
            print(line(once, ten, page, seconds=seconds, rounds=rounds), flush=True)
        memory = [max(map(resident, of())) for of in (its_processes, processes)]
    print(f"\nThe worker, with one record of each: {memory[0]:.0f} MB and {memory[1]:.0f} MB.")
    loads = [in_subprocess(load_seconds, name) for name in ("", tenfold_record.NAME)]
    print(f"The record is loaded in {loads[0]:.2f} s and {loads[1]:.2f} s.\n")
    print("| edits since the beginning | the data version, ms |\n|---:|---:|")
    for number in CHANGES:
        print(f"| {number:,} | {in_subprocess(tenfold_record.votes_change_milliseconds, number):.2f} |")
    print()


def line(once: int, ten: int, page: str, *, seconds: float, rounds: int) -> str:
    aim = AIM if page in LISTS else None
    found: dict[int, list[float]] = {once: [], ten: []}
    for port in found:
        # What a version of the record is asked for the first time is not what is measured.
        with opened(port, 1) as connections:
            measure(connections, page, 0.1)
    for _round in range(max(rounds, 3)):
        for port, medians in found.items():
            with opened(port, 1) as connections:
                medians.append(measure(connections, page, seconds).percentile(50))
    ratio = statistics.median(ten_ms / ms for ms, ten_ms in zip(found[once], found[ten], strict=True))
    ms, ten_ms = map(statistics.median, found.values())
    return f"| `{page}` | {ms:.1f} | {ten_ms:.1f} | {ratio:.2f}{missed(not aim or ratio <= aim)} | {aim or '–'} |"


def load_seconds(database: str) -> float:
    """Return the seconds that loading the record takes, the median of three. Runs in a process of its own."""
    setup(database)
    from votes.record.record import load

    return median_ms(load, 3) / 1000
