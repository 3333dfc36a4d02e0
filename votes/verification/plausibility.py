"""Facts of texts and votes that contradict each other: symbols, bodies, sessions, dates, results.

The same rules answer an editor who saves (``votes.editing.plausibility``) and check what is on record. What cannot be
is refused there; what may be although it looks wrong is kept with a reason, as an acknowledged finding.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from resolutions.models import Body, Resolution, Session, Status
from resolutions.sessions import opening
from resolutions.symbols import named, parse_or_none
from votes.models import RollCall
from votes.models.finding_sentences import FindingKind
from votes.verification.electorate import period
from votes.verification.finding import NewFinding, select
from votes.verification.results import contradicted_results

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

REFUSED = frozenset({"future", "no-symbol", "symbol-body", "symbol-session"})
"""The problems that no reason makes right. All others may surprise and be true."""

FIELDS = {
    "future": "date",
    "session-date": "session",
    "session-of-text": "session",
    "meeting-body": "meeting",
    "meeting-session": "meeting",
    "symbol-year": "date",
    "draft-year": "date",
}
"""The field of a vote's form that a problem is shown at, by default the text's symbol."""

MAX_DRAFT_YEARS = 1
"""How many years before the vote a draft of the Council may have been circulated."""

Problem = tuple[str, dict[str, Any]]


def texts(keys: Collection[int] | None = None) -> Iterator[NewFinding]:
    """Yield the texts whose symbol contradicts body or session, or names another public text: three queries at most.

    ``keys`` are those of the texts to look at, by default all.
    """
    yield from chain(_symbols(keys), _shared(keys))


def roll_calls(keys: Collection[int] | None = None) -> Iterator[NewFinding]:
    """Yield the votes whose facts contradict each other or their text's: two queries.

    ``keys`` are those of the votes to look at, by default all.
    """
    sessions = Sessions()
    today = timezone.localdate()
    rows = RollCall.objects.order_by() if keys is None else RollCall.objects.filter(pk__in=keys)
    columns = ("pk", "slug", "body__code", "session", "date", "date_precision", "meeting", "kind")
    of_text = ("resolution__symbol", "resolution__session")
    for pk, slug, body, session, date, precision, meeting, kind, symbol, text_session in rows.values_list(
        *columns, *of_text
    ):
        first, last = period(date, precision)
        problems: list[Problem] = []
        if first > today:
            problems.append(("future", {"date": date.isoformat()}))
        if session and (outside := sessions.outside(session, first, last)):
            problems.append(outside)
        if session and text_session and session != text_session:
            codes = {"session": sessions.code(session), "text_session": sessions.code(text_session)}
            problems.append(("session-of-text", {**codes, "symbol": symbol}))
        problems += _of_meeting(meeting, body, sessions.code(session))
        if symbol and body == Body.SECURITY_COUNCIL:
            problems += _of_year(symbol, first, last, is_whole=kind == RollCall.Kind.TEXT)
        for problem, details in problems:
            yield _finding(problem, slug, details, roll_call_id=pk)


def of_roll_calls(keys: Collection[int]) -> list[NewFinding]:
    """Return what is implausible about these votes, the results that their figures contradict included."""
    return [*roll_calls(keys), *contradicted_results(keys)]


def _finding(problem: str, of: str, details: dict[str, Any], **about: int) -> NewFinding:
    return NewFinding(FindingKind.IMPLAUSIBLE, f"implausible:{problem}:{of}", {"problem": problem, **details}, **about)


class Sessions:
    """The sessions on record, and when each was open: one query."""

    def __init__(self) -> None:
        every = list(Session.objects.select_related("body"))
        self._by_key = {session.pk: session for session in every}
        self._opened = {session.pk: opening(session) for session in every}
        self._next: dict[int, datetime.date] = {}
        regular = defaultdict(list)
        for session in every:
            if session.kind == Session.Kind.REGULAR and (opened := self._opened[session.pk]):
                regular[session.body_id].append((opened, session.pk))
        for of_body in regular.values():
            of_body.sort()
            self._next |= {one: after for (_, one), (after, _) in pairwise(of_body)}

    def code(self, key: int | None) -> str:
        return self._by_key[key].code if key else ""

    def outside(self, key: int, first: datetime.date, last: datetime.date) -> Problem | None:
        """Return the problem that the session was open on no day from ``first`` to ``last``, None where it was.

        A regular session without a recorded end goes on until the next one opens, and that day is of both.
        """
        session, opened = self._by_key[key], self._opened[key]
        closed = session.closed or self._next.get(key)
        if (opened is None or opened <= last) and (closed is None or first <= closed):
            return None
        return "session-date", {
            "session": session.code,
            "date": first.isoformat(),
            "opened": opened.isoformat() if opened else "",
            "closed": closed.isoformat() if closed else "",
        }


def _of_meeting(meeting: str, body: str, session: str) -> Iterator[Problem]:
    """Yield what the symbol of the meeting contradicts."""
    says = named(meeting)
    if says.body and says.body != body and body in (Body.GENERAL_ASSEMBLY, Body.SECURITY_COUNCIL):
        yield "meeting-body", {"meeting": meeting}
    elif says.session and session and says.session != session and _is_numbered(says.session, session):
        yield "meeting-session", {"meeting": meeting, "session": session}


def _of_year(symbol: str, first: datetime.date, last: datetime.date, *, is_whole: bool) -> Iterator[Problem]:
    """Yield what the year in the symbol of a text of the Council contradicts."""
    says = named(symbol)
    if says.year is None or says.year in (first.year, last.year):
        return
    if says.is_final:
        if is_whole:
            yield "symbol-year", {"symbol": symbol, "date": first.isoformat()}
    elif not 0 <= first.year - says.year <= MAX_DRAFT_YEARS:
        yield "draft-year", {"symbol": symbol, "date": first.isoformat()}


def _is_numbered(named_session: str, session: str) -> bool:
    """Tell whether a draft or meeting of ``session`` names its session, as regular ones do since the thirty-first."""
    return not (session.isdecimal() and int(session) <= 30 and named_session.isdecimal())


def _symbols(keys: Collection[int] | None) -> Iterator[NewFinding]:
    rows = Resolution.objects.order_by() if keys is None else Resolution.objects.filter(pk__in=keys)
    for pk, symbol, key, body, session in rows.values_list("pk", "symbol", "symbol_key", "body__code", "session__code"):
        for problem, details in _of_symbol(symbol, body, session or ""):
            yield _finding(problem, key, {"symbol": symbol, **details}, resolution_id=pk)


def _of_symbol(symbol: str, body: str, session: str) -> Iterator[Problem]:
    """Yield what a text's own symbol contradicts."""
    if parse_or_none(symbol) is None:
        yield ("odd-symbol" if any(c.isdigit() for c in symbol) and "/" in symbol else "no-symbol"), {}
        return
    says = named(symbol)
    if says.body and says.body != body and (says.is_final or body in (Body.GENERAL_ASSEMBLY, Body.SECURITY_COUNCIL)):
        yield "symbol-body", {"body": body}
    elif says.session and session and says.session != session:
        if says.is_final:
            yield "symbol-session", {"session": session}
        elif _is_numbered(says.session, session):
            yield "draft-session", {"session": session}


