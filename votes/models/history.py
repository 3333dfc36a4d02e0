"""History of published data, written by database triggers for every kind of change."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from resolutions.dates import moment
from resolutions.models import among
from votes.models.imports import ImportRun


class Revision(models.Model):
    """Who changed published data when, and why: one a transaction, or one for each reason given in it."""

    transaction = models.BigIntegerField(_("transaction"), help_text=_("The number of the database transaction."))
    at = models.DateTimeField(_("at"))
    context = models.CharField(
        _("context"), max_length=36, help_text=_("Tells apart several reasons within one transaction.")
    )
    role = models.CharField(_("database role"), max_length=63, help_text=_("The database role that made the change."))
    # No foreign key of the history holds anything back: it outlives what it tells of.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("by"),
    )
    by_name = models.CharField(
        _("by"), max_length=200, help_text=_("The name of the account at that time, or of the person.")
    )
    reason = models.TextField(_("reason"))
    command = models.CharField(_("command"), max_length=100)
    import_run = models.ForeignKey(
        ImportRun,
        models.DO_NOTHING,
        null=True,
        related_name="revisions",
        db_constraint=False,
        verbose_name=_("import"),
    )
    undoes = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        related_name="undone_by",
        db_constraint=False,
        db_index=False,
        verbose_name=_("undoes"),
        help_text=_("The earlier change that this one takes back."),
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["transaction", "at", "context"], name="revision_once_a_reason"),
        ]
        indexes = [
            models.Index(fields=["undoes"], condition=Q(undoes__isnull=False), name="revision_undoes"),
        ]

    def __str__(self) -> str:
        return f"{moment(self.at)} {self.by_name or self.command or self.role}"


class HistoryEventKind(models.TextChoices):
    """What of the record an event is about."""

    ROLL_CALL = "roll-call", _("recorded vote")
    VOTE = "vote", _("vote")
    CORRECTION = "correction", _("correction")
    RESOLUTION = "resolution", _("resolution")
    TOPIC = "topic", _("topic of a resolution")
    OTHER_SYMBOL = "other-symbol", _("other symbol")
    STATE = "state", _("member state")
    STATE_NAME = "state-name", _("former name")
    SUCCESSOR = "successor", _("successor of a member state")
    SEAT = "seat", _("membership of a body")
    BLOC = "bloc", _("bloc")
    BLOC_MEMBERSHIP = "bloc-membership", _("membership of a bloc")
    BODY = "body", _("body")
    SESSION = "session", _("session")
    SUBJECT = "subject", _("topic")
    SOURCE = "source", _("source")
    ADDRESS = "address", _("retired address")
    STATEMENT = "statement", _("statement of a source")
    ROLL_CALL_EDITOR = "roll-call-editor", _("editor of a recorded vote")
    RESOLUTION_EDITOR = "resolution-editor", _("editor of a resolution")
    TRUNCATED = "truncated", _("table emptied")


PARTS = ("vote", "correction", "topic", "other-symbol", "address", "statement", "roll-call-editor", "resolution-editor")
"""The kinds of rows that are part of a recorded vote or a text, and are deleted with it."""


class HistoryEventQuerySet(models.QuerySet["HistoryEvent"]):
    """Queries of events."""

    def deletions(self) -> HistoryEventQuerySet:
        """Return the deletions of whole records, drafts included, newest first."""
        return self.filter(new__isnull=True).exclude(kind__in=PARTS).exclude(kind=HistoryEventKind.TRUNCATED)


class HistoryEvent(models.Model):
    """One row of the record, before and after a change."""

    Kind = HistoryEventKind

    revision = models.ForeignKey(
        Revision, models.DO_NOTHING, related_name="events", db_constraint=False, verbose_name=_("revision")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    key = models.BigIntegerField(_("key of the row"), null=True)
    roll_call = models.BigIntegerField(_("key of the roll call"), null=True)
    resolution = models.BigIntegerField(_("key of the resolution"), null=True)
    subject = models.CharField(
        _("of"), max_length=300, help_text=_("The slug, symbol or code of the roll call, resolution, state or bloc.")
    )
    name = models.CharField(
        _("which"), max_length=400, help_text=_("The row of the subject: for a vote, the code of the state.")
    )
    shown = models.BooleanField(_("public"), help_text=_("No for changes made while the record was not public."))
    internal = models.BooleanField(
        _("for editors only"),
        default=False,
        db_default=False,
        help_text=_("What a deletion held that was never public; kept so that the deletion can be undone."),
    )
    old = models.JSONField(_("before"), null=True)
    new = models.JSONField(_("after"), null=True)

    objects = HistoryEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("change to published data")
        verbose_name_plural = _("changes to published data")
        ordering = ("-id",)
        constraints = [among("kind", HistoryEventKind, "history_event_kind")]
        indexes = [
            models.Index(fields=["roll_call"], name="history_event_roll_call"),
            models.Index(fields=["resolution"], name="history_event_resolution"),
            models.Index(fields=["subject"], name="history_event_subject"),
            models.Index(fields=["name"], condition=Q(kind="truncated"), name="history_event_truncated"),
            models.Index(
                fields=["revision"],
                condition=Q(new__isnull=True) & ~Q(kind__in=PARTS),
                name="history_event_deleted",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.get_kind_display(), self.subject, self.name)))
