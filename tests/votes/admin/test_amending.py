"""Changes to what is public take a second person, where the site asks for two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.votes.admin.pages import draft, fields, messages, page, text, text_of, url
from tests.votes.roles import make_user
from votes.editing.publishing import publish
from votes.models import Amendment, HistoryEvent, RollCall

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.votes.conftest import World


@pytest.fixture
def public(world: World, settings: Settings) -> RollCall:
    """Return a published vote on a site that asks for two people."""
    settings.PUBLISH_OWN_ENTRIES = False
    roll_call = draft(world, method="non-recorded", announced_yes=3, announced_no=1)
    publish(roll_calls=[roll_call])
    return roll_call


def browser(name: str) -> Client:
    client = Client()
    client.force_login(make_user("Verifiers", name))
    return client


def proposed(roll_call: Any, **values: str) -> tuple[Client, Amendment]:
    """Have a verifier change what is public; return the browser and what is waiting."""
    one = browser("one")
    data = fields(page(one.get(url(roll_call)))) | {"reason": "The record says 4.", **values}
    answer = one.post(url(roll_call), data)
    assert "Your change is proposed and not public yet." in messages(answer)[-1]
    return one, Amendment.objects.get()


def decide(client: Client, amendment: Amendment, what: str = "_confirm") -> Any:
    return client.post(f"/admin/votes/amendment/{amendment.pk}/decide/", {what: "1"})


def test_a_change_of_a_public_vote_waits_for_a_second_person(public: RollCall):
    one, amendment = proposed(public, announced_yes="4")

    public.refresh_from_db()
    assert public.announced_yes == 3, "nothing is public yet"
    assert amendment.changes == [["Announced in favour", "3", "4"]]
    assert messages(decide(one, amendment))[-1] == "You proposed this change, so another person must confirm it."
    two = browser("two")
    assert "Announced in favour 3 4" in text(page(two.get(url(amendment))))
    assert any("proposed by one is waiting to be confirmed" in told for told in messages(two.get(url(public))))
    assert "Proposed changes to confirm 1" in text(page(two.get("/admin/")))
    decide(two, amendment)

    public.refresh_from_db()
    amendment.refresh_from_db()
    assert (public.announced_yes, public.status) == (4, "published")
    assert (amendment.is_confirmed, amendment.decided_by and amendment.decided_by.username) == (True, "two")
    assert messages(decide(two, amendment))[-1] == "This proposed change has already been confirmed or rejected."


def test_a_rejected_change_leaves_the_record_as_it_is(public: RollCall):
    _one, amendment = proposed(public, announced_yes="4")
    decide(browser("two"), amendment, "_reject")
    public.refresh_from_db()
    amendment.refresh_from_db()
    assert (public.announced_yes, amendment.is_confirmed) == (3, False)


def test_a_change_of_what_has_changed_since_is_not_confirmed(public: RollCall):
    _one, amendment = proposed(public, announced_yes="4")
    RollCall.objects.filter(pk=public.pk).update(announced_yes=5)
    assert "The record has changed since this change was proposed." in messages(decide(browser("two"), amendment))[-1]
    public.refresh_from_db()
    amendment.refresh_from_db()
    assert (public.announced_yes, amendment.decided_at) == (5, None)


def test_a_change_of_a_public_text_waits_too_and_stands_in_the_history(public: RollCall):
    resolution = text_of(RollCall.objects.get(slug="a-res-es-11-7"))
    _one, amendment = proposed(resolution, title="War")
    assert not HistoryEvent.objects.filter(kind="resolution").exists()
    decide(browser("two"), amendment)
    resolution.refresh_from_db()
    assert resolution.title == "War"
    revision = HistoryEvent.objects.get(kind="resolution", subject=resolution.symbol).revision
    assert (revision.reason, revision.by_name) == ("The record says 4.", "two")


def test_who_may_not_amend_does_not_see_or_decide(public: RollCall):
    _one, amendment = proposed(public, announced_yes="4")
    recorder = Client()
    recorder.force_login(make_user("Recorders"))
    assert recorder.get(url(amendment)).status_code == decide(recorder, amendment).status_code == 403
