"""Measure public pages against an empty view under the same gunicorn command, then the analysis, imports and exports.

A server of its own, with a database of its own below ``.plenary/bench`` that holds the whole record of the General
Assembly where its file is at hand, is started, measured and stopped.
Each page is measured between two measurements of the empty view, in turn, several times; the table has the
medians.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import analysis, entry, ideal_points, importing
from benchmarks.load import CONNECTIONS, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".plenary" / "bench"
EMPTY = "/benchmark/empty"
FILE = importing.CORPORA / f"{importing.FILE}.gz"
FIT = ["fit_ideal_points"] if (ROOT / "votes" / "management" / "commands" / "fit_ideal_points.py").exists() else []
PAGES = [
    "/",
    "/resolutions/",
    "/resolutions/?q=ukraine",
    "/resolutions/?position=USA:against",
    "/resolutions/?position=eu:for",
    "/resolutions/?differ=USA~eu",
    "/resolutions/A/RES/ES-11/7",
    "/resolutions/A/RES/ES-11/7?bloc=nato",
    "/states/",
    "/states/USA/",
    "/blocs/",
    "/blocs/eu/",
    "/compare/states/?state=USA&state=FRA",
    "/compare/states/?state=USA&state=RUS&state=eu&state=brics&since=2016-01-01",
    "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7",
    "/agreement/",
    "/agreement/?bloc=eu",
    "/ideal-points/",
    "/about/",
]


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="how long each measurement lasts")
    parser.add_argument("--rounds", type=int, default=3, help="how often each page is measured")
    parts = ["pages", "analysis", "entry", "imports"]
    parser.add_argument("--only", choices=parts, help="measure one part; imports have exports with them")
    arguments = parser.parse_args()
    asked = [arguments.only] if arguments.only else parts
    if "pages" in asked:
        pages(arguments)
    if "analysis" in asked:
        analysis.measure_analysis(HOME)
        ideal_points.measure_ideal_points(HOME)
    if "entry" in asked:
        entry.measure_entry()
    if "imports" in asked:
        importing.main()


def pages(arguments: argparse.Namespace) -> None:
    """Measure the pages, and print their table."""
    with server() as (port, processes):
        rows = [row(port, path, arguments.seconds, arguments.rounds) for path in PAGES]
        memory = {process: resident(process) for process in processes()}
    print(f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.machine()},")
    print(f"Python {platform.python_version()}, {CONNECTIONS} connections, ", end="")
    print(f"{arguments.rounds} rounds of {arguments.seconds:g} s.")
    print(f"Largest worker, everything loaded: {max(memory.values()):.0f} MB.\n")
    print("| page | requests/s | of an empty view | p50 ms | p99 ms |")
    print("|---|---:|---:|---:|---:|")
    for line in rows:
        print(line)
    print()


def row(port: int, path: str, seconds: float, rounds: int) -> str:
    """Return a page's line of the table."""
    measured, ratios = [], []
    for _round in range(rounds):
        before = measure(port, EMPTY, seconds / 2)
        page = measure(port, path, seconds)
        after = measure(port, EMPTY, seconds / 2)
        measured.append(page)
        ratios.append(page.per_second / statistics.mean([before.per_second, after.per_second]))
    middle = statistics.median(page.per_second for page in measured)
    p50 = statistics.median(page.percentile(50) for page in measured)
    p99 = statistics.median(page.percentile(99) for page in measured)
    return f"| `{path}` | {middle:.0f} | {statistics.median(ratios):.1%} | {p50:.1f} | {p99:.1f} |"


@contextmanager
def server() -> Iterator[tuple[int, Callable[[], list[int]]]]:
    """Run gunicorn with the record in a database of its own; yield the port, and what returns its workers' numbers."""
    shutil.rmtree(HOME, ignore_errors=True)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"PLENARY_HOME": str(HOME), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    for command in ["migrate -v0", "load_reference", *([f"import_votes {FILE}", *FIT] if FILE.exists() else [])]:
        subprocess.run(
            [sys.executable, "manage.py", *command.split()], cwd=ROOT, env=environment, check=True, stdout=sys.stderr
        )
    serve = [sys.executable, "manage.py", "serve", "--port", str(port)]
    process = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield port, lambda: children(process.pid)
    finally:
        process.terminate()
        process.wait()


def children(process: int) -> list[int]:
    """Return the numbers of all processes that descend from one, as Linux tells."""
    own = Path(f"/proc/{process}/task/{process}/children")
    found = [int(number) for number in own.read_text().split()] if own.exists() else []
    return found + [deeper for number in found for deeper in children(number)]


def resident(process: int) -> float:
    """Return the megabytes of memory that a Python process has, 0 for any other."""
    status = Path(f"/proc/{process}/status").read_text()
    if b"postgres" in Path(f"/proc/{process}/cmdline").read_bytes():
        return 0
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the port answers; raise RuntimeError if the server ends first."""
    while process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start: see above.")


if __name__ == "__main__":
    main()
