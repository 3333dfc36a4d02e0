"""The admin of what sources say: to look at, beside the record that it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from resolutions.admin.base import RecordAdmin
from votes.models import Statement

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Statement)
class StatementAdmin(RecordAdmin[Statement]):
    """What the files of each source say of each roll call; only imports write it."""

    list_display = ("roll_call", "source", "format", "reference", "symbol_key")
    list_filter = ("source", "format")
    list_select_related = ("roll_call", "source")
    search_fields = ("roll_call__slug", "reference", "symbol_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave adding to imports."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave changing to imports."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave deleting to imports."""
        return False
