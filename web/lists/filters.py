"""The filters of roll calls, declared once: what the address may ask, and what is wrong with it if it is.

A value that is not known is an error beside its field. Nothing is ignored in silence and a typo never yields
everything or nothing. Each filter says what it means twice: to the database, for downloads and programs, and to the
register in memory (``web.lists.selection``), for pages, which count each facet under all other filters. Both say the
same (the tests compare them), and conditions on how members voted come from the vote matrix for both.
"""

from __future__ import annotations

import datetime
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resolutions.headings import heading_slug
from resolutions.models import Body
from resolutions.symbols import looks_like_symbol
from votes.choices import Choice
from votes.models import RollCall
from votes.record.parties import Accord, Difference, Position
from votes.rules import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

    from votes.record.record import Record

# A vote on an amendment to a paragraph is found under both.
KINDS = {
    RollCall.Kind.AMENDMENT: [RollCall.Kind.AMENDMENT, RollCall.Kind.PARAGRAPH_AMENDMENT],
    RollCall.Kind.PARAGRAPH: [RollCall.Kind.PARAGRAPH, RollCall.Kind.PARAGRAPH_AMENDMENT],
}

# The repeatable conditions on how members voted, all of which must hold; and what else may stand several times.
CONDITIONS = ("position", "differ", "same")
VETOED_BY = "vetoed_by"
REPEATABLE = (*CONDITIONS, VETOED_BY, "subject")

# How votes were taken. Votes by roll call are recorded votes too.
METHOD, RECORDED, ANY_METHOD = "method", RollCall.Method.RECORDED.value, "any"
METHODS = {RECORDED: RollCall.METHODS_WITH_VOTES, ANY_METHOD: RollCall.Method}
METHOD_CHOICES = [
    (RECORDED, gettext_lazy("recorded vote")),
    (RollCall.Method.ROLL_CALL.value, gettext_lazy("by roll call")),
    (RollCall.Method.NON_RECORDED.value, gettext_lazy("non-recorded vote")),
    (RollCall.Method.WITHOUT_VOTE.value, gettext_lazy("adopted without a vote")),
    (ANY_METHOD, gettext_lazy("any")),
]


def usual_method(meant: Mapping[str, Any]) -> str:
    """Return the method where none is asked for: recorded votes, and any where a text is looked for by its symbol."""
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
"""How many subjects are suggested at most for one that is not known."""
MOST_WORDS, SHORTEST_WORD = 8, 3
"""How many words of it are compared, and how many letters such a word has."""


class RepeatedField(forms.Field):
    """A parameter that may stand in the address several times, each value read by ``known``."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, known: Callable[[str], Any] = str, **kwargs: Any) -> None:
        self.known = known
        super().__init__(**kwargs)

    def clean(self, value: list[str] | None) -> list[Any]:
        """Return what the values mean; raise ValidationError with a message for each that means nothing."""
        meant, problems = [], []
        for text in dict.fromkeys(filter(None, map(str.strip, value or []))):
            try:
                meant.append(self.known(text))
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise ValidationError(problems)
        return meant


class RepeatedFilter(django_filters.Filter):
    """All conditions of a repeated parameter at once."""

    field_class = RepeatedField

    def filter(self, qs: QuerySet[RollCall], value: list[Any]) -> QuerySet[RollCall]:
        """Return the roll calls that meet every condition, by their keys in the vote matrix."""
        record: Record = self.parent.record
        for meant in value or []:
            qs = with_keys(qs, record.matrix.keys[meant.met(record)].tolist())
        return qs


class SubjectFilter(RepeatedFilter):
    """The subjects of texts, by their slugs: one of several is enough."""

    def filter(self, qs: QuerySet[RollCall], value: list[Any]) -> QuerySet[RollCall]:
        """Return the roll calls on texts with a heading of one of the subjects."""
        headings = [heading for slug in value or () for heading in self.parent.record.subjects[slug].headings]
        return qs.filter(resolution__subjects__overlap=headings) if headings else qs


class VetoFilter(RepeatedFilter):
    """A filter by the permanent members of which at least one cast a veto."""

    def filter(self, qs: QuerySet[RollCall], value: list[Any]) -> QuerySet[RollCall]:
        """Return the roll calls that any of the members vetoed, by their keys in the register."""
        register = self.parent.record.register
        return with_keys(qs, register.keys[register.vetoed_by(value)].tolist()) if value else qs


def with_keys(qs: QuerySet[RollCall], keys: list[int]) -> QuerySet[RollCall]:
    """Return those of the roll calls that have one of these keys."""
    return qs.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [keys]))  # a constant and a parameter


class KnownField(forms.CharField):
    """A value that must be known to the record: the text of ``known`` says what there is."""

    def __init__(self, *, known: Callable[[str], Any] = str, **kwargs: Any) -> None:
        self.known = known
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Return what ``known`` finds; raise ValidationError, with its message, where it finds nothing."""
        text = super().clean(value)
        try:
            return self.known(text) if text else None
        except LookupError as error:
            raise ValidationError(str(error.args[0])) from None


