"""The admin of ideal points: read-only, since ``manage.py fit_ideal_points`` computes them."""

from __future__ import annotations

from django.contrib import admin

from resolutions.admin.base import ReadOnlyAdmin
from votes.models import CutPoint, IdealPoint, IdealPointFit


@admin.register(IdealPointFit)
class IdealPointFitAdmin(ReadOnlyAdmin[IdealPointFit]):
    """The fit that is shown: its data, settings and convergence."""

    list_display = ("fitted_at", "data_version", "roll_calls", "votes", "iterations", "converged")
    search_fields = ("digest",)


@admin.register(IdealPoint)
class IdealPointAdmin(ReadOnlyAdmin[IdealPoint]):
    """Ideal points by state and session."""

    list_display = ("state", "session", "estimate", "standard_error", "votes")
    list_filter = ("session",)
    list_select_related = ("state",)
    search_fields = ("state__code", "state__name")


@admin.register(CutPoint)
class CutPointAdmin(ReadOnlyAdmin[CutPoint]):
    """Cut points by roll call."""

    list_display = ("roll_call", "session", "discrimination", "lower", "upper", "roll_calls")
    list_filter = ("session",)
    list_select_related = ("roll_call",)
    search_fields = ("roll_call__slug",)
