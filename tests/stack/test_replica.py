"""Reads from the replica, and fallback to the primary when it lags or fails."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.stack.processes import wait_for
from tests.stack.visitors import Visitor

if TYPE_CHECKING:
    from tests.stack.topology import Site

PAGE = "/blocs/asean/"


def rename(site: Site, editor: Visitor, name: str) -> None:
    key = site.primary.scalar("SELECT id FROM votes_bloc WHERE slug = 'asean'")
    editor.save(f"/admin/votes/bloc/{key}/change/", "#bloc_form", short_name=name, reason="A test.")


def shown(visitor: Visitor) -> str:
    return visitor.request(PAGE).heading


def test_edit_shows_to_editors_at_once_and_to_readers_after_replication(site: Site, editor: Visitor, reader: Visitor):
    with Visitor.behind(site.first) as first, Visitor.behind(site.second) as second:
        before = shown(reader)
        assert [shown(first), shown(second)] == [before] * 2
        tag = first.request(PAGE).headers["etag"]
        site.replica.pause_replay()
        rename(site, editor, "Held")
        assert shown(editor) == "Held"
        # Which shows that readers are answered from the replica, the kept page and the name of it too.
        assert [shown(first), shown(second)] == [before] * 2
        assert first.request(PAGE, headers={"If-None-Match": tag}).status == 304
        site.replica.resume_replay()
        site.replica.wait_for_replay_of(site.primary)
        assert [shown(first), shown(second), shown(reader)] == ["Held"] * 3
        assert first.request(PAGE, headers={"If-None-Match": tag}).status == 200


def test_download_is_streamed_from_the_replica(site: Site):
    roll_calls = site.primary.scalar("SELECT count(*) FROM votes_rollcall WHERE status = 'published'")
    with Visitor.behind(site.first) as first:
        before = site.replica.count_statements("COPY (")
        lines = first.request("/roll-calls.csv").text.splitlines()
    assert len(lines) == 1 + roll_calls
    # The first batch is read before anything is sent, the others while it is.
    assert site.replica.count_statements("COPY (") - before >= 2


def test_lagging_replica_is_not_read_until_it_catches_up(site: Site, editor: Visitor):
    with Visitor.behind(site.first) as first:
        before = shown(first)
        site.replica.pause_replay()
        rename(site, editor, "Lagging")
        assert shown(first) == before
        wait_for(lambda: shown(first) != before, "readers are answered from the primary", seconds=8)
        assert shown(first) == "Lagging"
        assert not site.reads_from_replica(site.first)
        site.replica.resume_replay()
        wait_for(lambda: site.reads_from_replica(site.first), "the replica is read again", seconds=8)
        assert shown(first) == "Lagging"


def test_idle_primary_is_not_counted_as_lag(site: Site):
    # Longer than the limit of 3 s, during which nothing is written.
    until = time.monotonic() + 4.5
    while time.monotonic() < until:
        assert site.reads_from_replica(site.first)
        time.sleep(0.3)


def test_killed_replica_fails_no_request(site: Site, reader: Visitor):
    fresh = iter(range(1000))
    site.replica.kill(wait=False)
    statuses = [reader.request(f"/roll-calls/?since=19{50 + next(fresh) % 50}-01-02").status for _ in range(30)]
    assert statuses == [200] * 30
    site.replica.wait_until_gone()
    assert reader.request(PAGE).status == 200
    logs = site.first.log_tail(1000) + site.second.log_tail(1000)
    assert "Readers are answered from the primary and not from the replica" in logs
    site.replica.start()
    wait_for(lambda: site.reads_from_replica(site.first), "the replica is read again", seconds=15)


def test_hanging_replica_delays_readers_by_seconds_at_most(site: Site, reader: Visitor):
    site.replica.pause()
    began = time.monotonic()
    statuses = [reader.request(f"/roll-calls/?since=19{50 + number}-02-03").status for number in range(20)]
    took = time.monotonic() - began
    site.replica.resume()
    assert statuses == [200] * 20
    # Two gunicorns, each of which finds out for itself within EVERY and PATIENCE of web/serving/replicas.py.
    assert took < 20


def test_public_pages_are_served_while_the_primary_is_down(site: Site, reader: Visitor):
    before = shown(reader)
    site.primary.kill()
    assert shown(reader) == before
    made = reader.request("/roll-calls/?since=1987-06-05")
    assert (made.status, made.headers["cache-status"]) == (200, "Plenary; fwd=miss; stored")
    site.primary.start()
    site.replica.wait_for_replay_of(site.primary)
