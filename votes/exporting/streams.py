"""Streaming a table as CSV, JSON or Parquet: whole or of chosen roll calls, in constant memory, from one snapshot.

The ids of the roll calls are read first, which is quick; their rows follow in batches, so that nothing has to be
sorted before the first byte. Each batch is read to its end before any of it is handed on: whoever stops listening
leaves no half-read answer on the connection.
"""

from __future__ import annotations

import itertools
import json
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Collate

from votes.exporting.lines import vote_lines
from votes.exporting.parquet import MAGIC, write_parquet
from votes.exporting.tables import VOTES
from votes.models import RollCall
from votes.record.databases import reader
from votes.record.snapshot import snapshot
from votes.record.version import data_version

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from votes.exporting.tables import Table

CHUNK = 64 * 1024
"""How many bytes are handed on at once, at least."""

FIRST_BATCH, BATCH, BATCH_OF_VOTES = 20, 1000, 200
"""How many roll calls are read at once: few at first, so that the first bytes go out soon."""

PARQUET = threading.BoundedSemaphore(2)
"""How many Parquet files a process writes at once: each takes a process of its own and a file on disk."""


class Stream:
    """Chunks of one snapshot, to be iterated once and closed whatever happens.

    The first chunk is made at once: what fails then fails before anything is sent. What fails later is raised, so
    that a transfer breaks and never ends as a file that is short.
    """

    version: int
    """The data version of the snapshot."""

    def __init__(self, chunks: Callable[[], Iterator[bytes]]) -> None:
        version: list[int] = []
        self._chunks = _of_snapshot(chunks, version)
        self._first = next(self._chunks, b"")
        (self.version,) = version

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        yield from self._chunks

    def close(self) -> None:
        self._chunks.close()


def _of_snapshot(chunks: Callable[[], Iterator[bytes]], version: list[int]) -> Generator[bytes]:
    """Yield chunks of one snapshot, having noted its data version."""
    with snapshot():
        version.append(data_version())
        yield from chunks()


def csv_chunks(table: Table, roll_calls: QuerySet[RollCall] | None = None) -> Iterator[bytes]:
    """Yield a table as CSV: of ``roll_calls`` in their order, by default whole and in its own order.

    No text is one that a spreadsheet would run as a formula; see ``votes.exporting.cells``.
    """
    with snapshot():
        yield from _in_chunks(_csv(table, roll_calls))


def json_chunks(
    table: Table, roll_calls: QuerySet[RollCall] | None = None, *, about: Mapping[str, object] | None = None
) -> Iterator[bytes]:
    """Yield a table as one JSON object: the data version, what ``about`` says, and the ``rows``.

    Texts are as they are in the record, empty cells null.
    """
    with snapshot():
        yield from _in_chunks(_json(table, roll_calls, about or {}))


def parquet_chunks(table: Table, roll_calls: QuerySet[RollCall] | None = None) -> Iterator[bytes]:
    """Yield a table as Parquet: at once the bytes that any such file begins with, the others when it is written.

    Only so many are written at a time by one process (see ``parquet_is_free``); others wait. Raises ParquetError.
    """
    yield MAGIC
    with PARQUET, TemporaryDirectory(prefix="plenary-") as folder:
        source, target = Path(folder, "rows.csv"), Path(folder, "rows.parquet")
        with source.open("wb") as file:
            file.writelines(csv_chunks(table, roll_calls))
        write_parquet(table, source, target)
        with target.open("rb") as file:
            file.seek(len(MAGIC))
            while chunk := file.read(CHUNK):
                yield chunk


def parquet_is_free() -> bool:
    """Tell whether this process may write another Parquet file now."""
    is_free = PARQUET.acquire(blocking=False)
    if is_free:
        PARQUET.release()
    return is_free


def rows_of(table: Table, roll_calls: QuerySet[RollCall]) -> list[dict[str, object]]:
    """Return the rows of few roll calls as JSON has them."""
    return [json.loads(row) for batch in _batches(table, roll_calls) for row in _json_rows(table, batch)]


def rows_with(table: Table, roll_calls: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Return the rows of few roll calls, by their ids and in that order, or a small table whole, as JSON has them."""
    return [json.loads(row) for row in _json_rows(table, roll_calls)]


def row_with(table: Table, key: str) -> dict[str, Any] | None:
    """Return the row of a table with a single key, as JSON has it; None where there is none."""
    (name,) = table.key
    query = table.typed().replace("%", "%%")
    with reader().cursor() as cursor:
        cursor.execute(f'SELECT row_to_json(typed)::text FROM ({query}) AS typed WHERE "{name}" = %s', [key])  # noqa: S608
        found = cursor.fetchone()
    return json.loads(found[0]) if found else None


def _csv(table: Table, roll_calls: QuerySet[RollCall] | None) -> Iterator[bytes]:
    yield f"{table.header}\n".encode()
    for batch in _batches(table, roll_calls):
        if table == VOTES and batch is not None:
            yield from _texts(vote_lines(batch))
        else:
            yield _copied(table.cells(batch))


def _json(table: Table, roll_calls: QuerySet[RollCall] | None, about: Mapping[str, object]) -> Iterator[bytes]:
    head = json.dumps({"data_version": data_version(), **about}, ensure_ascii=False)
    yield f'{head[:-1]}, "rows": ['.encode()
    separator = "\n"
    for batch in _batches(table, roll_calls):
        for row in _json_rows(table, batch):
            yield f"{separator}{row}".encode()
            separator = ",\n"
    yield b"\n]}\n"


def _batches(table: Table, roll_calls: QuerySet[RollCall] | None) -> Iterator[Sequence[int] | None]:
    """Yield the ids of the roll calls in batches, or None alone where the rows belong to no roll call."""
    if not table.by_roll_call:
        yield None
        return
    if roll_calls is None:
        roll_calls = RollCall.objects.published().order_by(Collate("slug", "C"))
    ids = list(roll_calls.values_list("pk", flat=True))
    step = BATCH_OF_VOTES if table == VOTES else BATCH
    for start, end in itertools.pairwise([0, *range(FIRST_BATCH, len(ids), step), len(ids)]):
        if start < end:
            yield ids[start:end]


def _copied(query: str) -> bytes:
    with reader().cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        return b"".join(copy)


def _texts(query: str) -> Iterator[bytes]:
    with reader().cursor() as cursor:
        cursor.execute(query)
        texts = cursor.fetchall()
    for (text,) in texts:
        yield text.encode()


def _json_rows(table: Table, batch: Sequence[int] | None) -> list[str]:
    with reader().cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(typed)::text FROM ({table.typed(batch)}) AS typed")  # noqa: S608
        return [row for (row,) in cursor.fetchall()]


def _in_chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes, at least ``CHUNK`` at a time."""
    pending: list[bytes] = []
    size = 0
    for part in parts:
        pending.append(part)
        size += len(part)
        if size >= CHUNK:
            yield b"".join(pending)
            pending, size = [], 0
    if pending:
        yield b"".join(pending)
