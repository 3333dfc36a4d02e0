"""An editor enters states, their seats, and blocs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.votes.admin.pages import errors, fields, list_url, page, table, url
from votes.models import Bloc, BlocMembership, BodyMembership, MemberState, StateName

if TYPE_CHECKING:
    from django.db.models import Model
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


def test_state_is_added_before_its_seats(editor: Client, world: World):
    address = "/admin/votes/memberstate/add/"
    held = page(editor.post(address, {"code": "ZZZ", "name": "Ruritania"}))
    added = editor.post(address, fields(held) | {"reason": "Founded.", "_continue": "1"})

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


def rows_of(editor: Client, model: type[Model], words: str) -> list[list[str]]:
    """Return the rows of a list that a search finds; they have no boxes, since they are changed one by one."""
    return table(page(editor.get(f"{list_url(model)}?q={words}")), "#result_list tbody tr")


def test_lists_show_first_and_last_days_as_far_as_they_are_known(editor: Client):
    held = [row for row in rows_of(editor, BlocMembership, "GBR") if row[1] == "EU"]
    assert held == [["United Kingdom", "EU", "member", "1 January 1973", "31 January 2020"]]
    # Left in some month or year, which is stored as its first day.
    [left] = [row for row in rows_of(editor, BlocMembership, "MRT") if row[1] == "ECOWAS"]
    assert left[3:] == ["28 May 1975", "December 2000"]
    [republic] = [row for row in rows_of(editor, StateName, "Republic+of+Afghanistan") if row[2].startswith("17 July")]
    assert republic[2:] == ["17 July 1973", "April 1978"]
    seats = rows_of(editor, BodyMembership, "CSK")
    assert ["24 October 1945", "31 December 1992"] in [row[2:4] for row in seats]
