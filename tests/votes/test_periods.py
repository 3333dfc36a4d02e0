"""Periods and the periods preceding them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from votes.periods import Days, Period, last_day

DAY = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        ("2015-02-25", "2020-02-25", "2010-02-25"),
        ("2016-02-29", "2017-03-01", "2015-02-28"),  # 366 days
        ("2020-02-29", "2024-02-29", "2016-02-29"),
        ("2019-03-01", "2024-02-29", "2014-03-01"),  # five years that end on a leap day
        ("2020-01-01", "2020-03-01", "2019-11-02"),  # 60 days
    ],
)
def test_preceding_period_is_equally_long(since: str, until: str, before: str):
    assert Period(DAY(since), DAY(until)).preceding == Period(DAY(before), DAY(since))


def test_no_preceding_period_before_the_calendar():
    assert Period(DAY("1900-01-01"), DAY("9999-01-01")).preceding is None
    assert Period(DAY("0001-01-01"), DAY("0001-02-01")).preceding is None
    assert Period(DAY("0003-01-01"), DAY("0005-01-01")).preceding == Period(DAY("0001-01-01"), DAY("0003-01-01"))


def test_last_day_is_the_day_before_until():
    assert Period(DAY("2020-01-01"), DAY("2020-03-01")).last == DAY("2020-02-29")


@pytest.mark.parametrize(
    ("since", "until", "end"),
    [
        (None, None, None),
        ("2025-02-24", "2025-02-24", "2025-02-25"),
        (None, "2024-02-28", "2024-02-29"),
        ("2024-01-01", "2024-12-31", "2025-01-01"),
        (None, "9999-12-31", None),
    ],
)
def test_days_of_a_filter_stop_the_day_after_the_last(since: str | None, until: str | None, end: str | None):
    days = Days(*(DAY(day) if day else None for day in (since, until)))

    assert days.end == (DAY(end) if end else None)
    assert not days.end_before_they_begin


def test_days_end_before_they_begin_only_if_they_do():
    assert Days(DAY("2025-02-25"), DAY("2025-02-24")).end_before_they_begin
    assert not Days(DAY("2025-02-24"), DAY("2025-02-24")).end_before_they_begin
    assert not Days(DAY("2025-02-24")).end_before_they_begin


@given(st.dates(), st.integers(0, 4000))
def test_a_period_as_a_filter_is_the_period(since: datetime.date, length: int):
    try:
        period = Period(since, since + datetime.timedelta(days=length + 1))
    except OverflowError:
        return
    days = Days(*map(DAY, period.as_filter.values()))

    assert (days.since, days.end) == (period.since, period.until)


@pytest.mark.parametrize(
    ("until", "precision", "last"),
    [
        ("2020-02-01", "day", "2020-01-31"),
        ("1993-01-01", "day", "1992-12-31"),
        # Some day of that month or year, stored as its first.
        ("2000-12-01", "month", "2000-12-01"),
        ("1992-01-01", "year", "1992-01-01"),
    ],
)
def test_what_is_held_has_a_last_day_as_far_as_its_end_is_known(until: str, precision: str, last: str):
    assert last_day(DAY(until), precision) == DAY(last)
    assert last_day(None, precision) is None
