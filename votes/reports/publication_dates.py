"""Dates of first publication and last change of recorded votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from votes.record.databases import reader

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

# The history has the events of a roll call with its votes and corrections, and those of its text. What happened out of
# public view counts where it came back, which is an event that is shown.
QUERY = """
SELECT r.id, p.at, greatest(
    p.at,
    (SELECT max(v.at) FROM votes_historyevent e JOIN votes_revision v ON v.id = e.revision_id
     WHERE e.roll_call = r.id AND e.shown),
    (SELECT max(v.at) FROM votes_historyevent e JOIN votes_revision v ON v.id = e.revision_id
     WHERE e.resolution = r.resolution_id AND e.roll_call IS NULL AND e.shown)
)
FROM votes_rollcall r JOIN votes_publication p ON p.kind = 'roll-call' AND p.key = r.id
WHERE r.status = 'published' AND r.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Published:
    """When a recorded vote was first public here, and when it was last published or amended."""

    first: datetime.datetime
    updated: datetime.datetime


def published(keys: Collection[int]) -> dict[int, Published]:
    """Return it for each of the roll calls with these keys that the public sees, in one query."""
    with reader().cursor() as cursor:
        cursor.execute(QUERY, [list(keys)])
        return {key: Published(first, updated) for key, first, updated in cursor.fetchall()}
