"""PNG drawn from SVG in a child process, and its failures."""

from __future__ import annotations

import struct
import subprocess
import sys
from typing import Any

import pytest

from web.pictures import png as module
from web.pictures.png import AT_ONCE, SCALE, BusyError, NotDrawnError, png

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="#c4541a"/></svg>'
)


@pytest.fixture(autouse=True)
def none_kept() -> None:
    """Forget what another test drew."""
    png.cache_clear()


def child(
    monkeypatch: pytest.MonkeyPatch, returncode: int = 0, stdout: bytes = b"drawn", stderr: bytes = b""
) -> list[bytes]:
    """Stand in for the child, and return the list of what it is given."""
    given: list[bytes] = []

    def run(_command: list[str], *, input: bytes, **_others: Any) -> subprocess.CompletedProcess[bytes]:  # noqa: A002  # subprocess's name
        given.append(input)
        return subprocess.CompletedProcess([], returncode, stdout, stderr)

    monkeypatch.setattr(subprocess, "run", run)
    return given


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let no child be started."""

    def run(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", run)


def test_png_has_the_requested_pixels_for_each_unit():
    drawn = png(DRAWING)

    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", drawn[16:24]) == (30 * SCALE, 20 * SCALE)


def test_drawing_library_is_not_loaded_in_this_process():
    png(DRAWING)

    assert "vl_convert" not in sys.modules


def test_a_picture_is_drawn_once(monkeypatch: pytest.MonkeyPatch):
    given = child(monkeypatch)

    assert [png("<svg/>"), png("<svg/>"), png("<svg />")] == [b"drawn"] * 3
    assert given == [b"<svg/>", b"<svg />"]


def test_invalid_svg_raises_with_the_reason():
    with pytest.raises(NotDrawnError, match=r"The child ended with 1: .+"):
        png("this is no picture")


@pytest.mark.parametrize(
    ("returncode", "stdout", "stderr", "said"),
    [
        (1, b"half a picture", b"out of memory\n", "The child ended with 1: out of memory"),
        (-9, b"", b"", "The child ended with -9: "),
        (0, b"", b"", "The child ended with 0: "),
        (1, b"", b"x" * 600, f"The child ended with 1: {'x' * 500}"),
        (1, b"", b"\xff", "The child ended with 1: \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_failing_child_gives_the_reason(
    monkeypatch: pytest.MonkeyPatch, returncode: int, stdout: bytes, stderr: bytes, said: str
):
    child(monkeypatch, returncode, stdout, stderr)

    with pytest.raises(NotDrawnError) as raised:
        png("<svg/>")
    assert str(raised.value) == said


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("child", 20), OSError("no memory")])
def test_hanging_or_unstartable_child_raises(monkeypatch: pytest.MonkeyPatch, error: Exception):
    failing(monkeypatch, error)

    with pytest.raises(NotDrawnError, match=str(error)):
        png("<svg/>")


def test_failure_is_not_cached_and_releases_its_slot(monkeypatch: pytest.MonkeyPatch):
    failing(monkeypatch, OSError("no memory"))
    for _ in range(AT_ONCE + 1):
        with pytest.raises(NotDrawnError):
            png("<svg/>")
    child(monkeypatch)

    assert png("<svg/>") == b"drawn"


def test_requests_wait_for_a_slot_and_then_are_refused(monkeypatch: pytest.MonkeyPatch):
    given = child(monkeypatch)
    monkeypatch.setattr(module, "WAITING", 0.01)
    for _ in range(AT_ONCE):
        assert module._PLACES.acquire(blocking=False)
    try:
        with pytest.raises(BusyError):
            png("<svg/>")
        assert given == []
    finally:
        module._PLACES.release(AT_ONCE)

    assert png("<svg/>") == b"drawn"
