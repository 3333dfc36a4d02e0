"""What tests of the API start from: the landmark votes, and as many requests as a test likes."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_limit(settings) -> None:
    """Let tests ask as often as they like; the one about the limit sets its own."""
    settings.API_REQUESTS_A_MINUTE = 0
