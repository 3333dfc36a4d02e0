"""Import of the rest of an export: corrections, statements, and texts without a vote."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection

from resolutions.models import Body, OtherSymbol, Resolution, Session, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from votes.importing.edition import StatedText

BATCH = 2000  # rows a statement; those of statements have a kilobyte of votes each

CORRECTIONS = """
INSERT INTO votes_correction (roll_call_id, state_id, intended, reference)
SELECT r.id, s.id, said.intended, said.reference
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS said (roll_call, state, intended, reference)
JOIN votes_rollcall r ON r.slug = said.roll_call
JOIN votes_memberstate s ON s.code = said.state
ON CONFLICT (roll_call_id, state_id) DO NOTHING
"""
STATEMENTS = """
INSERT INTO votes_statement (roll_call_id, source_id, format, edition, reference, symbol_key, facts, votes)
SELECT r.id, s.id, said.format, nullif(said.edition, '')::date, said.reference, said.symbol_key, said.facts::jsonb,
    said.votes
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS said (roll_call, source, format, edition, reference, symbol_key, facts, votes)
JOIN votes_rollcall r ON r.slug = said.roll_call
JOIN votes_source s ON s.slug = said.source
ON CONFLICT (roll_call_id, source_id, format) DO UPDATE SET
    (edition, reference, symbol_key, facts, votes)
    = (excluded.edition, excluded.reference, excluded.symbol_key, excluded.facts, excluded.votes)
WHERE (
    votes_statement.edition, votes_statement.reference, votes_statement.symbol_key, votes_statement.facts,
    votes_statement.votes
) IS DISTINCT FROM (excluded.edition, excluded.reference, excluded.symbol_key, excluded.facts, excluded.votes)
"""


def add_rest(
    texts: Sequence[tuple[str, str | None, StatedText]],
    corrections: Iterable[Mapping[str, str]],
    statements: Iterable[Mapping[str, str]],
) -> bool:
    """Add what of these the record does not have, and what sources say now; return whether anything was written.

    What the record says of roll calls was brought in line with the export before, where nobody had changed it, and
    what sources say must go with it, or the next edition would take the change for a person's.
    """
    added = add_texts(texts)
    added += _insert(CORRECTIONS, corrections, ("roll_call", "state", "intended", "reference"))
    columns = ("roll_call", "source", "format", "edition", "reference", "symbol_key", "facts", "votes")
    return added + _insert(STATEMENTS, statements, columns) > 0


def _insert(statement: str, rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> int:
    """Add rows by ``statement``, which takes a list for each of ``columns``; return how many were missing."""
    added = 0
    with connection.cursor() as cursor:
        for batch in _batches(rows):
            cursor.execute(statement, [[row.get(column, "") for row in batch] for column in columns])
            added += cursor.rowcount
    return added


def _batches(rows: Iterable[Mapping[str, str]]) -> Iterator[list[Mapping[str, str]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def add_texts(texts: Sequence[tuple[str, str | None, StatedText]]) -> int:
    """Add the texts, each with its body and session, that no symbol on record names; return how many there were."""
    known = {*Resolution.objects.values_list("symbol_key", flat=True)}
    known |= {*OtherSymbol.objects.filter(kind="variant").values_list("symbol_key", flat=True)}
    new = [said for said in texts if said[2].symbol.key not in known]
    if not new:
        return 0
    bodies = {body.code: body for body in Body.objects.all()}
    sessions = {(session.body.code, session.code): session for session in Session.objects.select_related("body")}
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    rows = [
        Resolution(
            body=bodies[body],
            session=sessions[body, session] if session else None,
            symbol=text.symbol.text,
            kind=text.kind,
            title=text.title,
            agenda=text.agenda,
            subjects=list(text.subjects),
            status=text.status,
        )
        for body, session, text in new
    ]
    _add(rows)
    stated = [(row, text) for row, (_body, _session, text) in zip(rows, new, strict=True)]
    _add([OtherSymbol(resolution=row, symbol=s, kind="draft") for row, text in stated for s in text.drafts])
    _add([OtherSymbol(resolution=row, symbol=s, kind="variant") for row, text in stated for s in text.variants])
    link = Resolution.topics.through
    link._default_manager.bulk_create(
        link(resolution=row, topic=topics[slug]) for row, text in stated for slug in text.topics
    )
    return len(rows)


def _add(rows: Sequence[Any]) -> None:
    """Add rows of one of the models with a symbol, with what is derived from it."""
    for row in rows:
        (row.derive if isinstance(row, Resolution) else row.derive_symbol)()
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)
