"""The filters of pages that analyse the vote matrix: body, period, topic, subject and kind, as lists have them.

They select rows of the matrix. An unknown value is an error beside its field, and then nothing is selected.
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
    """The roll calls that an address asks about, and what is wrong with what it asks.

    ``also`` names the page's own parameters, those in ``repeatable`` may stand several times; the page reads them
    itself, calls ``refuse`` for what it cannot answer, and adds to ``labels`` what its fields are called.
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
        """Return what is wrong, by parameter."""
        return self._errors

    @property
    def is_valid(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self._errors

    @property
    def refused(self) -> HttpResponse | None:
        """Return what is wrong with the query of a file, None where nothing is."""
        return refusal(self.errors, self.ignored)

    def refuse(self, parameter: str, error: str) -> None:
        """Note that the value of a parameter cannot be answered, and why."""
        self._errors.setdefault(parameter, []).append(error)

    @property
    def labelled_errors(self) -> list[tuple[str, list[str]]]:
        """Return each parameter's label, or its name, with what is wrong with it."""
        return [(str(self.labels.get(name, name)), said) for name, said in self._errors.items()]

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """Return the bodies to choose from, by their values in the address; none is chosen without one."""
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
        """Return the subjects asked about; a text on one of them is enough."""
        return [self.record.subjects[slug] for slug in self.form.cleaned_data.get("subject") or ()]

    @cached_property
    def rows(self) -> Rows:
        """Return the rows of the record's matrix, ascending; none where something is wrong."""
        return self.rows_between(self.days)

    @cached_property
    def matrix(self) -> VoteMatrix:
        """Return the matrix of the roll calls asked about."""
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
        """Return the filters that the address sets, as text by name; subjects as a list of their slugs."""
        chosen: dict[str, Any] = {name: self.parameters[name] for name in FILTERS if self.parameters.get(name)}
        return {**chosen, "subject": [one.slug for one in self.subjects]} if "subject" in chosen else chosen
