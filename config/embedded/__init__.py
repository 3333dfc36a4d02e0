"""The embedded PostgreSQL: a private server, started by whichever process first needs the database.

``server`` starts and finds it, ``keeper`` is the detached process that owns it, ``binaries`` has PostgreSQL's programs
and the user who runs them.
"""

import sys
from contextlib import suppress


class EmbeddedError(Exception):
    """The embedded server cannot run; the message says why, and what to do, in one line."""


def warn(message: str) -> None:
    """Write a line to standard error, if there is anybody to read it."""
    with suppress(OSError):
        sys.stderr.write(f"plenary: {message}\n")
        sys.stderr.flush()
