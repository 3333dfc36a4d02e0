"""The record as loaded for an import: every text, roll call and statement, read in a few queries."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from resolutions.models import Body, Session, Topic
from resolutions.text import fold
from votes.importing.edition import Known, Seat
from votes.models import BodyMembership, MemberState, RetiredAddress, Source, StateName

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

RESOLUTIONS = """
SELECT r.id, r.symbol_key, r.symbol, r.body_id, r.session_id, r.kind, r.title, r.agenda, r.status, r.subjects,
    (SELECT array_agg(t.slug ORDER BY t.slug COLLATE "C") FROM resolutions_resolution_topics m
        JOIN resolutions_topic t ON t.id = m.topic_id WHERE m.resolution_id = r.id),
    (SELECT array_agg(o.symbol ORDER BY o.symbol_key COLLATE "C") FROM resolutions_othersymbol o
        WHERE o.resolution_id = r.id AND o.kind = 'draft'),
    (SELECT array_agg(o.symbol_key ORDER BY o.symbol_key COLLATE "C") FROM resolutions_othersymbol o
        WHERE o.resolution_id = r.id AND o.kind = 'variant')
FROM resolutions_resolution r
"""
ROLL_CALLS = """
SELECT id, slug, body_id, session_id, resolution_id, decisive, title, date, date_precision, meeting, ordinal, kind,
    method, requirement, result, announced_yes, announced_no, announced_abstaining, announced_non_voting, note,
    difference_reason, absences_derived, not_legible, source_id, source_reference, status
