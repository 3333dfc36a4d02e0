"""Cursor pagination: complete, in order, and stable when the record changes."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.web.api.asking import ask, errors, pages
from tests.web.records import Maker
from votes.editing.publishing import withdraw
from votes.models import RollCall

pytestmark = pytest.mark.usefixtures("record")


def slugs(address: str, **more: str) -> list[str]:
    """Return the slugs of all rows from an address on."""
    return [row["slug"] for rows in pages(address, **more) for row in rows]


@pytest.fixture
def crowded(maker: Maker) -> None:
    """Write votes of one day of every sort: with and without text, ordinal, votes and announced totals."""
    maker.many(range(1, 8))
    text = maker.text("A/RES/79/900", title="Peace and lighthouses")
    for number in range(1, 4):
        maker.roll_call(f"tied-{number}", "USA:Y FRA:N", title=f"Paragraph {number}", resolution=text)
        maker.roll_call(f"untold-{number}", title=f"Lighthouses {number}", announced_yes=number, announced_no=0)
        maker.roll_call(f"ordered-{number}", "USA:Y", meeting="A/79/PV.1", ordinal=number, title="A motion of peace")


@pytest.mark.parametrize("query", ["", "order=closeness", "q=peace&order=relevance", "body=GA&position=USA:for"])
@pytest.mark.usefixtures("crowded")
def test_pages_contain_every_row_once_in_list_order(query: str):
    listed = json.loads(Client().get(f"/roll-calls.json?{query}").getvalue())
    expected = [row["slug"] for row in listed["rows"]]
    assert len(expected) > 7
    address = f"/roll-calls/?{query}&page_size=5".replace("?&", "?")

    forth = pages(address)
    assert [row["slug"] for rows in forth for row in rows] == expected
    assert {len(rows) for rows in forth[:-1]} == {5}
    assert ask(f"{address.replace('=5', '=500')}")["next"] is None

    # And back again from the last page, each of five.
    at, last = address, address
    while at:
        last, at = at, ask(at)["next"]
    back = pages(last, link="previous")
    assert [row["slug"] for rows in reversed(back) for row in rows] == expected


@pytest.mark.usefixtures("crowded")
def test_cursor_keeps_its_place_when_the_record_changes(maker: Maker):
    everything = slugs("/roll-calls/?page_size=500")
    first = ask("/roll-calls/?page_size=4")
    seen = [row["slug"] for row in first["results"]]
    # The very vote that the cursor names is withdrawn, and a newer one comes before all.
    withdraw(roll_call=RollCall.objects.get(slug=seen[-1]), reason="Twice.")
    maker.roll_call("newest", "USA:Y", date="2025-12-31")
    assert slugs(first["next"]) == everything[4:]

    # A page of one at the very front, and the page before it.
    only = ask("/roll-calls/?page_size=1")
    assert (only["results"][0]["slug"], only["previous"]) == ("newest", None)
    second = ask(only["next"])
    assert ask(second["previous"])["results"] == only["results"]


def test_page_beyond_the_last_row_is_empty():
    everything = ask("/roll-calls/?page_size=500")["results"]
    beyond = ask(f"/roll-calls/?page_size={len(everything) - 1}")["next"]
    RollCall.objects.filter(slug=everything[-1]["slug"]).update(status="draft")
    assert {name: ask(beyond)[name] for name in ("results", "next", "previous")} == {
        "results": [],
        "next": None,
        "previous": None,
    }


def test_same_query_has_the_same_cursor():
    one, other = (ask("/roll-calls/?page_size=2")["next"] for _time in range(2))
    assert one == other
    assert one.startswith("http://testserver/api/v1/roll-calls/?page_size=2&cursor=")


@pytest.mark.parametrize("list_of", ["states", "blocs", "sessions", "memberships"])
def test_small_tables_are_paged_the_same_way(list_of: str):
    whole = pages(f"/{list_of}/?page_size=500")
    forth = pages(f"/{list_of}/?page_size=60" if list_of != "memberships" else "/memberships/?page_size=400")
    assert [row for rows in forth for row in rows] == [row for rows in whole for row in rows]
    assert len(forth) > 1 or len(whole[0]) <= 60


def test_invalid_cursor_or_page_size_is_refused():
    cursor = ask("/roll-calls/?page_size=1")["next"].partition("cursor=")[2]
    closest = ask("/roll-calls/?page_size=1&order=closeness")["next"].partition("cursor=")[2]
    states = ask("/states/?page_size=1")["next"].partition("cursor=")[2]
    other = ["This cursor belongs to a list in another order."]
    assert errors("/roll-calls/?cursor=x") == {"cursor": ["“x” is not a cursor of this API."]}
    assert errors("/roll-calls/?cursor=W10") == {"cursor": ["“W10” is not a cursor of this API."]}
    assert errors(f"/roll-calls/?order=closeness&cursor={cursor}") == {"cursor": other}
    assert errors(f"/roll-calls/?cursor={closest}") == {"cursor": other}
    assert errors(f"/roll-calls/?cursor={states}") == {"cursor": other}
    assert errors(f"/states/?cursor={cursor}") == {"cursor": other}
    for size in ("0", "501", "x", "-1", "1" * 30):
        said = f"“{size}” is not a whole number from 1 to 500."
        assert errors(f"/roll-calls/?page_size={size}") == {"page_size": [said]}


@pytest.mark.parametrize(
    "values",
    [[1, None, None, "x"], ["2025-02-30", None, None, "x"], ["x"], [{}, [], True, 1], ["2025-01-01", 1, "x", 2]],
)
def test_forged_cursor_causes_no_error(values: list[object]):
    from web.api.paging import Cursor  # noqa: PLC0415  # to make one that the API would not

    made_up = Cursor(before=False, order="", values=tuple(values))
    assert errors(f"/roll-calls/?cursor={made_up}") == {"cursor": ["This cursor belongs to another list."]}
