"""The keeper: the detached process that owns the embedded server.

It starts the server, restarts it should it die, and stops it once nobody holds the users' lock. Run as
``python -m config.embedded.keeper FOLDER UID GID IDLE_TIMEOUT INSTALL PIPE``.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.embedded import EmbeddedError, warn
from config.embedded.binaries import MAJOR, PACKAGE, error_line, user_name
from config.embedded.server import MAX_RESTARTS, EmbeddedPostgres, describe, try_flock

OPTIONS = ["--listen_addresses=", "--unix_socket_permissions=0700", "--max_connections=100"]
OPTIONS += ["--shared_buffers=128MB", "--fsync=on"]
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
POLL_SECONDS = 0.2  # Between two looks at the server and its users.
LOG_SIZE = 5_000_000  # Bytes beyond which a new keeper sets the old log aside.
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class Keeper:
    """The process that owns the server of one folder; there is at most one, by ``keeper.lock``."""

    def __init__(self, server: EmbeddedPostgres, install: Path, report: int):
        self.server = server
        self.bin = install / "bin"
        self.report = report
        self.lock = -1  # The descriptor of the keeper's lock, into which goes the number of the ready server.
        self.socket_folder = -1  # The descriptor of the socket's folder, once it is locked.
        self.postgres: subprocess.Popen[bytes] | None = None
        # Loaded before the change of user, who may be unable to read the libraries of this Python.
        self.libc = ctypes.CDLL(None) if sys.platform == "linux" else None
        self.pid = os.getpid()

    def run(self) -> None:
        """Keep the server until nobody uses it; what is wrong goes to the log and to the process that started it."""
        server = self.server
        os.umask(0o077)
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(server.gid)
                os.setuid(server.uid)
            with server.open_lock("keeper.lock") as lock, server.open_lock("users.lock") as users:
                if not self._take_keeper_lock(lock):
                    return
                self.lock = lock
                self._open_log()
                for number in STOP_SIGNALS:
                    signal.signal(number, _exit)
                try:
                    self._start()
                    self._report("")
                    self._supervise(users)
                finally:
                    self._stop()
        except OSError as error:
            self._report(describe(error, server.folder))
        except EmbeddedError as error:
            self._report(str(error))

    def _report(self, problem: str) -> None:
        if problem:
            warn(problem)
        if self.report >= 0:
            with suppress(OSError):  # The process that started the keeper may be gone.
                os.write(self.report, problem.encode())
            os.close(self.report)
            self.report = -1

    def _take_keeper_lock(self, lock: int) -> bool:
        for _ in range(20):  # A process that tests the lock holds it for an instant.
            if try_flock(lock, fcntl.LOCK_EX):
                return True
            time.sleep(0.01)
        return False

    def _write_pid(self, number: str) -> None:
        os.ftruncate(self.lock, 0)
        os.pwrite(self.lock, number.encode(), 0)

    def _open_log(self) -> None:
        log = self.server.log
        if log.exists() and log.stat().st_size > LOG_SIZE:
            log.rename(log.with_name("log.1"))
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)

    def _supervise(self, users: int) -> None:
        """Return when nobody has used the server for ``idle_timeout`` seconds, then holding the users' lock."""
        idle_since = 0.0
        restarts: list[float] = []
        # A deleted folder may have a new keeper already, and a server without its data can only go.
        while self.server.is_same_file(self.lock, "keeper.lock"):
            time.sleep(POLL_SECONDS)
            now = time.monotonic()
            dead = self.postgres is None or self.postgres.poll() is not None
            if dead or not self.server.socket.exists():  # Cleaners of /tmp delete sockets.
                restarts = [moment for moment in restarts if now - moment < 60] + [now]
                if len(restarts) > MAX_RESTARTS:
                    raise EmbeddedError(f"the server died {MAX_RESTARTS} times in a minute: giving up")
                warn("the server has died or lost its socket: restarting it")
                self._stop()
                time.sleep(POLL_SECONDS * 2 ** (len(restarts) - 2))
                try:
                    self._start()
                except EmbeddedError as error:
                    warn(str(error))
            if not try_flock(users, fcntl.LOCK_EX):
                idle_since = 0.0
                continue
            idle_since = idle_since or now
            if now - idle_since >= self.server.idle_timeout:
                return
            fcntl.flock(users, fcntl.LOCK_UN)

    def _start(self) -> None:
        server = self.server
        self._write_pid("")
        with server.open_lock("postgres.lock") as lock:
            self._wait_for_old_server(lock)
            if not server.data.exists():
                self._init_database(lock)
            written = (server.data / "PG_VERSION").read_text().strip()
            if written != MAJOR:
                what = f"{server.data} was written by PostgreSQL {written} and {PACKAGE} brings {MAJOR}"
                raise EmbeddedError(f"{what}: install the older package, or delete that folder to start from scratch.")
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
                **self._child_options(lock),
            )
        while server.postmaster() != (self.postgres.pid, "ready"):
            if self.postgres.poll() is not None:
                reason = error_line(server.log.read_bytes()[size:])
                raise EmbeddedError(f"The embedded PostgreSQL did not start ({reason}): see {server.log}.")
            time.sleep(0.01)
        self._write_pid(str(self.postgres.pid))

    def _claim_socket_folder(self) -> None:
        """Make the folder of the socket and lock it.

        Should the data be deleted under a running server, its keeper and the next one have nothing else in
        common; and a server that ends would take the socket of the next with it.
        """
        folder = Path(self.server.host)
        while self.socket_folder < 0:
            with suppress(FileExistsError):
                folder.mkdir(0o700)
            with suppress(FileNotFoundError):  # The other keeper may have removed it just now.
                status = folder.lstat()
                if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
                    raise EmbeddedError(f"{folder} does not belong to {user_name(os.geteuid())}: delete it.")
                self.socket_folder = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
                if not (
                    try_flock(self.socket_folder, fcntl.LOCK_EX)
                    and self.server.is_same_file(self.socket_folder, str(folder))
                ):
                    self._release_socket_folder()
                    time.sleep(0.05)
        folder.chmod(0o700)

    def _release_socket_folder(self) -> None:
        if self.socket_folder >= 0:
            os.close(self.socket_folder)
            self.socket_folder = -1

    def _wait_for_old_server(self, lock: int) -> None:
        """Return holding the lock of the server, when every process of an earlier one has gone.

        A killed server leaves children that end by themselves; a killed keeper, a server that the kernel told
        to stop. Where it does not (macOS), or should it not end, it gets a signal here, the second time a firmer one.
        """
        signals = {10: signal.SIGINT, 200: signal.SIGQUIT}
        tenths = 0
        while not try_flock(lock, fcntl.LOCK_EX):
            if tenths in signals:
                warn("an earlier server is still running: stopping it")
                pid = self.server.postmaster()[0]
                if pid and str(self.server.data) in _command_line(pid):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signals[tenths])
            tenths += 1
            time.sleep(0.1)

    def _init_database(self, lock: int) -> None:
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
            **self._child_options(lock),
        )
        warn(done.stdout.decode(errors="replace"))
        if done.returncode:
            what = f"The embedded PostgreSQL cannot be created in {self.server.folder}"
            advice = "free some space" if b"No space left" in done.stdout else f"see {self.server.log}"
            raise EmbeddedError(f"{what} ({error_line(done.stdout)}): {advice}.")

    def _child_options(self, lock: int) -> dict[str, Any]:
        # Neither the PG… variables of the user's shell nor a locale that this machine may not have.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        return {"pass_fds": [lock], "env": environment, "preexec_fn": self._stop_with_keeper}

    def _stop_with_keeper(self) -> None:
        """Ask the kernel, in a new child, to stop it should the keeper die (Linux only)."""
        if self.libc is not None:
            self.libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
            if os.getppid() != self.pid:  # It died before that.
                os._exit(1)

    def _stop(self) -> None:
        self._write_pid("")
        for number, patience in (signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10):
            if self.postgres is not None and self.postgres.poll() is None:
                self.postgres.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    self.postgres.wait(patience)
        if self.socket_folder >= 0:
            with suppress(OSError):
                Path(self.server.host).rmdir()
        self._release_socket_folder()


def _command_line(pid: int) -> str:
    if sys.platform == "linux":
        with suppress(OSError):
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes())
        return ""
    ps = ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)]
    return os.fsdecode(subprocess.run(ps, capture_output=True, check=False).stdout)


def _exit(*_: object) -> None:
    for number in STOP_SIGNALS:  # Once is enough; stopping the server must not be interrupted.
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def main() -> None:
    """Keep the server that the arguments name, in a child; the process itself ends at once."""
    folder, uid, gid, idle_timeout, install, report = sys.argv[1:]
    if os.fork():  # The keeper is nobody's child: neither waited for nor left as a zombie.
        os._exit(0)
    server = EmbeddedPostgres(Path(folder), int(uid), int(gid), idle_timeout=float(idle_timeout))
    Keeper(server, Path(install), int(report)).run()


if __name__ == "__main__":
    main()
