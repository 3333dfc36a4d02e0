"""Matching of a file's roll calls with the record: by name, or by symbol, kind and ordinal, never by date alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resolutions.symbols import is_unnumbered
from votes.importing.edition import parse_votes
from votes.models import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votes.importing.edition import Edition, StatedRollCall
    from votes.importing.record import KnownRollCall, Record

# Two lists of votes are taken for the same vote where at least this share of the positions in both are equal.
SAME_VOTE = 0.9
# Where at least these do, of at least so many, the votes on one text are one though a source has it in another month.
CERTAIN, FEWEST_POSITIONS = 0.97, 20
POSITIONS = ("Y", "N", "A")
REJECTED = ("slug-taken", "slug-retired")
"""Why a roll call is left out."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a roll call of a file is in the record."""

    roll_call: KnownRollCall | None = None
    """None: it is new."""
    text: int | None = None
    """The text on record that a new roll call is on."""
    problem: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    is_rejected: bool = False


def agreement(one: str, other: str) -> float | None:
    """Return the share of equal positions among the states with one in both lists, None where there are none."""
    equal, both = _compared(one, other)
    return equal / both if both else None


def _compared(one: str, other: str) -> tuple[int, int]:
    """Return how many states have equal positions in two lists, and how many have one in both."""
    a, b = parse_votes(one), parse_votes(other)
    both = [state for state in a if a[state] in POSITIONS and b.get(state) in POSITIONS]
    return sum(a[state] == b[state] for state in both), len(both)


