"""Models of imports, statements of sources, and findings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from resolutions.dates import dated
from resolutions.models import Resolution, among
from votes.models.blocs import Bloc
from votes.models.finding_sentences import FindingKind, sentence
from votes.models.roll_calls import RollCall, Source
from votes.models.states import MemberState


class Format(models.TextChoices):
    """The layouts of files that can be imported."""

    GA_VOTING = "ga-voting", _("UN Digital Library: General Assembly voting")
    SC_VOTING = "sc-voting", _("UN Digital Library: Security Council voting")
    GA_OUTCOMES = "ga-outcomes", _("UN Digital Library: General Assembly outcomes")
    MEMBER_STATES = "member-states", _("UN Digital Library: Member States")
    SC_NOT_ADOPTED = "sc-not-adopted", _("Sciences Po: Security Council proposals not adopted")
    HRC_VOTING = "hrc-voting", _("Human Rights Council and Commission: roll calls")
    VOETEN = "voeten", _("Voeten: votes, roll calls and issues")
    PLENARY = "plenary", _("Plenary’s own export")
    RECORD = "record", _("The record that ships with Plenary")


class ImportState(models.TextChoices):
    """The state of an import."""

    CHECKED = "checked", _("checked, nothing written")
    DONE = "done", _("done")


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Queries of imports."""

    def public(self) -> ImportRunQuerySet:
        """Return those that changed what the public sees; another leaves the data version as it was.

        The trigger on this table has the same condition.
        """
        return self.filter(state=ImportState.DONE).exclude(**dict.fromkeys(ImportRun.FIGURES, 0), changes=[])


