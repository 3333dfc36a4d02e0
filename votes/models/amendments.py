"""Amendments: changes to what is public that one person proposes and another confirms."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from resolutions.dates import moment
from resolutions.models import Resolution
from votes.models.roll_calls import RollCall


class Amendment(models.Model):
    """A change to a published vote or text, kept as the form that proposes it until somebody else has looked at it."""

    roll_call = models.ForeignKey(
        RollCall, models.CASCADE, null=True, blank=True, related_name="amendments", verbose_name=_("roll call")
    )
    resolution = models.ForeignKey(
        Resolution, models.CASCADE, null=True, blank=True, related_name="amendments", verbose_name=_("resolution")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("proposed by"))
    at = models.DateTimeField(_("proposed"), auto_now_add=True)
    reason = models.TextField(_("reason"))
    changes = models.JSONField(_("changes"), help_text=_("What, from which value, to which: [[what, before, after]]."))
    form = models.TextField(editable=False)
    """The form as it was sent, encoded as an address is."""
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    is_confirmed = models.BooleanField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering = ("-at",)
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(roll_call__isnull=True) ^ Q(resolution__isnull=True), name="amendment_of_one_record"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, is_confirmed__isnull=True)
                | Q(decided_at__isnull=False, is_confirmed__isnull=False),
                name="amendment_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} ({moment(self.at)})"

    @property
    def record(self) -> RollCall | Resolution:
        record = self.roll_call or self.resolution
        assert record is not None
        return record
