"""Adding the source, sessions and seats that an edition brings and the record does not have."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Max

from resolutions.models import Body, Session
from votes.editing.seats import add_seats
from votes.models import Source

if TYPE_CHECKING:
    from votes.importing.edition import Edition, Seat

NOTE = "Worked out from who is listed in the body’s votes; the days of election and resignation are not known."


def add_facts(edition: Edition) -> list[str]:
    """Add the new source, sessions and seats of ``edition``; return in words what was added."""
    added = []
    if edition.new_source and not Source.objects.filter(slug=edition.source).exists():
        last = Source.objects.aggregate(last=Max("precedence"))["last"] or 0
        source = Source.objects.create(slug=edition.source, precedence=last + 1, **edition.new_source)
        added.append(f"The source “{source}” was added with the lowest precedence.")
    bodies = {body.code: body for body in Body.objects.all()}
    Session.objects.bulk_create(
        Session(body=bodies[new.body], code=new.code, name=new.name, kind=new.kind, number=new.number)
        for new in edition.sessions
    )
    if edition.sessions:
        added.append(f"{len(edition.sessions)} sessions were added.")
    by_body: dict[str, list[Seat]] = defaultdict(list)
    for seat in edition.seats:
        by_body[seat.body].append(seat)
    for code, seats in by_body.items():
        count = add_seats(body=bodies[code], seats=seats, note=NOTE)
        states = len({seat.state for seat in seats})
        added.append(f"{bodies[code]}: {count} seats of {states} states were worked out from its votes.")
    return added
