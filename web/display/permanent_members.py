"""What permanent members are called: a seat that was continued has the names of both of its holders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from votes.periods import last_day

if TYPE_CHECKING:
    from votes.record.record import Record

FORMER = {"SUN": gettext_lazy("Soviet Union")}
"""What former holders of a permanent seat are called in a few words; others go by their names on record."""


def former_name(record: Record, code: str) -> str:
    """Return what a former holder of a seat is called."""
    return str(FORMER.get(code) or record.states[code].name)


def vetoers(record: Record) -> dict[str, str]:
    """Return what all permanent members are called, past ones too, by code in the order of the names."""
    continued = {other for code, own in record.permanent.items() for other in own[1:]}
    names = {
        code: former_name(record, code) if code in continued else seat_name(record, code) for code in record.permanent
    }
    return dict(sorted(names.items(), key=lambda named: named[1]))


def seat_name(record: Record, code: str) -> str:
    """Return a permanent member with those whose seat it continued: Russian Federation (Soviet Union until 1991)."""
    name = record.states[code].name
    for former in record.permanent[code][1:]:
        ends = [last_day(seat.until) for seat in record.seats if seat.code == former]
        years = [end.year for end in ends if end]
        said = {"name": name, "former": former_name(record, former), "year": max(years, default="")}
        name = _("%(name)s (%(former)s until %(year)s)") % said
    return name
