"""Explanation of a result in words, and of disagreements between the record's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resolutions.models import Body
from votes.choices import Choice
from votes.models import RollCall
from votes.reports.wording import outcome
from votes.rules import Requirement, Result, Verdict, council_votes_needed, requirement_of, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.reports.breakdown import StateChoice
    from votes.reports.roll_call_context import RollCallContext
    from votes.totals import Totals


@dataclass(frozen=True, slots=True)
class Explanation:
    """The result explained, the permanent members against, and what does not add up."""

    text: str
    permanent_against: tuple[StateChoice, ...]
    findings: tuple[str, ...]
    difference_reason: str = ""
    """Why counted and announced totals differ, as an editor says it; empty where they agree."""
    rule: str = ""
    """What the Security Council required on the day; empty for the Assembly and where it is not stated."""

    @classmethod
    def of(cls, roll_call: RollCall, states: Sequence[StateChoice], context: RollCallContext) -> Explanation:
        """Explain ``roll_call`` by its totals, the ``states`` that voted and the members of its body."""
        totals = roll_call.totals
        if totals is None:
            return cls(outcome(roll_call), (), ())
        vetoers = tuple(s for s in states if s.choice == Choice.NO and s.state.key in context.permanent)
        # The sentence explains the tally that is given; whether the record adds up is checked by the votes, as
        # votes.verification.results does.
        explained = _explain(roll_call, totals, _verdict(roll_call, totals, len(vetoers), context), vetoers, context)
        reached = _verdict(roll_call, roll_call.counted or totals, len(vetoers), context)
        # Without the votes nobody knows whether a permanent member was against.
        unknown = roll_call.counted is None and _requirement(roll_call, context) == Requirement.SC_SUBSTANTIVE
        findings = (
            () if unknown and reached.result == Result.ADOPTED else tuple(_findings(roll_call, reached, context.seats))
        )
        return cls(explained, vetoers, findings, difference_reason(roll_call), _rule(roll_call, context))


def difference_reason(roll_call: RollCall) -> str:
    """Return what an editor says of why counted and announced totals differ; empty where they agree."""
    return roll_call.difference_reason if roll_call.differences(roll_call.counted) else ""


def _verdict(roll_call: RollCall, totals: Totals, permanent_against: int, context: RollCallContext) -> Verdict:
    """Return what the figures make of it; of a Council vote of unknown requirement they make nothing."""
    requirement = _requirement(roll_call, context)
    if context.body == Body.SECURITY_COUNCIL and requirement == Requirement.NOT_STATED:
        return Verdict(None, None, None)
    # The electorate is all members of the body on the date, or who was counted, where that is more.
    members = max(totals.members, context.seats)
    return verdict(requirement, totals, roll_call.date, permanent_against, members)


def _requirement(roll_call: RollCall, context: RollCallContext) -> str:
    return requirement_of(context.body, context.majority, roll_call.requirement, roll_call.result)


def _rule(roll_call: RollCall, context: RollCallContext) -> str:
    """Return what the Security Council required on the day of a vote, as Article 27 of the Charter has it."""
    requirement = _requirement(roll_call, context)
    if context.body != Body.SECURITY_COUNCIL or requirement not in (
        Requirement.SC_SUBSTANTIVE,
        Requirement.SC_PROCEDURAL,
    ):
        return ""
    is_before = council_votes_needed(roll_call.date) < 9
    if requirement == Requirement.SC_SUBSTANTIVE and is_before:
        return _(
            "Until the end of 1965, seven of the Council’s eleven members had to be in favour and no permanent member "
            "against (Charter, Article 27)."
        )
    if requirement == Requirement.SC_SUBSTANTIVE:
        return _(
            "Nine of the Council’s fifteen members have to be in favour and no permanent member against (Charter, "
            "Article 27)."
        )
    if is_before:
        return _(
            "Until the end of 1965, a question of procedure needed seven of the Council’s eleven members in favour; no "
            "permanent member could veto it (Charter, Article 27)."
        )
    return _(
        "A question of procedure needs nine of the Council’s fifteen members in favour; no permanent member can veto "
        "it (Charter, Article 27)."
    )


def _explain(
    roll_call: RollCall, totals: Totals, reached: Verdict, vetoers: Sequence[StateChoice], context: RollCallContext
) -> str:
    result = str(roll_call.get_result_display()).capitalize()
    if roll_call.result == Result.NOT_STATED:
        result = _("Result not recorded")
    if context.body == Body.SECURITY_COUNCIL:
        return _explain_council(roll_call, result, totals, reached, vetoers)
    if totals.share_in_favour is None:
        return _("%(result)s: nobody voted in favour or against.") % {"result": result}
    figures = {
        "result": result,
        "yes": totals.yes,
        "cast": totals.present_and_voting,
        "share": floatformat(totals.share_in_favour, 1),
        "needed": reached.needed,
    }
    requirement = _requirement(roll_call, context)
    if requirement == Requirement.TWO_THIRDS:
        text = _(
            "%(result)s: %(yes)s of %(cast)s present and voting were in favour (%(share)s%%). A two-thirds majority, "
            "%(needed)s, was required."
        )
    elif requirement == Requirement.TWO_THIRDS_OF_MEMBERS:
        text = _(
            "%(result)s: %(yes)s of %(cast)s present and voting were in favour (%(share)s%%). Two-thirds of all "
            "members, %(needed)s, were required."
        )
    elif context.body != Body.GENERAL_ASSEMBLY and requirement == Requirement.SIMPLE_MAJORITY:
        text = _(
            "%(result)s: %(yes)s of %(cast)s present and voting were in favour (%(share)s%%). A simple majority, "
            "%(needed)s, was required."
        )
    elif reached.two_thirds:
        text = _("%(result)s: %(yes)s of %(cast)s present and voting were in favour (%(share)s%%), two-thirds or more.")
    elif totals.yes > totals.no:
        text = _(
            "%(result)s: %(yes)s of %(cast)s present and voting were in favour (%(share)s%%), less than two-thirds."
        )
    else:
        text = _(
            "%(result)s: %(yes)s of %(cast)s present and voting were in favour (%(share)s%%). Adoption takes more "
            "votes in favour than against."
        )
    return text % figures


def _explain_council(
    roll_call: RollCall, result: str, totals: Totals, reached: Verdict, vetoers: Sequence[StateChoice]
) -> str:
    figures = {
        "result": result,
        "yes": totals.yes,
        "needed": reached.needed,
        "names": ", ".join(line.name for line in vetoers),
    }
    if reached.needed is None:
        text = ngettext("%(result)s: %(yes)s vote in favour.", "%(result)s: %(yes)s votes in favour.", totals.yes)
    elif reached.result == Result.VETOED:
        text = ngettext(
            "%(result)s: %(yes)s votes in favour of the %(needed)s needed, but a permanent member voted "
            "against: %(names)s.",
            "%(result)s: %(yes)s votes in favour of the %(needed)s needed, but permanent members voted "
            "against: %(names)s.",
            len(vetoers),
        )
    elif reached.result == Result.REJECTED:
        text = ngettext(
            "%(result)s: %(yes)s vote in favour of the %(needed)s needed.",
            "%(result)s: %(yes)s votes in favour of the %(needed)s needed.",
            totals.yes,
        )
    elif roll_call.requirement == Requirement.SC_PROCEDURAL or roll_call.counted is None:
        text = _("%(result)s: %(yes)s votes in favour, %(needed)s needed.")
    else:
        text = _("%(result)s: %(yes)s votes in favour, %(needed)s needed, and no permanent member against.")
    return text % figures


def _findings(roll_call: RollCall, reached: Verdict, members: int) -> list[str]:
    """Return what does not add up: announced against counted totals, the result against the figures."""
    findings = []
    for choice, counted, announced in roll_call.differences(roll_call.counted):
        findings.append(
            _("%(choice)s: %(announced)s announced, but %(counted)s counted from the votes.")
            % {"choice": choice.label, "announced": announced, "counted": counted}
        )
    # Whose choice is not legible is listed, and the page says so.
    recorded = roll_call.counted.members + len(roll_call.not_legible) if roll_call.counted else members
    if missing := members - recorded:
        findings.append(_without_entry(missing, members))
    if reached.result and roll_call.result not in (reached.result, Result.NOT_STATED):
        findings.append(
            _("Recorded as %(recorded)s, but the figures give %(reached)s.")
            % {"recorded": roll_call.get_result_display(), "reached": reached.result.label}
        )
    return findings


def _without_entry(missing: int, members: int) -> str:
    if missing > 0:
        return ngettext(
            "The votes do not include %(missing)s of the %(members)s members of the body on that date.",
            "The votes do not include %(missing)s of the %(members)s members of the body on that date.",
            missing,
        ) % {"missing": missing, "members": members}
    return _("Votes of %(votes)s states are recorded; the body had %(members)s members on that date.") % {
        "votes": members - missing,
        "members": members,
    }
