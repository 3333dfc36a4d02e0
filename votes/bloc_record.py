"""A bloc's record: its position and cohesion by roll call, and which members broke with it how often.

A roll call is always read with the membership of its own date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef

from votes.models import BlocMembership, MemberState
from votes.parties import BLOC_POSITIONS, BLOC_VOTES, COUNTS, bloc_totals, bloc_votes
from votes.totals import Totals

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from votes.models import Bloc, RollCall


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
