"""Seats of a body worked out from who is listed in its votes, where no list of its members is at hand."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from votes.importing.edition import Seat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Listed = Mapping[datetime.date, Sequence[frozenset[str]]]
    """The states listed in each vote, by day."""

Term = tuple[datetime.date, datetime.date]
"""The first day of a term, and the first day after it."""

FEWEST = 3
"""Votes that a state must be listed in, and missing from, before it is taken to have come or gone within a term."""


def calendar_year(day: datetime.date) -> Term:
    """Return the calendar year of a day."""
    return datetime.date(day.year, 1, 1), datetime.date(day.year + 1, 1, 1)


def seats_from_votes(
    body: str, votes: Iterable[tuple[datetime.date, frozenset[str]]], term_of: Callable[[datetime.date], Term]
) -> list[Seat]:
    """Return the seats that the ``votes`` of a body show, each with its day and the states listed in it.

    Who is listed in the votes of a term had a seat throughout. Sources also confuse states, and members do resign: so
    where a term lists more states than any vote of it, or of the terms with votes before and after it, has members,

    - a state listed in half of the votes or fewer had no seat, unless it came or went;
    - if there are still too many, a state had a seat from the first vote that lists it, where at least ``FEWEST``
      before it do not, or up to the first that no longer does, where at least ``FEWEST`` after it do not.

    A term without votes has no seats. Seats of terms that follow each other are one.
    """
    terms: dict[Term, list[tuple[datetime.date, frozenset[str]]]] = defaultdict(list)
    for day, listed in sorted(votes, key=lambda vote: vote[0]):
        terms[term_of(day)].append((day, listed))
    sizes = {term: max(len(listed) for _day, listed in of) for term, of in terms.items()}
    in_order = sorted(terms)
    seats: list[Seat] = []
    for place, term in enumerate(in_order):
        most = max(sizes[near] for near in in_order[max(place - 1, 0) : place + 2])
        seats += [Seat(body, state, *held) for state, held in _held(terms[term], term, most).items()]
    return joined(seats)


def _held(votes: Sequence[tuple[datetime.date, frozenset[str]]], term: Term, most: int) -> dict[str, Term]:
    """Return when in a term each state had a seat, of which no more than ``most`` can have had one."""
    everybody = sorted(frozenset().union(*(listed for _day, listed in votes)))
    if len(everybody) <= most:
        return dict.fromkeys(everybody, term)
    parts = {state: _part(state, votes, term) for state in everybody}
    times = {state: sum(state in listed for _day, listed in votes) for state in everybody}
    held = {state: part for state, part in parts.items() if 2 * times[state] > len(votes) or part != term}
    return dict.fromkeys(held, term) if len(held) <= most else held


def _part(state: str, votes: Sequence[tuple[datetime.date, frozenset[str]]], term: Term) -> Term:
    """Return the part of a term in which a state is listed; the whole of it where it neither came nor went."""
    listing = [place for place, (_day, listed) in enumerate(votes) if state in listed]
    before, after = listing[0], len(votes) - 1 - listing[-1]
    if len(listing) < FEWEST:
        return term
    since = votes[listing[0]][0] if before >= FEWEST else term[0]
    until = votes[listing[-1] + 1][0] if after >= FEWEST else term[1]
    return since, until


def joined(seats: Iterable[Seat]) -> list[Seat]:
    """Return seats by state and day, those that follow each other without a day between as one."""
    found: list[Seat] = []
    for seat in sorted(seats, key=lambda one: (one.body, one.state, one.since)):
        last = found[-1] if found else None
        if last and (last.body, last.state, last.until) == (seat.body, seat.state, seat.since):
            found[-1] = replace(last, until=seat.until)
        else:
            found.append(seat)
    return found
