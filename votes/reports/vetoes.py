"""Vetoed draft resolutions by permanent member and decade, and the votes on them.

See ``votes.record.vetoes`` for what a veto is. Drafts are counted as the Dag Hammarskjöld Library counts them in its
list of vetoes: a draft once, and no vote on one of its paragraphs or amendments.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from resolutions.models import Body
from votes.analysis.matrix import NO
from votes.choices import Choice
from votes.models import RollCall
from votes.record.choices import CHOICES
from votes.record.record import CACHED_VERSIONS
from votes.reports.breakdown import in_order_of_names
from votes.rules import Result

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall


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


@lru_cache(maxsize=CACHED_VERSIONS)
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
    return [_vetoed_draft(record, roll_call) for roll_call in record.roll_calls_by_key(keys)]


def _vetoed_draft(record: Record, roll_call: ListedRollCall) -> VetoedDraft:
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
