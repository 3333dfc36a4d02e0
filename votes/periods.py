"""Periods, the one before with which a period is compared, and the day on which China's representation changed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from votes.analysis.breaks import years_before

if TYPE_CHECKING:
    from collections.abc import Collection

CHINA_CHANGED = datetime.date(1971, 10, 25)
"""The day of resolution 2758 (XXVI), by which the representation of China's seat changed."""

CHINA_CHANGED_IN_SESSION = 26
"""The Assembly's session that has votes of both representations."""


def spans_change_of_china(days: Collection[datetime.date]) -> bool:
    """Tell whether votes of these days, among which are the first and the last, are of both representations of China.

    Votes of the day itself are of the earlier one: the resolution was the last vote before the change.
    """
    return bool(days) and min(days) <= CHINA_CHANGED < max(days)


class Days(NamedTuple):
    """The days a filter names by ``since`` and ``until``, the first and the last, both included; None is open."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def end(self) -> datetime.date | None:
        """Return the first day after them, where analysis and memberships stop; None where they are open.

        The calendar ends with 9999-12-31: nothing is later, so that its last day is no end.
        """
        if self.until is None or self.until == datetime.date.max:
            return None
        return self.until + datetime.timedelta(days=1)

    @property
    def end_before_they_begin(self) -> bool:
        """Tell whether the last day is before the first. A single day has the same day for both."""
        return self.since is not None and self.until is not None and self.until < self.since


def last_day(until: datetime.date | None, precision: str = "day") -> datetime.date | None:
    """Return the last day of a seat, a membership or a name that ended at ``until``, to be shown with ``precision``.

    Of an end that is known only by its month or year that month or year: it is stored as the first of its days, and
    the day before would be another month or year than the one in which it ended.
    """
    return until - datetime.timedelta(days=1) if until and precision == "day" else until


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since`` up to but not including ``until``."""

    since: datetime.date
    until: datetime.date

    @property
    def last(self) -> datetime.date:
        return self.until - datetime.timedelta(days=1)

    @property
    def as_filter(self) -> dict[str, str]:
        """Return it as the filters of an address write it: both days included."""
        return {"since": self.since.isoformat(), "until": self.last.isoformat()}

    @property
    def preceding(self) -> Period | None:
        """Return the period as long as this that ends where it begins; None where that is before the calendar.

        Of whole years it is the same days of the years before, whatever leap years do to the number of days.
        """
        years, length = self.until.year - self.since.year, self.until - self.since
        if 0 < years < self.since.year and self.since == years_before(self.until, years):
            return Period(years_before(self.since, years), self.since)
        if self.since - datetime.date.min < length:
            return None
        return Period(self.since - length, self.since)
