"""Bodies, sessions, topics, and the texts put to a body, adopted or not.

The words are the United Nations'. A resolution here is any text with a symbol: resolutions, decisions, and
drafts that were never adopted, which go by their draft symbol.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resolutions.dates import dated
from resolutions.symbols import Symbol, loose, parse_or_none
from resolutions.text import searchable

if TYPE_CHECKING:
    from collections.abc import Iterable


class KnownChoice(models.CheckConstraint):
    """A check that forms need not ask the database about: they hold a field to its choices by themselves.

    In migrations it is a plain check constraint.
    """

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the field, which has the same choices."""

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return the plain constraint that this is to the database."""
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", args, kwargs


def among(field: str, choices: type[models.TextChoices], name: str) -> KnownChoice:
    """Return the constraint that ``field`` has one of ``choices``, whichever way a row is written."""
    return KnownChoice(condition=Q(**{f"{field}__in": choices.values}), name=name)


class Majority(models.TextChoices):
    """The majority that a body decides by where a vote states none: values of ``votes.rules.Requirement``."""

    NOT_STATED = "not-stated", _("depends on the question")
    SIMPLE_MAJORITY = "simple-majority", _("simple majority of the members present and voting")
    TWO_THIRDS = "two-thirds", _("two-thirds of the members present and voting")


class Body(models.Model):
    """An organ that votes. Rules of the General Assembly and the Security Council are in code, those of others here."""

    Majority = Majority

    GENERAL_ASSEMBLY = "GA"
    SECURITY_COUNCIL = "SC"

    code = models.CharField(
        _("code"),
        max_length=8,
        unique=True,
        # A code of one letter, or ES, would make the name of its sessions in addresses that of an Assembly's: S-4.
        validators=[
            RegexValidator("^(?!ES$)[A-Z][A-Z0-9]+$", _("Two to eight capital letters and digits, such as HRC."))
        ],
        help_text=_("Stands in addresses and files, such as HRC. It cannot be changed."),
    )
    name = models.CharField(
        _("name"), max_length=100, help_text=_("As it is written after “in the”: Human Rights Council.")
    )
    symbol_prefix = models.CharField(
        _("symbols begin with"),
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text=_("The beginning that the symbols of its documents share, such as A/HRC/."),
    )
    majority = models.CharField(
        _("majority"),
        max_length=30,
        choices=Majority.choices,
        default=Majority.NOT_STATED,
        db_default=Majority.NOT_STATED,
        help_text=_("What its proposals need where a vote does not state a requirement of its own."),
    )

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = ("code",)
        constraints = [among("majority", Majority, "body_majority")]

    def __str__(self) -> str:
        return self.name


class SessionKind(models.TextChoices):
    """The kinds of session; only the General Assembly has emergency special ones."""

    REGULAR = "regular", _("regular")
    SPECIAL = "special", _("special")
    EMERGENCY_SPECIAL = "emergency-special", _("emergency special")


PRINCIPAL = (Body.GENERAL_ASSEMBLY, Body.SECURITY_COUNCIL)


def body_order(code: str, name: str) -> tuple[int, str, str]:
    """Return what sorts bodies for display: the Assembly, the Council, then all others by name."""
    return PRINCIPAL.index(code) if code in PRINCIPAL else len(PRINCIPAL), name, code


class Session(models.Model):
    """A session of a body: regular (``79``), special (``S-4``) or emergency special (``ES-11``)."""

    Kind = SessionKind

    body = models.ForeignKey(Body, models.PROTECT, related_name="sessions", verbose_name=_("body"))
    code = models.CharField(_("code"), max_length=8, help_text=_("79, S-4 or ES-11"))
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.REGULAR)
    number = models.PositiveSmallIntegerField(_("number"))
    opened = models.DateField(_("opened"), null=True, blank=True)
    closed = models.DateField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("body", "kind", "number")
        constraints = [
            among("kind", SessionKind, "session_kind"),
            # The other end of the foreign keys by which a text's and a roll call's session is one of their body.
            models.UniqueConstraint(fields=["id", "body"], name="session_body"),
            models.UniqueConstraint(fields=["body", "code"], name="session_once_per_body"),
            models.UniqueConstraint(fields=["body", "kind", "number"], name="session_number_once_per_body"),
            models.CheckConstraint(condition=Q(closed__gte=models.F("opened")), name="session_opened_before_closed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Return its name in addresses; see ``session_key``."""
        return session_key(self.body.code, self.code)


def session_key(body: str, code: str) -> str:
    """Return the name by which a session of any body is known in addresses: ``79`` of the Assembly, ``HRC-51``."""
    return code if body == Body.GENERAL_ASSEMBLY else f"{body}-{code}"


