"""manage.py check_record."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.factories import make_resolution, make_roll_call, make_state
from votes.exporting.checksum import record_checksum
from votes.models import Finding

pytestmark = pytest.mark.django_db


def run(*options: str) -> list[str]:
    out = StringIO()
    call_command("check_record", *options, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def wrong() -> None:
    """Write a published vote and a draft whose figures differ."""
    make_state("QQA")
    text = make_resolution("A/RES/99/7", status="published")
    values: dict[str, Any] = {"votes": {"QQA": "Y"}, "announced": (2,), "resolution": text, "title": ""}
    make_roll_call("shown", status="published", decisive=True, **values)
    make_roll_call("hidden", kind="paragraph", **values)


def test_command_reports_findings_and_changes(wrong: None):
    said = [
        "  announced and counted totals differ: 2 open, 0 acknowledged",
        "  votes do not match the members on that date: 2 open, 0 acknowledged",
        "4 open findings.",
    ]
    sum_of_all = f"The record's checksum is {record_checksum()}."
    assert run() == [*said, "4 new, 0 changed, 0 gone.", sum_of_all]
    assert run() == [*said, "No changes.", sum_of_all]


def test_list_has_addresses_of_public_votes(wrong: None):
    run()

    assert run("--list")[5:7] == [
        "electorate\t(draft)\t" + Finding.objects.get(key="electorate:hidden").sentence,
        "electorate\t/resolutions/A/RES/99/7\t" + Finding.objects.get(key="electorate:shown").sentence,
    ]
    assert run("--list")[7:] == [
        "totals\t(draft)\tAnnounced and counted totals differ: In favour: 2 announced, 1 counted.",
        "totals\t/resolutions/A/RES/99/7\tAnnounced and counted totals differ: In favour: 2 announced, 1 counted.",
    ]


def test_strict_fails_while_findings_are_open(wrong: None):
    with pytest.raises(SystemExit) as ended:
        run("--strict")
    assert ended.value.code == 1


def test_command_reports_that_there_are_no_findings(record: None):
    sum_of_all = f"The record's checksum is {record_checksum()}."
    assert run("--strict", "--list") == ["No open findings.", "No changes.", sum_of_all]
