"""The admin of the history of published data: read-only, since database triggers write it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from resolutions.admin.base import ReadOnlyAdmin, RecordAdmin
from votes.admin.undoing import deletions_page, undo_page
from votes.models import HistoryEvent, Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin[Revision], RecordAdmin[Revision]):
    """Who changed published data when, and why."""

    list_display = ("at", "by_name", "role", "command", "import_run", "reason")
    list_filter = ("at", "role", "command")
    list_select_related = ("import_run",)
    search_fields = ("by_name", "role", "reason", "events__subject")
    exclude = ("by",)

    def get_urls(self) -> list[Any]:
        return [
            path("deletions/", self.page(deletions_page), name="votes_revision_deletions"),
            path("<int:pk>/undo/", self.page(undo_page), name="votes_revision_undo"),
            *super().get_urls(),
        ]


@admin.register(HistoryEvent)
class HistoryEventAdmin(ReadOnlyAdmin[HistoryEvent]):
    """Every changed row, including rows that have been deleted."""

    list_display = ("revision", "kind", "subject", "name", "shown")
    list_filter = ("kind", "shown", "internal")
    list_select_related = ("revision",)
    search_fields = ("subject", "name")
    show_full_result_count = False
