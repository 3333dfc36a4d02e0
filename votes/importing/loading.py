"""Bulk loading of votes, in three ways that enforce the same rules as single inserts.

Into a record that has none they are loaded bare: keys, indexes and triggers of the table are dropped and put back
within the transaction, which checks every row once and together. A record with votes has readers, so there the
constraints stay, and nobody waits. What would then take longest is looking up the roll call and the state of each
vote, one by one; where the database lets this role, that is done for all of them together.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from psycopg import sql

if TYPE_CHECKING:
    import polars as pl

MANY = 10_000  # votes that are worth another way than one by one


class Bare:
    """Within it the table of votes has no key, index or trigger; leaving it, everything is back and checked.

    Checks stay: they cost the same row by row, and putting one back may spell it otherwise.
    """

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.constraints: list[tuple[str, str, str]] = []
        self.indexes: list[str] = []

    def __enter__(self) -> None:
        """Take them off, those of corrections that lean on them first."""
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype IN ('f', 'p', 'u') AND 'votes_vote'::regclass IN (conrelid, confrelid) "
            # Foreign keys go first and come last, for they lean on the keys.
            "ORDER BY contype = 'f' DESC, contype, conname"
        )
        self.constraints = self.cursor.fetchall()
        for table, name, _definition in self.constraints:
            self._execute("ALTER TABLE {} DROP CONSTRAINT {}", table, name)
        self.cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'votes_vote'")
        indexes = self.cursor.fetchall()
        self.indexes = [definition for _name, definition in indexes]
        for name, _definition in indexes:
            self._execute("DROP INDEX {}", name)
        self.cursor.execute("ALTER TABLE votes_vote DISABLE TRIGGER USER")

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Put them back, and do for all votes together what the triggers would have done; nothing after a failure."""
        if failed:
            return
        for table, name, definition in reversed(self.constraints):
            self._execute("ALTER TABLE {} ADD CONSTRAINT {} " + definition, table, name)
        for definition in self.indexes:
            self.cursor.execute(definition)
        self.cursor.execute("ALTER TABLE votes_vote ENABLE TRIGGER USER")
        _count(self.cursor, 0)

    def _execute(self, statement: str, *names: str) -> None:
        """Execute ``statement`` with quoted names; definitions of constraints come from the database itself."""
        self.cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class Together:
    """Within it, new roll calls' votes are added without looking each one up; leaving it, all are checked as one set.

    The constraints stay as they are, for this and for every other connection: only the triggers that look up a vote's
    roll call and state, and those that count it, do not fire in this transaction meanwhile. The roll calls are new,
    so nobody else can see or remove them, and the states are locked as the lookups would lock them.
    """

    def __init__(self, cursor: Any, first: int) -> None:
        self.cursor = cursor
        self.first = first
        """The key of the first of the new roll calls; none of them has had votes."""

    def __enter__(self) -> None:
        """Lock the states, and let no trigger of this transaction fire."""
        self.cursor.execute("SELECT FROM votes_memberstate ORDER BY id FOR KEY SHARE")
        self.cursor.execute("SET LOCAL session_replication_role = replica")

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Do for all votes together what the triggers would have done; nothing after a failure."""
        if failed:
            return
        self.cursor.execute("SET LOCAL session_replication_role = origin")
        self.cursor.execute(STRAY, [self.first])
        if strays := self.cursor.fetchone()[0]:
            raise IntegrityError(f"{strays} votes refer to an unknown roll call or member state")
        _count(self.cursor, self.first)


def _count(cursor: Any, first: int) -> None:
    """Count the votes of the roll calls from the key ``first`` on, and check that they are of ones that record any."""
    cursor.execute(COUNT, [first])
    cursor.execute(KEEP_COUNT)
    cursor.execute(NEED_RECORDED, [first])


def way_in(cursor: Any, votes: pl.DataFrame) -> Bare | Together | nullcontext[None]:
    """Return how ``votes`` of new roll calls come in: ``roll_call_id``, ``state_id`` and ``choice``."""
    if len(votes) < MANY:
        return nullcontext()
    cursor.execute("SELECT NOT EXISTS (SELECT FROM votes_vote), rolsuper FROM pg_roles WHERE rolname = current_user")
    has_none, is_superuser = cursor.fetchone()
    if has_none:
        return Bare(cursor)
    first = int(votes["roll_call_id"].min())  # type: ignore[arg-type]  # there are votes
    return Together(cursor, first) if is_superuser else nullcontext()


def analyse(cursor: Any, votes: pl.DataFrame) -> None:
    """Renew PostgreSQL's statistics after many ``votes``, so that the next page is not planned for an empty record."""
    if len(votes) >= MANY:
        cursor.execute("ANALYZE votes_vote (roll_call_id, state_id, choice), votes_rollcall, votes_tally")


# Counted into a table of its own, which PostgreSQL does on several processors, as it would not within an UPDATE.
COUNT = """
CREATE TEMP TABLE counted ON COMMIT DROP AS
    SELECT roll_call_id, count(*) FILTER (WHERE choice = 'Y') AS yes, count(*) FILTER (WHERE choice = 'N') AS no,
        count(*) FILTER (WHERE choice = 'A') AS abstaining, count(*) FILTER (WHERE choice = 'X') AS non_voting
    FROM votes_vote WHERE roll_call_id >= %s GROUP BY roll_call_id;
"""
KEEP_COUNT = """
UPDATE votes_tally t SET yes = d.yes, no = d.no, abstaining = d.abstaining, non_voting = d.non_voting
FROM counted d WHERE t.roll_call_id = d.roll_call_id;
DROP TABLE counted
"""
NEED_RECORDED = """
SELECT votes_need_recorded(array_agg(roll_call_id)) FROM votes_tally
WHERE roll_call_id >= %s AND yes + no + abstaining + non_voting > 0
"""
STRAY = """
SELECT count(*) FROM votes_vote v
LEFT JOIN votes_rollcall r ON r.id = v.roll_call_id
LEFT JOIN votes_memberstate s ON s.id = v.state_id
WHERE v.roll_call_id >= %s AND (r.id IS NULL OR s.id IS NULL)
"""
