"""Processes of a test: each with a log, ended with its children whatever happens to the test."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PATIENCE = 30.0
"""Seconds after which what should have happened counts as not happening."""

PR_SET_PDEATHSIG = 1
ESTABLISHED, TIME_WAIT = "01", "06"  # as /proc/net/tcp has them
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class NotRunningError(Exception):
    """A process does not do what it was started for; the message has the end of its log."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], object], description: str, *, seconds: float = PATIENCE) -> None:
    """Return once ``condition`` is true. Raises TimeoutError, with its description, when it is not in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds:g} s: {description}")
        time.sleep(0.02)


class Server:
    """One process that listens on a port of 127.0.0.1, with its children.

    It ends with the thread that started it, so start it from the thread that runs the tests.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        port: int,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        user: tuple[int, int] | None = None,
        stopped_by: signal.Signals = signal.SIGTERM,
        directory: Path | None = None,
    ) -> None:
        self.name, self.command, self.port = name, [str(word) for word in command], port
        self.environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        self.environment |= environment or {}
        self.log = folder / f"{name}.log"
        self.user, self.stopped_by, self.directory = user, stopped_by, directory or folder
        self.process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"<{self.name} on {self.port}>"

    @property
    def pid(self) -> int:
        """The number of the process; raises NotRunningError where there is none."""
        if self.process is None:
            raise NotRunningError(f"{self.name} was not started")
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is there, be it paused."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        if self.is_running:
            raise NotRunningError(f"{self.name} runs already")
        parent = os.getpid()
        uid, gid = self.user if self.user and os.geteuid() == 0 else (None, None)

        def bind_to_parent() -> None:
            if LIBC is not None:
                LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
                if os.getppid() != parent:
                    os._exit(1)

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=uid,
                group=gid,
                extra_groups=None if uid is None else [],
                preexec_fn=bind_to_parent,  # noqa: PLW1509  # two system calls, of libraries loaded before
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return once ``ready`` says so; raise NotRunningError where it ends first, or does not within 30 s."""
        try:
            wait_for(lambda: not self.is_running or self.ready(), f"{self.name} is ready")
        except TimeoutError as error:
            raise NotRunningError(f"{error}\n{self.log_tail()}") from error
        if not self.is_running:
            raise NotRunningError(f"{self.name} ended\n{self.log_tail()}")

    def ready(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log_tail(self, lines: int = 40) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"--- {self.log}\n" + "\n".join(text.splitlines()[-lines:])

    def lines(self, word: str) -> list[str]:
        return [line for line in self.log.read_text(errors="replace").splitlines() if word in line]

    def process_ids(self) -> list[int]:
        """Return the numbers of the process and of all that came of it, itself first."""
        return [] if self.process is None else [self.process.pid, *descendants(self.process.pid)]

    def kill(self, number: signal.Signals = signal.SIGKILL, *, wait: bool = True) -> None:
        """Send the process, not its children, a signal; with ``wait`` return once it and its children are gone."""
        pids = self.process_ids()
        os.kill(self.pid, number)
        if wait:
            self.wait_until_gone(pids)

    def wait_until_gone(self, pids: Sequence[int] = ()) -> None:
        """Return once the process has ended, and with it each of ``pids``; raises TimeoutError after 30 s."""
        assert self.process is not None
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"{self.name} does not end\n{self.log_tail()}") from error
        wait_for(lambda: not any(map(is_alive, pids)), f"all processes of {self.name} have ended")

    def pause(self) -> None:
        """Stop the process and its children in their tracks, as on a machine that hangs."""
        for pid in self.process_ids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self.process_ids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it in its own way, then by force; return once it and its children are gone. Cheap where it has gone."""
        pids = self.process_ids()
        if self.is_running:
            self.resume()
            with suppress(ProcessLookupError):
                os.kill(self.pid, self.stopped_by)
            with suppress(TimeoutError):
                self.wait_until_gone(pids)
        self.end(pids)

    def end(self, pids: Sequence[int] = ()) -> None:
        everyone = {*pids, *self.process_ids()}
        for pid in everyone:
            if pid != os.getpid() and is_alive(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
        with suppress(TimeoutError):
            wait_for(lambda: not any(map(is_alive, everyone)), f"all processes of {self.name} have ended")


def descendants(pid: int) -> Iterator[int]:
    """Yield the numbers of the children of a process, and of theirs."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    waiting = [pid]
    while waiting:
        found = children.get(waiting.pop(), [])
        waiting += found
        yield from found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def count_connections(port: int) -> int:
    """Return how many TCP connections to a port of this machine there are, with those that ended a moment ago."""
    local = f":{port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(local) and row[3] in (ESTABLISHED, TIME_WAIT) for row in rows)
