"""Required majorities, and the result that the figures alone give.

A result is recorded as the President announced it. Here is the arithmetic that explains it, and that shows
where the figures disagree with what was announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from resolutions.models import Body

if TYPE_CHECKING:
    import datetime

    from votes.totals import Totals

# The Council was enlarged from eleven to fifteen members (resolution 1991 (XVIII)); the first Council of
# fifteen, which needs nine votes and no longer seven, sat on this date.
COUNCIL_OF_FIFTEEN = (1966, 1, 1)


class Requirement(TextChoices):
    """The majority that a proposal needs."""

    SIMPLE_MAJORITY = "simple-majority", _("simple majority")
    TWO_THIRDS = "two-thirds", _("two-thirds of the members present and voting")
    TWO_THIRDS_OF_MEMBERS = "two-thirds-of-members", _("two-thirds of the members")
    SC_SUBSTANTIVE = "security-council-substantive", _("the Council’s majority, no permanent member against")
    SC_PROCEDURAL = "security-council-procedural", _("the Council’s majority, procedural")
    NOT_STATED = "not-stated", _("not stated")


class Result(TextChoices):
    """What the President announced."""

    ADOPTED = "adopted", _("adopted")
    REJECTED = "rejected", _("rejected")
    VETOED = "vetoed", _("vetoed")
    NOT_STATED = "not-stated", _("not stated")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result by the figures alone."""

    result: Result | None
    """The result by the figures; None where the requirement is not stated and its candidates differ."""
    needed: int | None
    """How many votes in favour were needed; None where it is not stated."""
    two_thirds: bool | None
    """Whether two-thirds of those present and voting were in favour; None outside the General Assembly."""


def council_votes_needed(date: datetime.date) -> int:
    """Return the affirmative votes a Security Council decision needs: nine, and seven before 1966."""
    return 9 if (date.year, date.month, date.day) >= COUNCIL_OF_FIFTEEN else 7


def council_requirement(requirement: str, result: str) -> str:
    """Return what a Security Council vote needed; a veto says by itself that it was no question of procedure."""
    unstated_veto = requirement == Requirement.NOT_STATED and result == Result.VETOED
    return Requirement.SC_SUBSTANTIVE if unstated_veto else requirement


def requirement_of(body: str, majority: str, requirement: str, result: str) -> str:
    """Return what a vote of a body needed: what is stated of it or, where nothing is, the body's own ``majority``."""
    if body == Body.SECURITY_COUNCIL:
        return council_requirement(requirement, result)
    return majority if requirement == Requirement.NOT_STATED else requirement


def verdict(requirement: str, totals: Totals, date: datetime.date, permanent_against: int, members: int) -> Verdict:
    """Return what ``totals`` make of a proposal with ``requirement``.

    ``permanent_against`` is the number of permanent members that voted against, ``members`` the size of the
    electorate. A tie is not adopted. Sources: Charter, Articles 18, 27 and 108; General Assembly rules of
    procedure, rules 82-86 and 95.
    """
    yes, no = totals.yes, totals.no
    two_thirds = yes > 0 and yes >= 2 * no
    if requirement in (Requirement.SC_SUBSTANTIVE, Requirement.SC_PROCEDURAL):
        needed = council_votes_needed(date)
        if yes < needed:
            return Verdict(Result.REJECTED, needed, None)
        vetoed = requirement == Requirement.SC_SUBSTANTIVE and permanent_against > 0
        return Verdict(Result.VETOED if vetoed else Result.ADOPTED, needed, None)
    if requirement == Requirement.TWO_THIRDS:
        return Verdict(_adopted(two_thirds), -(-2 * (yes + no) // 3), two_thirds)
    if requirement == Requirement.TWO_THIRDS_OF_MEMBERS:
        needed = -(-2 * members // 3)
        return Verdict(_adopted(yes >= needed), needed, two_thirds)
    if requirement == Requirement.SIMPLE_MAJORITY:
        return Verdict(_adopted(yes > no), (yes + no) // 2 + 1, two_thirds)
    # Not stated: two-thirds implies a simple majority, so the figures decide unless they lie between the two.
    if two_thirds:
        return Verdict(Result.ADOPTED, None, two_thirds)
    return Verdict(Result.REJECTED if yes <= no else None, None, two_thirds)


def _adopted(passed: bool) -> Result:
    return Result.ADOPTED if passed else Result.REJECTED
