"""Benchmark of public pages against an empty view: rendered, cached, unchanged (304) and compressed.

Two servers with the same database are started, one of them without a page cache (``PAGE_CACHE=0``). Each page is
measured between measurements of the empty view of the same server, in turn, several times; the tables have the medians
of the rounds. The load of few connections gives the shares of the empty view; that of many, how much longer than the
median the slowest answers take.
"""

from __future__ import annotations

import datetime
import os
import platform
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.common import ROOT
from benchmarks.load import CONNECTIONS, Measured, headers_of, measure, opened
from benchmarks.serving import EMPTY, prepare, resident, server

if TYPE_CHECKING:
    from collections.abc import Sequence

HOME = ROOT / ".plenary" / "bench"
MANY = 32
"""Connections of the heavy load: four times the server's threads."""

AIMS = {"": 3, "cached": 50, "unchanged": 55}
"""Targets: minimum shares of the empty view in per cent."""
SPREAD = 5
"""How many times the median 99 of 100 answers may take at most."""

PAGES = (
    "/",
    "/resolutions/",
    "/resolutions/?position=USA:against",
    "/resolutions/A/RES/ES-11/7",
    "/states/USA/",
    "/blocs/eu/",
    "/compare/states/?state=USA&state=RUS&state=eu&state=brics&since=2016-01-01",
    "/agreement/?bloc=eu",
    "/blocs/eu.json",
    "/api/v1/resolutions/",
)
"""What is measured in each way."""

RENDERED = (
    "/resolutions/?q=ukraine",
    "/resolutions/?position=eu:for",
    "/resolutions/?differ=USA~eu",
    "/resolutions/A/RES/ES-11/7?bloc=nato",
    "/states/",
    "/blocs/",
    "/compare/states/?state=USA&state=FRA",
    "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7",
    "/agreement/",
    "/ideal-points/",
    "/resolutions/?subject=cuba-united-states",
    "/roll-calls/?vetoed_by=USA",
    "/subjects/",
    "/vetoes/",
    "/data/",
    "/about/",
)
"""Pages measured without the cache only."""


@dataclass
class Rounds:
    """What a load met each time, and the share of the empty view's requests a second."""

    measured: list[Measured] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return statistics.median(one.per_second for one in self.measured)

    @property
    def share(self) -> float:
        return 100 * statistics.median(self.shares)

    def latency(self, percent: float) -> float:
        """Return the median of the latencies that so many percent of the answers stayed within, in milliseconds."""
        return statistics.median(one.percentile(percent) for one in self.measured)

    @property
    def latencies(self) -> str:
        """Return the cells of a table: the median, the 99th of a hundred, and what the one is of the other."""
        p50, p99 = self.latency(50), self.latency(99)
        return f"{p50:.1f} | {p99:.1f} | {p99 / p50:.1f}{missed(p99 <= SPREAD * p50)}"


def missed(is_reached: bool) -> str:
    """Return a mark for a missed target."""
    return "" if is_reached else " !"