FROM votes_rollcall
"""
STATEMENTS = """
SELECT id, roll_call_id, source_id, format, edition, reference, symbol_key, facts, votes FROM votes_statement
"""
VOTES = """
SELECT v.roll_call_id, string_agg(s.code || v.choice, ' ' ORDER BY s.code COLLATE "C")
FROM votes_vote v JOIN votes_memberstate s ON s.id = v.state_id GROUP BY v.roll_call_id
"""


@dataclass(slots=True)
class KnownText:
    """A text on record."""

    id: int
    key: str
    symbol: str
    body: int
    session: int | None
    kind: str
    title: str
    agenda: str
    status: str
    subjects: list[str]
    topics: list[str]
    drafts: list[str]
    variants: list[str]

    def __post_init__(self) -> None:
        self.topics, self.drafts, self.variants = self.topics or [], self.drafts or [], self.variants or []


@dataclass(slots=True)
class KnownRollCall:
    """A roll call on record."""

    id: int
    slug: str
    body: int
    session: int | None
    text: int | None
    decisive: bool
    title: str
    date: datetime.date
    date_precision: str
    meeting: str
    ordinal: int | None
    kind: str
    method: str
    requirement: str
    result: str
    announced_yes: int | None
    announced_no: int | None
    announced_abstaining: int | None
    announced_non_voting: int | None
    note: str
    difference_reason: str
    absences_derived: bool
    not_legible: list[str]
    source: int
    reference: str
    status: str


@dataclass(slots=True)
class KnownStatement:
    """What a source said of a roll call on record when its file was last imported."""

    id: int
    roll_call: int
    source: int
    format: str
    edition: datetime.date | None
    reference: str
    symbol_key: str
    facts: dict[str, Any]
    votes: str


@dataclass
class Record:
    """All of it, with the ways to look things up."""

    bodies: dict[str, int]
    sessions: dict[tuple[str, str], int]
    session_codes: dict[int, str]
    topics: dict[str, int]
    sources: dict[str, tuple[int, int]]
    """Key and precedence by slug."""
    states: dict[str, int]
    texts: dict[int, KnownText] = field(default_factory=dict)
    text_of_symbol: dict[str, int] = field(default_factory=dict)
    roll_calls: dict[int, KnownRollCall] = field(default_factory=dict)
    roll_call_of_slug: dict[str, int] = field(default_factory=dict)
    statements: dict[int, list[KnownStatement]] = field(default_factory=lambda: defaultdict(list))
    """By roll call."""
    votes: dict[int, str] = field(default_factory=dict)
    """The votes of a roll call as a statement writes them, by roll call; roll calls without votes are not in it."""
    retired_slugs: set[str] = field(default_factory=set)
    """Of roll calls that were public once; no other is named so."""
    corrected: set[tuple[int, str]] = field(default_factory=set)
    """Roll call and state code of each correction."""

    @classmethod
    def read(cls) -> Record:
        """Return the record as this transaction sees it."""
        sessions = list(Session.objects.values_list("pk", "body__code", "code"))
        record = cls(
            bodies=dict(Body.objects.values_list("code", "pk")),
            sessions={(body, code): pk for pk, body, code in sessions},
            session_codes={pk: code for pk, _body, code in sessions},
            topics=dict(Topic.objects.values_list("slug", "pk")),
            sources={s.slug: (s.pk, s.precedence) for s in Source.objects.all()},
            states=dict(MemberState.objects.values_list("code", "pk")),
        )
        for row in _rows(RESOLUTIONS):
            record._add_text(KnownText(*row))
        for row in _rows(ROLL_CALLS):
            record._add_roll_call(KnownRollCall(*row))
        for row in _rows(STATEMENTS):
            statement = KnownStatement(*row)
            statement.facts = json.loads(statement.facts)  # type: ignore[arg-type]  # as the driver gives it
            record.statements[statement.roll_call].append(statement)
        record.votes = dict(_rows(VOTES))
        corrected = (
            "SELECT c.roll_call_id, s.code FROM votes_correction c JOIN votes_memberstate s ON s.id = c.state_id"
        )
        record.corrected = set(_rows(corrected))
        record.retired_slugs = set(
            # What an import removed may come back by another one.
            RetiredAddress.objects.filter(import_run__isnull=True).values_list("slug", flat=True)
        )
        return record

    def _add_text(self, text: KnownText) -> None:
        self.texts[text.id] = text
        self.text_of_symbol[text.key] = text.id
        for variant in text.variants:
            self.text_of_symbol.setdefault(variant, text.id)

    def _add_roll_call(self, roll_call: KnownRollCall) -> None:
        self.roll_calls[roll_call.id] = roll_call
        self.roll_call_of_slug[roll_call.slug] = roll_call.id

    def facts(self, roll_call: KnownRollCall) -> dict[str, Any]:
        """Return what the record says of a roll call, in the words of a statement."""
        text = self.texts[roll_call.text] if roll_call.text else None
        facts: dict[str, Any] = {
            name: getattr(roll_call, name)
            for name in (
                *("title", "date_precision", "meeting", "ordinal", "kind", "method", "requirement", "result"),
                *("announced_yes", "announced_no", "announced_abstaining", "announced_non_voting", "note"),
                *("difference_reason", "not_legible"),
            )
        }
        facts["absences"] = "derived" if roll_call.absences_derived else None
        facts["date"] = roll_call.date.isoformat()
        facts["session"] = self.session_codes[roll_call.session] if roll_call.session else ""
        facts["symbol"] = text.symbol if text else ""
        if text and roll_call.decisive:
            facts |= {"text_title": text.title, "agenda": text.agenda, "topics": text.topics, "drafts": text.drafts}
            facts["subjects"] = text.subjects
        return facts


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while batch := cursor.fetchmany(5000):
            yield from batch


def known() -> Known:
    """Return what the readers of files need to know of the record."""
    names: dict[str, set[str]] = defaultdict(set)
    states = MemberState.objects.prefetch_related("successors")
    for state in states:
        names[state.code] |= {fold(state.name), fold(state.official_name)}
    for code, name, official in StateName.objects.values_list("state__code", "name", "official_name"):
        names[code] |= {fold(name), fold(official)}
    seats = BodyMembership.objects.values_list("body__code", "state__code", "since", "until")
    return Known(
        states=frozenset(state.code for state in states),
        iso2={state.iso2: state.code for state in states if state.iso2},
        successors={s.code: tuple(sorted(n.code for n in s.successors.all())) for s in states},
        seats=[Seat(*seat) for seat in seats.order_by("body__code", "state__code", "since")],
        sessions=frozenset(Session.objects.values_list("body__code", "code")),
        topics=frozenset(Topic.objects.values_list("slug", flat=True)),
        names={code: frozenset(said - {""}) for code, said in names.items()},
        bodies=frozenset(Body.objects.values_list("code", flat=True)),
    )
