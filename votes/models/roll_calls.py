"""Models of roll calls, their votes and tallies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Exists, F, FloatField, OuterRef, Q, Value, When
from django.db.models.functions import Abs, Cast, Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from resolutions.models import Body, Resolution, Session, Status, among, near_symbol
from resolutions.symbols import looks_like_symbol
from resolutions.text import searchable
from votes.choices import Choice
from votes.models.intervals import DatePrecision
from votes.models.states import MemberState
from votes.rules import Requirement, Result
from votes.totals import ANNOUNCED, Totals, differ, differences, shown

if TYPE_CHECKING:
    from typing import Any


# Within a day later symbols come first; the slug settles what is left, so that no order depends on the rows'.
NEWEST_FIRST = ("-date", F("resolution__symbol_sort").desc(nulls_last=True), "-ordinal", "slug")

BETWEEN_PARTS = re.compile(r"(?<=\w)--+(?=\w)")
"""What divides the parts of a subject heading: CUBA--UNITED STATES."""
MINUSES = re.compile(r"-[^\w\"]*(?=-)")
"""Each minus that only signs separate from another one."""


def search_query(text: str) -> SearchQuery:
    """Return the query that a reader's words make, with quotes, OR and - as search engines read them.

    Of several - before a word one counts: PostgreSQL nests them and gives up at 33 ("tsquery stack too small").
    """
    words = MINUSES.sub("", BETWEEN_PARTS.sub(" ", searchable(text)))
    return SearchQuery(words, config="english", search_type="websearch")


class SourceQuerySet(models.QuerySet["Source"]):
    """Queries of sources."""

    def named(self) -> SourceQuerySet:
        """Return those that pages name: published roll calls are from them, or they can be looked up elsewhere."""
        published = RollCall.objects.published().filter(source=OuterRef("pk"))
        return self.filter(Exists(published) | ~Q(url=""))


class Source(models.Model):
    """Where a roll call comes from; where two disagree, the one with the lower precedence stands."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), blank=True)
    licence = models.TextField(_("terms"), blank=True)
    precedence = models.PositiveSmallIntegerField(_("precedence"), unique=True)
    note = models.TextField(_("note"), blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("precedence",)

    def __str__(self) -> str:
        return self.name


class RollCallQuerySet(models.QuerySet["RollCall"]):
    """Queries of roll calls."""

    def published(self) -> RollCallQuerySet:
        return self.filter(status=Status.PUBLISHED)

    def recorded(self) -> RollCallQuerySet:
        """Return the recorded votes, by roll call or not."""
        return self.filter(method__in=RollCall.METHODS_WITH_VOTES)

    def decisive(self) -> RollCallQuerySet:
        """Return those that stand for their text in lists: one a resolution."""
        return self.filter(decisive=True)

    def with_tally(self) -> RollCallQuerySet:
        """Return them with body, session, resolution and counted totals read in the same query."""
        return self.select_related("body", "session", "resolution", "tally")

    def search(self, text: str) -> RollCallQuerySet:
        """Return those whose symbol, title, agenda item or subject has what a reader typed.

        What looks like a symbol goes through the symbols and not through the text index.
        """
        if looks_like_symbol(text):
            return self.filter(near_symbol(text, "resolution__"))
        query = search_query(text)
        # Each half by its own index: an OR over two tables reads all of both.
        own = RollCall.objects.order_by().filter(search=query)
        by_text = RollCall.objects.order_by().filter(resolution__in=Resolution.objects.order_by().filter(search=query))
        return self.filter(pk__in=own.values("pk").union(by_text.values("pk"), all=True))

    def most_relevant_first(self, text: str) -> RollCallQuerySet:
        """Order by how well title and agenda item match ``text``, newest first among equals."""
        query = search_query(text)
        rank = SearchRank(F("search"), query) + Coalesce(SearchRank(F("resolution__search"), query), Value(0.0))
        return self.order_by(rank.desc(), *NEWEST_FIRST)

    def newest_first(self) -> RollCallQuerySet:
        """Order by date, later symbols first within a day."""
        return self.order_by(*NEWEST_FIRST)

    def closest_first(self) -> RollCallQuerySet:
        """Order by the margin, |Y - N| / (Y + N), smallest first; last those where nobody was for or against.

        The share makes votes of the Assembly and the Council comparable: 10-0 is not close. The figures are those
        that the list shows: announced where both are known, else counted; ``Register.figures`` is the same rule.
        """
        announced = Q(announced_yes__isnull=False, announced_no__isnull=False)
        yes, no = (
            Case(When(announced, then=F(f"announced_{of}")), When(tally__cast__gt=0, then=F(f"tally__{of}")))
            for of in ("yes", "no")
        )
        margin = Abs(Cast(yes - no, FloatField())) / NullIf(yes + no, Value(0))
        return self.order_by(margin.asc(nulls_last=True), *NEWEST_FIRST)


class RollCallKind(models.TextChoices):
    """The kind of question voted on."""

    TEXT = "text", _("whole text")
    AMENDMENT = "amendment", _("amendment")
    PARAGRAPH = "paragraph", _("paragraph")
    PARAGRAPH_AMENDMENT = "paragraph-amendment", _("amendment to a paragraph")
    MOTION = "motion", _("motion")
    PROCEDURAL = "procedural", _("procedural question")


class RollCallMethod(models.TextChoices):
    """The method of voting, which determines what is recorded."""

    RECORDED = "recorded", _("recorded vote")
    ROLL_CALL = "roll-call", _("roll-call vote")
    NON_RECORDED = "non-recorded", _("non-recorded vote (totals only)")
    WITHOUT_VOTE = "without-vote", _("adopted without a vote")
    BALLOT = "ballot", _("secret ballot or election (no votes by name)")


class RollCall(models.Model):
    """One vote taken, which the interface calls a recorded vote."""

    Kind = RollCallKind

    Method = RollCallMethod

    METHODS_WITH_VOTES = (Method.RECORDED, Method.ROLL_CALL)

    slug = models.SlugField(
        _("slug"),
        max_length=120,
        unique=True,
        help_text=_("The permanent name in the address. It cannot be changed."),
    )
    body = models.ForeignKey(Body, models.PROTECT, related_name="roll_calls", verbose_name=_("body"))
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="roll_calls", verbose_name=_("session")
    )
    resolution = models.ForeignKey(
        Resolution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="roll_calls",
        verbose_name=_("resolution"),
    )
    decisive = models.BooleanField(
        _("decisive"),
        default=False,
        help_text=_("This vote represents its resolution in lists. Each resolution has at most one."),
    )
    title = models.TextField(
        _("title"), blank=True, help_text=_("Title of what was voted on, if it was not the whole text.")
    )
    date = models.DateField(_("date"))
    date_precision = models.CharField(
        _("precision of the date"), max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    meeting = models.CharField(_("meeting"), max_length=40, blank=True, help_text=_("For example A/ES-11/PV.19."))
    ordinal = models.PositiveSmallIntegerField(_("ordinal within the meeting"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.TEXT)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, default=Method.RECORDED)
    requirement = models.CharField(
        _("requirement"), max_length=30, choices=Requirement.choices, default=Requirement.NOT_STATED
    )
    result = models.CharField(_("result"), max_length=12, choices=Result.choices, default=Result.NOT_STATED)
    announced_yes = models.PositiveSmallIntegerField(_("announced in favour"), null=True, blank=True)
    announced_no = models.PositiveSmallIntegerField(_("announced against"), null=True, blank=True)
    announced_abstaining = models.PositiveSmallIntegerField(_("announced abstaining"), null=True, blank=True)
    announced_non_voting = models.PositiveSmallIntegerField(_("announced non-voting"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Shown in public."))
    difference_reason = models.TextField(
        _("why counted and announced totals differ"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown in public. Required for publishing if the totals differ."),
    )
    absences_derived = models.BooleanField(
        _("absences derived"),
        default=False,
        db_default=False,
        help_text=_("The source does not list absent members, so non-voting was derived from the membership."),
    )
    not_legible = ArrayField(
        models.CharField(max_length=3),
        verbose_name=_("illegible"),
        blank=True,
        default=list,
        db_default=[],
        help_text=_("Codes of members whose choice is illegible in the source. They are not counted in any total."),
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="roll_calls", verbose_name=_("source"))
    source_reference = models.CharField(
        _("reference in the source"),
        max_length=200,
        blank=True,
        help_text=_("A record number or a web address."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    entered_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
        help_text=_("The people who entered or changed its facts or votes. Someone else should publish it."),
    )
    # Equal to the status for a published roll call of a resolution and otherwise null, so that a foreign key
    # to the resolution's (id, body, status) holds exactly the published ones: see the migrations.
    needs_status = models.GeneratedField(
        expression=Case(When(status=Status.PUBLISHED, then=Value(Status.PUBLISHED.value)), default=None),
        output_field=models.CharField(max_length=10, null=True),
        db_persist=True,
    )
    search_text = models.TextField(editable=False, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("search_text", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = RollCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll call")
        verbose_name_plural = _("roll calls")
        ordering = ("-date", "slug")
        permissions = [
            ("publish_rollcall", "Can publish and unpublish roll calls"),
            ("amend_rollcall", "Can change published roll calls"),
            ("withdraw_rollcall", "Can withdraw roll calls that have been public"),
            ("merge_rollcall", "Can merge two records of one vote"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(slug__regex="^[a-z0-9]+(-[a-z0-9]+)*$"),
                name="roll_call_slug_form",
                violation_error_message=_("A slug has lower-case letters, digits and single hyphens only."),
            ),
            among("kind", RollCallKind, "roll_call_kind"),
            among("method", RollCallMethod, "roll_call_method"),
            among("requirement", Requirement, "roll_call_requirement"),
            among("result", Result, "roll_call_result"),
            among("status", Status, "roll_call_status"),
            among("date_precision", DatePrecision, "roll_call_date_precision"),
            models.CheckConstraint(
                condition=Q(resolution__isnull=False) | ~Q(title=""),
                name="roll_call_has_resolution_or_title",
                violation_error_message=_("A roll call without a resolution needs a title."),
            ),
            models.UniqueConstraint(
                fields=["resolution"],
                condition=Q(decisive=True),
                name="one_decisive_roll_call_a_resolution",
                violation_error_message=_("This resolution already has another decisive roll call."),
            ),
            models.CheckConstraint(
                condition=Q(decisive=False) | Q(resolution__isnull=False),
                name="decisive_roll_call_has_resolution",
            ),
            models.UniqueConstraint(
                fields=["body", "meeting", "ordinal"],
                condition=~Q(meeting=""),
                name="roll_call_ordinal_once_a_meeting",
                violation_error_message=_("Another roll call of this meeting already has this ordinal."),
            ),
            models.CheckConstraint(
                condition=~Q(method="without-vote")
                | Q(
                    announced_yes__isnull=True,
                    announced_no__isnull=True,
                    announced_abstaining__isnull=True,
                    announced_non_voting__isnull=True,
                ),
                name="without_vote_has_no_totals",
                violation_error_message=_("A text adopted without a vote has no totals."),
            ),
        ]
        indexes = [
            models.Index(fields=["-date", "slug"], name="roll_call_newest"),
            GinIndex(fields=["search"], name="roll_call_search"),
        ]

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the search text in step."""
        fields = kwargs.get("update_fields")
        if fields is None or "title" in fields:
            self.derive()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Set the search text; bulk writers call it themselves."""
        self.search_text = searchable(self.title)

    def get_absolute_url(self) -> str:
        """Return the public address: the text's page for the vote that decided it, otherwise its own."""
        if self.decisive and self.resolution:
            return self.resolution.get_absolute_url()
        return reverse("web:roll_call", args=[self.slug])

    @property
    def heading(self) -> str:
        return self.title or (self.resolution.title if self.resolution else "")

    @property
    def has_votes(self) -> bool:
        """Tell whether the record says who voted how."""
        return bool(self.tally.cast)

    @property
    def counted(self) -> Totals | None:
        """Return the totals counted from the votes, or None where there are no votes."""
        tally = self.tally
        return Totals(tally.yes, tally.no, tally.abstaining, tally.non_voting) if tally.cast else None

    @property
    def announced(self) -> Totals | None:
        """Return the totals the President announced, or None where in favour and against are not both known."""
        if self.announced_yes is None or self.announced_no is None:
            return None
        return Totals(self.announced_yes, self.announced_no, self.announced_abstaining, self.announced_non_voting)

    def differences(self, counted: Totals | None) -> list[tuple[Choice, int, int]]:
        """Return choice, counted and announced figure for each figure that was announced and that differs."""
        return differences(counted, (getattr(self, name) for name in ANNOUNCED))

    @property
    def totals(self) -> Totals | None:
        """Return the totals to give for it; see ``votes.totals.shown``."""
        return shown(self.counted, self.announced)

    @property
    def totals_differ(self) -> bool:
        """Tell whether a figure that was announced differs from the counted one."""
        return differ(self.counted, self.announced)


class SourceCorrection(models.Model):
    """What a source's edition has wrong about a roll call, with the document that proves it.

    They come with ``data/record/corrections.csv``; the record has the corrected value.
    """

    roll_call = models.ForeignKey(
        RollCall, models.CASCADE, related_name="source_corrections", verbose_name=_("roll call")
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    fact = models.CharField(
        _("fact"),
        max_length=40,
        help_text=_("The code of the state whose vote is corrected, or the name of another fact."),
    )
    old = models.TextField(_("in the source"), blank=True)
    new = models.TextField(_("corrected"), blank=True)
    reason = models.TextField(_("reason"))
    document = models.CharField(_("document that proves it"), max_length=200)

    class Meta:
        verbose_name = _("correction of a source")
        verbose_name_plural = _("corrections of sources")
        ordering = ("roll_call", "source", "fact")
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "source", "fact"], name="source_corrected_once"),
        ]

    def __str__(self) -> str:
        return f"{self.roll_call}: {self.fact}"


class Tally(models.Model):
    """The votes of a roll call counted by choice. The database keeps it in step; nothing else writes it."""

    roll_call = models.OneToOneField(
        RollCall, models.CASCADE, primary_key=True, related_name="tally", verbose_name=_("roll call")
    )
    yes = models.PositiveSmallIntegerField(_("in favour"), default=0)
    no = models.PositiveSmallIntegerField(_("against"), default=0)
    abstaining = models.PositiveSmallIntegerField(_("abstaining"), default=0)
    non_voting = models.PositiveSmallIntegerField(_("non-voting"), default=0)
    cast = models.GeneratedField(
        expression=F("yes") + F("no") + F("abstaining") + F("non_voting"),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        verbose_name=_("members counted"),
    )

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.yes}-{self.no}-{self.abstaining}"


class Vote(models.Model):
    """One member state's choice in one roll call. No row: it was not in the electorate."""

    roll_call = models.ForeignKey(
        RollCall, models.CASCADE, related_name="votes", verbose_name=_("roll call"), db_index=False
    )
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="votes", verbose_name=_("member state"))
    choice = models.CharField(_("choice"), max_length=1, choices=Choice.choices)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "state"], name="one_vote_a_state_and_roll_call"),
            models.CheckConstraint(condition=Q(choice__in=["Y", "N", "A", "X"]), name="vote_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.get_choice_display()}"
