"""Matching of state names on a date with all names that states have or had: tolerant of spelling, never guessing.

Names are compared by their letters and figures alone, so that hyphens, apostrophes, accents, broken lines, and the
order “Congo, Democratic Republic of the” make no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from resolutions.text import fold
from votes.entry.short_names import SHORT_NAMES, other_languages

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Mapping

SUGGESTED = 3
"""How many nearest names are suggested."""
NEAR = 0.6
"""The least likeness, from 0 to 1, of a name that is suggested."""
COMPARED = 12
"""How many names, the most alike by pairs of letters, are compared letter by letter."""

NOT_LETTERS = re.compile(r"[\W_]+")
TURNED = re.compile(r"(?P<first>[^(,]+?)(?:, | \()(?P<rest>[^)]+)\)?")
"""Korea, Republic of; Iran (Islamic Republic of)."""
OF = re.compile(r"(?P<first>.+?\bof)(?P<the> the)? (?P<rest>.+)", re.IGNORECASE)
"""Republic of Korea."""
KINDS_OF_STATE = re.compile(r"(?!United (?:States|Kingdom))(?:.* )?(?:Republic|Kingdom|States?|Principality|Union) of")

ARTICLES = ("the", "dela", "delos", "delas", "del", "des", "du", "de", "la", "los", "las", "les", "le", "el")
"""What names have before them in sentences, in English, French and Spanish."""

# How well a name fits: the lowest of a key is meant.
NAME_OF_DATE, OTHER_NAME, PART_OF_NAME = range(3)


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name, short or official, from ``since`` up to but not including ``until``; None is open."""

    text: str
    since: datetime.date | None = None
    until: datetime.date | None = None

    def holds_on(self, date: datetime.date) -> bool:
        """Tell whether it is a name of ``date``."""
        return (self.since is None or self.since <= date) and (self.until is None or date < self.until)


@dataclass(frozen=True, slots=True)
class KnownState:
    """A state, present or former, with all names it has or had."""

    code: str
    name: str
    """Its short name on the date of the roll call."""
    names: tuple[KnownName, ...] = ()
    """Present and former, short and official."""
    related: frozenset[str] = frozenset()
    """Codes of its successors and predecessors, who may be meant where it had no seat."""


def known_state(
    code: str,
    name: str,
    official_name: str,
    former: Iterable[tuple[str, str, datetime.date | None, datetime.date]],
    *,
    date: datetime.date,
    related: Iterable[str] = (),
) -> KnownState:
    """Return a state as the record has it: its present names, and ``former`` ones with their dates, short and official.

    The present ones hold from the end of the last former one; those of the last holders of a seat like any other.
    """
    former = list(former)
    begun = max((until for *_names, until in former), default=None)
    names = [KnownName(text, begun) for text in (name, official_name)]
    for short, official, since, until in former:
        names += [KnownName(text, since, until) for text in (short, official)]
    of_date = next(
        (short for short, _official, since, until in former if (not since or since <= date) and date < until), name
    )
    return KnownState(code, of_date, tuple(named for named in names if named.text), frozenset(related))


@dataclass(frozen=True)
class Electorate:
    """Who may be named in a roll call of a body on a date."""

    body: str
    """``GA`` or ``SC``."""
    date: datetime.date
    members: frozenset[str]
    """Codes of the members of the body on the date."""
    states: Mapping[str, KnownState]
    """All states, present and former, by code."""
    seated: frozenset[str] = frozenset()
    """Codes of the members of the United Nations on the date, where the body has fewer: “Congo” is the Republic of
    the Congo in the Security Council too, whoever sits there."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Whom a name means: one code, or several where it is ambiguous."""

    codes: tuple[str, ...]
    is_seated: bool
    """Whether those had a seat in the United Nations on the date."""

    @property
    def is_ambiguous(self) -> bool:
        """Tell whether more than one state may be meant."""
        return len(self.codes) > 1


def key(text: str) -> str:
    """Return what names are compared by: “Côte d’Ivoire” is ``cotedivoire``, “Timor-Leste” ``timorleste``."""
    return NOT_LETTERS.sub("", fold(text.replace("&", " and ")))


@lru_cache(maxsize=4096)  # more than all names of all states
def spellings(name: str) -> tuple[tuple[str, int], ...]:
    """Return the keys under which ``name`` may be written, each with how well it fits where the name is of the date."""
    found: dict[str, int] = {}
    for text, fit in _forms(name):
        for spelt in _abbreviated(text):
            letters = key(spelt)
            found[letters] = min(fit, found.get(letters, fit))
    return tuple(found.items())


def _forms(name: str) -> Iterator[tuple[str, int]]:
    """Yield the orders in which a name's words may stand, and what is left of it in short."""
    yield name, NAME_OF_DATE
    if turned := TURNED.fullmatch(name):
        # “Congo (Leopoldville)” and “Congo (Brazzaville)”: what stands before is no name of either.
        yield turned["first"], OTHER_NAME
        yield f"{turned['rest']} {turned['first']}", NAME_OF_DATE
    elif of := OF.fullmatch(name):
        yield f"{of['rest']}, {of['first']}", NAME_OF_DATE
        yield f"{of['rest']}, {of['first']} the", NAME_OF_DATE
        if KINDS_OF_STATE.fullmatch(of["first"]):
            yield of["rest"], PART_OF_NAME


def _abbreviated(text: str) -> Iterator[str]:
    """Yield ``text`` and what tables make of it."""
    yield text
    if text.startswith("Saint "):
        yield text.replace("Saint ", "St ", 1)
    if "Republic" in text:
        yield text.replace("Republic", "Rep")
        yield text.replace("Republic", "Rep").replace("Democratic", "Dem")


