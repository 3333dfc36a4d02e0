"""Any address and query gets a page, a redirect or a 404."""

from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("record")

LISTED = ["q", "body", "session", "since", "until", "topic", "subject", "kind", "result", "order", "position", "differ"]
NAMES = [*LISTED, "page", "who", "how", "choice", "on", "bloc", "sort", "about"]
KNOWN = [
    "", "ukraine", "ES-11", "A/RES/ES-11/7", '"', "-", "OR", "a & b | !c", "GA", "SC", "79", "11emsp", "2022-03-02",
    "0001-01-01", "9999-12-31", "human-rights", "text", "amendment", "adopted", "closeness", "relevance", "date",
    "USA:against", "eu:tied", "USA,FRA:for", "USA~eu", "eu~eu", "~", ":", ",", "1", "2", "-1", "99999999999",
    "against",
    "nonvoting", "nato", "NATO", "code", "name", "choice", "a-res-es-11-7", "USA", "%", "\x00", "١",
]  # fmt: skip
PATHS = [
    "/", "/resolutions/", "/roll-calls/", "/resolutions/A/RES/ES-11/7", "/roll-calls/s-2022-155/",
    "/roll-calls/s-2022-155/history/", "/states/",
    "/states/USA/", "/states/SUN/", "/subjects/", "/blocs/", "/blocs/eu/", "/about/", "/contact/", "/report/",
    "/privacy/",
]  # fmt: skip

values = st.one_of(
    st.sampled_from(KNOWN), st.text(max_size=12), st.builds("{}{}".format, *[st.sampled_from(KNOWN)] * 2)
)
queries = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=5)


def answer(address: str, headers: dict[str, str] | None = None) -> int:
    """Return the status of the answer; an error in the page is raised."""
    with transaction.atomic():
        return Client().get(address, headers=headers).status_code


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(path="/contact/", query=[("about", "\x00")], htmx=False)
@example(path="/resolutions/", query=[("position", "\x00:for")], htmx=True)
@given(path=st.sampled_from(PATHS), query=queries, htmx=st.booleans())
def test_any_query_is_a_200_or_a_redirect(path: str, query: list[tuple[str, str]], htmx: bool):
    status = answer(f"{path}?{urlencode(query)}", {"HX-Request": "true"} if htmx else None)

    # Empty values and picks from the two boxes lead to a shorter address.
    is_tidy = all(value for _, value in query) and not {name for name, _ in query} >= {"who", "how"}
    assert status == 200 or (status == 302 and not is_tidy)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    folder=st.sampled_from(["/", "/resolutions/", "/roll-calls/", "/states/", "/subjects/", "/blocs/"]),
    rest=st.one_of(
        st.text(max_size=20), st.sampled_from(KNOWN), st.from_regex(r"[AS]/(RES/)?[0-9]{1,4}[ (/][IVX0-9)]{1,5}")
    ),
)
def test_any_address_is_a_page_redirect_or_404(folder: str, rest: str):
    assert answer(f"{folder}{quote(rest)}") in (200, 301, 302, 404)
