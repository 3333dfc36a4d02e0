"""The context of a roll call, against the models."""

from dataclasses import replace

import pytest

from resolutions.models import OtherSymbol
from tests.factories import day, make_body, make_resolution, make_roll_call, make_seat, make_state
from votes.choices import Choice
from votes.models import BodyMembership, Correction, Finding, RollCall
from votes.reports.roll_call_context import RollCallContext


def test_context_of_a_bare_roll_call_is_empty(db: None):
    bare = RollCallContext(
        "GA", "General Assembly", "", "editor", 0, frozenset(), {}, (), has_findings=False, has_history=False
    )
    found = RollCallContext.of(make_roll_call(date=day("1920-01-01")))

    assert replace(found, source=found.source.lower(), source_terms="") == bare


def test_members_of_the_body_are_those_of_the_day(db: None):
    states = [make_state() for _ in range(4)]
    council = make_body("SC")
    # Before the first seats among the reference facts, which a run of all tests has loaded.
    make_seat(state=states[0], body=council, since="1919-01-01", permanent=True)
    make_seat(state=states[1], body=council, since="1920-01-01", until=day("1921-12-17"))
    make_seat(state=states[2], body=council, since="1921-12-17", until=day("1921-12-18"))
    make_seat(state=states[3], since="1919-01-01")

    def seats(date: str) -> tuple[int, frozenset[int]]:
        found = RollCallContext.of(make_roll_call(body=council, date=day(date)))
        return found.seats, found.permanent

    permanent = frozenset([states[0].pk])
    assert seats("1921-12-16") == seats("1921-12-17") == (2, permanent)
    assert seats("1919-12-31") == seats("1921-12-18") == (1, permanent)
    assert seats("1918-12-31") == (0, frozenset())


def test_context_has_only_the_notices_symbols_and_findings_of_the_vote(db: None, django_assert_num_queries):
    state, other = make_state(), make_state()
    text, elsewhere = make_resolution(), make_resolution()
    roll_call = make_roll_call(votes={state.code: "N", other.code: "Y"}, resolution=text)
    another = make_roll_call(votes={state.code: "Y"}, resolution=elsewhere)
    Correction.objects.create(roll_call=roll_call, state=state, intended="A")
    Correction.objects.create(roll_call=another, state=state, intended="N")
    for symbol, kind in (("A/99/L.2", "draft"), ("A/99/L.1", "variant")):
        OtherSymbol.objects.create(resolution=text, symbol=symbol, kind=kind)
    Finding.objects.create(kind="totals", key="one", origin="record", roll_call=another)

    with django_assert_num_queries(1):
        found = RollCallContext.of(roll_call)

    kinds = OtherSymbol.Kind
    assert found.intended == {state.pk: Choice.ABSTAINING}
    assert found.other_symbols == (
        (str(kinds("variant").label), "A/99/L.1"),
        (str(kinds("draft").label), "A/99/L.2"),
    )
    assert not found.has_findings
    assert RollCallContext.of(another).has_findings


@pytest.mark.parametrize("slug", ["s-2022-155", "a-res-es-11-7", "a-res-2758-xxvi"])
def test_context_of_landmark_votes_equals_the_models(record: None, slug: str):
    roll_call = RollCall.objects.select_related("resolution").get(slug=slug)
    seats = BodyMembership.objects.filter(body=roll_call.body).on(roll_call.date)
    found = RollCallContext.of(roll_call)

    assert (found.body, found.body_name) == (roll_call.body.code, roll_call.body.name)
    assert (found.session, found.source) == (str(roll_call.session or ""), str(roll_call.source))
    assert found.seats == seats.count()
    assert found.permanent == set(seats.filter(permanent=True).values_list("state", flat=True))
    others = OtherSymbol.objects.filter(resolution=roll_call.resolution).order_by("symbol_key")
    assert found.other_symbols == tuple((other.get_kind_display(), other.symbol) for other in others)
