"""Names, seats and bloc memberships of member states."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from votes.periods import last_day
from votes.record.databases import reader

# All that pages say of the states themselves, in one query.
QUERY = """
SELECT json_build_object(
    'code', s.code, 'name', s.name, 'official_name', s.official_name, 'note', s.note,
    'seats', (
        SELECT json_agg(json_build_array(
            b.code, b.name, CASE WHEN m.permanent THEN 'permanent' ELSE '' END,
            m.since, m.since_precision, m.until, m.until_precision) ORDER BY b.code, m.since)
        FROM votes_bodymembership m JOIN resolutions_body b ON b.id = m.body_id WHERE m.state_id = s.id),
    'blocs', (
        SELECT json_agg(json_build_array(
            b.slug, b.short_name, m.status,
            m.since, m.since_precision, m.until, m.until_precision) ORDER BY b.short_name, m.since)
        FROM votes_blocmembership m JOIN votes_bloc b ON b.id = m.bloc_id WHERE m.state_id = s.id),
    'former_names', (
        SELECT json_agg(json_build_array(
            '', n.name, n.official_name,
            n.since, n.since_precision, n.until, n.until_precision) ORDER BY n.until)
        FROM votes_statename n WHERE n.state_id = s.id),
    'predecessors', (
        SELECT json_agg(p.code ORDER BY p.sort_name)
        FROM votes_memberstate_successors l JOIN votes_memberstate p ON p.id = l.from_memberstate_id
        WHERE l.to_memberstate_id = s.id),
    'successors', (
        SELECT json_agg(p.code ORDER BY p.sort_name)
        FROM votes_memberstate_successors l JOIN votes_memberstate p ON p.id = l.to_memberstate_id
        WHERE l.from_memberstate_id = s.id)
)::text
FROM votes_memberstate s ORDER BY s.sort_name, s.code
"""


@dataclass(frozen=True, slots=True)
class Tenure:
    """What a state held from ``since`` up to but not including ``until``: a seat, a membership or a name."""

    key: str
    """The code of the body or the slug of the bloc; empty for a name."""
    name: str
    """That of the body or of the bloc, or the name."""
    kind: str
    """Of a seat: ``permanent`` or nothing. Of a membership: its status. Of a name: the official one."""
    since: datetime.date | None
    since_precision: str
    until: datetime.date | None
    until_precision: str

    @property
    def last(self) -> datetime.date | None:
        """Return its last day, to be shown with ``until_precision``; None where it is held still."""
        return last_day(self.until, self.until_precision)

    def holds_on(self, date: datetime.date) -> bool:
        """Tell whether it was held on a day."""
        return (self.since is None or self.since <= date) and (self.until is None or date < self.until)


@dataclass(frozen=True, slots=True)
class AboutState:
    """What is on record of a member state itself."""

    code: str
    name: str
    official_name: str
    note: str
    seats: list[Tenure]
    """By body and date."""
    blocs: list[Tenure]
    """By the bloc's short name and date."""
    former_names: list[Tenure]
    """The oldest first."""
    predecessors: list[str]
    successors: list[str]
    """Codes, in the order of the names."""

    @classmethod
    def of(cls, found: dict[str, Any]) -> AboutState:
        """Return it of a row of the query."""
        held = {name: [_tenure(one) for one in found[name] or []] for name in ("seats", "blocs", "former_names")}
        others = {name: found[name] or [] for name in ("predecessors", "successors")}
        return cls(**{**found, **held, **others})

    def seats_in(self, body: str) -> list[Tenure]:
        """Return its seats in the body with this code, by date."""
        return [seat for seat in self.seats if seat.key == body]


def read_states() -> dict[str, AboutState]:
    """Return what is on record of each member state, by code in the order of the names: one query."""
    with reader().cursor() as cursor:
        cursor.execute(QUERY)
        rows = [AboutState.of(json.loads(row[0])) for row in cursor.fetchall()]
    return {about.code: about for about in rows}


def _tenure(row: list[Any]) -> Tenure:
    key, name, kind, since, since_precision, until, until_precision = row
    return Tenure(key, name, kind, date_or_none(since), since_precision, date_or_none(until), until_precision)


def date_or_none(text: str | None) -> datetime.date | None:
    """Return the date of PostgreSQL's JSON, None for a null."""
    return datetime.date.fromisoformat(text) if text else None
