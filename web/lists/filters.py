"""Filters of roll calls, each defined once: its form field, the mask of a value, and the counts of its facet.

An unknown value is an error next to its field; nothing is ignored silently, and a typo never yields everything or
nothing. A filter's mask applies to the register in memory, for pages, files, feeds and the API: pages count each facet
under all other filters, and the others read the rows of the selected keys.
"""

from __future__ import annotations

import datetime
import functools
import re
from typing import TYPE_CHECKING, Any, Protocol

import django_filters
import numpy as np
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resolutions.headings import heading_slug
from resolutions.models import session_key
from resolutions.symbols import looks_like_symbol
from votes.analysis.matrix import LETTERS
from votes.choices import Choice
from votes.models import RollCall
from votes.periods import Days
from votes.record.parties import Accord, Difference, Position
from votes.record.record import CACHED_VERSIONS
from votes.rules import Result
from web.display.enumeration import joined_with_or
from web.display.permanent_members import vetoers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, Rows
    from votes.record.record import Record

    Sizes = NDArray[np.int64]
    """Number of counted roll calls per group of the register; see ``Groups``."""

# A vote on an amendment to a paragraph counts as both.
KINDS: dict[str, list[str]] = {
    RollCall.Kind.AMENDMENT: [RollCall.Kind.AMENDMENT, RollCall.Kind.PARAGRAPH_AMENDMENT],
    RollCall.Kind.PARAGRAPH: [RollCall.Kind.PARAGRAPH, RollCall.Kind.PARAGRAPH_AMENDMENT],
}

# Repeatable parameters: conditions on how members voted (all must hold), and others.
CONDITIONS = ("position", "differ", "same")
VETOED_BY = "vetoed_by"
REPEATABLE = (*CONDITIONS, VETOED_BY, "subject")

# Methods of voting. Votes by roll call are recorded votes too.
METHOD, RECORDED, ANY_METHOD = "method", RollCall.Method.RECORDED.value, "any"
METHODS = {RECORDED: RollCall.METHODS_WITH_VOTES, ANY_METHOD: RollCall.Method}
METHOD_CHOICES = [
    (RECORDED, gettext_lazy("recorded vote")),
    (RollCall.Method.ROLL_CALL.value, gettext_lazy("by roll call")),
    (RollCall.Method.NON_RECORDED.value, gettext_lazy("non-recorded vote")),
    (RollCall.Method.WITHOUT_VOTE.value, gettext_lazy("adopted without a vote")),
    (RollCall.Method.BALLOT.value, gettext_lazy("secret ballot or election")),
    (ANY_METHOD, gettext_lazy("any")),
]


def usual_method(meant: Mapping[str, Any]) -> str:
    """Return the default method: recorded votes, or any if a text is looked up by its symbol."""
    return ANY_METHOD if looks_like_symbol(meant.get("q") or "") else RECORDED


SHORT_BY_ONE = "1"
SHORT = [(SHORT_BY_ONE, gettext_lazy("one vote"))]

DATE_ORDER, CLOSENESS, RELEVANCE = "date", "closeness", "relevance"
ORDERS = [
    (DATE_ORDER, gettext_lazy("Newest first")),
    (CLOSENESS, gettext_lazy("Closest first")),
    (RELEVANCE, gettext_lazy("Most relevant first")),
]


NEAR = 3
"""Maximum number of suggestions for an unknown subject."""
MOST_WORDS, SHORTEST_WORD = 8, 3
"""Maximum number of compared words, and minimum length of one."""


CACHED_SEARCHES = 64
"""Cached searches per record; a result has one byte per roll call."""


