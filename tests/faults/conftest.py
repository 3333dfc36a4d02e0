"""The ground that faults are put into: a whole site, and the sum of a record that nothing may change."""

from __future__ import annotations

import re
import resource
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.browser import Answer, Browser
from tests.stack.topology import Site, Topology, needs, whole_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.pieces import Postgres
    from tests.stack.processes import Server

LIST, TEXT = "/resolutions/", "/resolutions/A/RES/ES-11/7"


@dataclass(frozen=True)
class State:
    """What a record comes to: its sum, and how many findings are open."""

    checksum: str
    findings: str
    wrote: bool
    """Whether checking it found anything new."""


def state_of(pieces: Topology, primary: Postgres, **environment: str) -> State:
    """Check a record as its editors would, and return what that says."""
    said = pieces.manage("check_record", primary=primary, **environment)
    found = re.search(r"checksum is ([0-9a-f]{64})", said)
    assert found, said
    (findings,) = re.findall(r"^(No|[\d,]+) open findings", said, re.MULTILINE)
    return State(found[1], findings, "nothing was written" not in said)


@dataclass
class Ground:
    """A site with the sum of its record, an editor and a sheet to save."""

    site: Site
    sheet: str
    """The address of a draft's page in the admin, whose sheet saves nothing that readers see."""
    expected: State

    @property
    def reader(self) -> Browser:
        """Somebody who asks the proxy."""
        return Browser(self.site.proxy.port, self.site.certificate)

    def unharmed(self) -> None:
        """Raise AssertionError where the record is not what it was, or checking it finds anything new."""
        assert state_of(self.site.pieces, self.site.primary) == self.expected

    def votes(self, primary: Postgres | None = None) -> int:
        """Return how many votes the sheet has on record."""
        key = re.findall(r"\d+", self.sheet)[0]
        count: int = (primary or self.site.primary).ask(f"SELECT count(*) FROM votes_vote WHERE roll_call_id = {key}")  # noqa: S608
        return count


def add_draft(primary: Postgres) -> str:
    """Write a draft without votes and return the address of its page in the admin."""
    key = primary.ask(
        "INSERT INTO votes_rollcall (slug, decisive, title, date, date_precision, meeting, ordinal, kind, method, "
        "requirement, result, note, source_reference, status, search_text, body_id, source_id, session_id, "
        "difference_reason) SELECT 'a-draft-to-break', false, 'A draft to break', date, date_precision, '', ordinal, "
        "'procedural', method, requirement, result, '', '', 'draft', '', body_id, source_id, session_id, '' "
        "FROM votes_rollcall WHERE slug LIKE 'a-res-es-11-7%' LIMIT 1 RETURNING id"
    )
    return f"/admin/votes/rollcall/{key}/change/"


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """Yield the whole site, started once for all faults; each puts right again what it broke."""
    with whole_site() as site:
        sheet = add_draft(site.primary)
        site.pieces.manage("check_record", primary=site.primary)
        site.replica.caught_up(site.primary)
        yield Ground(site, sheet, state_of(site.pieces, site.primary))


@pytest.fixture
def pieces() -> Iterator[Topology]:
    """Yield servers to put together, for faults that a site does not survive."""
    needs("nginx", "redis-server")
    with Topology() as made:
        yield made


@dataclass
class Readers:
    """Who went on asking while something broke: every answer, and what there was instead of one."""

    answers: list[Answer] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def statuses(self) -> set[int]:
        """All that was answered."""
        return {answer.status for answer in self.answers}

    @property
    def slowest(self) -> float:
        """How long the slowest answer took, in seconds."""
        return max(answer.seconds for answer in self.answers)


@contextmanager
def reading_on(browser: Browser, *paths: str) -> Iterator[Readers]:
    """Ask for these pages in turn, over and over, while the block runs."""
    readers, done = Readers(), threading.Event()

    def ask() -> None:
        while not done.is_set():
            for path in paths:
                try:
                    readers.answers.append(browser.get(path))
                except (OSError, HTTPException) as error:
                    readers.broken.append(f"{type(error).__name__}: {error}")
            time.sleep(0.05)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield readers
    finally:
        done.set()
        thread.join(90)


SEEN: list[tuple[str, float, dict[str, object]]] = []
"""What came of each fault, with the seconds it took, for the table in benchmarks/README.md."""


@contextmanager
def told(name: str, figures: dict[str, object]) -> Iterator[None]:
    """Time a fault; ``figures``, which may be filled in later, are shown with it when all tests are done."""
    began = time.monotonic()
    try:
        yield
    finally:
        SEEN.append((name, time.monotonic() - began, figures))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what came of the faults."""
    for name, seconds, figures in SEEN:
        terminalreporter.write_line(f"{name}: {seconds:.1f} s, {figures}")


@pytest.fixture(autouse=True)
def put_right(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start again what a test that failed has left broken, so that the next one says something of its own."""
    yield
    if "ground" in request.fixturenames:
        site = request.getfixturevalue("ground").site
        for server in site.primary, site.replica, site.redis, site.first, site.second, site.proxy:
            if server.is_running:
                server.resume()
            else:
                server.start()


def memory_of(server: Server) -> int:
    """Return the bytes that a server and its children hold in memory of their own."""
    return sum(_memory(f"/proc/{pid}/smaps_rollup") for pid in server.family())


def _memory(path: str) -> int:
    with suppress(OSError), open(path, encoding="ascii") as file:  # noqa: PTH123
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(("Private_Dirty", "Private_Clean")))
    return 0


@pytest.fixture
def many_files() -> Iterator[int]:
    """Let this process hold as many open files as the machine allows, and yield how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Yield the folder of a disk of 200 MB that everybody may enter; skips the test where none can be mounted."""
    place = Path(tempfile.mkdtemp(prefix="plenary-disk-"))
    place.chmod(0o755)
    try:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m,mode=0755", "tmpfs", place], check=False)
        if made.returncode:
            pytest.skip("a disk can be mounted by root alone")
        yield place
    finally:
        subprocess.run(["umount", "-q", "-l", place], check=False)
        place.rmdir()