class KnownFilter(django_filters.Filter):
    """A filter by a value that must be known."""

    field_class = KnownField


def known_session(text: str, record: Record) -> str:
    """Return the code of the session that ``79``, ``ES-11`` or the files' ``11emsp`` and ``4sp`` name."""
    code = text.strip().upper()
    if match := re.fullmatch(r"(\d+)(EMSP|SP)", code):
        code = f"{'ES' if match[2] == 'EMSP' else 'S'}-{match[1]}"
    if code not in record.sessions:
        raise LookupError(_("There is no session “%(code)s”; codes look like 79, S-4 and ES-11.") % {"code": text})
    return code


def known_date(text: str) -> datetime.date:
    """Return the date that ``2022-03-02`` writes."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise LookupError(_("“%(text)s” is not a date; dates look like 2022-03-02.") % {"text": text}) from None


def known_topic(text: str, record: Record) -> str:
    """Return the slug of a topic."""
    if text not in record.topics:
        slugs = ", ".join(sorted(record.topics))
        raise LookupError(_("There is no topic “%(slug)s”; the topics are %(slugs)s.") % {"slug": text, "slugs": slugs})
    return text


def known_subject(text: str, record: Record) -> str:
    """Return the slug of a subject, named by it or by its heading; raise ValueError, with the closest, for no other."""
    slug = heading_slug(text)
    if slug in record.subjects:
        return slug
    if not (near := closest_subjects(slug, record)):
        raise ValueError(_("There is no subject “%(text)s”.") % {"text": text})
    said = _("There is no subject “%(text)s”. Did you mean %(slugs)s?")
    raise ValueError(said % {"text": text, "slugs": _(" or ").join(near)})


def closest_subjects(slug: str, record: Record) -> list[str]:
    """Return the slugs of a few subjects that share most words with one that is not on record, in a fixed order.

    A word counts as shared where one of the two begins with the other.
    """
    words = [word for word in slug.split("-")[:MOST_WORDS] if len(word) >= SHORTEST_WORD]

    def shared(other: str) -> int:
        return sum(any(one.startswith(word) or word.startswith(one) for one in other.split("-")) for word in words)

    ranked = sorted((-number, len(other), other) for other in record.subjects if (number := shared(other)))
    return [other for number, _length, other in ranked[:NEAR] if number == ranked[0][0]]


def known_vetoer(text: str, record: Record) -> str:
    """Return the code of a permanent member, past ones too; raise ValueError for any other."""
    if text not in record.permanent:
        said = {"code": text, "codes": ", ".join(record.permanent)}
        raise ValueError(_("“%(code)s” was never a permanent member; the permanent members are %(codes)s.") % said)
    return text


KNOWN: dict[str, Callable[..., Any]] = {
    "session": known_session,
    "topic": known_topic,
    "subject": known_subject,
    "position": Position.parse,
    "differ": Difference.parse,
    "same": Accord.parse,
    VETOED_BY: known_vetoer,
}
"""What reads the values that only a record knows, given a text and the record."""


def one_of(choices: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the arguments of a choice filter whose error says what the choices are."""
    message = gettext_lazy("“%(value)s” is not among: {choices}.")
    return {
        "choices": choices,
        "error_messages": {"invalid_choice": message.format(choices=", ".join(value for value, _label in choices))},
    }


