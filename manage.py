#!/usr/bin/env python
"""Plenary's commands; ``manage.py help`` lists them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import OperationalError


def main() -> None:
    """Run a command; what is wrong with the surroundings is said in a line each (``--traceback`` shows all)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError, OSError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit("\n".join(f"plenary: {line}" for line in explained(error).splitlines()))


def explained(error: Exception) -> str:
    """Return the first line of an error, and what to do about it where that is known; of settings, all that is wrong."""
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    if "No space left" in line:
        where = os.environ.get("PLENARY_HOME", ".plenary")
        return f"there is no space left on the disk of {where}. Make room and run it again; nothing is lost."
    if isinstance(error, OperationalError) and os.environ.get("DATABASE_URL"):
        return f"the database of DATABASE_URL: {line} Check the address and that the server runs."
    return line


if __name__ == "__main__":
    main()
