"""The register: in-memory index of all published roll calls, newest first, to filter, count and sort lists.

Where the vote matrix says who voted how, the register says what was voted on. It has the roll calls without votes
too. Lists, their facets and their totals are answered from it; the database is asked for the words of a search and
for the rows of the page that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from votes.models import RollCall
from votes.rules import COUNCIL_OF_FIFTEEN, Requirement, Result

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping

    from numpy.typing import NDArray

    from votes.analysis.matrix import Mask, Rows

NO_ROW = -1
"""Where a roll call has no votes, and so no row in the matrix."""


@dataclass(frozen=True, eq=False)
class Labels:
    """One of a few texts for each roll call, as its number among ``values``; NO_ROW for none."""

    numbers: NDArray[np.int64]
    values: tuple[str, ...]

    @classmethod
    def of(cls, texts: Collection[str | None]) -> Labels:
        """Return the labels that ``texts`` make, numbered in alphabetical order."""
        values = tuple(sorted({text for text in texts if text}))
        places = {text: place for place, text in enumerate(values)}
        return cls(np.array([places[text] if text else NO_ROW for text in texts], np.int64), values)

    def are(self, value: str) -> Mask:
        """Return where the text is ``value``."""
        return self.numbers == self.values.index(value) if value in self.values else np.zeros(len(self.numbers), bool)

    def count(self, numbers: NDArray[np.int64]) -> dict[str, int]:
        """Return how often each text stands, given how many roll calls each of these stands for."""
        has = self.numbers != NO_ROW
        counts = np.bincount(self.numbers[has], numbers[has], len(self.values)).astype(np.int64)
        return dict(zip(self.values, counts.tolist(), strict=True))

    def at(self, places: Rows) -> Labels:
        """Return the texts in some places."""
        return Labels(self.numbers[places], self.values)


@dataclass(frozen=True, eq=False)
class Tags:
    """Any number of texts for each roll call, as K pairs of its place in the register and a number in ``values``."""

    places: Rows
    numbers: NDArray[np.int64]
    values: tuple[str, ...]

    @classmethod
    def of(cls, tags: Iterable[Collection[str]]) -> Tags:
        """Return the tags of roll calls in the order of the register, numbered in alphabetical order."""
        pairs = [(place, text) for place, texts in enumerate(tags) for text in sorted({*texts})]
        values = tuple(sorted({text for _place, text in pairs}))
        number = {text: number for number, text in enumerate(values)}
        places = np.array([place for place, _text in pairs], np.intp)
        return cls(places, np.array([number[text] for _place, text in pairs], np.int64), values)

    def count(self, among: Mask) -> dict[str, int]:
        """Return how many roll calls of ``among``, a mask of the register, have each text."""
        counts = np.bincount(self.numbers[among[self.places]], minlength=len(self.values))
        return dict(zip(self.values, counts.tolist(), strict=True))

    def places_of(self, values: Collection[str]) -> Rows:
        """Return the places of the roll calls that have one of ``values`` at least."""
        return self.places[np.isin(self.numbers, [self.values.index(value) for value in values])]


@dataclass(frozen=True, eq=False)
class Groups:
    """G groups of roll calls that are alike in everything a list counts, so that it counts each group and adds up.

    The record has some hundred groups, however many roll calls there are.
    """

    of: Rows
    """P: the group of each roll call."""
    bodies: Labels
    sessions: Labels
    kinds: Labels
    results: Labels
    methods: Labels
    topics: NDArray[np.int64]
    short_by_one: Mask
    vetoes: NDArray[np.int64]

    def sizes(self, among: Mask) -> NDArray[np.int64]:
        """Return G, how many roll calls of each group are in ``among``, a mask of the register."""
        return np.bincount(self.of[among], minlength=len(self.topics))


@dataclass(frozen=True, eq=False)
class Register:
    """P published roll calls, newest first, as ``RollCall.objects.newest_first()`` has them."""

    keys: NDArray[np.int64]
    """P: keys in the database."""
    dates: NDArray[np.datetime64]
    """P: in days, descending."""
    bodies: Labels
    sessions: Labels
    kinds: Labels
    results: Labels
    methods: Labels
    requirements: Labels
    topics: NDArray[np.int64]
    """P: sets of topics as bits, the first of ``topic_slugs`` the lowest."""
    topic_slugs: tuple[str, ...]
    decisive: Mask
    """P: whether it stands for its text in lists."""
    counted: NDArray[np.int64]
    """P x 4: votes counted in favour, against, abstaining, non-voting; zeros without votes."""
    announced: NDArray[np.int64]
    """P x 2: announced in favour and against, NO_ROW where not on record."""
    rows: Rows
    """P: the row in the vote matrix, or NO_ROW."""
    subjects: Tags
    """The slugs of the subjects of texts."""
    vetoes: NDArray[np.int64]
    """P: sets of permanent members that vetoed as bits, the first of ``veto_codes`` the lowest; see ``vetoes_of``."""
    veto_codes: tuple[str, ...]
    """The codes of all states that were ever permanent members of a body."""

    def __len__(self) -> int:
        return len(self.keys)

    def between(self, since: datetime.date | None = None, until: datetime.date | None = None) -> Mask:
        """Return which are of ``since`` or later, and before ``until``."""
        among = np.ones(len(self), bool)
        if since is not None:
            among &= self.dates >= np.datetime64(since, "D")
        if until is not None:
            among &= self.dates < np.datetime64(until, "D")
        return among

    def on_topic(self, slug: str) -> Mask:
        """Return which are on texts about a topic."""
        if slug not in self.topic_slugs:
            return np.zeros(len(self), bool)
        return (self.topics >> self.topic_slugs.index(slug)) & 1 == 1

    def on_subjects(self, slugs: Collection[str]) -> Mask:
        """Return which are on texts about one of the subjects; raise ValueError for one that none is about."""
        among = np.zeros(len(self), bool)
        among[self.subjects.places_of(slugs)] = True
        return among

    def of_methods(self, methods: Collection[str]) -> Mask:
        """Return which were taken by one of these methods."""
        return np.logical_or.reduce([self.methods.are(method) for method in methods])

    @cached_property
    def recorded(self) -> Mask:
        """Return P, which were recorded votes, by roll call or not; who voted how need not be on record."""
        return self.of_methods(RollCall.METHODS_WITH_VOTES)

    def vetoed_by(self, codes: Collection[str]) -> Mask:
        """Return which were vetoed by at least one of these permanent members; none for a code that is no such."""
        wanted = sum(1 << place for place, code in enumerate(self.veto_codes) if code in codes)
        return (self.vetoes & wanted) != 0

    def voted(self, met: Mask) -> Mask:
        """Return which meet a condition on the rows of the matrix; those without votes meet none."""
        return np.append(met, False)[self.rows]

    def with_keys(self, keys: Collection[int]) -> Mask:
        """Return which have one of these keys."""
        among = np.zeros(len(self) + 1, bool)
        among[self._places(np.fromiter(keys, np.int64, len(keys)))] = True
        return among[:-1]

    def _places(self, keys: NDArray[np.int64]) -> Rows:
        """Return the places of roll calls by their keys, the length of the register for a key that is none's."""
        ascending, places = self._by_key
        at = np.searchsorted(ascending, keys)
        return np.where(np.append(ascending, -1)[at] == keys, np.append(places, len(self))[at], len(self))

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.int64], Rows]:
        places = np.argsort(self.keys)
        return self.keys[places], places

    def topics_of(self, key: int) -> list[str]:
        """Return the slugs of the topics of the roll call with this key; none for a key that is none's."""
        topics = int(self.topics[self.keys == key].sum())
        return [slug for place, slug in enumerate(self.topic_slugs) if topics >> place & 1]

    def count_topics(self, sizes: NDArray[np.int64]) -> Mapping[str, int]:
        """Return how many roll calls are about each topic, given how many there are of each group."""
        topics = self.groups.topics
        return {slug: int(sizes[(topics >> place) & 1 == 1].sum()) for place, slug in enumerate(self.topic_slugs)}

    def count_vetoes(self, sizes: NDArray[np.int64]) -> Mapping[str, int]:
        """Return how many roll calls each permanent member vetoed, given how many there are of each group."""
        vetoes = self.groups.vetoes
        return {code: int(sizes[(vetoes >> place) & 1 == 1].sum()) for place, code in enumerate(self.veto_codes)}

    @cached_property
    def groups(self) -> Groups:
        """Return the groups of roll calls that are alike, with what each is like."""
        of = [
            *(labels.numbers for labels in (self.bodies, self.sessions, self.kinds, self.results, self.methods)),
            self.topics,
            self.short_by_one,
            self.vetoes,
        ]
        group = np.zeros(len(self), np.int64)
        for values in of:
            # Numbered anew after each, so that the numbers stay small.
            different, number = np.unique(values, return_inverse=True)
            _all, group = np.unique(group * len(different) + number, return_inverse=True)
        _all, first = np.unique(group, return_index=True)
        return Groups(
            of=group,
            bodies=self.bodies.at(first),
            sessions=self.sessions.at(first),
            kinds=self.kinds.at(first),
            results=self.results.at(first),
            methods=self.methods.at(first),
            topics=self.topics[first],
            short_by_one=self.short_by_one[first],
            vetoes=self.vetoes[first],
        )

    @cached_property
    def figures(self) -> NDArray[np.int64]:
        """Return P x 2, how many were in favour and against: announced where both are known, else counted.

        NO_ROW where neither is on record. These are the figures that lists show, by the rule of
        ``votes.totals.shown``: where none that was announced differs from the counted one, the two are the same.
        """
        is_announced = (self.announced >= 0).all(axis=1, keepdims=True)
        return np.where(is_announced, self.announced, np.where(self.has_votes[:, None], self.counted[:, :2], NO_ROW))

    @cached_property
    def has_votes(self) -> Mask:
        """Return P, which have votes of member states."""
        return self.counted.sum(axis=1) > 0

    @cached_property
    def by_closeness(self) -> Rows:
        """Return the places of all roll calls, the closest first; see ``RollCallQuerySet.closest_first``."""
        yes, no = self.figures.T
        cast = np.where((yes >= 0) & (no >= 0), yes + no, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            margins = np.where(cast > 0, np.abs(yes - no) / cast, np.inf)
        return np.argsort(margins, kind="stable")

    @cached_property
    def short_by_one(self) -> Mask:
        """Return P, which fell short of the majority they needed, and would not have if one member had voted otherwise.

        A vote against that becomes one in favour makes up for three that lack to two-thirds of those voting, and
        breaks a tie as well as a majority of one. Where members or the Council's nine (before 1966 seven) are to be
        in favour, one vote lacks; a veto is another matter. Where the requirement is not stated a simple majority is
        taken, which everything needs. What was announced as adopted or vetoed did not fall short, nor what nobody was
        for or against. See ``verdict`` in ``votes.rules``.
        """
        yes, no = self.figures.T
        of = self.requirements
        fifteen = np.datetime64("-".join(f"{part:02}" for part in COUNCIL_OF_FIFTEEN))
        council = np.where(self.dates >= fifteen, 9, 7)
        members = -(-2 * self.counted.sum(axis=1) // 3)
        simple = (yes == no) | (yes == no - 1)
        short = np.select(
            [
                of.are(Requirement.TWO_THIRDS),
                of.are(Requirement.TWO_THIRDS_OF_MEMBERS),
                of.are(Requirement.SC_SUBSTANTIVE) | of.are(Requirement.SC_PROCEDURAL),
            ],
            [(yes < 2 * no) & (2 * no <= yes + 3), self.has_votes & (yes == members - 1), yes == council - 1],
            simple,
        )
        cast: Mask = (yes >= 0) & (no >= 0) & (yes + no > 0)
        return short & cast & ~self.results.are(Result.ADOPTED) & ~self.results.are(Result.VETOED)
