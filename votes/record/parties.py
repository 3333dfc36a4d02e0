"""Parties (a state, several states, or a bloc) and the positions they took.

A bloc's position in a roll call is the plurality of in favour, against and abstaining among its voting
members of that date; a tie is ``tied``. Addresses say ``USA:against``, ``eu:for``, ``USA,FRA,GBR:for`` and
``USA~eu``; states are upper-case codes and blocs lower-case slugs. Everything is read from the vote matrix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

import numpy as np
from django.utils.translation import gettext as _

from votes.analysis.groups import Group
from votes.analysis.matrix import LETTERS, TIED, Choices, Mask
from votes.analysis.pairs import is_position
from votes.choices import WORDS, Choice
from votes.record.choices import TIED_WORD, canonical_position

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from votes.record.record import Record

NEAR, LONGEST = 0.7, 40
"""How alike a code or slug is that may have been meant (``difflib``), and how long one is at most that is compared."""


@dataclass(frozen=True, slots=True)
class Party:
    """One or more member states, or one bloc."""

    text: str
    """As addresses write it."""
    names: tuple[str, ...]
    """Today's names of the states, or the short name of the bloc."""
    codes: tuple[str, ...] = ()
    """The states, as the address lists them; empty for a bloc."""
    bloc: str = ""
    """The slug of the bloc."""

    @classmethod
    def parse(cls, text: str, record: Record) -> Party:
        """Read ``USA``, ``USA,FRA,GBR`` or ``eu``; raise ValueError, saying what is unknown, for anything else."""
        if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
            if text not in record.blocs:
                raise ValueError(_unknown_bloc(text, record))
            return cls(text, (record.blocs[text].short_name,), bloc=text)
        codes = tuple(dict.fromkeys(text.split(",")))
        if unknown := [code for code in codes if code not in record.states]:
            raise ValueError(_unknown_states(unknown, record))
        return cls(text, tuple(record.states[code].name for code in codes), codes)

    def __str__(self) -> str:
        return ", ".join(self.names)

    @property
    def is_state(self) -> bool:
        """Tell whether it is one state, whose choices are its positions."""
        return len(self.codes) == 1

    def group(self, record: Record) -> Group:
        """Return its members by date: those of the bloc, or always the states listed."""
        return record.blocs[self.bloc].group if self.bloc else Group.of_states(self.codes)

    def positions(self, record: Record) -> Choices:
        """Return R, its position on each roll call of the record's matrix.

        A state's is its choice; that of a bloc or of several states the plurality among those voting.
        """
        if self.is_state:
            return record.matrix.of(self.codes[0])
        if self.bloc:
            positions: Choices = record.bloc_positions[list(record.blocs).index(self.bloc)]
            return positions
        return self.group(record).positions(record.matrix)

    def has_member_on(self, code: str, date: datetime.date, record: Record) -> bool:
        """Tell whether the state ``code`` belongs to it on ``date``."""
        return any(
            membership.state == code
            and (membership.since or date) <= date
            and (membership.until is None or date < membership.until)
            for membership in self.group(record).memberships
        )


def _unknown_bloc(slug: str, record: Record) -> str:
    """Return that there is no such bloc, and which may have been meant."""
    if len(slug) == 3:
        return _("Unknown bloc: “%(slug)s”. Write state codes in upper case.") % {"slug": slug}
    if near := get_close_matches(slug[:LONGEST], record.blocs, n=1, cutoff=NEAR):
        return _("Unknown bloc: “%(slug)s”. Did you mean %(meant)s?") % {"slug": slug, "meant": near[0]}
    return _("Unknown bloc: “%(slug)s”.") % {"slug": slug}


def _unknown_states(codes: Sequence[str], record: Record) -> str:
    """Return that there are no such states, and which may have been meant where it is one."""
    meant = codes[0].strip().upper()[:LONGEST]
    if len(codes) == 1 and (near := get_close_matches(meant, record.states, n=1, cutoff=NEAR)):
        return _("Unknown state code: “%(code)s”. Did you mean %(meant)s?") % {"code": codes[0], "meant": near[0]}
    return _("Unknown state code: “%(codes)s”.") % {"codes": "”, “".join(codes)}


@dataclass(frozen=True, slots=True)
class Position:
    """A party and the position it took, as in ``USA:against``."""

    text: str
    party: Party
    word: str

    @classmethod
    def parse(cls, text: str, record: Record) -> Position:
        """Read a position; raise ValueError, saying what is wrong, for a malformed or an unknown one."""
        who, colon, given = text.partition(":")
        if not colon or not who:
            raise ValueError(_("“%(text)s” should look like USA:against or eu:for.") % {"text": text})
        party = Party.parse(who, record)
        words = [*WORDS.values(), *([TIED_WORD] if party.bloc else [])]
        word = canonical_position(text).partition(":")[2]
        if word not in words:
            raise ValueError(
                _("“%(word)s” is not a position of %(party)s; choose one of %(words)s.")
                % {"word": given, "party": party, "words": ", ".join(words)}
            )
        return cls(text, party, word)

    def __str__(self) -> str:
        choice = _("Tied") if self.word == TIED_WORD else Choice.from_word(self.word).label
        return _("%(party)s: %(choice)s") % {"party": self.party, "choice": choice}

    def met(self, record: Record) -> Mask:
        """Return R, the roll calls in which each of the states, or the bloc, took the position.

        A bloc is non-voting where it had members in the electorate and none of them took a position.
        """
        taken = TIED if self.word == TIED_WORD else LETTERS[Choice.from_word(self.word)]
        if self.party.bloc:
            return self.party.positions(record) == taken
        return np.logical_and.reduce([record.matrix.of(code) == taken for code in self.party.codes])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties whose positions are held against each other, as in ``USA~eu``."""

    text: str
    one: Party
    other: Party

    @classmethod
    def parse(cls, text: str, record: Record) -> Self:
        """Read a pair; raise ValueError, saying what is wrong, for a malformed or an unknown one."""
        one, tilde, other = text.partition("~")
        if not tilde or not one or not other or "," in text:
            raise ValueError(_("“%(text)s” should name two states or blocs, such as USA~eu.") % {"text": text})
        return cls(text, Party.parse(one, record), Party.parse(other, record))

    def _positions(self, record: Record) -> tuple[Choices, Choices, Mask]:
        """Return R thrice: the positions of the one and of the other, and where both took one."""
        one, other = self.one.positions(record), self.other.positions(record)
        return one, other, is_position(one) & is_position(other)


class Difference(Pair):
    """Two parties that both took a position, and not the same one."""

    def __str__(self) -> str:
        return _("%(one)s and %(other)s took different positions") % {"one": self.one, "other": self.other}

    def met(self, record: Record) -> Mask:
        """Return R, the roll calls in which both took a position, neither of them tied, and not the same."""
        one, other, both = self._positions(record)
        return both & (one != other)


class Accord(Pair):
    """Two parties that both took a position, and the same one."""

    def __str__(self) -> str:
        return _("%(one)s and %(other)s took the same position") % {"one": self.one, "other": self.other}

    def met(self, record: Record) -> Mask:
        """Return R, the roll calls in which both took a position, neither of them tied, and the same."""
        one, other, both = self._positions(record)
        return both & (one == other)
