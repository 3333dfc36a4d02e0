"""Suggestions of the search box."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tests.web.records import Maker, get, one, texts

pytestmark = pytest.mark.usefixtures("record")

HTMX = {"HX-Request": "true"}


def suggested(words: str) -> dict[str, list[str]]:
    """Return what is suggested, by the name of its group."""
    response = Client().get("/suggestions/", {"q": words}, headers=HTMX)
    assert response.status_code == 200
    assert response.headers["Vary"] == "HX-Request, HX-History-Restore-Request"
    part = BeautifulSoup(response.content, "html.parser")
    assert part.select("html, body, form, h1") == []
    return {str(group["aria-label"]): texts(group, "a[role=option]") for group in part.select("[role=group]")}


def test_suggestions_are_grouped_by_kind(maker: Maker):
    resolution = maker.text("A/RES/79/1", title="<b>Russian</b> lighthouses")
    maker.roll_call("one", resolution=resolution, title="", decisive=True)

    assert suggested("Russ")["Member states"] == ["Russian Federation"]
    assert suggested("Russian light") == {
        "Texts by title": ["A/RES/79/1 <b>Russian</b> lighthouses"],
    }
    assert suggested("palest") == {
        "Topics": ["Israel and the Palestinians"],
        "Texts by title": ["A/RES/67/19 Status of Palestine in the United Nations"],
    }
    assert list(suggested("es-11/7")) == ["Texts by symbol"]
    assert suggested("zzzz") == suggested("") == suggested("p" * 1000) == {}


def test_at_most_eight_suggestions_are_shown():
    for words in ("un", "united", "se", "the", "in", "re"):
        assert 0 < sum(map(len, suggested(words).values())) <= 8, words


def test_each_suggestion_links_to_a_page():
    for words in ("united", "brics", "human", "es-11", "aggression", "council"):
        part = BeautifulSoup(Client().get("/suggestions/", {"q": words}, headers=HTMX).content, "html.parser")
        addresses = [str(link["href"]) for link in part.select("a")]
        assert addresses
        assert {Client().get(address).status_code for address in addresses} == {200}, words


def test_list_announces_the_number_of_suggestions():
    part = BeautifulSoup(Client().get("/suggestions/?q=guinea", headers=HTMX).content, "html.parser")

    assert one(part, "[data-said]")["data-said"] == "4 suggestions"


def test_direct_visit_redirects_to_the_search():
    response = Client().get("/suggestions/?q=Kampuchea")
    assert (response.status_code, response.headers["Location"]) == (302, "/resolutions/?q=Kampuchea")
    assert texts(get("/suggestions/?q=Kampuchea"), ".row .symbol") == ["A/RES/34/22"]
    assert Client().get("/suggestions/?q=").headers["Location"] == "/resolutions/"


@pytest.mark.parametrize(("words", "number"), [("ukraine", 2), ("es-11/7", 2), ("A/79/L.48", 3), ("", 2)])
def test_query_count_is_bounded(
    maker: Maker, django_assert_num_queries: DjangoAssertNumQueries, words: str, number: int
):
    maker.many(range(1, 20))
    with django_assert_num_queries(number):
        suggested(words)


PIECES = ["nuclaer", "Ukriane", "US", "or", "-weapons", '"lasting', 'peace"', "79/1", "\x00", "&", "<", "%", "\\", ":*"]

anything = st.one_of(
    st.text(max_size=1000),
    st.text("A/RES-0123 (IVX)", max_size=60),
    st.lists(st.sampled_from(PIECES)).map(" ".join),
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example("1/" * 500)
@example("(" * 1000)
@example("nuclaer " * 125)
@example("-" * 1000)
@example("İ" * 1000)
@given(anything)
def test_any_input_gets_a_response(words: str):
    with transaction.atomic():
        query = urlencode({"q": words})
        assert Client().get(f"/suggestions/?{query}", headers=HTMX).status_code == 200
        assert Client().get(f"/resolutions/?{query}", headers=HTMX).status_code == 200
        assert Client().get(f"/resolutions/?{query}").status_code in ((200, 302) if words else (302,))
