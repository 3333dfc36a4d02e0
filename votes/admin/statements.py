"""The admin of what sources say, and of what they are known to have wrong: to look at, beside the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from resolutions.admin.base import RecordAdmin
from votes.models import SourceCorrection, Statement

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnlyAdmin(RecordAdmin[Any]):
    """What only imports write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave adding to imports."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave changing to imports."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave deleting to imports."""
        return False


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    """What the files of each source say of each roll call."""

    list_display = ("roll_call", "source", "format", "reference", "symbol_key")
    list_filter = ("source", "format")
    list_select_related = ("roll_call", "source")
    search_fields = ("roll_call__slug", "reference", "symbol_key")


@admin.register(SourceCorrection)
class SourceCorrectionAdmin(ReadOnlyAdmin):
    """What editions of sources have wrong; it comes with the record that ships."""

    list_display = ("roll_call", "source", "fact", "old", "new", "document")
    list_filter = ("source",)
    list_select_related = ("roll_call", "source")
    search_fields = ("roll_call__slug", "fact", "document")
