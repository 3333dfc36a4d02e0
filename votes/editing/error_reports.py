"""Receiving error reports from readers, closing them, and answering by e-mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from votes.editing.publishing import check_permission
from votes.models import ErrorReport, HistoryEvent, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from votes.models import RollCall

CLOSE = "votes.change_errorreport"

KEPT_CLOSED, KEPT_OPEN = timedelta(days=30), timedelta(days=365)
"""How long an address that was not answered is kept after its report was closed, and at most. The form says so."""


def report_error(
    *, page: str, wrong: str, right: str, document: str, email: str = "", roll_call: RollCall | None = None
) -> ErrorReport:
    """Store a reader's report on ``page``; ``roll_call`` is the published vote that the page shows."""
    forget_addresses()
    return ErrorReport.objects.create(
        page=page, wrong=wrong, right=right, document=document, email=email, roll_call=roll_call
    )


@transaction.atomic
def close_report(
    *, report: ErrorReport, outcome: str, revision: Revision | None = None, by: User | None = None
) -> ErrorReport:
    """Close ``report`` with a sentence on what was done, and the change that corrected it; return it.

    Raises PermissionDenied for a person who may not, ValidationError without a sentence, for a ``revision`` that did
    not change this vote, and for a report that is already closed.
    """
    check_permission(by, CLOSE)
    forget_addresses()
    report = ErrorReport.objects.select_for_update().get(pk=report.pk)
    if not report.is_open:
        raise ValidationError(_("This report is already closed."))
    if not outcome.strip():
        raise ValidationError({"outcome": _("Say in a sentence what was done.")})
    if revision is not None and not corrections_of(report).filter(pk=revision.pk).exists():
        raise ValidationError({"revision": _("This change is not in the public history of the vote.")})
    report.outcome, report.revision = outcome.strip(), revision
    report.closed_at, report.closed_by = timezone.now(), by
    report.save(update_fields=["outcome", "revision", "closed_at", "closed_by"])
    return report


def corrections_of(report: ErrorReport) -> QuerySet[Revision]:
    """Return the changes in the public history of the reported vote and its text, newest first."""
    vote = report.roll_call
    if vote is None:
        return Revision.objects.none()
    about = Q(roll_call=vote.pk)
    if vote.resolution_id:
        about |= Q(resolution=vote.resolution_id, roll_call__isnull=True)
    events = HistoryEvent.objects.filter(about, revision=OuterRef("pk"), shown=True)
    return Revision.objects.filter(Exists(events))


def answer(*, report: ErrorReport, page: str, history: str = "") -> bool:
    """Send the reader what was done, then delete the address; return whether a mail was sent.

    ``page`` and ``history`` are whole addresses of the reported page and of the history with the correction. Raises
    OSError if the mail server refuses; the address is then kept for another try.
    """
    if report.is_open or not report.email or not settings.EMAIL_HOST:
        return False
    facts = {"number": report.pk, "page": page, "outcome": report.outcome, "history": history}
    parts = [
        _("You reported an error on %(page)s"),
        "%(outcome)s",
        *([_("The correction is in the history of the vote: %(history)s")] if history else []),
        _("Thank you for helping to keep the record right. Your address has been deleted."),
        _("Plenary"),
    ]
    subject = _("Plenary: your error report %(number)d") % facts
    # SMTPException is an OSError, as is a server that cannot be reached.
    EmailMessage(subject, "\n\n".join(part % facts for part in parts) + "\n", to=[report.email]).send()
    report.email, report.answered_at = "", timezone.now()
    report.save(update_fields=["email", "answered_at"])
    return True


def forget_addresses() -> None:
    """Delete readers' addresses that have been kept long enough; each report and each start of the site does."""
    now = timezone.now()
    old = Q(at__lt=now - KEPT_OPEN) | Q(closed_at__lt=now - KEPT_CLOSED)
    ErrorReport.objects.filter(old).exclude(email="").update(email="")
