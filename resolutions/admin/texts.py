"""The admin of what is put to the vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.admin.base import BaseInlineFormSet, ModelForm, RecordAdmin, TabularInline
from resolutions.models import (
    Body,
    OtherSymbol,
    Resolution,
    Session,
    Status,
    Topic,
    near_symbol,
)
from resolutions.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Body)
class BodyAdmin(RecordAdmin[Body]):
    """The organs that vote."""

    list_display = ("code", "name")
    search_fields = ("=code", "name")
    permanent = ("code",)


@admin.register(Session)
class SessionAdmin(RecordAdmin[Session]):
    """The sessions of a body."""

    list_display = ("code", "name", "body", "kind", "opened", "closed")
    list_display_links = ("code", "name")
    list_filter = ("body", "kind")
    list_select_related = ("body",)
    search_fields = ("=code", "name")
    permanent = ("body", "code")


@admin.register(Topic)
class TopicAdmin(RecordAdmin[Topic]):
    """The subjects readers look under."""

    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    permanent = ("slug",)


class ResolutionForm(ModelForm[Resolution]):
    """A text, checked against what stands on it."""

    class Meta:
        model = Resolution
        fields = "__all__"
        help_texts = {
            "symbol": _("In any spelling; it is brought to the United Nations’ own. Such as A/RES/ES-11/7."),
            "session": _("Empty for the Security Council."),
            "status": _("A draft is seen by editors only. Publishing a roll call publishes its resolution with it."),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a session of another body, and what would leave a roll call without its text."""
        cleaned = super().clean() or self.cleaned_data
        body, session, symbol = cleaned.get("body"), cleaned.get("session"), cleaned.get("symbol")
        if body and session and session.body != body:
            self.add_error("session", wrong_session(session))
        if symbol:
            self._check_symbol(symbol)
        if self.instance.pk:
            roll_calls = self.instance.roll_calls
            if body and roll_calls.exclude(body=body).exists():
                self.add_error("body", _("This text has roll calls of another body. Change them first."))
            published = roll_calls.filter(status=Status.PUBLISHED).values_list("slug", flat=True)
            if cleaned.get("status") == Status.DRAFT and published:
                self.add_error("status", stays_published(list(published)))
        return cleaned

    def _check_symbol(self, symbol: str) -> None:
        """Refuse a symbol that another text has in whichever spelling."""
        text = Resolution(symbol=symbol)
        text.derive_symbol()
        if Resolution.objects.filter(symbol_key=text.symbol_key).exclude(pk=self.instance.pk).exists():
            self.add_error("symbol", _("Another resolution already has this symbol."))


def wrong_session(session: Session) -> ValidationError:
    """Return the error of a session that another body held."""
    return ValidationError(_("This is a session of the %(body)s."), params={"body": session.body})


def stays_published(slugs: Sequence[str]) -> ValidationError:
    """Return the error of a text that cannot become a draft, because these roll calls of it are public."""
    return ValidationError(
        _("This text has published roll calls, which need it: %(slugs)s. Unpublish them first."),
        params={"slugs": ", ".join(slugs)},
    )


