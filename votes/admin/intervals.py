"""Inline formsets of rows that are valid from one date until another."""

from __future__ import annotations

import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import BaseInlineFormSet
from resolutions.dates import dated
from votes.periods import last_day

if TYPE_CHECKING:
    from votes.models.intervals import Interval


class IntervalColumns:
    """Columns of a change list: the first and the last day as far as they are known, though ``until`` is stored."""

    @admin.display(description=_("from"), ordering="since")
    def first_day(self, row: Interval) -> str:
        """Return its first day."""
        return dated(row.since, row.since_precision)

    @admin.display(description=_("to"), ordering="until")
    def last_day(self, row: Interval) -> str:
        """Return its last day; nothing where it still holds."""
        return dated(last_day(row.until, row.until_precision), row.until_precision)


class IntervalFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Rows of one state or bloc, of which no two that are about the same may overlap."""

    about: tuple[str, ...] = ()
    """The fields that, with the page's record, say what a row is about."""

    def clean(self) -> None:
        """Refuse rows on the same page that overlap; the database is asked about the others."""
        super().clean()
        rows = [
            form
            for form in self.forms
            if form not in self.deleted_forms and not form.errors and form.cleaned_data.keys() & {"since", "until"}
        ]
        for one, other in combinations(rows, 2):
            a, b = one.cleaned_data, other.cleaned_data
            if all(a.get(field) == b.get(field) for field in self.about) and _overlap(a, b):
                other.add_error(None, _("These dates overlap those of another row."))


def _overlap(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Tell whether two intervals have a day in common."""
    starts = [row.get("since") or datetime.date.min for row in (a, b)]
    ends = [row.get("until") or datetime.date.max for row in (a, b)]
    return max(starts) < min(ends)
