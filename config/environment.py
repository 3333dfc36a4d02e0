"""Reading numbers from environment variables."""

import os

from django.core.exceptions import ImproperlyConfigured


def whole_number(name: str, default: int, *, least: int = 1) -> int:
    """Return the variable ``name`` as a number of at least ``least``, or ``default`` where it is unset or empty.

    Raises ImproperlyConfigured, in one line, for anything else.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()) or int(text) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not “{text}”.")
    return int(text)
