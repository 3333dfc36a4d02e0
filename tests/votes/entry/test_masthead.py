"""The meeting and the day at the head of a verbatim record."""

import datetime

import pytest

from votes.entry.masthead import Masthead, masthead

HEAD = "United Nations A/76/ PV.102\nGeneral Assembly\n102nd plenary meeting\nThursday, 8 September 2022, 3 p.m.\n"


@pytest.mark.parametrize(
    ("text", "meeting", "date"),
    [
        (HEAD, "A/76/PV.102", "2022-09-08"),
        (HEAD + "x" * 200 + " (see A/76/PV.58 and S/PV.8979)", "A/76/PV.102", "2022-09-08"),
        ("S/ PV. 8422\nThursday 13 December 2018", "S/PV.8422", "2018-12-13"),
        ("A/ES-11/PV.19", "A/ES-11/PV.19", None),
        ("On 24 February 2022, Russia invaded Ukraine", "", None),
        ("x" * 300 + " A/76/PV.58 and A/76/PV.59", "", None),
        ("Monday, 31 February 2022", "", None),
        ("Monday, 7 March 2022, and Tuesday, 8 March 2022", "", None),
    ],
)
def test_a_record_names_its_meeting_and_day(text: str, meeting: str, date: str | None):
    assert masthead(text) == Masthead(meeting, datetime.date.fromisoformat(date) if date else None)
