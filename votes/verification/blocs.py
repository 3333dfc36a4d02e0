"""Checks of bloc memberships against seats in the General Assembly, and of bloc names."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models.functions import Upper

from resolutions.dates import iso
from resolutions.models import Body
from votes.models import Bloc, BlocMembership, BodyMembership, MemberState
from votes.models.finding_sentences import FindingKind
from votes.verification.electorate import period
from votes.verification.finding import NewFinding

if TYPE_CHECKING:
    from collections.abc import Iterator

NEVER, BEFORE, AFTER, CODE = "never", "before", "after", "code"
"""What may be wrong, as keys of ``votes.models.finding_sentences.BLOC_PROBLEMS``."""


def memberships() -> Iterator[NewFinding]:
    """Yield the full memberships of blocs that cannot be right by the seats in the Assembly: two queries.

    States join blocs before the United Nations (Switzerland in the Council of Europe) and may leave the United
    Nations for a while (Indonesia), so that neither is wrong. What is wrong: a membership during all of which there
    was no seat; one that outlasts the state's last seat; and one of a regional group, which is a group of
    members of the United Nations, that begins before the first.
    """
    seats: dict[int, list[tuple[datetime.date, datetime.date]]] = {}
    held = BodyMembership.objects.filter(body__code=Body.GENERAL_ASSEMBLY).order_by("since")
    for state, since, until in held.values_list("state", "since", "until"):
        seats.setdefault(state, []).append((since, until or datetime.date.max))
    for membership in BlocMembership.objects.full().select_related("bloc", "state"):
        problem, seat = _problem(membership, seats.get(membership.state_id, []))
        if problem:
            details = {
                "problem": problem,
                "state": membership.state.name,
                "bloc": membership.bloc.short_name,
                "since": iso(membership.since, membership.since_precision),
                # As far as they are known.
                "until": iso(membership.until, membership.until_precision) if membership.until else "",
                "seat": seat.isoformat() if seat else "",
            }
            key = f"bloc-dates:{membership.bloc.slug}:{membership.state.code}:{membership.since}"
            yield NewFinding(
                FindingKind.BLOC_DATES, key, details, state_id=membership.state_id, bloc_id=membership.bloc_id
            )


def _problem(
    membership: BlocMembership, seats: list[tuple[datetime.date, datetime.date]]
) -> tuple[str, datetime.date | None]:
    """Return what is wrong with a membership and the day of the seat that shows it; ``seats`` are in order.

    A date that is known by month or year is taken as the day within it that fits best.
    """
    latest_since = period(membership.since, membership.since_precision)[1]
    until = membership.until or datetime.date.max
    latest_until = period(until, membership.until_precision)[1]
    if not any(first < latest_until and membership.since < end for first, end in seats):
        return NEVER, None
    if membership.bloc.kind == Bloc.Kind.REGIONAL_GROUP and latest_since < seats[0][0]:
        return BEFORE, seats[0][0]
    if until > seats[-1][1]:
        return AFTER, seats[-1][1]
    return "", None


def names() -> Iterator[NewFinding]:
    """Yield the blocs whose name in addresses spells the code of a member state: one query."""
    codes = MemberState.objects.values("code")
    spelt = Bloc.objects.annotate(spelt=Upper("slug")).filter(spelt__in=codes)
    for bloc, slug, short_name in spelt.values_list("pk", "slug", "short_name"):
        details = {"problem": CODE, "bloc": short_name, "slug": slug, "state": slug.upper()}
        yield NewFinding(FindingKind.BLOC_DATES, f"bloc-dates:{slug}", details, bloc_id=bloc)
