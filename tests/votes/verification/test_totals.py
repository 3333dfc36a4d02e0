"""Findings: announced totals against counted ones."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import make_roll_call, make_state
from tests.votes.random_record import RECORD, Record, Stage, records
from tests.votes.verification.conftest import about
from votes.models import RollCall
from votes.totals import ANNOUNCED
from votes.verification.totals import differing_totals

figures = st.tuples(*[st.sampled_from([None, 0, 1, 1, 2, 3])] * 4)


@given(record=records(), announced=st.lists(figures, min_size=8, max_size=8))
@settings(RECORD, max_examples=40)
def test_findings_equal_counting_by_hand(stage: Stage, record: Record, announced: list[tuple[int | None, ...]]):
    with stage.holding(record) as roll_calls:
        expected = {}
        for taken, said in zip(record.taken, announced, strict=False):
            RollCall.objects.filter(slug=taken.slug).update(**dict(zip(ANNOUNCED, said, strict=True)))
            differences = []
            for choice, figure in zip("YNAX", said, strict=True):
                counted = list(taken.choices.values()).count(choice)
                if figure is not None and figure != counted:
                    differences.append([choice, figure, counted])
            if differences and taken.choices:
                expected[taken.slug] = {"differences": differences}
        assert about(differing_totals, *roll_calls.values()) == expected


def test_drafts_are_checked_and_the_key_is_the_slug(db: None):
    make_state("QQA")
    draft = make_roll_call("a-vote", votes={"QQA": "N"}, announced=(1, 0, 0, 0))

    [found] = [row for row in differing_totals() if row.roll_call_id == draft.pk]

    assert (found.kind, found.key) == ("totals", "totals:a-vote")
    assert found.details == {"differences": [["Y", 1, 0], ["N", 0, 1]]}


def test_roll_call_without_votes_has_no_finding(db: None):
    announced = make_roll_call(announced=(1, 0, 0, 0))

    assert about(differing_totals, announced) == {}
