"""A whole site to break, and the checksum of a record that nothing may change."""

from __future__ import annotations

import re
import resource
import subprocess
import tempfile
import time
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stack.topology import Site, Topology, require_programs, whole_site
from tests.stack.visitors import Readings, Visitor, reading_in_background

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.processes import Server
    from tests.stack.servers import Postgres

LIST, TEXT = PAGES = ("/resolutions/", "/resolutions/A/RES/ES-11/7")


class Browser(Visitor):
    """A visitor that opens a connection for each request."""

    keeps_alive = False


@dataclass(frozen=True)
class State:
    """What a record comes to: its sum, and how many findings are open."""

    checksum: str
    findings: str
    wrote: bool
    """Whether checking it found anything new."""


def record_state(topology: Topology, primary: Postgres, **environment: str) -> State:
    """Check a record as its editors would, and return what that says."""
    report = topology.manage("check_record", primary=primary, **environment)
    found = re.search(r"checksum is ([0-9a-f]{64})", report)
    assert found, report
    (findings,) = re.findall(r"^(No|[\d,]+) open findings", report, re.MULTILINE)
    return State(found[1], findings, "nothing was written" not in report)


@dataclass
class Sandbox:
    """A site with the checksum of its record, and a sheet to save."""

    site: Site
    sheet: str
    """The address of a draft's page in the admin, whose sheet saves nothing that readers see."""
    expected: State

    @property
    def reader(self) -> Browser:
        return Browser.of(self.site)

    def reading(self) -> AbstractContextManager[Readings]:
        """Have a reader ask for pages while the block runs."""
        return reading_in_background(self.reader, paths=PAGES)

    def assert_unchanged(self) -> None:
        """Raise AssertionError where the record is not what it was, or checking it finds anything new."""
        assert record_state(self.site.topology, self.site.primary) == self.expected

    def votes(self) -> int:
        """Return how many votes the sheet has on record."""
        key = re.findall(r"\d+", self.sheet)[0]
        count: int = self.site.primary.scalar(f"SELECT count(*) FROM votes_vote WHERE roll_call_id = {key}")  # noqa: S608
        return count


def add_draft(primary: Postgres) -> str:
    """Write a draft without votes and return the address of its page in the admin."""
    key = primary.scalar(
        "INSERT INTO votes_rollcall (slug, decisive, title, date, date_precision, meeting, ordinal, kind, method, "
        "requirement, result, note, source_reference, status, search_text, body_id, source_id, session_id, "
        "difference_reason) SELECT 'a-draft-to-break', false, 'A draft to break', date, date_precision, '', ordinal, "
        "'procedural', method, requirement, result, '', '', 'draft', '', body_id, source_id, session_id, '' "
        "FROM votes_rollcall WHERE slug LIKE 'a-res-es-11-7%' LIMIT 1 RETURNING id"
    )
    return f"/admin/votes/rollcall/{key}/change/"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Yield the whole site, started once for all faults; each puts right again what it broke."""
    with whole_site() as site:
        sheet = add_draft(site.primary)
        site.topology.manage("check_record", primary=site.primary)
        site.replica.wait_for_replay_of(site.primary)
        yield Sandbox(site, sheet, record_state(site.topology, site.primary))


@pytest.fixture
def topology() -> Iterator[Topology]:
    """Yield servers to put together, for faults that a site does not survive."""
    require_programs("nginx", "redis-server")
    with Topology() as made:
        yield made


RESULTS: list[tuple[str, float, dict[str, object]]] = []
"""What came of each fault, with the seconds it took, for the table in benchmarks/README.md."""


@contextmanager
def timed(name: str, figures: dict[str, object]) -> Iterator[None]:
    """Time a fault; ``figures``, which may be filled in later, are shown with it when all tests are done."""
    began = time.monotonic()
    try:
        yield
    finally:
        RESULTS.append((name, time.monotonic() - began, figures))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, seconds, figures in RESULTS:
        terminalreporter.write_line(f"{name}: {seconds:.1f} s, {figures}")


@pytest.fixture(autouse=True)
def restart_servers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start again what a test that failed has left broken, so that the next one says something of its own."""
    yield
    if "sandbox" in request.fixturenames:
        site = request.getfixturevalue("sandbox").site
        for server in site.primary, site.replica, site.redis, site.first, site.second, site.proxy:
            if server.is_running:
                server.resume()
            else:
                server.start()


def memory_of(server: Server) -> int:
    """Return the bytes that a server and its children hold in memory of their own."""
    return sum(_memory(f"/proc/{pid}/smaps_rollup") for pid in server.process_ids())


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
