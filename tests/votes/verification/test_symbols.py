"""Findings: votes and their texts."""

from tests.factories import make_resolution, make_roll_call, make_state
from tests.votes.verification.conftest import about
from votes.verification.symbols import duplicates, without_text, without_votes


def test_two_published_votes_on_a_whole_text_are_a_finding(db: None):
    text = make_resolution("A/RES/99/7 B", status="published")
    for slug, kind in [("later", "text"), ("earlier", "text"), ("part", "paragraph")]:
        make_roll_call(slug, resolution=text, kind=kind, status="published", title="")
    make_roll_call("draft", resolution=text)

    [found] = [row for row in duplicates() if row.resolution_id == text.pk]

    assert (found.kind, found.key) == ("duplicate-symbol", f"duplicate-symbol:{text.symbol_key}")
    assert found.details == {"symbol": "A/RES/99/7 B", "slugs": ["earlier", "later"]}
    assert found.roll_call_id is None


def test_draft_beside_a_published_vote_is_not_a_finding(db: None):
    text = make_resolution(status="published")
    make_roll_call(resolution=text, status="published")
    make_roll_call(resolution=text)
    other = make_resolution(status="published")
    make_roll_call(resolution=other, status="published")
    make_roll_call(resolution=other, status="published", kind="amendment")

    assert [row for row in duplicates() if row.resolution_id in (text.pk, other.pk)] == []


def test_a_vote_on_no_text_is_a_finding_unless_it_needs_none(db: None):
    taken = [
        make_roll_call(f"a-{kind}", kind=kind, source_reference="rcid 7")
        for kind in ("text", "amendment", "paragraph", "paragraph-amendment", "motion", "procedural")
    ]
    with_text = make_roll_call(resolution=make_resolution())

    assert about(without_text, *taken, with_text) == {
        slug: {"reference": "rcid 7"} for slug in ("a-text", "a-amendment", "a-paragraph", "a-paragraph-amendment")
    }


def test_published_recorded_vote_without_votes_is_a_finding(db: None):
    make_state("QQA")
    empty = [
        make_roll_call(f"{status}-{method}", method=method, status=status)
        for method in ("recorded", "roll-call", "non-recorded", "without-vote")
        for status in ("published", "draft")
    ]
    voted = make_roll_call(votes={"QQA": "Y"}, status="published")

    assert about(without_votes, *empty, voted) == {"published-recorded": {}, "published-roll-call": {}}
