"""The front page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.translation import get_language

from votes.notable import notable_roll_calls
from votes.reading import DECISIVE, KEPT, SLUG, reading
from web.presets import questions
from web.templatetags.breaks import break_list
from web.templatetags.metadata import version_of

if TYPE_CHECKING:
    import datetime

    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from votes.listed import ListedRollCall
    from votes.reading import Record

LATEST, NOTABLE, BREAKS = 6, 3, 6
"""How many votes are shown, how many with notable breaks, and how many breaks of each."""

EXAMPLE = "a-res-es-11-7"
"""The vote that shows how a vote is read, if it is on record."""


def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, what the record covers, and the latest votes."""
    with reading() as record:
        register = record.register
        decided = register.decisive & register.recorded
        dates = register.dates[register.recorded]  # descending
        topics = register.count_topics(register.groups.sizes(decided))
        context = {
            "record": record,
            "latest": record.listed(register.keys[decided][:LATEST].tolist()),
            "notable": _notable(record),
            "roll_calls": len(dates),
            "first": _day(dates[-1]) if len(dates) else None,
            "last": _day(dates[0]) if len(dates) else None,
            "bodies": covered(record),
            "version": version_of(record),
            "questions": questions(record, get_language(), get_script_prefix()),
            "example": example(record),
            "topics": [(slug, name, topics[slug]) for slug, name in record.topics.items() if topics[slug]],
        }
        return render(request, "home.html", context)


@lru_cache(maxsize=KEPT)
def covered(record: Record) -> list[tuple[str, int, datetime.date, datetime.date]]:
    """Return name, number of recorded votes, and first and last day of each body that has any."""
    register = record.register
    of = [(name, register.dates[register.bodies.are(code) & register.recorded]) for code, name in record.bodies.items()]
    return [(name, len(dates), _day(dates[-1]), _day(dates[0])) for name, dates in of if len(dates)]


@lru_cache(maxsize=KEPT)
def example(record: Record) -> ListedRollCall | None:
    """Return the vote that shows how a vote is read: a known one, or else the newest that decided a text by votes."""
    known = [key for key, row in record.said.items() if row[SLUG] == EXAMPLE and row[DECISIVE]]
    register = record.register
    others = register.keys[np.flatnonzero(register.decisive & register.has_votes)[:1]].tolist()
    found = record.listed((known or others)[:1])
    return found[0] if found else None


def _day(date: np.datetime64) -> datetime.date:
    """Return a day as Python has it."""
    day: datetime.date = date.astype(object)
    return day


def _notable(record: Record) -> list[tuple[ListedRollCall, SafeString, int]]:
    """Return the recent roll calls on which most states left their closest partners: who first, and how many more."""
    found = notable_roll_calls(record, number=NOTABLE)
    roll_calls = record.listed(one.key for one in found)
    return [
        (roll_call, break_list(one.breaks[:BREAKS], record), max(len(one.breaks) - BREAKS, 0))
        for roll_call, one in zip(roll_calls, found, strict=True)
    ]
