"""The admin of single votes, corrections, tallies and retired addresses: read-only."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import ReadOnlyAdmin
from resolutions.models import near_symbol
from votes.models import Correction, MemberState, RetiredAddress, ReturnedDraft, RollCall, Tally, Vote

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin[Correction]):
    """Intended votes notified later by delegations, read-only: they are entered on the page of the roll call."""

    list_display = ("state", "roll_call", "intended", "reference")
    list_filter = ("intended", "roll_call__body")
    list_select_related = ("state", "roll_call")
    search_fields = ("state__code", "state__name", "state__sort_name", "roll_call__slug")


class FirstPages(Paginator):  # type: ignore[type-arg]  # Django's cannot be subscripted
    """A paginator limited to the first ten thousand rows, so that a million rows are never counted."""

    limit = 10_000

    @cached_property
    def count(self) -> int:
        """Return how many rows there are to page through."""
        rows: Any = self.object_list[: self.limit]
        return int(rows.count())


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin[Vote]):
    """Single votes, read-only: they are entered on the page of their roll call."""

    list_display = ("state", "choice", "roll_call")
    list_select_related = ("state", "roll_call")
    list_filter = ("choice", "roll_call__body")
    ordering = ("-pk",)
    sortable_by = ()
    paginator = FirstPages
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("roll_call__slug", "state__code")
    search_help_text = _(
        "Search by state code, resolution symbol or the start of a roll call’s slug, or several of them. "
        "To change votes, open their roll call."
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Vote], search_term: str
    ) -> tuple[QuerySet[Vote], bool]:
        """Return the votes of the states and the roll calls that ``search_term`` names."""
        words = search_term.split()
        states = MemberState.objects.filter(code__in=[word.upper() for word in words])
        codes = {state.code for state in states}
        if codes:
            queryset = queryset.filter(state__in=[state.pk for state in states])
        if rest := " ".join(word for word in words if word.upper() not in codes):
            named = RollCall.objects.filter(near_symbol(rest, "resolution__"))
            slugged = RollCall.objects.filter(slug__startswith=rest.lower())
            roll_calls = {*named.values_list("pk", flat=True), *slugged.values_list("pk", flat=True)}
            queryset = queryset.filter(roll_call__in=roll_calls)
        return queryset, False


@admin.register(RetiredAddress)
class RetiredAddressAdmin(ReadOnlyAdmin[RetiredAddress]):
    """Addresses of withdrawn and merged votes."""

    list_display = ("slug", "kind", "roll_call", "reason", "at", "by")
    list_filter = ("kind",)
    list_select_related = ("roll_call", "by")
    search_fields = ("slug", "reason")


@admin.register(ReturnedDraft)
class ReturnedDraftAdmin(ReadOnlyAdmin[ReturnedDraft]):
    """Drafts sent back; see ``votes.admin.returning``."""

    list_display = ("roll_call", "comment", "at", "by")
    list_filter = ("at",)
    list_select_related = ("roll_call", "by")
    search_fields = ("roll_call__slug", "comment")


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin[Tally]):
    """Tallies, counted by database triggers."""

    list_display = ("roll_call", "yes", "no", "abstaining", "non_voting", "cast")
    list_select_related = ("roll_call",)
    list_filter = ("roll_call__body",)
    search_fields = ("roll_call__slug",)
    search_help_text = _("Search by a roll call’s slug. Tallies are counted automatically and cannot be edited.")
