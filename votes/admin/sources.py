"""The admin of sources, the statements in their files, and corrections of their errors."""

from __future__ import annotations

from django.contrib import admin
from django.db import models

from resolutions.admin.base import ReadOnlyAdmin, RecordAdmin
from votes.models import Source, SourceCorrection, Statement


@admin.register(Source)
class SourceAdmin(RecordAdmin[Source]):
    """Where roll calls come from."""

    list_display = ("precedence", "name", "slug", "url")
    list_display_links = ("name",)
    search_fields = ("slug", "name")
    formfield_overrides = {**RecordAdmin.formfield_overrides, models.URLField: {"assume_scheme": "https"}}
    permanent = ("slug",)


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin[Statement]):
    """Statements of the source files about each roll call."""

    list_display = ("roll_call", "source", "format", "reference", "symbol_key")
    list_filter = ("source", "format")
    list_select_related = ("roll_call", "source")
    search_fields = ("roll_call__slug", "reference", "symbol_key")


@admin.register(SourceCorrection)
class SourceCorrectionAdmin(ReadOnlyAdmin[SourceCorrection]):
    """Corrections of errors in sources; they come with the record that ships."""

    list_display = ("roll_call", "source", "fact", "old", "new", "document")
    list_filter = ("source",)
    list_select_related = ("roll_call", "source")
    search_fields = ("roll_call__slug", "fact", "document")
