"""Reading environment variables: texts, secrets that may stand in files, and numbers."""

import os
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable ``name``, or the content of the file that ``name``_FILE names, or else ``default``.

    A file is how container engines and systemd hand over a secret, which then stands in no process's environment.
    Line ends at its end are dropped. A variable set to nothing counts as unset, and so does an empty file. Raises
    ImproperlyConfigured, in one line without the secret, for a file that cannot be read and where both are set.
    """
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and path:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one of them.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which is not text in UTF-8.") from None
    return value or default


def one_of(name: str, values: Collection[str], default: str) -> str:
    """Return the variable ``name``, which is one of ``values``, or ``default`` where it is unset or empty.

    Case and surrounding space do not matter. Raises ImproperlyConfigured, in one line, for anything else.
    """
    written = os.environ.get(name, "").strip().lower()
    if written and written not in values:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(sorted(values))}, not “{written}”.")
    return written or default


def whole_number(name: str, default: int, *, least: int = 1) -> int:
    """Return the variable ``name`` as a number of at least ``least``, or ``default`` where it is unset or empty.

    Raises ImproperlyConfigured, in one line, for anything else.
    """
    written = os.environ.get(name, "").strip()
    if not written:
        return default
    if not (written.isascii() and written.isdecimal()) or int(written) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not “{written}”.")
    return int(written)
