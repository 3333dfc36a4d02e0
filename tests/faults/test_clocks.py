"""Behaviour when a server's clock jumps a day ahead and a year back."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.faults.conftest import LIST, TEXT, Browser, Sandbox, timed

if TYPE_CHECKING:
    from tests.stack.visitors import Answer

pytestmark = pytest.mark.faults

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""The library that tells a process another time."""

API = "/api/v1/resolutions/?q=word{}"
"""Each with a word of its own: what is kept is answered however often it is asked for."""


def test_pages_limits_and_sessions_hold_when_the_server_clock_jumps(sandbox: Sandbox, tmp_path: Path):
    if FAKETIME is None:
        pytest.skip("faketime is not installed: apt-get install faketime")
    site, figures = sandbox.site, dict[str, object]()
    jump, numbers = tmp_path / "jump", itertools.count()
    faked: dict[str, Any] = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(jump),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",  # The times of files are a disk's, whose clock is right: gunicorn's heartbeat is one.
        "PYTHONPATH": str(tmp_path),
        "API_REQUESTS_A_MINUTE": "3",
    }
    # The library makes of some sleeps until a moment a wrong argument: here Python sleeps for a time instead.
    (tmp_path / "sitecustomize.py").write_text(
        "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"
    )

    def jumps(by: str) -> None:
        jump.write_text(f"{by}\n")

    def asks_the_api() -> list[int]:
        return [reader.request(API.format(next(numbers))).status for _ in range(4)]

    def asked() -> tuple[Answer, Answer]:
        return reader.request(TEXT), reader.request(LIST)

    with timed("clock a day ahead, then a year back", figures):
        jumps("+0")
        web = site.topology.gunicorn("clock", primary=site.primary, **faked)
        reader, editor = Browser.behind(web), Browser.behind(web).log_in()
        before = asked()
        throttled = asks_the_api()
        assert throttled == [200, 200, 200, 429]

        jumps("+1d")
        ahead = asked()
        figures["a day ahead"] = {
            "session": editor.request(sandbox.sheet).status,
            "changed since": reader.request(TEXT, headers={"If-None-Match": before[0].headers["ETag"]}).status,
            "api": asks_the_api(),
        }
        assert [page.body for page in ahead] == [page.body for page in before]
        assert editor.request(sandbox.sheet).status == 302, "a working day's session is over"
        assert figures["a day ahead"]["api"] == throttled  # type: ignore[index]  # put in just now
        editor = Browser.behind(web).log_in()
        assert editor.request(sandbox.sheet).status == 200

        jumps("-365d")
        back = asked()
        figures["a year back"] = {
            "session": editor.request(sandbox.sheet).status,
            "changed since": reader.request(TEXT, headers={"If-None-Match": ahead[0].headers["ETag"]}).status,
            "api": asks_the_api(),
        }
        assert [page.body for page in back] == [page.body for page in before]
        assert editor.request(sandbox.sheet).status == 200, "one that was begun later is not over yet"
        assert figures["a year back"]["api"] == throttled  # type: ignore[index]  # put in just now
        assert Browser.behind(web).log_in().request(sandbox.sheet).status == 200

        jumps("+0")
        again = reader.request(TEXT, headers={"If-None-Match": before[0].headers["ETag"]})
        figures["right again"] = {"session": editor.request(sandbox.sheet).status, "unchanged": again.status}
        assert (again.status, again.headers["ETag"]) == (304, before[0].headers["ETag"])
        web.stop()
    sandbox.assert_unchanged()


@pytest.mark.django_db
def test_one_time_codes_tolerate_half_a_minute_and_backup_codes_any_clock(monkeypatch: pytest.MonkeyPatch):
    """A code is good for the clock's own half minute and those beside it, once; backup codes know no clock."""
    now = time.time()

    def taken(clock: float, made: float) -> bool:
        device.throttle_reset()
        monkeypatch.setattr("django_otp.plugins.otp_totp.models.time.time", lambda: clock)
        code = totp(device.bin_key, device.step, device.t0, device.digits) if made == now else 0
        return bool(device.verify_token(f"{code:06}"))

    device = TOTPDevice.objects.create(user=User.objects.create_user("ana"), name="phone")
    day = 24 * 3600
    assert not taken(now + day, now)
    assert not taken(now - 365 * day, now)
    assert taken(now, now)
    assert not taken(now, now)