class ImportRun(models.Model):
    """One import: who brought which files when, and what it changed."""

    State = ImportState

    CHANGES_KEPT = 1000
    """The number of changes described in words; the figures count all."""

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DONE)
    format = models.CharField(_("format"), max_length=16, choices=Format.choices)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="imports", verbose_name=_("source")
    )
    started = models.DateTimeField(_("started"))
    finished = models.DateTimeField(_("finished"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    by_name = models.CharField(
        _("by"), max_length=200, help_text=_("The name of the account, or of the person who ran the command.")
    )
    files = models.JSONField(_("files"), help_text=_("Name, SHA-256 and rows of each: [{name, sha256, rows}]."))
    rows = models.PositiveIntegerField(_("rows"), default=0)
    rejected = models.PositiveIntegerField(_("rows rejected"), default=0)
    added = models.PositiveIntegerField(_("roll calls added"), default=0)
    changed = models.PositiveIntegerField(_("roll calls changed"), default=0)
    unchanged = models.PositiveIntegerField(_("roll calls unchanged"), default=0)
    removed = models.PositiveIntegerField(_("roll calls removed"), default=0)
    votes_added = models.PositiveIntegerField(_("votes added"), default=0)
    votes_changed = models.PositiveIntegerField(_("votes changed"), default=0)
    votes_removed = models.PositiveIntegerField(_("votes removed"), default=0)
    resolutions_added = models.PositiveIntegerField(_("resolutions added"), default=0)
    findings = models.PositiveIntegerField(
        _("findings"), default=0, help_text=_("About rows of these files that could not be imported unchanged.")
    )
    changes = models.JSONField(
        _("changes"), default=list, blank=True, help_text=_("Changes in each roll call, in words.")
    )
    undone = models.DateTimeField(_("undone"), null=True, blank=True)
    upload = models.CharField(_("upload"), max_length=200, blank=True, editable=False)

    FIGURES = ("added", "changed", "removed", "resolutions_added", "votes_added", "votes_changed", "votes_removed")
    """What is counted of the changes that an import made."""

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-started",)
        constraints = [
            among("state", ImportState, "import_state"),
            among("format", Format, "import_format"),
        ]

    def __str__(self) -> str:
        return f"{', '.join(file['name'] for file in self.files)} ({dated(self.started.date())})"


class Statement(models.Model):
    """What a file of a source says of a roll call, kept as it was said.

    The record may differ: an editor or a better source may know better. Statements are what a new edition is
    compared with, so that it changes what the source changed and nothing that a person changed; and what the
    findings on sources that disagree are read from.
    """

    roll_call = models.ForeignKey(RollCall, models.CASCADE, related_name="statements", verbose_name=_("roll call"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="statements", verbose_name=_("source"))
    format = models.CharField(_("format"), max_length=16, choices=Format.choices)
    edition = models.DateField(
        _("edition"),
        null=True,
        blank=True,
        help_text=_("The last day covered by the edition; of two editions of a source, the newer one is followed."),
    )
    reference = models.CharField(_("reference in the source"), max_length=200)
    symbol_key = models.CharField(_("symbol it names"), max_length=300, blank=True)
    facts = models.JSONField(_("facts"))
    votes = models.TextField(
        _("votes"),
        blank=True,
        help_text=_("Each state code followed by its choice, in the order of codes: “AFGY ALBN”."),
    )

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ("roll_call", "source", "format")
        constraints = [
            among("format", Format, "statement_format"),
            models.UniqueConstraint(fields=["roll_call", "source", "format"], name="statement_once"),
        ]
        indexes = [
            models.Index(fields=["source", "format", "reference"], name="statement_reference"),
            models.Index(fields=["symbol_key"], name="statement_symbol_key", condition=~Q(symbol_key="")),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.reference}"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Queries of findings."""

    def public(self) -> FindingQuerySet:
        """Return those that say nothing of drafts."""
        return self.exclude(roll_call__status="draft").exclude(roll_call__isnull=True, resolution__status="draft")

    def on_page_of(self, roll_call: RollCall) -> FindingQuerySet:
        """Return those to show on a published roll call's page.

        What the page works out by itself, totals and result, only where somebody said why it may stand.
        """
        worked_out = Q(kind__in=[FindingKind.TOTALS, FindingKind.RESULT], acknowledged_at__isnull=True)
        # From the roll call, so that each finding knows it and its source without asking.
        found: FindingQuerySet = roll_call.findings.exclude(worked_out)
        return found

    def open(self) -> FindingQuerySet:
        """Return those that nobody has acknowledged."""
        return self.filter(acknowledged_at__isnull=True)


class Finding(models.Model):
    """A problem in the record or in a source's file, shown until it is fixed."""

    Kind = FindingKind

    RECORD = "record"
    """The origin of what ``check_record`` finds; findings in a file have its format and body as their origin."""

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    key = models.CharField(
        max_length=300, unique=True, editable=False, help_text=_("The same for the same finding found again.")
    )
    origin = models.CharField(_("origin"), max_length=40, editable=False)
    details = models.JSONField(_("details"), default=dict)
    roll_call = models.ForeignKey(
        RollCall, models.CASCADE, null=True, blank=True, related_name="findings", verbose_name=_("roll call")
    )
    resolution = models.ForeignKey(
        Resolution, models.CASCADE, null=True, blank=True, related_name="findings", verbose_name=_("resolution")
    )
    state = models.ForeignKey(
        MemberState, models.CASCADE, null=True, blank=True, related_name="findings", verbose_name=_("member state")
    )
    bloc = models.ForeignKey(
        Bloc, models.CASCADE, null=True, blank=True, related_name="findings", verbose_name=_("bloc")
    )
    run = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, blank=True, related_name="found", verbose_name=_("import")
    )
    found = models.DateTimeField(_("found"), auto_now_add=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Why this finding is acceptable. The reason is public.")
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("kind", "key")
        constraints = [
            among("kind", FindingKind, "finding_kind"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | ~Q(reason=""),
                name="acknowledged_with_a_reason",
                violation_error_message=_("Enter the reason for acknowledging this finding."),
            ),
        ]
        indexes = [models.Index(fields=["origin"], name="finding_origin")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        return sentence(self.kind, self.details)

    @property
    def subject(self) -> RollCall | Resolution | MemberState | Bloc | None:
        """Return what it is about, None for a row of a file that became nothing."""
        return self.roll_call or self.resolution or self.state or self.bloc

    def get_absolute_url(self) -> str:
        """Return the address of what it is about, empty where that is a row of a file only."""
        return self.subject.get_absolute_url() if self.subject else ""
