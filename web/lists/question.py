"""Common query parameters of analysis pages: body, period, topic, subject and kind, as in lists.

They select rows of the vote matrix. An unknown value is an error next to its field, and then nothing is selected.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from votes.periods import Days, Period
from web.lists.filters import RollCallFilter, days_of
from web.lists.selection import Selection, bound, form_for
from web.serving.parameters import unanswered
from web.serving.problems import refusal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from django.http import HttpResponse, QueryDict

    from votes.analysis.matrix import Rows, VoteMatrix
    from votes.record.record import Record, Subject

FILTERS = ("body", "since", "until", "topic", "subject", "kind")

QuestionForm = form_for(RollCallFilter, FILTERS)


class Question:
    """The parsed query of an analysis page: the roll calls it selects, and its errors.

    ``also`` names the page's own parameters, of which those in ``repeatable`` may be repeated. The page parses them
    itself, calls ``refuse`` for invalid ones, and adds its field labels to ``labels``.
    """

    def __init__(
        self, parameters: QueryDict, record: Record, *, also: Collection[str] = (), repeatable: Collection[str] = ()
    ) -> None:
        self.parameters = parameters
        self.record = record
        self.form = bound(QuestionForm, parameters, record)
        self.labels: dict[str, Any] = {name: field.label for name, field in self.form.fields.items()}
        self.ignored = unanswered(parameters, {*FILTERS, *also}, {"subject", *repeatable})
        self._errors: dict[str, list[str]] = {name: [str(e) for e in said] for name, said in self.form.errors.items()}

    @property
    def errors(self) -> dict[str, list[str]]:
        """Return errors by parameter."""
        return self._errors

    @property
    def is_valid(self) -> bool:
        """Tell whether there are no errors."""
        return not self._errors

    @property
    def refused(self) -> HttpResponse | None:
        """Return a problem document for an invalid query of a file, None for a valid one."""
        return refusal(self.errors, self.ignored)

    def refuse(self, parameter: str, error: str) -> None:
        """Add an error for a parameter."""
        self._errors.setdefault(parameter, []).append(error)

    @property
    def labelled_errors(self) -> list[tuple[str, list[str]]]:
        """Return (label, errors) of each invalid parameter."""
        return [(str(self.labels.get(name, name)), said) for name, said in self._errors.items()]

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """Return the bodies to choose from, as (value, label)."""
        return [("", _("Any")), *self.record.bodies.items()]

    @property
    def since(self) -> datetime.date | None:
        """Return the first day asked about."""
        return self.form.cleaned_data.get("since")

    @property
    def until(self) -> datetime.date | None:
        """Return the last day asked about."""
        return self.form.cleaned_data.get("until")

    @property
    def days(self) -> Days:
        """Return the days asked about."""
        return days_of(self.form.cleaned_data)

    @property
    def subjects(self) -> list[Subject]:
        """Return the requested subjects; texts on any of them match."""
        return [self.record.subjects[slug] for slug in self.form.cleaned_data.get("subject") or ()]

    @cached_property
    def rows(self) -> Rows:
        """Return the selected matrix rows, ascending; none if there are errors."""
        return self.rows_between(self.days)

    @cached_property
    def matrix(self) -> VoteMatrix:
        """Return the vote matrix of the selected roll calls."""
        return self.record.matrix.take(self.rows)

    def rows_between(self, days: Days) -> Rows:
        """Return the rows that meet the other filters on other days."""
        if not self.is_valid:
            return np.zeros(0, np.intp)
        selection = Selection(self.record)
        among = self.record.register.between(days.since, days.end)
        for name, value in self.form.cleaned_data.items():
            if value and name not in ("since", "until"):
                among &= selection.mask(name, value)
        return selection.rows(among)

    @cached_property
    def preceding(self) -> Period | None:
        """Return the period as long as the one asked about that ends the day before it; None without a beginning.

        Without an end, the period asked about ends with the last roll call of the record. None also where the
        preceding one would begin before the calendar does.
        """
        since, matrix = self.since, self.record.matrix
        if since is None or not len(matrix) or not self.is_valid:
            return None
        end = self.days.end or Days(until=matrix.dates[-1].astype(object)).end
        return Period(since, end).preceding if end and since < end else None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the filters set in the address, as text by name; subjects as a list of slugs."""
        chosen: dict[str, Any] = {name: self.parameters[name] for name in FILTERS if self.parameters.get(name)}
        return {**chosen, "subject": [one.slug for one in self.subjects]} if "subject" in chosen else chosen
