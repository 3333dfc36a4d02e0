"""The search index of names: texts by symbol and title, states, blocs, topics, subjects, bodies and sessions.

Uses the record in memory. Input is compared word by word, without accents and case; results are sorted by quality of
the match and then by name, never by the order of rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy

from resolutions.models import Body, Resolution
from resolutions.symbols import looks_like_symbol, loose, parse_or_none
from resolutions.text import fold
from votes.analysis.matrix import OUTSIDE
from votes.entry.names import key as letters_of
from votes.entry.short_names import SHORT_NAMES
from votes.record.record import CACHED_VERSIONS, DECISIVE, SYMBOL, TEXT, TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from votes.record.record import Record

LONGEST = 100
"""Maximum length of input that is matched."""
SHORTEST, SHORTEST_OF_TITLE = 2, 3
"""Minimum length of input for matching names, and titles."""
SUGGESTED = 8
"""How many suggestions there are at most, in all groups."""
EACH = {"symbol": 4, "state": 4, "bloc": 2, "topic": 2, "subject": 3, "body": 1, "session": 2}
"""How many suggestions a group has at most; titles have what is left."""
SHOWN = 6
"""How many of a kind the page of results shows."""
LEAST_WITHIN = 4
"""How many letters a name has that is found among other words; shorter ones only in capitals, as they are written."""

GROUPS = {
    "symbol": gettext_lazy("Texts by symbol"),
    "state": gettext_lazy("Member states"),
    "bloc": gettext_lazy("Blocs"),
    "topic": gettext_lazy("Topics"),
    "subject": gettext_lazy("Subjects"),
    "body": gettext_lazy("Bodies"),
    "session": gettext_lazy("Sessions"),
    "title": gettext_lazy("Texts by title"),
}
"""Groups of results, in display order."""

WORDS = re.compile(r"[^\W_]+")

# Quality of a match, best first.
PRESENT_NAME, OTHER_NAME, BEGINS_PRESENT, BEGINS_OTHER, HAS_WORDS, AMONG_WORDS = range(6)


def words_of(text: str) -> list[str]:
    """Return the words and numbers of ``text``, folded."""
    # Fast path: ASCII needs only lower case.
    return WORDS.findall(text.lower() if text.isascii() else fold(text))


def spaced(text: str) -> str:
    """Return the words of ``text`` with a space before and after each: “Côte d’Ivoire” is `` cote d ivoire ``."""
    return f" {' '.join(words_of(text))} "


@dataclass(frozen=True, slots=True)
class Match:
    """A page that the input names."""

    kind: str
    """One of ``GROUPS``."""
    name: str
    address: str
    also: str = ""
    """The alternative name that matched."""
    symbol: str = ""
    """The title of a text."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A state, bloc, topic, subject, body or session with all its names, the current one first."""

    kind: str
    value: str
    """The code or slug in addresses."""
    sort_name: str
    rank: int
    """Rank among equal matches, lowest first: current members, subjects with more texts."""
    names: tuple[str, ...]
    forms: tuple[str, ...]
    """The names as ``spaced`` words."""
    letters: tuple[str, ...]
    """The names without spaces, and last the code or slug."""

    @classmethod
    def of(cls, kind: str, value: str, *names: str, sort_name: str = "", rank: int = 0) -> Named:
        """Create an entry without duplicate names."""
        names = tuple(dict.fromkeys(names))
        forms = tuple(map(spaced, names))
        letters = tuple(map(letters_of, (*names, value)))
        return cls(kind, value, sort_name or forms[0].strip(), rank, names, forms, letters)

    def fit(self, typed: str, words: list[str]) -> tuple[int, int] | None:
        """Return (quality, index) of the best-matching name; None if none matches.

        ``typed`` is ``words`` as ``spaced``, without the last space.
        """
        letters = "".join(words)
        if letters in self.letters:
            place = self.letters.index(letters)
            return (OTHER_NAME, place) if 0 < place < len(self.names) else (PRESENT_NAME, 0)
        for place, form in enumerate(self.forms):
            if form.startswith(typed):
                return (BEGINS_OTHER if place else BEGINS_PRESENT), place
        for place, form in enumerate(self.forms):
            if all(f" {word}" in form for word in words):
                return HAS_WORDS, place
        return None

    def match(self, place: int) -> Match:
        """Return a match by the name at index ``place``."""
        if self.kind in ("state", "bloc", "subject"):
            address = reverse(f"web:{self.kind}", args=[self.value])
        else:
            address = f"{reverse('web:resolutions')}?{self.kind}={self.value}"
        return Match(self.kind, self.names[0], address, self.names[place] if place else "")