def pages(*, seconds: float, rounds: int, few: Sequence[str] = ()) -> None:
    """Measure and print the tables, for all pages or those in ``few``."""
    prepare(HOME)
    in_all_ways = [page for page in PAGES if not few or page in few]
    with server(HOME) as (port, processes), server(HOME, PAGE_CACHE="0") as (plain, plain_processes):
        cached = [cached_rounds(port, page, seconds, rounds) for page in in_all_ways]
        rendered = {
            page: in_turn(plain, [(page, {}, 200)], seconds, rounds)[0]
            for page in (*in_all_ways, *(page for page in RENDERED if not few or page in few))
        }
        heavy = [[loads(where, page, seconds, rounds) for where in (port, plain)] for page in in_all_ways]
        memory = max(map(resident, processes())), max(map(resident, plain_processes()))
    print(f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.machine()},")
    print(f"Python {platform.python_version()}, {rounds} rounds of {seconds:g} s; missed targets are marked “!”.")
    print(f"Largest worker, everything loaded: {memory[1]:.0f} MB without the cache, {memory[0]:.0f} MB with it.\n")
    print(f"Rendered, {CONNECTIONS} connections; the target is {AIMS['']}%, and {SPREAD} for p99 / p50:\n")
    print("| page | requests/s | of an empty view | p50 ms | p99 ms | p99 / p50 |\n|---|---:|---:|---:|---:|---:|")
    for page, found in rendered.items():
        print(f"| `{page}` | {found.per_second:.0f} | {share(found, AIMS[''])} | {found.latencies} |")
    print(f"\nCached, {CONNECTIONS} connections: shares of an empty view; the targets are {AIMS['cached']}% and,")
    print(f"for 304s, {AIMS['unchanged']}%; latencies of the cached page, uncompressed:\n")
    print("| page | cached | unchanged (304) | gzip | br | p50 ms | p99 ms | p99 / p50 |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for page, (plain_text, unchanged, gzip, br) in zip(in_all_ways, cached, strict=True):
        cells = [share(one, AIMS["cached"]) for one in (plain_text, gzip, br)]
        cells.insert(1, share(unchanged, AIMS["unchanged"]))
        print(f"| `{page}` | {' | '.join(cells)} | {plain_text.latencies} |")
    print(f"\n{MANY} connections:\n")
    print("| page | cached/s | p50 ms | p99 ms | p99 / p50 | rendered/s | p50 ms | p99 ms | p99 / p50 |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for page, (warm, rendered_page) in zip(in_all_ways, heavy, strict=True):
        cells = [f"{one.per_second:.0f} | {one.latencies}" for one in (warm, rendered_page)]
        print(f"| `{page}` | {' | '.join(cells)} |")
    print()


def share(found: Rounds, aim: float) -> str:
    return f"{found.share:.1f}%{missed(found.share >= aim)}"


def cached_rounds(port: int, page: str, seconds: float, rounds: int) -> list[Rounds]:
    """Return what kept answers take: as they are, unchanged, and compressed by gzip and by Brotli.

    Raises RuntimeError where the answer is not kept, or has no tag.
    """
    encodings: list[dict[str, str]] = [{}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}]
    for headers in encodings:
        # Each process keeps its own.
        with opened(port, 4 * CONNECTIONS) as connections:
            measure(connections, page, min(seconds, 0.2), headers=headers)
    answer = headers_of(port, page)
    if not answer.get("cache-status", "").startswith("Plenary; hit"):
        raise RuntimeError(f"{page} is not cached: {answer.get('cache-status', 'no Cache-Status')}")
    unchanged = {"If-None-Match": answer["etag"]}
    plain, gzip, br = [(page, headers, 200) for headers in encodings]
    return in_turn(port, [plain, (page, unchanged, 304), gzip, br], seconds, rounds)


def in_turn(
    port: int, requests: Sequence[tuple[str, dict[str, str], int]], seconds: float, rounds: int
) -> list[Rounds]:
    """Return what each of several requests takes, each measured between two measurements of the empty view."""
    found = [Rounds() for _ in requests]
    for _round in range(rounds):
        with opened(port) as connections:
            before = measure(connections, EMPTY, seconds / 2)
            for (page, headers, status), one in zip(requests, found, strict=True):
                load = measure(connections, page, seconds, headers=headers, status=status)
                after = measure(connections, EMPTY, seconds / 2)
                one.measured.append(load)
                one.shares.append(load.per_second / statistics.mean([before.per_second, after.per_second]))
                before = after
    return found


def loads(port: int, page: str, seconds: float, rounds: int) -> Rounds:
    """Return what a page takes under a heavy load, of which no share is taken."""
    found = Rounds()
    for _round in range(rounds):
        with opened(port, MANY) as connections:
            found.measured.append(measure(connections, page, seconds))
    return found
