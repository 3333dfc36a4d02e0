"""Seats of a body: added as a source shows them, and read, compared and changed as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.db import transaction

from votes.models import BodyMembership, MemberState

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from resolutions.models import Body


class HeldSeat(Protocol):
    """A seat of a state, by its code, from ``since`` up to but not including ``until``."""

    @property
    def state(self) -> str: ...

    @property
    def since(self) -> datetime.date: ...

    @property
    def until(self) -> datetime.date | None: ...


@transaction.atomic
def add_seats(*, body: Body, seats: Iterable[HeldSeat], note: str) -> int:
    """Add seats that overlap none on record, each with a ``note`` where it is from; return how many were added.

    A seat that begins on the day on which one on record ends continues it.
    """
    states = dict(MemberState.objects.values_list("code", "pk"))
    ending = {
        (seat.state_id, seat.until): seat for seat in BodyMembership.objects.filter(body=body, until__isnull=False)
    }
    new, count = [], 0
    for seat in seats:
        count += 1
        state = states[seat.state]
        if before := ending.get((state, seat.since)):
            before.until = seat.until
            before.save(update_fields=["until"])
        else:
            new.append(BodyMembership(body=body, state_id=state, since=seat.since, until=seat.until, note=note))
    BodyMembership.objects.bulk_create(new)
    return count
