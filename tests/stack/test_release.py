"""Restarting and upgrading cost no reader an answer."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.stack.processes import wait_for
from tests.stack.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.processes import Server
    from tests.stack.topology import Site

DOWNLOAD = "/votes.csv"
TEXT = "/resolutions/A/RES/ES-11/7"


def test_a_gunicorn_that_is_told_to_stop_sends_what_it_has_begun_to_the_end(site: Site, reader: Visitor):
    with Visitor.behind(site.first) as first, Visitor.behind(site.second) as second:
        begun = first.begin(DOWNLOAD)
        part = begun.read(10_000)
        family = site.first.family()
        site.first.kill(wait=False, number=site.first.stopped_by)
        # It takes nobody new, who goes to the other one.
        wait_for(lambda: not site.first.ready(), saying="it listens no more")
        assert [reader.ask(path).status for path in (TEXT, "/", "/states/", "/blocs/")] == [200] * 4
        whole = part + begun.read()
        site.first.wait_until_gone(family)
        assert whole == second.ask(DOWNLOAD).body
    site.first.start()


@pytest.fixture
def crowd(site: Site) -> Iterator[Crowd]:
    """Have three readers ask and ask, by the proxy, for as long as the test goes on."""
    crowd = Crowd(site)
    try:
        yield crowd
    finally:
        crowd.leave()


class Crowd:
    """Readers who ask one page after another, each over one connection, and take down what went wrong."""

    PATHS = (TEXT, "/", "/roll-calls/", "/states/USA/", "/resolutions.csv", "/api/v1/states/")
    MOST = 20_000
    """Requests of each, should nobody tell them to leave."""

    def __init__(self, site: Site) -> None:
        self.asked, self.wrong = 0, list[str]()
        self._left = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=[site], daemon=True) for _ in range(3)]
        for thread in self._threads:
            thread.start()

    def _ask(self, site: Site) -> None:
        with Visitor.of(site) as visitor:
            for number in range(self.MOST):
                if self._left.is_set():
                    return
                path = self.PATHS[number % len(self.PATHS)]
                try:
                    answer = visitor.begin(path)
                    if not answer.read() or answer.status != 200:
                        self.wrong.append(f"{path}: {answer.status}")
                except OSError as error:
                    self.wrong.append(f"{path}: {error!r}")
                    visitor.connection.close()
                self.asked += 1

    def leave(self) -> None:
        """Have them end."""
        self._left.set()
        for thread in self._threads:
            thread.join(30)


def test_restarting_one_gunicorn_after_the_other_fails_nobody(site: Site, crowd: Crowd):
    for web in (site.first, site.second):
        web.stop()
        web.start()
        # The next one goes when the proxy has this one back.
        answered = len(web.lines('"status":200'))
        wait_for(partial(has_answered, web, answered + 20), saying=f"the proxy asks {web.name} again")
    crowd.leave()
    assert crowd.wrong == []
    assert crowd.asked > 100


def has_answered(web: Server, number: int) -> bool:
    """Whether a gunicorn has given so many answers."""
    return len(web.lines('"status":200')) >= number


def test_two_releases_side_by_side_keep_their_pages_apart(site: Site):
    # One old gunicorn takes the other release's place.
    new = next_to(site.second, RELEASE="the-next-one")
    try:
        named = {"Host": "localhost"}
        with Visitor.behind(site.first) as old, Visitor.behind(new) as next_one:
            path = "/roll-calls/?since=1993-02-01"
            made = old.ask(path, headers=named)
            own = next_one.ask(path, headers=named)
            assert made.headers["cache-status"] == own.headers["cache-status"] == "Plenary; fwd=miss; stored"
            assert made.headers["etag"] != own.headers["etag"]
            assert next_one.ask(path, headers=named | {"If-None-Match": made.headers["etag"]}).status == 200
            # And both go on with what is theirs.
            assert old.ask(path, headers=named).headers["cache-status"] == "Plenary; hit"
            assert next_one.ask(path, headers=named).headers["cache-status"] == "Plenary; hit"
    finally:
        next_to(new, RELEASE="this-one")


def next_to(web: Server, **environment: str) -> Server:
    """Start a gunicorn again with other variables."""
    web.stop()
    web.environment |= environment
    web.start()
    return web
