"""A list of roll calls: those that the filters of an address select, with pages, totals and facets."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from votes.models import RollCall
from votes.rules import Result
from votes.totals import Totals
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
    import datetime

    from django.core.paginator import Page
    from django.http import HttpResponse, QueryDict
    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, Rows
    from votes.models.roll_calls import RollCallQuerySet
    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall

PAGE_SIZE = 25
FIRST = 6
"""How many values of a long facet are shown at once."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value a facet may take and how many roll calls it would leave, given all other filters."""

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
    """How many roll calls there are without this filter."""
    invalid: bool
    """Whether the address has a value for it that is not known."""
    usual: str = ""
    """The value that is meant where the address has none; empty where that is any."""
    several: bool = False
    """Whether several of its values may be chosen at once."""

    @property
    def chosen(self) -> bool:
        """Tell whether a value is chosen."""
        return any(value.chosen for value in self.values)

    @property
    def value_of_any(self) -> str:
        """Return the value by which an address asks for any."""
        return ANY_METHOD if self.usual else ""

    @property
    def is_shown(self) -> bool:
        """Tell whether there is something to choose, to take back or to correct."""
        if self.name in ("short", VETOED_BY, "subject"):
            divides = any(value.count < self.any for value in self.values)
        else:
            divides = len(self.values) > 1
        return divides or self.invalid or any(value.chosen for value in self.values if value.value != self.usual)

    @property
    def is_long(self) -> bool:
        """Tell whether it may have more values than there is room for."""
        return self.name in ("topic", "subject")

    @cached_property
    def first(self) -> list[FacetValue]:
        """Return the values to show at once: all, or of a long facet those chosen and the most frequent."""
        if not self.is_long:
            return self.values
        ranked = sorted(self.values, key=lambda value: (not value.chosen, -value.count))
        return ranked[: max(FIRST, sum(value.chosen for value in ranked))]

    @property
    def more(self) -> list[FacetValue]:
        """Return the others, the most frequent first."""
        return sorted((value for value in self.values if value not in self.first), key=lambda value: -value.count)


