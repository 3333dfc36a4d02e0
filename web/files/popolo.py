"""A roll call in the Popolo and Open Civic Data formats: motion, vote event, counts and votes.

In Popolo (https://www.popoloproject.com/specs/vote-event.html) voters are people; here they are member states, so a
voter is an organization. Our conventions where the standard leaves room:

- Options are ``yes``, ``no``, ``abstain`` and ``not voting``: the record does not distinguish absent members from
  present ones that took no part.
- A result is ``pass`` or ``fail``; a veto is a fail, and an unknown result is null.
- Counts are counted from the votes if there are any, otherwise as announced by the President.
- A voter's group is its regional group on that date, the only kind of group of which a state belongs to at most one.
  Group results are left out.
- ``end_date`` is the last day, as everywhere in Popolo; that of a session is stored as its last day already.
- Anything else is in ``extras``, as in Open Civic Data: a correction is there, and changes no vote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from votes.choices import Choice
from votes.models.blocs import BlocKind
from votes.rules import Result
from web.display.dates import iso

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from votes.models import RollCall
    from votes.record.record import Record
    from votes.totals import Totals

    Row = Mapping[str, Any]

OPTIONS = {Choice.YES: "yes", Choice.NO: "no", Choice.ABSTAINING: "abstain", Choice.NON_VOTING: "not voting"}
RESULTS = {Result.ADOPTED: "pass", Result.REJECTED: "fail", Result.VETOED: "fail", Result.NOT_STATED: None}


def vote_event(
    roll_call: RollCall,
    *,
    address: str,
    votes: Sequence[Row] = (),
    corrections: Sequence[Row] = (),
    groups: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the vote event of a published roll call, loaded with body, session, text, tally and source.

    ``address`` is its page, ``votes`` and ``corrections`` are rows from ``votes.exporting``, and ``groups`` maps state
    codes to regional groups.
    """
    body, session, resolution = roll_call.body, roll_call.session, roll_call.resolution
    of = {
        "organization_id": body.code,
        "organization": {"id": body.code, "name": body.name},
        "legislative_session_id": session.code if session else None,
        "legislative_session": {
            "id": session.code,
            "name": session.name,
            "start_date": _day(session.opened),
            "end_date": _day(session.closed),
        }
        if session
        else None,
    }
    document = {"url": resolution.document_url, "note": resolution.symbol} if resolution else None
    result = RESULTS[Result(roll_call.result)]
    in_group = groups or {}
    return {
        "id": address,
        "identifier": roll_call.slug,
        **of,
        "motion": {
            "id": resolution.symbol if resolution else roll_call.slug,
            **of,
            "text": roll_call.heading,
            "classification": roll_call.kind,
            "requirement": roll_call.requirement,
            "result": result,
            "sources": [document] if document else [],
        },
        "classification": roll_call.method,
        "start_date": iso(roll_call.date, roll_call.date_precision),
        "result": result,
        "counts": counts(roll_call.counted or roll_call.announced),
        "votes": [
            {
                "voter_id": vote["state"],
                "voter": {"id": vote["state"], "name": vote["state_name"]},
                "option": OPTIONS[Choice(vote["choice"])],
                "group_id": in_group.get(vote["state"]),
            }
            for vote in votes
        ],
        "sources": [{"url": address}, *_source(roll_call)],
        "extras": {
            "result": roll_call.result,
            "announced": counts(roll_call.announced),
            "corrections": [
                {"voter_id": row["state"], "option": OPTIONS[Choice(row["intended"])], "note": row["reference"]}
                for row in corrections
            ],
        },
    }


def counts(totals: Totals | None) -> list[dict[str, Any]]:
    """Return a count for each option with a known total."""
    if totals is None:
        return []
    figures = zip(OPTIONS.values(), (totals.yes, totals.no, totals.abstaining, totals.non_voting), strict=True)
    return [{"option": option, "value": value} for option, value in figures if value is not None]


def regional_groups(record: Record, date: datetime.date) -> dict[str, str]:
    """Return the slug of each member state's regional group on a date, by code."""
    return {
        held.state: bloc.slug
        for bloc in record.blocs.values()
        if bloc.kind == BlocKind.REGIONAL_GROUP
        for held in bloc.group.memberships
        if (held.since is None or held.since <= date) and (held.until is None or date < held.until)
    }


def _source(roll_call: RollCall) -> list[dict[str, Any]]:
    """Return the source, if it has an address."""
    source, reference = roll_call.source, roll_call.source_reference
    is_address = reference.startswith(("https://", "http://"))
    url = reference if is_address else source.url
    note = source.name if is_address or not reference else f"{source.name}, {reference}"
    return [{"url": url, "note": note}] if url else []


def _day(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None
