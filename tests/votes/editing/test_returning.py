"""Drafts sent back with a comment, and what the work lists show of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.votes.roles import make_user
from votes.editing.filling import fill_sheet
from votes.editing.publishing import publish, withdraw, work_lists
from votes.editing.returning import send_back, take_up
from votes.editing.votes import record_votes
from votes.models import ReturnedDraft, RollCall

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from tests.votes.conftest import World

CHOICES = {"USA": "N", "FRA": "Y"}


@pytest.fixture
def recorder(db: None) -> User:
    return make_user("Recorders")


@pytest.fixture
def verifier(db: None) -> User:
    return make_user("Verifiers")


@pytest.fixture
def draft(world: World, recorder: User) -> RollCall:
    made = world.roll_call()
    record_votes(roll_call=made, choices=CHOICES)
    made.entered_by.add(recorder)
    return made


def listed(user: User) -> list[str]:
    """Return the names of the work lists on which this user has the draft."""
    return [name for name, found in work_lists(user).items() if found.exists()]


def test_draft_sent_back_waits_for_who_entered_it_and_then_for_verification(
    draft: RollCall, recorder: User, verifier: User
):
    assert (listed(recorder), listed(verifier)) == (["mine"], ["waiting"])
    send_back(roll_call=draft, comment=" Norway is missing. ", by=verifier)
    send_back(roll_call=draft, comment="Norway and Sweden are missing.", by=verifier)
    assert ReturnedDraft.objects.get().comment == "Norway and Sweden are missing."
    assert (listed(recorder), listed(verifier)) == (["mine", "returned"], [])
    assert take_up(roll_call=draft)
    assert not take_up(roll_call=draft)
    assert (listed(recorder), listed(verifier)) == (["mine"], ["waiting"])


def test_filling_the_sheet_and_publishing_end_it(draft: RollCall, recorder: User, verifier: User):
    send_back(roll_call=draft, comment="Norway is missing.", by=verifier)
    fill_sheet(roll_call=draft, choices=CHOICES | {"NOR": "Y"}, by=recorder)
    assert not ReturnedDraft.objects.exists()
    send_back(roll_call=draft, comment="Sweden is missing.", by=verifier)
    publish(roll_calls=[draft], by=verifier)
    assert not ReturnedDraft.objects.exists()


def test_only_a_draft_is_sent_back_with_a_comment_and_by_who_may(draft: RollCall, recorder: User, verifier: User):
    with pytest.raises(PermissionDenied):
        send_back(roll_call=draft, comment="Norway is missing.", by=recorder)
    for comment in ("", " ", "x" * 2001):
        with pytest.raises(ValidationError, match="comment"):
            send_back(roll_call=draft, comment=comment, by=verifier)
    publish(roll_calls=[draft])
    for _status in ("published", "withdrawn"):
        with pytest.raises(ValidationError, match="Only a draft"):
            send_back(roll_call=draft, comment="Norway is missing.", by=verifier)
        withdraw(roll_call=draft, reason="Never taken.")
