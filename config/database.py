"""The database settings: the server named by DATABASE_URL, or else the embedded one."""

from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from config.environment import text
from votes.record.databases import PRIMARY, REPLICA

# Parameters of a connection that Django has a setting for; all others go to psycopg as they are.
SETTINGS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

# The server is started, and its address known, by the first connection.
EMBEDDED = {"ENGINE": "config.postgresql", "NAME": "plenary", "USER": "plenary"}

# Connections stay open between requests. A pooler such as PgBouncer may lend a server's connection for a transaction
# alone, so none has cursors that outlive one; neither Django nor we prepare statements or set anything for a session.
CONNECTION_SETTINGS = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}

# How long to wait for a machine that does not answer: seconds to connect, milliseconds for what was sent to arrive.
# An address may say otherwise.
TIMEOUTS = {"connect_timeout": "5", "tcp_user_timeout": "10000", "keepalives_idle": "10", "keepalives_interval": "5"}

HINT = "It should look like postgresql://user:password@host:5432/database."


def database_from_environment() -> dict[str, Any]:
    """Return Django's settings of the database.

    Raises ImproperlyConfigured, in one line, for a DATABASE_URL that is not the address of a PostgreSQL.
    """
    url = text("DATABASE_URL")
    database: dict[str, Any] = from_url(url) if url else EMBEDDED
    return {**database, **CONNECTION_SETTINGS}


def replica_from_environment() -> dict[str, dict[str, Any]]:
    """Return Django's settings of the replica that readers are answered from, by its alias; none where none is named.

    Raises ImproperlyConfigured, in one line, for a DATABASE_REPLICA_URL that is not the address of a PostgreSQL.
    """
    url = text("DATABASE_REPLICA_URL")
    if not url:
        return {}
    replica = from_url(url, "DATABASE_REPLICA_URL")
    # Tests write to one database, which is its own replica.
    return {REPLICA: {**replica, **CONNECTION_SETTINGS, "TEST": {"MIRROR": PRIMARY}}}


def from_url(url: str, variable: str = "DATABASE_URL") -> dict[str, Any]:
    """Return the settings that ``url`` names; a password that is not in it is POSTGRES_PASSWORD, where that is set."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured(f"{variable} is not the address of a PostgreSQL server. {HINT}")
    try:
        parameters = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise ImproperlyConfigured(f"{variable} cannot be read ({str(error).strip()}). {HINT}") from None
    if not parameters.get("dbname"):
        raise ImproperlyConfigured(f"{variable} does not name a database. {HINT}")
    settings: dict[str, Any] = {
        name: parameters.pop(parameter) for parameter, name in SETTINGS.items() if parameter in parameters
    }
    if "PASSWORD" not in settings and (password := text("POSTGRES_PASSWORD")):
        settings["PASSWORD"] = password
    return {"ENGINE": "django.db.backends.postgresql", **settings, "OPTIONS": {**TIMEOUTS, **parameters}}
