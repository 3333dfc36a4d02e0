"""The admin of member states, blocs, roll calls, votes, sources, findings and imports."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from votes.admin import (
    amending,
    blocs,
    error_reports,
    findings,
    history,
    ideal_points,
    imports,
    roll_calls,
    sources,
    states,
    texts,
    votes,
)

__all__ = [
    "amending",
    "blocs",
    "error_reports",
    "findings",
    "history",
    "ideal_points",
    "imports",
    "roll_calls",
    "sources",
    "states",
    "texts",
    "votes",
]

admin.site.site_header = _("Plenary")
admin.site.site_title = _("Plenary data entry")
admin.site.index_title = _("Data entry")
