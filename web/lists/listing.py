"""A filtered list of roll calls, with pagination, totals and facets."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from votes.models import RollCall
from votes.rules import Result
from web.lists.filters import (
    ANY_METHOD,
    CLOSENESS,
    CONDITIONS,
    DATE_ORDER,
    METHOD,
    ORDERS,
    RECORDED,
    RELEVANCE,
    REPEATABLE,
    VETOED_BY,
    usual_method,
)
from web.lists.selection import Selection, bound
from web.serving.parameters import boxes_of, unanswered, without_boxes, without_empty
from web.serving.problems import refusal

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.http import HttpResponse, QueryDict
    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, Rows
    from votes.models.roll_calls import RollCallQuerySet
    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall

PAGE_SIZE = 25
FIRST = 6
"""Values of a long facet that are shown at once."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, with its number of roll calls under all other filters."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with the values it may take."""

    name: str
    label: str
    values: list[FacetValue]
    any: int
    """Number of roll calls without this filter."""
    invalid: bool
    """Whether the address has an unknown value for it."""
    usual: str = ""
    """The default value; empty for any."""
    several: bool = False
    """Whether several values may be chosen."""

    @property
    def chosen(self) -> bool:
        """Tell whether a value is chosen."""
        return any(value.chosen for value in self.values)

    @property
    def value_of_any(self) -> str:
        """Return the address's value for "any"."""
        return ANY_METHOD if self.usual else ""

    @property
    def is_shown(self) -> bool:
        """Tell whether there is something to choose, remove or correct."""
        if self.name in ("short", VETOED_BY, "subject"):
            divides = any(value.count < self.any for value in self.values)
        else:
            divides = len(self.values) > 1
        return divides or self.invalid or any(value.chosen for value in self.values if value.value != self.usual)

    @property
    def is_long(self) -> bool:
        """Tell whether it may have too many values to show at once."""
        return self.name in ("topic", "subject")

    @cached_property
    def first(self) -> list[FacetValue]:
        """Return the values to show: all, or for a long facet the chosen and the most frequent ones."""
        if not self.is_long:
            return self.values
        ranked = sorted(self.values, key=lambda value: (not value.chosen, -value.count))
        return ranked[: max(FIRST, sum(value.chosen for value in ranked))]

    @property
    def more(self) -> list[FacetValue]:
        """Return the remaining values, the most frequent first."""
        return sorted((value for value in self.values if value not in self.first), key=lambda value: -value.count)


