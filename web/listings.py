"""A listing: what an address asks of the roll calls, answered with a page of them, totals and facets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from votes.listed import ListedRollCall
from votes.models import RollCall
from votes.register import NO_ROW
from votes.rules import Result
from votes.totals import Totals
from web.filters import CLOSENESS, CONDITIONS, DATE_ORDER, ORDERS, RELEVANCE, REPEATABLE
from web.parameters import boxes_of, unanswered, without_boxes, without_empty
from web.selection import Selection

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.http import QueryDict
    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, Rows
    from votes.reading import Record

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

    @property
    def chosen(self) -> bool:
        """Tell whether a value is chosen."""
        return any(value.chosen for value in self.values)

    @property
    def is_shown(self) -> bool:
        """Tell whether there is something to choose, to take back or to correct."""
        divides = self.name in ("short", "subject") and any(value.count < self.any for value in self.values)
        return len(self.values) > 1 or divides or self.chosen or self.invalid

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


class RollCalls(Sequence[ListedRollCall]):
    """The roll calls with these keys, in this order; only those of a slice are put together."""

    def __init__(self, record: Record, keys: NDArray[np.int64]) -> None:
        self.record = record
        self.keys = keys

    def __len__(self) -> int:
        """Return their number."""
        return len(self.keys)

    def __getitem__(self, which: Any) -> Any:
        """Return some of them, in their order."""
        if not isinstance(which, slice):
            return self[which : which + 1][0]
        return self.record.listed(self.keys[which].tolist())


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
        self.form = self.selection.form_of(parameters)
        self.is_valid = self.form.is_valid()
        self.page_error = ""
        self._among = np.ones(len(record.register), bool) if among is None else among

    @cached_property
    def _met(self) -> dict[str, Mask]:
        """Return, for each filter that has a value without error, which of the register it selects."""
        values = self.form.cleaned_data.items()
        met = {name: self.selection.among(name, value) for name, value in values if value not in (None, "", [])}
        return {name: mask for name, mask in met.items() if mask is not None}

    def _but(self, name: str = "") -> Mask:
        """Return which of the register all filters select, or all but one."""
        among = self._among.copy()
        for other, mask in self._met.items():
            if other != name:
                among &= mask
        return among

    def count_without(self, name: str, condition: object = None) -> int:
        """Return how many are selected without a filter, or without one of several conditions of the same name."""
        among = self._but(name)
        others = [other for other in self.form.cleaned_data[name] if other is not condition] if condition else []
        if others and (mask := self.selection.among(name, others)) is not None:
            among &= mask
        return int(np.count_nonzero(among))

    def count_with(self, words: str) -> tuple[int, int]:
        """Return how many other words would select, under all other filters and without them."""
        found = self.selection.among("q", words)
        under = [among if found is None else among & found for among in (self._but("q"), self._among)]
        return int(np.count_nonzero(under[0])), int(np.count_nonzero(under[1]))

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
            keys = self.record.register.keys[places]
            found = RollCall.objects.filter(pk__in=keys.tolist()).most_relevant_first(words)
            at = dict(zip(keys.tolist(), places.tolist(), strict=True))
            return np.array([at[key] for key in found.values_list("pk", flat=True)], np.intp)
        return places

    @cached_property
    def rows(self) -> Rows:
        """Return the rows of the vote matrix of those selected that have votes, ascending."""
        rows = self.record.register.rows[self.selected]
        return np.sort(rows[rows != NO_ROW])

    @cached_property
    def page(self) -> Page[ListedRollCall]:
        """Return the page asked for, or the first with ``page_error`` set where there is no such page."""
        paginator = Paginator(RollCalls(self.record, self.record.register.keys[self.places]), PAGE_SIZE)
        number = self.parameters.get("page") or 1
        try:
            return paginator.page(number)
        except (EmptyPage, PageNotAnInteger):
            self.page_error = _("There is no page “%(number)s”; the last is %(last)s.") % {
                "number": number,
                "last": paginator.num_pages,
            }
            return paginator.page(1)

    @cached_property
    def page_numbers(self) -> list[int | str]:
        """Return the numbers to offer, with an ellipsis where some are left out."""
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))

    @cached_property
    def totals(self) -> dict[str, int]:
        """Return how many are selected, in all and by result."""
        counts = self.record.register.groups.results.count(self._sizes)
        results = {result.value: counts.get(result, 0) for result in (Result.ADOPTED, Result.REJECTED, Result.VETOED)}
        return {"roll_calls": int(self._sizes.sum()), **results}

    @property
    def not_stated(self) -> int:
        """Return how many of those selected have no result on record."""
        return 2 * self.totals["roll_calls"] - sum(self.totals.values())

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
    def conditions(self) -> dict[str, list[str]]:
        """Return the conditions on how members voted as the address has them."""
        return {name: [text for text in self.parameters.getlist(name) if text] for name in CONDITIONS}

    @property
    def total(self) -> int:
        """Return how many roll calls there are without any filter."""
        return int(np.count_nonzero(self._among))

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

    def _facet(self, name: str) -> Facet:
        """Return one facet with its values."""
        chosen = self.form.cleaned_data.get(name) or ()
        chosen = (chosen,) if isinstance(chosen, str) else chosen
        among, sizes = self.selected, self._sizes
        if name in self._met or not self.is_valid:
            among = self._but(name)
            sizes = self.record.register.groups.sizes(among)
        counts, every = self.selection.count_by(name, among, sizes)
        names = self.selection.names_of(name)
        if name == "subject":  # There are hundreds; the page of all subjects has the others.
            shown = {*chosen, *nsmallest(FIRST, counts, key=lambda slug: -counts[slug])}
            names = {slug: names[slug] for slug in sorted(shown, key=lambda slug: (names[slug], slug))}
        values = [
            FacetValue(value, label, counts.get(value, 0), value in chosen)
            for value, label in names.items()
            if counts.get(value) or value in chosen
        ]
        return Facet(name, str(self.form.fields[name].label), values, every, name in self.form.errors)
