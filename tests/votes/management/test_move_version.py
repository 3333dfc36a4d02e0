"""``manage.py move_version``."""

from io import StringIO

import pytest
from django.core.management import call_command

from votes.record.version import data_version


@pytest.mark.django_db
def test_command_moves_the_version_past_any_earlier_one():
    before = data_version()
    said = StringIO()

    call_command("move_version", stdout=said)

    assert data_version() > before + 1_000_000
    assert said.getvalue() == f"The data version was {before} and is now {data_version()}.\n"
