"""Each page makes a fixed number of queries, however large the record."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.records import Maker
from votes.models import RollCall

pytestmark = pytest.mark.usefixtures("record")

QUERIES = [
    ("/", 4),
    ("/resolutions/", 2),
    ("/resolutions/?q=ukraine&order=relevance", 5),
    ("/resolutions/?q=es-11", 4),
    ("/resolutions/?q=es-11/7", 4),
    ("/resolutions/?q=ukriane", 4),
    ("/suggestions/?q=ukraine", 0),
    ("/resolutions/?position=USA:against&position=eu:for&differ=USA~eu", 2),
    ("/resolutions/?position=USA:againts", 2),
    ("/roll-calls/", 2),
    ("/resolutions/A/RES/ES-11/7", 6),
    ("/resolutions/S/2022/155", 6),
    ("/resolutions/es-11/7", 6),
    ("/resolutions/nowhere", 12),
    ("/roll-calls/a-res-es-11-7/", 5),
    ("/roll-calls/a-res-es-11-7/history/", 4),
    ("/compare/roll-calls/", 2),
    ("/compare/roll-calls/?a=a-res-es-11-1", 2),
    ("/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7", 2),
    ("/compare/roll-calls/?a=A/RES/ES-11/1&b=nowhere", 9),
    ("/states/", 3),
    ("/states/USA/", 3),
    ("/blocs/", 3),
    ("/blocs/nato/", 4),
    ("/agreement/", 2),
    ("/agreement/?bloc=p5&measure=kappa", 2),
    ("/agreement/?bloc=nope&since=x", 2),
    ("/compare/states/", 2),
    ("/compare/states/?state=USA&state=eu&state=CHN", 2),
    ("/ideal-points/", 3),
    ("/vetoes/", 2),
    ("/roll-calls/?result=vetoed&vetoed_by=RUS&kind=text", 2),
    ("/resolutions/?method=any", 2),
    ("/data/quality/", 6),
    ("/data/changes/", 3),
    ("/about/", 1),
    ("/contact/?about=a-res-es-11-7", 1),
    ("/report/?page=/resolutions/A/RES/ES-11/7", 2),
    ("/privacy/", 0),
]


def counts() -> dict[str, int]:
    """Return how many questions each page asks."""
    found = {}
    for address, _number in QUERIES:
        with CaptureQueriesContext(connection) as queries:
            Client().get(address)
        found[address] = len(queries)
    return found


def test_query_count_does_not_grow_with_the_record(maker: Maker):
    """One test for all pages, since it takes longer to write the record than to read it."""
    assert counts() == dict(QUERIES)
    maker.many(range(1, 45))
    texts = [RollCall.objects.select_related("resolution").get(slug=slug) for slug in ("a-res-es-11-7", "s-2022-155")]
    for roll_call in texts:
        for n in range(2, 5):
            maker.roll_call(
                f"{roll_call.slug}-{n}", "USA:Y FRA:N", body=roll_call.body, session=roll_call.session,
                resolution=roll_call.resolution, kind="amendment", title="An amendment",
            )  # fmt: skip
    assert counts() == dict(QUERIES)