class KnownField(forms.CharField):
    """A value parsed by ``known(text, record)``; the form sets the record."""

    record: Record

    def __init__(self, *, known: Callable[[str, Record], Any], **kwargs: Any) -> None:
        self.known = known
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Return the parsed value; raise ValidationError for an unknown one."""
        text = super().clean(value)
        try:
            return self.known(text, self.record) if text else None
        except LookupError as error:
            raise ValidationError(str(error.args[0])) from None


class RepeatedField(forms.Field):
    """A repeatable parameter, each value parsed by ``known``."""

    record: Record
    widget = forms.MultipleHiddenInput

    def __init__(self, *, known: Callable[[str, Record], Any], **kwargs: Any) -> None:
        self.known = known
        super().__init__(**kwargs)

    def clean(self, value: list[str] | None) -> list[Any]:
        """Return the parsed values; raise ValidationError with a message for each unknown one."""
        meant, problems = [], []
        for text in dict.fromkeys(filter(None, map(str.strip, value or []))):
            try:
                meant.append(self.known(text, self.record))
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise ValidationError(problems)
        return meant


def known_session(text: str, record: Record) -> str:
    """Return the key of a session or its code in some body.

    It is written as ``79``, ``ES-11``, ``HRC-51`` or, as in files, ``11emsp`` or ``4sp``.
    """
    code = text.strip().upper()
    if match := re.fullmatch(r"(\d+)(EMSP|SP)", code):
        code = f"{'ES' if match[2] == 'EMSP' else 'S'}-{match[1]}"
    if code in record.sessions or any(session_key(body, code) in record.sessions for body in record.bodies):
        return code
    raise LookupError(unknown_session(text, record))


def unknown_session(text: str, record: Record) -> str:
    """Return the error for an unknown session, with an example of how those of other bodies are written."""
    other = next((key for key in record.sessions if key.partition("-")[0] in record.bodies), "")
    if not other:
        return _("Unknown session: “%(code)s”. Codes look like 79, S-4 and ES-11.") % {"code": text}
    message = _(
        "Unknown session: “%(code)s”. Codes look like 79, S-4 and ES-11; for bodies other than the General Assembly "
        "they begin with the code of the body, such as %(other)s."
    )
    return message % {"code": text, "other": other}


def session_of(code: str, body: str, record: Record) -> str:
    """Return the key of the session with this key or, of ``body``, this code; raise LookupError where there is none."""
    for key in (session_key(body, code), code) if body else (code,):
        if key in record.sessions:
            return key
    raise LookupError(unknown_session(code, record))


def known_body(text: str, record: Record) -> str:
    """Return the code of a body of the record."""
    if text not in record.bodies:
        values = {"value": text, "choices": ", ".join(record.bodies)}
        raise LookupError(_("Unknown value “%(value)s”; choose one of %(choices)s.") % values)
    return text


def known_date(text: str, _record: Record | None = None) -> datetime.date:
    """Return the date that ``2022-03-02`` writes."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise LookupError(_("“%(text)s” is not a date; dates look like 2022-03-02.") % {"text": text}) from None


def days_of(meant: Mapping[str, Any]) -> Days:
    """Return the days that the values of a form name."""
    return Days(meant.get("since"), meant.get("until"))


def known_topic(text: str, record: Record) -> str:
    """Return the slug of a topic."""
    if text not in record.topics:
        slugs = ", ".join(sorted(record.topics))
        raise LookupError(_("Unknown topic: “%(slug)s”. Topics: %(slugs)s.") % {"slug": text, "slugs": slugs})
    return text


def known_subject(text: str, record: Record) -> str:
    """Return the slug of a subject from its slug or heading; raise ValueError with suggestions for an unknown one."""
    slug = heading_slug(text)
    if slug in record.subjects:
        return slug
    if not (near := closest_subjects(slug, record)):
        raise ValueError(_("Unknown subject: “%(text)s”.") % {"text": text})
    message = _("Unknown subject: “%(text)s”. Did you mean %(slugs)s?")
    raise ValueError(message % {"text": text, "slugs": joined_with_or(near)})


def closest_subjects(slug: str, record: Record) -> list[str]:
    """Return the slugs of the subjects that share most words with an unknown one, in a fixed order.

    Words match if one begins with the other.
    """
    words = [word for word in slug.split("-")[:MOST_WORDS] if len(word) >= SHORTEST_WORD]

    def shared(other: str) -> int:
        return sum(any(one.startswith(word) or word.startswith(one) for one in other.split("-")) for word in words)

    ranked = sorted((-number, len(other), other) for other in record.subjects if (number := shared(other)))
    return [other for number, _length, other in ranked[:NEAR] if number == ranked[0][0]]


