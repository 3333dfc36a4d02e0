"""Check of recorded results against the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resolutions.models import Body
from votes.models.finding_sentences import FindingKind
from votes.rules import Requirement, Result, requirement_of, verdict
from votes.totals import Totals
from votes.verification.finding import NewFinding, select

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterator

# Roll calls with a result and figures, and what else their verdict needs: the members of the body where two-thirds
# of them are required, and the permanent members against in the Council, null where nobody knows who voted how.
FIGURES = """
    SELECT r.id, r.slug, b.code, b.majority, r.requirement, r.result, r.date,
        t."cast" > 0, t.yes, t.no, t.abstaining, t.non_voting,
        r.announced_yes, r.announced_no, r.announced_abstaining, r.announced_non_voting,
        CASE WHEN r.requirement = 'two-thirds-of-members' THEN (
            SELECT count(*) FROM votes_bodymembership m
            WHERE m.body_id = r.body_id AND m.since <= r.date AND (m.until IS NULL OR r.date < m.until)
        ) END,
        CASE WHEN b.code = 'SC' AND t."cast" > 0 THEN (
            SELECT count(*) FROM votes_vote v
            JOIN votes_bodymembership m ON m.state_id = v.state_id AND m.body_id = r.body_id AND m.permanent
            WHERE v.roll_call_id = r.id AND v.choice = 'N'
                AND m.since <= r.date AND (m.until IS NULL OR r.date < m.until)
        ) END
    FROM votes_rollcall r
    JOIN resolutions_body b ON b.id = r.body_id
    JOIN votes_tally t ON t.roll_call_id = r.id
    WHERE r.result <> 'not-stated'
        AND (t."cast" > 0 OR (r.announced_yes IS NOT NULL AND r.announced_no IS NOT NULL))
        AND (%(keys)s::bigint[] IS NULL OR r.id = ANY (%(keys)s))
"""


def contradicted_results(keys: Collection[int] | None = None) -> Iterator[NewFinding]:
    """Yield the roll calls whose figures make another result than the recorded one: one query.

    ``keys`` are those of the roll calls to look at, by default all. The figures are those counted from the votes, or
    the announced ones where there are no votes. ``recorded`` and ``computed`` are
    values of ``Result``, ``figures`` the tally as it is quoted.
    """
    for roll_call, slug, body, majority, stated, result, date, is_counted, *figures, members, against in select(
        FIGURES, keys=None if keys is None else list(keys)
    ):
        totals = Totals(*(figures[:4] if is_counted else figures[4:]))
        requirement = requirement_of(body, majority, stated, result)
        reached = _computed(body, requirement, totals, date, permanent_against=against, members=members or 0)
        if reached not in (None, result):
            details = {"recorded": result, "figures": str(totals), "computed": str(reached)}
            yield NewFinding(FindingKind.RESULT, f"result:{slug}", details, roll_call_id=roll_call)


def _computed(
    body: str, requirement: str, totals: Totals, date: datetime.date, *, permanent_against: int | None, members: int
) -> Result | None:
    """Return the result by the figures, None where they do not decide it."""
    if body == Body.SECURITY_COUNCIL and requirement == Requirement.NOT_STATED:
        return None
    reached = verdict(requirement, totals, date, permanent_against or 0, max(totals.members, members)).result
    # Enough were in favour, but without the votes nobody knows whether a permanent member was against.
    may_be_vetoed = requirement == Requirement.SC_SUBSTANTIVE and permanent_against is None
    return None if may_be_vetoed and reached == Result.ADOPTED else reached
