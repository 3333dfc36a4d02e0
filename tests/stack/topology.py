"""Plenary as in production, on this machine's loopback: the pieces to put together, and the whole.

::

    with whole_site() as site:          # primary, replica, Redis, two gunicorns, nginx with TLS, all ready
        site.proxy.url                  # https://127.0.0.1:PORT, the certificate in site.certificate
        site.first, site.second         # the gunicorns: .port, .kill(SIGTERM), .stop(), .start(), .log_tail()
        site.primary, site.replica      # PostgreSQL: .url, .scalar("SELECT …"), .pause_replay(), .resume_replay()
        site.redis                      # .url

    with Topology() as topology:          # or piece by piece; nothing is started that is not named
        primary = topology.postgres()
        topology.prepare(primary)         # migrated, reference facts, the Assembly's record where it is at hand, EDITOR
        replica = topology.replica(primary)
        pooler = topology.pgbouncer(primary, size=2)
        web = topology.gunicorn("web", primary=pooler, replica=replica, redis=topology.redis(), WEB_CONCURRENCY="2")
        proxy = topology.nginx(web)       # or topology.caddy(web), with deploy/Caddyfile
        topology.manage("check_record", primary=primary)

``visitors.Visitor`` asks them, as a reader or an editor. Every piece is a ``Server`` (see ``processes``): ``start``,
``stop``, ``kill(signal)``, ``pause``, ``resume``, ``log_tail()`` for the end of its log, ``process_ids()`` for its
process and children. All are ended, with their children, and the folder is removed when the context is left or the test
run ends; should it be killed, they end as well (Linux), and the folder stays. Ports are free ones of 127.0.0.1.
``require_programs("nginx", …)`` skips a test where a program is not installed, or fails it where STACK_TESTS=required.
Start and restart servers from the thread that runs the tests, never from another: they end with the thread that started
them.
"""

from __future__ import annotations

import atexit
import http.client
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

import pytest

from config.embedded.binaries import runnable_install
from config.embedded.keeper import LOCALE
from config.embedded.server import EmbeddedPostgres
from tests.stack.processes import PATIENCE, Server, free_port, wait_for
from tests.stack.servers import NAME, Database, PgBouncer, Postgres, Proxy, Redis

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = Path(__file__).parents[2]
RECORD = Path(os.environ.get("PLENARY_CORPORA") or BASE.parent / "shared" / "data")
"""Where the official files are; without them the record is the landmark roll calls alone."""

ASSEMBLY = "ga_voting_1946_2021.csv.gz"
EDITOR, PASSWORD = "editor", "a password of nobody else"
"""The account that ``prepare`` makes, which may do everything."""

ANY = TypeVar("ANY", bound=Server)


def find_program(program: str) -> str:
    """Return where a program is, "" if nowhere; administrators' are not on everybody's path."""
    return shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin") or ""


def require_programs(*programs: str) -> None:
    """Skip the test where one of these programs is missing, or fail it where STACK_TESTS says that it is required."""
    missing = [program for program in programs if not find_program(program)]
    if missing:
        say = pytest.fail if os.environ.get("STACK_TESTS") == "required" else pytest.skip
        say(f"{', '.join(missing)} not installed: apt-get install nginx redis-server openssl pgbouncer caddy")