class OtherSymbolForm(ModelForm[OtherSymbol]):
    """Another symbol of a text."""

    class Meta:
        model = OtherSymbol
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        """Refuse a symbol that the text has already, and a spelling that belongs to another text."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("symbol"):
            return cleaned
        other = OtherSymbol(symbol=cleaned["symbol"])
        other.derive_symbol()
        resolution = cleaned.get("resolution")
        known = OtherSymbol.objects.filter(symbol_key=other.symbol_key).exclude(pk=self.instance.pk)
        if resolution and resolution.pk and known.filter(resolution=resolution).exists():
            self.add_error("symbol", _("This text already has this symbol."))
        elif cleaned.get("kind") == OtherSymbol.Kind.VARIANT and known.filter(kind=cleaned["kind"]).exists():
            self.add_error("symbol", _("This spelling already belongs to another text."))
        return cleaned


class OtherSymbolFormSet(BaseInlineFormSet[OtherSymbol, Resolution, Any]):
    """The other symbols of one text."""

    def clean(self) -> None:
        """Refuse one symbol entered twice."""
        super().clean()
        seen = set()
        for form in self.forms:
            symbol = getattr(form, "cleaned_data", {}).get("symbol")
            if not symbol or form in self.deleted_forms:
                continue
            other = OtherSymbol(symbol=symbol)
            other.derive_symbol()
            if other.symbol_key in seen:
                form.add_error("symbol", _("This text already has this symbol."))
            seen.add(other.symbol_key)


class OtherSymbolInline(TabularInline[OtherSymbol, Resolution]):
    """The other symbols of a text on its page."""

    model = OtherSymbol
    form = OtherSymbolForm
    formset = OtherSymbolFormSet
    extra = 0


@admin.register(OtherSymbol)
class OtherSymbolAdmin(RecordAdmin[OtherSymbol]):
    """Draft symbols and spelling variants."""

    form = OtherSymbolForm
    list_display = ("symbol", "kind", "resolution")
    list_filter = ("kind",)
    list_select_related = ("resolution",)
    search_fields = ("symbol",)
    autocomplete_fields = ("resolution",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OtherSymbol], search_term: str
    ) -> tuple[QuerySet[OtherSymbol], bool]:
        """Return the rows of the texts that ``search_term`` names in any spelling."""
        return queryset.filter(near_symbol(search_term, "resolution__")) if search_term else queryset, False


@admin.register(Resolution)
class ResolutionAdmin(RecordAdmin[Resolution]):
    """The texts put to a body."""

    form = ResolutionForm
    inlines = (OtherSymbolInline,)
    list_display = ("symbol", "short_title", "body", "session", "kind", "status")
    list_display_links = ("symbol", "short_title")
    list_filter = ("status", "body", "kind", "topics", ("session", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("body", "session")
    search_fields = ("symbol", "title")
    search_help_text = _("A symbol in any spelling, or words of the title.")
    autocomplete_fields = ("session",)
    filter_horizontal = ("topics",)
    radio_fields = {"status": admin.VERTICAL}
    fieldsets = (
        (None, {"fields": ("symbol", "title", "body", "session", "kind")}),
        (_("Subject"), {"fields": ("agenda", "topics")}),
        (_("Publication"), {"fields": ("status",)}),
    )
    actions = ("publish", "unpublish")

    @staticmethod
    def view_on_site(resolution: Resolution) -> str | None:
        """Return the public address of a text that has one."""
        return resolution.get_absolute_url() if resolution.status == Status.PUBLISHED else None

    def save_model(self, request: HttpRequest, obj: Resolution, form: Any, change: bool) -> None:
        """Save; a symbol that was public once goes on leading here, whatever it is changed to."""
        before = form.initial.get("symbol", "")
        super().save_model(request, obj, form, change)
        moved = change and before and before != obj.symbol and obj.status == Status.PUBLISHED
        if moved and not obj.other_symbols.filter(symbol=before).exists():
            obj.other_symbols.create(symbol=before, kind=OtherSymbol.Kind.VARIANT)

    @admin.display(description=_("title"), ordering="title")
    def short_title(self, resolution: Resolution) -> str:
        """Return the title, no longer than a line."""
        return Truncator(resolution.title).chars(90)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Resolution], search_term: str
    ) -> tuple[QuerySet[Resolution], bool]:
        """Return the texts that ``search_term`` names in any spelling, or that have it in title or agenda item."""
        if not search_term.strip():
            return queryset, False
        words = Q()
        for word in fold(search_term).split():
            words &= Q(search_text__contains=word)
        return queryset.filter(near_symbol(search_term) | words), False

    @admin.action(description=_("Publish the selected texts"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Resolution]) -> None:
        """Show texts in public."""
        self._set_status(request, queryset.filter(status=Status.DRAFT), Status.PUBLISHED)

    @admin.action(description=_("Unpublish the selected texts"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Resolution]) -> None:
        """Take texts out of public view, all of them or, where one of them is needed, none."""
        needed = queryset.filter(roll_calls__status=Status.PUBLISHED).distinct()
        for resolution in needed:
            slugs = resolution.roll_calls.filter(status=Status.PUBLISHED).values_list("slug", flat=True)
            why = " ".join(stays_published(list(slugs)).messages)
            self.message_user(request, f"{resolution}: {why}", messages.ERROR)
        if not needed:
            self._set_status(request, queryset.filter(status=Status.PUBLISHED), Status.DRAFT)

    def _set_status(self, request: HttpRequest, resolutions: QuerySet[Resolution], status: Status) -> None:
        """Give texts a status, and say how many there were."""
        count = 0
        for resolution in resolutions:
            resolution.status = status
            resolution.save()
            self.log_change(request, resolution, [{"changed": {"fields": ["Status"]}}])
            count += 1
        text = (
            ngettext("%(count)d text published.", "%(count)d texts published.", count)
            if status == Status.PUBLISHED
            else ngettext("%(count)d text unpublished.", "%(count)d texts unpublished.", count)
        )
        self.message_user(request, text % {"count": count})
