"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from votes.reading import reading
from web.listings import RollCalls

LATEST, CLOSEST = 8, 4


def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, what the record covers, and the latest votes."""
    with reading() as record:
        register = record.register
        decided = register.decisive & (register.rows >= 0)
        closest = register.by_closeness
        topics = register.count_topics(register.decisive)
        context = {
            "latest": RollCalls(register.keys[register.decisive][:LATEST].tolist())[:],
            "closest": RollCalls(register.keys[closest[decided[closest]]][:CLOSEST].tolist())[:],
            "roll_calls": len(register),
            "first": register.dates[-1].astype(object) if len(register) else None,
            "last": register.dates[0].astype(object) if len(register) else None,
            "topics": [(slug, name, topics[slug]) for slug, name in record.topics.items() if topics[slug]],
        }
        return render(request, "home.html", context)
