"""Carrying out a plan: rows go in by COPY and sets are changed by one statement each, never row by row.

Votes are the bulk. Into a record that has none they are loaded bare: keys, indexes and triggers of the table
are dropped and put back within the transaction, which checks every row once and together. A record with votes has
readers, so there the constraints stay, and nobody waits.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import IntegrityError, connection
from psycopg import sql
from psycopg.types.json import Jsonb

from resolutions.models import Resolution
from resolutions.symbols import loose, parse_or_none
from resolutions.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from votes.importing.edition import Edition
    from votes.importing.plan import Plan
    from votes.importing.record import KnownRollCall, KnownStatement, KnownText, Record

BUFFER = 1 << 20
ANALYSED_FROM = 10_000  # rows of change that make PostgreSQL's statistics worth renewing at once

RESOLUTION_COLUMNS = (
    *("id", "body_id", "session_id", "symbol", "symbol_key", "symbol_loose", "symbol_sort", "kind", "title", "agenda"),
    *("status", "search_text"),
)
ROLL_CALL_COLUMNS = (
    *("id", "slug", "body_id", "session_id", "resolution_id", "decisive", "title", "date", "date_precision", "meeting"),
    *("ordinal", "kind", "method", "requirement", "result", "announced_yes", "announced_no", "announced_abstaining"),
    *("announced_non_voting", "note", "source_id", "source_reference", "status", "search_text"),
)
STATEMENT_COLUMNS = ("id", "roll_call_id", "source_id", "format", "reference", "symbol_key", "facts", "votes")
VOTE_COLUMNS = ("roll_call_id", "state_id", "choice")


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were written."""

    votes_added: int
    votes_changed: int
    votes_removed: int


def write(plan: Plan, record: Record, edition: Edition, progress: Callable[[int, int], None]) -> Written:
    """Write ``plan``; ``progress`` is told how many of how many votes are in. Raises what the database refuses."""
    Writer(plan, record).write_facts()
    bulk = _bulk_votes(plan, record, edition)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '512MB'")
        _remove_votes(cursor, plan, record)
        _change_votes(cursor, plan, record)
        _write_roll_calls(cursor, plan)
        cursor.execute("SELECT NOT EXISTS (SELECT FROM votes_vote)")
        is_bare = cursor.fetchone()[0] and len(bulk) >= ANALYSED_FROM
        with _way_in(cursor, bulk, is_bare=is_bare):
            _copy_frame(cursor, bulk, progress)
        few = [(roll_call, record.states[state], choice) for roll_call, state, choice in plan.votes_in]
        _copy(cursor, "votes_vote", VOTE_COLUMNS, few)
        _check_references(cursor)
        if len(bulk) >= ANALYSED_FROM:
            cursor.execute("ANALYZE votes_vote (roll_call_id, state_id, choice), votes_rollcall, votes_tally")
    gone = sum(len(record.votes.get(key, "").split()) for key in plan.removed_roll_calls)
    return Written(len(bulk) + len(few), len(plan.votes_changed), len(plan.votes_out) + gone)


