"""A change of reference facts shows its effect, takes a reason, and stands in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.votes.admin.pages import errors, fields, page, text, url
from tests.votes.admin.test_plausibility import held
from votes.models import Bloc, BlocMembership, BodyMembership, HistoryEvent, MemberState, StateName

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World

ADD = "/admin/votes/blocmembership/add/"


def membership(code: str, bloc: str = "eu", **values: Any) -> dict[str, Any]:
    """Return what the page for a new membership sends."""
    return {
        "state": MemberState.objects.get(code=code).pk,
        "bloc": Bloc.objects.get(slug=bloc).pk,
        "status": "member",
        "since": "2022-01-01",
        "since_precision": "day",
        "until_precision": "day",
        **values,
    }


def test_a_membership_shows_which_published_votes_change_and_takes_a_reason(editor: Client, world: World):
    first = page(editor.post(ADD, membership("NOR")))
    saved = editor.post(ADD, fields(first) | {"reason": "Treaty of Oslo."})

    [effect] = held(first)
    assert effect == (
        "EU: the figures of 4 published votes change. In the latest, a-res-es-11-8 of 24 February 2025, 26-0-1 becomes "
        "27-0-1."
    )
    assert saved.status_code == 302
    made = BlocMembership.objects.get(state__code="NOR", bloc__slug="eu")
    event = HistoryEvent.objects.get(kind="bloc-membership", subject="eu", name="NOR")
    assert (event.old, event.revision.reason, event.revision.by_name) == (None, "Treaty of Oslo.", "editor")
    for shown in (made, made.bloc, made.state):
        told = text(page(editor.get(url(shown, "history"))).select_one("#recorded-changes"))
        assert "Treaty of Oslo." in told
        assert "Membership of Norway in EU: from “none” to “member, since 1 January 2022”" in told


def test_a_reason_is_needed_for_each_effect_that_was_shown(editor: Client, world: World):
    first = page(editor.post(ADD, membership("NOR")))

    without = page(editor.post(ADD, fields(first)))
    later = page(editor.post(ADD, fields(first) | {"reason": "So.", "since": "1999-01-01"}))

    assert without.select_one("#held-missing")
    assert held(later) != held(first)
    assert not BlocMembership.objects.filter(state__code="NOR", bloc__slug="eu").exists()


def test_an_ended_and_a_deleted_membership_take_a_reason(editor: Client, world: World):
    france = BlocMembership.objects.get(state__code="FRA", bloc__slug="eu")
    first = page(editor.post(url(france), fields(page(editor.get(url(france)))) | {"until": "2022-01-01"}))
    assert held(first)[0].startswith("EU: the figures of ")
    assert editor.post(url(france), fields(first) | {"reason": "It left."}).status_code == 302

    asked = page(editor.post(url(france, "delete"), {"post": "yes"}))
    assert "EU: the figures of " in text(asked)
    assert BlocMembership.objects.filter(pk=france.pk).exists()
    assert editor.post(url(france, "delete"), {"reason": "A mistake."}).status_code == 302
    reasons = HistoryEvent.objects.filter(kind="bloc-membership", name="FRA").order_by("id")
    assert [event.revision.reason for event in reasons] == ["It left.", "A mistake."]


def test_a_membership_before_the_bloc_or_the_seat_is_pointed_out(editor: Client, world: World):
    points = held(page(editor.post(ADD, membership("CHE", since="1950-01-01"))))
    assert points[1:] == [
        "EU has no other member before 1 January 1958. Check that Switzerland was one on 1 January 1950.",
        "Switzerland became a member of the United Nations only on 10 September 2002.",
    ]


@pytest.mark.parametrize(("bloc", "since", "until"), [("weog", "1950-01-01", ""), ("eu", "1950-01-01", "1960-01-01")])
def test_a_membership_without_a_seat_is_refused(editor: Client, world: World, bloc: str, since: str, until: str):
    BlocMembership.objects.filter(state__code="CHE", bloc__slug=bloc).delete()
    answer = page(editor.post(ADD, membership("CHE", bloc, since=since, until=until)))
    assert not held(answer)
    assert "Switzerland is listed in " in errors(answer)[0]


def test_a_seat_in_the_council_needs_one_in_the_assembly(editor: Client, world: World):
    data = membership("CHE", since="1950-01-01", until="1952-01-01") | {"body": world.council.pk}
    answer = page(editor.post("/admin/votes/bodymembership/add/", data))
    assert errors(answer) == [
        "Switzerland has no seat in the General Assembly for some of the time from 1 January 1950. Check the dates."
    ]
    assert not BodyMembership.objects.filter(body=world.council, state__code="CHE", since="1950-01-01").exists()


@pytest.mark.parametrize("name", ["France", "france", "FRANCE", "Türkiye", "Turkiye"])
def test_a_second_state_of_the_same_name_is_refused(editor: Client, world: World, name: str):
    answer = page(editor.post("/admin/votes/memberstate/add/", {"code": "QQQ", "name": name}))
    assert errors(answer)[0].startswith("Another member state has this name: ")
    assert not MemberState.objects.filter(code="QQQ").exists()


def test_a_former_name_that_another_state_had_then_is_refused(editor: Client, world: World):
    germany = MemberState.objects.get(code="DEU")
    data = {"state": germany.pk, "name": "FRANCE", "until": "1999-01-01"}
    data |= {"since_precision": "day", "until_precision": "day"}
    answer = page(editor.post("/admin/votes/statename/add/", data))
    assert errors(answer) == ["“FRANCE” is also the name of FRA at that time. Enter another name or correct the dates."]
    assert not StateName.objects.filter(state=germany, name="FRANCE").exists()


def test_a_new_state_stands_in_the_history(editor: Client, world: World):
    first = page(editor.post("/admin/votes/memberstate/add/", {"code": "QQQ", "name": "Ruritania"}))
    assert held(first) == ["The figures of published votes do not change."]
    assert editor.post("/admin/votes/memberstate/add/", fields(first) | {"reason": "Founded."}).status_code == 302
    assert HistoryEvent.objects.get(kind="state", subject="QQQ").revision.reason == "Founded."


def test_an_end_before_the_beginning_is_refused_at_its_field(editor: Client, world: World):
    answer = page(editor.post(ADD, membership("NOR", until="2020-01-01")))

    assert "“Since” must be before “until”." in errors(answer)
    assert fields(answer)["until"] == "2020-01-01"


def test_a_former_name_that_ends_before_it_begins_is_refused_at_its_field(editor: Client, world: World):
    data = {"state": MemberState.objects.get(code="DEU").pk, "name": "X", "since": "1990-01-01", "until": "1980-01-01"}
    data |= {"since_precision": "day", "until_precision": "day"}

    answer = page(editor.post("/admin/votes/statename/add/", data))

    assert errors(answer) == ["“Since” must be before “until”."]
