"""A listing: what an address asks of the roll calls, answered with a page of them, totals and facets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Count, Q, Sum
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from votes.rules import Result
from votes.totals import Totals
from web.filters import CONDITIONS, ORDERS, RELEVANCE, RollCallFilter
from web.parameters import HOW, WHO, alone, unanswered

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.db.models import QuerySet
    from django.http import QueryDict

    from votes.models import RollCall
    from votes.parties import Difference, Position

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value a facet may take and how many roll calls it would leave, given all other filters."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
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


class Listing:
    """The roll calls that the parameters of an address select from ``roll_calls``."""

    def __init__(
        self,
        parameters: QueryDict,
        roll_calls: QuerySet[RollCall],
        filter_class: type[RollCallFilter] = RollCallFilter,
        **filter_arguments: Any,
    ) -> None:
        self.parameters = parameters
        self.roll_calls = roll_calls
        self.filter = filter_class(parameters, queryset=roll_calls, **filter_arguments)
        self.form = self.filter.form
        self.is_valid = self.form.is_valid()
        self.page_error = ""

    @cached_property
    def selected(self) -> QuerySet[RollCall]:
        """Return all roll calls selected, in their order; none where the filters have errors."""
        return self.filter.filter_queryset(self.roll_calls) if self.is_valid else self.roll_calls.none()

    @cached_property
    def page(self) -> Page[RollCall]:
        """Return the page asked for, or the first with ``page_error`` set where there is no such page."""
        paginator = Paginator(self.selected.with_tally(), PAGE_SIZE)  # type: ignore[attr-defined]  # RollCallQuerySet
        paginator.count = self.totals["roll_calls"]
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
    def totals(self) -> dict[str, Any]:
        """Return the totals of all selected: roll calls by result, and the votes cast in them."""
        return self.selected.order_by().aggregate(
            roll_calls=Count("pk"),
            adopted=Count("pk", filter=Q(result=Result.ADOPTED)),
            rejected=Count("pk", filter=Q(result=Result.REJECTED)),
            vetoed=Count("pk", filter=Q(result=Result.VETOED)),
            yes=Sum("tally__yes", default=0),
            no=Sum("tally__no", default=0),
            abstaining=Sum("tally__abstaining", default=0),
            non_voting=Sum("tally__non_voting", default=0),
        )

    @property
    def votes(self) -> Totals:
        """Return the votes of all selected added up by choice."""
        totals = self.totals
        return Totals(totals["yes"], totals["no"], totals["abstaining"], totals["non_voting"])

    @cached_property
    def facets(self) -> list[Facet]:
        """Return each facet with its values' counts under the other filters that have no error."""
        return [self._facet(name) for name in self.filter.facets]

    @cached_property
    def ignored(self) -> list[str]:
        """Return the parameters of the address that ask something there is no filter for."""
        known = {*self.filter.filters, "page", WHO, HOW}
        return unanswered(self.parameters, known, CONDITIONS) + alone(self.parameters)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the address asks for anything but words and a page."""
        return any(name not in ("q", "page") and value for name, value in self.parameters.items())

    @property
    def conditions(self) -> dict[str, list[str]]:
        """Return the conditions on how members voted as the address has them."""
        return {name: [text for text in self.parameters.getlist(name) if text] for name in CONDITIONS}

    @property
    def met(self) -> list[tuple[str, Position | Difference, str]]:
        """Return, for each condition without error, its parameter, its meaning, and the query without it."""
        return [
            (name, condition, self._query_without(name, condition.text))
            for name in CONDITIONS
            for condition in self.form.cleaned_data.get(name) or []
        ]

    def _query_without(self, name: str, text: str) -> str:
        """Return the address's query string without one value of a parameter, and from the first page."""
        parameters = self.parameters.copy()
        parameters.setlist(name, [value for value in parameters.getlist(name) if value != text])
        parameters.pop("page", None)
        return f"?{parameters.urlencode()}"

    @property
    def errors(self) -> list[tuple[str, list[str]]]:
        """Return each filter's label and what is wrong with its value."""
        return [(str(self.form.fields[name].label), list(errors)) for name, errors in self.form.errors.items()]

    @property
    def orders(self) -> list[tuple[str, Any]]:
        """Return the orders to offer; relevance needs words to be relevant to."""
        return [order for order in ORDERS if order[0] != RELEVANCE or self.parameters.get("q")]

    def _facet(self, name: str) -> Facet:
        """Return one facet: a query for the counts and one for the names."""
        chosen = self.form.cleaned_data.get(name) or ""
        selected = self.filter.filter_queryset(self.roll_calls, without=name).order_by()
        counts, every = self.filter.count_by(name, selected)
        values = [
            FacetValue(value, str(label), counts.get(value, 0), value == chosen)
            for value, label in self.filter.names_of(name).items()
            if counts.get(value) or value == chosen
        ]
        return Facet(name, str(self.form.fields[name].label), values, every, name in self.form.errors)
