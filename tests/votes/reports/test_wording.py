"""Names of votes by how they were taken."""

import pytest

from tests.factories import make_roll_call
from votes.models import RollCall
from votes.reports.wording import cited, name_of, outcome


@pytest.mark.parametrize(
    ("method", "precision", "said"),
    [
        ("recorded", "day", "recorded vote of May 1950"),
        ("roll-call", "month", "roll-call vote of May 1950"),
        ("non-recorded", "year", "non-recorded vote of May 1950"),
        ("without-vote", "day", "adopted without a vote on May 1950"),
        ("without-vote", "month", "adopted without a vote in May 1950"),
    ],
)
def test_citation_names_method_and_known_date(method: str, precision: str, said: str):
    assert cited(method, "May 1950", precision) == said


@pytest.mark.parametrize("method", [method for method in RollCall.Method.values if method != "recorded"])
def test_only_a_recorded_vote_is_called_one(db: None, method: str):
    roll_call = make_roll_call(method=method, result="adopted")

    for said in (name_of(method), cited(method, "3 May 1950", "day"), outcome(roll_call)):
        assert "recorded vote" not in said.lower().replace("non-recorded vote", "")
