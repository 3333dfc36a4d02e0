"""Writing a plan to the database: COPY for new rows and one statement for each set of changes, never row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import connection
from psycopg.types.json import Jsonb

from resolutions.models import Resolution
from resolutions.symbols import loose, parse_or_none
from resolutions.text import searchable
from votes.importing import loading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from votes.importing.edition import Edition
    from votes.importing.plan import Plan
    from votes.importing.record import KnownRollCall, KnownStatement, KnownText, Record

RESOLUTION_COLUMNS = (
    *("id", "body_id", "session_id", "symbol", "symbol_key", "symbol_loose", "symbol_sort", "kind", "title", "agenda"),
    *("status", "subjects", "search_text"),
)
ROLL_CALL_COLUMNS = (
    *("id", "slug", "body_id", "session_id", "resolution_id", "decisive", "title", "date", "date_precision", "meeting"),
    *("ordinal", "kind", "method", "requirement", "result", "announced_yes", "announced_no", "announced_abstaining"),
    *(
        "announced_non_voting",
        "note",
        "difference_reason",
        "absences_derived",
        "not_legible",
        "source_id",
        "source_reference",
        "status",
        "search_text",
    ),
)
STATEMENT_COLUMNS = (
    *("id", "roll_call_id", "source_id", "format", "edition", "reference", "symbol_key", "facts", "votes"),
)
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
        changed = [roll_call for key, roll_call in plan.changed_roll_calls.items() if key > 0]
        _update(cursor, "votes_rollcall", ROLL_CALL_COLUMNS, map(_roll_call_row, changed))
        with loading.way_in(cursor, bulk):
            _copy_frame(cursor, bulk, progress)
        few = [(roll_call, record.states[state], choice) for roll_call, state, choice in plan.votes_in]
        _copy(cursor, "votes_vote", VOTE_COLUMNS, few)
        _check_references(cursor)
        loading.analyse(cursor, bulk)
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
        rows = [(text.id, self.record.topics[slug]) for text in texts for slug in text.topics]
        _copy(cursor, "resolutions_resolution_topics", ("resolution_id", "topic_id"), rows)

    def _change_texts(self, cursor: Any) -> None:
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
        variants = [(key, "variant", *_symbol_row(symbol)) for key, symbol in self.plan.new_variants]
        _copy(cursor, "resolutions_othersymbol", columns, variants)

    def _write_statements(self, cursor: Any) -> None:
        plan = self.plan
        cursor.execute("DELETE FROM votes_statement WHERE id = ANY (%s)", [plan.removed_statements])
        _copy(cursor, "votes_statement", STATEMENT_COLUMNS, map(_statement_row, plan.new_statements))
        _update(cursor, "votes_statement", STATEMENT_COLUMNS, map(_statement_row, plan.changed_statements))


def _bulk_votes(plan: Plan, record: Record, edition: Edition) -> pl.DataFrame:
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
        cursor.execute("DELETE FROM votes_rollcall_entered_by WHERE rollcall_id = ANY (%s)", [plan.removed_roll_calls])
        cursor.execute("DELETE FROM votes_rollcall WHERE id = ANY (%s)", [plan.removed_roll_calls])
    if plan.removed_texts:
        for table in (
            *("resolutions_resolution_topics", "resolutions_othersymbol", "resolutions_resolution_entered_by"),
            "votes_finding",
        ):
            cursor.execute(f"DELETE FROM {table} WHERE resolution_id = ANY (%s)", [plan.removed_texts])
        cursor.execute("DELETE FROM resolutions_resolution WHERE id = ANY (%s)", [plan.removed_texts])


def _change_votes(cursor: Any, plan: Plan, record: Record) -> None:
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


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
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
    if not count:
        return []
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
    return [number for (number,) in cursor.fetchall()]


def _resolution_row(text: KnownText) -> tuple[Any, ...]:
    model = Resolution(symbol=text.symbol, title=text.title, agenda=text.agenda, subjects=text.subjects)
    model.derive()
    return (
        *(text.id, text.body, text.session, model.symbol, model.symbol_key, model.symbol_loose, model.symbol_sort),
        *(text.kind, text.title, text.agenda, text.status, text.subjects, model.search_text),
    )


def _other_symbols(text: KnownText) -> Iterable[tuple[Any, ...]]:
    seen = set()
    for kind, symbols in (("draft", text.drafts), ("variant", text.variants)):
        for written in symbols:
            symbol, key, loose_form = _symbol_row(written)
            if key not in seen:
                seen.add(key)
                yield text.id, kind, symbol, key, loose_form


def _symbol_row(written: str) -> tuple[str, str, str]:
    parsed = parse_or_none(written)
    symbol = parsed.text if parsed else " ".join(written.split())
    return symbol, parsed.key if parsed else symbol.upper(), loose(symbol)


def _roll_call_row(roll_call: KnownRollCall) -> tuple[Any, ...]:
    return (
        *(roll_call.id, roll_call.slug, roll_call.body, roll_call.session, roll_call.text, roll_call.decisive),
        *(roll_call.title, roll_call.date, roll_call.date_precision, roll_call.meeting, roll_call.ordinal),
        *(roll_call.kind, roll_call.method, roll_call.requirement, roll_call.result, roll_call.announced_yes),
        *(roll_call.announced_no, roll_call.announced_abstaining, roll_call.announced_non_voting, roll_call.note),
        *(roll_call.difference_reason, roll_call.absences_derived, roll_call.not_legible, roll_call.source),
        *(roll_call.reference, roll_call.status),
        searchable(roll_call.title),
    )


def _statement_row(said: KnownStatement) -> tuple[Any, ...]:
    return (
        *(said.id, said.roll_call, said.source, said.format, said.edition, said.reference, said.symbol_key),
        *(Jsonb(said.facts), said.votes),
    )
