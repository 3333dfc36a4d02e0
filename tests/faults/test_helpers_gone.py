"""What helps and is not needed: the replica and Redis, lagging, hanging or gone. Readers notice milliseconds."""

from __future__ import annotations

import pytest

from tests.faults.browser import Browser
from tests.faults.conftest import LIST, TEXT, Ground, Readers, reading_on, told
from tests.stack.processes import wait_for

pytestmark = pytest.mark.faults

SECONDS = 5.0
"""How long no page may take, on a machine that does other things besides; a page as such takes hundredths."""


def edit(ground: Ground, name: str) -> None:
    """Change the name of a topic as an editor does, which every page of it shows."""
    site = ground.site
    editor = Browser(site.second.port).logged_in()
    key = site.primary.ask("SELECT id FROM resolutions_topic ORDER BY id LIMIT 1")
    slug = site.primary.ask("SELECT slug FROM resolutions_topic ORDER BY id LIMIT 1")
    path = f"/admin/resolutions/topic/{key}/change/"
    saved = editor.post(path, {"slug": slug, "name": name, "_continue": "1"})
    assert saved.status == 302, saved.errors
    # Read-your-writes: who has just written sees it, whatever the replica says.
    assert f'value="{name}"' in editor.get(path).body.decode()
    assert name in editor.get(LIST).body.decode()


def name_of_topic(ground: Ground) -> str:
    """Return the name that ``edit`` changes."""
    name: str = ground.site.primary.ask("SELECT name FROM resolutions_topic ORDER BY id LIMIT 1")
    return name


def unnoticed(readers: Readers) -> None:
    """Raise AssertionError where a reader got anything but the page, or had to wait."""
    assert (readers.statuses, readers.broken) == ({200}, [])
    assert readers.slowest < SECONDS


def figures_of(readers: Readers) -> dict[str, object]:
    """Return what the table says of the readers."""
    times = sorted(answer.seconds for answer in readers.answers)
    median = round(times[len(times) // 2] * 1000)
    return {"asked": len(times), "median ms": median, "slowest ms": round(readers.slowest * 1000)}


def test_a_replica_that_lags_and_one_that_is_gone(ground: Ground):
    site, figures = ground.site, dict[str, object]()
    before = name_of_topic(ground)
    with told("replica lagging, then killed", figures), reading_on(ground.reader, LIST, TEXT) as readers:
        site.replica.hold()
        edit(ground, "Renamed while the replica lags")
        site.replica.go_on()
        site.replica.caught_up(site.primary)
        wait_for(lambda: b"Renamed while" in ground.reader.get(LIST).body, saying="readers see the edit")
        site.replica.kill()
        edit(ground, before)
        wait_for(lambda: b"Renamed while" not in ground.reader.get(LIST).body, saying="readers see it from the primary")
        site.replica.start()
        site.replica.caught_up(site.primary)
    figures |= figures_of(readers)
    unnoticed(readers)
    ground.unharmed()


@pytest.mark.parametrize("how", ["killed", "hanging"])
def test_redis(ground: Ground, how: str):
    """An edit is seen while Redis is away, too, and nothing of before comes back with it."""
    site, figures = ground.site, dict[str, object]()
    before = name_of_topic(ground)
    with told(f"Redis {how}", figures), reading_on(ground.reader, LIST, TEXT) as readers:
        if how == "killed":
            site.redis.kill()
        else:
            site.redis.pause()
        edit(ground, f"Renamed while Redis is {how}")
        wait_for(lambda: f"Redis is {how}" in ground.reader.get(LIST).body.decode(), saying="readers see the edit")
        if how == "killed":
            site.redis.start()
        else:
            site.redis.resume()
        assert f"Redis is {how}" in ground.reader.get(LIST).body.decode()
        edit(ground, before)
        wait_for(lambda: b"Renamed while" not in ground.reader.get(LIST).body, saying="readers see the next edit")
    figures |= figures_of(readers)
    unnoticed(readers)
    ground.unharmed()
