"""The admin of the history of published data: read-only, since database triggers write it."""

from __future__ import annotations

from django.contrib import admin

from resolutions.admin.base import ReadOnlyAdmin
from votes.models import HistoryEvent, Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin[Revision]):
    """Who changed published data when, and why."""

    list_display = ("at", "by_name", "role", "command", "import_run", "reason")
    list_filter = ("at", "role", "command")
    list_select_related = ("import_run",)
    search_fields = ("by_name", "role", "reason", "events__subject")
    exclude = ("by",)


@admin.register(HistoryEvent)
class HistoryEventAdmin(ReadOnlyAdmin[HistoryEvent]):
    """Every changed row, including rows that have been deleted."""

    list_display = ("revision", "kind", "subject", "name", "shown")
    list_filter = ("kind", "shown")
    list_select_related = ("revision",)
    search_fields = ("subject", "name")
    show_full_result_count = False
