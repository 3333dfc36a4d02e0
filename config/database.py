"""Which database: the server named by DATABASE_URL, or else the embedded one."""

import os
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

# Parameters of a connection that Django has a setting for; all others go to psycopg as they are.
SETTINGS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

# The server is started, and its address known, by the first connection.
EMBEDDED = {"ENGINE": "config.postgresql", "NAME": "plenary", "USER": "plenary"}

HINT = "It should look like postgresql://user:password@host:5432/database."


def database_from_environment() -> dict[str, Any]:
    """Return Django's settings of the database.

    Raises ImproperlyConfigured, in one line, for a DATABASE_URL that is not the address of a PostgreSQL.
    """
    url = os.environ.get("DATABASE_URL", "")
    database: dict[str, Any] = from_url(url) if url else EMBEDDED
    return {**database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def from_url(url: str) -> dict[str, Any]:
    """Return the settings that ``url`` names."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured(f"DATABASE_URL is not the address of a PostgreSQL server. {HINT}")
    try:
        parameters = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read ({str(error).strip()}). {HINT}") from None
    if not parameters.get("dbname"):
        raise ImproperlyConfigured(f"DATABASE_URL names no database. {HINT}")
    settings: dict[str, Any] = {
        name: parameters.pop(parameter) for parameter, name in SETTINGS.items() if parameter in parameters
    }
    return {"ENGINE": "django.db.backends.postgresql", **settings, "OPTIONS": parameters}
