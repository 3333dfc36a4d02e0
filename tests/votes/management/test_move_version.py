"""A server that has taken over gives no number again."""

from io import StringIO

import pytest
from django.core.management import call_command

from votes.record.version import data_version


@pytest.mark.django_db
def test_the_version_moves_past_all_there_can_have_been():
    before = data_version()
    said = StringIO()

    call_command("move_version", stdout=said)

    assert data_version() > before + 1_000_000
    assert said.getvalue() == f"The data version was {before} and is {data_version()}.\n"
