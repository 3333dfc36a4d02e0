"""Error reports: closing, the correction that belongs to one, the answer by mail, and how long addresses are kept."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from resolutions.attribution import attributed
from tests.votes.roles import make_user
from votes.editing.error_reports import answer, close_report, corrections_of, forget_addresses, report_error
from votes.editing.merging import merge
from votes.editing.publishing import publish
from votes.editing.votes import record_votes
from votes.models import ErrorReport, RollCall

if TYPE_CHECKING:
    from tests.votes.conftest import World

pytestmark = pytest.mark.django_db

ON = "https://plenary.example"


def vote(world: World, slug: str = "a-motion") -> RollCall:
    roll_call = world.roll_call(slug)
    record_votes(roll_call=roll_call, choices={"USA": "N", "FRA": "A"})
    publish(roll_calls=[roll_call])
    return roll_call


def landmark(slug: str = "a-res-es-11-7") -> RollCall:
    """Return a vote that has long been public, so that its changes are history."""
    return RollCall.objects.get(slug=slug)


def report(roll_call: RollCall | None = None, **values: str) -> ErrorReport:
    words = {"page": "/vetoes/", "wrong": "France abstained.", "right": "It voted.", "document": "A/79/PV.1"}
    return report_error(**{**words, **values}, roll_call=roll_call)


def correct(roll_call: RollCall) -> None:
    choices = dict(roll_call.votes.values_list("state__code", "choice")) | {"FRA": "A"}
    with attributed(reason="As in A/79/PV.1."):
        record_votes(roll_call=roll_call, choices=choices)


@pytest.fixture
def with_mail(settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"


def test_report_is_closed_once_with_a_sentence_and_by_who_may():
    one = report()
    for role in ("nobody", "Recorders"):
        with pytest.raises(PermissionDenied):
            close_report(report=one, outcome="Corrected.", by=make_user(role))
    with pytest.raises(ValidationError, match="Say in a sentence"):
        close_report(report=one, outcome="  ")
    verifier = make_user("Verifiers")
    closed = close_report(report=one, outcome=" Corrected. ", by=verifier)
    assert (closed.outcome, closed.closed_by, closed.is_open) == ("Corrected.", verifier, False)
    assert not ErrorReport.objects.open().exists()
    with pytest.raises(ValidationError, match="already closed"):
        close_report(report=one, outcome="Again.")


def test_database_refuses_a_closed_report_without_a_sentence():
    one = report()
    with pytest.raises(IntegrityError, match="error_report_closed_with_a_sentence"):
        ErrorReport.objects.filter(pk=one.pk).update(closed_at=timezone.now())


def test_correction_is_a_public_change_of_that_vote(record: None):
    roll_call = landmark()
    correct(landmark("a-res-es-11-8"))
    one, general = report(roll_call), report()
    assert not corrections_of(one).exists()
    correct(roll_call)
    (revision,) = corrections_of(one)
    assert revision.reason == "As in A/79/PV.1."
    with pytest.raises(ValidationError, match="not in the public history of the vote"):
        close_report(report=general, outcome="Corrected.", revision=revision)
    assert close_report(report=one, outcome="Corrected.", revision=revision).revision == revision


def test_report_follows_a_merged_vote_and_outlives_a_deleted_one(world: World):
    kept, duplicate = vote(world), vote(world, "duplicate")
    one = report(duplicate)
    merge(kept=kept, duplicate=duplicate, reason="The same vote.")
    one.refresh_from_db()
    assert one.roll_call == kept
    RollCall.objects.filter(pk=kept.pk).delete()
    one.refresh_from_db()
    assert one.roll_call is None


@pytest.mark.usefixtures("with_mail")
def test_answer_tells_what_was_done_and_deletes_the_address(world: World):
    roll_call = vote(world)
    one = report(roll_call, email="reader@example.org")
    assert not answer(report=one, page=ON)  # still open
    one = close_report(report=one, outcome="France’s vote was corrected (100% sure).")
    assert answer(report=one, page=f"{ON}/roll-calls/a-motion/", history=f"{ON}/roll-calls/a-motion/history/")
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["reader@example.org"], f"Plenary: your error report {one.pk}")
    assert str(message.body).split("\n\n") == [
        f"You reported an error on {ON}/roll-calls/a-motion/",
        "France’s vote was corrected (100% sure).",
        f"The correction is in the history of the vote: {ON}/roll-calls/a-motion/history/",
        "Thank you for helping to keep the record right. Your address has been deleted.",
        "Plenary\n",
    ]
    one.refresh_from_db()
    assert (one.email, one.answered_at is not None) == ("", True)
    assert not answer(report=one, page=ON)


@pytest.mark.usefixtures("with_mail")
def test_address_is_kept_if_the_mail_server_refuses(monkeypatch: pytest.MonkeyPatch):
    one = close_report(report=report(email="reader@example.org"), outcome="The record is right.")

    def refuse(*_: object) -> None:
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with pytest.raises(OSError, match=r"."):
        answer(report=one, page=ON)
    one.refresh_from_db()
    assert one.email == "reader@example.org"


def test_no_mail_is_sent_where_none_is_set_up():
    one = close_report(report=report(email="reader@example.org"), outcome="The record is right.")
    assert not answer(report=one, page=ON)
    assert mail.outbox == []


def test_addresses_are_forgotten_30_days_after_closing_and_after_a_year():
    now = timezone.now()
    ages = {"new": (1, None), "old": (366, None), "just closed": (400 - 35, 29), "long closed": (40, 31)}
    for name, (age, closed) in ages.items():
        one = report(email="reader@example.org", wrong=name)
        values = {"closed_at": now - timedelta(days=closed), "outcome": "Done."} if closed else {}
        ErrorReport.objects.filter(pk=one.pk).update(at=now - timedelta(days=age, minutes=-1), **values)
    forget_addresses()
    kept = ErrorReport.objects.exclude(email="").order_by("pk").values_list("wrong", flat=True)
    assert list(kept) == ["new", "just closed"]
