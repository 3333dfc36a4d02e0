"""Findings: recorded results against the totals."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import day, make_body, make_roll_call
from tests.votes.random_record import RECORD
from tests.votes.verification.conftest import about
from votes.models import BodyMembership, RollCall
from votes.record.record import load
from votes.reports.breakdown import Breakdown
from votes.reports.explanation import Explanation
from votes.reports.roll_call_context import RollCallContext
from votes.rules import Requirement, Result
from votes.verification.results import contradicted_results

PERMANENT = ["CHN", "FRA", "GBR", "RUS", "USA"]
ELECTED = ["DZA", "DNK", "GRC", "GUY", "PAK", "PAN", "KOR", "SVN", "SLE", "SOM"]


def council_vote(choices: str, *, date: str = "2025-02-24", **values: Any) -> RollCall:
    """Return a vote of the Council of 2025: the choices of the five permanent members, then of the ten others."""
    votes = dict(zip([*PERMANENT, *ELECTED], choices.replace(" ", ""), strict=False))
    return make_roll_call("a-vote", body=make_body("SC"), date=day(date), votes=votes, **values)


@pytest.mark.parametrize(
    ("choices", "requirement", "result", "computed"),
    [
        ("YYYYY YYYYNNNNNN", "security-council-substantive", "adopted", None),
        ("YYYYY YYYNNNNNNN", "security-council-substantive", "adopted", "rejected"),
        ("YYYYN YYYYYNNNNN", "security-council-substantive", "adopted", "vetoed"),
        ("YYYYN YYYYYNNNNN", "security-council-substantive", "vetoed", None),
        ("YYYYA YYYYYNNNNN", "security-council-substantive", "vetoed", "adopted"),
        ("YYYYN YYYYNNNNNN", "security-council-substantive", "vetoed", "rejected"),
        ("YYYYN YYYYYNNNNN", "security-council-procedural", "vetoed", "adopted"),
        ("YYYYN YYYYYNNNNN", "security-council-procedural", "adopted", None),
        ("NNNNN NNNNNNNNNN", "not-stated", "adopted", None),
    ],
)
def test_council_results_that_contradict_the_votes_are_findings(
    record: None, choices: str, requirement: str, result: str, computed: str | None
):
    taken = council_vote(choices, requirement=requirement, result=result)
    figures = f"{choices.count('Y')}-{choices.count('N')}-{choices.count('A')}"

    expected = {"recorded": result, "figures": figures, "computed": computed}
    assert about(contradicted_results, taken) == ({"a-vote": expected} if computed else {})


@pytest.mark.parametrize(("date", "computed"), [("1965-12-31", None), ("1966-01-01", "rejected")])
def test_council_needed_seven_votes_before_1966(record: None, date: str, computed: str | None):
    taken = council_vote("YYYYY YYAA", date=date, requirement="security-council-substantive", result="adopted")

    assert [row["computed"] for row in about(contradicted_results, taken).values()] == ([computed] if computed else [])


def test_veto_is_not_doubted_without_votes_by_state(record: None):
    values: dict[str, Any] = {
        "body": make_body("SC"),
        "requirement": "security-council-substantive",
        "result": "vetoed",
    }
    enough = make_roll_call("enough", announced=(11, 1, 3), **values)
    too_few = make_roll_call("too-few", announced=(8, 1, 6), **values)

    assert about(contradicted_results, enough, too_few) == {
        "too-few": {"recorded": "vetoed", "figures": "8-1-6", "computed": "rejected"}
    }


@pytest.mark.parametrize(
    ("announced", "requirement", "result", "computed"),
    [
        ((60, 40), "not-stated", "adopted", None),
        ((60, 40), "not-stated", "rejected", None),
        ((67, 33), "not-stated", "rejected", "adopted"),
        ((50, 50), "not-stated", "adopted", "rejected"),
        ((60, 40), "two-thirds", "adopted", "rejected"),
        ((60, 40), "simple-majority", "rejected", "adopted"),
        ((128, 0), "two-thirds-of-members", "adopted", "rejected"),
        ((129, 0), "two-thirds-of-members", "adopted", None),
        ((0, 60), "simple-majority", "not-stated", None),
        ((None, 60), "simple-majority", "adopted", None),
    ],
)
def test_assembly_results_that_contradict_the_totals_are_findings(
    record: None, announced: tuple[int | None, ...], requirement: str, result: str, computed: str | None
):
    """The Assembly has 193 members, and two-thirds of them are 129."""
    taken = make_roll_call("a-vote", announced=announced, requirement=requirement, result=result)

    assert [row["computed"] for row in about(contradicted_results, taken).values()] == ([computed] if computed else [])


def test_counted_totals_take_precedence_over_announced_ones(record: None):
    taken = make_roll_call("a-vote", announced=(2, 1, 0, 0), votes={"USA": "N", "FRA": "Y"}, result="adopted")

    assert about(contradicted_results, taken) == {
        "a-vote": {"recorded": "adopted", "figures": "1-1-0", "computed": "rejected"}
    }


@given(
    body=st.sampled_from(["GA", "SC"]),
    year=st.sampled_from(["1965", "1966", "2025"]),
    choices=st.text("YYYYNAX", max_size=15),
    announced=st.tuples(*[st.one_of(st.none(), st.integers(0, 15))] * 4),
    requirement=st.sampled_from(Requirement.values),
    result=st.sampled_from(Result.values),
)
@settings(RECORD, max_examples=80)
def test_findings_equal_the_explanation_on_the_page(
    record: None, body: str, year: str, choices: str, announced: Any, **values: str
):
    """The page explains one vote at a time; the check reads all at once."""
    RollCall.objects.filter(slug="a-vote").delete()
    votes = dict(zip([*PERMANENT, *ELECTED], choices, strict=False))
    taken = make_roll_call(
        "a-vote", body=make_body(body), date=day(f"{year}-06-01"), votes=votes, announced=announced, **values
    )
    RollCall.objects.filter(pk=taken.pk).update(status="published")
    context = RollCallContext.of(taken)
    explained = Explanation.of(taken, Breakdown.of(taken, load(), context.intended).states, context)
    said = [text for text in explained.findings if text.startswith("Recorded as")]

    found = about(contradicted_results, taken)

    assert [
        f"Recorded as {Result(row['recorded']).label}, but the figures give {Result(row['computed']).label}."
        for row in found.values()
    ] == said


def test_permanent_members_are_those_of_the_reference_data(record: None):
    permanent = BodyMembership.objects.filter(body__code="SC", permanent=True).on(day("2025-02-24"))

    assert sorted(permanent.values_list("state__code", flat=True)) == sorted(PERMANENT)