class Listing:
    """The roll calls selected by an address, from those in the mask ``among`` (by default, all)."""

    def __init__(
        self,
        parameters: QueryDict,
        record: Record,
        *,
        among: Mask | None = None,
        selection: Selection | None = None,
    ) -> None:
        self.boxes = boxes_of(parameters)
        self.parameters = parameters = without_boxes(parameters) if self.boxes else parameters
        self.record = record
        self.selection = selection or Selection(record)
        self.form = bound(self.selection.form_class, parameters, record)
        self.is_valid = self.form.is_valid()
        self.page_error = ""
        self._among = np.ones(len(record.register), bool) if among is None else among

    @cached_property
    def _met(self) -> dict[str, Mask]:
        """Return the mask of each filter with a valid value."""
        values = {METHOD: self.method} | {
            name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])
        }
        return {
            name: self.selection.mask(name, value) for name, value in values.items() if name in self.selection.filters
        }

    @property
    def method(self) -> str:
        """Return the method in effect: the requested or the default one."""
        return self.form.cleaned_data.get(METHOD) or usual_method(self.form.cleaned_data)

    def method_without(self, name: str) -> str:
        """Return the method in effect without a filter; the default depends on the search words."""
        meant = {other: value for other, value in self.form.cleaned_data.items() if other != name}
        return meant.get(METHOD) or usual_method(meant)

    def _but(self, *names: str) -> Mask:
        """Return the mask of all filters except ``names``."""
        among = self._among.copy()
        for other, mask in self._met.items():
            if other not in names:
                among &= mask
        return among

    def count_without(self, name: str, condition: object = None) -> int:
        """Return the number of results without a filter, or without one of its conditions."""
        among = self._but(name, METHOD) & self.selection.mask(METHOD, self.method_without(name))
        others = [other for other in self.form.cleaned_data[name] if other is not condition] if condition else []
        if others:
            among &= self.selection.mask(name, others)
        return int(np.count_nonzero(among))

    def count_with(self, words: str) -> tuple[int, int]:
        """Return the number of results for other words, with the other filters and without them."""
        found, usual = self.selection.mask("q", words), self.selection.mask(METHOD, usual_method({"q": words}))
        return int(np.count_nonzero(self._but("q") & found)), int(np.count_nonzero(self._among & usual & found))

    @cached_property
    def selected(self) -> Mask:
        """Return the mask of selected roll calls, shape (P,); none if a filter has errors."""
        return self._but() if self.is_valid else np.zeros(len(self._among), bool)

    @cached_property
    def _sizes(self) -> NDArray[np.int64]:
        """Return the number of selected roll calls per group of the register."""
        return self.record.register.groups.sizes(self.selected)

    @cached_property
    def places(self) -> Rows:
        """Return the register's indices of the selected roll calls, sorted as requested."""
        words, order = self.form.cleaned_data.get("q"), self.form.cleaned_data.get("order")
        if order == CLOSENESS:
            closest = self.record.register.by_closeness
            return closest[self.selected[closest]]
        places = np.flatnonzero(self.selected)
        if order == RELEVANCE and words and len(places):
            place_of = dict(zip(self.record.register.keys[places].tolist(), places.tolist(), strict=True))
            return np.array([place_of[key] for key in self.roll_calls.values_list("pk", flat=True)], np.intp)
        return places

    @property
    def keys(self) -> list[int]:
        """Return the primary keys of the selected roll calls, sorted as requested."""
        keys: list[int] = self.record.register.keys[self.places].tolist()
        return keys

    @property
    def roll_calls(self) -> RollCallQuerySet:
        """Return the selected roll calls as a sorted queryset; evaluate it within the record's snapshot."""
        # Filter by the shorter list of keys, selected or not: PostgreSQL takes 15 ms to read ten thousand.
        is_most = 2 * np.count_nonzero(self.selected) > len(self.selected)
        keys = self.record.register.keys[self.selected != is_most].tolist()
        named = Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [keys]))  # one parameter
        found = RollCall.objects.published().filter(~named if is_most else named)
        words, order = self.form.cleaned_data.get("q"), self.form.cleaned_data.get("order")
        if order == CLOSENESS:
            return found.closest_first()
        return found.most_relevant_first(words) if order == RELEVANCE and words else found.newest_first()

    @cached_property
    def rows(self) -> Rows:
        """Return the matrix rows of the selected roll calls that have votes, ascending."""
        return self.selection.rows(self.selected)

    @cached_property
    def page(self) -> Page[ListedRollCall]:
        """Return the requested page, or the first with ``page_error`` set if it does not exist."""
        paginator = Paginator(self.keys, PAGE_SIZE)
        number = self.parameters.get("page") or 1
        try:
            page: Page[Any] = paginator.page(number)
        except (EmptyPage, PageNotAnInteger):
            self.page_error = _("There is no page “%(number)s”; the last is %(last)s.") % {
                "number": number,
                "last": paginator.num_pages,
            }
            page = paginator.page(1)
        page.object_list = self.record.roll_calls_by_key(page.object_list)
        return page

    @cached_property
    def page_numbers(self) -> list[int | str]:
        """Return the page numbers to show, with ellipses for gaps."""
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))

    @cached_property
    def totals(self) -> dict[str, int]:
        """Return the number of selected roll calls, in all and by result; without a result they count in all only."""
        counts = self.record.register.groups.results.count(self._sizes)
        results = {result.value: counts.get(result, 0) for result in (Result.ADOPTED, Result.REJECTED, Result.VETOED)}
        return {"roll_calls": int(self._sizes.sum()), **results}

    @cached_property
    def facets(self) -> list[Facet]:
        """Return each facet, with counts under the other valid filters."""
        return [self._facet(name) for name in self.selection.facets]

    @cached_property
    def unanswered(self) -> list[str]:
        """Return unknown and repeated parameters."""
        return unanswered(self.parameters, {*self.form.fields, "page"}, REPEATABLE)

    @property
    def ignored(self) -> list[str]:
        """Return the same plus the builder's fields, which only pages understand."""
        return self.unanswered + [
            f"{name}{row}={value}"
            for row, boxes in self.boxes.items()
            for name, value in (("who", ",".join(boxes.who)), ("how", boxes.how), ("whom", boxes.whom))
            if value
        ]

    @property
    def refused(self) -> HttpResponse | None:
        """Return a problem document for an invalid query of a file or feed, None for a valid one."""
        errors = {name: [str(error) for error in said] for name, said in self.form.errors.items()}
        if self.parameters.get("page"):
            errors["page"] = [_("The file has all pages; leave “page” out.")]
        return refusal(errors, self.ignored)

    @property
    def conditions(self) -> dict[str, list[str]]:
        """Return the conditions on how members voted as in the address."""
        return {name: [text for text in self.parameters.getlist(name) if text] for name in CONDITIONS}

    @property
    def total(self) -> int:
        """Return the number of roll calls with no filter except the method."""
        return int(np.count_nonzero(self._among & self._met[METHOD]))

    @cached_property
    def left_out(self) -> int:
        """Return the number of results left out because they are not recorded votes."""
        if not self.is_valid or self.method != RECORDED:
            return 0
        return int(np.count_nonzero(self._but(METHOD)) - np.count_nonzero(self.selected))

    @property
    def query_with_any_method(self) -> str:
        """Return the query string for any method."""
        parameters = self.parameters.copy()
        parameters[METHOD] = ANY_METHOD
        parameters.pop("page", None)
        return f"?{parameters.urlencode()}"

    @property
    def query_of_files(self) -> QueryDict:
        """Return the parameters for files of the whole list."""
        query = without_empty(self.parameters)
        query.pop("page", None)
        query.update(self.selection.scope)
        return query

    def query_without(self, name: str, text: str = "") -> str:
        """Return the query string without a parameter, or one value of it, from the first page."""
        parameters = self.parameters.copy()
        parameters.setlist(name, [value for value in parameters.getlist(name) if text and value != text])
        parameters.pop("page", None)
        return f"?{parameters.urlencode()}"

    @property
    def errors(self) -> list[tuple[str, list[str]]]:
        """Return (label, errors) of each invalid filter."""
        return [(str(self.form.fields[name].label), [str(e) for e in said]) for name, said in self.form.errors.items()]

    @property
    def orders(self) -> list[tuple[str, Any]]:
        """Return the sort orders as (value, label); the default has no value, and relevance needs search words."""
        offered = [order for order in ORDERS if order[0] != RELEVANCE or self.parameters.get("q")]
        return [("" if value == DATE_ORDER else value, label) for value, label in offered]

    @property
    def order(self) -> str | None:
        """Return the requested sort order, empty for the default; None for an unknown one."""
        order = self.parameters.get("order") or None
        return "" if order == DATE_ORDER else order

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """Return each order on offer with the query that asks for it, and whether it is the present one."""
        present = self.order or ""
        return [(str(label), self._query_sorted(value), value == present) for value, label in self.orders]

    def _query_sorted(self, value: str) -> str:
        """Return the address's query string in another order, from the first page."""
        parameters = self.parameters.copy()
        parameters.pop("page", None)
        parameters.pop("order", None)
        if value:
            parameters["order"] = value
        return f"?{parameters.urlencode()}"

    def _facet(self, name: str) -> Facet:
        """Return one facet with its values."""
        usual = usual_method(self.form.cleaned_data) if name == METHOD else ""
        usual = "" if usual == ANY_METHOD else usual
        chosen = self.form.cleaned_data.get(name) or usual
        several = name in REPEATABLE
        among, sizes = self.selected, self._sizes
        if name in self._met or not self.is_valid:
            among = self._but(name)
            sizes = self.record.register.groups.sizes(among)
        facet = self.selection.filters[name]
        assert facet.count is not None, "a facet counts"
        counts, names = facet.count(self.selection, among, sizes), facet.names(self.record)
        if name == "subject":  # There are hundreds; the subject index has the rest.
            shown = {*chosen, *nsmallest(FIRST, counts, key=lambda slug: -counts[slug])}
            names = {slug: names[slug] for slug in sorted(shown, key=lambda slug: (names[slug], slug))}
        values = [
            FacetValue(value, label, counts.get(value, 0), value in chosen if several else value == chosen)
            for value, label in names.items()
            if counts.get(value) or (value in chosen if several else value == chosen)
        ]
        label, invalid = str(self.form.fields[name].label), name in self.form.errors
        return Facet(name, label, values, int(sizes.sum()), invalid, usual, several)


def listing_of(of: str, parameters: QueryDict, record: Record) -> Listing:
    """Return the listing for a query: all roll calls or, for ``resolutions``, the decisive ones."""
    return Listing(parameters, record, among=record.register.decisive if of == "resolutions" else None)
