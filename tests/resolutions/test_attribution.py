"""Attribution of writes: what the database is told; its use is tested with the history."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction

from resolutions.attribution import attributed

pytestmark = pytest.mark.django_db


def told() -> dict[str, object]:
    """Return what the database knows now, but for the number of the occasion."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('plenary.because', true)")
        said = json.loads(cursor.fetchone()[0] or "{}")
    return {name: value for name, value in said.items() if name != "id"}


def test_inner_attribution_overrides_outer_until_its_block_ends():
    ann = User.objects.create(username="ann")
    with attributed(by=ann, reason="outer"):
        with attributed(reason=" inner ", import_run=5):
            assert told() == {"by": ann.pk, "by_name": "ann", "reason": "inner", "import_run": 5}
        assert told() == {"by": ann.pk, "by_name": "ann", "reason": "outer"}
    assert told() == {}


def test_attribution_without_an_account_uses_the_given_name():
    with attributed(by=AnonymousUser(), by_name="root@plenary", command="import_votes"):
        assert told() == {"by_name": "root@plenary", "command": "import_votes"}


def test_failed_or_rolled_back_block_leaves_no_attribution():
    def fail() -> None:
        with attributed(reason="no"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert told() == {}

    with transaction.atomic():
        with attributed(reason="no"):
            transaction.set_rollback(True)
        transaction.set_rollback(True)
    assert told() == {}


@pytest.mark.django_db(transaction=True)
def test_attribution_is_not_visible_in_another_transaction():
    with attributed(reason="one"):
        assert told() == {"reason": "one"}
    assert told() == {}
    with transaction.atomic():
        assert told() == {}
