"""Names of roll calls in sentences, by method of voting."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.models import RollCall
from votes.models.intervals import DatePrecision
from votes.rules import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votes.record.roll_calls import ListedRollCall

Method = RollCall.Method


def name_of(method: str) -> str:
    """Return what a vote is called within a sentence: recorded vote."""
    return _names(get_language())[method]


@cache
def _names(_language: str | None) -> Mapping[str, str]:
    return {
        Method.RECORDED: _("recorded vote"),
        Method.ROLL_CALL: _("roll-call vote"),
        Method.NON_RECORDED: _("non-recorded vote"),
        Method.WITHOUT_VOTE: _("adopted without a vote"),
        Method.BALLOT: _("secret ballot or election"),
    }


def taken_on(method: str) -> str:
    """Return what stands before the text that a vote was on."""
    phrases = {
        Method.RECORDED: _("A recorded vote on"),
        Method.ROLL_CALL: _("A roll-call vote on"),
        Method.NON_RECORDED: _("A non-recorded vote on"),
        Method.WITHOUT_VOTE: _("Adopted without a vote, of"),
        Method.BALLOT: _("A secret ballot or election on"),
    }
    return phrases[Method(method)]


def unknown_votes(roll_call: RollCall | ListedRollCall) -> str:
    """Return, of one without totals, how it was taken and what is not on record, within a sentence."""
    phrases = {
        Method.RECORDED: _("recorded vote; who voted how is not on record"),
        Method.ROLL_CALL: _("roll-call vote; who voted how is not on record"),
        Method.NON_RECORDED: _("non-recorded vote; neither the tally nor who voted how is on record"),
        Method.WITHOUT_VOTE: _("adopted without a vote"),
        Method.BALLOT: _("secret ballot or election; who voted how is secret"),
    }
    return phrases[Method(roll_call.method)]


def cited(method: str, day: str, precision: str) -> str:
    """Return how a roll call is cited: “recorded vote of 24 February 2025”, “adopted without a vote on …”."""
    if method != Method.WITHOUT_VOTE:
        phrases = {
            Method.RECORDED: _("recorded vote of %(day)s"),
            Method.ROLL_CALL: _("roll-call vote of %(day)s"),
            Method.NON_RECORDED: _("non-recorded vote of %(day)s"),
            Method.BALLOT: _("secret ballot or election of %(day)s"),
        }[Method(method)]
    elif precision == DatePrecision.DAY:
        phrases = _("adopted without a vote on %(day)s")
    else:
        phrases = _("adopted without a vote in %(day)s")
    return phrases % {"day": day}


def outcome(roll_call: RollCall | ListedRollCall) -> str:
    """Return, of one without totals, how it went and what is not on record, as sentences."""
    how = sentence(unknown_votes(roll_call))
    if roll_call.method == Method.WITHOUT_VOTE or roll_call.result == Result.NOT_STATED:
        return how
    return f"{sentence(str(Result(roll_call.result).label))} {how}"


def sentence(clause: str) -> str:
    """Return a clause as a sentence of its own."""
    return f"{clause[:1].upper()}{clause[1:]}."
