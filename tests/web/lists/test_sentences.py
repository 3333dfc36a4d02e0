"""The sentence that describes a selection."""

import pytest
from django.http import QueryDict

from tests.web.records import get, one, symbols, text
from votes.record.record import load
from web.lists.listing import Listing
from web.lists.selection import StateSelection
from web.lists.sentences import WHAT, Part, described

pytestmark = pytest.mark.usefixtures("record")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Recorded votes"),
        ("page=2&order=closeness", "Recorded votes"),
        ("q=peace", "Recorded votes with the words “peace”"),
        ("q=ES-11/7", "Votes of every kind with the symbol “ES-11/7”"),
        ("q=ES-11/7&method=recorded", "Recorded votes with the symbol “ES-11/7”"),
        ("q=peace&method=roll-call", "Votes by roll call with the words “peace”"),
        ("method=non-recorded&body=GA", "Votes that were not recorded in the General Assembly"),
        ("method=without-vote&body=SC", "Texts adopted without a vote in the Security Council"),
        ("method=any", "Votes of every kind and adoptions without a vote"),
        (
            "result=vetoed&vetoed_by=RUS&since=1950-01-01&until=1959-12-31&kind=text",
            (
                "Recorded votes from 1 January 1950 to 31 December 1959 on whole texts that ended in a veto by "
                "the Russian Federation (or the Soviet Union)"
            ),
        ),
        ("since=2025-02-24", "Recorded votes since 24 February 2025"),
        ("until=2025-12-31", "Recorded votes up to 31 December 2025"),
        ("since=2025-02-24&until=2025-12-31", "Recorded votes from 24 February 2025 to 31 December 2025"),
        ("vetoed_by=SUN", "Recorded votes with a veto by the Union of Soviet Socialist Republics"),
        (
            "vetoed_by=FRA&vetoed_by=GBR&vetoed_by=USA",
            "Recorded votes with a veto by France, the United Kingdom or the United States",
        ),
        (
            "body=GA&session=es-11&since=2020-01-01&until=2025-12-31&topic=human-rights&kind=text&result=adopted&short=1",
            (
                "Recorded votes in the General Assembly in the eleventh emergency special session from 1 January 2020 "
                "to 31 December 2025 on the topic “Human rights” on whole texts that ended in adoption that were "
                "one vote short of the majority"
            ),
        ),
        ("position=USA:against", "Recorded votes on which the United States voted against"),
        (
            "position=USA,FRA,RUS:for&position=nato:abstain&position=eu:tied&position=CHN:nonvoting",
            (
                "Recorded votes on which the United States, France and the Russian Federation voted in favour and NATO "
                "abstained and the votes of the EU were tied and China did not vote"
            ),
        ),
        (
            "differ=USA~eu&same=USA~RUS",
            (
                "Recorded votes on which the United States voted differently from the EU and the United States voted "
                "the same as the Russian Federation"
            ),
        ),
        ("position=USA:againts&body=SC", "Recorded votes in the Security Council"),
    ],
)
def test_sentence_describes_every_filter(query: str, sentence: str):
    assert described(Listing(QueryDict(query), load())) == sentence


@pytest.mark.parametrize(
    ("choice", "said"),
    [("for", "voted in favour"), ("against", "voted against"), ("abstain", "abstained"), ("nonvoting", "did not vote")],
)
def test_sentence_describes_the_choice_of_a_state(choice: str, said: str):
    record = load()
    listing = Listing(QueryDict(f"choice={choice}"), record, selection=StateSelection(record, "FRA"))

    assert described(listing) == f"Votes of France in which it {said}"


@pytest.mark.parametrize("kind", ["text", "amendment", "paragraph", "paragraph-amendment", "motion", "procedural"])
@pytest.mark.parametrize("result", ["adopted", "rejected", "vetoed", "not-stated"])
def test_every_kind_and_result_has_its_own_words(kind: str, result: str):
    record = load()
    of_kind, of_result, both = (
        described(Listing(QueryDict(query), record)).removeprefix("Recorded votes ")
        for query in (f"kind={kind}", f"result={result}", f"kind={kind}&result={result}")
    )

    assert of_kind.startswith("on ")
    assert of_result.startswith(("that ended in ", "whose result"))
    assert both == f"{of_kind} {of_result}"


def test_each_part_of_the_sentence_can_be_removed():
    page = get("/resolutions/?q=ukraine&position=USA:against&position=RUS:against&since=2020-01-01&page=1")
    parts = {text(part).rpartition(" ×")[0]: str(one(part, "a")["href"]) for part in page.select(".described .part")}

    assert parts == {
        "with the words “ukraine”": "?position=USA%3Aagainst&position=RUS%3Aagainst&since=2020-01-01",
        "since 1 January 2020": "?q=ukraine&position=USA%3Aagainst&position=RUS%3Aagainst",
        "on which the United States voted against": "?q=ukraine&position=RUS%3Aagainst&since=2020-01-01",
        "and the Russian Federation voted against": "?q=ukraine&position=USA%3Aagainst&since=2020-01-01",
    }


def test_sentence_is_in_the_title_and_the_permanent_link():
    page = get("/roll-calls/?position=USA:against&who2=FRA")
    name, address = "Recorded votes on which the United States voted against", "/roll-calls/?position=USA%3Aagainst"

    assert text(one(page, "title")) == f"{name} · Plenary"
    assert one(page, "#saved")["value"] == f"http://testserver{address}"
    assert one(page, "#saved-named")["value"] == f"{name}: http://testserver{address}"
    assert symbols(get(address)) == symbols(page)
    assert get("/roll-calls/").select(".described, .saved") == []


def test_a_translation_may_put_a_filter_before_what_it_qualifies():
    part = Part(f"in der Versammlung {WHAT} seit 2020", "?", "body")

    assert (part.before, part.after, part.text) == ("in der Versammlung", "seit 2020", "in der Versammlung seit 2020")
    assert part.around("Resolutionen") == "in der Versammlung Resolutionen seit 2020"


def test_resolutions_are_adopted_and_votes_end_in_adoption():
    listing = Listing(QueryDict("result=adopted"), load())

    assert described(listing, "resolutions") == "Resolutions adopted"
    assert described(listing) == "Recorded votes that ended in adoption"
