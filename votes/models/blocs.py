"""Blocs: any group of states, with memberships that begin and end."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from resolutions.models import among
from votes.models.intervals import Interval, IntervalQuerySet, no_overlap, precise, since_before_until
from votes.models.states import MemberState


class BlocKind(models.TextChoices):
    """The kind of a bloc."""

    REGIONAL_GROUP = "regional-group", _("regional group of the United Nations")
    UNION = "union", _("union")
    ALLIANCE = "alliance", _("alliance")
    ECONOMIC = "economic", _("economic organisation")
    FORUM = "forum", _("forum")
    GEOGRAPHIC = "geographic", _("geographic group")
    DEVELOPMENT = "development", _("development category")
    COUNCIL = "council", _("members of a council")


class MembershipStatus(models.TextChoices):
    """The status of a state in a bloc."""

    MEMBER = "member", _("member")
    SUSPENDED = "suspended", _("suspended")
    OBSERVER = "observer", _("observer")


class BlocQuerySet(models.QuerySet["Bloc"]):
    """Blocs in the order of a page."""

    def in_order(self) -> BlocQuerySet:
        """Order by kind, as ``Bloc.Kind`` lists them, then by name."""
        place = Case(*(When(kind=kind, then=Value(at)) for at, kind in enumerate(Bloc.Kind)))
        return self.order_by(place, "short_name")


class Bloc(models.Model):
    """A group of states: a regional group, a union, an alliance, a forum."""

    Kind = BlocKind

    slug = models.SlugField(_("slug"), unique=True)
    short_name = models.CharField(_("short name"), max_length=40)
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    description = models.TextField(_("description"))
    source = models.TextField(_("source"))
    note = models.TextField(_("note"), blank=True)

    objects = BlocQuerySet.as_manager()

    class Meta:
        verbose_name = _("bloc")
        verbose_name_plural = _("blocs")
        ordering = ("slug",)
        constraints = [
            among("kind", BlocKind, "bloc_kind"),
            # States are upper-case codes and blocs lower-case slugs in the same filters.
            models.CheckConstraint(
                condition=Q(slug__regex="^[a-z0-9]+(-[a-z0-9]+)*$"),
                name="bloc_slug_form",
                violation_error_message=_("A slug has lower-case letters, digits and single hyphens only."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def clean(self) -> None:
        """Refuse a slug that spells a state's code: the Non-Aligned Movement is not NAM, which is Namibia."""
        if MemberState.objects.filter(code=self.slug.upper()).exists():
            raise ValidationError({"slug": _("This is the code of a member state.")})

    def get_absolute_url(self) -> str:
        return reverse("web:bloc", args=[self.slug])


class BlocMembershipQuerySet(IntervalQuerySet["BlocMembership"]):
    """Memberships by date and status."""

    def full(self) -> BlocMembershipQuerySet:
        """Return those of members, leaving out the suspended and the observers: whom a position is read from."""
        return self.filter(status=BlocMembership.Status.MEMBER)


class BlocMembership(Interval):
    """A state's membership of a bloc for a time."""

    Status = MembershipStatus

    bloc = models.ForeignKey(Bloc, models.CASCADE, related_name="memberships", verbose_name=_("bloc"))
    state = models.ForeignKey(
        MemberState, models.PROTECT, related_name="bloc_memberships", verbose_name=_("member state")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.MEMBER)
    note = models.TextField(_("note"), blank=True)

    objects = BlocMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership of a bloc")
        verbose_name_plural = _("memberships of blocs")
        ordering = ("bloc", "state", "since")
        constraints = [
            since_before_until("bloc_membership_since_before_until"),
            *precise("bloc_membership"),
            among("status", MembershipStatus, "bloc_membership_status"),
            no_overlap("bloc_membership_no_overlap", "bloc", "state"),
        ]

    def __str__(self) -> str:
        return f"{self.state} – {self.bloc}"
