"""Files of the vetoes page, and the addresses of the lists behind each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from votes.models import RollCall
from votes.reports.vetoes import vetoed_drafts
from votes.rules import Result
from web.display.permanent_members import seat_name
from web.lists.filters import VETOED_BY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from votes.record.record import Record
    from votes.reports.vetoes import VetoCount

DRAFTS = "vetoed_drafts"
"""The column of vetoed drafts, by any number of members."""


def header(count: VetoCount) -> tuple[str, ...]:
    """Return the CSV header: decade, its days, and a column per member code."""
    return ("decade", "since", "until", *count.members, DRAFTS)


def rows(count: VetoCount) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each decade, named by its first year, with its first and last day."""
    for decade, vetoes, drafts in zip(count.decades, count.vetoes.tolist(), count.drafts.tolist(), strict=True):
        yield (decade, *days(decade), *vetoes, drafts)


def days(decade: int) -> tuple[str, str]:
    """Return the first and the last day of a decade, as filters write them."""
    return f"{decade}-01-01", f"{decade + 9}-12-31"


def list_address(member: str = "", decade: int | None = None, *, only_drafts: bool = True) -> str:
    """Return the address of the list of vetoes, optionally by member and decade."""
    asked = {"result": Result.VETOED.value}
    if member:
        asked[VETOED_BY] = member
    if decade is not None:
        asked["since"], asked["until"] = days(decade)
    if only_drafts:
        asked["kind"] = RollCall.Kind.TEXT.value
    return f"{reverse('web:roll_calls')}?{urlencode(asked)}"


def json_document(record: Record, count: VetoCount) -> dict[str, Any]:
    """Return the members, the table, and each vetoed draft with its vetoing members, newest first."""
    return {
        "members": [
            {
                "code": code,
                "name": seat_name(record, code),
                "vetoes_of": list(record.permanent[code]),
                "vetoes": int(count.vetoes[:, place].sum()),
            }
            for place, code in enumerate(count.members)
        ],
        "decades": [
            {"decade": decade, "since": since, "until": until, "vetoes": dict(zip(count.members, vetoes, strict=True))}
            | {DRAFTS: drafts}
            for decade, since, until, *vetoes, drafts in rows(count)
        ],
        DRAFTS: len(count.keys),
        "other_votes_that_ended_in_a_veto": count.others,
        "votes_of_the_council_on_record": count.votes,
        "first_vote": count.first.isoformat() if count.first else None,
        "last_vote": count.last.isoformat() if count.last else None,
        "drafts": [
            {
                "roll_call": one.roll_call.slug,
                "symbol": one.roll_call.resolution.symbol if one.roll_call.resolution else None,
                "date": one.roll_call.date.isoformat(),
                "title": one.roll_call.heading,
                "vetoed_by": list(one.vetoers),
                "tally": str(one.roll_call.totals),
            }
            for one in vetoed_drafts(record, count.keys)
        ],
    }
