"""SVG to PNG, in a child process: the library that draws, with fonts of its own, takes memory no worker should."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import lru_cache

SCALE = 2
"""Pixels to a user unit, so that text is sharp on today's screens and in print."""

SECONDS = 20
"""How long a drawing may take."""
AT_ONCE, WAITING = 2, 3.0
"""How many are drawn at once, and for how many seconds others wait: each that waits keeps a thread from readers."""
CACHED_PICTURES = 32
"""How many pictures a process keeps drawn; one is some hundred kilobytes at most."""

_CHILD = """
import sys
import vl_convert
sys.stdout.buffer.write(vl_convert.svg_to_png(sys.stdin.buffer.read().decode(), scale=float(sys.argv[1])))
"""

_PLACES = threading.BoundedSemaphore(AT_ONCE)


class BusyError(Exception):
    """Raised where too many pictures are being drawn already."""


class NotDrawnError(Exception):
    """Raised where a picture cannot be drawn, with what is known of why."""


@lru_cache(maxsize=CACHED_PICTURES)
def png(svg: str) -> bytes:
    """Return the picture as PNG, on its light ground.

    Raises BusyError where others take all places for ``WAITING``, and NotDrawnError where the child takes longer than
    ``SECONDS``, dies, cannot be started or leaves nothing.
    """
    if not _PLACES.acquire(timeout=WAITING):
        raise BusyError
    try:
        drawn = subprocess.run(
            [sys.executable, "-c", _CHILD, str(SCALE)],
            input=svg.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise NotDrawnError(str(error)) from error
    finally:
        _PLACES.release()
    if drawn.returncode or not drawn.stdout:
        said = drawn.stderr.decode(errors="replace").strip()[-500:]
        raise NotDrawnError(f"The child ended with {drawn.returncode}: {said}")
    return drawn.stdout
