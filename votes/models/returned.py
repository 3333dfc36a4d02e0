"""Drafts that a verifier sent back with a comment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from votes.models.roll_calls import RollCall


class ReturnedDraft(models.Model):
    """What a verifier asks of who entered a draft; deleted when the draft is saved again or published."""

    COMMENT = 2000
    """How many characters a comment may have."""

    # Without a constraint, since an import may remove what its source has taken back.
    roll_call = models.OneToOneField(
        RollCall, models.CASCADE, db_constraint=False, related_name="returned", verbose_name=_("roll call")
    )
    comment = models.TextField(_("comment"), max_length=COMMENT)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("draft sent back")
        verbose_name_plural = _("drafts sent back")
        constraints = [models.CheckConstraint(condition=~Q(comment=""), name="returned_with_a_comment")]

    def __str__(self) -> str:
        return f"{self.roll_call}: {self.comment}"
