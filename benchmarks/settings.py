"""The project's settings, with the empty view among the addresses."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
