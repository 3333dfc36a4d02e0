"""Retired public addresses of recorded votes that were withdrawn or merged."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resolutions.dates import dated
from resolutions.models import Resolution, Status, among
from votes.models.imports import ImportRun
from votes.models.roll_calls import RollCall


class RetiredAddressKind(models.TextChoices):
    """Why an address was retired."""

    WITHDRAWN = "withdrawn", _("withdrawn")
    MERGED = "merged", _("merged with another record of the same vote")


class RetiredAddressQuerySet(models.QuerySet["RetiredAddress"]):
    """Queries of retired addresses."""

    def shown(self) -> RetiredAddressQuerySet:
        """Return those that answer: withdrawn ones, and those that lead to what is public, or was withdrawn itself."""
        gone = RetiredAddress.objects.filter(kind=RetiredAddressKind.WITHDRAWN, roll_call=models.OuterRef("roll_call"))
        return self.filter(
            Q(kind=RetiredAddressKind.WITHDRAWN) | Q(roll_call__status=Status.PUBLISHED) | models.Exists(gone)
        )

    def withdrawn_on(self, resolution: Resolution) -> RetiredAddressQuerySet:
        """Return those of the votes on a text that were withdrawn, newest first."""
        return self.filter(kind=RetiredAddressKind.WITHDRAWN, resolution=resolution)


class RetiredAddress(models.Model):
    """The permanent name of a withdrawn or merged vote, whose address shows the reason or redirects."""

    Kind = RetiredAddressKind

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    reason = models.TextField(_("reason"), help_text=_("Shown in public."))
    # Without a constraint, since an import may remove what its source has taken back; the address stays what it was.
    roll_call = models.ForeignKey(
        RollCall,
        models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="retired_addresses",
        verbose_name=_("roll call"),
        help_text=_("The record that was withdrawn, or to which the address redirects."),
    )
    # Kept here, since a site rebuilt from an export has the address of what was withdrawn, and not the record.
    resolution = models.ForeignKey(
        Resolution,
        models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("resolution"),
        help_text=_("The text of the vote when it was withdrawn. Its page mentions the withdrawal."),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    import_run = models.ForeignKey(
        ImportRun,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("import"),
        help_text=_("The import that removed the vote; a later one may bring it back under its name."),
    )

    objects = RetiredAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("retired address")
        verbose_name_plural = _("retired addresses")
        ordering = ("-at", "slug")
        constraints = [
            among("kind", RetiredAddressKind, "retired_address_kind"),
            models.CheckConstraint(condition=~Q(reason=""), name="retired_with_a_reason"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def notice(self) -> str:
        """Return, of one that was withdrawn, that it was, when and why."""
        template = gettext("The vote “%(slug)s” was withdrawn on %(date)s: %(reason)s")
        return template % {"slug": self.slug, "date": dated(self.at.date()), "reason": self.reason}

    @property
    def leads_to(self) -> str:
        """Return the slug of the record it was merged into, which may itself have been withdrawn; empty for none."""
        if self.kind != RetiredAddressKind.MERGED or self.roll_call_id is None:
            return ""
        gone = RetiredAddress.objects.filter(kind=RetiredAddressKind.WITHDRAWN, roll_call=self.roll_call_id)
        records = RollCall.objects.filter(pk=self.roll_call_id)
        return next((slug for found in (records, gone) for slug in found.values_list("slug", flat=True)), "")
