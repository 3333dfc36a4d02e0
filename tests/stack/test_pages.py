"""Two gunicorns behind a proxy behave as one site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.stack.processes import count_connections
from tests.stack.visitors import BEHIND_TLS, Visitor

if TYPE_CHECKING:
    from tests.stack.topology import Site

TEXT = "/resolutions/A/RES/ES-11/7"

PAGES = (
    "/",
    "/resolutions/",
    "/resolutions/?state=USA&position=no",
    TEXT,
    "/roll-calls/",
    "/states/",
    "/states/USA/",
    "/blocs/asean/",
    "/compare/states/?state=USA&state=FRA",
    "/agreement/",
    "/about/",
    "/sitemap.xml",
    "/resolutions.atom",
    "/resolutions.csv",
    "/api/v1/states/",
    "/no-such-page/",
)


def test_both_gunicorns_and_the_proxy_give_the_same_bytes(site: Site, reader: Visitor):
    for path in PAGES:
        with Visitor.behind(site.first) as first, Visitor.behind(site.second) as second:
            # The same name to each, since absolute addresses in a page have it.
            named = {"Host": f"127.0.0.1:{site.proxy.port}"}
            answers = [reader.request(path), first.request(path, headers=named), second.request(path, headers=named)]
        assert [answer.status for answer in answers] == [404 if "no-such" in path else 200] * 3, path
        assert answers[0].body == answers[1].body == answers[2].body, path
        assert len({answer.headers.get("etag") for answer in answers}) == 1, path


def test_matching_etag_is_a_304(reader: Visitor):
    whole = reader.request(TEXT)
    known = reader.request(TEXT, headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status, known.sent) == (304, b"")
    assert known.headers["etag"] == whole.headers["etag"]
    assert known.headers["cache-control"] == whole.headers["cache-control"]
    assert "s-maxage=" in whole.headers["cache-control"]


def test_head_has_the_headers_of_get_and_no_body(reader: Visitor):
    whole, head = reader.request(TEXT), reader.request(TEXT, method="HEAD")
    assert (head.status, head.sent) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.sent)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_compressed_pages_decompress_to_the_same_bytes(reader: Visitor, encoding: str):
    plain, packed = reader.request(TEXT), reader.request(TEXT, headers={"Accept-Encoding": encoding})
    assert packed.headers["content-encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.body == plain.sent
    assert len(packed.sent) < len(plain.sent) / 3


def test_the_proxy_keeps_its_connections_to_the_gunicorns(site: Site, reader: Visitor):
    before = count_connections(site.first.port) + count_connections(site.second.port)
    for _ in range(40):
        assert reader.request("/about/").status == 200
    assert count_connections(site.first.port) + count_connections(site.second.port) - before <= 4


def test_page_cached_by_one_gunicorn_is_a_hit_for_the_other(site: Site):
    path = "/roll-calls/?since=1999-01-01"
    with Visitor.behind(site.first) as first, Visitor.behind(site.second) as second:
        made, shared = (web.request(path, headers={"Host": "127.0.0.1"}) for web in (first, second))
    assert made.headers["cache-status"] == "Plenary; fwd=miss; stored"
    assert shared.headers["cache-status"] == "Plenary; hit"
    assert shared.body == made.body


def test_forged_forwarded_for_header_is_ignored(site: Site, reader: Visitor):
    path = "/states/?forged"
    reader.request(path, headers={"X-Forwarded-For": "203.0.113.9"})
    with Visitor.behind(site.first) as proxy:
        proxy.request(path, headers=BEHIND_TLS | {"X-Forwarded-For": "203.0.113.9, 192.0.2.7"})
    lines = [json.loads(line) for web in (site.first, site.second) for line in web.lines('"path":"/states/"')]
    assert {line["address"] for line in lines} >= {"127.0.0.1", "192.0.2.7"}
    assert "203.0.113.9" not in {line["address"] for line in lines}


def test_plain_http_redirects_to_https(site: Site):
    with Visitor(f"http://127.0.0.1:{site.proxy.plain_port}") as reader:
        moved = reader.request(TEXT)
    assert (moved.status, moved.headers["location"]) == (308, f"{site.proxy.url}{TEXT}")
    # And should a proxy not say so, Plenary does.
    with Visitor(f"http://127.0.0.1:{site.first.port}", headers={"X-Forwarded-Proto": "http"}) as proxy:
        moved = proxy.request(TEXT)
    assert (moved.status, moved.headers["location"]) == (301, f"https://127.0.0.1:{site.first.port}{TEXT}")


def test_proxy_refuses_oversized_bodies(site: Site, reader: Visitor):
    before = sum(len(web.lines('"method":"POST"')) for web in (site.first, site.second))
    reader.connection.putrequest("POST", "/resolutions/")
    reader.connection.putheader("Content-Length", str(5 * 1024**2))
    reader.connection.endheaders()
    assert reader.connection.getresponse().status == 413
    assert sum(len(web.lines('"method":"POST"')) for web in (site.first, site.second)) == before


def test_cookies_are_secure_and_readers_get_none(reader: Visitor):
    assert "set-cookie" not in reader.request("/").headers
    assert "Secure" in reader.request("/admin/login/").headers["set-cookie"]