@dataclass(frozen=True)
class Index:
    """The search index of a record."""

    record: Record
    named: tuple[Named, ...]

    @classmethod
    def of(cls, record: Record) -> Index:
        """Build the index of a record."""
        seated = _seated(record)
        states = [
            Named.of(
                "state",
                code,
                state.name,
                *(name for name, _since, _until in state.former),
                *SHORT_NAMES.get(code, ()),
                sort_name=state.sort_name,
                rank=int(code not in seated),
            )
            for code, state in record.states.items()
        ]
        blocs = [Named.of("bloc", slug, bloc.short_name, bloc.name) for slug, bloc in record.blocs.items()]
        subjects = [
            Named.of("subject", slug, record.subjects[slug].name, rank=-texts)
            for slug, texts in record.texts_by_subject.items()
        ]
        plain = {"topic": record.topics, "body": record.bodies, "session": record.sessions}
        others = [Named.of(kind, value, name) for kind, of in plain.items() for value, name in of.items()]
        return cls(record, (*states, *blocs, *others, *subjects))

    def named_by(self, text: str) -> dict[str, list[Match]]:
        """Return matches of ``text``, complete or as a beginning, by kind in the order of ``GROUPS``, best first."""
        words = words_of(text) if len(text) <= LONGEST else []
        if len("".join(words)) < SHORTEST:
            return {}
        typed = f" {' '.join(words)}"
        found = {named: fit for named in self.named if (fit := named.fit(typed, words))}
        for named, place in self._among(f"{typed} ", frozenset(WORDS.findall(text))):
            found.setdefault(named, (AMONG_WORDS, place))
        in_order = sorted(found.items(), key=lambda item: (item[1][0], item[0].rank, item[0].sort_name, item[0].value))
        by_kind: dict[str, list[Match]] = {kind: [] for kind in GROUPS}
        for named, (_fit, place) in in_order:
            by_kind[named.kind].append(named.match(place))
        return {kind: matches for kind, matches in by_kind.items() if matches}

    def _among(self, typed: str, written: frozenset[str]) -> Iterator[tuple[Named, int]]:
        """Yield names that occur among other words, longest first: no Guinea in Equatorial Guinea."""
        for form, bearers in self._bearers.items():
            if form not in typed:
                continue
            if len(form) - 2 >= LEAST_WITHIN or any(named.names[place] in written for named, place in bearers):
                yield from bearers
                typed = typed.replace(form, " | ")

    @cached_property
    def _bearers(self) -> Mapping[str, list[tuple[Named, int]]]:
        """Return the entries of each name with its index among their names; keys are ``spaced``, longest first."""
        bearers: dict[str, list[tuple[Named, int]]] = {}
        for named in self.named:
            for place, form in enumerate(named.forms):
                bearers.setdefault(form, []).append((named, place))
        return dict(sorted(bearers.items(), key=lambda item: (-len(item[0]), item[0])))

    @cached_property
    def symbols(self) -> Mapping[str, tuple[str, int]]:
        """Return (loose symbol, key of the roll call) of each text by symbol, newest first."""
        return {row[SYMBOL]: (loose(row[SYMBOL]), key) for key, row in self.record.list_rows.items() if row[DECISIVE]}

    @cached_property
    def titles(self) -> Mapping[str, int]:
        """Return the keys of decisive roll calls by title as ``spaced`` words, newest first.

        Texts with the same title, which recur every year, are represented by the newest.
        """
        titles: dict[str, int] = {}
        for key, row in self.record.list_rows.items():
            if row[DECISIVE]:
                titles.setdefault(spaced(row[TITLE] or row[TEXT]), key)
        return titles

    def with_symbol(self, text: str) -> list[Match]:
        """Return texts whose symbol equals, contains or begins with ``text``, newest first."""
        if not looks_like_symbol(text) or len(text) > LONGEST or not (pattern := loose(text)):
            return []
        parsed = parse_or_none(text)
        begun = pattern[:-1]
        fits = [
            (symbol != (parsed and parsed.text), pattern not in spelt, place, key)
            for place, (symbol, (spelt, key)) in enumerate(self.symbols.items())
            if begun in spelt or (parsed and symbol == parsed.text)
        ]
        if not fits:
            # Draft symbols and variant spellings are only in the database.
            known = Resolution.objects.published().near_symbol(text).order_by("-symbol_sort")[: EACH["symbol"]]
            return [Match("symbol", text.title, text.get_absolute_url(), symbol=text.symbol) for text in known]
        return self._texts("symbol", [key for *_fit, key in sorted(fits)[: EACH["symbol"]]])

    def with_title(self, text: str, number: int) -> list[Match]:
        """Return at most ``number`` of the newest texts whose titles contain words beginning with every input word."""
        words = [f" {word}" for word in words_of(text)] if len(text) <= LONGEST else []
        if max(map(len, words), default=0) <= SHORTEST_OF_TITLE:
            return []
        found = (key for title, key in self.titles.items() if all(word in title for word in words))
        return self._texts("title", list(islice(found, number)))

    def _texts(self, kind: str, keys: list[int]) -> list[Match]:
        """Return the texts of decisive roll calls."""
        return [
            Match(kind, roll_call.heading, roll_call.get_absolute_url(), symbol=roll_call.resolution.symbol)
            for roll_call in self.record.roll_calls_by_key(keys)
            if roll_call.resolution
        ]

    def suggestions(self, text: str) -> list[tuple[str, list[Match]]]:
        """Return suggestions for partial input, by group name."""
        groups = {"symbol": self.with_symbol(text)} | self.named_by(text)
        left, found = SUGGESTED, []
        for kind, most in EACH.items():
            matches = groups.get(kind, [])[: min(most, left)]
            left -= len(matches)
            found.append((kind, matches))
        found.append(("title", self.with_title(text, left)))
        return [(str(GROUPS[kind]), matches) for kind, matches in found if matches]


def _seated(record: Record) -> set[str]:
    """Return the codes of the Assembly's members at its latest roll call."""
    rows = record.matrix.rows(body=Body.GENERAL_ASSEMBLY)
    last = record.matrix.choices[rows[-1]] if len(rows) else ()
    return {code for code, choice in zip(record.matrix.states, last, strict=False) if choice != OUTSIDE}


@lru_cache(maxsize=CACHED_VERSIONS)
def index_of(record: Record) -> Index:
    """Return the index of a record, built on first use."""
    return Index.of(record)
