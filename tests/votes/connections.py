"""SQL beside the models, on the test's connection and on somebody else's."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection


def execute(sql: str, *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def connected() -> psycopg.Connection[Any]:
    """Return a connection of somebody else, who does not wait for long."""
    somebody = psycopg.connect(**connection.get_connection_params())
    somebody.execute("SET lock_timeout = '1s'")
    somebody.commit()
    return somebody
