"""Corrections: what delegations said later that they had intended."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from votes.choices import Choice
from votes.models.roll_calls import RollCall, Vote
from votes.models.states import MemberState


class Correction(models.Model):
    """A delegation's later notice that it had intended to vote otherwise; it never changes the vote or the tally."""

    roll_call = models.ForeignKey(RollCall, models.CASCADE, related_name="corrections", verbose_name=_("roll call"))
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="corrections", verbose_name=_("member state"))
    intended = models.CharField(
        _("intended choice"), max_length=1, choices=[c for c in Choice.choices if c[0] != Choice.NON_VOTING]
    )
    reference = models.CharField(
        _("where it was recorded"), max_length=200, blank=True, help_text=_("For example the verbatim record.")
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("roll_call", "state")
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "state"], name="one_correction_a_state_and_roll_call"),
            models.CheckConstraint(condition=Q(intended__in=["Y", "N", "A"]), name="correction_intended"),
        ]

    def clean(self) -> None:
        """Refuse a correction of no vote, and one to what the vote is."""
        vote = Vote.objects.filter(roll_call=self.roll_call_id, state=self.state_id).first()
        if self.state_id and vote is None:
            raise ValidationError(
                {"state": _("This state has no vote in this roll call, so there is nothing to correct.")}
            )
        if vote and vote.choice == self.intended:
            raise ValidationError({"intended": _("Its vote is already recorded with this choice.")})

    def __str__(self) -> str:
        return f"{self.state}: {self.get_intended_display()}"
