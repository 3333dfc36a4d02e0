"""Periods, and the one before with which a period is compared."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from votes.analysis.breaks import years_before


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since`` up to but not including ``until``."""

    since: datetime.date
    until: datetime.date

    @property
    def last(self) -> datetime.date:
        """Return its last day."""
        return self.until - datetime.timedelta(days=1)

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
