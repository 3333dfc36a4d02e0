"""What the filters mean, said to the database in plain terms: the slow twin of the register in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resolutions.symbols import looks_like_symbol
from votes.choices import Choice
from votes.models import RollCall
from web.lists.listing import Listing

if TYPE_CHECKING:
    from django.http import QueryDict

    from votes.models.roll_calls import RollCallQuerySet
    from votes.record.record import Record
    from web.lists.selection import Selection

LOOKUPS = {
    "body": "body__code",
    "session": "session__code",
    "since": "date__gte",
    "until": "date__lte",
    "topic": "resolution__topics__slug",
    "result": "result",
    "kind": "kind__in",
    "method": "method__in",
    "subject": "resolution__subjects__overlap",
}
KINDS = {"amendment": ["amendment", "paragraph-amendment"], "paragraph": ["paragraph", "paragraph-amendment"]}
METHODS = {
    "recorded": ["recorded", "roll-call"],
    "any": ["recorded", "roll-call", "non-recorded", "without-vote"],
}


def by_database(parameters: QueryDict, record: Record, selection: Selection | None = None) -> RollCallQuerySet:
    """Return what the filters select, in their order; the values are read by the form that all lists have."""
    meant = {**Listing(parameters, record, selection=selection).form.cleaned_data}
    words, order = meant.get("q") or "", meant.pop("order")
    meant["method"] = meant["method"] or ("any" if looks_like_symbol(words) else "recorded")
    found = RollCall.objects.published()
    for name, value in meant.items():
        if value:
            found = _where(found, name, value, record, getattr(selection, "code", ""))
    if order == "closeness":
        return found.closest_first()
    return found.most_relevant_first(words) if order == "relevance" and words else found.newest_first()


def _where(found: RollCallQuerySet, name: str, value: Any, record: Record, code: str) -> RollCallQuerySet:
    """Return those of the roll calls that a filter selects."""
    register = record.register
    match name:
        case "q":
            return found.search(value)
        case "kind":
            value = KINDS.get(value, [value])
        case "method":
            value = METHODS.get(value, [value])
        case "subject":
            value = [heading for slug in value for heading in record.subjects[slug].headings]
        case "choice":
            return found.filter(votes__state__code=code, votes__choice=Choice.from_word(value))
        # These have slow twins of their own.
        case "vetoed_by":
            return found.filter(pk__in=register.keys[register.vetoed_by(value)].tolist())
        case "short":
            return found.filter(pk__in=register.keys[register.short_by_one].tolist())
        case "position" | "differ" | "same":
            for condition in value:
                found = found.filter(pk__in=record.matrix.keys[condition.met(record)].tolist())
            return found
    return found.filter(**{LOOKUPS[name]: value})
