"""Benchmark of conditions on how members voted: the vote matrix against SQL that reads every vote, in one run.

Both answer the keys of the roll calls of a list, newest first, in a query that has the list's other conditions too.
"""

from __future__ import annotations

from functools import partial

from benchmarks.common import median_ms, setup

QUERIES = ["position=USA:against", "position=eu:for", "position=non-aligned:tied", "differ=USA~eu"]
ROUNDS = 5

STATE = """
    SELECT roll_call_id, choice AS position FROM votes_vote v JOIN votes_memberstate s ON s.id = v.state_id
    WHERE s.code = %s
"""
BLOC = """
    SELECT roll_call_id, CASE
        WHEN y > greatest(n, a) THEN 'Y' WHEN n > greatest(y, a) THEN 'N' WHEN a > greatest(y, n) THEN 'A'
        WHEN y + n + a > 0 THEN 'S' ELSE 'X' END AS position
    FROM (
        SELECT v.roll_call_id, count(*) FILTER (WHERE choice = 'Y') AS y, count(*) FILTER (WHERE choice = 'N') AS n,
            count(*) FILTER (WHERE choice = 'A') AS a
        FROM votes_blocmembership m JOIN votes_bloc b ON b.id = m.bloc_id
        JOIN votes_vote v ON v.state_id = m.state_id JOIN votes_rollcall r ON r.id = v.roll_call_id
        WHERE b.slug = %s AND m.status = 'member' AND m.since <= r.date AND (m.until IS NULL OR r.date < m.until)
        GROUP BY v.roll_call_id
    ) totals
"""
LETTERS = {"for": "Y", "against": "N", "abstain": "A", "nonvoting": "X", "tied": "S"}


def lines() -> list[str]:
    """Return the lines of the table, of the record in the database that the environment names."""
    connection = setup()
    from django.http import QueryDict

    from votes.record.record import reading
    from web.lists.listing import Listing

    def by_matrix(query: str) -> list[int]:
        with reading() as record:
            return Listing(QueryDict(query), record).keys

    def by_sql(query: str) -> list[int]:
        condition, parameters = sql_of(query)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id FROM votes_rollcall r LEFT JOIN resolutions_resolution t ON t.id = r.resolution_id "
                f"WHERE r.status = 'published' AND r.id IN ({condition}) "
                "ORDER BY r.date DESC, t.symbol_sort DESC NULLS LAST, r.ordinal DESC, r.slug",
                parameters,
            )
            return [key for (key,) in cursor.fetchall()]

    table = ["| condition | roll calls | matrix ms | SQL ms | SQL / matrix |", "|---|---:|---:|---:|---:|"]
    for query in QUERIES:
        found = by_matrix(query)
        if found != by_sql(query):
            raise RuntimeError(f"{query}: the matrix and SQL give different results.")
        fast, slow = (median_ms(partial(work, query), ROUNDS) for work in (by_matrix, by_sql))
        table.append(f"| `{query}` | {len(found)} | {fast:.1f} | {slow:.1f} | {slow / fast:.1f} |")
    return table


def sql_of(query: str) -> tuple[str, list[str]]:
    """Return the query of keys that a condition means, and its parameters."""
    name, _equals, condition = query.partition("=")
    if name == "position":
        who, _colon, word = condition.partition(":")
        return f"SELECT roll_call_id FROM ({of(who)}) p WHERE position = %s", [who, LETTERS[word]]
    one, _tilde, other = condition.partition("~")
    differing = (
        f"SELECT one.roll_call_id FROM ({of(one)}) one JOIN ({of(other)}) other USING (roll_call_id) "
        "WHERE one.position IN ('Y', 'N', 'A') AND other.position IN ('Y', 'N', 'A') "
        "AND one.position <> other.position"
    )
    return differing, [one, other]


def of(party: str) -> str:
    """Return the query of a party's positions."""
    return STATE if party.isupper() else BLOC
