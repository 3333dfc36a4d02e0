"""Read-only database snapshots."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from votes.record.databases import answering, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

UNHURRIED: ContextVar[bool] = ContextVar("unhurried", default=False)
"""Whether this thread is running statements that read the whole record and are therefore slow."""

SNAPSHOT = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL datestyle = 'ISO';
SET LOCAL jit = off;
SET LOCAL work_mem = '16MB'
"""


@contextmanager
def snapshot() -> Iterator[bool]:
    """Read everything within as of one moment; within another transaction, as that one sees it.

    Yields whether it was opened here, and not the transaction before.
    """
    if reader().in_atomic_block:
        yield False
        return
    with transaction.atomic(using=answering()):
        with reader().cursor() as cursor:
            cursor.execute(f"{SNAPSHOT}; SET LOCAL statement_timeout = {settings.PUBLIC_STATEMENT_TIMEOUT_MS:d}")
        yield True


@contextmanager
def unhurried() -> Iterator[None]:
    """Give the statements within a snapshot a minute each: the few that read all of the record, once a version."""
    if not reader().in_atomic_block:
        yield
        return
    with reader().cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SET LOCAL statement_timeout = '1min'")
        token = UNHURRIED.set(True)
        try:
            yield
        finally:
            UNHURRIED.reset(token)
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])


def in_snapshot() -> bool:
    """Tell whether the transaction, if there is one, sees only what is committed, and all of it as of one moment.

    A transaction that may write sees its own changes, which nobody else sees and which may be taken back.
    """
    if not reader().in_atomic_block:
        return False
    with reader().cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only') = 'on'")
        return bool(cursor.fetchone()[0])
