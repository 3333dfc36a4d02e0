"""The admin of blocs and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import LabelledInline, RecordAdmin
from votes.admin.intervals import IntervalColumns, IntervalFormSet
from votes.admin.reference_pages import ReferenceMixin
from votes.models import Bloc, BlocMembership

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class BlocMembershipFormSet(IntervalFormSet):
    """The members of a bloc."""

    about = ("state",)


class BlocMembershipInline(LabelledInline[BlocMembership, Bloc]):
    """The members of a bloc on its page: the known ones as text with a link, new ones to enter.

    A hundred and more rows of fields would be slow to read and more than a form may send.
    """

    model = BlocMembership
    formset = BlocMembershipFormSet
    fields = ("state", "status", "since", "until", "since_precision", "until_precision")
    autocomplete_fields = ("state",)
    ordering = ("state__sort_name", "since")
    extra = 0
    show_change_link = True
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[BlocMembership]:
        return super().get_queryset(request).select_related("state", "bloc")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show known memberships as text; each has a page of its own."""
        return False


@admin.register(Bloc)
class BlocAdmin(ReferenceMixin, RecordAdmin[Bloc]):
    """Groups of states."""

    list_display = ("slug", "short_name", "name", "kind", "recorded_memberships")
    list_display_links = ("slug", "short_name")
    list_filter = ("kind",)
    search_fields = ("slug", "short_name", "name")
    permanent = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bloc]:
        return super().get_queryset(request).annotate(recorded=Count("memberships"))

    @admin.display(description=_("memberships on record"), ordering="recorded")
    def recorded_memberships(self, bloc: Bloc) -> int:
        """Return how many memberships are on record, past ones too."""
        return int(getattr(bloc, "recorded", 0))

    def get_inlines(self, request: HttpRequest, obj: Bloc | None) -> tuple[type[Any], ...]:
        """Return the members once there is a bloc to have them."""
        return (BlocMembershipInline,) if obj else ()


@admin.register(BlocMembership)
class BlocMembershipAdmin(ReferenceMixin, IntervalColumns, RecordAdmin[BlocMembership]):
    """Who was in which bloc, and when."""

    list_display = ("state", "bloc", "status", "first_day", "last_day")
    list_filter = ("status", ("until", admin.EmptyFieldListFilter), "bloc")
    list_select_related = ("state", "bloc")
    search_fields = ("state__code", "state__name", "state__sort_name", "bloc__slug", "bloc__short_name")
    autocomplete_fields = ("state", "bloc")
    date_hierarchy = "since"
