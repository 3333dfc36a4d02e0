"""SVG to PNG, in a child process: the library that draws, with fonts of its own, takes memory no worker should."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import lru_cache

SCALE = 2
"""Pixels to a user unit, so that text is sharp on today's screens and in print."""

SECONDS = 20
AT_ONCE = 2
KEPT = 32
"""How many pictures a process keeps drawn; one is some hundred kilobytes at most."""

_CHILD = """
import sys
import vl_convert
sys.stdout.buffer.write(vl_convert.svg_to_png(sys.stdin.buffer.read().decode(), scale=float(sys.argv[1])))
"""

_PLACES = threading.BoundedSemaphore(AT_ONCE)


class BusyError(Exception):
    """Raised where too many pictures are being drawn already."""


@lru_cache(maxsize=KEPT)
def png(svg: str) -> bytes:
    """Return the picture as PNG, on its light ground.

    Raises BusyError where others take all places for ``SECONDS``, and RuntimeError where it cannot be drawn.
    """
    if not _PLACES.acquire(timeout=SECONDS):
        raise BusyError
    try:
        drawn = subprocess.run(
            [sys.executable, "-c", _CHILD, str(SCALE)],
            input=svg.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    finally:
        _PLACES.release()
    if drawn.returncode:
        raise RuntimeError(f"The picture could not be drawn: {drawn.stderr.decode(errors='replace').strip()[-500:]}")
    return drawn.stdout
