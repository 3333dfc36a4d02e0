"""Progress of an import: a bar with rate and time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 30
EVERY = 0.1  # seconds between two drawings of the bar


class Progress:
    """Says what is being done on ``stream``; tells terminals from files by itself."""

    def __init__(self, stream: TextIO, *, terminal: bool | None = None) -> None:
        self.stream = stream
        self.terminal = stream.isatty() if terminal is None else terminal
        self.began = self.drawn = 0.0
        self.has_bar = False

    def say(self, line: str) -> None:
        self.clear()
        self.stream.write(f"{line}\n")
        self.stream.flush()

    def rows(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` rows are written."""
        now = time.monotonic()
        if done == 0 or not self.began:
            self.began = now
        if not self.terminal or (now - self.drawn < EVERY and done < total):
            return
        self.drawn, self.has_bar = now, True
        self.stream.write(f"\r\x1b[2K{bar(done, total, now - self.began)}")
        self.stream.flush()
        if done >= total:
            self.clear()
            self.began = 0.0

    def clear(self) -> None:
        if self.has_bar:
            self.stream.write("\r\x1b[2K")
            self.has_bar = False


def bar(done: int, total: int, seconds: float) -> str:
    """Return the bar: share, rows, rows a second, and the time left where it can be told."""
    share = done / total if total else 1.0
    filled = int(WIDTH * share)
    rate = done / seconds if seconds > 0 else 0.0
    left = f", {(total - done) / rate:.0f} s left" if rate and done < total else ""
    speed = f", {rate:,.0f} a second" if rate else ""
    return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {int(100 * share):3}%  {done:,} of {total:,} votes{speed}{left}"
