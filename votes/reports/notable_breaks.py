"""Notable breaks: the recent roll calls on which most states broke with their closest partners.

What a break and its surprise are is said in ``votes.analysis.breaks``. On the front page a roll call is the more
notable the more states broke on it; among as many, the newer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.breaks import NOTABLE, Break, notable, surprises_in

if TYPE_CHECKING:
    from votes.record.record import Record


@dataclass(frozen=True, slots=True)
class NotableRollCall:
    """A roll call with its notable breaks, in the order of ``notable``."""

    key: int
    row: int
    breaks: tuple[Break, ...]


def notable_roll_calls(record: Record, *, number: int) -> list[NotableRollCall]:
    """Return the roll calls of the record's last year with the most notable breaks; none without one."""
    table = record.recent_surprises
    counts = (np.nan_to_num(table.surprise) >= NOTABLE).sum(axis=1)
    # Rows ascend by date and, within a day, by slug: both are labels, so the order is the same every time.
    order = np.lexsort((-table.rows, -counts))
    return [_at(record, place) for place in order[:number].tolist() if counts[place]]


def _at(record: Record, place: int) -> NotableRollCall:
    matrix, table = record.matrix, record.recent_surprises
    row = int(table.rows[place])
    breaks = surprises_in(table, matrix, place)
    return NotableRollCall(int(matrix.keys[row]), row, tuple(notable(breaks)))
