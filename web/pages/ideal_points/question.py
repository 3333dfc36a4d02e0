"""The parsed query of the ideal-points page: states, period and session."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

from resolutions.models import Body
from votes.periods import CHINA_CHANGED_IN_SESSION
from web.lists.question import Question
from web.pictures.lines import AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from votes.record.record import Record
    from votes.reports.ideal_points import Estimates, Point

OWN = ("state", "session")
PERMANENT = ("CHN", "FRA", "GBR", "SUN", "RUS", "USA")
"""Default states: the Council's permanent members, including the Soviet Union."""


class IdealPointsQuestion(Question):
    """The requested states, period and session, and errors.

    Estimates use all recorded votes of a session, so topic, subject, kind and other bodies are rejected.
    """

    body = Body.GENERAL_ASSEMBLY

    def __init__(self, parameters: QueryDict, record: Record, estimates: Estimates) -> None:
        super().__init__(parameters, record, also=OWN, repeatable=("state",))
        self.labels |= {"state": _("States"), "session": _("Session")}
        self.estimates = estimates
        self.states: tuple[str, ...] = tuple(dict.fromkeys(filter(None, parameters.getlist("state"))))
        self._refuse_filters()
        self._refuse_states()
        self.sessions: list[int] = []
        """Sessions of the period, ascending."""
        if self.is_valid:
            self.sessions = estimates.sessions_between(self.since, self.days.end)
            if not self.sessions and estimates.days:
                self.refuse("since" if self.since else "until", _("No session has ideal points in this period."))
        self.session = self._session()
        """Session of the strip; 0 if no session has points."""

    def refuse(self, parameter: str, error: str) -> None:
        """Add an error for a parameter, also next to its field."""
        super().refuse(parameter, error)
        if parameter in self.form.fields:
            self.form.add_error(parameter, error)

    def _refuse_filters(self) -> None:
        """Add errors for filters that do not apply."""
        whole = _("Ideal points are estimated from all recorded votes of a session, not by topic, subject or kind.")
        for name in ("topic", "subject", "kind"):
            if self.form.cleaned_data.get(name):
                self.refuse(name, whole)
        if (self.form.cleaned_data.get("body") or self.body) != self.body:
            self.refuse("body", _("Ideal points are estimated for the General Assembly only."))

    def _refuse_states(self) -> None:
        """Add errors for invalid states."""
        if unknown := [code for code in self.states if code not in self.record.states]:
            said = _("Unknown state code: “%(codes)s”. Write codes in upper case, one for each “state”.")
            self.refuse("state", said % {"codes": "”, “".join(unknown)})
        elif without := [code for code in self.states if code not in self.estimates.by_state]:
            said = _("No ideal point was estimated for %(names)s.")
            self.refuse("state", said % {"names": ", ".join(self.record.states[code].name for code in without)})
        if len(self.states) > AT_MOST:
            self.refuse("state", _("Choose at most %(most)s states.") % {"most": AT_MOST})

    def _session(self) -> int:
        """Return the requested session, or the last of the period; add an error if invalid."""
        shown = [number for number in self.sessions if number in self.estimates.by_session]
        text = self.parameters.get("session") or ""
        if not text:
            return shown[-1] if shown else 0
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
        if number not in self.estimates.by_session:
            self.refuse("session", _("No ideal points are shown for session “%(text)s”.") % {"text": text})
        elif self.sessions and number not in shown:
            self.refuse("session", _("Session %(number)s is not in the period.") % {"number": number})
        return number

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """Return the states to draw lines for."""
        return self.states or tuple(code for code in PERMANENT if code in self.estimates.by_state)

    @property
    def spans_seat_of_china(self) -> bool:
        """Tell whether a line of China's seat is drawn from before its representation changed to after."""
        return "CHN" in self.drawn and self.sessions[0] <= CHINA_CHANGED_IN_SESSION <= self.sessions[-1]

    @property
    def strip(self) -> list[Point]:
        """Return the points of the session, from the lowest estimate to the highest."""
        return self.estimates.by_session.get(self.session, [])

    @property
    def hidden(self) -> int:
        """Return the number of states in the session with too few votes to be shown."""
        return sum(self.session in points for points in self.estimates.by_state.values()) - len(self.strip)

    @property
    def points(self) -> Iterator[Point]:
        """Yield the points for files by code and session: all that the query does not exclude."""
        sessions = {self.session} if self.is_of_one_session else set(self.sessions)
        for code in sorted(self.states) or self.estimates.by_state:
            for number, point in self.estimates.by_state[code].items():
                if number in sessions:
                    yield point

    @property
    def is_of_one_session(self) -> bool:
        """Tell whether the address names a session; files then contain only that one."""
        return bool(self.parameters.get("session"))

    @property
    def selected_session(self) -> str:
        """Return the session in the address, for its field."""
        return str(self.session) if self.is_of_one_session else ""

    @property
    def of_lines(self) -> QueryDict:
        """Return the parameters for the same states and period."""
        return self._asked("state", "since", "until", "body")

    def of_strip(self, session: int) -> QueryDict:
        """Return the parameters for another session."""
        asked = self.of_lines
        asked["session"] = str(session)
        return asked

    def _asked(self, *names: str) -> QueryDict:
        """Return some of the parameters, without ignored ones."""
        asked = QueryDict(mutable=True)
        for name in names:
            if values := [value for value in self.parameters.getlist(name) if value]:
                asked.setlist(name, values if name == "state" else values[-1:])
        return asked
