"""Measurements of a running Plenary: ``make bench``. Ratios within one run are what counts; machines differ."""
