"""Attribution of changes: who writes and why, passed to the database for its history."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

SETTING = "plenary.because"
"""The setting of the transaction that the triggers of the history read: a JSON object."""


@contextmanager
def attributed(
    *,
    by: AbstractBaseUser | AnonymousUser | None = None,
    by_name: str = "",
    reason: str = "",
    command: str = "",
    import_run: int | None = None,
    undoes: int | None = None,
) -> Iterator[None]:
    """Write within as ``by``, for ``reason``, all in one transaction; the history says so of each published change.

    ``by_name`` names who has no account here, ``command`` the management command, ``import_run`` the key of the import,
    ``undoes`` that of the revision taken back. Within another ``attributed`` what is given here goes before, and the
    rest of what was said there holds on. Nothing goes with a statement (only one goes before them all), so that no
    statement takes a snapshot that it would not take by itself.
    """
    given = {"by": by.pk if by else None, "by_name": by.get_username() if by and by.pk else by_name}
    given |= {"reason": reason.strip(), "command": command, "import_run": import_run, "undoes": undoes}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        before = cursor.fetchone()[0] or ""
        values = {**json.loads(before or "{}"), **{name: value for name, value in given.items() if value}}
        _set(json.dumps({**values, "id": _number(values)}))
        yield
        # A transaction that is taken back takes the setting with it.
        if not connection.needs_rollback:
            _set(before)


def _number(said: dict[str, object]) -> str:
    """Return what tells one reason from another within a transaction, whoever may say the same again."""
    words = json.dumps({name: value for name, value in said.items() if name != "id"}, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _set(value: str) -> None:
    """Set the setting until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
