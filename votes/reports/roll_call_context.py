"""Context of a roll call (body, session, source, symbols, findings), read in one query for speed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from resolutions.models import OtherSymbol
from votes.choices import Choice
from votes.record.databases import reader
from votes.rules import Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votes.models import RollCall

QUERY = """
SELECT b.code, b.name, b.majority,
    (SELECT name FROM resolutions_session WHERE id = %(session)s),
    (SELECT ARRAY[name, url, licence] FROM votes_source WHERE id = %(source)s),
    s.seats, s.permanent,
    (SELECT json_agg(json_build_array(c.state_id, c.intended))::text
     FROM votes_correction c WHERE c.roll_call_id = %(key)s),
    (SELECT json_agg(json_build_array(o.kind, o.symbol) ORDER BY o.symbol_key)::text
     FROM resolutions_othersymbol o WHERE o.resolution_id = %(resolution)s),
    (SELECT json_agg(json_build_array(s.name, c.fact, c.old, c.new, c.reason, c.document) ORDER BY s.precedence, c.fact)
     FROM votes_sourcecorrection c JOIN votes_source s ON s.id = c.source_id WHERE c.roll_call_id = %(key)s)::text,
    EXISTS (SELECT FROM votes_finding f WHERE f.roll_call_id = %(key)s),
    EXISTS (SELECT FROM votes_historyevent h WHERE h.roll_call = %(key)s AND NOT h.internal)
        OR EXISTS (SELECT FROM votes_historyevent h WHERE h.resolution = %(resolution)s AND NOT h.internal)
        OR EXISTS (SELECT FROM votes_historyevent h WHERE h.kind = 'truncated' AND h.name IN ('vote', 'correction'))
FROM resolutions_body b, (
    SELECT count(*) AS seats, array_agg(state_id) FILTER (WHERE permanent) AS permanent
    FROM votes_bodymembership
    WHERE body_id = %(body)s AND since <= %(date)s AND (until IS NULL OR until > %(date)s)
) s
WHERE b.id = %(body)s
"""


class Corrected(NamedTuple):
    """What a source has wrong about a roll call, with the document that proves it; see ``SourceCorrection``."""

    source: str
    """Its name."""
    fact: str
    old: str
    new: str
    reason: str
    document: str


@dataclass(frozen=True, slots=True)
class RollCallContext:
    """Body, session, source, members of the day, notices of delegations, the text's symbols, findings, changes."""

    body: str
    """Its code."""
    body_name: str
    session: str
    """Its name; empty where there is none."""
    source: str
    """Its name."""
    seats: int
    """How many members the body had on the day."""
    permanent: frozenset[int]
    """The keys of those that were permanent members."""
    intended: Mapping[int, Choice]
    """What member states, by key, later said they had intended."""
    other_symbols: tuple[tuple[str, str], ...]
    """The other symbols of the text, in their order, each after what kind of symbol it is, in words."""
    has_findings: bool
    has_history: bool
    """Whether anything was changed since publication that its history may tell of."""
    majority: str = Requirement.NOT_STATED
    """What the body's proposals need where a vote does not state a requirement."""
    source_url: str = ""
    source_terms: str = ""
    corrected: tuple[Corrected, ...] = ()
    """What sources have wrong and the record has right."""

    @classmethod
    def of(cls, roll_call: RollCall) -> RollCallContext:
        """Read the context of a published roll call."""
        with reader().cursor() as cursor:
            cursor.execute(
                QUERY,
                {
                    "key": roll_call.pk,
                    "resolution": roll_call.resolution_id,
                    "body": roll_call.body_id,
                    "session": roll_call.session_id,
                    "source": roll_call.source_id,
                    "date": roll_call.date,
                },
            )
            (
                body, body_name, majority, session, source, seats, permanent, intended, symbols, corrected,
                has_findings, has_history,
            ) = cursor.fetchone()  # fmt: skip
        return cls(
            body=body,
            body_name=body_name,
            majority=majority,
            session=session or "",
            source=source[0],
            seats=seats,
            permanent=frozenset(permanent or ()),
            intended={state: Choice(choice) for state, choice in json.loads(intended or "[]")},
            other_symbols=tuple(
                (str(OtherSymbol.Kind(kind).label), symbol) for kind, symbol in json.loads(symbols or "[]")
            ),
            has_findings=has_findings,
            has_history=has_history,
            source_url=source[1],
            source_terms=source[2],
            corrected=tuple(Corrected(*row) for row in json.loads(corrected or "[]")),
        )