class Topic(models.Model):
    """A topic that groups resolutions."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    """Whether the public sees a record."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")


class SymbolFields(models.Model):
    """A symbol as displayed, with what is derived from it for matching and sorting whenever it is saved."""

    symbol = models.CharField(_("symbol"), max_length=100)
    symbol_key = models.CharField(max_length=300, editable=False)
    symbol_loose = models.CharField(max_length=600, editable=False)

    class Meta:
        abstract = True

    def derive_symbol(self) -> Symbol | None:
        """Set the United Nations' spelling and the matching keys from ``symbol``; return it parsed.

        What cannot be read as a symbol is kept as it stands, so that a strange one can still be recorded.
        """
        parsed = parse_or_none(self.symbol)
        self.symbol = parsed.text if parsed else " ".join(self.symbol.split())
        self.symbol_key = parsed.key if parsed else self.symbol.upper()
        self.symbol_loose = loose(self.symbol)
        return parsed


def key_of_symbol(text: str) -> str:
    """Return the key by which a symbol that a reader wrote, in any spelling, is looked up."""
    parsed = parse_or_none(text)
    return parsed.key if parsed else " ".join(text.replace("\0", "").split()).upper()


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    """Queries of resolutions."""

    def published(self) -> ResolutionQuerySet:
        return self.filter(status=Status.PUBLISHED)

    def with_symbol(self, text: str) -> ResolutionQuerySet:
        """Return those that ``text`` names in any spelling: by their own symbol or, failing that, by another.

        A draft symbol may name several resolutions, so the answer may have several rows.
        """
        key = key_of_symbol(text)
        own = self.filter(symbol_key=key)
        return own or self.filter(Exists(OtherSymbol.objects.filter(resolution=OuterRef("pk"), symbol_key=key)))

    def headings(self) -> list[str]:
        """Return the subject headings that they have, each once, in alphabetical order."""
        unnested = models.Func("subjects", function="unnest", output_field=models.TextField(), set_returning=True)
        return sorted(self.order_by().annotate(heading=unnested).values_list("heading", flat=True).distinct())

    def near_symbol(self, text: str) -> ResolutionQuerySet:
        """Return those with a symbol that holds the words and numbers of ``text`` in their order."""
        return self.filter(near_symbol(text))


def near_symbol(text: str, to_resolution: str = "") -> Q:
    """Return the condition that a resolution's own or another symbol holds the words and numbers of ``text``.

    ``to_resolution`` is the lookup path from the model filtered to its resolution, such as ``resolution__``.
    """
    pattern = loose(text)
    if not pattern:
        return Q(pk__in=[])
    # A reader leaves out the beginning that all resolutions of the Assembly have: 104(S-I).
    parsed = parse_or_none(text) or parse_or_none(f"A/RES/{text}")
    others = OtherSymbol.objects.filter(
        Q(symbol_loose__contains=pattern) | Q(symbol_key=parsed.key if parsed else pattern),
        resolution=OuterRef(f"{to_resolution}pk"),
    )
    own = Q(**{f"{to_resolution}symbol_loose__contains": pattern})
    if parsed:
        own |= Q(**{f"{to_resolution}symbol_key": parsed.key})
    return own | Q(Exists(others))


def search_text(*, title: str, agenda: str, subjects: Iterable[str]) -> str:
    """Return what words are searched in: title, agenda item and subject headings, folded."""
    return searchable("\n".join((title, agenda, *subjects)))


class ResolutionKind(models.TextChoices):
    """The kind of a text."""

    RESOLUTION = "resolution", _("resolution")
    DECISION = "decision", _("decision")
    DRAFT = "draft", _("draft resolution")


