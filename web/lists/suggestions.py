"""Suggestions for lists with few results: filters to remove, and spelling corrections."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from django.http import QueryDict
from django.urls import reverse

from resolutions.symbols import looks_like_symbol
from web.lists.filters import RECORDED
from web.lists.highlights import highlights
from web.lists.not_found import missing_text
from web.lists.search import GROUPS, SHOWN, index_of
from web.lists.sentences import condition_clause, parts_of
from web.lists.spelling import vocabulary_of
from web.serving.parameters import address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.lists.highlights import Highlight
    from web.lists.listing import Listing
    from web.lists.not_found import NotInRecordError
    from web.lists.search import Match
    from web.lists.sentences import Part

FEW = 3
"""Lists shorter than this get suggestions."""


@dataclass(frozen=True, slots=True)
class WithoutFilter:
    """The number of results without one filter."""

    text: str
    """The filter as part of the sentence."""
    address: str
    count: int
    """Number of roll calls."""
    method: str
    """The method of voting."""


@dataclass(frozen=True, slots=True)
class CorrectedSearch:
    """A spelling correction of the search words."""

    text: str
    address: str
    """The query of the corrected search, with the same filters if that has results, otherwise without."""
    count: int
    method: str
    """The method of voting."""
    under_filters: bool


class Help:
    """Everything a list suggests: pages that the words name, spelling corrections, and filters to remove."""

    def __init__(self, listing: Listing, of: str, path: str = "") -> None:
        self.listing = listing
        self.path = path or reverse(f"web:{of}")
        self.of = of
        self.words: str = listing.form.cleaned_data.get("q") or "" if listing.is_valid else ""

    @cached_property
    def is_needed(self) -> bool:
        """Tell whether the list has few results and no invalid filter."""
        return self.listing.is_valid and int(np.count_nonzero(self.listing.selected)) < FEW

    @cached_property
    def named(self) -> list[tuple[str, list[Match], int]]:
        """Return the pages that the words name, by kind, with the number of further ones."""
        if not self.words or self.listing.parameters.get("page"):
            return []
        found = index_of(self.listing.record).named_by(self.words)
        return [(str(GROUPS[kind]), matches[:SHOWN], len(matches[SHOWN:])) for kind, matches in found.items()]

    @cached_property
    def highlights(self) -> Mapping[int, Highlight]:
        """Return the matches in the page's rows, by primary key."""
        return highlights(self.words, self.listing.page)

    @cached_property
    def corrected_search(self) -> CorrectedSearch | None:
        """Return a spelling correction, if it has more results."""
        if not self.is_needed or not self.words:
            return None
        text = vocabulary_of(self.listing.record).corrected(self.words)
        if text is None:
            return None
        count, all_of_them = self.listing.count_with(text)
        if count > np.count_nonzero(self.listing.selected):
            parameters = self.listing.parameters.copy()
            parameters["q"] = text
            parameters.pop("page", None)
            return CorrectedSearch(text, address(self.path, parameters), count, self.listing.method, under_filters=True)
        if count or not all_of_them:
            return None
        parameters = QueryDict(mutable=True)
        parameters["q"] = text
        return CorrectedSearch(text, address(self.path, parameters), all_of_them, RECORDED, under_filters=False)

    @cached_property
    def missing(self) -> NotInRecordError | None:
        """Return what is said of a text that is searched by its symbol alone and is not in the record."""
        if len(self.filters) == 1 and looks_like_symbol(self.words) and not self.listing.selected.any():
            return missing_text(self.words, self.listing.record)
        return None

    @cached_property
    def filters(self) -> list[Part]:
        """Return the filters of the address as parts of the sentence."""
        return parts_of(self.listing, self.of)

    @cached_property
    def loosened(self) -> list[WithoutFilter]:
        """Return the filters whose removal adds results, most results first; empty if none does.

        Ties keep the order of the sentence.
        """
        if not self.is_needed or len(self.filters) < 2:
            return []
        found = [
            WithoutFilter(
                condition_clause(part.condition) if part.condition else part.text,
                part.without,
                self.listing.count_without(part.name, part.condition),
                self.listing.method_without(part.name),
            )
            for part in self.filters
        ]
        now = np.count_nonzero(self.listing.selected)
        return sorted((one for one in found if one.count > now), key=lambda one: -one.count)
