"""Waiting for what must happen, however busy the machine is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 120
"""Seconds after which what a test waits for is taken for lost; where all is well, it comes long before."""


def wait_until(condition: Callable[[], object], *, every: float = 0.02) -> None:
    """Return once the condition holds; fail if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(every)
