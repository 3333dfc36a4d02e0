"""The front page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.translation import get_language

from votes.record.record import CACHED_VERSIONS, DECISIVE, SLUG, reading
from votes.reports.notable_breaks import notable_roll_calls
from web.display.breaks import BreakLine, break_lines
from web.display.enumeration import joined_with_and
from web.lists.coverage import in_one_line
from web.lists.subject_index import topics_with_texts
from web.pages.home.questions import questions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall

LATEST, NOTABLE, BREAKS = 5, 3, 3
"""Latest votes shown, votes with notable breaks, and breaks of each."""

EXAMPLE = "a-res-es-11-7"
"""Preferred example for "How to read a vote"."""


def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, the latest votes and notable breaks, questions and topics."""
    with reading() as record:
        register = record.register
        decided = register.decisive & register.recorded
        context = {
            "record": record,
            "latest": record.roll_calls_by_key(register.keys[decided][:LATEST].tolist()),
            "notable": _notable(record),
            "bodies": joined_with_and([name for code, name in record.bodies.items() if code in register.bodies.values]),
            "covered": in_one_line(record, get_language()),
            "questions": questions(record, get_language(), get_script_prefix()),
            "example": example(record),
            "topics": topics_with_texts(record),
        }
        return render(request, "home/page.html", context)


@lru_cache(maxsize=CACHED_VERSIONS)
def example(record: Record) -> ListedRollCall | None:
    """Return the example for "How to read a vote": the preferred one, or the newest decisive vote.

    Announced and counted totals must agree, so that they add up to the members.
    """
    known = [key for key, row in record.list_rows.items() if row[SLUG] == EXAMPLE and row[DECISIVE]]
    register = record.register
    agree = (register.figures == register.counted[:, :2]).all(axis=1)
    others = register.keys[np.flatnonzero(register.decisive & register.has_votes & agree)[:1]].tolist()
    found = record.roll_calls_by_key((known or others)[:1])
    return found[0] if found else None


def _notable(record: Record) -> list[tuple[ListedRollCall, list[BreakLine], int]]:
    """Return recent roll calls with the most breaks from closest partners: first breaks, and number of others."""
    found = notable_roll_calls(record, number=NOTABLE)
    roll_calls = record.roll_calls_by_key(one.key for one in found)
    return [
        (roll_call, break_lines(one.breaks[:BREAKS], record), max(len(one.breaks) - BREAKS, 0))
        for roll_call, one in zip(roll_calls, found, strict=True)
    ]
