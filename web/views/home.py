"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from votes.listed import ListedRollCall
from votes.notable import notable_roll_calls
from votes.reading import Record, reading
from web.templatetags.breaks import break_list

LATEST, CLOSEST, NOTABLE = 8, 4, 3


def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, what the record covers, and the latest votes."""
    with reading() as record:
        register = record.register
        decided = register.decisive & (register.rows >= 0)
        closest = register.by_closeness
        topics = register.count_topics(register.decisive)
        context = {
            "latest": record.listed(register.keys[register.decisive][:LATEST].tolist()),
            "closest": record.listed(register.keys[closest[decided[closest]]][:CLOSEST].tolist()),
            "notable": _notable(record),
            "roll_calls": len(register),
            "first": register.dates[-1].astype(object) if len(register) else None,
            "last": register.dates[0].astype(object) if len(register) else None,
            "topics": [(slug, name, topics[slug]) for slug, name in record.topics.items() if topics[slug]],
        }
        return render(request, "home.html", context)


def _notable(record: Record) -> list[tuple[ListedRollCall, SafeString]]:
    """Return the recent roll calls on which most states left their closest partners, with who they are."""
    found = notable_roll_calls(record, number=NOTABLE)
    roll_calls = record.listed(one.key for one in found)
    return [(roll_call, break_list(one.breaks, record)) for roll_call, one in zip(roll_calls, found, strict=True)]
