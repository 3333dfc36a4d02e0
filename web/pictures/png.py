"""SVG to PNG conversion, in a child process, since the library and its fonts need too much memory for a worker."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import lru_cache

SCALE = 2
"""Pixels per user unit: sharp on high-density screens and in print."""

SECONDS = 20
"""Timeout of a conversion in seconds."""
AT_ONCE, WAITING = 2, 3.0
"""Concurrent conversions, and seconds that others wait: each waiting request blocks a thread."""
CACHED_PICTURES = 32
"""Number of PNGs cached per process; one has a few hundred kilobytes at most."""

_CHILD = """
import sys
import vl_convert
sys.stdout.buffer.write(vl_convert.svg_to_png(sys.stdin.buffer.read().decode(), scale=float(sys.argv[1])))
"""

_PLACES = threading.BoundedSemaphore(AT_ONCE)


class BusyError(Exception):
    """Raised if too many conversions are already running."""


class NotDrawnError(Exception):
    """Raised if a conversion fails, with the reason if known."""


@lru_cache(maxsize=CACHED_PICTURES)
def png(svg: str) -> bytes:
    """Return a picture as PNG on its light background.

    Raises BusyError if no slot frees up within ``WAITING`` seconds, and NotDrawnError if the child takes longer than
    ``SECONDS``, dies, cannot be started or writes nothing.
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
        stderr = drawn.stderr.decode(errors="replace").strip()[-500:]
        raise NotDrawnError(f"The child ended with {drawn.returncode}: {stderr}")
    return drawn.stdout
