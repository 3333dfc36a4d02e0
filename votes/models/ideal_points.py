"""Ideal points of the last fit, stored separately from the record they are computed from.

A new fit replaces the one before. It says what it was computed from, so that a page can tell when it is stale.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from resolutions.dates import moment
from votes.models.roll_calls import RollCall
from votes.models.states import MemberState


class IdealPointFit(models.Model):
    """One fit of the ideal-point model to the record: of what, how, and how it ended."""

    fitted_at = models.DateTimeField(_("fitted at"))
    data_version = models.PositiveBigIntegerField(_("data version"), help_text=_("The data version it was fitted to."))
    digest = models.CharField(
        _("digest"),
        max_length=32,
        help_text=_("A hash of the data and settings of the fit, which shows whether it is stale."),
    )
    model = models.CharField(_("model"), max_length=100)
    settings = models.JSONField(_("settings"))
    iterations = models.PositiveIntegerField(_("iterations"))
    converged = models.BooleanField(_("converged"))
    change = models.FloatField(
        _("last change"), help_text=_("The largest change of a point in the last step, in standard deviations.")
    )
    bound = models.FloatField(_("bound on the log evidence"), help_text=_("The quantity that the fit maximises."))
    roll_calls = models.PositiveIntegerField(
        _("roll calls"), help_text=_("Roll calls of the General Assembly on which positions differed.")
    )
    items = models.PositiveIntegerField(_("questions"), help_text=_("Roll calls, with repeated texts counted once."))
    states = models.PositiveIntegerField(_("member states"))
    votes = models.PositiveIntegerField(_("votes"))

    class Meta:
        verbose_name = _("fit of ideal points")
        verbose_name_plural = _("fits of ideal points")
        ordering = ("-fitted_at",)

    def __str__(self) -> str:
        return moment(self.fitted_at)


class IdealPoint(models.Model):
    """Where one member state stood in one session, on the scale of the whole fit: mean 0, standard deviation 1."""

    fit = models.ForeignKey(IdealPointFit, models.CASCADE, related_name="points", verbose_name=_("fit"))
    state = models.ForeignKey(
        MemberState, models.CASCADE, related_name="ideal_points", verbose_name=_("member state"), db_index=False
    )
    session = models.PositiveSmallIntegerField(_("session"), help_text=_("The number of the regular session."))
    estimate = models.FloatField(_("estimate"))
    standard_error = models.FloatField(_("standard error"))
    votes = models.PositiveSmallIntegerField(_("votes"), help_text=_("The number of positions it is estimated from."))

    class Meta:
        verbose_name = _("ideal point")
        verbose_name_plural = _("ideal points")
        ordering = ("state", "session")
        constraints = [
            models.UniqueConstraint(fields=["state", "session", "fit"], name="one_ideal_point_a_state_and_session"),
            models.CheckConstraint(condition=models.Q(standard_error__gt=0), name="ideal_point_standard_error"),
        ]

    def __str__(self) -> str:
        return f"{self.state}, {self.session}: {self.estimate:+.2f}"


class CutPoint(models.Model):
    """How one roll call divides the line. Only those on which positions differed have one.

    A state leans discrimination x ideal point; below ``lower`` it more likely votes against than abstains or votes in
    favour, above ``upper`` more likely in favour than not. Where nobody took one of the three, both are the one cut.
    """

    fit = models.ForeignKey(IdealPointFit, models.CASCADE, related_name="cut_points", verbose_name=_("fit"))
    roll_call = models.OneToOneField(RollCall, models.CASCADE, related_name="cut_point", verbose_name=_("roll call"))
    session = models.PositiveSmallIntegerField(_("session"), help_text=_("The session to which it belongs."))
    discrimination = models.FloatField(_("discrimination"))
    lower = models.FloatField(_("lower cut"))
    upper = models.FloatField(_("upper cut"))
    roll_calls = models.PositiveSmallIntegerField(
        _("roll calls"),
        help_text=_("The number of roll calls on the same text, including this one, that share the estimate."),
    )

    class Meta:
        verbose_name = _("cut point")
        verbose_name_plural = _("cut points")
        ordering = ("roll_call",)
        constraints = [
            models.CheckConstraint(condition=models.Q(lower__lte=models.F("upper")), name="cut_point_order"),
        ]

    def __str__(self) -> str:
        return str(self.roll_call)
