"""Filters in memory select what SQL selects."""

import datetime
import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict

from resolutions.models import Resolution
from tests.web.lists.database import by_database
from tests.web.records import Maker
from votes.models import RollCall
from votes.models.roll_calls import search_query
from votes.record.record import load
from web.lists.listing import Listing
from web.lists.selection import StateSelection

pytestmark = pytest.mark.usefixtures("record")

VALUES = {
    "q": ["ukraine", "ES-11", "lighthouses", "A/RES/79/801", "nosuchword"],
    "body": ["GA", "SC"],
    "session": ["ES-11", "10emsp", "80"],
    "since": ["1980-01-01", "2022-03-02"],
    "until": ["2022-03-02", "2025-02-24"],
    "topic": ["human-rights", "nuclear-weapons"],
    "subject": ["lighthouses-buoys", "CUBA--UNITED STATES", "un-conferences&subject=cuba-united-states"],
    "kind": ["text", "amendment", "paragraph", "motion"],
    "method": ["recorded", "roll-call", "non-recorded", "without-vote", "any"],
    "result": ["adopted", "vetoed", "rejected"],
    "vetoed_by": ["RUS", "SUN", "USA", "CHN", "RUS&vetoed_by=USA"],
    "position": ["USA:against", "eu:for", "nato:tied", "USA,RUS:against", "FRA:nonvoting"],
    "differ": ["USA~eu", "brics~USA"],
    "same": ["USA~eu", "brics~CHN"],
    "short": ["1"],
    "order": ["closeness", "relevance", "date"],
}


def queries() -> list[str]:
    """Each value alone, each pair of filters, and a fixed choice of more of them together."""
    alone = [f"{name}={value}" for name, values in VALUES.items() for value in values]
    pairs = [f"{one}={VALUES[one][0]}&{other}={VALUES[other][-1]}" for one, other in itertools.permutations(VALUES, 2)]
    draw = random.Random(46)  # noqa: S311  # a choice of tests, the same in every run
    more = [
        "&".join(f"{name}={draw.choice(VALUES[name])}" for name in draw.sample(sorted(VALUES), 3)) for _ in range(60)
    ]
    return ["", *alone, *pairs, *more]


@pytest.fixture
def several(subjects: None, maker: Maker) -> None:
    """Write a record with all kinds of things, roll calls without votes and without a text among them."""
    maker.many(range(1, 31))
    for number in (3, 8, 12):
        Resolution.objects.filter(symbol__endswith=f"/{number}", title__contains="lighthouses").update(
            subjects=["LIGHTHOUSES--BUOYS", "CUBA - UNITED STATES"][: number % 3 + 1]
        )
    maker.roll_call("amended", "USA:Y RUS:N", kind="paragraph-amendment", title="Paragraph 4 on lighthouses")
    maker.roll_call("moved", "USA:N FRA:X", kind="motion", title="Motion on lighthouses", result="rejected")
    maker.roll_call("tied", "USA:Y FRA:N", kind="amendment", title="Lighthouses, a tie", result="rejected")
    maker.roll_call("totals-only", "", kind="text", title="Lighthouses", announced_yes=30, announced_no=29)
    maker.roll_call("no-totals", "", kind="text", title="Lighthouses again", method="without-vote")
    maker.roll_call("not-by-name", "", title="Lighthouses a third time", method="non-recorded", announced_yes=30)
    maker.roll_call("by-name", "USA:Y RUS:N", title="Lighthouses by roll call", method="roll-call")
    for number, method in ((801, "without-vote"), (802, "non-recorded"), (803, "roll-call")):
        text = maker.text(f"A/RES/79/{number}", title="On Ukraine")
        maker.roll_call(f"text-{number}", "", resolution=text, decisive=True, title="", method=method)
    council = {"body": maker.council, "session": None, "result": "vetoed"}
    for slug, date, votes in (
        ("veto-1946", "1946-06-18", "SUN:N USA:Y CHN:Y"),
        ("veto-1970", "1970-03-17", "SUN:Y USA:N GBR:N"),
        ("veto-1991", "1991-12-24", "RUS:N USA:Y"),
        ("veto-2024", "2024-03-22", "RUS:N CHN:N USA:Y DZA:N"),
    ):
        maker.roll_call(slug, votes, title="On Ukraine", date=datetime.date.fromisoformat(date), **council)
    # No veto: a permanent member against where too few were in favour, and one of the Assembly.
    maker.roll_call("too-few", "RUS:N USA:N", title="On Ukraine", **{**council, "result": "rejected"})
    maker.roll_call("assembly", "RUS:N USA:N", title="On Ukraine", result="vetoed")


