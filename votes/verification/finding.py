"""``NewFinding``, which checks yield, and a helper for their queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def select(sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query that needs no parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
