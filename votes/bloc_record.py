"""A bloc's record: its position and cohesion by roll call, and which members broke with it how often.

A roll call is always read with the membership of its own date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from votes.choices import Choice
from votes.models import BlocMembership, MemberState, Vote
from votes.models.intervals import holds_on
from votes.totals import Totals

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from votes.models import Bloc, RollCall


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

# A share of fewer positions than this says little and is not shown.
MINIMUM_POSITIONS = 5


@dataclass(frozen=True, slots=True)
class MemberBreaks:
    """How often a member took a position, and another than the bloc's."""

    state: MemberState
    positions: int
    breaks: int

    @property
    def share(self) -> float | None:
        """Return the share of breaks, in per cent; None below ``MINIMUM_POSITIONS``."""
        return 100 * self.breaks / self.positions if self.positions >= MINIMUM_POSITIONS else None


def roll_calls_of(bloc: Bloc, roll_calls: QuerySet[RollCall]) -> QuerySet[RollCall]:
    """Return those of ``roll_calls`` in whose electorate the bloc had a member on their date."""
    members = bloc_votes(bloc).filter(roll_call=OuterRef("pk"))
    return roll_calls.filter(Exists(members))


def members_totals(bloc: Bloc, roll_calls: QuerySet[RollCall]) -> Totals:
    """Return how often the bloc's members chose what in all of ``roll_calls`` together: one query."""
    votes = bloc_votes(bloc).filter(roll_call__in=roll_calls.order_by().values("pk"))
    return Totals(**votes.aggregate(**COUNTS))


def positions_on(bloc: Bloc, roll_calls: Iterable[RollCall]) -> list[tuple[RollCall, Totals]]:
    """Return each roll call with the totals of the bloc's members of its date: one query."""
    shown = list(roll_calls)
    rows = {row["roll_call"]: row for row in bloc_totals(bloc).filter(roll_call__in=shown)}
    none = {"yes": 0, "no": 0, "abstaining": 0, "non_voting": 0}
    return [(roll_call, Totals(*(rows.get(roll_call.pk, none)[name] for name in none))) for roll_call in shown]


def breaks(bloc: Bloc, roll_calls: QuerySet[RollCall]) -> list[MemberBreaks]:
    """Return each member that took a position, those with the largest share of breaks first: two queries.

    Last come those with too few positions for a share.

    A break is a position other than the bloc's, the plurality of its voting members; where they tie there is
    no position to break with. Members with equal shares are ordered by how often, then by name.
    """
    try:
        selected, parameters = roll_calls.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BREAKS.format(selected=selected), (bloc.pk, *parameters))
        counts = {state: (positions, broke) for state, positions, broke in cursor.fetchall()}
    lines = [MemberBreaks(state, *counts[state.pk]) for state in MemberState.objects.filter(pk__in=counts)]
    return sorted(lines, key=lambda line: (-_or_less(line.share), -line.breaks, line.state.sort_name))


def _or_less(share: float | None) -> float:
    """Return a share to sort by, less than any where there is none."""
    return -1 if share is None else share


BREAKS = f"""
WITH votes AS MATERIALIZED ({BLOC_VOTES}),
positions AS ({BLOC_POSITIONS.format(votes="SELECT * FROM votes")})
SELECT state_id, count(*), count(*) FILTER (WHERE choice <> position)
FROM votes JOIN positions USING (roll_call_id)
WHERE choice <> 'X' AND position IN ('Y', 'N', 'A') AND roll_call_id IN ({{selected}})
GROUP BY state_id
"""


def members_on(bloc: Bloc, date: datetime.date) -> list[BlocMembership]:
    """Return the memberships that held on ``date``, full ones first, by name: one query."""
    status = {status: place for place, status in enumerate(BlocMembership.Status.values)}
    memberships = bloc.memberships.on(date).select_related("state")
    return sorted(memberships, key=lambda membership: (status[membership.status], membership.state.sort_name))


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
