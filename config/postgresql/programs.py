"""PostgreSQL's own programs, run against the database that Django uses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from config.database import SETTINGS
from config.embedded import EmbeddedError
from config.embedded.binaries import error_line, package_install

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRETS = ("password", "sslpassword")
"""Parameters kept out of the command line, which every user of the machine can read."""


class ProgramError(Exception):
    """Why one of PostgreSQL's programs could not be run, or what it said when it failed."""


def connection_parameters(database: str) -> dict[str, Any]:
    """Return how to reach ``database`` on the server that Django uses, as libpq names it."""
    connection.get_connection_params()  # Which starts the embedded server.
    settings: Mapping[str, Any] = connection.settings_dict
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    options = {name: value for name, value in settings.get("OPTIONS", {}).items() if name in known}
    named = {parameter: settings.get(name) for parameter, name in SETTINGS.items()}
    return {**options, **{name: value for name, value in named.items() if value}, "dbname": database}


def run(program: str, *arguments: str | Path, database: str) -> None:
    """Run one of PostgreSQL's programs for ``database``. Raises ProgramError with what it said when it fails."""
    reached = connection_parameters(database)
    secret = {f"PG{name.upper()}": reached.pop(name) for name in SECRETS if name in reached}
    done = subprocess.run(
        [binaries(server_major()) / program, f"--dbname={make_conninfo(**reached)}", *map(str, arguments)],
        env={**os.environ, **secret, "PGAPPNAME": f"plenary {program}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise ProgramError(error_line(done.stderr) or f"{program} failed")


def server_major() -> int:
    """Return the major version of the server, such as 18."""
    connection.ensure_connection()
    return int(connection.pg_version // 10_000)  # type: ignore[attr-defined]  # PostgreSQL's own


@lru_cache
def binaries(server: int) -> Path:
    """Return the folder of pg_dump and its like, of the lowest major version that is at least ``server``.

    Looked for on PATH and in the package that holds the embedded server. Raises ProgramError where there is none.
    """
    folders = [Path(folder) for folder in os.get_exec_path()]
    with suppress(EmbeddedError):
        folders.insert(0, package_install() / "bin")
    candidates = [(major, place, folder) for place, folder in enumerate(folders) if (major := _major(folder)) >= server]
    if not candidates:
        raise ProgramError(
            f"No pg_dump of PostgreSQL {server} or later is on PATH or in the Python package with the embedded server: "
            f"install postgresql-client-{server}."
        )
    return min(candidates)[2]


def _major(folder: Path) -> int:
    """Return the major version of the pg_dump in ``folder``, 0 where there is none that runs."""
    program = shutil.which("pg_dump", path=folder)
    if program is None:
        return 0
    output = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\) (\d+)", output)
    return int(version[1]) if version else 0
