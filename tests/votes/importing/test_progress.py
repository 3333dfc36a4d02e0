"""Progress output of an import."""

import io

import pytest

from votes.importing import progress
from votes.importing.progress import Progress, bar

CLEAR = "\r\x1b[2K"
FULL, EMPTY = "#" * 30, "." * 30


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


@pytest.mark.parametrize(
    ("done", "total", "seconds", "expected"),
    [
        (0, 1000, 0, f"[{EMPTY}]   0%  0 of 1,000 votes"),
        (0, 1000, 2.0, f"[{EMPTY}]   0%  0 of 1,000 votes"),
        (250, 1000, 0.5, f"[{'#' * 7}{'.' * 23}]  25%  250 of 1,000 votes, 500 a second, 2 s left"),
        (500_000, 773_563, 2.0, f"[{'#' * 19}{'.' * 11}]  64%  500,000 of 773,563 votes, 250,000 a second, 1 s left"),
        (999, 1000, 1, f"[{'#' * 29}.]  99%  999 of 1,000 votes, 999 a second, 0 s left"),
        (1000, 1000, 4.0, f"[{FULL}] 100%  1,000 of 1,000 votes, 250 a second"),
        (1000, 1000, 0, f"[{FULL}] 100%  1,000 of 1,000 votes"),
        (0, 0, 0, f"[{FULL}] 100%  0 of 0 votes"),
    ],
)
def test_bar_shows_share_rows_rate_and_remaining_time(done: int, total: int, seconds: float, expected: str):
    assert bar(done, total, seconds) == expected


def test_bar_on_a_terminal_is_redrawn_in_place_and_cleared(clock: Clock):
    stream = Terminal()
    shown = Progress(stream)
    shown.say("Reading a.csv")
    shown.rows(0, 1000)
    clock.now += 0.05
    shown.rows(100, 1000)  # too soon after the last
    clock.now += 0.45
    shown.rows(500, 1000)
    clock.now += 0.01
    shown.rows(1000, 1000)  # the end is always shown
    shown.say("Checking the record")

    assert stream.getvalue() == (
        "Reading a.csv\n"
        f"{CLEAR}[{EMPTY}]   0%  0 of 1,000 votes"
        f"{CLEAR}[{'#' * 15}{'.' * 15}]  50%  500 of 1,000 votes, 1,000 a second, 0 s left"
        f"{CLEAR}[{FULL}] 100%  1,000 of 1,000 votes, 1,961 a second{CLEAR}"
        "Checking the record\n"
    )


def test_message_clears_an_unfinished_bar(clock: Clock):
    stream = Terminal()
    shown = Progress(stream)
    shown.rows(0, 10)
    shown.say("Checking the record")
    clock.now += 1
    shown.rows(0, 10)
    shown.clear()
    shown.clear()

    drawn = f"{CLEAR}[{EMPTY}]   0%  0 of 10 votes{CLEAR}"
    assert stream.getvalue() == f"{drawn}Checking the record\n{drawn}"


def test_each_file_is_timed_separately(clock: Clock):
    stream = Terminal()
    shown = Progress(stream)
    shown.rows(0, 10)
    clock.now += 1
    shown.rows(10, 10)
    clock.now += 100
    shown.rows(0, 10)
    clock.now += 2
    shown.rows(10, 10)

    assert stream.getvalue().endswith(f"10 of 10 votes, 5 a second{CLEAR}")


def test_no_bar_outside_a_terminal(clock: Clock):
    stream = io.StringIO()
    shown = Progress(stream)
    shown.say("Reading a.csv")
    shown.rows(0, 1000)
    clock.now += 5
    shown.rows(500, 1000)
    shown.rows(1000, 1000)
    shown.say("Checking the record")

    assert stream.getvalue() == "Reading a.csv\nChecking the record\n"


def test_caller_can_force_terminal_output(clock: Clock):
    stream = io.StringIO()
    Progress(stream, terminal=True).rows(0, 10)

    assert stream.getvalue() == f"{CLEAR}[{EMPTY}]   0%  0 of 10 votes"


def test_every_line_is_flushed():
    class Flushed(io.StringIO):
        count = 0

        def flush(self) -> None:
            self.count += 1

    stream = Flushed()
    shown = Progress(stream, terminal=True)
    shown.say("Reading a.csv")
    shown.rows(0, 10)

    assert stream.count == 2
