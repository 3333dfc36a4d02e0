"""Replica and Redis lagging, hanging or gone."""

from __future__ import annotations

import pytest

from tests.faults.conftest import LIST, Browser, Sandbox, timed
from tests.stack.processes import wait_for
from tests.stack.visitors import Readings

pytestmark = pytest.mark.faults

SECONDS = 5.0
"""How long no page may take, on a machine that does other things besides; a page as such takes hundredths."""


def edit(sandbox: Sandbox, name: str) -> None:
    """Change the name of a topic as an editor does, which every page of it shows."""
    editor = Browser.behind(sandbox.site.second).log_in()
    key = sandbox.site.primary.scalar("SELECT id FROM resolutions_topic ORDER BY id LIMIT 1")
    path = f"/admin/resolutions/topic/{key}/change/"
    editor.save(path, "#topic_form", name=name)
    # Read-your-writes: who has just written sees it, whatever the replica says.
    assert f'value="{name}"' in editor.request(path).text
    assert name in editor.request(LIST).text


def name_of_topic(sandbox: Sandbox) -> str:
    name: str = sandbox.site.primary.scalar("SELECT name FROM resolutions_topic ORDER BY id LIMIT 1")
    return name


def assert_unnoticed(readers: Readings) -> None:
    """Raise AssertionError where a reader got anything but the page, or had to wait."""
    assert (readers.statuses, readers.errors) == ({200}, [])
    assert readers.slowest < SECONDS


def test_readers_are_served_when_the_replica_lags_or_is_gone(sandbox: Sandbox):
    site, figures = sandbox.site, dict[str, object]()
    before = name_of_topic(sandbox)
    with timed("replica lagging, then killed", figures), sandbox.reading() as readers:
        site.replica.pause_replay()
        edit(sandbox, "Renamed while the replica lags")
        site.replica.resume_replay()
        site.replica.wait_for_replay_of(site.primary)
        wait_for(lambda: b"Renamed while" in sandbox.reader.request(LIST).body, "readers see the edit")
        site.replica.kill()
        edit(sandbox, before)
        wait_for(
            lambda: b"Renamed while" not in sandbox.reader.request(LIST).body,
            "readers see it from the primary",
        )
        site.replica.start()
        site.replica.wait_for_replay_of(site.primary)
    figures |= readers.figures
    assert_unnoticed(readers)
    sandbox.assert_unchanged()


@pytest.mark.parametrize("how", ["killed", "hanging"])
def test_edits_show_while_redis_is_away_and_nothing_stale_returns(sandbox: Sandbox, how: str):
    """An edit is seen while Redis is away, too, and nothing of before comes back with it."""
    site, figures = sandbox.site, dict[str, object]()
    before = name_of_topic(sandbox)
    with timed(f"Redis {how}", figures), sandbox.reading() as readers:
        if how == "killed":
            site.redis.kill()
        else:
            site.redis.pause()
        edit(sandbox, f"Renamed while Redis is {how}")
        wait_for(lambda: f"Redis is {how}" in sandbox.reader.request(LIST).text, "readers see the edit")
        if how == "killed":
            site.redis.start()
        else:
            site.redis.resume()
        assert f"Redis is {how}" in sandbox.reader.request(LIST).text
        edit(sandbox, before)
        wait_for(lambda: b"Renamed while" not in sandbox.reader.request(LIST).body, "readers see the next edit")
    figures |= readers.figures
    assert_unnoticed(readers)
    sandbox.assert_unchanged()
