"""Sessions open by rule where nobody has typed their date."""

import csv
import datetime

import pytest
from django.conf import settings

from resolutions.models import Body, Session
from resolutions.sessions import FIRST_BY_RULE, opening_by_rule, regular_session_on


def test_the_rule_gives_the_openings_on_record():
    """Of every session since the rule: of the fifty-eighth to the eightieth."""
    with (settings.BASE_DIR / "data" / "sessions.csv").open(encoding="utf-8") as file:
        regular = [row for row in csv.DictReader(file) if row["kind"] == "regular" and row["opened"]]
    by_rule = {int(row["code"]): row["opened"] for row in regular if int(row["code"]) >= FIRST_BY_RULE}
    assert len(by_rule) >= 23
    assert {number: opening_by_rule(number).isoformat() for number in by_rule} == by_rule


@pytest.mark.parametrize(("number", "day"), [(81, "2026-09-08"), (82, "2027-09-07"), (83, "2028-09-05")])
def test_later_sessions_open_on_the_tuesday_of_the_second_week(number: int, day: str):
    assert opening_by_rule(number).isoformat() == day


@pytest.mark.parametrize(
    ("typed", "date", "code"),
    [
        (None, "2026-09-07", "80"),
        (None, "2026-09-08", "81"),
        ("2026-09-15", "2026-09-08", "80"),
        ("2026-09-15", "2026-09-15", "81"),
        (None, "2027-09-06", "81"),
        # The eighty-second has opened by rule and is not on record.
        (None, "2027-09-07", None),
    ],
)
def test_a_typed_opening_goes_before_the_rule(record: None, typed: str | None, date: str, code: str | None):
    Session.objects.filter(body__code=Body.GENERAL_ASSEMBLY, code="81").update(opened=typed)
    sessions = Session.objects.filter(body__code=Body.GENERAL_ASSEMBLY, kind="regular").select_related("body")
    found = regular_session_on(list(sessions), datetime.date.fromisoformat(date))
    assert (found.code if found else None) == code
