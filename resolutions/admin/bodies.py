"""The admin of bodies, their sessions, and topics."""

from __future__ import annotations

from django.contrib import admin

from resolutions.admin.base import RecordAdmin
from resolutions.models import Body, Session, Topic


@admin.register(Body)
class BodyAdmin(RecordAdmin[Body]):
    """Bodies that vote."""

    list_display = ("code", "name", "symbol_prefix", "majority")
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
