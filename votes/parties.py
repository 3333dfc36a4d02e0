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
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from votes.choices import WORDS, Choice
from votes.models import Bloc, BlocMembership, MemberState, Vote
from votes.models.intervals import holds_on

if TYPE_CHECKING:
    from django.db.models import QuerySet

SPLIT, SPLIT_LETTER = "split", "S"

STATE_POSITIONS = "SELECT roll_call_id, choice AS position FROM votes_vote WHERE state_id = %s"

# The votes of those that were full members of a bloc on the date of the roll call.
BLOC_VOTES = """
    SELECT v.roll_call_id, v.state_id, v.choice
    FROM votes_blocmembership m
    JOIN votes_vote v ON v.state_id = m.state_id
    JOIN votes_rollcall r ON r.id = v.roll_call_id
    WHERE m.bloc_id = %s AND m.status = 'member' AND m.since <= r.date AND (m.until IS NULL OR r.date < m.until)
"""

# The plurality among them: Y, N or A, S for a tie, X where nobody voted.
BLOC_POSITIONS = """
    SELECT roll_call_id, CASE
        WHEN y > greatest(n, a) THEN 'Y'
        WHEN n > greatest(y, a) THEN 'N'
        WHEN a > greatest(y, n) THEN 'A'
        WHEN y + n + a > 0 THEN 'S'
        ELSE 'X' END AS position
    FROM (
        SELECT roll_call_id,
            count(*) FILTER (WHERE choice = 'Y') AS y,
            count(*) FILTER (WHERE choice = 'N') AS n,
            count(*) FILTER (WHERE choice = 'A') AS a
        FROM ({votes}) votes GROUP BY roll_call_id
    ) totals
"""

DIFFERENT = """
    SELECT one.roll_call_id FROM ({one}) one JOIN ({other}) other USING (roll_call_id)
    WHERE one.position IN ('Y', 'N', 'A') AND other.position IN ('Y', 'N', 'A') AND one.position <> other.position
"""


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
                if len(text) == 3:
                    message = _("There is no bloc “%(slug)s”. States are upper-case codes.")
                else:
                    message = _("There is no bloc “%(slug)s”.")
                raise ValueError(message % {"slug": text})
            return cls(text, bloc=bloc)
        codes = text.split(",")
        well_formed = [code for code in codes if re.fullmatch("[A-Z]{3}", code)]
        found = {state.code: state for state in MemberState.objects.filter(code__in=well_formed)}
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
        letter = SPLIT_LETTER if word == SPLIT else Choice.from_word(word).value
        condition = Q()
        for sql, parameters in self._positions():
            taken = RawSQL(f"SELECT roll_call_id FROM ({sql}) p WHERE position = %s", (*parameters, letter))
            condition &= Q(pk__in=taken)
        return condition

    def differs_from(self, other: Party) -> Q:
        """Return the condition on roll calls that both took a position, neither of them split, and not the same."""
        (own_sql, own), (its_sql, its) = self._positions()[0], other._positions()[0]
        sql = DIFFERENT.format(one=own_sql, other=its_sql)
        return Q(pk__in=RawSQL(sql, (*own, *its)))

    def _positions(self) -> list[tuple[str, tuple[int, ...]]]:
        """Return the query of ``roll_call_id`` and ``position`` with its parameters, for each state or the bloc."""
        if self.bloc:
            return [(BLOC_POSITIONS.format(votes=BLOC_VOTES), (self.bloc.pk,))]
        return [(STATE_POSITIONS, (state.pk,)) for state in self.states]


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

    def __str__(self) -> str:
        """Return the condition as it is read."""
        choice = _("Split") if self.word == SPLIT else Choice.from_word(self.word).label
        return _("%(party)s: %(choice)s") % {"party": self.party, "choice": choice}

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

    def __str__(self) -> str:
        """Return the condition as it is read."""
        return _("%(one)s and %(other)s differed") % {"one": self.one, "other": self.other}

    def condition(self) -> Q:
        """Return the condition on roll calls."""
        return self.one.differs_from(self.other)


def bloc_votes(bloc: Bloc) -> QuerySet[Vote]:
    """Return the votes of states that were full members of ``bloc`` on the date of the roll call."""
    return Vote.objects.filter(
        holds_on(F("roll_call__date"), "state__bloc_memberships__"),
        state__bloc_memberships__bloc=bloc,
        state__bloc_memberships__status=BlocMembership.Status.MEMBER,
    )


def bloc_totals(bloc: Bloc) -> QuerySet[Vote, Any]:
    """Return a row a roll call with how many of the bloc's members of that date chose what."""
    return bloc_votes(bloc).values("roll_call").annotate(**COUNTS)


# How many votes there are of each choice, by the names of ``Totals``.
COUNTS = {
    "yes": Count("pk", filter=Q(choice=Choice.YES)),
    "no": Count("pk", filter=Q(choice=Choice.NO)),
    "abstaining": Count("pk", filter=Q(choice=Choice.ABSTAINING)),
    "non_voting": Count("pk", filter=Q(choice=Choice.NON_VOTING)),
}
