"""The project's settings, with the empty view among the addresses, and perhaps another database of the same server."""

import os

from config.settings import *  # noqa: F403  # all of them, and some changed
from config.settings import DATABASES, UNCACHED_PATHS

ROOT_URLCONF = "benchmarks.urls"

# The empty view is what Django, its middleware and gunicorn cost by themselves, so no answer of it is kept.
UNCACHED_PATHS += ("/benchmark/",)

if name := os.environ.get("BENCHMARK_DATABASE"):
    DATABASES["default"]["NAME"] = name