class Resolution(SymbolFields):
    """A text put to a body: a resolution, a decision, or a draft that was not adopted."""

    Kind = ResolutionKind

    body = models.ForeignKey(Body, models.PROTECT, related_name="resolutions", verbose_name=_("body"))
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name=_("session")
    )
    symbol_sort = models.CharField(max_length=600, editable=False, db_collation="C")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.RESOLUTION)
    title = models.TextField(_("title"))
    agenda = models.TextField(_("agenda item"), blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="resolutions", verbose_name=_("topics"))
    subjects = ArrayField(
        models.TextField(),
        verbose_name=_("subjects"),
        blank=True,
        default=list,
        db_default=[],
        help_text=_("Subject headings as the UN Digital Library writes them, such as CUBA--UNITED STATES."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    entered_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("entered by")
    )
    search_text = models.TextField(editable=False)
    search = models.GeneratedField(
        expression=SearchVector("search_text", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        ordering = ("-symbol_sort",)
        permissions = [
            ("publish_resolution", "Can publish and unpublish texts"),
            ("amend_resolution", "Can change published texts"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["symbol_key"],
                name="resolution_symbol_once",
                violation_error_message=_("Another resolution already has this symbol."),
            ),
            models.CheckConstraint(condition=~Q(symbol=""), name="resolution_has_symbol"),
            among("kind", ResolutionKind, "resolution_kind"),
            among("status", Status, "resolution_status"),
            # The other end of the foreign key by which a published roll call needs a published resolution.
            models.UniqueConstraint(fields=["id", "body", "status"], name="resolution_body_status"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="resolution_search"),
            GinIndex(fields=["subjects"], name="resolution_subjects"),
            models.Index(fields=["-symbol_sort"], name="resolution_symbol_order"),
        ]

    def __str__(self) -> str:
        return self.symbol

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the derived keys and the search text in step."""
        fields = kwargs.get("update_fields")
        # Saving the status alone must not write back a symbol that somebody else has just changed.
        if fields is None or {"symbol", "title", "agenda", "subjects"} & {*fields}:
            self.derive()
            if fields is not None:
                kwargs["update_fields"] = {*fields, *self.DERIVED}
        super().save(*args, **kwargs)

    DERIVED = ("symbol", "symbol_key", "symbol_loose", "symbol_sort", "search_text")

    def derive(self) -> None:
        """Set the matching keys and the search text; bulk writers call it themselves."""
        parsed = self.derive_symbol()
        self.symbol_sort = parsed.sort_key if parsed else f"~{self.symbol_key}"
        self.search_text = search_text(title=self.title, agenda=self.agenda, subjects=self.subjects)

    def get_absolute_url(self) -> str:
        """Return the public address, which has the symbol as the United Nations spells it."""
        return reverse("web:resolution", args=[self.symbol])

    @property
    def document_url(self) -> str:
        """Return the address of the official document: the text's symbol without spaces and part letters.

        A text without a number has a record in the UN Digital Library, which is then the address.
        """
        if record := re.search(r"/XX \(record (\d+)\)$", self.symbol):
            return f"https://digitallibrary.un.org/record/{record[1]}"
        whole = re.sub(r" .*|\[.*", "", re.sub(r" (?=\()| and .*(?=\))", "", self.symbol))
        return f"https://docs.un.org/en/{whole}"


class OtherSymbolKind(models.TextChoices):
    """Why a text has another symbol."""

    DRAFT = "draft", _("draft symbol")
    VARIANT = "variant", _("spelling variant")


class OtherSymbol(SymbolFields):
    """Another symbol of a resolution: its draft's, or a spelling that no rule brings to the canonical one."""

    Kind = OtherSymbolKind

    resolution = models.ForeignKey(
        Resolution, models.CASCADE, related_name="other_symbols", verbose_name=_("resolution")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.DRAFT)

    class Meta:
        verbose_name = _("other symbol")
        verbose_name_plural = _("other symbols")
        ordering = ("symbol_key",)
        constraints = [
            among("kind", OtherSymbolKind, "other_symbol_kind"),
            models.UniqueConstraint(fields=["resolution", "symbol_key"], name="other_symbol_once"),
            # One draft may have become several resolutions; a spelling belongs to one.
            models.UniqueConstraint(fields=["symbol_key"], condition=Q(kind="variant"), name="variant_symbol_once"),
        ]
        indexes = [models.Index(fields=["symbol_key"], name="other_symbol_key")]

    def __str__(self) -> str:
        return self.symbol

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the derived keys in step."""
        self.derive_symbol()
        super().save(*args, **kwargs)


class RetiredTextQuerySet(models.QuerySet["RetiredText"]):
    """Queries of retired texts."""

    def with_symbol(self, text: str) -> RetiredText | None:
        """Return the one that ``text`` names in any spelling, if any."""
        return self.filter(symbol_key=key_of_symbol(text)).first()


class RetiredText(models.Model):
    """The symbol of a text that was public and is gone: its address answers 410 with the reason.

    The database adds one when a text that was public is deleted, in whatever way, and removes it when a text with
    that symbol is published again. A symbol that another text answers to redirects there and not here.
    """

    symbol = models.CharField(_("symbol"), max_length=300)
    symbol_key = models.CharField(max_length=300, unique=True, editable=False)
    reason = models.TextField(_("reason"), help_text=_("Shown in public."))
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = RetiredTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("retired text")
        verbose_name_plural = _("retired texts")
        ordering = ("-at", "symbol")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="text_retired_with_a_reason")]

    def __str__(self) -> str:
        return self.symbol

    @property
    def notice(self) -> str:
        """Return that it was removed, when and why."""
        template = gettext("The text %(symbol)s was withdrawn on %(date)s: %(reason)s")
        return template % {"symbol": self.symbol, "date": dated(self.at.date()), "reason": self.reason}
