"""The admin of other symbols of a resolution: those of its drafts, and spelling variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import BaseInlineFormSet, LabelledInline, ModelForm, ReadOnlyAdmin
from resolutions.admin.forms import is_public, require_reason_for_rows, symbol_key
from resolutions.models import OtherSymbol, Resolution, RetiredText, near_symbol

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

ALREADY_HAS = _("This text already has this symbol.")


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
        resolution = cleaned.get("resolution")
        same = OtherSymbol.objects.filter(symbol_key=symbol_key(cleaned["symbol"])).exclude(pk=self.instance.pk)
        if resolution and resolution.pk and same.filter(resolution=resolution).exists():
            self.add_error("symbol", ALREADY_HAS)
        elif cleaned.get("kind") == OtherSymbol.Kind.VARIANT and same.filter(kind=cleaned["kind"]).exists():
            self.add_error("symbol", _("This spelling already belongs to another text."))
        return cleaned


class OtherSymbolFormSet(BaseInlineFormSet[OtherSymbol, Resolution, Any]):
    """The other symbols of one text."""

    def clean(self) -> None:
        """Refuse one symbol entered twice, and a change of a public text without a reason."""
        super().clean()
        require_reason_for_rows(self, lambda: is_public(self.instance))
        seen = set()
        for form in self.forms:
            symbol = getattr(form, "cleaned_data", {}).get("symbol")
            if symbol and form not in self.deleted_forms:
                if (key := symbol_key(symbol)) in seen:
                    form.add_error("symbol", ALREADY_HAS)
                seen.add(key)


class OtherSymbolInline(LabelledInline[OtherSymbol, Resolution]):
    """The other symbols of a text on its page."""

    model = OtherSymbol
    form = OtherSymbolForm
    formset = OtherSymbolFormSet
    extra = 0


@admin.register(OtherSymbol)
class OtherSymbolAdmin(ReadOnlyAdmin[OtherSymbol]):
    """Draft symbols and spelling variants, to look up; they are entered on the page of their text."""

    list_display = ("symbol", "kind", "resolution")
    list_filter = ("kind",)
    list_select_related = ("resolution",)
    search_fields = ("symbol",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OtherSymbol], search_term: str
    ) -> tuple[QuerySet[OtherSymbol], bool]:
        """Return the rows of the texts that ``search_term`` names in any spelling."""
        return queryset.filter(near_symbol(search_term, "resolution__")) if search_term else queryset, False


@admin.register(RetiredText)
class RetiredTextAdmin(ReadOnlyAdmin[RetiredText]):
    """The symbols of texts that were public and are gone."""

    list_display = ("symbol", "at", "by", "reason")
    list_select_related = ("by",)
    search_fields = ("symbol",)
