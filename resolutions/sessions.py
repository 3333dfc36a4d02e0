"""Regular sessions of the General Assembly: the date on which each opens by rule, and which one a date belongs to.

Rule 1 of the rules of procedure: the Tuesday of the third week of September, since the seventy-eighth session of the
second, counting from the first week that contains at least one working day (resolution 77/335). Weeks begin on Sunday.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from resolutions.models import Body, Session

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_BY_RULE = 58
"""The first session that opened by this rule; earlier ones opened on a date of their own."""
FIRST_IN_SECOND_WEEK = 78
YEAR_OF_SESSION_ZERO = 1945
SUNDAY, SATURDAY = 6, 5


def opening_by_rule(number: int) -> datetime.date:
    """Return the day on which regular session ``number`` of the Assembly opens if nothing else is decided."""
    first = datetime.date(YEAR_OF_SESSION_ZERO + number, 9, 1)
    # The Sunday of the first week with a working day: of the one that holds 1 September, unless that is a Saturday.
    to_next = 1 if first.weekday() == SATURDAY else -((first.weekday() + 1) % 7)
    week = 1 if number >= FIRST_IN_SECOND_WEEK else 2
    return first + datetime.timedelta(days=to_next + 7 * week + 2)


def opening(session: Session) -> datetime.date | None:
    """Return when ``session`` opened: as recorded, else by rule for a regular session of the Assembly."""
    if session.opened or session.kind != Session.Kind.REGULAR or session.body.code != Body.GENERAL_ASSEMBLY:
        return session.opened
    return opening_by_rule(session.number) if session.number >= FIRST_BY_RULE else None


def regular_session_on(sessions: Iterable[Session], date: datetime.date) -> Session | None:
    """Return that of the regular ``sessions`` of one body in which it met on ``date``, None where there is none.

    None, too, where a later session has opened by rule that is not among them.
    """
    opened = [(day, session) for session in sessions if (day := opening(session)) and day <= date]
    if not opened:
        return None
    _day, latest = max(opened, key=lambda pair: pair[0])
    is_assembly = latest.body.code == Body.GENERAL_ASSEMBLY and latest.number >= FIRST_BY_RULE
    later = latest.number + 1
    # A typed date goes before the rule, and so does a typed end.
    unrecorded = is_assembly and all(session.number != later for session in sessions)
    return None if unrecorded and opening_by_rule(later) <= date else latest
