"""Benchmark of the parser of pasted votes: a million characters of real records and of adversarial texts.

Needs no database. Run alone by ``python -m benchmarks.entry``.
"""

from __future__ import annotations

import datetime
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.common import median_ms
from tests.votes.entry.electorates import electorate, landmark
from tests.votes.entry.hostile import HOSTILE, LONG, hostile
from votes.entry.names import Names
from votes.entry.printing import press_release, verbatim
from votes.entry.vote_text import understand

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
AIM = 200
"""Milliseconds for a million characters."""
DAY = datetime.date(2025, 2, 24)
SPEECH = (
    "The President: I thank the representative of France for his statement. We have heard the last speaker in "
    "explanation of vote after the voting. May I take it that the Assembly wishes to conclude this item?\n\n"
)


def measure_entry() -> None:
    """Print the table: milliseconds of processor time, medians, with the names of the electorate at hand or not."""
    of = electorate("GA", DAY)
    made = milliseconds(lambda: Names(of))
    names = Names(of)
    _row, votes = landmark("a-res-es-11-7")
    sheet = verbatim(votes, of, draft="A/ES-11/L.10", resolution="A/RES/ES-11/7")
    long = {
        "one vote in a long record": sheet + SPEECH * ((LONG - len(sheet)) // len(SPEECH)),
        "verbatim records of one vote after another": sheet * (LONG // len(sheet)),
        "press releases likewise": press_release(votes, of) * (LONG // len(press_release(votes, of))),
        **{f"hostile: {name}": hostile(unit, LONG) for name, unit in HOSTILE.items()},
    }
    print(f"One sheet, {len(sheet):,} characters: {milliseconds(lambda: understand(sheet, names)):.1f} ms; ", end="")
    print(f"the names of an electorate: {made:.1f} ms. A million characters:\n")
    print("| text | ms | half of it | ratio | target |")
    print("|---|---:|---:|---:|---:|")
    for name, text in long.items():
        half, whole = (milliseconds(partial(understand, text[:length], names)) for length in (LONG // 2, LONG))
        print(f"| {name} | {whole:.0f} | {half:.0f} | {whole / half:.1f} | {AIM} |")


def milliseconds(work: Callable[[], object]) -> float:
    """Return how much processor time something takes, the median of several times, after one that is not counted."""
    work()
    return median_ms(work, ROUNDS, time.process_time)


if __name__ == "__main__":
    measure_entry()
