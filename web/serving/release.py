"""The release that runs, part of every ETag: another one may render the same record differently."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings

# What answers are made of, besides the record and the libraries.
FOLDERS = ("config", "data", "locale", "django_templates", "resolutions", "static", "templates", "votes", "web")


def release_of(root: Path) -> str:
    """Return the name of the release in the folder ``root``: a sum of its contents, so nobody need say it."""
    digest = hashlib.sha256((root / "requirements.txt").read_bytes())
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


SAID = ("CONTACT_EMAIL", "SHARED_CACHE_SECONDS", "SECURE_HSTS_SECONDS")
"""Settings that answers show: who changes one of them has another release."""


def named_release() -> str:
    """Return the name of the release that runs, as RELEASE names it or by its contents, and of what it was told."""
    told = repr([getattr(settings, name) for name in SAID]).encode()
    return f"{os.environ.get('RELEASE') or release_of(settings.BASE_DIR)}-{hashlib.sha256(told).hexdigest()[:4]}"


RELEASE = named_release()
"""That of this process."""
