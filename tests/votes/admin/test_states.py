"""An editor enters states, their seats, and blocs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.votes.admin.pages import errors, fields, list_url, page, url
from votes.models import Bloc, BodyMembership, MemberState

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World


def test_overlapping_seats_are_refused_on_the_page(editor: Client, world: World):
    state = MemberState.objects.get(code="IDN")
    data = fields(page(editor.get(url(state))))
    assert data["body_memberships-INITIAL_FORMS"] == str(state.body_memberships.count())
    count = int(data["body_memberships-TOTAL_FORMS"])
    for number, (since, until) in enumerate((("2050-01-01", "2052-01-01"), ("2051-01-01", ""))):
        data |= {
            f"body_memberships-{count + number}-body": str(world.council.pk),
            f"body_memberships-{count + number}-since": since,
            f"body_memberships-{count + number}-until": until,
            f"body_memberships-{count + number}-since_precision": "day",
            f"body_memberships-{count + number}-until_precision": "day",
        }
    data["body_memberships-TOTAL_FORMS"] = str(count + 2)

    assert errors(page(editor.post(url(state), data))) == ["These dates overlap those of another row."]
    assert not BodyMembership.objects.filter(since__year__gte=2050).exists()


def test_a_state_is_added_then_its_seats(editor: Client, world: World):
    added = editor.post("/admin/votes/memberstate/add/", {"code": "ZZZ", "name": "Ruritania", "_continue": "1"})

    state = MemberState.objects.get(code="ZZZ")
    assert added["Location"] == url(state)
    assert page(editor.get(added["Location"])).select("#body_memberships-group")


def test_the_largest_bloc_is_shown_in_few_queries_and_few_fields(
    editor: Client, world: World, django_assert_max_num_queries
):
    bloc = max(Bloc.objects.all(), key=lambda bloc: bloc.memberships.count())

    with django_assert_max_num_queries(20):
        shown = page(editor.get(url(bloc)))

    assert len(fields(shown)) < 500
    assert editor.post(url(bloc), fields(shown))["Location"] == list_url(Bloc)
