"""Proposed values for a new vote, derived from body, session and date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from resolutions.models import Body, Resolution, Session
from resolutions.sessions import regular_session_on
from resolutions.symbols import FIRST_COUNCIL_YEAR, LAST_ROMAN_SESSION
from votes.models import MemberState, RollCall

if TYPE_CHECKING:
    import datetime


MAIN_COMMITTEES = "A/C."
"""They adopt drafts for the Assembly, which have no other symbol."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is filled in; a symbol that ends in a stroke or a full stop is still to be completed."""

    symbol: str
    draft_symbol: str
    meeting: str
    ordinal: int | None
    electorate: int
    """How many members the body had on the date."""


def session_on(body: Body, date: datetime.date) -> Session | None:
    """Return the regular session in which ``body`` met on ``date``, None where it is not on record.

    A session without a recorded opening opens by rule. Special and emergency special sessions meet at the same time,
    so the date does not identify them.
    """
    regular = Session.objects.filter(body=body, kind=Session.Kind.REGULAR).select_related("body")
    return regular_session_on(list(regular), date)


def proposal(body: Body, session: Session | None, date: datetime.date) -> Proposal:
    """Return what to fill in: the beginnings of symbols, and the meeting on record on that day, or how it begins."""
    symbol, draft_symbol, meeting = _beginnings(body, session, date)
    same_day = RollCall.objects.filter(body=body, session=session, date=date).exclude(meeting="")
    ordinal = None
    if last := same_day.order_by("-ordinal", "-pk").first():
        meeting = last.meeting
        known = same_day.filter(meeting=meeting, ordinal__isnull=False).order_by("-ordinal").first()
        ordinal = known.ordinal + 1 if known and known.ordinal is not None else None
    return Proposal(symbol, draft_symbol, meeting, ordinal, MemberState.objects.members_of(body, date).count())


def another_vote(text: Resolution) -> dict[str, Any]:
    """Return what to fill in for another vote on a text, by field: that of its last vote, and the next place after it.

    The kind is left open if there is a vote on the whole text already.
    """
    facts: dict[str, Any] = {"resolution": text, "body": text.body, "session": text.session}
    votes = text.roll_calls.select_related("body", "session", "source")
    if votes.filter(kind=RollCall.Kind.TEXT).exists():
        facts["kind"] = ""
    if last := votes.order_by("-date", "-ordinal", "-pk").first():
        facts |= {name: getattr(last, name) for name in ("body", "session", "date", "date_precision", "meeting")}
        if last.source.slug == "editor":  # What a file says of one vote it does not say of another.
            facts["source_reference"] = last.source_reference
        if last.meeting:
            same = RollCall.objects.filter(body=last.body, meeting=last.meeting, ordinal__isnull=False)
            facts["ordinal"] = (same.aggregate(last=Max("ordinal"))["last"] or 0) + 1 if same.exists() else None
    return facts


def known_text(*symbols: str) -> Resolution | None:
    """Return the one text that is on record under the first of ``symbols`` that is complete."""
    symbol = next(filter(is_complete, symbols), "")
    found = list(Resolution.objects.order_by().with_symbol(symbol)[:2]) if symbol else []
    return found[0] if len(found) == 1 else None


def _beginnings(body: Body, session: Session | None, date: datetime.date) -> tuple[str, str, str]:
    """Return how the symbols of a text, of its draft and of a meeting begin."""
    if body.code == Body.SECURITY_COUNCIL:
        return "S/RES/", f"S/{date.year}/" if date.year >= FIRST_COUNCIL_YEAR else "S/", "S/PV."
    if body.code != Body.GENERAL_ASSEMBLY:
        return _beginnings_of_any(body.symbol_prefix, session)
    if session is None:
        return "A/RES/", "A/", "A/"
    prefix = {Session.Kind.REGULAR: "", Session.Kind.SPECIAL: "S-", Session.Kind.EMERGENCY_SPECIAL: "ES-"}
    if session.number <= LAST_ROMAN_SESSION[prefix[Session.Kind(session.kind)]]:
        # A/RES/3379(XXX), A/L.767, A/PV.2400: numbered through all sessions.
        return "A/RES/", "A/L.", "A/PV."
    return f"A/RES/{session.code}/", f"A/{session.code}/L.", f"A/{session.code}/PV."


def _beginnings_of_any(prefix: str, session: Session | None) -> tuple[str, str, str]:
    """Return how the symbols of a body begin that numbers them by session: A/HRC/RES/51/, A/HRC/51/L., A/HRC/51/SR."""
    if not prefix:
        return "", "", ""
    of_session = f"{prefix}{session.code}/" if session else prefix
    if prefix.startswith(MAIN_COMMITTEES):
        return "", f"{of_session}L.", f"{of_session}SR."
    return f"{prefix}RES/{session.code}/" if session else f"{prefix}RES/", f"{of_session}L.", f"{of_session}SR."


def is_complete(symbol: str) -> bool:
    """Tell whether a symbol is more than the beginning that was filled in."""
    return bool(symbol.strip()) and not symbol.strip().endswith(("/", "."))