def known_vetoer(text: str, record: Record) -> str:
    """Return the code of a permanent member, past ones too; raise ValueError for any other."""
    if text not in record.permanent:
        values = {"code": text, "codes": ", ".join(record.permanent)}
        raise ValueError(_("“%(code)s” was never a permanent member; the permanent members are %(codes)s.") % values)
    return text


def one_of(choices: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the arguments of a choice filter whose error lists the choices."""
    message = gettext_lazy("Unknown value “%(value)s”; choose one of {choices}.")
    return {
        "choices": choices,
        "error_messages": {"invalid_choice": message.format(choices=", ".join(value for value, _label in choices))},
    }


class Scope(Protocol):
    """What a filter's mask may use of its list."""

    record: Record


class StateScope(Scope, Protocol):
    """The same for the list of one state's votes: also the state, and its rows of the matrix."""

    code: str

    def rows(self, among: Mask) -> Rows:
        """Return the matrix rows of the roll calls in ``among`` that have votes, ascending."""


class MaskFilter(django_filters.Filter):
    """A filter over the register in memory: ``mask`` returns the roll calls that a value selects, shape (P,), bool.

    For facets, ``names`` returns the values with their labels in display order, and ``count`` the number of roll calls
    that each value would select, given a mask and its counts per group of the register.
    """

    def __init__(
        self,
        *args: Any,
        mask: Callable[[Any, Any], Mask],
        names: Callable[[Record], Mapping[str, str]] | None = None,
        count: Callable[[Any, Mask, Sizes], Mapping[str, int]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mask = mask
        self.names = names or self._choices
        self.count = count

    def _choices(self, _record: Record) -> Mapping[str, str]:
        """Return the choices with their labels."""
        return {value: str(label) for value, label in self.extra["choices"] if value != ANY_METHOD}


class SearchFilter(MaskFilter, django_filters.CharFilter):
    """A filter by words."""


class ChoiceFilter(MaskFilter, django_filters.ChoiceFilter):
    """A filter by one of a few values; templates write the empty choice."""

    def __init__(self, **options: Any) -> None:
        super().__init__(empty_label=None, **options)


class KnownFilter(MaskFilter):
    """A filter by a value that must exist in the record."""

    field_class = KnownField


class RepeatedFilter(MaskFilter):
    """A filter by all values of a repeated parameter at once."""

    field_class = RepeatedField


@functools.lru_cache(maxsize=CACHED_VERSIONS)
def searches_of(record: Record) -> Callable[[str], Mask]:
    """Return the text search of a record; call it within a snapshot of the record's version."""

    def search(words: str) -> Mask:
        keys = RollCall.objects.published().order_by().search(words).values_list("pk", flat=True)
        among = record.register.with_keys(list(keys))
        among.flags.writeable = False
        return among

    return functools.lru_cache(maxsize=CACHED_SEARCHES)(search)


def by_label(name: str, parts: Mapping[str, Collection[str]] | None = None) -> dict[str, Any]:
    """Return the arguments of a filter by the register's labels ``name``; ``parts`` maps a value to several labels."""
    parts = parts or {}

    def mask(scope: Scope, value: str) -> Mask:
        labels = getattr(scope.record.register, name)
        among: Mask = np.logical_or.reduce([labels.are(part) for part in parts.get(value, [value])])
        return among

    def count(scope: Scope, _among: Mask, sizes: Sizes) -> Mapping[str, int]:
        counts = getattr(scope.record.register.groups, name).count(sizes)
        return {**counts, **{of: sum(counts.get(part, 0) for part in some) for of, some in parts.items()}}

    return {"mask": mask, "count": count}


def conditions_met(scope: Scope, conditions: list[Any]) -> Mask:
    """Return a mask, shape (P,), of the roll calls that meet all conditions on how members voted."""
    record = scope.record
    return record.register.voted(np.logical_and.reduce([condition.met(record) for condition in conditions]))


class RollCallFilter(django_filters.FilterSet):
    """All filters of roll calls, for pages, files, feeds and the API."""

    q = SearchFilter(label=gettext_lazy("Words or symbol"), mask=lambda scope, words: searches_of(scope.record)(words))
    body = KnownFilter(
        label=gettext_lazy("Body"),
        known=known_body,
        **by_label("bodies"),
        names=lambda record: record.bodies,
    )
    session = KnownFilter(
        label=gettext_lazy("Session"),
        known=known_session,
        **by_label("sessions"),
        names=lambda record: record.sessions,
    )
    since = KnownFilter(
        label=gettext_lazy("From"),
        known=known_date,
        mask=lambda scope, day: scope.record.register.between(since=day),
    )
    until = KnownFilter(
        label=gettext_lazy("To"),
        known=known_date,
        mask=lambda scope, day: scope.record.register.between(until=Days(until=day).end),
    )
    topic = KnownFilter(
        label=gettext_lazy("Topic"),
        known=known_topic,
        mask=lambda scope, slug: scope.record.register.on_topic(slug),
        names=lambda record: record.topics,
        count=lambda scope, _among, sizes: scope.record.register.count_topics(sizes),
    )
    subject = RepeatedFilter(
        label=gettext_lazy("Subject"),
        known=known_subject,
        mask=lambda scope, slugs: scope.record.register.on_subjects(slugs),
        names=lambda record: record.subject_names,
        count=lambda scope, among, _sizes: scope.record.register.subjects.count(among),
    )
    kind = ChoiceFilter(
        label=gettext_lazy("Put to the vote"), **one_of(RollCall.Kind.choices), **by_label("kinds", KINDS)
    )
    method = ChoiceFilter(
        label=gettext_lazy("How the vote was taken"), **one_of(METHOD_CHOICES), **by_label("methods", METHODS)
    )
    result = ChoiceFilter(label=gettext_lazy("Result"), **one_of(Result.choices), **by_label("results"))
    vetoed_by = RepeatedFilter(
        label=gettext_lazy("Vetoed by"),
        known=known_vetoer,
        mask=lambda scope, codes: scope.record.register.vetoed_by(codes),
        names=vetoers,
        count=lambda scope, _among, sizes: scope.record.register.count_vetoes(sizes),
    )
    short = ChoiceFilter(
        label=gettext_lazy("Short of the majority by"),
        **one_of(SHORT),
        mask=lambda scope, _value: scope.record.register.short_by_one,
        count=lambda scope, _among, sizes: {SHORT_BY_ONE: int(sizes[scope.record.register.groups.short_by_one].sum())},
    )
    position = RepeatedFilter(label=gettext_lazy("How members voted"), known=Position.parse, mask=conditions_met)
    differ = RepeatedFilter(label=gettext_lazy("Who differed"), known=Difference.parse, mask=conditions_met)
    same = RepeatedFilter(label=gettext_lazy("Who took the same position"), known=Accord.parse, mask=conditions_met)
    # Not a filter: sort orders are in ``Listing.places``.
    order = django_filters.ChoiceFilter(label=gettext_lazy("Order"), **one_of(ORDERS))


def own_choices(scope: StateScope, among: Mask, _sizes: Sizes) -> Mapping[str, int]:
    """Return the number of roll calls in which the list's state made each choice."""
    chosen = scope.record.matrix.of(scope.code)[scope.rows(among)]
    counts = np.bincount(chosen, minlength=len(LETTERS) + 1).tolist()
    return {choice.word: counts[LETTERS[choice]] for choice in Choice}


class StateFilter(RollCallFilter):
    """All filters, plus the choice of the list's own state."""

    choice = ChoiceFilter(
        label=gettext_lazy("Its vote"),
        **one_of([(choice.word, choice.label) for choice in Choice]),
        mask=lambda scope, word: scope.record.register.voted(
            scope.record.matrix.of(scope.code) == LETTERS[Choice.from_word(word)]
        ),
        count=own_choices,
    )
