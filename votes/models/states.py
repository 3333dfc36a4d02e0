"""Member states: the holders of a seat, their names over time, and the bodies they sit in."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from resolutions.models import Body
from resolutions.text import fold
from votes.models.intervals import (
    DatePrecision,
    Interval,
    IntervalQuerySet,
    check_order,
    no_overlap,
    precise,
    since_before_until,
)


class MemberStateQuerySet(models.QuerySet["MemberState"]):
    """Queries of member states."""

    def members_of(self, body: Body, date: datetime.date) -> MemberStateQuerySet:
        """Return the electorate: those with a seat in ``body`` on ``date``."""
        return self.filter(pk__in=BodyMembership.objects.filter(body=body).on(date).values("state"))


class MemberState(models.Model):
    """The holder of a seat, by the three-letter code of the UN Digital Library; former ones too."""

    code = models.CharField(
        _("code"),
        max_length=3,
        unique=True,
        validators=[RegexValidator("^[A-Z]{3}$", _("Three capital letters."))],
    )
    iso2 = models.CharField(_("ISO 3166 alpha-2 code"), max_length=2, blank=True)
    name = models.CharField(_("name"), max_length=100)
    official_name = models.CharField(_("official name"), max_length=200, blank=True)
    sort_name = models.CharField(max_length=100, editable=False, db_collation="C")
    successors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="predecessors", verbose_name=_("successors")
    )
    note = models.TextField(_("note"), blank=True)

    objects = MemberStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("member state")
        verbose_name_plural = _("member states")
        ordering = ("sort_name",)
        constraints = [
            models.CheckConstraint(condition=Q(code__regex="^[A-Z]{3}$"), name="member_state_code_form"),
            models.UniqueConstraint(
                fields=["iso2"],
                condition=~Q(iso2=""),
                name="member_state_iso2_once",
                violation_error_message=_("Another member state has this alpha-2 code."),
            ),
            # Whatever its spelling, since the name to sort by is folded.
            models.UniqueConstraint(
                fields=["sort_name"],
                name="member_state_name_once",
                violation_error_message=_("Another member state has this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the sort name in step."""
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Set the name to sort by; bulk writers call it themselves."""
        self.sort_name = fold(self.name)

    def get_absolute_url(self) -> str:
        return reverse("web:state", args=[self.code])

    def name_on(self, date: datetime.date) -> str:
        """Return the name on ``date``, from the (prefetched) former names."""
        for former in self.former_names.all():
            if (former.since is None or former.since <= date) and date < former.until:
                return former.name
        return self.name


class StateNameQuerySet(models.QuerySet["StateName"]):
    """Former names by date."""

    def on(self, date: datetime.date) -> StateNameQuerySet:
        """Return those that were in use on ``date``."""
        return self.filter(Q(since__isnull=True) | Q(since__lte=date), until__gt=date)


class StateName(models.Model):
    """A name a member state had until a date."""

    state = models.ForeignKey(MemberState, models.CASCADE, related_name="former_names", verbose_name=_("member state"))
    name = models.CharField(_("name"), max_length=100)
    official_name = models.CharField(_("official name"), max_length=200, blank=True)
    since = models.DateField(
        _("since"), null=True, blank=True, help_text=_("Leave empty if it had this name since it became a member.")
    )
    until = models.DateField(_("until"), help_text=_("The first day of the next name."))
    since_precision = models.CharField(
        _("precision of “since”"), max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    until_precision = models.CharField(
        _("precision of “until”"), max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY
    )

    objects = StateNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        ordering = ("state", "until")
        constraints = [
            since_before_until("state_name_since_before_until"),
            *precise("state_name"),
            no_overlap("state_name_no_overlap", "state"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        super().clean()
        check_order(self.since, self.until)


class BodyMembershipQuerySet(IntervalQuerySet["BodyMembership"]):
    """Seats by date."""


class BodyMembership(Interval):
    """A seat in a body for a time; the seats on a roll call's date are its electorate."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships", verbose_name=_("body"))
    state = models.ForeignKey(
        MemberState, models.PROTECT, related_name="body_memberships", verbose_name=_("member state")
    )
    permanent = models.BooleanField(_("permanent"), default=False)
    note = models.TextField(_("note"), blank=True)

    objects = BodyMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership of a body")
        verbose_name_plural = _("memberships of bodies")
        ordering = ("body", "state", "since")
        constraints = [
            since_before_until("body_membership_since_before_until"),
            *precise("body_membership"),
            no_overlap("body_membership_no_overlap", "body", "state"),
        ]

    def __str__(self) -> str:
        return f"{self.state} – {self.body}"