class RollCallFilter(django_filters.FilterSet):
    """What pages, downloads and programs may ask of roll calls."""

    q = django_filters.CharFilter(method="search", label=gettext_lazy("Words or symbol"))
    body = django_filters.ChoiceFilter(
        field_name="body__code",
        label=gettext_lazy("Body"),
        **one_of([(Body.GENERAL_ASSEMBLY, Body.GENERAL_ASSEMBLY), (Body.SECURITY_COUNCIL, Body.SECURITY_COUNCIL)]),
    )
    session = KnownFilter(field_name="session__code", label=gettext_lazy("Session"))
    since = KnownFilter(field_name="date", lookup_expr="gte", known=known_date, label=gettext_lazy("Since"))
    until = KnownFilter(field_name="date", lookup_expr="lt", known=known_date, label=gettext_lazy("Before"))
    topic = KnownFilter(field_name="resolution__topics__slug", label=gettext_lazy("Topic"))
    subject = SubjectFilter(label=gettext_lazy("Subject"))
    kind = django_filters.ChoiceFilter(
        method="of_kind", label=gettext_lazy("Put to the vote"), **one_of(RollCall.Kind.choices)
    )
    method = django_filters.ChoiceFilter(
        method="of_method", label=gettext_lazy("How the vote was taken"), **one_of(METHOD_CHOICES)
    )
    result = django_filters.ChoiceFilter(label=gettext_lazy("Result"), **one_of(Result.choices))
    vetoed_by = VetoFilter(label=gettext_lazy("Vetoed by"))
    short = django_filters.ChoiceFilter(
        method="fell_short", label=gettext_lazy("Short of the majority by"), **one_of(SHORT)
    )
    position = RepeatedFilter(label=gettext_lazy("How members voted"))
    differ = RepeatedFilter(label=gettext_lazy("Who differed"))
    same = RepeatedFilter(label=gettext_lazy("Who took the same position"))
    order = django_filters.ChoiceFilter(method="in_order", label=gettext_lazy("Order"), **one_of(ORDERS))

    class Meta:
        model = RollCall
        fields: list[str] = []

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        for name, known in KNOWN.items():
            self.filters[name].extra["known"] = partial(known, record=record)

    def filter_queryset(self, queryset: QuerySet[RollCall]) -> QuerySet[RollCall]:
        """Return what the filters select, in their order."""
        for name, value in self.form.cleaned_data.items():
            if value not in (None, "", []):
                queryset = self.filters[name].filter(queryset, value)
        if not self.form.cleaned_data.get(METHOD):
            queryset = self.of_method(queryset, METHOD, usual_method(self.form.cleaned_data))
        if not self.form.cleaned_data.get("order"):
            queryset = self.in_order(queryset, "order", "")
        return queryset

    def search(self, queryset: Any, _name: str, value: str) -> Any:
        """Select by words of the title or a symbol."""
        return queryset.search(value)

    def of_kind(self, queryset: Any, _name: str, value: str) -> Any:
        """Select by what was put to the vote."""
        return queryset.filter(kind__in=KINDS.get(RollCall.Kind(value), [value]))

    def of_method(self, queryset: Any, _name: str, value: str) -> Any:
        """Select by how the vote was taken."""
        return queryset.filter(method__in=METHODS.get(value, [value]))

    def fell_short(self, queryset: Any, _name: str, _value: str) -> Any:
        """Select what one member voting otherwise would have adopted; see ``Register.short_by_one``."""
        register = self.record.register
        return with_keys(queryset, register.keys[register.short_by_one].tolist())

    def in_order(self, queryset: Any, _name: str, value: str) -> Any:
        """Order; what is most relevant depends on words, so without them the newest come first."""
        words = self.form.cleaned_data.get("q")
        if value == CLOSENESS:
            return queryset.closest_first()
        if value == RELEVANCE and words:
            return queryset.most_relevant_first(words)
        return queryset.newest_first()


class StateFilter(RollCallFilter):
    """The same, and how the state itself voted."""

    choice = django_filters.ChoiceFilter(
        method="chose", label=gettext_lazy("Its vote"), **one_of([(c.word, c.label) for c in Choice])
    )

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        self.code = code
        super().__init__(*args, **kwargs)

    def chose(self, queryset: QuerySet[RollCall], _name: str, value: str) -> QuerySet[RollCall]:
        """Select by the state's choice."""
        return queryset.filter(votes__state__code=self.code, votes__choice=Choice.from_word(value))
