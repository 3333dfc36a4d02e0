"""Sets of filters for different lists: all, one state's votes, or one subject's texts."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from django import forms
from django.utils.translation import gettext as _

from votes.record.register import NO_ROW
from web.lists.filters import (
    METHOD,
    VETOED_BY,
    KnownField,
    MaskFilter,
    RepeatedField,
    RollCallFilter,
    StateFilter,
    days_of,
    session_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.http import QueryDict

    from votes.analysis.matrix import Mask, Rows
    from votes.record.record import Record, Subject


class SelectionForm(forms.Form):
    """The values of some filters."""

    def clean_session(self) -> str | None:
        """Return the session of the body that is chosen, as rows of files name it, or the one of that name."""
        code: str | None = self.cleaned_data["session"]
        field = self.fields["session"]
        assert isinstance(field, KnownField)
        try:
            return session_of(code, self.cleaned_data.get("body") or "", field.record) if code else None
        except LookupError as error:
            raise forms.ValidationError(str(error.args[0])) from None

    def clean(self) -> dict[str, Any]:
        """Return the values; note a period that ends before it begins."""
        meant = self.cleaned_data
        if days_of(meant).end_before_they_begin:
            self.add_error("until", _("The period ends before it begins."))
        return meant


def form_for(filters: type[RollCallFilter], names: Collection[str]) -> type[forms.Form]:
    """Return the form class of some filters; create it once, since that is slower than using it."""
    declared = copy.deepcopy(filters.base_filters)
    return type("SelectionForm", (SelectionForm,), {name: declared[name].field for name in names})


def bound(form_class: type[forms.Form], parameters: QueryDict, record: Record) -> forms.Form:
    """Return a form bound to an address's parameters, validated against a record."""
    form = form_class(parameters)
    for field in form.fields.values():
        if isinstance(field, KnownField | RepeatedField):
            field.record = record
    return form


class Selection:
    """The filters of roll calls, applied to a record."""

    filters: ClassVar[Mapping[str, MaskFilter]] = {
        name: one for name, one in RollCallFilter.base_filters.items() if isinstance(one, MaskFilter)
    }
    form_class: ClassVar[type[forms.Form]] = form_for(RollCallFilter, RollCallFilter.base_filters)
    facets: ClassVar[list[str]] = [
        *("body", METHOD, "result", VETOED_BY, "short", "topic", "subject", "kind", "session"),
    ]
    scope: Mapping[str, str] = {}
    """Default parameters of files for an unfiltered list."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def mask(self, name: str, value: Any) -> Mask:
        """Return the mask of a filter, shape (P,)."""
        return self.filters[name].mask(self, value)

    def rows(self, among: Mask) -> Rows:
        """Return the matrix rows of the roll calls in ``among`` that have votes, ascending."""
        rows = self.record.register.rows[among]
        return np.sort(rows[rows != NO_ROW])


class StateSelection(Selection):
    """All filters, plus the choice of the state ``code``."""

    filters: ClassVar = {**Selection.filters, "choice": StateFilter.base_filters["choice"]}
    form_class: ClassVar = form_for(StateFilter, StateFilter.base_filters)
    facets: ClassVar = ["choice", *Selection.facets]

    def __init__(self, record: Record, code: str) -> None:
        super().__init__(record)
        self.code = code


class SubjectSelection(Selection):
    """The filters of one subject's texts, without ``subject``."""

    form_class: ClassVar = form_for(RollCallFilter, [name for name in RollCallFilter.base_filters if name != "subject"])
    facets: ClassVar = [facet for facet in Selection.facets if facet != "subject"]

    def __init__(self, record: Record, subject: Subject) -> None:
        super().__init__(record)
        self.subject = subject
        self.scope = {"subject": subject.slug}
