"""The meeting and the day that a pasted verbatim record or press release names at its head."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
# A day of a meeting is written with its weekday; days that speakers mention are not.
DATE = re.compile(rf"\b(?:{DAYS}),?\s+(\d{{1,2}})\s+({'|'.join(MONTHS)}),?\s+(\d{{4}})\b", re.IGNORECASE)
# Extracted from a PDF it may have spaces: “S/ PV. 8422”.
MEETING = re.compile(r"\b[AS]/ ?(?:(?:ES-|S-)?\d{1,3}/ ?)?PV\. ?\d{1,5}\b")
FIRST_LINE = 200
"""Within how many characters a record names itself; other meetings are cited later."""
HEAD = 20_000
"""How many characters from the beginning are looked at for the date."""


@dataclass(frozen=True, slots=True)
class Masthead:
    """What a text says of its meeting; empty where it says nothing, or more than one thing."""

    meeting: str = ""
    date: datetime.date | None = None


def masthead(text: str) -> Masthead:
    """Return the one meeting that ``text`` names, and the day on which it was held."""
    own = MEETING.search(text[:FIRST_LINE])
    meetings = {match[0].replace(" ", "") for match in ([own] if own else MEETING.finditer(text))}
    dates = set()
    for day, month, year in DATE.findall(text[:HEAD]):
        try:
            dates.add(datetime.date(int(year), MONTHS.index(month.lower()) + 1, int(day)))
        except ValueError:
            continue
    return Masthead(meeting=meetings.pop() if len(meetings) == 1 else "", date=dates.pop() if len(dates) == 1 else None)
