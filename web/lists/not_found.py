"""Errors for what is not in the record, with what the record holds instead and where else to look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from resolutions.models import Resolution
from resolutions.symbols import parse_or_none
from votes.reports.coverage import coverage_of
from web.display.figures import number
from web.lists.coverage import by_body, of_session

if TYPE_CHECKING:
    from resolutions.symbols import Symbol
    from votes.record.record import Record

LIBRARY = "https://digitallibrary.un.org/search"
VOTING_DATA = "Voting Data"
"""The UN Digital Library's collection of voting data."""
MEMBERS = "https://www.un.org/en/about-us/member-states"

OF_ASSEMBLY = re.compile(r"A/RES/(?P<kind>0|ES-|S-)(?P<number>\d{4})/")
"""Matches the sort key of an Assembly resolution, with its session."""


class NotInRecordError(Http404):
    """404 with a sentence, what the record holds instead, and links to other places to look."""

    def __init__(self, sentence: str, holdings: list[str], elsewhere: list[tuple[str, str]]) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.holdings = holdings
        self.elsewhere = elsewhere


def no_text(symbol: str) -> str:
    """Return the message for an unknown text."""
    return _("“%(symbol)s” is not in this record.") % {"symbol": _short(symbol)}


def no_roll_call(slug: str) -> str:
    """Return the message for an unknown recorded vote."""
    return _("No recorded vote “%(slug)s” is in this record.") % {"slug": _short(slug)}


def no_state(code: str) -> str:
    """Return the message for an unknown member state."""
    return _("No member state with the code “%(code)s” is in this record.") % {"code": _short(code)}


def no_bloc(slug: str) -> str:
    """Return the message for an unknown bloc."""
    return _("No bloc “%(slug)s” is in this record.") % {"slug": _short(slug)}


def missing_text(symbol: str, record: Record) -> NotInRecordError:
    """Return the error for an unknown text."""
    parsed = parse_or_none(symbol)
    holdings, elsewhere = [], []
    if parsed:
        symbol = parsed.text
        holdings.append(_of_session(parsed, record))
        document = Resolution(symbol=symbol).document_url
        elsewhere.append((_("%(symbol)s at the United Nations") % {"symbol": symbol}, document))
        if symbol.startswith("A/RES/"):
            holdings.append(
                _("The General Assembly adopts most resolutions without a vote; few of these are in the record.")
            )
    holdings += _whole(record)
    elsewhere.append(_in_library(symbol))
    return NotInRecordError(no_text(symbol), [said for said in holdings if said], elsewhere)


def missing_roll_call(slug: str, record: Record) -> NotInRecordError:
    """Return the error for an unknown recorded vote."""
    words = slug.replace("-", " ")
    elsewhere = [(_("All recorded votes"), reverse("web:roll_calls")), _in_library(words, VOTING_DATA)]
    return NotInRecordError(no_roll_call(slug), _whole(record), elsewhere)


def missing_state(code: str, record: Record) -> NotInRecordError:
    """Return the error for an unknown member state."""
    holdings = _(
        "The record has %(n)s member states, current and former, by the UN Digital Library’s three-letter code."
    )
    elsewhere = [(_("All member states"), reverse("web:states")), (_("Member states at the United Nations"), MEMBERS)]
    return NotInRecordError(no_state(code), [holdings % {"n": number(len(record.states))}], elsewhere)


def missing_bloc(slug: str, record: Record) -> NotInRecordError:
    """Return the error for an unknown bloc."""
    holdings = _("The record has %(n)s blocs, each with its members by date.") % {"n": number(len(record.blocs))}
    return NotInRecordError(no_bloc(slug), [holdings], [(_("All blocs"), reverse("web:blocs"))])


def _short(text: str) -> str:
    """Return a name from an address, truncated."""
    return Truncator(text).chars(100)


def _of_session(symbol: Symbol, record: Record) -> str:
    """Return the coverage of an Assembly resolution's session; empty for other symbols."""
    match = OF_ASSEMBLY.match(symbol.sort_key)
    code = f"{match['kind'].removeprefix('0')}{int(match['number'])}" if match else ""
    for body in coverage_of(record).bodies:
        for line in body.sessions:
            if line.code == code:
                return of_session(line)
    return _("No vote of session %(session)s is on record.") % {"session": code} if code else ""


def _whole(record: Record) -> list[str]:
    """Return the coverage of the whole record."""
    return by_body(record) or [_("The record holds no votes yet.")]


def _in_library(words: str, collection: str = "") -> tuple[str, str]:
    """Return the link to a search of the UN Digital Library."""
    parameters = {"p": _short(words), **({"cc": collection} if collection else {})}
    return _("Search the UN Digital Library"), f"{LIBRARY}?{urlencode(parameters)}"