class Writer:
    """Gives the new rows their keys, and writes texts and statements."""

    def __init__(self, plan: Plan, record: Record) -> None:
        self.plan, self.record = plan, record

    def write_facts(self) -> None:
        """Write texts, roll calls and statements, new ones and changed ones; remove what leaves."""
        plan = self.plan
        with connection.cursor() as cursor:
            self._number(cursor)
            _copy(cursor, "resolutions_resolution", RESOLUTION_COLUMNS, map(_resolution_row, plan.new_texts))
            _copy(
                cursor,
                "resolutions_othersymbol",
                ("resolution_id", "kind", "symbol", "symbol_key", "symbol_loose"),
                (row for text in plan.new_texts for row in _other_symbols(text)),
            )
            self._add_topics(cursor, plan.new_texts)
            self._change_texts(cursor)
            _copy(cursor, "votes_rollcall", ROLL_CALL_COLUMNS, map(_roll_call_row, plan.new_roll_calls))
            self._write_statements(cursor)

    def _number(self, cursor: Any) -> None:
        """Replace the negative keys of new rows by keys from the tables' sequences."""
        texts = _numbers(cursor, "resolutions_resolution", len(self.plan.new_texts))
        text_key = {text.id: key for text, key in zip(self.plan.new_texts, texts, strict=True)}
        for text in self.plan.new_texts:
            text.id = text_key[text.id]
        numbers = _numbers(cursor, "votes_rollcall", len(self.plan.new_roll_calls))
        key_of = {r.id: key for r, key in zip(self.plan.new_roll_calls, numbers, strict=True)}
        for roll_call in [*self.plan.new_roll_calls, *self.plan.changed_roll_calls.values()]:
            roll_call.id = key_of.get(roll_call.id, roll_call.id)
            roll_call.text = text_key.get(roll_call.text, roll_call.text) if roll_call.text else roll_call.text
        self.plan.new_refs = {ref: key_of[key] for ref, key in self.plan.new_refs.items()}
        numbers = _numbers(cursor, "votes_statement", len(self.plan.new_statements))
        for statement, key in zip(self.plan.new_statements, numbers, strict=True):
            statement.id = key
            statement.roll_call = key_of.get(statement.roll_call, statement.roll_call)

    def _add_topics(self, cursor: Any, texts: Iterable[KnownText]) -> None:
        """Link texts to their topics."""
        rows = [(text.id, self.record.topics[slug]) for text in texts for slug in text.topics]
        _copy(cursor, "resolutions_resolution_topics", ("resolution_id", "topic_id"), rows)

    def _change_texts(self, cursor: Any) -> None:
        """Write what changed of texts on record, drafts and topics among it."""
        changed = list(self.plan.changed_texts.values())
        if not changed:
            return
        _update(cursor, "resolutions_resolution", RESOLUTION_COLUMNS, map(_resolution_row, changed))
        keys = [text.id for text in changed]
        cursor.execute("DELETE FROM resolutions_resolution_topics WHERE resolution_id = ANY (%s)", [keys])
        cursor.execute("DELETE FROM resolutions_othersymbol WHERE resolution_id = ANY (%s) AND kind = 'draft'", [keys])
        self._add_topics(cursor, changed)
        columns = ("resolution_id", "kind", "symbol", "symbol_key", "symbol_loose")
        drafts = (row for text in changed for row in _other_symbols(text) if row[1] == "draft")
        _copy(cursor, "resolutions_othersymbol", columns, drafts)

    def _write_statements(self, cursor: Any) -> None:
        """Write what the source says."""
        plan = self.plan
        cursor.execute("DELETE FROM votes_statement WHERE id = ANY (%s)", [plan.removed_statements])
        _copy(cursor, "votes_statement", STATEMENT_COLUMNS, map(_statement_row, plan.new_statements))
        _update(cursor, "votes_statement", STATEMENT_COLUMNS, map(_statement_row, plan.changed_statements))


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
            raise IntegrityError(f"{strays} votes are of a roll call or a member state that is not on record")
        _count(self.cursor, self.first)


def _count(cursor: Any, first: int) -> None:
    """Count the votes of the roll calls from the key ``first`` on, and check that they are of ones that record any."""
    cursor.execute(COUNT, [first])
    cursor.execute(KEEP_COUNT)
    cursor.execute(NEED_RECORDED, [first])


def _way_in(cursor: Any, votes: pl.DataFrame, *, is_bare: bool) -> Bare | Together | nullcontext[None]:
    """Return how ``votes`` of new roll calls come in."""
    if is_bare:
        return Bare(cursor)
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if len(votes) < ANALYSED_FROM or not cursor.fetchone()[0]:
        return nullcontext()
    return Together(cursor, int(votes["roll_call_id"].min()))  # type: ignore[arg-type]  # there are votes


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


def _bulk_votes(plan: Plan, record: Record, edition: Edition) -> pl.DataFrame:
    """Return the votes of the new roll calls: roll_call_id, state_id, choice."""
    keys = pl.DataFrame(
        {"ref": list(plan.new_refs), "roll_call_id": list(plan.new_refs.values())},
        schema={"ref": pl.UInt32, "roll_call_id": pl.Int64},
    )
    return edition.votes.join(keys, on="ref").select(
        "roll_call_id",
        pl.col("state").cast(pl.String).replace_strict(record.states, return_dtype=pl.Int64).alias("state_id"),
        pl.col("choice").cast(pl.String),
    )


def _copy_frame(cursor: Any, frame: pl.DataFrame, progress: Callable[[int, int], None]) -> None:
    """Add votes by COPY."""
    size = 50_000
    if not len(frame):
        return
    progress(0, len(frame))
    into = f"COPY votes_vote ({', '.join(VOTE_COLUMNS)}) FROM STDIN"
    # Django turns the errors of statements into its own, but not those of a COPY.
    with connection.wrap_database_errors, cursor.copy(into) as copy:
        for start in range(0, len(frame), size):
            copy.write(frame.slice(start, size).write_csv(separator="\t", include_header=False))
            progress(min(start + size, len(frame)), len(frame))


def _check_references(cursor: Any) -> None:
    """Check the foreign keys of all that was written now, by the index.

    The table of member states is so small that the planner would rather read all of it, once for every vote.
    """
    cursor.execute(
        "SET LOCAL enable_seqscan = off; SET CONSTRAINTS ALL IMMEDIATE; "
        "SET CONSTRAINTS ALL DEFERRED; SET LOCAL enable_seqscan = on"
    )


