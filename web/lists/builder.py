"""The filter builder: conditions on how members voted as rows of fields that read as sentences.

Every condition in the address is a row that can be changed in place. ``web.serving.parameters`` turns the fields back
into conditions, so that the address is the only state.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.choices import WORDS, Choice
from votes.record.choices import TIED_WORD, canonical_position
from web.lists.filters import CONDITIONS, RollCallFilter
from web.serving.parameters import PAIRED, Boxes

if TYPE_CHECKING:
    from votes.record.record import Record
    from web.lists.listing import Listing


@dataclass(frozen=True, slots=True)
class Row:
    """One condition on how members voted, complete or incomplete."""

    number: int
    boxes: Boxes
    name: str = ""
    """The parameter of a condition in the address."""
    text: str = ""
    """Its value in the address."""
    error: str = ""
    """The error of the condition, or what is missing."""
    is_free: bool = False
    """Whether the fields cannot express the condition, so that it must be edited as text."""
    without: str = ""
    """The query string without this condition."""

    @property
    def wants_whom(self) -> bool:
        """Tell whether it compares two parties."""
        return self.boxes.how in PAIRED

    @property
    def wants_more(self) -> bool:
        """Tell whether another state can be added."""
        return bool(self.boxes.who) and all(who.isupper() for who in self.boxes.who) and not self.wants_whom


def rows_of(listing: Listing) -> list[Row]:
    """Return the conditions of an address as rows, then incomplete rows, then an empty row."""
    rows = [
        _row(number, name, text, listing)
        for number, (name, text) in enumerate(
            ((name, text) for name in CONDITIONS for text in listing.conditions[name]), start=1
        )
    ]
    for boxes in listing.boxes.values():
        rows.append(Row(len(rows) + 1, boxes, error=_lacks(boxes)))
    if not listing.boxes:
        rows.append(Row(len(rows) + 1, Boxes()))
    return rows


def _row(number: int, name: str, text: str, listing: Listing) -> Row:
    """Return the row of a condition in the address."""
    boxes, error = _boxes(name, text), ""
    try:
        RollCallFilter.base_filters[name].extra["known"](text, listing.record)
    except ValueError as problem:
        error = str(problem)
    is_free = bool(error) and not _has(boxes, listing.record)
    return Row(number, boxes, name, text, error, is_free, listing.query_without(name, text))


def _boxes(name: str, text: str) -> Boxes:
    """Return the fields for a condition."""
    if name in PAIRED:
        who, _tilde, whom = text.partition("~")
        return Boxes([who], name, whom)
    who, _colon, how = canonical_position(text).partition(":")
    return Boxes(who.split(","), how)


def _has(boxes: Boxes, record: Record) -> bool:
    """Tell whether the fields can express the condition."""
    parties = [*boxes.who, *([boxes.whom] if boxes.how in PAIRED else [])]
    return boxes.how in hows(None) and all(party in record.states or party in record.blocs for party in parties)


def _lacks(boxes: Boxes) -> str:
    """Return what is missing from an incomplete row."""
    if not boxes.who:
        return _("Choose who.")
    return _("Choose with whom to compare.") if boxes.how else _("Choose how they voted.")


@functools.cache
def hows(_language: str | None) -> dict[str, str]:
    """Return the labels of ``how`` in the active language, by value."""
    return {
        WORDS[Choice.YES]: _("voted in favour"),
        WORDS[Choice.NO]: _("voted against"),
        WORDS[Choice.ABSTAINING]: _("abstained"),
        WORDS[Choice.NON_VOTING]: _("did not vote"),
        TIED_WORD: _("was tied (blocs only)"),
        "differ": _("voted differently from …"),
        "same": _("voted the same as …"),
    }


def how_options() -> list[tuple[str, str]]:
    """Return the options of the ``how`` select, as (value, label)."""
    return list(hows(get_language()).items())
