"""ETags and conditional requests."""

import pytest
from django.test import RequestFactory

from web.serving.etags import tag_of, unchanged

TAG = tag_of(7, "http://testserver/votes.csv")


def test_etag_depends_on_version_and_request():
    others = {tag_of(8, "http://testserver/votes.csv"), tag_of(7, "http://testserver/votes.csv?body=SC")}

    assert tag_of(7, "http://testserver/votes.csv") == TAG
    assert TAG.startswith('W/"7-')
    assert TAG not in others
    assert len(others) == 2


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, None), ({"If-None-Match": '"other"'}, None), ({"If-None-Match": TAG}, 304), ({"If-Match": '"other"'}, 412)],
)
def test_conditional_request_gets_304_or_412(sent: dict[str, str], status: int | None):
    answer = unchanged(
        RequestFactory().get("/votes.csv", headers=sent), {"ETag": TAG, "Access-Control-Allow-Origin": "*"}
    )

    assert (answer and answer.status_code) == status
    assert (answer and answer.headers.get("ETag")) == (TAG if status == 304 else None)
