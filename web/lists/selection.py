"""What the filters of roll calls mean to the register in memory, for pages, which count each facet under the others.

``web.lists.filters`` has the filters themselves and what they mean to the database.
"""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from django import forms
from django.utils.translation import get_language

from votes.analysis.matrix import LETTERS, OUTSIDE
from votes.choices import Choice
from votes.models import RollCall
from votes.record.record import CACHED_VERSIONS
from votes.rules import Result
from web.display.permanent_members import vetoers
from web.lists.filters import (
    ANY_METHOD,
    KINDS,
    KNOWN,
    METHOD,
    METHOD_CHOICES,
    METHODS,
    SHORT,
    SHORT_BY_ONE,
    VETOED_BY,
    RollCallFilter,
    StateFilter,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.http import QueryDict
    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask
    from votes.record.record import Record, Subject

    Sizes = NDArray[np.int64]


SEARCHES_KEPT = 64
"""For how many searches what they found is kept: a byte for each roll call."""


def form_for(filters: type[RollCallFilter], but: str = "") -> type[forms.Form]:
    """Return the form of the filters, to be made once: making it anew would take longer than its answers."""
    fields = {name: one.field for name, one in copy.deepcopy(filters.base_filters).items() if name != but}
    return type("SelectionForm", (forms.Form,), fields)


class Selection:
    """The filters of roll calls, over the register of a record."""

    form_class: ClassVar[type[forms.Form]] = form_for(RollCallFilter)
    facets: ClassVar[list[str]] = [
        *("body", METHOD, "result", VETOED_BY, "short", "topic", "subject", "kind", "session"),
    ]
    scope: Mapping[str, str] = {}
    """What the address of a file asks that has the same as the list without filters."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def form_of(self, parameters: QueryDict) -> forms.Form:
        """Return the form of the filters with what the parameters of an address say."""
        form = self.form_class(parameters)
        for name in KNOWN.keys() & form.fields.keys():
            form.fields[name].known = functools.partial(KNOWN[name], record=self.record)  # type: ignore[attr-defined]  # ours
        return form

    def names_of(self, facet: str) -> Mapping[str, str]:
        """Return the values that a facet may take with their names, in the order to show them."""
        match facet:
            case "body":
                return self.record.bodies
            case "session":
                return self.record.sessions
            case "topic":
                return self.record.topics
            case "subject":
                return self.record.subject_names
            case "kind":
                return kinds(get_language())
            case "method":
                return methods(get_language())
            case "vetoed_by":
                return vetoers(self.record)
            case "short":
                return shorts(get_language())
        return results(get_language())

    def count_by(self, facet: str, among: Mask, sizes: Sizes) -> tuple[Mapping[str, int], int]:
        """Return how many of those of the register that are in ``among`` have each value, and how many there are.

        ``sizes`` is how many of them each group has; see ``Groups``.
        """
        register, groups = self.record.register, self.record.register.groups
        every = int(sizes.sum())
        if facet == "topic":
            return register.count_topics(sizes), every
        if facet == "subject":
            return register.subjects.count(among), every
        if facet == "short":
            return {SHORT_BY_ONE: int(sizes[groups.short_by_one].sum())}, every
        if facet == VETOED_BY:
            return register.count_vetoes(sizes), every
        labels = {
            "body": groups.bodies,
            "session": groups.sessions,
            "kind": groups.kinds,
            "result": groups.results,
            METHOD: groups.methods,
        }
        counts = labels[facet].count(sizes)
        if facet == METHOD:
            counts = {of: sum(counts.get(part, 0) for part in METHODS.get(of, [of])) for of, _name in METHOD_CHOICES}
        if facet == "kind":
            counts = {kind: sum(counts.get(part, 0) for part in KINDS.get(kind, [kind])) for kind in RollCall.Kind}
        return counts, every

    def among(self, name: str, value: Any) -> Mask | None:
        """Return which of the register a filter with this value selects; None for what selects nothing away."""
        register = self.record.register
        match name:
            case "q":
                return searches_of(self.record)(value)
            case "body":
                return register.bodies.are(value)
            case "session":
                return register.sessions.are(value)
            case "since" | "until":
                return register.between(**{name: value})
            case "topic":
                return register.on_topic(value)
            case "subject":
                return register.on_subjects(value)
            case "kind":
                return register.of_kinds(KINDS.get(RollCall.Kind(value), [value]))
            case "method":
                return register.of_methods(METHODS.get(value, [value]))
            case "result":
                return register.results.are(value)
            case "vetoed_by":
                return register.vetoed_by(value)
            case "short":
                return register.short_by_one
            case "position" | "differ" | "same":
                return register.voted(np.logical_and.reduce([meant.met(self.record) for meant in value]))
        return None


class StateSelection(Selection):
    """The same, and how the state ``code`` itself voted."""

    form_class: ClassVar = form_for(StateFilter)
    facets: ClassVar = ["choice", *Selection.facets]

    def __init__(self, record: Record, code: str) -> None:
        super().__init__(record)
        self.code = code

    def names_of(self, facet: str) -> Mapping[str, str]:
        """Return the values of a facet, the state's own choices among them."""
        return choices(get_language()) if facet == "choice" else super().names_of(facet)

    def count_by(self, facet: str, among: Mask, sizes: Sizes) -> tuple[Mapping[str, int], int]:
        """Return the counts of a facet, the state's own choices among them."""
        if facet != "choice":
            return super().count_by(facet, among, sizes)
        chosen = self.record.matrix.of(self.code)[self.record.register.rows[among]]
        counts = np.bincount(chosen, minlength=5).tolist()
        return {choice.word: counts[LETTERS[choice]] for choice in Choice}, sum(counts) - counts[OUTSIDE]

    def among(self, name: str, value: Any) -> Mask | None:
        """Return which of the register a filter selects, the state's own choice among them."""
        if name != "choice":
            return super().among(name, value)
        return self.record.register.voted(self.record.matrix.of(self.code) == LETTERS[Choice.from_word(value)])


class SubjectSelection(Selection):
    """The filters of the texts of one subject, which is none of them."""

    form_class: ClassVar = form_for(RollCallFilter, but="subject")
    facets: ClassVar = [facet for facet in Selection.facets if facet != "subject"]

    def __init__(self, record: Record, subject: Subject) -> None:
        super().__init__(record)
        self.subject = subject
        self.scope = {"subject": subject.slug}


@functools.lru_cache(maxsize=CACHED_VERSIONS)
def searches_of(record: Record) -> Callable[[str], Mask]:
    """Return what tells which of a record's register words find, in a snapshot of the record's version.

    The answers to the last words are kept: who looks through what was found, or narrows it, asks for them again.
    """

    def found(words: str) -> Mask:
        keys = RollCall.objects.published().order_by().search(words).values_list("pk", flat=True)
        among = record.register.with_keys(list(keys))
        among.flags.writeable = False
        return among

    return functools.lru_cache(maxsize=SEARCHES_KEPT)(found)


@functools.cache
def kinds(_language: str | None) -> Mapping[str, str]:
    """Return the kinds of what was put to the vote with their names in the active language."""
    return _said(RollCall.Kind.choices)


@functools.cache
def methods(_language: str | None) -> Mapping[str, str]:
    """Return how votes were taken with the names in the active language; any of them is no value of a facet."""
    return _said(choice for choice in METHOD_CHOICES if choice[0] != ANY_METHOD)


@functools.cache
def results(_language: str | None) -> Mapping[str, str]:
    """Return the results with their names in the active language."""
    return _said(Result.choices)


@functools.cache
def shorts(_language: str | None) -> Mapping[str, str]:
    """Return by how much a majority may have been missed, with its name in the active language."""
    return _said(SHORT)


@functools.cache
def choices(_language: str | None) -> Mapping[str, str]:
    """Return the choices by their words in addresses with their names in the active language."""
    return _said((choice.word, choice.label) for choice in Choice)


def _said(names: Iterable[tuple[str, Any]]) -> Mapping[str, str]:
    """Return names by value, as texts."""
    return {value: str(name) for value, name in names}
