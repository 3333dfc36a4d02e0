"""Reading environment variables: texts, secrets in files, choices and numbers."""

import os
from collections.abc import Sequence
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
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: set only one of them.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which is not text in UTF-8.") from None
    return value or default


def one_of(name: str, values: Sequence[str], default: str) -> str:
    """Return the variable ``name``, which is one of ``values``, or ``default`` where it is unset or empty.

    Case and surrounding space do not matter. Raises ImproperlyConfigured, in one line, for anything else.
    """
    value = os.environ.get(name, "").strip().lower()
    if value and value not in values:
        raise ImproperlyConfigured(f"{name} must be {', '.join(values[:-1])} or {values[-1]}, not “{value}”.")
    return value or default


def whole_number(name: str, default: int, *, least: int = 1) -> int:
    """Return the variable ``name`` as a number of at least ``least``, or ``default`` where it is unset or empty.

    Raises ImproperlyConfigured, in one line, for anything else.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()) or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not “{value}”.")
    return int(value)