class Names:
    """The names of an electorate, looked up by key; made once for a roll call."""

    def __init__(self, electorate: Electorate) -> None:
        self.electorate = electorate
        self.seated = electorate.seated | electorate.members
        fits: dict[str, dict[str, int]] = {}
        for code, state in electorate.states.items():
            for letters, fit in _keys(state, electorate.date).items():
                fits.setdefault(letters, {})[code] = fit
        self._found = {letters: self._meant(codes) for letters, codes in fits.items()}
        self.longest = max(map(len, self._found), default=0)
        """How many letters the longest name has."""

    def _meant(self, fits: Mapping[str, int]) -> NameMatch:
        """Return whom a key means: among the seated, else among all, those whom it fits best."""
        seated = {code: fit for code, fit in fits.items() if code in self.seated}
        among = seated or fits
        best = min(among.values())
        return NameMatch(tuple(sorted(code for code, fit in among.items() if fit == best)), bool(seated))

    def find(self, letters: str) -> NameMatch | None:
        """Return whom a key means, None where it is nobody's; an article before a name is left out."""
        found = self._found.get(letters)
        if found is None and letters.startswith(ARTICLES):
            articles = (article for article in ARTICLES if letters.startswith(article))
            found = next((match for one in articles if (match := self._found.get(letters[len(one) :]))), None)
        return found

    def find_text(self, text: str) -> NameMatch | None:
        """Return whom a name as it is written means, None where it is nobody's."""
        return self.find(key(text))

    def longer(
        self, letters: str, code: str, *, before: str | None = None, after: str | None = None
    ) -> tuple[str, ...]:
        """Return the codes of other seated states whose names are a key with words ``before`` or ``after`` it.

        Those words are known in part only: that the last three letters fit, or the first, is enough. Empty fits all.
        """
        found: set[str] = set()
        if before is not None:
            found |= {other for other, words in self._ends.get(letters, ()) if words.endswith(before[-3:])}
        if after is not None:
            found |= {other for other, words in self._starts.get(letters, ()) if words.startswith(after[:1])}
        return tuple(sorted(found - {code}))

    @cached_property
    def _starts(self) -> dict[str, set[tuple[str, str]]]:
        """Return for each key with which the longer name of a state begins, whose it is and with the rest of it."""
        return self._parts(lambda words, cut: (words[:cut], words[cut:]))

    @cached_property
    def _ends(self) -> dict[str, set[tuple[str, str]]]:
        """Return for each key with which the longer name of a state ends, whose it is and what stands before."""
        return self._parts(lambda words, cut: (words[cut:], words[:cut]))

    def _parts(
        self, divided: Callable[[list[str], int], tuple[list[str], list[str]]]
    ) -> dict[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = {}
        for code in self.seated & self.electorate.states.keys():
            state = self.electorate.states[code]
            for text in {
                state.name,
                *(name.text for name in state.names),
                *SHORT_NAMES.get(code, ()),
                *other_languages().get(code, ()),
            }:
                for form, _fit in _forms(text):
                    words = NOT_LETTERS.sub(" ", fold(form)).split()
                    for cut in range(1, len(words)):
                        part, rest = divided(words, cut)
                        if (letters := "".join(part)) in self._found:
                            found.setdefault(letters, set()).add((code, "".join(rest)))
        return found

    def name(self, code: str) -> str:
        """Return a state's name on the date."""
        return self.electorate.states[code].name

    def nearest(self, letters: str) -> tuple[str, ...]:
        """Return the codes of the members whose names are most like a key, nearest first; those as near, by code."""
        pairs = _pairs(letters)
        alike = [(len(pairs & own) / (len(pairs) + len(own) or 1), name, code) for name, code, own in self._members]
        alike.sort(key=lambda row: (-row[0], row[1], row[2]))
        matcher = SequenceMatcher(None, "", letters, autojunk=False)
        best: dict[str, float] = {}
        for _share, name, code in alike[:COMPARED]:
            matcher.set_seq1(name)
            # Half a name is near to the whole: “Korea” to both.
            inside = len(letters) > 3 and (name.startswith(letters) or name.endswith(letters))
            ratio = max(matcher.ratio(), NEAR if inside else 0)
            if ratio >= NEAR:
                best[code] = max(ratio, best.get(code, 0))
        return tuple(sorted(best, key=lambda code: (-best[code], code))[:SUGGESTED])

    @cached_property
    def _members(self) -> list[tuple[str, str, frozenset[str]]]:
        """Return each English key by which one member is meant, with its code and its pairs of letters."""
        members = self.electorate.members
        # Names in other languages are near to too many.
        states = self.electorate.states.values()
        english = {letters for one in states for letters in _keys(one, self.electorate.date, is_english=True)}
        return [
            (letters, found.codes[0], _pairs(letters))
            for letters, found in self._found.items()
            if letters in english and not found.is_ambiguous and found.codes[0] in members
        ]


def _keys(state: KnownState, date: datetime.date, *, is_english: bool = False) -> dict[str, int]:
    """Return the keys of a state's names, or of the English ones, with how well each fits on ``date``."""
    found: dict[str, int] = {}
    named = [KnownName(state.name), *state.names]
    for name in named:
        least = NAME_OF_DATE if name.holds_on(date) else OTHER_NAME
        for letters, fit in spellings(name.text):
            found[letters] = min(max(least, fit), found.get(letters, PART_OF_NAME))
    others = () if is_english else other_languages().get(state.code, ())
    for short in (*SHORT_NAMES.get(state.code, ()), *others):
        for letters in map(key, _abbreviated(short)):
            found[letters] = min(OTHER_NAME, found.get(letters, OTHER_NAME))
    return found


def _pairs(letters: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters."""
    return frozenset(map("".join, pairwise(letters)))
