"""Vetoes: which permanent members cast them, and how many drafts they vetoed by decade.

A veto is the vote against of a state that is a permanent member on the day, where the recorded result is "vetoed": the
proposal had votes enough (Charter, Article 27). Drafts are counted as the Dag Hammarskjöld Library counts them in its
list of vetoes: a draft once, and no vote on one of its paragraphs or amendments.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resolutions.models import Body
from votes.analysis.matrix import NO
from votes.choices import Choice
from votes.models import RollCall
from votes.reports.breakdown import CHOICES, in_order_of_names
from votes.rules import Result

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, Rows, VoteMatrix
    from votes.record.record import Record
    from votes.record.register import Labels
    from votes.record.roll_calls import ListedRollCall

KEPT = 2
"""For how many data versions the counts are kept: as many as a process keeps records of."""


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


@dataclass(frozen=True, eq=False)
class VetoCount:
    """Drafts that were vetoed in the Security Council, by D decades and M permanent members."""

    members: tuple[str, ...]
    """M codes, in the order of their names; a seat that was continued is its last holder's."""
    decades: tuple[int, ...]
    """D first years, from the decade of the Council's first vote on record to that of its last."""
    vetoes: NDArray[np.int64]
    """D x M: drafts that each member vetoed."""
    drafts: NDArray[np.int64]
    """D: drafts that were vetoed, by however many members."""
    keys: tuple[int, ...]
    """The keys of the roll calls counted, newest first."""
    others: int
    """How many votes on parts of drafts, and on other questions, ended in a veto and are not counted."""
    votes: int
    """How many recorded votes of the Council there are on record."""
    first: datetime.date | None
    last: datetime.date | None
    """The days of the first and the last of them; None without any."""


@lru_cache(maxsize=KEPT)
def veto_count(record: Record) -> VetoCount:
    """Return how many drafts a record has as vetoed."""
    register = record.register
    council = register.bodies.are(Body.SECURITY_COUNCIL) & register.recorded
    vetoed = council & register.results.are(Result.VETOED)
    counted = vetoed & register.kinds.are(RollCall.Kind.TEXT)
    continued = {other for code, own in record.permanent.items() for other in own if other != code}
    members = tuple(state.code for state in record.states_by_name if state.code in record.permanent.keys() - continued)
    starts = (register.dates.astype("datetime64[Y]").astype(np.int64) + 1970) // 10 * 10
    days = register.dates[council]  # descending
    decades = range(int(starts[council][-1]), int(starts[council][0]) + 1, 10) if len(days) else range(0)
    of_decade = [counted & (starts == decade) for decade in decades]
    of_member = [counted & register.vetoed_by([code]) for code in members]
    return VetoCount(
        members=members,
        decades=tuple(decades),
        vetoes=np.array([[np.count_nonzero(of & cast) for cast in of_member] for of in of_decade], np.int64).reshape(
            len(decades), len(members)
        ),
        drafts=np.array([np.count_nonzero(of) for of in of_decade], np.int64),
        keys=tuple(register.keys[counted].tolist()),
        others=int(np.count_nonzero(vetoed & ~counted)),
        votes=len(days),
        first=days[-1].astype(object) if len(days) else None,
        last=days[0].astype(object) if len(days) else None,
    )


@dataclass(frozen=True, slots=True)
class VetoedDraft:
    """A draft that was vetoed, and who voted how; names are those of the day."""

    roll_call: ListedRollCall
    vetoers: tuple[str, ...]
    """The codes of the permanent members against, in the order of their names."""
    names: Mapping[Choice, Sequence[str]]
    """Names by choice, each in order, of all members but the vetoers."""
    vetoer_names: tuple[str, ...]


def vetoed_drafts(record: Record, keys: Iterable[int]) -> list[VetoedDraft]:
    """Return vetoed drafts by their keys, in that order."""
    return [_vetoed_draft(record, roll_call) for roll_call in record.listed(keys)]


def _vetoed_draft(record: Record, roll_call: ListedRollCall) -> VetoedDraft:
    """Return one of them."""
    choices = record.matrix.choices[record.matrix.rows_by_slug[roll_call.slug]]
    permanent = {
        seat.code
        for seat in record.seats
        if seat.body == Body.SECURITY_COUNCIL
        and (seat.since or roll_call.date) <= roll_call.date
        and (seat.until is None or roll_call.date < seat.until)
    }
    vetoers, names = [], {choice: list[str]() for choice in Choice}
    for column, name, state in in_order_of_names(record, choices, roll_call.date):
        if state.code in permanent and choices[column] == NO:
            vetoers.append((state.code, name))
        else:
            names[CHOICES[int(choices[column])]].append(name)
    return VetoedDraft(roll_call, tuple(code for code, _name in vetoers), names, tuple(name for _code, name in vetoers))
