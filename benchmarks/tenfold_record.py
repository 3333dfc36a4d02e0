"""A record ten times as large: a copy of a database, in which each text, roll call and vote stands ten times.

The copies are texts of their own, with symbols, addresses and days of their own, so that lists, facets, search and
the vote matrix meet ten times as much of everything. Publications and findings, which no list reads, are not copied.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.common import median_ms, setup

if TYPE_CHECKING:
    from typing import Any

COPIES = 10
NAME = "tenfold"
"""The name of the database."""

TEXTS = ("id", "symbol", "symbol_key", "symbol_loose", "symbol_sort")
CHANGED = {
    "resolutions_resolution": {
        "id": "o.id + %(copy)s * 10000000",
        **{column: f"n.{column}" for column in TEXTS[1:]},
    },
    "resolutions_resolution_topics": {
        "id": "o.id + %(copy)s * 10000000",
        "resolution_id": "o.resolution_id + %(copy)s * 10000000",
    },
    "votes_rollcall": {
        "id": "o.id + %(copy)s * 10000000",
        "slug": "o.slug || '-copy-' || %(copy)s",
        "resolution_id": "o.resolution_id + %(copy)s * 10000000",
        # A vote whose day is not known stands on the first of its month.
        "date": "CASE o.date_precision WHEN 'day' THEN o.date - %(copy)s ELSE o.date END",
        "meeting": "CASE o.meeting WHEN '' THEN '' ELSE o.meeting || '/' || %(copy)s END",
    },
    "votes_tally": {"roll_call_id": "o.roll_call_id + %(copy)s * 10000000"},
    "votes_statement": {
        "id": "o.id + %(copy)s * 10000000",
        "reference": "o.reference || '/' || %(copy)s",
        "roll_call_id": "o.roll_call_id + %(copy)s * 10000000",
    },
    "votes_vote": {
        "id": "o.id + %(copy)s * 100000000",
        "roll_call_id": "o.roll_call_id + %(copy)s * 10000000",
    },
}
"""The tables to copy, and what differs in a copy."""


def make_tenfold() -> tuple[int, int, float]:
    """Make the database beside that of the settings, anew; return its roll calls, its votes and the seconds it took.

    Nobody may be connected to the database of the settings. Runs in a process of its own, see ``common.in_subprocess``.
    """
    began = time.perf_counter()
    connection = setup()
    from django.db import transaction

    from votes.importing.loading import Bare

    names = copied_texts(connection)
    source = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE {source}")
    connection.settings_dict["NAME"] = NAME
    with connection.cursor() as cursor:
        # The copies agree with each other as the originals do: what the triggers would look up and add is copied too.
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute(
            "CREATE TEMPORARY TABLE renamed (copy integer, id bigint, symbol text, symbol_key text, "
            "symbol_loose text, symbol_sort text)"
        )
        with cursor.copy("COPY renamed FROM STDIN") as copy:
            for name in names:
                copy.write_row(name)
        cursor.execute("ANALYZE renamed")
        with transaction.atomic(), Bare(cursor):
            for copy_number in range(1, COPIES):
                for table, changed in CHANGED.items():
                    copy_rows(cursor, table, changed, copy_number)
            cursor.execute("INSERT INTO votes_change DEFAULT VALUES")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT (SELECT count(*) FROM votes_rollcall), (SELECT count(*) FROM votes_vote)")
        roll_calls, votes = cursor.fetchone()
    connection.close()
    return roll_calls, votes, time.perf_counter() - began


def copied_texts(connection: Any) -> list[tuple[Any, ...]]:
    """Return for each text and copy the number of the copy, the text's key, and the symbol in its four forms."""
    from resolutions.symbols import loose, parse

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, symbol FROM resolutions_resolution")
        texts = cursor.fetchall()
    names = []
    for key, symbol in texts:
        for copy in range(1, COPIES):
            parsed = parse(symbol_of(symbol, copy))
            names.append((copy, key, parsed.text, parsed.key, loose(parsed.text), parsed.sort_key))
    return names


def symbol_of(symbol: str, copy: int) -> str:
    """Return a symbol that no text has: a part QQQQB, QQQQC and so on of the Assembly's, another year of the Council's.

    >>> symbol_of("A/RES/302(IV)[B]", 1), symbol_of("A/RES/98(I)", 1), symbol_of("A/RES/ES-11/7", 2)
    ('A/RES/302(IV)[B QQQQB]', 'A/RES/98(I)[QQQQB]', 'A/RES/ES-11/7 QQQQC')
    >>> symbol_of("S/RES/2774 (2025)", 1), symbol_of("S/2022/155", 1)
    ('S/RES/2774 (1925)', 'S/2022/155.B')
    """
    letter = chr(ord("A") + copy)
    if symbol.startswith("S/RES/"):
        number, _space, year = symbol.partition(" ")
        return f"{number} ({int(year.strip('()')) - 100 * copy})"
    if not symbol.startswith("A/RES/") and not symbol.startswith("A/DEC/"):
        return f"{symbol}.{letter}"
    if symbol.endswith("]"):
        return f"{symbol[:-1]} QQQQ{letter}]"
    return f"{symbol}[QQQQ{letter}]" if symbol.endswith(")") else f"{symbol} QQQQ{letter}"


def copy_rows(cursor: Any, table: str, changed: dict[str, str], copy: int) -> None:
    """Copy the rows of a table that were there at first, changed."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND table_schema = 'public' AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = [changed.get(column, f'o."{column}"') for column in columns]
    key = "roll_call_id" if table == "votes_tally" else "id"
    renamed = "JOIN renamed n ON n.id = o.id AND n.copy = %(copy)s" if table == "resolutions_resolution" else ""
    quoted = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} FROM {table} o {renamed} WHERE o.{key} < 10000000",
        {"copy": copy},
    )


def votes_change_milliseconds(rows: int) -> float:
    """Return how long the version query takes on the server with so many changes, and take them back.

    Runs in a process of its own. The median of a hundred, by the clock of the client, which is on the same machine.
    """
    connection = setup()
    from django.db import transaction

    from votes.record.version import data_version

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO votes_change (transaction, at) "
            "SELECT (number + 3000000000)::text::xid8, now() FROM generate_series(1, %s) number",
            [rows],
        )
        cursor.execute("VACUUM ANALYZE votes_change")
        milliseconds = median_ms(transaction.atomic(data_version), 101)
        cursor.execute("DELETE FROM votes_change WHERE transaction > '3000000000'")
        cursor.execute("VACUUM FULL votes_change")
    return milliseconds
