"""Highlighting of search words in results, as PostgreSQL's text search matches them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchHeadline
from django.utils.translation import gettext as _

from resolutions.headings import heading_name
from resolutions.models import OtherSymbol
from resolutions.symbols import looks_like_symbol, loose, parse_or_none
from resolutions.text import fold
from votes.models import RollCall
from votes.models.roll_calls import search_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from votes.record.roll_calls import ListedRollCall

# Private characters that PostgreSQL puts around matches.
START, STOP = "\ue000", "\ue001"
"""(start, end) of each match."""

BEGINNING = 4
"""Number of leading letters compared to decide whether two words are forms of one."""

Spans = list[tuple[int, int]]

Marked = tuple[tuple[str, bool], ...]
"""The pieces of a text in order, each with whether it matches."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """The texts of a list's row in pieces with matches; empty for texts without a match."""

    heading: Marked = ()
    symbol: Marked = ()
    also: tuple[tuple[str, Marked, bool], ...] = ()
    """Other matching texts: label, text, and whether it is English."""


def highlights(words: str, roll_calls: Iterable[ListedRollCall]) -> Mapping[int, Highlight]:
    """Return the matches of ``words`` in roll calls, by primary key; one query, none without words."""
    by_key = {roll_call.pk: roll_call for roll_call in roll_calls}
    if not words or not by_key:
        return {}
    return _of_symbols(words, by_key) if looks_like_symbol(words) else _of_words(words, by_key)


def _of_words(words: str, by_key: Mapping[int, ListedRollCall]) -> Mapping[int, Highlight]:
    """Return matches in titles, agenda items and subjects."""
    headline = partial(
        SearchHeadline,
        query=search_query(words),
        config="english",
        start_sel=START,
        stop_sel=STOP,
        highlight_all=True,
    )
    rows = RollCall.objects.filter(pk__in=list(by_key)).order_by()
    rows = rows.annotate(own=headline("search_text"), of_text=headline("resolution__search_text"))
    columns = ("pk", "title", "own", "resolution__title", "resolution__agenda", "resolution__subjects", "of_text")
    found = {}
    for key, own_title, own, title, agenda, subjects, of_text in rows.values_list(*columns):
        parts = [title or "", agenda or "", *(subjects or ())]
        in_title, in_agenda, *in_subjects = by_part(parts, spans_in("\n".join(parts), of_text or ""))
        heading, spans = (own_title, spans_in(own_title, own)) if own_title else (title, in_title)
        others = [(_("Agenda item"), agenda, in_agenda)]
        for subject, places in zip(parts[2:], in_subjects, strict=True):
            name = heading_name(subject)
            others.append((_("Subject"), name, same_words(subject, places, name)))
        if own_title:
            others.insert(0, (_("Title of the text"), title, in_title))
        said = beginnings(heading, spans)
        found[key] = Highlight(
            marked(heading, spans) if spans else (),
            also=tuple(
                (label, marked(text, places), True)
                for label, text, places in others
                if places and not beginnings(text, places) <= said
            ),
        )
    return found


def _of_symbols(words: str, by_key: Mapping[int, ListedRollCall]) -> Mapping[int, Highlight]:
    """Return matches of a symbol, or part of one, in the symbols of texts, including alternative ones."""
    others: dict[int, list[str]] = {}
    known = OtherSymbol.objects.filter(resolution__roll_calls__in=list(by_key)).order_by("symbol_key")
    for key, symbol in known.values_list("resolution__roll_calls", "symbol"):
        others.setdefault(key, []).append(symbol)
    found = {}
    for key, roll_call in by_key.items():
        symbol = roll_call.resolution.symbol if roll_call.resolution else ""
        spans = symbol_spans(symbol, words)
        also = [(other, places) for other in others.get(key, ()) if (places := symbol_spans(other, words))]
        found[key] = Highlight(
            symbol=marked(symbol, spans) if spans else (),
            also=() if spans else tuple((_("Other symbol"), marked(other, places), False) for other, places in also),
        )
    return found


def symbol_spans(symbol: str, words: str) -> Spans:
    """Return the spans of ``symbol`` that contain the words and numbers of ``words``, whole and in order."""
    parsed = parse_or_none(words)
    if parsed and parsed.text == symbol:
        return [(0, len(symbol))]
    parts = loose(words).strip("-").split("-")
    pattern = r"[\W_]*".join(
        rf"(?<!\d){part}(?!\d)" if part.isdigit() else rf"(?<![^\W\d_]){part}(?![^\W\d_])" for part in parts
    )
    return [found.span() for found in re.finditer(pattern, symbol, re.IGNORECASE)] if parts[0] else []


def by_part(parts: Sequence[str], spans: Spans) -> list[Spans]:
    """Return the ``spans`` that fall into each part, relative to the part."""
    found, begin = [], 0
    for part in parts:
        end = begin + len(part)
        found.append([(start - begin, stop - begin) for start, stop in spans if begin <= start and stop <= end])
        begin = end + 1
    return found


def same_words(heading: str, spans: Spans, name: str) -> Spans:
    """Return the spans of ``name``, the display form of ``heading``, that contain the words at ``spans``."""
    words = {word for start, stop in spans for word in re.findall(r"\w+", fold(heading[start:stop]))}
    return [word.span() for word in re.finditer(r"\w+", name) if fold(word[0]) in words]


def beginnings(text: str, spans: Spans) -> set[str]:
    """Return the folded beginnings of the words at ``spans``, so that forms of a word are equal."""
    return {fold(text[start:stop])[:BEGINNING] for start, stop in spans}


def spans_in(text: str, marked: str) -> Spans:
    """Return the spans of ``text`` that are marked in ``marked``, its folded form with marks; none if it is not."""
    pieces = re.split(f"[{START}{STOP}]", marked)
    folded = "".join(pieces)
    if text.isascii():
        origin: Sequence[int] = range(len(text) + 1)
        agrees = folded == text.lower()
    else:
        # Folding maps each letter to none, one or several.
        parts = [fold(letter) for letter in text]
        origin = [place for place, part in enumerate(parts) for _letter in part] + [len(text)]
        agrees = folded == "".join(parts)
    if not agrees:
        return []
    found, at = [], 0
    for number, piece in enumerate(pieces):
        # Every second piece is a match.
        if number % 2 and piece:
            found.append((origin[at], origin[at + len(piece) - 1] + 1))
        at += len(piece)
    return found


def marked(text: str, spans: Spans) -> Marked:
    """Split ``text`` into pieces, those at ``spans`` as matches; spans are in order and do not overlap."""
    parts, at = [], 0
    for start, stop in spans:
        parts += [(text[at:start], False), (text[start:stop], True)]
        at = stop
    return (*parts, (text[at:], False))
