"""Parties to a question about votes: a state, several states each, or a bloc; and the positions they took.

A bloc's position in a roll call is the plurality of in favour, against and abstaining among its voting
members of that date; a tie is ``split``. Addresses say ``USA:against``, ``eu:for``, ``USA,FRA,GBR:for`` and
``USA~eu``; states are upper-case codes and blocs lower-case slugs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from votes.choices import POSITIONS, WORDS, Choice
from votes.models import Bloc, BlocMembership, MemberState, Vote
from votes.models.intervals import holds_on

if TYPE_CHECKING:
    from django.db.models import QuerySet

SPLIT = "split"

TALLY_NAMES = {Choice.YES: "yes", Choice.NO: "no", Choice.ABSTAINING: "abstaining"}


@dataclass(frozen=True, slots=True)
class Party:
    """One or more member states, or one bloc."""

    text: str
    states: tuple[MemberState, ...] = ()
    bloc: Bloc | None = None

    @classmethod
    def parse(cls, text: str) -> Party:
        """Read ``USA``, ``USA,FRA,GBR`` or ``eu``; raise ValueError, saying what is unknown, for anything else."""
        if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
            bloc = Bloc.objects.filter(slug=text).first()
            if bloc is None:
                hint = _(" States are upper-case codes.") if len(text) == 3 else ""
                raise ValueError(_("There is no bloc “%(slug)s”.") % {"slug": text} + hint)
            return cls(text, bloc=bloc)
        codes = text.split(",")
        found = {state.code: state for state in MemberState.objects.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in found]:
            raise ValueError(_("There is no member state “%(codes)s”.") % {"codes": "”, “".join(unknown)})
        return cls(text, states=tuple(found[code] for code in codes))

    def __str__(self) -> str:
        """Return the names as they are read."""
        return str(self.bloc) if self.bloc else ", ".join(map(str, self.states))

    def took(self, word: str) -> Q:
        """Return the condition on roll calls that each of the states, or the bloc, took the position ``word``.

        ``word`` is one of for, against, abstain, nonvoting, and for a bloc also split; a bloc is nonvoting
        where it had members in the electorate and none of them voted.
        """
        if self.bloc:
            return Q(pk__in=bloc_totals(self.bloc).filter(_bloc_took(word)).values("roll_call"))
        choice = Choice.from_word(word)
        condition = Q()
        for state in self.states:
            condition &= Q(pk__in=Vote.objects.filter(state=state, choice=choice).values("roll_call"))
        return condition


@dataclass(frozen=True, slots=True)
class Position:
    """A party and the position it took, as in ``USA:against``."""

    text: str
    party: Party
    word: str

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read a position; raise ValueError, saying what is wrong, for a malformed or an unknown one."""
        who, colon, word = text.partition(":")
        if not colon or not who:
            raise ValueError(_("“%(text)s” should look like USA:against or eu:for.") % {"text": text})
        party = Party.parse(who)
        words = [*WORDS.values(), *([SPLIT] if party.bloc else [])]
        if word not in words:
            raise ValueError(
                _("“%(word)s” is not a position of %(party)s; choose one of %(words)s.")
                % {"word": word, "party": party, "words": ", ".join(words)}
            )
        return cls(text, party, word)

    def condition(self) -> Q:
        """Return the condition on roll calls."""
        return self.party.took(self.word)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two parties that both took a position, and not the same one, as in ``USA~eu``."""

    text: str
    one: Party
    other: Party

    @classmethod
    def parse(cls, text: str) -> Difference:
        """Read a difference; raise ValueError, saying what is wrong, for a malformed or an unknown one."""
        one, tilde, other = text.partition("~")
        if not tilde or not one or not other or "," in text:
            raise ValueError(_("“%(text)s” should name two states or blocs, such as USA~eu.") % {"text": text})
        return cls(text, Party.parse(one), Party.parse(other))

    def condition(self) -> Q:
        """Return the condition on roll calls."""
        condition = Q(pk__in=[])
        for choice in POSITIONS:
            others = Q(pk__in=[])
            for another in POSITIONS:
                if another != choice:
                    others |= self.other.took(another.word)
            condition |= self.one.took(choice.word) & others
        return condition


def bloc_votes(bloc: Bloc) -> QuerySet[Vote]:
    """Return the votes cast by states that were members of ``bloc`` on the date of the roll call."""
    return Vote.objects.filter(
        holds_on(F("roll_call__date"), "state__bloc_memberships__"),
        state__bloc_memberships__bloc=bloc,
        state__bloc_memberships__status=BlocMembership.Status.MEMBER,
    )


def bloc_totals(bloc: Bloc) -> QuerySet[Vote, Any]:
    """Return a row a roll call with how many of the bloc's members of that date chose what."""
    return (
        bloc_votes(bloc)
        .values("roll_call")
        .annotate(
            yes=Count("pk", filter=Q(choice=Choice.YES)),
            no=Count("pk", filter=Q(choice=Choice.NO)),
            abstaining=Count("pk", filter=Q(choice=Choice.ABSTAINING)),
            non_voting=Count("pk", filter=Q(choice=Choice.NON_VOTING)),
        )
    )


def _bloc_took(word: str) -> Q:
    """Return the condition on ``bloc_totals`` that the bloc's position is ``word``."""
    if word == SPLIT:
        tied = Q()
        for first, second, third in (
            ("yes", "no", "abstaining"),
            ("yes", "abstaining", "no"),
            ("no", "abstaining", "yes"),
        ):
            tied |= Q(**{first: F(second), f"{first}__gte": F(third)})
        return tied & ~_nobody_voted()
    choice = Choice.from_word(word)
    if choice == Choice.NON_VOTING:
        return _nobody_voted()
    own = TALLY_NAMES[choice]
    return Q(**{f"{own}__gt": Greatest(*(F(name) for name in TALLY_NAMES.values() if name != own))})


def _nobody_voted() -> Q:
    """Return the condition that none of the bloc's members took a position."""
    return Q(yes=0, no=0, abstaining=0)
