"""The data version: a number that moves with every commit that changes something public, and with no other."""

import time

from django.db import connection

from resolutions.servers import reader

VERSION = "SELECT coalesce(sum(steps), 0) FROM votes_change"
"""The SQL of the version: one row, one number."""

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
