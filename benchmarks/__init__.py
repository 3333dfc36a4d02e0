"""Benchmarks of a running Plenary: ``make bench``. Compare ratios within one run; machines differ."""
