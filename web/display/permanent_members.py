"""Names of the Security Council's permanent members, with former holders of a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from votes.periods import last_day

if TYPE_CHECKING:
    from votes.record.record import Record

FORMER = {"SUN": gettext_lazy("Soviet Union")}
"""Short names of former holders; others use their names on record."""


def former_name(record: Record, code: str) -> str:
    """Return the short name of a former holder of a seat."""
    return str(FORMER.get(code) or record.states[code].name)


def vetoers(record: Record) -> dict[str, str]:
    """Return the names of all permanent members, past ones too, by code, sorted by name."""
    continued = {other for code, own in record.permanent.items() for other in own[1:]}
    names = {
        code: former_name(record, code) if code in continued else seat_name(record, code) for code in record.permanent
    }
    return dict(sorted(names.items(), key=lambda named: named[1]))


def seat_name(record: Record, code: str) -> str:
    """Return a permanent member with its predecessors: Russian Federation (Soviet Union until 1991)."""
    name = record.states[code].name
    for former in record.permanent[code][1:]:
        ends = [last_day(seat.until) for seat in record.seats if seat.code == former]
        years = [end.year for end in ends if end]
        values = {"name": name, "former": former_name(record, former), "year": max(years, default="")}
        name = _("%(name)s (%(former)s until %(year)s)") % values
    return name