def test_register_selects_the_same_rows_in_the_same_order_as_sql(several: None):
    record = load()
    for query in queries():
        shown = Listing(QueryDict(query), record)
        assert shown.is_valid, query
        expected = list(by_database(QueryDict(query), record).values_list("pk", flat=True))
        assert shown.keys == expected, query
        assert list(shown.roll_calls.values_list("pk", flat=True)) == expected, query


@pytest.mark.parametrize("choice", ["for", "against", "abstain", "nonvoting"])
def test_filter_by_a_states_choice_equals_sql(several: None, choice: str):
    record = load()
    query = QueryDict(f"choice={choice}")
    voted = record.register.voted(record.matrix.of("USA") != 0)
    selection = StateSelection(record, "USA")
    shown = Listing(query, record, among=voted, selection=selection)
    assert shown.keys == list(by_database(query, record, selection).values_list("pk", flat=True))
    (facet,) = (facet for facet in Listing(QueryDict(), record, among=voted, selection=selection).facets[:1])
    assert (facet.name, facet.any) == ("choice", int(voted.sum()))
    assert {value.value: value.count for value in facet.values}.get(choice, 0) == len(shown.keys)


def test_totals_of_a_selection_equal_sql(several: None):
    record = load()
    for query in ["", "body=SC", "position=USA:against", "q=lighthouses", "since=2000-01-01&result=adopted"]:
        shown = Listing(QueryDict(query), record)
        chosen = list(RollCall.objects.filter(pk__in=shown.keys))
        assert shown.totals == {
            "roll_calls": len(chosen),
            **{result: sum(r.result == result for r in chosen) for result in ("adopted", "rejected", "vetoed")},
        }


def test_rows_of_a_selection_equal_those_of_the_matrix(several: None):
    record = load()
    for query in ["", "body=SC", "q=lighthouses", "position=eu:for"]:
        shown = Listing(QueryDict(query), record)
        chosen = RollCall.objects.filter(pk__in=shown.keys, tally__cast__gt=0)
        assert sorted(record.matrix.slugs[shown.rows].tolist()) == sorted(chosen.values_list("slug", flat=True))


@pytest.mark.parametrize("query", ["", "body=GA&result=adopted", "topic=human-rights", "kind=paragraph&short=1",
                                   "subject=cuba-united-states", "subject=un-conferences&result=adopted"])  # fmt: skip
def test_facet_counts_equal_sql(several: None, query: str):
    record = load()
    shown = Listing(QueryDict(query), record)
    assert [facet.name for facet in shown.facets] == shown.selection.facets
    for facet in shown.facets:
        for value in facet.values:
            parameters = QueryDict(query, mutable=True)
            parameters[facet.name] = value.value
            assert value.count == by_database(parameters, record).count(), (facet.name, value.value)


def test_words_are_searched_in_the_vote_and_its_text(several: None):
    for words in ["lighthouses", "paragraph", "resolution", "resolution -lighthouses", '"a tie" OR text', "the"]:
        query = search_query(words)
        either = RollCall.objects.filter(Q(search=query) | Q(resolution__search=query))
        found = RollCall.objects.search(words)
        assert list(found.newest_first()) == list(either.newest_first()), words
    assert RollCall.objects.search("lighthouses").exists()


def test_search_results_are_cached_for_each_data_version(
    several: None, django_assert_num_queries: Callable[[int], Any]
):
    record = load()
    found = Listing(QueryDict("q=lighthouses"), record).places.tolist()
    with django_assert_num_queries(0):
        again = Listing(QueryDict("q=lighthouses&kind=motion"), record).places.tolist()
    assert again
    assert set(again) < set(found)