# Each draft or former symbol of a text that another text has, too, as its own or as another, where one of both is
# public. The finding is about the one that is not, so that no page names a draft.
SHARED = """
    WITH named AS (
        SELECT id AS resolution, symbol_key, true AS is_own FROM resolutions_resolution
        UNION ALL SELECT resolution_id, symbol_key, false FROM resolutions_othersymbol
    )
    SELECT DISTINCT o.symbol, o.symbol_key, a.id, a.symbol, a.status, b.id, b.symbol, b.status
    FROM resolutions_othersymbol o
    JOIN named n ON n.symbol_key = o.symbol_key AND n.resolution <> o.resolution_id
    JOIN resolutions_resolution a ON a.id = o.resolution_id
    JOIN resolutions_resolution b ON b.id = n.resolution
    WHERE 'published' IN (a.status, b.status) AND (n.is_own OR a.id < b.id)
        AND (%(keys)s::bigint[] IS NULL OR a.id = ANY (%(keys)s) OR b.id = ANY (%(keys)s))
"""


def _shared(keys: Collection[int] | None) -> Iterator[NewFinding]:
    """Yield the texts with a draft or former symbol to which another public text answers."""
    for shared, key, *pair in select(SHARED, keys=None if keys is None else list(keys)):
        one, other = pair[:3], pair[3:]
        if other[2] == Status.DRAFT:
            one, other = other, one
        details = {"shared": shared, "symbol": one[1], "other": other[1]}
        yield _finding("shared-symbol", f"{key}:{one[1]}", details, resolution_id=one[0])
