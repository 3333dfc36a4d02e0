#!/usr/bin/env python
"""Plenary's commands; ``manage.py help`` lists them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import InterfaceError, OperationalError, ProgrammingError

STOPPED = 130
"""The exit code of what Ctrl-C ended, as shells have it: 128 and the signal's number."""


def main() -> None:
    """Run a command; what is wrong with the surroundings is said in a line each (``--traceback`` shows all).

    A command ends with 0 where it is done, 1 where it failed, 2 where it was asked for wrongly, 130 after Ctrl-C.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        if "--traceback" in sys.argv:
            raise
        sys.stderr.write("\nplenary: stopped; unfinished work was not saved.\n")
        sys.exit(STOPPED)
    except (ImproperlyConfigured, OperationalError, InterfaceError, ProgrammingError, OSError) as error:
        if "--traceback" in sys.argv or (isinstance(error, ProgrammingError) and not lacks_tables(error)):
            raise
        sys.exit("\n".join(f"plenary: {line}" for line in explained(error).splitlines()))


def lacks_tables(error: Exception) -> bool:
    """Tell whether a query failed since the database has not got this release's tables."""
    return getattr(error.__cause__, "sqlstate", None) in ("42P01", "42703")  # No such table, no such column.


def explained(error: Exception) -> str:
    """Return the first line of an error, and what to do about it where that is known; of settings, all of it."""
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    if isinstance(error, ProgrammingError):
        return f"the database tables do not match this release ({line}). Run manage.py migrate, or make run."
    if "No space left" in line:
        where = os.environ.get("PLENARY_HOME", ".plenary")
        return f"no space left on the disk of {where}. Free some space and run it again; nothing is lost."
    if isinstance(error, OperationalError) and os.environ.get("DATABASE_URL"):
        return f"cannot use the database at DATABASE_URL: {line} Check the address, and that the server is running."
    return line


if __name__ == "__main__":
    main()
