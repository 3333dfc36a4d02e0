"""The deployment's Caddy with its shipped settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.topology import require_programs
from tests.stack.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.servers import Proxy
    from tests.stack.topology import Site

TEXT = "/resolutions/A/RES/ES-11/7"


@pytest.fixture
def caddy(site: Site) -> Iterator[Proxy]:
    require_programs("caddy")
    proxy = site.topology.caddy(site.first, site.second)
    yield proxy
    proxy.stop()
    site.topology.servers.remove(proxy)


def test_caddy_serves_pages_unchanged(site: Site, caddy: Proxy):
    with Visitor(caddy.url, site.certificate) as reader, Visitor.behind(site.first) as first:
        page = reader.request(TEXT, headers={"Accept-Encoding": "br"})
        own = first.request(TEXT, headers={"Host": f"localhost:{caddy.port}", "Accept-Encoding": "br"})
        assert (page.status, page.headers["content-encoding"], page.sent) == (200, "br", own.sent)
        assert page.headers["strict-transport-security"] == own.headers["strict-transport-security"]
        known = reader.request(TEXT, headers={"If-None-Match": page.headers["etag"]})
        assert (known.status, known.sent) == (304, b"")
        assert reader.request("/readyz").status == 404
        assert reader.request("/metrics").status == 404
    with Visitor(f"http://localhost:{caddy.plain_port}") as reader:
        moved = reader.request(TEXT)
    assert moved.status in (301, 308)
    assert moved.headers["location"].startswith("https://localhost")


def test_editor_logs_in_and_saves_through_caddy(site: Site, caddy: Proxy):
    key = site.primary.scalar("SELECT id FROM votes_bloc WHERE slug = 'asean'")
    with Visitor(caddy.url, site.certificate) as editor:
        editor.log_in().save(f"/admin/votes/bloc/{key}/change/", "#bloc_form", short_name="Caddy", reason="A test.")
        assert editor.request("/blocs/asean/").heading == "Caddy"


def test_stopped_gunicorn_fails_no_request_through_caddy(site: Site, caddy: Proxy):
    with Visitor(caddy.url, site.certificate) as reader:
        site.first.kill()
        assert [reader.request(f"/roll-calls/?since=1971-01-{day:02}").status for day in range(1, 11)] == [200] * 10
