"""A period includes its first and its last day, at every address that reads one; figures are counted apart in SQL."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.web.records import get, symbols

FIRST, LAST = "2024-12-17", "2024-12-24"
"""Days with recorded votes of the General Assembly, as are days in between."""

PERIODS = [(FIRST, LAST), (FIRST, FIRST), (LAST, LAST), ("2024-12-18", "2024-12-23"), (FIRST, None), (None, FIRST)]

COUNT = """
    SELECT count(DISTINCT r.id), count(v.id) FROM votes_rollcall r
    JOIN resolutions_body b ON b.id = r.body_id
    LEFT JOIN votes_vote v ON v.roll_call_id = r.id
    WHERE r.status = 'published' AND r.method IN ('recorded', 'roll-call') AND b.code = ANY(%s)
    AND r.date::text >= %s AND r.date::text <= %s"""
"""Roll calls and votes of some bodies on days compared as text, which no half-open period has touched."""


def counted(since: str | None, until: str | None, *bodies: str) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [list(bodies or ("GA", "SC")), since or "0001-01-01", until or "9999-12-31"])
        found: tuple[int, int] = cursor.fetchone()
    return found


def query(since: str | None, until: str | None) -> str:
    return "&".join(f"{name}={day}" for name, day in (("since", since), ("until", until)) if day)


def text_of(path: str) -> str:
    """Return an answer read to its end, which gives back the connection it is streamed from."""
    response: Any = Client().get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200, path
    return body.decode()


def json_of(path: str) -> Any:
    return json.loads(text_of(path))


def lines_of(path: str) -> int:
    """Return how many rows a table has, without its header."""
    return len(list(csv.reader(io.StringIO(text_of(path))))) - 1


class TestOfTheWholeRecord:
    """Both boundary days are counted, at an address of each kind."""

    @pytest.mark.usefixtures("whole_record")
    @pytest.mark.parametrize(("since", "until"), PERIODS[:4])
    def test_every_address_counts_both_days(self, since: str, until: str):
        asked = query(since, until)
        of_assembly, _votes = counted(since, until, "GA")
        of_both, votes = counted(since, until)
        assert of_assembly > 0, "a boundary without votes would prove nothing"

        assert lines_of(f"/roll-calls.csv?{asked}") == of_both
        assert lines_of(f"/votes.csv?{asked}") == votes
        assert len(json_of(f"/roll-calls.json?{asked}")["rows"]) == of_both
        assert len(json_of(f"/api/v1/roll-calls/?page_size=500&{asked}")["results"]) == of_both
        assert json_of(f"/agreement.json?{asked}")["roll_calls"] == of_assembly
        assert json_of(f"/api/v1/agreement/?state=USA&state=FRA&{asked}")["roll_calls"] == of_assembly
        assert json_of(f"/compare/states.json?state=USA&state=FRA&{asked}")["roll_calls"] == of_both
        assert json_of(f"/states/USA.json?{asked}")["roll_calls"] == of_assembly
        # France, a member of both bodies and of the European Union, has each of them.
        assert json_of(f"/blocs/eu.json?{asked}")["roll_calls"] == of_both

    @pytest.mark.usefixtures("whole_record")
    @pytest.mark.parametrize(("since", "until"), PERIODS[4:])
    def test_one_end_alone_includes_its_day(self, since: str | None, until: str | None):
        of_both, _votes = counted(since, until)
        day = since or until
        assert counted(day, day)[0] > 0

        assert lines_of(f"/roll-calls.csv?{query(since, until)}") == of_both

    @pytest.mark.usefixtures("whole_record")
    def test_change_is_against_the_days_before(self):
        answer = json_of(f"/compare/states.json?state=USA&state=FRA&since={FIRST}&until={LAST}")
        before = answer["preceding"]

        # Eight days, and the eight before them: neither a day twice nor one left out.
        assert before == {"since": "2024-12-09", "until": "2024-12-16"}
        [pair] = answer["pairs"]
        alone = json_of(f"/compare/states.json?state=USA&state=FRA&{query(**before)}")["pairs"][0]
        assert pair["preceding"]["roll_calls"] == alone["overall"]["roll_calls"] > 0
        assert pair["preceding"]["table"] == alone["overall"]["table"]

    @pytest.mark.usefixtures("whole_record")
    def test_decades_of_vetoes_lead_to_as_many(self):
        rows = json_of("/vetoes.json")["decades"]

        for one in (rows[0], rows[-1]):
            assert one["since"].endswith("-01-01")
            assert one["until"].endswith("9-12-31")
            asked = f"result=vetoed&kind=text&{query(one['since'], one['until'])}"
            assert lines_of(f"/roll-calls.csv?{asked}") == one["vetoed_drafts"]


@pytest.mark.usefixtures("record")
class TestOfLandmarks:
    """The votes of 24 February 2025, on their day, the day before and the day after."""

    @pytest.mark.parametrize(
        ("period", "found"),
        [
            ("since=2025-02-24&until=2025-02-24", True),
            ("since=2025-02-23&until=2025-02-24", True),
            ("since=2025-02-24&until=2025-02-25", True),
            ("since=2025-02-24&until=9999-12-31", True),
            ("since=0001-01-01&until=2025-02-24", True),
            ("since=2025-02-01&until=2025-02-23", False),
            ("since=2025-02-25&until=2025-12-31", False),
        ],
    )
    def test_are_of_a_period_that_has_their_day(self, period: str, found: bool):
        assert ("A/RES/ES-11/7" in symbols(get(f"/resolutions/?{period}"))) == found

    @pytest.mark.parametrize(
        "path",
        [
            "/resolutions/", "/roll-calls/", "/states/USA/", "/blocs/eu/", "/agreement/", "/compare/states/",
        ],
    )  # fmt: skip
    def test_a_period_that_ends_before_it_begins_is_an_error_beside_its_field(self, path: str):
        page = get(f"{path}?since=2025-02-24&until=2025-02-23")

        field = page.select_one("#until")
        assert field is not None
        assert field["aria-invalid"] == "true"
        assert "ends before it begins" in page.text

    @pytest.mark.parametrize(
        "path",
        [
            "/roll-calls.csv", "/resolutions.atom", "/api/v1/roll-calls/", "/agreement.json", "/states/USA.json",
            "/blocs/eu.json", "/compare/states.json",
        ],
    )  # fmt: skip
    def test_and_400_of_a_file_a_feed_and_the_api(self, path: str):
        response = Client().get(f"{path}?since=2025-02-24&until=2025-02-23")

        assert response.status_code == 400
        assert response.json()["errors"] == {"until": ["The period ends before it begins."]}
