"""What all tests share: the reference facts in a real PostgreSQL, loaded once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from votes.models import MemberState
from votes.reading import SHARED
from votes.reference import load_reference

# Machines are shared: how long an example takes says nothing of what is tested.
hypothesis.settings.register_profile("plenary", deadline=None)
hypothesis.settings.load_profile("plenary")

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Load the reference facts once, before the first test that asks for the database."""
    with django_db_blocker.unblock():
        load_reference(settings.BASE_DIR / "data")


@pytest.fixture
def record(db: None) -> None:
    """Give the test the reference facts, loading them anew where a transactional test swept them away."""
    if not MemberState.objects.exists():
        load_reference(settings.BASE_DIR / "data")
        with connection.cursor() as cursor:
            # Or pages would be planned for whatever a test before has imported and left no trace of but statistics.
            cursor.execute("ANALYZE votes_vote, votes_rollcall, votes_tally, votes_blocmembership")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Forget what another test's database held; a version there may be the number of another one here."""
    SHARED.forget()


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Serve static files by their plain names, so that no test needs them collected."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path: Path) -> None:
    """Keep what tests offer for download or upload out of the developer's own folder."""
    settings.HOME = tmp_path / "home"
