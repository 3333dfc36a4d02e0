"""Findings: statements of sources against the record."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.models import Session
from tests.factories import day, make_body, make_roll_call, make_state
from tests.votes.random_record import CODES, RECORD, Record, Stage, records
from tests.votes.verification.conftest import about, make_statement
from votes.models import RollCall
from votes.verification.sources import disagreements, held_back

choices = st.one_of(st.none(), st.sampled_from(["Y", "N", "A", "X"]))
stated_votes = st.lists(st.lists(choices, min_size=5, max_size=5), min_size=8, max_size=8)


def differs(recorded: str | None, stated: str | None, layout: str) -> bool:
    """Tell, the obvious way, whether a stated choice contradicts the one on record."""
    if layout == "voeten" and (recorded, stated) in ((None, "X"), ("X", None)):
        return False
    return recorded != stated


@given(record=records(), stated=stated_votes, layout=st.sampled_from(["ga-voting", "voeten"]))
@settings(RECORD, max_examples=40)
def test_findings_equal_comparing_votes_one_by_one(
    stage: Stage, record: Record, stated: list[list[str | None]], layout: str
):
    with stage.holding(record) as roll_calls:
        expected = {}
        for taken, drawn in zip(record.taken, stated, strict=False):
            said = {code: choice for code, choice in zip(CODES, drawn, strict=True) if choice}
            text = " ".join(code + choice for code, choice in sorted(said.items()))
            make_statement(roll_calls[taken.slug], votes=text, layout=layout)
            votes = {
                code: [taken.choices.get(code), said.get(code)]
                for code in CODES
                if said and differs(taken.choices.get(code), said.get(code), layout)
            }
            if votes:
                expected[taken.slug] = {"source": name_of("un-digital-library"), "votes": votes}
        assert about(disagreements, *roll_calls.values()) == expected


RECORDED: dict[str, Any] = {
    "date": day("2005-12-16"),
    "meeting": "A/60/PV.66",
    "ordinal": 3,
    "method": "recorded",
    "requirement": "two-thirds",
    "result": "adopted",
    "announced_yes": 100,
    "announced_no": 0,
}


@pytest.mark.parametrize(
    ("stated", "facts"),
    [
        # The day, as far as both are known.
        ({"date": "2005-12-16", "date_precision": "day"}, {}),
        ({"date": "2005-12-08", "date_precision": "day"}, {"date": ["2005-12-16", "2005-12-08"]}),
        ({"date": "2005-12-08"}, {"date": ["2005-12-16", "2005-12-08"]}),
        ({"date": "2005-12-01", "date_precision": "month"}, {}),
        ({"date": "2005-11-01", "date_precision": "month"}, {"date": ["2005-12", "2005-11"]}),
        ({"date": "2005-01-01", "date_precision": "year"}, {}),
        ({"date": "2004-01-01", "date_precision": "year"}, {"date": ["2005", "2004"]}),
        # Plain facts.
        ({"session": "60", "meeting": "A/60/PV.66", "ordinal": 3, "result": "adopted", "announced_no": 0}, {}),
        ({"session": "59"}, {"session": ["60", "59"]}),
        ({"meeting": "A/60/PV.67"}, {"meeting": ["A/60/PV.66", "A/60/PV.67"]}),
        ({"ordinal": 4}, {"ordinal": ["3", "4"]}),
        ({"result": "rejected"}, {"result": ["adopted", "rejected"]}),
        ({"requirement": "simple-majority"}, {"requirement": ["two-thirds", "simple-majority"]}),
        (
            {"announced_yes": 101, "announced_no": 1},
            {"announced_yes": ["100", "101"], "announced_no": ["0", "1"]},
        ),
        # Whoever does not say is in no dispute.
        ({}, {}),
        ({"result": "not-stated", "requirement": "not-stated", "meeting": "", "announced_yes": None}, {}),
        ({"announced_abstaining": 5, "announced_non_voting": 2}, {}),
        # A vote by roll call is a recorded one too.
        ({"method": "roll-call"}, {}),
        ({"method": "without-vote"}, {"method": ["recorded", "without-vote"]}),
        ({"kind": "text"}, {}),
        ({"kind": "paragraph"}, {"kind": ["text", "paragraph"]}),
        # Wording is not in dispute.
        ({"title": "Else", "text_title": "Else", "agenda": "1", "topics": ["a"], "note": "n", "drafts": ["A/L.1"]}, {}),
    ],
)
def test_differing_facts_are_findings_as_far_as_both_are_known(
    record: None, stated: dict[str, Any], facts: dict[str, list[str]]
):
    session = Session.objects.get(body=make_body(), code="60")
    taken = make_roll_call("a-vote", session=session, **RECORDED)
    make_statement(taken, **stated)

    found = about(disagreements, taken)

    assert found == ({"a-vote": {"source": "United Nations Digital Library", "facts": facts}} if facts else {})


@pytest.mark.parametrize("precision", ["month", "year"])
def test_month_only_record_contradicts_no_day_of_that_month(db: None, precision: str):
    taken = make_roll_call(date=day("2005-01-01"), date_precision=precision)
    make_statement(taken, date="2005-01-31", date_precision="day")

    assert about(disagreements, taken) == {}


@pytest.mark.parametrize(
    ("recorded", "stated", "differ"),
    [
        ("amendment", "text", True),
        ("text", "amendment", True),
        ("paragraph-amendment", "amendment", False),
        ("motion", "procedural", False),
    ],
)
def test_differing_kinds_are_findings_if_one_is_the_whole_text(db: None, recorded: str, stated: str, differ: bool):
    taken = make_roll_call(kind=recorded)
    make_statement(taken, kind=stated)

    assert bool(about(disagreements, taken)) == differ


def test_each_differing_statement_is_its_own_finding(db: None):
    make_state("QQA")
    taken = make_roll_call("a-vote", votes={"QQA": "Y"}, result="adopted")
    make_statement(taken, votes="QQAN", result="rejected")
    make_statement(taken, votes="QQAA", source="voeten", layout="voeten")
    make_statement(taken, votes="QQAY", layout="sc-voting")

    found = {row.key: row for row in disagreements() if row.roll_call_id == taken.pk}

    assert {key: row.details for key, row in found.items()} == {
        "sources:a-vote:un-digital-library:ga-voting": {
            "source": name_of("un-digital-library"),
            "facts": {"result": ["adopted", "rejected"]},
            "votes": {"QQA": ["Y", "N"]},
        },
        "sources:a-vote:voeten:voeten": {"source": name_of("voeten"), "votes": {"QQA": ["Y", "A"]}},
    }
    assert {row.kind for row in found.values()} == {"sources"}


def name_of(slug: str) -> str:
    return {
        "un-digital-library": "United Nations Digital Library",
        "voeten": "United Nations General Assembly Voting Data (Erik Voeten and others)",
    }[slug]


def test_position_missing_from_the_record_is_a_finding_and_absence_is_not(db: None):
    make_state("QQA")
    make_state("QQB")
    taken = make_roll_call("a-vote")
    make_statement(taken, votes="QQAX QQBY", source="voeten", layout="voeten")

    assert about(disagreements, taken)["a-vote"]["votes"] == {"QQB": [None, "Y"]}


def test_check_takes_three_queries(db: None, django_assert_num_queries):
    for _ in range(2):
        make_statement(make_roll_call(result="adopted"), result="rejected", votes="USAY")
        with django_assert_num_queries(3):
            list(disagreements())


def test_draft_that_holds_back_source_statements_is_a_finding(db: None):
    held, shown, own = make_roll_call("a-vote"), make_roll_call(status="published"), make_roll_call()
    make_statement(held)
    make_statement(held, source="voeten", layout="voeten")
    make_statement(shown)

    assert about(held_back, held, shown, own) == {"a-vote": {"problem": "draft-kept"}}
    [found] = [row for row in held_back() if row.roll_call_id == held.pk]
    assert (found.kind, found.key) == ("unmatched", "unmatched:draft-kept:a-vote")
    assert RollCall.objects.get(slug="a-vote").status == "draft"
