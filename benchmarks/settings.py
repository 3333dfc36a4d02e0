"""The project's settings, with the empty view among the addresses."""

from config.settings import *  # noqa: F403  # all of them, and one changed

ROOT_URLCONF = "benchmarks.urls"
