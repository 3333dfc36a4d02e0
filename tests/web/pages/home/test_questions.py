"""The questions of the front page: each links to a list that answers it."""

import pytest
from django.http import QueryDict

from tests.web.records import Maker, Twin, get, problems, selected, symbols
from votes.models import RollCall
from votes.record.record import load
from web.lists.filters import RollCallFilter
from web.pages.home.questions import PRESETS, Question, answer_preset, questions

pytestmark = pytest.mark.usefixtures("record")


def found() -> dict[str, Question]:
    return {question.slug: question for question in questions(load(), "en", "/")}


def test_each_question_links_to_a_list_with_the_stated_count(maker: Maker):
    maker.roll_call("tied", "USA:Y FRA:N", title="Lighthouses", result="rejected")
    offered = found()

    assert {slug: (one.address, one.count) for slug, one in offered.items()} == {
        "vetoes": ("/vetoes/", 1),
        "us-russia-eu": ("/resolutions/?same=USA~RUS&differ=USA~eu", 2),
        "closest": ("/resolutions/?order=closeness", 22),
        "lost-by-one": ("/roll-calls/?short=1", 1),
    }
    for one in offered.values():
        page = get("/roll-calls/?result=vetoed&kind=text" if one.slug == "vetoes" else one.address)
        assert problems(page) == []
        assert selected(page) == one.count


def test_us_and_russia_against_the_eu_equals_the_reference_implementation(twin: Twin):
    page = get(found()["us-russia-eu"].address)

    took = {"for", "against", "abstain"}
    expected = []
    for cast in twin.casts:
        usa, russia, eu = (twin.position(who, cast) for who in ("USA", "RUS", "eu"))
        if {usa, russia, eu} <= took and usa == russia != eu:
            expected.append(cast.symbol)
    assert symbols(page) == expected


def test_each_question_states_how_many_votes_were_searched(maker: Maker):
    maker.roll_call("tied", "USA:Y FRA:N", title="Lighthouses", result="rejected")
    said = {slug: one.says for slug, one in found().items()}

    assert "Council votes searched: 2, from 25 February 2022 to 24 February 2025" in said["vetoes"]
    assert "Texts compared: 22, from 25 October 1971 to 24 February 2025" in said["closest"]
    assert "Votes searched: 1 not known to have been adopted, from 17 December 2024" in said["lost-by-one"]


def test_question_without_results_is_not_shown():
    assert "lost-by-one" not in found()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_parameters_of_each_question_are_filters(preset):
    assert set(QueryDict(preset.query)) <= set(RollCallFilter.base_filters)


def test_empty_record_has_no_questions(db: None):
    RollCall.objects.all().delete()
    record = load()

    assert [answer_preset(preset, record) for preset in PRESETS] == [None] * len(PRESETS)
