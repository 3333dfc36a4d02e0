"""Restarts and upgrades fail no request."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.stack.processes import wait_for
from tests.stack.visitors import Visitor, reading_in_background

if TYPE_CHECKING:
    from tests.stack.processes import Server
    from tests.stack.topology import Site

DOWNLOAD = "/votes.csv"
TEXT = "/resolutions/A/RES/ES-11/7"
PATHS = (TEXT, "/", "/roll-calls/", "/states/USA/", "/resolutions.csv", "/api/v1/states/")


def test_stopping_gunicorn_finishes_responses_in_progress(site: Site, reader: Visitor):
    with Visitor.behind(site.first) as first, Visitor.behind(site.second) as second:
        begun = first.open(DOWNLOAD)
        part = begun.read(10_000)
        pids = site.first.process_ids()
        site.first.kill(wait=False, number=site.first.stopped_by)
        # It takes nobody new, who goes to the other one.
        wait_for(lambda: not site.first.ready(), "it listens no more")
        assert [reader.request(path).status for path in (TEXT, "/", "/states/", "/blocs/")] == [200] * 4
        whole = part + begun.read()
        site.first.wait_until_gone(pids)
        assert whole == second.request(DOWNLOAD).body
    site.first.start()


def test_rolling_restart_fails_no_request(site: Site):
    visitors = [Visitor.of(site) for _ in range(3)]
    with reading_in_background(*visitors, paths=PATHS, pause=0) as readings:
        for web in (site.first, site.second):
            web.stop()
            web.start()
            # The next one goes when the proxy has this one back.
            answered = len(web.lines('"status":200'))
            wait_for(partial(has_answered, web, answered + 20), f"the proxy asks {web.name} again")
    assert (readings.statuses, readings.errors) == ({200}, [])
    assert len(readings.answers) > 100


def has_answered(web: Server, number: int) -> bool:
    return len(web.lines('"status":200')) >= number


def test_two_releases_do_not_share_cached_pages(site: Site):
    # One old gunicorn takes the other release's place.
    new = restart_with(site.second, RELEASE="the-next-one")
    try:
        named = {"Host": "localhost"}
        with Visitor.behind(site.first) as old, Visitor.behind(new) as next_one:
            path = "/roll-calls/?since=1993-02-01"
            made = old.request(path, headers=named)
            own = next_one.request(path, headers=named)
            assert made.headers["cache-status"] == own.headers["cache-status"] == "Plenary; fwd=miss; stored"
            assert made.headers["etag"] != own.headers["etag"]
            assert next_one.request(path, headers=named | {"If-None-Match": made.headers["etag"]}).status == 200
            # And both go on with what is theirs.
            assert old.request(path, headers=named).headers["cache-status"] == "Plenary; hit"
            assert next_one.request(path, headers=named).headers["cache-status"] == "Plenary; hit"
    finally:
        restart_with(new, RELEASE="this-one")


def restart_with(web: Server, **environment: str) -> Server:
    web.stop()
    web.environment |= environment
    web.start()
    return web
