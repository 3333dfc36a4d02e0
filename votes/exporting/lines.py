"""Votes as CSV lines made in SQL: the fast path for the one table with hundreds of rows for each roll call.

What the lines of a roll call or of a member state have in common is made into text once, and the lines of a roll call
come as one text, so that neither PostgreSQL nor Python handles each of 774 thousand rows by itself. The bytes are
those that COPY writes for ``votes.exporting.tables.VOTES``, which the tests hold it to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from votes.exporting.cells import safe_sql
from votes.exporting.tables import PUBLIC, WITH_RESOLUTION, chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = """
WITH roll_calls AS MATERIALIZED (
    SELECT place, id, date, slug || ',' || coalesce({quoted_symbol}, '') || ',' || date || ',' AS line FROM (
        SELECT chosen.place, roll_call.id, roll_call.date, roll_call.slug, {symbol} AS symbol
        FROM {chosen} JOIN votes_rollcall roll_call ON roll_call.id = chosen.id {with_resolution} WHERE {public}
    ) AS read
), states AS MATERIALIZED (
    SELECT id, code, code || ',' || {quoted_name} || ',' AS line FROM (
        SELECT state.id, state.code, {name} AS name FROM votes_memberstate state
    ) AS read
), former AS MATERIALIZED (
    SELECT state_id, since, until, code || ',' || {quoted_name} || ',' AS line FROM (
        SELECT past.state_id, past.since, past.until, state.code, {past_name} AS name
        FROM votes_statename past JOIN votes_memberstate state ON state.id = past.state_id
    ) AS read
)
SELECT string_agg(
    roll_calls.line || coalesce(former.line, states.line) || vote.choice || E'\\n', '' ORDER BY states.code COLLATE "C"
)
FROM roll_calls JOIN votes_vote vote ON vote.roll_call_id = roll_calls.id JOIN states ON states.id = vote.state_id
LEFT JOIN former ON former.state_id = vote.state_id
    AND (former.since IS NULL OR former.since <= roll_calls.date) AND roll_calls.date < former.until
GROUP BY roll_calls.place ORDER BY roll_calls.place
"""


def vote_lines(roll_calls: Sequence[int]) -> str:
    """Return the query of the lines of roll calls, by their ids and in that order: one row, a text, a roll call."""
    return LINES.format(
        chosen=chosen(roll_calls),
        with_resolution=WITH_RESOLUTION,
        public=PUBLIC,
        symbol=safe_sql("resolution.symbol"),
        name=safe_sql("state.name"),
        past_name=safe_sql("past.name"),
        quoted_symbol=quoted("symbol"),
        quoted_name=quoted("name"),
    )


def quoted(expression: str) -> str:
    """Return the SQL of a text as a CSV file has it: in quotation marks where it needs them."""
    return (
        f"CASE WHEN {expression} = '' OR {expression} ~ '[\",\\r\\n]' "
        f"THEN '\"' || replace({expression}, '\"', '\"\"') || '\"' ELSE {expression} END"
    )
