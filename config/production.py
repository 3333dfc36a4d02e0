"""Checks of the settings of a production installation."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Sequence

# As Django's own check of a deployment has it (security.W009).
MIN_LENGTH, MIN_DIFFERENT = 50, 5

MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(64))' makes one"

GUESSED = (
    f"SECRET_KEY is too easy to guess: it needs at least {MIN_LENGTH} characters, {MIN_DIFFERENT} of them "
    f"different; {MAKE_A_KEY}."
)
NO_DEBUG = "DEBUG must not be 1: error pages would show settings and source."
NEEDS_HTTPS = "HTTPS must be 1: cookies and passwords are sent over HTTPS only."
NEEDS_DATABASE = "DATABASE_URL must be set (or DATABASE_URL_FILE), to postgresql://user:password@host:5432/plenary."
NEEDS_PROXIES = (
    "TRUSTED_PROXIES must be set: 1 for one proxy that ends TLS and sets X-Forwarded-For and X-Forwarded-Proto "
    "(without it every page would redirect to itself for ever), 0 where gunicorn itself has the certificate."
)

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)


def check_production(
    *, debug: bool, secret_key: str, hosts: Sequence[str], https: bool, database: str, proxies: str
) -> None:
    """Refuse to start an unsafe production installation.

    ``hosts`` are ALLOWED_HOSTS; ``proxies`` is TRUSTED_PROXIES as it was set, "" where it was not, since 0 has to be
    meant. Raises ImproperlyConfigured with one line for each thing that is wrong: which variable, and what to set.
    No line holds a secret.
    """
    errors = [*_key_errors(secret_key), *_host_errors(hosts)]
    errors += [NO_DEBUG] if debug else []
    errors += [] if https else [NEEDS_HTTPS]
    errors += [] if database else [NEEDS_DATABASE]
    errors += [] if proxies else [NEEDS_PROXIES]
    if errors:
        raise ImproperlyConfigured("\n".join(f"PRODUCTION=1: {line}" for line in errors))


def _key_errors(key: str) -> list[str]:
    """Return errors in the secret key."""
    if not key:
        return [f"SECRET_KEY must be set (or SECRET_KEY_FILE), the same for all processes; {MAKE_A_KEY}."]
    if len(key) < MIN_LENGTH or len(set(key)) < MIN_DIFFERENT or key.startswith("django-insecure-"):
        return [GUESSED]
    return []


def _host_errors(hosts: Sequence[str]) -> list[str]:
    """Return errors in ALLOWED_HOSTS."""
    if not any(hosts):
        return ["ALLOWED_HOSTS must be set to the host names of the site, such as votes.example.org."]
    return [
        f"ALLOWED_HOSTS must list host names only, separated by commas, not “{host}”."
        for host in hosts
        if not _is_host(host)
    ]


def _is_host(text: str) -> bool:
    """Whether ``text`` is an IP address or a host name, with a dot before it for all names below it."""
    try:
        is_ipv6 = ipaddress.ip_address(text.strip("[]")).version == 6
    except ValueError:
        return len(text) <= 253 and all(LABEL.fullmatch(label) for label in text.removeprefix(".").split("."))
    return is_ipv6 == (text[0] == "[")
