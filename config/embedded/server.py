"""Client side of the embedded server: where it is, whether it is up, and starting it.

Data, locks and log are in ``<home>/postgresql``; the only way in is a socket in a private folder. Every process that
uses the server holds a shared lock for as long as it lives. Locks, which the kernel drops with the process, answer
every "is it alive?"; a process number is believed only while the lock of its process is held.
"""

import errno
import fcntl
import hashlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config.embedded import EmbeddedError, binaries, warn
from config.embedded.binaries import can_reach, runnable_install, server_user, user_name

PROJECT = Path(__file__).resolve().parents[2]
START_TIMEOUT = 120.0  # Seconds to wait for a server, which may have to recover from a crash first.
MAX_RESTARTS = 5  # in a minute, after which the keeper gives up.

# The users' locks this process holds, by folder: descriptors that are never closed, so that the kernel tells
# when the process is gone. Children that fork without exec (gunicorn's workers) share them, and so count.
_user_locks: dict[Path, int] = {}
_lock_guard = threading.RLock()
# A fork while another thread is inside ensure() would leave the child a lock that nobody releases.
os.register_at_fork(before=_lock_guard.acquire, after_in_parent=_lock_guard.release, after_in_child=_lock_guard.release)


@dataclass(frozen=True)
class EmbeddedPostgres:
    """The server of one folder. Making one touches nothing; ``ensure`` starts it."""

    folder: Path
    uid: int
    gid: int
    moved_from: Path | None = None
    idle_timeout: float = 1.5  # Seconds without a user before the server stops, to spare the next command a start.

    database = "plenary"
    user = "plenary"
    port = 5432

    @classmethod
    def for_project(cls, base_dir: Path) -> "EmbeddedPostgres":
        """Return the server of the project at ``base_dir``, below PLENARY_HOME or its ``.plenary``.

        Raises EmbeddedError for root, if there is nobody else to run PostgreSQL.
        """
        home = Path(os.environ.get("PLENARY_HOME") or base_dir / ".plenary")
        folder = Path(os.path.realpath(home), "postgresql")
        uid, gid = server_user(folder)
        elsewhere = binaries.STATE / f"plenary-{_digest(folder)}"
        # What was once kept elsewhere stays there: opening up a parent folder must not lose a database.
        if os.geteuid() == 0 and (elsewhere.is_dir() or not can_reach(folder.parent, uid, gid)):
            return cls(elsewhere, *server_user(elsewhere), moved_from=folder)
        return cls(folder, uid, gid)

    @property
    def host(self) -> str:
        """The folder of the socket: short, as a socket's path may have 107 bytes."""
        # Not where TMPDIR says, which need not be the same for every process of the project.
        temporary = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108  # made private before use
        return str(temporary / f"plenary-{_digest(self.folder)}")

    @property
    def socket(self) -> Path:
        """The socket itself."""
        return Path(self.host, f".s.PGSQL.{self.port}")

    @property
    def data(self) -> Path:
        """The folder that PostgreSQL calls its data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The log of server and keeper."""
        return self.folder / "log"

    def ensure(self) -> None:
        """Return once the server runs and will stay for as long as this process lives; cheap to repeat.

        Raises EmbeddedError if it cannot run.
        """
        with _lock_guard:
            if self._has_user_lock() and self.is_up():
                return
            try:
                self._start()
            except OSError as error:
                raise EmbeddedError(describe(error, self.folder)) from error

    def is_up(self) -> bool:
        """Whether the server accepts connections and has a keeper that reports it ready, by files and locks alone."""
        ready = self.socket.exists() and self.postmaster() == (self.ready_pid(), "ready")
        return ready and self.is_locked("postgres.lock") and self.is_locked("keeper.lock")

    def postmaster(self) -> tuple[int, str]:
        """Return the process number and the status that the server last wrote, or (0, "")."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[7].strip()
        except (OSError, ValueError, IndexError):
            return 0, ""

    def ready_pid(self) -> int:
        """Return the process number of the server that the last keeper had ready, or -1."""
        try:
            return int((self.folder / "keeper.lock").read_text())
        except (OSError, ValueError):
            return -1

    def is_locked(self, name: str) -> bool:
        """Whether some process holds that lock file exclusively."""
        with suppress(OSError), self.open_lock(name, create=False) as descriptor:
            return not try_flock(descriptor, fcntl.LOCK_SH)
        return False

    @contextmanager
    def open_lock(self, name: str, *, create: bool = True) -> Iterator[int]:
        """Open a lock file; on leaving, close it, which releases the lock unless a child shares it."""
        descriptor = os.open(self.folder / name, os.O_RDWR | os.O_NOFOLLOW | create * os.O_CREAT, 0o600)
        try:
            status = os.fstat(descriptor)
            if os.geteuid() == 0 == status.st_uid and status.st_nlink == 1:
                os.fchown(descriptor, self.uid, self.gid)
            yield descriptor
        finally:
            os.close(descriptor)

    def is_same_file(self, descriptor: int, name: str) -> bool:
        """Whether the open file still is the one of that name: the folder may have been deleted since."""
        try:
            return os.path.samestat(os.fstat(descriptor), (self.folder / name).stat())
        except OSError:
            return False

    def _has_user_lock(self) -> bool:
        return self.folder in _user_locks and self.is_same_file(_user_locks[self.folder], "users.lock")

    def _take_user_lock(self) -> bool:
        with self.open_lock("users.lock") as descriptor:
            if not try_flock(descriptor, fcntl.LOCK_SH):  # A keeper is stopping the server.
                return False
            _user_locks[self.folder] = os.dup(descriptor)
            return True

    def _start(self) -> None:
        self._make_folder()
        begun = time.monotonic()
        spawned, report, has_warned = 0, -1, False
        while (waited := time.monotonic() - begun) < START_TIMEOUT:
            if self._has_user_lock() or self._take_user_lock():
                if self.is_up():
                    return
                if report < 0 and not self.is_locked("keeper.lock"):
                    if spawned == MAX_RESTARTS:
                        raise EmbeddedError(f"The embedded PostgreSQL keeps stopping: see {self.log}.")
                    report, spawned = self._spawn_keeper(), spawned + 1
            time.sleep(0.02)
            if report >= 0:
                with suppress(BlockingIOError):
                    message = os.read(report, 4096).decode()
                    os.close(report)
                    report = -1
                    if message:
                        raise EmbeddedError(message)
            if waited > 3 and not has_warned:
                warn(f"waiting for the embedded PostgreSQL (log: {self.log})")
                has_warned = True
        raise EmbeddedError(f"The embedded PostgreSQL does not respond at {self.socket}: see {self.log}.")

    def _make_folder(self) -> None:
        for folder, mode in (self.folder.parent, 0o755), (self.folder, 0o700):
            with suppress(FileExistsError):
                folder.mkdir(mode)
        # In this order, as another process may be giving the folder away, and then filling it, right now.
        new = os.geteuid() == 0 and not any(self.folder.iterdir())
        status = self.folder.lstat()
        if new and stat.S_ISDIR(status.st_mode) and status.st_uid == 0:
            os.chown(self.folder, self.uid, self.gid, follow_symlinks=False)
        elif not stat.S_ISDIR(status.st_mode) or status.st_uid != self.uid:
            owner, user = user_name(status.st_uid), user_name(self.uid)
            advice = "set PLENARY_HOME to a folder of your own"
            raise EmbeddedError(f"{self.folder} belongs to {owner}, not to {user}: {advice}.")

    def _spawn_keeper(self) -> int:
        """Start a keeper and return a pipe, closed when the server is ready; an error is written to it before."""
        install = runnable_install(self.uid, self.gid)
        if self.moved_from:
            user = user_name(self.uid)
            warn(f"{user}, who runs PostgreSQL, cannot reach {self.moved_from}: the data are in {self.folder}")
        report, writer = os.pipe()
        arguments = (self.folder, self.uid, self.gid, self.idle_timeout, install, writer)
        subprocess.run(
            [sys.executable, "-P", "-m", "config.embedded.keeper", *map(str, arguments)],
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[writer],
            check=False,
        )
        os.close(writer)
        os.set_blocking(report, False)
        return report


def try_flock(descriptor: int, kind: int) -> bool:
    """Lock an open file, or unlock it; return False at once where another process's lock is in the way."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def describe(error: OSError, folder: Path) -> str:
    """Return the message of an EmbeddedError for what the operating system refused."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = "free some space" if full else "make it usable, or set PLENARY_HOME to a folder of your own"
    return f"The embedded PostgreSQL cannot use {error.filename or folder} ({error.strerror}): {advice}."


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
