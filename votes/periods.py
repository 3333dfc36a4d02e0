"""Periods, the one before with which a period is compared, and the day on which China's representation changed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since`` up to but not including ``until``."""

    since: datetime.date
    until: datetime.date

    @property
    def last(self) -> datetime.date:
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