class Topology:
    """A folder and the servers in it; see the module."""

    def __init__(self) -> None:
        server = EmbeddedPostgres.for_project(BASE)
        self.user = (server.uid, server.gid)
        self.install = runnable_install(*self.user)
        self.folder = Path(tempfile.mkdtemp(prefix="plenary-stack-"))
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.password = secrets.token_hex(16)
        self.secret_key = secrets.token_urlsafe(50)
        self.servers: list[Server] = []
        atexit.register(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything, the last first, and remove the folder."""
        for server in reversed(self.servers):
            server.end(server.process_ids())
        self.servers.clear()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def add(self, server: ANY) -> ANY:
        """Start a server, which then ends with the others, and return it."""
        self.servers.append(server)
        server.start()
        return server

    def run(self, *command: str | Path, as_server: bool = False, **environment: str) -> str:
        """Run a program to its end and return what it printed; raises CalledProcessError, with that, where it fails."""
        user = self.user if as_server and os.geteuid() == 0 else (None, None)
        done = subprocess.run(
            [str(word) for word in command],
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"} | environment,
            cwd=self.folder if as_server else BASE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
            user=user[0],
            group=user[1],
            extra_groups=None if user[0] is None else [],
        )
        if done.returncode:
            error = subprocess.CalledProcessError(done.returncode, done.args, done.stdout)
            error.add_note(done.stdout)
            raise error
        return done.stdout

    def write(self, name: str, text: str, *, mode: int = 0o600) -> Path:
        """Write a file that the user of the servers owns, and return it."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        if os.geteuid() == 0:
            os.chown(path, *self.user)
        return path

    def _folder_for(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, *self.user)
        return folder

    def postgres(self, name: str = "primary") -> Postgres:
        server = Postgres(self.folder, self.install, name=name, password=self.password, user=self.user)
        self._folder_for(name)
        password = self.write("password", self.password)
        options = [f"--username={NAME}", f"--pwfile={password}", "--auth=scram-sha-256", "--no-sync", *LOCALE]
        self.run(self.install / "bin" / "initdb", "-D", server.data, *options, as_server=True)
        self.add(server)
        with server.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {NAME}".encode())
        return server

    def replica(self, primary: Postgres, name: str = "replica") -> Postgres:
        """Return a streaming replica of ``primary``, which keeps for it what it has not yet sent."""
        server = Postgres(self.folder, self.install, name=name, password=self.password, user=self.user)
        self._folder_for(name)
        # The last parameter of each name counts, and the replica is to listen on a port of its own.
        options = [f"--dbname={primary.url.rpartition('/')[0]}", f"--slot={name}", "--create-slot"]
        options += ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        self.run(self.install / "bin" / "pg_basebackup", "-D", server.data, *options, as_server=True)
        server.command.append("--log_statement=all")  # So that tests see who was asked.
        return self.add(server)

    def redis(self, name: str = "redis") -> Redis:
        port = free_port()
        command = [find_program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no"]
        return self.add(Redis(name, command, port=port, folder=self.folder))

    def pgbouncer(self, to: Postgres, *, size: int, name: str = "pgbouncer") -> PgBouncer:
        """Return a pooler before ``to`` that has ``size`` connections and lends one for a transaction."""
        port = free_port()
        users = self.write("users.txt", f'"{NAME}" "{self.password}"\n')
        settings = f"""
            [databases]
            {NAME} = host=127.0.0.1 port={to.port} dbname={NAME}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {users}
            pool_mode = transaction
            default_pool_size = {size}
            max_client_conn = 200
            log_connections = 0
            log_disconnections = 0
        """
        written = self.write(f"{name}.ini", "\n".join(line.strip() for line in settings.splitlines()))
        command: list[str | Path] = [find_program("pgbouncer"), written]
        pooler = PgBouncer(name, command, port=port, folder=self.folder, user=self.user)
        pooler.password = self.password
        return self.add(pooler)

    def environment(
        self, primary: Database, replica: Database | None = None, redis: Redis | None = None
    ) -> dict[str, str]:
        """Return the variables that a deployment sets."""
        return {
            "DATABASE_URL": primary.url,
            **({"DATABASE_REPLICA_URL": replica.url} if replica else {}),
            **({"CACHE_URL": redis.url} if redis else {}),
            "PLENARY_HOME": str(self.home),
            "SECRET_KEY": self.secret_key,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            **dict.fromkeys(("PRODUCTION", "HTTPS", "TRUSTED_PROXIES", "PUBLISH_OWN_ENTRIES"), "1"),
        }

    def manage(self, *arguments: str | Path, primary: Database, **environment: str) -> str:
        """Run a management command and return what it printed; raises CalledProcessError where it fails."""
        return self.run(
            sys.executable, BASE / "manage.py", *arguments, as_server=False, **(self.environment(primary) | environment)
        )

    def prepare(self, primary: Database, *, record: bool = True) -> None:
        """Fill an empty database, with ``record`` also with the Assembly's record, and collect the static files."""
        with ThreadPoolExecutor() as beside:
            collecting = beside.submit(self.collect, primary)
            self.manage("migrate", "--verbosity=0", primary=primary)
            self.manage("load_reference", primary=primary)
            if record and (RECORD / ASSEMBLY).exists():
                self.manage("import_votes", RECORD / ASSEMBLY, primary=primary)
            account = ["createsuperuser", "--noinput", f"--username={EDITOR}", "--email=editor@example.org"]
            self.manage(*account, primary=primary, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
            primary.scalar("ANALYZE")
            collecting.result()

    def collect(self, primary: Database) -> None:
        if not (self.home / "static" / "staticfiles.json").exists():
            settings = "--settings=tests.stack.unpacked_static"
            self.manage("collectstatic", "--noinput", "--verbosity=0", settings, primary=primary)

    def gunicorn(
        self,
        name: str,
        *,
        primary: Database,
        replica: Database | None = None,
        redis: Redis | None = None,
        **environment: str,
    ) -> Server:
        """Return an application server of one worker, as ``config/gunicorn.conf.py`` has it; ``environment`` adds."""
        port = free_port()
        variables = {"BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1"}
        return self.add(
            Server(
                name,
                [sys.executable, "-m", "gunicorn", "-c", BASE / "config" / "gunicorn.conf.py", "config.wsgi"],
                port=port,
                folder=self.folder,
                environment=self.environment(primary, replica, redis) | variables | environment,
                directory=BASE,
            )
        )

    @property
    def certificate(self) -> Path:
        """A certificate for 127.0.0.1 and localhost that it signed itself, its key beside it with the ending .key."""
        path = self.folder / "certificate.pem"
        if not path.exists():
            names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
            key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            subject = ["-days", "2", "-subj", "/CN=localhost", "-addext", names]
            files = ["-keyout", path.with_suffix(".key"), "-out", path]
            self.run(find_program("openssl"), "req", "-x509", *key, *subject, *map(str, files))
        return path

    def nginx(self, *webs: Server, name: str = "nginx") -> Proxy:
        """Return an nginx with TLS before these application servers, each asked in turn."""
        port, plain_port = free_port(), free_port()
        place = self.folder / name
        place.mkdir(mode=0o755)
        settings = (Path(__file__).parent / "nginx.conf").read_text()
        for mark, value in {
            "FOLDER": str(place),
            "CERTIFICATE": str(self.certificate),
            "KEY": str(self.certificate.with_suffix(".key")),
            "TLS_PORT": str(port),
            "PLAIN_PORT": str(plain_port),
            "SERVERS": "".join(f"server 127.0.0.1:{web.port} max_fails=1 fail_timeout=1s; " for web in webs),
        }.items():
            settings = settings.replace(f"<{mark}>", value)
        written = self.write(f"{name}.conf", settings, mode=0o644)
        command: list[str | Path] = [find_program("nginx"), "-e", "stderr", "-p", place, "-c", written]
        proxy = Proxy(name, command, port=port, folder=self.folder, stopped_by=signal.SIGQUIT)
        proxy.plain_port = plain_port
        return self.add(proxy)

    def caddy(self, *webs: Server, name: str = "caddy") -> Proxy:
        """Return a Caddy with the proxy's settings of the deployment before these application servers."""
        port, plain_port, admin = free_port(), free_port(), free_port()
        settings = BASE / "deploy" / "Caddyfile"
        environment = {
            "HOME": str(self.folder),
            "DOMAIN": "localhost",
            "HTTPS_PORT": str(port),
            "HTTP_PORT": str(plain_port),
            "CADDY_ADMIN": f"localhost:{admin}",
            "TLS_LINE": f"tls {self.certificate} {self.certificate.with_suffix('.key')}",
            "UPSTREAMS": "to " + " ".join(f"127.0.0.1:{web.port}" for web in webs),
            "BUFFERS": "whole-bodies",
        }
        command: list[str | Path] = [
            find_program("caddy"),
            "run",
            "--config",
            settings,
            "--adapter",
            "caddyfile",
        ]
        proxy = Proxy(name, command, port=port, folder=self.folder, environment=environment)
        proxy.host, proxy.plain_port = "localhost", plain_port
        return self.add(proxy)


@dataclass(frozen=True)
class Site:
    """The whole, as a deployment of several machines has it; ``topology`` adds to it."""

    topology: Topology
    primary: Postgres
    replica: Postgres
    redis: Redis
    first: Server
    second: Server
    proxy: Proxy

    def settle(self) -> None:
        """Return once everything runs and both gunicorns answer readers from the replica."""
        servers = (self.primary, self.replica, self.redis, self.first, self.second, self.proxy)
        for server in servers:
            if not server.is_running:
                server.start()
        self.replica.resume_replay()
        self.replica.wait_for_replay_of(self.primary)
        for web in (self.first, self.second):
            wait_for(partial(self.reads_from_replica, web), f"{web.name} reads from the replica")

    def reads_from_replica(self, web: Server) -> bool:
        """Ask a gunicorn a page as a reader, and tell whether the replica was asked for its version."""
        before = self.replica.count_statements("votes_change")
        done = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
        try:
            done.request("GET", "/about/", headers={"X-Forwarded-Proto": "https"})
            done.getresponse().read()
        finally:
            done.close()
        return self.replica.count_statements("votes_change") > before

    @property
    def certificate(self) -> Path:
        return self.topology.certificate


@contextmanager
def whole_site(**environment: str) -> Iterator[Site]:
    """Yield the whole site, ready; skips the test where a program for it is missing."""
    require_programs("nginx", "redis-server", "openssl")
    with Topology() as topology:
        primary = topology.postgres()
        topology.prepare(primary)
        replica, redis = topology.replica(primary), topology.redis()
        first, second = (
            topology.gunicorn(name, primary=primary, replica=replica, redis=redis, **environment)
            for name in ("first", "second")
        )
        yield Site(topology, primary, replica, redis, first, second, topology.nginx(first, second))