class Matcher:
    """Finds the roll calls of one edition in the record; each on record is found once."""

    def __init__(self, record: Record, edition: Edition, votes: Mapping[int, str]) -> None:
        self.record, self.edition, self.votes = record, edition, votes
        self.taken: set[int] = set()
        self.ordinal: Counter[tuple[str, str]] = Counter()
        self.on_text: dict[tuple[int, str], list[KnownRollCall]] = defaultdict(list)
        # Stable whatever order the rows came in: the decisive vote first, then as they were taken.
        in_order = sorted(
            record.roll_calls.values(), key=lambda r: (not r.decisive, r.date, r.meeting, r.ordinal or 0, r.slug)
        )
        for roll_call in in_order:
            if roll_call.text is not None:
                self.on_text[roll_call.text, roll_call.kind].append(roll_call)
        self.of_reference: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
        self.claims: dict[tuple[str, str], list[KnownRollCall]] = defaultdict(list)
        for roll_call in in_order:
            for said in record.statements.get(roll_call.id, []):
                # The record that ships goes by the sources' own names of roll calls, and so does a text without a
                # number, in every layout of its source.
                is_shipped = Format.RECORD in (said.format, edition.format) and said.reference
                if said.format == edition.format or is_shipped or is_unnumbered(said.symbol_key):
                    self.of_reference[said.source, said.reference].append((said.symbol_key, roll_call.id))
                if said.symbol_key and roll_call.text is None:
                    self.claims[said.symbol_key, roll_call.kind].append(roll_call)

    def match(self, stated: StatedRollCall) -> Match:
        """Return what ``stated`` is in the record, and mark it as found."""
        match = self._find(stated)
        if match.roll_call:
            self.taken.add(match.roll_call.id)
        return match

    def _find(self, stated: StatedRollCall) -> Match:
        """Try the ways to find it, the surest first."""
        place = self.ordinal[stated.symbol_key, stated.kind]
        self.ordinal[stated.symbol_key, stated.kind] += bool(stated.symbol_key)
        if stated.slug:
            return self._by_slug(stated)
        source = self.record.sources[stated.source][0]
        for symbol_key, key in self.of_reference.get((source, stated.reference), []):
            if key not in self.taken and (symbol_key == stated.symbol_key or self._is_numbered_now(symbol_key, stated)):
                return self._again(stated, self.record.roll_calls[key], place)
        return self._by_symbol(stated, place) if stated.symbol_key else Match()

    def _is_numbered_now(self, symbol_key: str, stated: StatedRollCall) -> bool:
        """Tell whether a record that had no number before has one now, of which no other text is on record."""
        has_number = stated.text is not None and not is_unnumbered(stated.symbol_key)
        return has_number and is_unnumbered(symbol_key) and stated.symbol_key not in self.record.text_of_symbol

    def _again(self, stated: StatedRollCall, roll_call: KnownRollCall, place: int) -> Match:
        """Return that it is known by name; why it stands without its text is as true as when it was first met."""
        if roll_call.text is not None or not stated.symbol_key:
            return Match(roll_call)
        self.taken.add(roll_call.id)
        return replace(self._by_symbol(stated, place), roll_call=roll_call, text=None)

    def _by_symbol(self, stated: StatedRollCall, place: int) -> Match:
        text = self.record.text_of_symbol.get(stated.symbol_key)
        if text is None:
            return self._by_claim(stated)
        return self._on_text(stated, text, place)

    def _by_slug(self, stated: StatedRollCall) -> Match:
        key = self.record.roll_call_of_slug.get(stated.slug)
        if key is None and stated.slug in self.record.retired_slugs:
            return Match(problem="slug-retired", details={"value": stated.slug, "column": "slug"}, is_rejected=True)
        if key is None:
            return Match(text=self.record.text_of_symbol.get(stated.symbol_key))
        roll_call = self.record.roll_calls[key]
        text = self.record.text_of_symbol.get(stated.symbol_key) if stated.symbol_key else None
        if roll_call.body != self.record.bodies[stated.body] or (stated.symbol_key and roll_call.text != text):
            return Match(problem="slug-taken", details={"value": stated.slug, "column": "slug"}, is_rejected=True)
        return Match(roll_call)

    def _on_text(self, stated: StatedRollCall, text: int, place: int) -> Match:
        """Find it among the roll calls on its text: the n-th of its kind in the file is the n-th on record."""
        source = self.record.sources[stated.source][0]
        candidates = self.on_text.get((text, stated.kind), [])
        candidate = candidates[place] if place < len(candidates) else None
        if candidate is None or candidate.id in self.taken or self._is_anothers(candidate, source, stated.reference):
            return _doubtful(stated) if _is_doubtful(stated) else Match(text=text)
        if not stated.corroborate:
            return Match(candidate)
        share = self._agreement(stated, candidate)
        if share >= SAME_VOTE or self._is_certain(stated, candidate):
            return Match(candidate)
        if _is_doubtful(stated):
            return _doubtful(stated)
        symbol = self.record.texts[text].symbol
        return Match(
            problem="votes-disagree",
            details={"value": stated.reference, "symbol": symbol, "share": int(100 * share)},
        )

    def _is_anothers(self, candidate: KnownRollCall, source: int, reference: str) -> bool:
        """Tell whether the same layout of the same source has another record for a roll call."""
        return any(
            said.source == source
            and said.format == self.edition.format
            and said.reference != reference
            and self.edition.format == Format.VOETEN
            for said in self.record.statements.get(candidate.id, [])
        )

    def _by_claim(self, stated: StatedRollCall) -> Match:
        """Find it among those whose own source named the symbol without our believing it, if the votes agree."""
        source = self.record.sources[stated.source][0]
        for claimed in self.claims.get((stated.symbol_key, stated.kind), []):
            if claimed.id in self.taken or self._is_anothers(claimed, source, stated.reference):
                continue
            if self._agreement(stated, claimed) >= SAME_VOTE:
                return Match(claimed)
        return _doubtful(stated) if _is_doubtful(stated) else Match()

    def _agreement(self, stated: StatedRollCall, roll_call: KnownRollCall) -> float:
        """Return how far the votes agree, 0 where the months differ; with no votes on record nothing contradicts."""
        if (roll_call.date.year, roll_call.date.month) != (stated.date.year, stated.date.month):
            return 0
        recorded = self.record.votes.get(roll_call.id)
        return (agreement(self.votes.get(stated.ref, ""), recorded) or 0) if recorded else 1

    def _is_certain(self, stated: StatedRollCall, roll_call: KnownRollCall) -> bool:
        """Tell whether a file that brings the text itself has its vote in another month, by its votes.

        A wrong date is far likelier than two votes on one text that are the same state by state; it becomes a finding.
        """
        equal, both = _compared(self.votes.get(stated.ref, ""), self.record.votes.get(roll_call.id, ""))
        return stated.text is not None and both >= FEWEST_POSITIONS and equal >= CERTAIN * both


def _is_doubtful(stated: StatedRollCall) -> bool:
    """Tell whether the file names a symbol that may be a page number: it may confirm a text and never makes one."""
    return stated.corroborate and stated.kind == "text" and stated.text is None


def _doubtful(stated: StatedRollCall) -> Match:
    return Match(problem="page-number", details={"value": stated.reference})
