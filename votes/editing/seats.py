"""Seats of a body: added as a source shows them, and compared and changed as one table or from CSV."""

from __future__ import annotations

import csv
import datetime
import difflib
import io
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from resolutions.attribution import attributed
from resolutions.dates import dated
from resolutions.text import fold
from votes.models import BodyMembership, MemberState
from votes.models.intervals import DatePrecision
from votes.periods import last_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.contrib.auth.models import User

    from resolutions.models import Body

COLUMNS = ("state", "since", "until")
STATE_HEADERS = ("state", "code", "member state", "country", "delegation")
LIMIT = 1024**2
"""Bytes of a CSV file."""


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
    ended = BodyMembership.objects.filter(body=body, until__isnull=False)
    ending = {(seat.state_id, seat.until): seat for seat in ended}
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


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of seats."""

    state: str
    """The code."""
    since: datetime.date
    until: datetime.date | None
    key: int | None = None
    """That of the seat on record; None for a new one."""
    place: str = ""
    """Where it was entered, as messages call it."""

    @property
    def days(self) -> tuple[datetime.date, datetime.date]:
        return self.since, self.until or datetime.date.max

    @property
    def in_words(self) -> str:
        """Return the first and the last day: “1 January 2024 to 31 December 2026”."""
        if self.until is None:
            return _("since %(since)s") % {"since": dated(self.since)}
        return _("%(since)s to %(last)s") % {"since": dated(self.since), "last": dated(last_day(self.until))}


@dataclass(frozen=True, slots=True)
class Change:
    """A seat that is added, changed or removed."""

    name: str
    """That of the state."""
    before: Row | None
    after: Row | None


@dataclass
class Table:
    """The seats of a body as they are on record and as they are to be, and what is wrong with what was entered."""

    names: Mapping[str, str]
    """Names of states by code."""
    recorded: Mapping[int, Row]
    rows: dict[int, Row] = field(default_factory=dict)
    """Those on record as they are to be."""
    new: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, body: Body) -> Table:
        """Return the seats of ``body`` as they are on record."""
        seats = BodyMembership.objects.filter(body=body).order_by("state__sort_name", "since")
        rows = {
            key: Row(state, since, until, key, _("%(state)s, %(since)s") % {"state": name, "since": dated(since)})
            for key, state, name, since, until in seats.values_list(
                "pk", "state__code", "state__name", "since", "until"
            )
        }
        return cls(dict(MemberState.objects.values_list("code", "name")), rows, dict(rows))

    # What is entered

    def change(self, key: int, since: str, until: str) -> None:
        """Give the seat ``key`` other days, as the fields of a form have them."""
        row = self.rows[key]
        if dates := self._dates(row.place, since, until):
            self.rows[key] = replace(row, since=dates[0], until=dates[1])

    def remove(self, key: int) -> None:
        self.rows.pop(key, None)

    def add(self, place: str, state: str, since: str, until: str) -> None:
        """Add a seat; a row of which nothing is filled in is none."""
        if not (state.strip() or since.strip() or until.strip()):
            return
        code, dates = self._code(place, state), self._dates(place, since, until)
        if code and dates:
            self.new.append(Row(code, *dates, place=place))

    def read_csv(self, text: str, *, is_complete: bool) -> None:
        """Take the rows of a CSV text: one with state and beginning of a seat changes its end, another adds a seat.

        With ``is_complete``, seats that it does not have are removed.
        """
        of_beginning = {(row.state, row.since): key for key, row in self.rows.items()}
        found: set[int] = set()
        for line, state, since, until in self._lines(text):
            place = _("Line %(line)s") % {"line": line}
            code, dates = self._code(place, state), self._dates(place, since, until)
            if not (code and dates):
                continue
            key = of_beginning.get((code, dates[0]))
            if key is None:
                self.new.append(Row(code, *dates, place=place))
            elif key in found:
                self.problems.append(
                    _("%(place)s: this seat is in the CSV twice. Remove one of the lines.") % {"place": place}
                )
            else:
                found.add(key)
                self.rows[key] = replace(self.rows[key], until=dates[1], place=place)
        if is_complete and not self.problems:
            self.rows = {key: row for key, row in self.rows.items() if key in found}

    def _lines(self, text: str) -> Iterator[tuple[int, str, str, str]]:
        """Yield the number and the cells of each line; the first may be a header, whose columns may be in any order."""
        lines = text.lstrip("\ufeff").splitlines()
        first = next((line for line in lines if line.strip()), "")
        delimiter = next((mark for mark in "\t;," if mark in first), ",")
        places: Sequence[int] | None = None
        reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if places is None:
                places = _places(stripped)
                if places is not None:
                    continue
                places = range(len(COLUMNS))
            state, since, until = (stripped[at] if at < len(stripped) else "" for at in places)
            yield reader.line_num, state, since, until

    def _code(self, place: str, text: str) -> str:
        """Return the code that a cell names, by code or present name; empty, with a problem, for any other."""
        code = text.strip().upper()
        if code in self.names:
            return code
        by_name = {fold(name): of for of, name in self.names.items()}
        if found := by_name.get(fold(text)):
            return found
        near = difflib.get_close_matches(code, self.names, 1) or [
            by_name[name] for name in difflib.get_close_matches(fold(text), by_name, 1)
        ]
        said = {"place": place, "text": text.strip()[:60], "near": near[0] if near else ""}
        if not code:
            message = _("%(place)s: the state is missing. Enter its code, such as NOR.")
        elif near:
            message = _("%(place)s: unknown state “%(text)s”. Did you mean %(near)s?")
        else:
            message = _("%(place)s: unknown state “%(text)s”. Enter its code, such as NOR.")
        self.problems.append(message % said)
        return ""

    def _dates(self, place: str, since: str, until: str) -> tuple[datetime.date, datetime.date | None] | None:
        """Return the days in two cells; None, with a problem, where they are no period."""
        found: list[datetime.date | None] = []
        for cell in since.strip(), until.strip():
            try:
                found.append(datetime.date.fromisoformat(cell) if cell else None)
            except ValueError:
                message = _("%(place)s: “%(text)s” is not a date; dates look like 2026-01-31.")
                self.problems.append(message % {"place": place, "text": cell[:60]})
                return None
        first, end = found
        if first is None:
            self.problems.append(
                _("%(place)s: the first day is missing. Enter a date, such as 2026-01-31.") % {"place": place}
            )
            return None
        if end is not None and end <= first:
            message = _("%(place)s: the seat ends before it begins. “Until” is the first day without the seat.")
            self.problems.append(message % {"place": place})
            return None
        return first, end

    # What it changes

    @property
    def changes(self) -> list[Change]:
        """Return what is to change, in the order of the states."""
        changes = [
            Change(self.names[row.state], row, self.rows.get(key))
            for key, row in self.recorded.items()
            if key not in self.rows or self.rows[key].days != row.days
        ]
        changes += [Change(self.names[row.state], None, row) for row in self.new]
        return sorted(changes, key=lambda one: (fold(one.name), (one.after or one.before).since))  # type: ignore[union-attr]

    def check(self) -> None:
        """Add a problem for each two seats of a state that overlap."""
        of_state: dict[str, list[Row]] = {}
        for row in [*self.rows.values(), *self.new]:
            of_state.setdefault(row.state, []).append(row)
        for rows in of_state.values():
            for one, other in pairwise(sorted(rows, key=lambda row: row.since)):
                if other.since < (one.until or datetime.date.max):
                    entered, held = (one, other) if other.key is not None and one.key is None else (other, one)
                    message = _(
                        "%(place)s: %(state)s already has a seat at that time (%(days)s). Change that seat or correct "
                        "these dates."
                    )
                    said = {"place": entered.place, "state": self.names[one.state], "days": held.in_words}
                    self.problems.append(message % said)


def _places(header: Sequence[str]) -> list[int] | None:
    """Return where state, beginning and end stand in a header; None where the first line is none.

    Raises ValidationError for a header that lacks one of them.
    """
    headers = [fold(cell) for cell in header]
    if not {"since", "until", "from", "to"} & {*headers}:
        return None
    names = (STATE_HEADERS, ("since",), ("until",))
    places = [next((headers.index(name) for name in of if name in headers), None) for of in names]
    missing = [column for column, place in zip(COLUMNS, places, strict=True) if place is None]
    if missing:
        raise ValidationError(
            _("The first line lacks the column %(missing)s. The columns are state, since and until.")
            % {"missing": ", ".join(missing)}
        )
    return [place for place in places if place is not None]


@transaction.atomic
def change_seats(*, body: Body, table: Table, by: User | None, reason: str) -> int:
    """Write the changes of ``table``; return how many there are. ``reason`` is kept with them in the history.

    Raises ValidationError where the seats on record are no longer those that the table was made from.
    """
    with attributed(by=by, reason=reason):
        seats = {seat.pk: seat for seat in BodyMembership.objects.select_for_update().filter(body=body)}
        for key, row in table.recorded.items():
            if key not in seats or (seats[key].since, seats[key].until) != (row.since, row.until):
                raise ValidationError(_("Someone else has changed these seats meanwhile. Preview your changes again."))
        states = dict(MemberState.objects.values_list("code", "pk"))
        changes = table.changes
        BodyMembership.objects.filter(
            pk__in=[one.before.key for one in changes if one.before and not one.after]
        ).delete()
        moved = [(one.before, one.after) for one in changes if one.before and one.after]
        # One that shrinks first, so that no two of a state overlap on the way.
        for before, after in sorted(moved, key=lambda pair: not _is_within(pair[1], pair[0])):
            seat = seats[before.key or 0]
            if seat.since != after.since:
                seat.since, seat.since_precision = after.since, DatePrecision.DAY
            if seat.until != after.until:
                seat.until, seat.until_precision = after.until, DatePrecision.DAY
            seat.save()
        BodyMembership.objects.bulk_create(
            BodyMembership(body=body, state_id=states[one.after.state], since=one.after.since, until=one.after.until)
            for one in changes
            if one.after and not one.before
        )
    return len(changes)


def _is_within(inner: Row, outer: Row) -> bool:
    return outer.days[0] <= inner.days[0] and inner.days[1] <= outer.days[1]
