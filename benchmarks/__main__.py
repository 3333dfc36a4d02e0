"""Measure public pages against an empty view under the same gunicorn command, then the analysis, imports and exports.

Servers and databases are this command's own, below ``.plenary``, started and stopped by it, with the record that ships.
"""

from __future__ import annotations

import argparse

from benchmarks import analysis, entry, ideal_points, importing, pages, tenfold


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.9, help="how long each measurement of a page lasts")
    parser.add_argument("--rounds", type=int, default=3, help="how often each page is measured")
    parser.add_argument("--page", action="append", default=[], help="measure this page only; may be repeated")
    parts = ["pages", "tenfold", "analysis", "entry", "imports"]
    parser.add_argument("--only", choices=parts, help="measure one part; imports have exports with them")
    arguments = parser.parse_args()
    selected = [arguments.only] if arguments.only else parts
    if "pages" in selected:
        pages.pages(seconds=arguments.seconds, rounds=arguments.rounds, few=arguments.page)
    if "tenfold" in selected:
        tenfold.measure_tenfold(seconds=arguments.seconds, rounds=arguments.rounds)
    if "analysis" in selected:
        analysis.measure_analysis(pages.HOME)
        ideal_points.measure_ideal_points()
    if "entry" in selected:
        entry.measure_entry()
    if "imports" in selected:
        importing.main()


if __name__ == "__main__":
    main()
