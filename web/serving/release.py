"""The running release, part of every ETag, since another release may render the same record differently."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings

# What responses depend on, besides the record and the libraries.
FOLDERS = ("config", "data", "locale", "django_templates", "resolutions", "static", "templates", "votes", "web")


def release_of(root: Path) -> str:
    """Return the release in the folder ``root``: a checksum of its contents, so that nobody has to set it."""
    digest = hashlib.sha256((root / "requirements.txt").read_bytes())
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


SAID = ("CONTACT_EMAIL", "SHARED_CACHE_SECONDS", "SECURE_HSTS_SECONDS")
"""Settings that affect responses: changing one makes another release."""


def named_release() -> str:
    """Return the running release (RELEASE, or a checksum of the checkout) combined with the settings that matter."""
    values = repr([getattr(settings, name) for name in SAID]).encode()
    return f"{os.environ.get('RELEASE') or release_of(settings.BASE_DIR)}-{hashlib.sha256(values).hexdigest()[:4]}"


RELEASE = named_release()
"""The release of this process."""
