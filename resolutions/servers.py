"""Which database server answers: the primary, or for public reading a replica where there is one."""

from __future__ import annotations

from contextvars import ContextVar

PRIMARY = "default"
"""Django's alias of the server that is written to."""

_answering: ContextVar[str] = ContextVar("answering", default=PRIMARY)


def answering() -> str:
    """Return the alias of the server that what runs now reads from."""
    return _answering.get()


def read_from(alias: str) -> None:
    """Have what runs from here on in this thread read from the server ``alias``; each request says it anew."""
    _answering.set(alias)
