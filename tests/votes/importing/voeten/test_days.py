"""The table of exact days of Voeten's roll calls."""

import datetime
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.resolutions.corpora import columns
from votes.importing.edition import UnfitFileError
from votes.importing.voeten.days import PATH, load

HEADER = "rcid,voeten_date,day,how\n"


def test_every_day_is_of_a_roll_call_in_the_file():
    days = load()
    dates = {int(rcid): date for rcid, date in columns("voeten_roll_calls.csv.gz", "rcid", "date")}

    assert len(days) == 3_646
    assert {rcid: str(exact.voeten_date) for rcid, exact in days.items()} == {rcid: dates[rcid] for rcid in days}
    assert max(dates[rcid] for rcid in days) < "2003-09-16", "later dates are exact by themselves"
    assert PATH.stat().st_size < 150_000


def test_days_of_voeten_before_session_58_are_days_of_the_week():
    """In his file the days of a month before session 58 are 1 to 7, one for each day of the week.

    Which number means Monday differs from month to month, and is the same all month: what contradicts it is left out.
    """
    weekdays: dict[str, set[int]] = defaultdict(set)
    for exact in load().values():
        if exact.voeten_date != exact.day:
            weekdays[f"{exact.day:%Y-%m}"].add((exact.day.day - exact.voeten_date.day) % 7)

    assert {month for month, found in weekdays.items() if len(found) > 1} == set()
    assert len(weekdays) == 200


def test_days_of_parts_are_taken_from_session_21_on():
    """Before, the number that would lead to the text is that of a page."""
    rows = columns("voeten_roll_calls.csv.gz", "rcid", "session")
    sessions = {int(rcid): int(float(session)) for rcid, session in rows}
    how = dict(line.split(",")[::3] for line in PATH.read_text(encoding="utf-8").splitlines()[1:])

    assert Counter(how.values()) == {"symbol": 2_886, "votes": 632, "part": 128}
    assert min(sessions[int(rcid)] for rcid, kind in how.items() if kind == "part") == 22


@pytest.mark.parametrize(
    ("rcid", "day"),
    [(1190, "1971-10-25"), (134, "1948-12-12"), (304, None), (197, "1949-11-21"), (3, None), (856, None)],
    ids=["China’s seat", "by votes", "not in the table", "by votes, not by page", "a page number", "two days"],
)
def test_sample_votes_have_the_expected_day(rcid: int, day: str | None):
    exact = load().get(rcid)

    assert (str(exact.day) if exact else None) == day


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "2,1946-12-07,1946-12-14,votes\n1,1946-12-07,1946-12-14,votes\n",
            r"line 3, column rcid: rcid 1 comes after 2",
        ),
        ("x,1946-12-07,1946-12-14,votes\n", r"line 2, column rcid: “x” is not a number"),
        ("1,7.12.1946,1946-12-14,votes\n", r"line 2, column voeten_date: “7.12.1946” is not a date"),
        ("1,1946-12-07,,votes\n", r"line 2, column day: “” is not a date"),
        ("1,1946-12-07,1947-01-14,votes\n", r"line 2, column day: “1947-01-14” is not in the same month as Voeten’s"),
        ("1,1946-12-07,1946-12-14,luck\n", r"line 2, column how: “luck” is not one of symbol, votes, part"),
        ("1,1946-12-07,1946-12-14\n", r"line 2: a row has 4 cells"),
    ],
)
def test_invalid_or_unsorted_row_is_named(tmp_path: Path, rows: str, message: str):
    path = tmp_path / "days.csv"
    path.write_text(HEADER + rows, encoding="utf-8")

    with pytest.raises(UnfitFileError, match=rf"^days\.csv, {message}"):
        load(path)


def test_wrong_columns_are_refused(tmp_path: Path):
    path = tmp_path / "days.csv"
    path.write_text("rcid,date,day,how\n", encoding="utf-8")

    with pytest.raises(UnfitFileError, match=r"^days\.csv, line 1: the columns should be rcid, voeten_date, day, how"):
        load(path)


def test_row_is_read_with_both_dates(tmp_path: Path):
    path = tmp_path / "days.csv"
    path.write_text(f"{HEADER}7,1946-01-02,1946-01-26,votes\n", encoding="utf-8")

    (exact,) = load(path).values()

    assert (exact.voeten_date, exact.day) == (datetime.date(1946, 1, 2), datetime.date(1946, 1, 26))
