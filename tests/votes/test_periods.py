"""Periods, and those they are compared with."""

import datetime

import pytest

from votes.periods import Period

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
def test_before_it_is_a_period_as_long(since: str, until: str, before: str):
    assert Period(DAY(since), DAY(until)).preceding == Period(DAY(before), DAY(since))


def test_before_the_calendar_there_is_none():
    assert Period(DAY("1900-01-01"), DAY("9999-01-01")).preceding is None
    assert Period(DAY("0001-01-01"), DAY("0001-02-01")).preceding is None
    assert Period(DAY("0003-01-01"), DAY("0005-01-01")).preceding == Period(DAY("0001-01-01"), DAY("0003-01-01"))


def test_the_last_day_is_the_one_before_until():
    assert Period(DAY("2020-01-01"), DAY("2020-03-01")).last == DAY("2020-02-29")
