"""Merging two records of the same vote."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from resolutions.models import Resolution
from tests.factories import make_source
from tests.votes.conftest import World
from tests.votes.connections import execute
from tests.votes.roles import make_user
from votes.editing.merging import Difference, comparison, merge
from votes.editing.publishing import publish, unpublish
from votes.editing.votes import record_votes
from votes.models import Correction, Finding, MemberState, RetiredAddress, RollCall, Statement
from votes.reports.history import history_of


def public(world: World, slug: str, votes: str = "USA:N FRA:Y GBR:A", **values: object) -> RollCall:
    roll_call = world.roll_call(slug, **values)
    record_votes(roll_call=roll_call, choices=dict(pair.split(":") for pair in votes.split()))
    publish(roll_calls=[roll_call])
    return RollCall.objects.get(pk=roll_call.pk)


def correct(roll_call: RollCall, code: str, intended: str) -> None:
    Correction.objects.create(roll_call=roll_call, state=MemberState.objects.get(code=code), intended=intended)


def states(roll_call: RollCall, source: str) -> None:
    Statement.objects.create(
        roll_call=roll_call, source=make_source(source), format="ga-voting", reference=roll_call.slug, facts={}
    )


def votes_of(roll_call: RollCall) -> dict[str, str]:
    return dict(roll_call.votes.values_list("state__code", "choice"))


def test_duplicate_redirects_to_the_kept_record_which_takes_over_its_data(world: World):
    text = world.resolution()
    kept = public(world, "kept", resolution=text, title="")
    duplicate = public(world, "twice", resolution=text, title="", decisive=True)
    older = public(world, "older")
    merge(kept=duplicate, duplicate=older, reason="The same.")
    correct(kept, "USA", "A")
    for code, intended in (("USA", "Y"), ("FRA", "N"), ("GBR", "Y")):
        correct(duplicate, code, intended)
    states(kept, "voeten")
    for source in ("voeten", "undl"):
        states(duplicate, source)
    for key, origin in (("file", "ga-voting:GA"), ("own", "record")):
        Finding.objects.create(kind="conflict", key=key, origin=origin, roll_call=duplicate)
    user = make_user("Verifiers")

    merge(kept=kept, duplicate=duplicate, reason=" One meeting, one vote. ", by=user)

    kept.refresh_from_db()
    assert not RollCall.objects.filter(slug="twice").exists()
    assert kept.decisive
    assert sorted(kept.corrections.values_list("state__code", "intended")) == [("FRA", "N"), ("GBR", "Y"), ("USA", "A")]
    assert sorted(kept.statements.values_list("source__slug", "reference")) == [("undl", "twice"), ("voeten", "kept")]
    assert list(kept.findings.values_list("key", flat=True)) == ["file"]
    assert sorted(RetiredAddress.objects.values_list("slug", "kind", "reason", "roll_call__slug", "by")) == [
        ("older", "merged", "The same.", "kept", None),
        ("twice", "merged", "One meeting, one vote.", "kept", user.pk),
    ]


def test_differing_votes_need_confirmation_and_the_kept_ones_stay(world: World):
    kept = public(world, "kept", "USA:N FRA:Y")
    duplicate = public(world, "twice", "USA:Y GBR:A")
    with pytest.raises(ValidationError, match="The votes differ"):
        merge(kept=kept, duplicate=duplicate, reason="The same.")
    assert RollCall.objects.filter(slug="twice").exists()

    merge(kept=kept, duplicate=duplicate, reason="The same.", although_votes_differ=True)

    assert votes_of(kept) == {"USA": "N", "FRA": "Y"}


def test_correction_that_contradicts_the_kept_votes_is_not_taken(world: World):
    kept = public(world, "kept", "USA:N FRA:Y")
    duplicate = public(world, "twice", "USA:Y FRA:Y GBR:A")
    for code, intended in (("USA", "N"), ("FRA", "A"), ("GBR", "Y")):
        correct(duplicate, code, intended)

    assert [correction.state.code for correction in comparison(kept, duplicate).corrections] == ["GBR", "USA"]
    merge(kept=kept, duplicate=duplicate, reason="The same.", although_votes_differ=True)

    assert list(kept.corrections.values_list("state__code", "intended")) == [("FRA", "A")]


def test_comparison_lists_differing_facts_and_votes(world: World):
    kept = public(world, "kept", "USA:N FRA:Y", note="One.")
    duplicate = public(world, "twice", "FRA:A USA:N GBR:Y", date=datetime.date(2024, 12, 16), kind="motion")
    states(kept, "undl")
    states(duplicate, "undl")

    compared = comparison(kept, duplicate)

    assert list(compared.facts) == [
        Difference("date", "date", datetime.date(2024, 12, 17), datetime.date(2024, 12, 16)),
        Difference("kind", "kind", "whole text", "motion"),
        Difference("note", "note", "One.", None),
    ]
    assert list(compared.votes) == [
        Difference("FRA", "France", "In favour", "Abstaining"),
        Difference("GBR", "United Kingdom", None, "In favour"),
    ]
    assert [said.reference for said in compared.statements] == ["twice"]
    assert [one.name for one in compared.choices] == ["FRA", "GBR", "USA"], "those that differ come first"


def test_a_duplicate_that_was_never_public_leaves_no_address(world: World):
    kept, duplicate = public(world, "kept", "USA:N"), world.roll_call("twice")
    record_votes(roll_call=duplicate, choices={"USA": "N"})
    merge(kept=kept, duplicate=duplicate, reason="The same.")
    assert not RetiredAddress.objects.exists()


@pytest.mark.parametrize("hide", [False, True])
def test_public_record_cannot_be_merged_into_a_draft(world: World, hide: bool):
    draft, duplicate = world.roll_call("draft"), public(world, "twice")
    if hide:
        unpublish(roll_calls=[duplicate])
    with pytest.raises(
        ValidationError, match="twice has been published, so its address must redirect to a published record"
    ):
        merge(kept=draft, duplicate=duplicate, reason="The same.", although_votes_differ=True)


def test_merging_needs_two_votes_of_one_body_and_a_reason(world: World):
    kept = public(world, "kept")
    council = world.roll_call("council", body=world.council)
    for duplicate, why in ((kept, "Choose two records"), (council, "These votes were taken in two different bodies")):
        with pytest.raises(ValidationError, match=why):
            merge(kept=kept, duplicate=duplicate, reason="The same.")
    with pytest.raises(ValidationError, match="Give the reason: why are these two records of the same vote"):
        merge(kept=kept, duplicate=public(world, "twice"), reason=" ")


@pytest.mark.parametrize("role", ["nobody", "Recorders"])
def test_merging_needs_permission(world: World, role: str):
    kept, duplicate = public(world, "kept"), public(world, "twice")
    with pytest.raises(PermissionDenied):
        merge(kept=kept, duplicate=duplicate, reason="The same.", by=make_user(role))
    assert RollCall.objects.filter(slug="twice").exists()


@pytest.mark.parametrize(
    ("facts", "others", "why"),
    [
        ({"kind": "text"}, {"kind": "motion"}, "“whole text”, of the other “motion”"),
        ({"ordinal": 1}, {"ordinal": 2}, "One is vote number 1 of its meeting, the other number 2"),
        ({}, {"date": datetime.date(2024, 12, 18)}, "on 17 December 2024, the other on 18 December 2024"),
    ],
)
def test_different_votes_are_not_merged(world: World, facts: dict[str, Any], others: dict[str, Any], why: str):
    kept, duplicate = public(world, "kept", **facts), public(world, "twice", **others)
    with pytest.raises(ValidationError, match=why):
        merge(kept=kept, duplicate=duplicate, reason="The same.")


def test_what_one_record_does_not_know_is_no_difference(world: World):
    kept = public(world, "kept", ordinal=1, meeting="A/79/PV.1")
    month: dict[str, Any] = {"date": datetime.date(2024, 12, 1), "date_precision": "month"}
    merge(kept=kept, duplicate=public(world, "twice", **month), reason="The same.")
    assert not RollCall.objects.filter(slug="twice").exists()


def test_votes_on_two_resolutions_are_not_merged(world: World):
    kept = public(world, "kept", resolution=world.resolution("A/RES/79/1"))
    duplicate = public(world, "twice", resolution=world.resolution("A/RES/79/2"))
    with pytest.raises(ValidationError, match="A/RES/79/1 and A/RES/79/2 are two different texts"):
        merge(kept=kept, duplicate=duplicate, reason="The same.")


@pytest.mark.parametrize("keep_the_draft", [False, True])
def test_the_address_of_the_drafts_text_leads_to_the_final_one(world: World, keep_the_draft: bool):
    draft = world.resolution("A/ES-10/L.33", kind="draft")
    draft.other_symbols.create(symbol="A/ES-10/L.33/REV.1")
    final = world.resolution("A/RES/ES-10/21")
    records = [public(world, "of-final", resolution=final, title="", decisive=True)]
    records.append(public(world, "of-draft", resolution=draft, title="", decisive=True))
    kept, duplicate = records[::-1] if keep_the_draft else records

    merge(kept=kept, duplicate=duplicate, reason="The same.")

    kept.refresh_from_db()
    assert (kept.resolution, kept.decisive) == (final, True)
    assert not Resolution.objects.filter(symbol="A/ES-10/L.33").exists()
    assert sorted(final.other_symbols.values_list("symbol", "kind")) == [
        ("A/ES-10/L.33", "draft"),
        ("A/ES-10/L.33/Rev.1", "draft"),
    ]


def test_a_text_with_another_vote_stays(world: World):
    draft, final = world.resolution("A/ES-10/L.33"), world.resolution("A/RES/ES-10/21")
    kept = public(world, "kept", resolution=final)
    duplicate = public(world, "twice", resolution=draft)
    public(world, "third", resolution=draft)
    merge(kept=kept, duplicate=duplicate, reason="The same.")
    assert Resolution.objects.filter(symbol="A/ES-10/L.33").exists()
    assert not final.other_symbols.exists()


def test_a_vote_without_a_text_takes_that_of_its_duplicate(world: World):
    text = world.resolution("A/RES/79/1")
    kept = public(world, "kept")
    merge(kept=kept, duplicate=public(world, "twice", resolution=text, decisive=True), reason="The same.")
    kept.refresh_from_db()
    assert (kept.resolution, kept.decisive) == (text, True)


def test_the_reason_is_in_the_public_history_of_the_vote_that_is_kept(world: World):
    kept, duplicate = public(world, "kept"), public(world, "twice")
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    merge(kept=kept, duplicate=duplicate, reason="One meeting, one vote.")
    [entry] = history_of(kept, {}).entries
    assert entry.reason == "One meeting, one vote."
    assert [(change.label, change.after) for change in entry.changes] == [("merged record", "twice")]