def _remove_votes(cursor: Any, plan: Plan, record: Record) -> None:
    """Remove votes, and roll calls and texts that leave."""
    if plan.votes_out:
        roll_calls = [roll_call for roll_call, _state in plan.votes_out]
        states = [record.states[state] for _roll_call, state in plan.votes_out]
        cursor.execute(
            "DELETE FROM votes_vote v USING unnest(%s::bigint[], %s::bigint[]) AS d (roll_call_id, state_id) "
            "WHERE v.roll_call_id = d.roll_call_id AND v.state_id = d.state_id",
            [roll_calls, states],
        )
    if plan.removed_roll_calls:
        for table in ("votes_vote", "votes_tally", "votes_statement", "votes_finding"):
            cursor.execute(f"DELETE FROM {table} WHERE roll_call_id = ANY (%s)", [plan.removed_roll_calls])
        cursor.execute("DELETE FROM votes_rollcall WHERE id = ANY (%s)", [plan.removed_roll_calls])
    if plan.removed_texts:
        for table in ("resolutions_resolution_topics", "resolutions_othersymbol", "votes_finding"):
            cursor.execute(f"DELETE FROM {table} WHERE resolution_id = ANY (%s)", [plan.removed_texts])
        cursor.execute("DELETE FROM resolutions_resolution WHERE id = ANY (%s)", [plan.removed_texts])


def _change_votes(cursor: Any, plan: Plan, record: Record) -> None:
    """Write choices that changed."""
    if plan.votes_changed:
        cursor.execute(
            "UPDATE votes_vote v SET choice = d.choice "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS d (roll_call_id, state_id, choice) "
            "WHERE v.roll_call_id = d.roll_call_id AND v.state_id = d.state_id",
            [
                [roll_call for roll_call, _state, _choice in plan.votes_changed],
                [record.states[state] for _roll_call, state, _choice in plan.votes_changed],
                [choice for _roll_call, _state, choice in plan.votes_changed],
            ],
        )


def _write_roll_calls(cursor: Any, plan: Plan) -> None:
    """Write what changed of roll calls on record."""
    changed = [r for key, r in plan.changed_roll_calls.items() if key > 0]
    _update(cursor, "votes_rollcall", ROLL_CALL_COLUMNS, map(_roll_call_row, changed))


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows by COPY."""
    rows = list(rows)
    if rows:
        into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)


def _update(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change rows, all columns of them, by COPY into a table of this transaction and one UPDATE."""
    rows = list(rows)
    if not rows:
        return
    names = ", ".join(columns)
    cursor.execute(f"CREATE TEMP TABLE changed_rows ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
    _copy(cursor, "changed_rows", columns, rows)
    setting = ", ".join(f"{column} = c.{column}" for column in columns if column != "id")
    cursor.execute(f"UPDATE {table} t SET {setting} FROM changed_rows c WHERE c.id = t.id")
    cursor.execute("DROP TABLE changed_rows")


def _numbers(cursor: Any, table: str, count: int) -> list[int]:
    """Return ``count`` new keys of ``table``."""
    if not count:
        return []
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
    return [number for (number,) in cursor.fetchall()]


def _resolution_row(text: KnownText) -> tuple[Any, ...]:
    """Return a row of a text with what is derived from it."""
    model = Resolution(symbol=text.symbol, title=text.title, agenda=text.agenda)
    model.derive()
    return (
        *(text.id, text.body, text.session, model.symbol, model.symbol_key, model.symbol_loose, model.symbol_sort),
        *(text.kind, text.title, text.agenda, text.status, model.search_text),
    )


def _other_symbols(text: KnownText) -> Iterable[tuple[Any, ...]]:
    """Yield the rows of a text's other symbols, each once."""
    seen = set()
    for kind, symbols in (("draft", text.drafts), ("variant", text.variants)):
        for written in symbols:
            parsed = parse_or_none(written)
            symbol = parsed.text if parsed else " ".join(written.split())
            key = parsed.key if parsed else symbol.upper()
            if key not in seen:
                seen.add(key)
                yield text.id, kind, symbol, key, loose(symbol)


def _roll_call_row(roll_call: KnownRollCall) -> tuple[Any, ...]:
    """Return a row of a roll call with what is derived from it."""
    return (
        *(roll_call.id, roll_call.slug, roll_call.body, roll_call.session, roll_call.text, roll_call.decisive),
        *(roll_call.title, roll_call.date, roll_call.date_precision, roll_call.meeting, roll_call.ordinal),
        *(roll_call.kind, roll_call.method, roll_call.requirement, roll_call.result, roll_call.announced_yes),
        *(roll_call.announced_no, roll_call.announced_abstaining, roll_call.announced_non_voting, roll_call.note),
        *(roll_call.source, roll_call.reference, roll_call.status, fold(roll_call.title)),
    )


def _statement_row(said: KnownStatement) -> tuple[Any, ...]:
    """Return a row of a statement."""
    return (
        *(said.id, said.roll_call, said.source, said.format, said.reference, said.symbol_key, Jsonb(said.facts)),
        said.votes,
    )
