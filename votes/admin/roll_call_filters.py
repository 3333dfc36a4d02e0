"""Filters of the list of roll calls: work lists, and totals that differ or are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from votes.editing.publishing import WORK, work_lists
from votes.models import RollCall
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class WorkFilter(admin.SimpleListFilter):
    """Filter by work list of the current editor."""

    title = _("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, WORK[name]) for name in work_lists(request.user)]  # type: ignore[arg-type]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RollCall]) -> QuerySet[RollCall]:
        chosen = work_lists(request.user).get(self.value() or "")  # type: ignore[arg-type]
        return queryset if chosen is None else queryset.filter(pk__in=chosen.values("pk"))


class FiguresFilter(admin.SimpleListFilter):
    """Roll calls whose counted and announced totals differ, and those that have no votes yet."""

    title = _("figures")
    parameter_name = "figures"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("differ", _("announced and counted differ")), ("none", _("no votes yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RollCall]) -> QuerySet[RollCall]:
        has_votes = Q(tally__cast__gt=0)
        if self.value() == "differ":
            differ = Q()
            for name in ANNOUNCED:
                counted = F(f"tally__{name.removeprefix('announced_')}")
                differ |= Q(**{f"{name}__isnull": False}) & ~Q(**{name: counted})
            return queryset.filter(has_votes & differ)
        if self.value() == "none":
            return queryset.filter(~has_votes, method__in=RollCall.METHODS_WITH_VOTES)
        return queryset