class Listing:
    """The roll calls that the parameters of an address select from those ``among`` the record's register."""

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
        """Return, for each filter that has a value without error, which of the register it selects."""
        values = {METHOD: self.method} | {
            name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])
        }
        return {
            name: self.selection.mask(name, value) for name, value in values.items() if name in self.selection.filters
        }

    @property
    def method(self) -> str:
        """Return how the votes were taken that are asked for; without a word of it the usual ones."""
        return self.form.cleaned_data.get(METHOD) or usual_method(self.form.cleaned_data)

    def method_without(self, name: str) -> str:
        """Return the same for the list without a filter: what is usual depends on the words."""
        meant = {other: value for other, value in self.form.cleaned_data.items() if other != name}
        return meant.get(METHOD) or usual_method(meant)

    def _but(self, *names: str) -> Mask:
        """Return which of the register all filters select, or all but some."""
        among = self._among.copy()
        for other, mask in self._met.items():
            if other not in names:
                among &= mask
        return among

    def count_without(self, name: str, condition: object = None) -> int:
        """Return how many are selected without a filter, or without one of several conditions of the same name."""
        among = self._but(name, METHOD) & self.selection.mask(METHOD, self.method_without(name))
        others = [other for other in self.form.cleaned_data[name] if other is not condition] if condition else []
        if others:
            among &= self.selection.mask(name, others)
        return int(np.count_nonzero(among))

    def count_with(self, words: str) -> tuple[int, int]:
        """Return how many other words would select, under all other filters and without them."""
        found, usual = self.selection.mask("q", words), self.selection.mask(METHOD, usual_method({"q": words}))
        return int(np.count_nonzero(self._but("q") & found)), int(np.count_nonzero(self._among & usual & found))

    @cached_property
    def selected(self) -> Mask:
        """Return P, which of the register are selected; none where the filters have errors."""
        return self._but() if self.is_valid else np.zeros(len(self._among), bool)

    @cached_property
    def _sizes(self) -> NDArray[np.int64]:
        """Return how many of those selected each group of the register has."""
        return self.record.register.groups.sizes(self.selected)

    @cached_property
    def places(self) -> Rows:
        """Return the places in the register of those selected, in the order asked for."""
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
        """Return the keys of those selected, in the order asked for."""
        keys: list[int] = self.record.register.keys[self.places].tolist()
        return keys

    @property
    def roll_calls(self) -> RollCallQuerySet:
        """Return those selected as a queryset in the order asked for, to be read in the record's snapshot."""
        # By the keys of these or of the others, whichever are fewer: ten thousand would take PostgreSQL 15 ms to read.
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
        """Return the rows of the vote matrix of those selected that have votes, ascending."""
        return self.selection.rows(self.selected)

    @cached_property
    def page(self) -> Page[ListedRollCall]:
        """Return the page asked for, or the first with ``page_error`` set where there is no such page."""
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
        """Return the numbers to offer, with an ellipsis where some are left out."""
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))

    @cached_property
    def totals(self) -> dict[str, int]:
        """Return how many are selected, in all and by result; a result that is not on record is in all only."""
        counts = self.record.register.groups.results.count(self._sizes)
        results = {result.value: counts.get(result, 0) for result in (Result.ADOPTED, Result.REJECTED, Result.VETOED)}
        return {"roll_calls": int(self._sizes.sum()), **results}

    @property
    def votes(self) -> Totals:
        """Return the votes of all selected added up by choice."""
        return Totals(*self.record.register.votes(self.selected))

    @cached_property
    def facets(self) -> list[Facet]:
        """Return each facet with its values' counts under the other filters that have no error."""
        return [self._facet(name) for name in self.selection.facets]

    @cached_property
    def unanswered(self) -> list[str]:
        """Return the parameters of the address that ask something there is no filter for."""
        return unanswered(self.parameters, {*self.form.fields, "page"}, REPEATABLE)

    @property
    def ignored(self) -> list[str]:
        """Return the same, and the boxes of a form, which only a page with the form understands."""
        return self.unanswered + [
            f"{name}{row}={value}"
            for row, boxes in self.boxes.items()
            for name, value in (("who", ",".join(boxes.who)), ("how", boxes.how), ("whom", boxes.whom))
            if value
        ]

    @property
    def refused(self) -> HttpResponse | None:
        """Return what is wrong with the query of a file or feed, which has no pages; None where nothing is."""
        errors = {name: [str(error) for error in said] for name, said in self.form.errors.items()}
        if self.parameters.get("page"):
            errors["page"] = [_("The file has all pages; leave “page” out.")]
        return refusal(errors, self.ignored)

    @property
    def conditions(self) -> dict[str, list[str]]:
        """Return the conditions on how members voted as the address has them."""
        return {name: [text for text in self.parameters.getlist(name) if text] for name in CONDITIONS}

    @property
    def total(self) -> int:
        """Return how many roll calls there are without any filter but that of how they were taken."""
        return int(np.count_nonzero(self._among & self._met[METHOD]))

    @cached_property
    def left_out(self) -> int:
        """Return how many the other filters select that are left out because they are no recorded votes."""
        if not self.is_valid or self.method != RECORDED:
            return 0
        return int(np.count_nonzero(self._but(METHOD)) - np.count_nonzero(self.selected))

    @property
    def query_with_any_method(self) -> str:
        """Return the address's query string with nothing left out for how it was decided."""
        parameters = self.parameters.copy()
        parameters[METHOD] = ANY_METHOD
        parameters.pop("page", None)
        return f"?{parameters.urlencode()}"

    @property
    def query_of_files(self) -> QueryDict:
        """Return the parameters of the files that have what the list has, all of its pages."""
        query = without_empty(self.parameters)
        query.pop("page", None)
        query.update(self.selection.scope)
        return query

    def query_without(self, name: str, text: str = "") -> str:
        """Return the address's query string without one value of a parameter or all, and from the first page."""
        parameters = self.parameters.copy()
        parameters.setlist(name, [value for value in parameters.getlist(name) if text and value != text])
        parameters.pop("page", None)
        return f"?{parameters.urlencode()}"

    @property
    def errors(self) -> list[tuple[str, list[str]]]:
        """Return each filter's label and what is wrong with its value."""
        return [(str(self.form.fields[name].label), [str(e) for e in said]) for name, said in self.form.errors.items()]

    @property
    def orders(self) -> list[tuple[str, Any]]:
        """Return the orders to offer, the usual one without a value; relevance needs words to be relevant to."""
        offered = [order for order in ORDERS if order[0] != RELEVANCE or self.parameters.get("q")]
        return [("" if value == DATE_ORDER else value, label) for value, label in offered]

    @property
    def order(self) -> str | None:
        """Return the order that the address asks for, empty for the usual one; None where it asks for none."""
        asked = self.parameters.get("order") or None
        return "" if asked == DATE_ORDER else asked

    @property
    def day(self) -> datetime.date:
        """Return the day on which the list is read, to stand on paper."""
        return localdate()

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
        if name == "subject":  # There are hundreds; the page of all subjects has the others.
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
    """Return what a query selects of all roll calls or, of ``resolutions``, of those that stand for their text."""
    return Listing(parameters, record, among=record.register.decisive if of == "resolutions" else None)
