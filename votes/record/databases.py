"""Choice of the database server: the primary, or a replica for public reads."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

PRIMARY = "default"
"""Django's alias of the server that is written to."""

REPLICA = "replica"
"""Django's alias of the server that only follows it, where DATABASE_REPLICA_URL names one."""

_answering: ContextVar[str] = ContextVar("answering", default=PRIMARY)


def answering() -> str:
    """Return the alias of the server that what runs now reads from."""
    return _answering.get()


def read_from(alias: str) -> None:
    """Have what runs from here on in this thread read from the server ``alias``; each request says it anew."""
    _answering.set(alias)


def reader() -> BaseDatabaseWrapper:
    """Return this thread's connection to the server that what runs now reads from."""
    return connections[_answering.get()]


class Router:
    """Django database router: reads go to the current server, writes to the primary."""

    def db_for_read(self, model: object, **hints: object) -> str:
        """Return the server that answers."""
        return answering()

    def db_for_write(self, model: object, **hints: object) -> str:
        return PRIMARY

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        """Let anything refer to anything: both servers hold one record."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        """Let migrations change the primary; they reach a replica with everything else."""
        return db == PRIMARY
