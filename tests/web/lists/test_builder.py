"""The filter builder: form rows to address and back."""

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.test import Client

from tests.web.records import Maker, facets, get, one, problems, symbols, text, texts
from web.serving.parameters import with_conditions

pytestmark = pytest.mark.usefixtures("record")


def rows_of(page: BeautifulSoup) -> list[list[str]]:
    """Return what is picked in the boxes of each row, as it reads; the empty row at the end too."""
    return [
        [text(one(select, "option[selected]")) for select in row.select("select") if select.select("option[selected]")]
        for row in page.select(".condition")
    ]


@pytest.mark.parametrize(
    ("boxes", "written"),
    [
        ("who1=USA&how1=against", "position=USA:against"),
        ("who=RUS&how=against&page=3&body=GA", "body=GA&position=RUS:against"),
        ("who1=USA&who1=&who1=FRA&who1=USA&how1=for", "position=USA,FRA:for"),
        ("who1=eu&who1=FRA&how1=for", "position=eu:for&position=FRA:for"),
        ("who2=eu&how2=tied&who10=UK&how10=for&who1=X&how1=for", "position=X:for&position=eu:tied&position=UK:for"),
        ("who1=USA&how1=differ&whom1=eu&who2=USA&how2=same&whom2=RUS", "differ=USA~eu&same=USA~RUS"),
        ("who1=USA&who1=FRA&how1=differ&whom1=eu", "differ=USA~eu&differ=FRA~eu"),
        ("who1=USA&how1=for&whom1=eu", "position=USA:for"),
        ("position=USA:for&who1=USA&how1=for", "position=USA:for"),
        ("position=XXX:for&who1=USA&how1=for", "position=XXX:for&position=USA:for"),
        ("who1=USA&how1=for&who2=FRA&how3=for&who4=eu", "position=USA:for&who2=FRA&how3=for&who4=eu"),
        ("whose1=USA&who123=FRA", "whose1=USA&who123=FRA"),
    ],
)  # fmt: skip
def test_complete_rows_become_conditions_and_incomplete_ones_stay(boxes: str, written: str):
    assert sorted(with_conditions(QueryDict(boxes)).lists()) == sorted(QueryDict(written).lists())


def test_form_redirects_to_the_canonical_address():
    response = Client().get("/resolutions/?q=&position=USA:against&who=RUS&how=against&body=&page=2")

    assert response.status_code == 302
    assert response.headers["Location"] == "/resolutions/?position=USA%3Aagainst&position=RUS%3Aagainst"


def test_every_condition_of_the_address_is_a_form_row():
    page = get("/resolutions/?position=USA,RUS:against&position=eu:tied&differ=CHN~eu&same=USA~RUS")

    assert rows_of(page) == [
        ["United States", "Russian Federation", "voted against"],
        ["EU", "was tied (blocs only)"],
        ["China", "voted differently from …", "EU"],
        ["United States", "voted the same as …", "Russian Federation"],
        [],
    ]
    assert texts(page, ".condition-head > span") == ["on which", "and", "and", "and", "Add a condition"]
    assert [str(link["href"]) for link in page.select(".condition-head a")] == [
        "?position=eu%3Atied&differ=CHN~eu&same=USA~RUS",
        "?position=USA%2CRUS%3Aagainst&differ=CHN~eu&same=USA~RUS",
        "?position=USA%2CRUS%3Aagainst&position=eu%3Atied&same=USA~RUS",
        "?position=USA%2CRUS%3Aagainst&position=eu%3Atied&differ=CHN~eu",
    ]


@pytest.mark.parametrize(
    ("boxes", "picked", "hint"),
    [
        ("who1=USA", ["United States"], "Choose how they voted."),
        ("how1=against", ["voted against"], "Choose who."),
        ("who1=USA&how1=differ", ["United States", "voted differently from …"], "Choose with whom to compare."),
    ],
)
def test_incomplete_row_is_kept_and_states_what_is_missing(boxes: str, picked: list[str], hint: str):
    page = get(f"/resolutions/?{boxes}&position=eu:for")
    part = Client().get(f"/resolutions/?{boxes}&position=eu:for", headers={"HX-Request": "true"})

    assert rows_of(page) == [["EU", "voted in favour"], picked]
    assert text(one(page, "#condition2-error")) == hint
    assert problems(page) == []
    assert symbols(page) == symbols(get("/resolutions/?position=eu:for"))
    assert part.headers["HX-Push-Url"] == "/resolutions/?position=eu%3Afor"


@pytest.mark.parametrize("address", ["/resolutions.csv", "/states/USA.json", "/blocs/nato.json"])
def test_files_reject_form_parameters(address: str):
    response = Client().get(f"{address}?who1=USA&how1=against&whom1=")

    assert response.status_code == 400
    assert set(response.json()["errors"]) == {"who1", "how1"}


def test_error_in_a_condition_is_shown_in_its_row():
    page = get("/resolutions/?position=USA:tied")

    assert rows_of(page)[0] == ["United States", "was tied (blocs only)"]
    assert text(one(page, "#condition1-error")) == (
        "“tied” is not a position of United States; choose one of for, against, abstain, nonvoting."
    )


def test_one_vote_short_is_a_facet_with_its_count(maker: Maker):
    maker.roll_call("tied", "USA:Y FRA:N", title="Lighthouses", result="rejected")
    maker.roll_call("lost", "USA:Y FRA:N RUS:N", title="Lighthouses", result="rejected")
    maker.roll_call("lost-by-two", "USA:Y FRA:N RUS:N CHN:N", title="Lighthouses", result="rejected")

    assert facets(get("/roll-calls/?q=lighthouses"))["short"] == {"": 3, "1": 2}
    assert texts(get("/roll-calls/?short=1"), ".selection > [role=status]") == ["2 of 25 recorded votes · 2 rejected"]
    assert "short" not in facets(get("/resolutions/"))
