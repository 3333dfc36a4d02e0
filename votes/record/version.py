"""The data version: a number that increases with every commit that changes public data, and with no other."""

import time

from django.db import connection

from votes.record.databases import reader

VERSION = "SELECT coalesce(sum(steps), 0) FROM votes_change"
"""The SQL of the version: one row, one number."""

# A row that some transaction does not see yet stays: that one would see neither it nor what takes its place. ``at`` is
# that of the last change, which the record says of itself.
FOLD = """
WITH old AS (
    DELETE FROM votes_change
    WHERE transaction < pg_snapshot_xmin(pg_current_snapshot())
        AND (SELECT count(*) FROM votes_change) > %s
    RETURNING steps, at
), kept AS (
    INSERT INTO votes_change (at, steps) SELECT max(at), sum(steps) FROM old HAVING count(*) > 0
)
SELECT FROM old
"""

SINCE = 1_735_689_600
"""The first second of 2025 in seconds since 1970: what a restored record's version is counted from."""


def data_version() -> int:
    """Return the version of what this connection's transaction sees: one cheap query.

    Each writing transaction that touches something public leaves one row (see the migration that made the
    table), so adding up the rows that are visible gives the same number exactly to those who see the same data.
    """
    with reader().cursor() as cursor:
        cursor.execute(VERSION)
        return int(cursor.fetchone()[0])


def move_past(version: int) -> int:
    """Take the version beyond ``version`` and every number that a server of this record can have given; return it.

    Whoever restores a backup calls this: the changes made since the backup had numbers that would be given again,
    while caches and readers still hold pages under them. Nobody knows how many there were where the old server is
    lost, but they were fewer than the seconds that have passed since 2025, from which no version ever began to count.
    """
    target = max(version + 1, data_version() + 1, int(time.time()) - SINCE)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO votes_change (steps) VALUES (%s) ON CONFLICT (transaction, at) "
            "DO UPDATE SET steps = votes_change.steps + excluded.steps",
            [target - data_version()],
        )
    return target


def fold(*, more_than: int = 1000) -> int:
    """Put the rows of changes that everybody sees into one, if there are ``more_than`` so many; return how many went.

    The version stays as it is. Asking for it reads all rows, so it takes longer with every edit: 0.4 ms after ten
    thousand.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [more_than])
        return int(cursor.rowcount)
