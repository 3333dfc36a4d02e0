"""``NewFinding``, which checks yield, and a helper for their queries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_KEY = 300
"""As long as the column is."""


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A finding that is not stored yet."""

    kind: str
    """A value of ``FindingKind``."""
    key: str
    """The same for the same finding found again, and of no other: its kind with slugs, symbols and codes."""
    details: Mapping[str, Any]
    """What fills the sentence; plain values that JSON knows."""
    roll_call_id: int | None = None
    resolution_id: int | None = None
    state_id: int | None = None
    bloc_id: int | None = None


def select(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query with named ``parameters``, if any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return list(cursor.fetchall())


def one_at_a_time() -> None:
    """Wait for a running import or check to end, and keep others waiting until the end of the transaction.

    It is the lock that imports take, so that neither finds the findings changed under its hands.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE votes_importrun IN SHARE UPDATE EXCLUSIVE MODE")


def fit(key: str) -> str:
    """Return ``key``, or where it is longer than there is room for, its beginning and what tells it from others."""
    if len(key) <= LONGEST_KEY:
        return key
    tail = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{key[: LONGEST_KEY - len(tail) - 1]}:{tail}"
