"""Errors that readers report: a work list of the editors, never public."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from votes.models.history import Revision
from votes.models.roll_calls import RollCall


class ErrorReportQuerySet(models.QuerySet["ErrorReport"]):
    """Queries of error reports."""

    def open(self) -> ErrorReportQuerySet:
        """Return those that nobody has closed."""
        return self.filter(closed_at__isnull=True)


class ErrorReport(models.Model):
    """An error that a reader reported on a page. No page, file, feed or API shows it."""

    TEXT, DOCUMENT, PAGE = 2000, 500, 2000
    """How many characters a reader may write."""

    page = models.CharField(_("page"), max_length=PAGE, help_text=_("The path of the page and its query."))
    # Without a constraint, since an import may remove what its source has taken back.
    roll_call = models.ForeignKey(
        RollCall,
        models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="error_reports",
        verbose_name=_("roll call"),
    )
    wrong = models.TextField(_("what is wrong"), max_length=TEXT)
    right = models.TextField(_("what is right"), max_length=TEXT)
    document = models.TextField(_("document that shows it"), max_length=DOCUMENT)
    email = models.EmailField(
        _("address for the answer"), blank=True, help_text=_("Deleted once the answer has been sent.")
    )
    at = models.DateTimeField(_("received"), default=timezone.now)
    outcome = models.TextField(
        _("what was done"),
        blank=True,
        help_text=_(
            "One sentence: what was corrected, or why the record is right. Where e-mail is set up, a reader who gave "
            "an address gets it."
        ),
    )
    revision = models.ForeignKey(
        Revision,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="error_reports",
        verbose_name=_("correction"),
        help_text=_("The change in the history of the vote that corrected the error."),
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("error report")
        verbose_name_plural = _("error reports")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""),
                name="error_report_closed_with_a_sentence",
                violation_error_message=_("Say in a sentence what was done."),
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(closed_at__isnull=True), name="error_report_open"),
            models.Index(fields=["at"], condition=~Q(email=""), name="error_report_address"),
        ]

    def __str__(self) -> str:
        return str(_("Report %(number)d") % {"number": self.pk or 0})

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
