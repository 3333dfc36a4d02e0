"""The SQL of exported fields, with the table aliases of ``votes.exporting.tables``."""

from __future__ import annotations

from dataclasses import dataclass

from votes.totals import FIGURES


@dataclass(frozen=True)
class Read:
    """How a field is read from the database."""

    sql: str
    free: bool = False
    """Whether it is text that may begin with anything, since no constraint says otherwise."""


def column(sql: str) -> Read:
    """Return how to read a field that is a number, a date or a word of a known form."""
    return Read(sql)


def text(sql: str) -> Read:
    """Return how to read a field of free text."""
    return Read(sql, free=True)


def yes_no(sql: str) -> Read:
    """Return how to read a field that is ``yes`` or ``no``."""
    return column(f"CASE WHEN {sql} THEN 'yes' ELSE 'no' END")


def counted(of: str) -> Read:
    """Return how to read a counted total, which is empty where the record has no votes to count."""
    return column(f'CASE WHEN tally."cast" > 0 THEN tally.{of} END')


def difference_reason() -> Read:
    """Return how to read why totals differ: what stands there is public only while a figure does differ."""
    differs = " OR ".join(f"roll_call.announced_{of} <> tally.{of}" for of in FIGURES)
    return text(f'CASE WHEN tally."cast" > 0 AND ({differs}) THEN roll_call.difference_reason END')


def symbols(kind: str) -> Read:
    """Return how to read the other symbols of a resolution of one kind."""
    return text(OTHER_SYMBOLS.format(kind=kind))


OTHER_SYMBOLS = (
    "(SELECT string_agg(other.symbol, '|' ORDER BY other.symbol COLLATE \"C\") FROM resolutions_othersymbol other "
    "WHERE other.resolution_id = resolution.id AND other.kind = '{kind}')"
)

TOPICS = (
    "(SELECT string_agg(topic.slug, ' ' ORDER BY topic.slug COLLATE \"C\") FROM resolutions_topic topic "
    "JOIN resolutions_resolution_topics about ON about.topic_id = topic.id WHERE about.resolution_id = resolution.id)"
)

SUCCESSORS = (
    "(SELECT string_agg(successor.code, ' ' ORDER BY successor.code COLLATE \"C\") FROM votes_memberstate successor "
    "JOIN votes_memberstate_successors link ON link.to_memberstate_id = successor.id "
    "WHERE link.from_memberstate_id = state.id)"
)

# jsonb orders the keys of an object by their length, which is no order to a reader.
FACTS = (
    "CASE jsonb_typeof(statement.facts) WHEN 'object' THEN '{' || coalesce((SELECT string_agg("
    "to_json(fact.key)::text || ': ' || fact.value::text, ', ' ORDER BY fact.key COLLATE \"C\") "
    "FROM jsonb_each(statement.facts) fact), '') || '}' ELSE statement.facts::text END"
)

# A record that was withdrawn is a draft: its name stands with its retired address, and is read nowhere else.
LEADS_TO = (
    "CASE retired.kind WHEN 'merged' THEN coalesce(kept.slug, (SELECT min(gone.slug COLLATE \"C\") "
    "FROM votes_retiredaddress gone WHERE gone.kind = 'withdrawn' AND gone.roll_call_id = retired.roll_call_id)) END"
)
