"""The secret key of an installation that sets none: generated once and stored, so that logins outlive a restart."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def secret_key_in(home: Path) -> str:
    """Return the key stored in ``home``, generating it where there is none.

    The file appears whole or not at all, readable by its owner only, and two processes that start at once
    end up with the same key.
    """
    path = home / "secret-key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"secret-key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
