"""Each page asks the database a fixed number of questions, however much the record holds."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.web.pages import Maker
from votes.models import RollCall

pytestmark = pytest.mark.usefixtures("record")

QUERIES = [
    ("/", 4),
    ("/resolutions/", 3),
    ("/resolutions/?q=ukraine&order=relevance", 5),
    ("/resolutions/?position=USA:against&position=eu:for&differ=USA~eu", 3),
    ("/resolutions/?position=USA:againts", 2),
    ("/roll-calls/", 3),
    ("/resolutions/A/RES/ES-11/7", 14),
    ("/resolutions/S/2022/155", 14),
    ("/resolutions/es-11/7", 3),
    ("/resolutions/nowhere", 8),
    ("/roll-calls/a-res-es-11-7/", 9),
    ("/states/", 1),
    ("/states/USA/", 9),
    ("/blocs/", 1),
    ("/blocs/nato/", 6),
    ("/data/quality/", 5),
    ("/about/", 1),
    ("/contact/?about=a-res-es-11-7", 1),
    ("/privacy/", 0),
]


@pytest.mark.parametrize(("address", "number"), QUERIES)
def test_the_number_of_queries_stays(
    maker: Maker, django_assert_num_queries: DjangoAssertNumQueries, address: str, number: int
):
    client = Client()
    with django_assert_num_queries(number):
        client.get(address)
    maker.many(range(1, 45))
    texts = [RollCall.objects.select_related("resolution").get(slug=slug) for slug in ("a-res-es-11-7", "s-2022-155")]
    for roll_call in texts:
        for n in range(2, 5):
            maker.roll_call(
                f"{roll_call.slug}-{n}", "USA:Y FRA:N", body=roll_call.body, session=roll_call.session,
                resolution=roll_call.resolution, kind="amendment", title="An amendment",
            )  # fmt: skip
    with django_assert_num_queries(number):
        client.get(address)
