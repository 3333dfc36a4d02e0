"""Permanent seats, and the vetoes that their holders cast.

A veto is the vote against of a state that is a permanent member on the day, where the recorded result is "vetoed": the
proposal had enough votes (Charter, Article 27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from votes.analysis.matrix import NO

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, Rows, VoteMatrix
    from votes.record.register import Labels


class Seat(NamedTuple):
    """A permanent seat in a body for a time; None is open."""

    body: str
    code: str
    since: datetime.date | None
    until: datetime.date | None
    successors: Collection[str]
    """The codes of the states that continued the state."""


def permanent_members(seats: Iterable[Seat]) -> dict[str, tuple[str, ...]]:
    """Return by the code of each permanent member those whose vetoes count as its own, itself first.

    The others are those whose seat it continued: the Russian Federation has the Soviet Union's.
    """
    successors = {seat.code: seat.successors for seat in seats}
    return {
        code: (code, *(other for other in sorted(successors) if code in successors[other]))
        for code in sorted(successors)
    }


def vetoes_of(
    seats: Iterable[Seat],
    members: Mapping[str, Sequence[str]],
    matrix: VoteMatrix,
    *,
    vetoed: Mask,
    bodies: Labels,
    dates: NDArray[np.datetime64],
    rows: Rows,
) -> NDArray[np.int64]:
    """Return P, the sets of ``members`` that vetoed each roll call as bits, the first member the lowest.

    ``vetoed``, ``bodies``, ``dates`` and ``rows`` of the matrix are those of the P roll calls of a register.
    """
    vetoes = np.zeros(len(dates), np.int64)
    for seat in seats:
        cast = vetoed & bodies.are(seat.body) & np.append(matrix.of(seat.code) == NO, False)[rows]
        if seat.since:
            cast &= dates >= np.datetime64(seat.since, "D")
        if seat.until:
            cast &= dates < np.datetime64(seat.until, "D")
        vetoes[cast] |= sum(1 << place for place, own in enumerate(members.values()) if seat.code in own)
    return vetoes
