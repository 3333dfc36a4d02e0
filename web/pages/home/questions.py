"""Example questions on the front page, each the address of a list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from resolutions.models import Body
from votes.analysis.pairs import is_position
from votes.record.parties import Party
from votes.record.record import CACHED_VERSIONS
from votes.rules import Result
from web.display.dates import dated
from web.display.figures import number
from web.lists.listing import Listing
from web.serving.parameters import address

if TYPE_CHECKING:
    from collections.abc import Callable

    from votes.analysis.matrix import Mask
    from votes.record.record import Record


@dataclass(frozen=True, slots=True)
class Preset:
    """An example question with its address; ``says`` has the placeholders ``among``, ``first`` and ``last``."""

    slug: str
    name: Any
    says: Any
    """Its meaning, and the number and period of recorded votes searched."""
    of: str
    """The list: ``resolutions`` or ``roll_calls``."""
    query: str
    among: Callable[[Record], Mask]
    """Returns the mask of roll calls that could match."""
    page: str = ""
    """The page that answers it, if not the list."""


@dataclass(frozen=True, slots=True)
class Question:
    """A preset prepared for display."""

    slug: str
    name: str
    says: str
    address: str
    count: int


def _council(record: Record) -> Mask:
    """Return the mask of the Security Council's roll calls."""
    return record.register.bodies.are(Body.SECURITY_COUNCIL)


def _all_three(record: Record) -> Mask:
    """Return the mask of roll calls on which the United States, the Russian Federation and the EU took a position."""
    if not (record.states.keys() >= {"USA", "RUS"} and "eu" in record.blocs):
        return np.zeros(len(record.register), bool)  # No reference data yet.
    parties = (Party.parse(text, record) for text in ("USA", "RUS", "eu"))
    return record.register.voted(np.logical_and.reduce([is_position(party.positions(record)) for party in parties]))


def _with_figures(record: Record) -> Mask:
    """Return the mask of roll calls with totals in favour and against."""
    yes, no = record.register.figures.T
    known: Mask = (yes >= 0) & (no >= 0) & (yes + no > 0)
    return known


def _not_adopted(record: Record) -> Mask:
    """Return the mask of roll calls with totals that are not known to have had the required majority."""
    results = record.register.results
    return _with_figures(record) & ~results.are(Result.ADOPTED) & ~results.are(Result.VETOED)


PRESETS = (
    Preset(
        "vetoes",
        gettext_lazy("Security Council vetoes"),
        gettext_lazy(
            "Drafts that a permanent member blocked, by member and decade. Council votes searched: %(among)s, from "
            "%(first)s to %(last)s."
        ),
        "roll_calls",
        "result=vetoed&kind=text",
        _council,
        "vetoes",
    ),
    Preset(
        "us-russia-eu",
        gettext_lazy("US and Russia on the same side against the EU"),
        gettext_lazy(
            "Both took the same position and the EU another. Texts on which all three took a position: %(among)s, from "
            "%(first)s to %(last)s."
        ),
        "resolutions",
        "same=USA~RUS&differ=USA~eu",
        _all_three,
    ),
    Preset(
        "closest",
        gettext_lazy("Closest votes"),
        gettext_lazy(
            "Smallest margins first. Texts compared: %(among)s, from %(first)s to %(last)s. The main source lists "
            "adopted texts only."
        ),
        "resolutions",
        "order=closeness",
        _with_figures,
    ),
    Preset(
        "lost-by-one",
        gettext_lazy("One vote short"),
        gettext_lazy(
            "A single vote would have changed the result. Votes searched: %(among)s not known to have been adopted, "
            "from %(first)s to %(last)s."
        ),
        "roll_calls",
        "short=1",
        _not_adopted,
    ),
)


@lru_cache(maxsize=4 * CACHED_VERSIONS)
def questions(record: Record, _language: str | None, _prefix: str) -> list[Question]:
    """Return the presets that the record can answer, in the active language."""
    return [question for preset in PRESETS if (question := answer_preset(preset, record))]


def answer_preset(preset: Preset, record: Record) -> Question | None:
    """Return a preset with its numbers; None if no roll call could match."""
    register = record.register
    listed = register.decisive if preset.of == "resolutions" else None
    among = preset.among(record) & register.recorded
    among = among if listed is None else among & listed
    if not among.any():
        return None
    last, *_others, first = record.roll_calls_by_key(register.keys[among][[0, -1]].tolist())  # newest first
    days = {name: dated(one.date, one.date_precision) for name, one in (("first", first), ("last", last))}
    said = {"among": number(int(among.sum())), **days}
    parameters = QueryDict(preset.query)
    return Question(
        preset.slug,
        str(preset.name),
        str(preset.says) % said,
        reverse(f"web:{preset.page}") if preset.page else address(reverse(f"web:{preset.of}"), parameters),
        Listing(parameters, record, among=listed).totals["roll_calls"],
    )
