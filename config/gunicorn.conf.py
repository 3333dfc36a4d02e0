"""The configuration of gunicorn, on a laptop and in production: ``gunicorn -c config/gunicorn.conf.py config.wsgi``.

The figures are in ``benchmarks/README.md``; ``make bench ARGS="--only pages"`` measures another machine.

**Processes and threads.** Requests are mostly Python code, which one process runs on one core, so WEB_CONCURRENCY is
the number of cores. More processes gain nothing and cost another copy of the record and of the page cache in memory.
Threads are for waiting: on PostgreSQL, or on a client that reads a download slowly. Two, four and eight threads serve
equally many requests; with four, a worker that sends three downloads can still serve pages. Each thread holds a
database connection, so processes x threads of all machines must be fewer than the database allows (100 by default), or
go through PgBouncer. ``sync`` has no keep-alive and lets one slow reader block a process; asynchronous workers would
share a thread between pages that compute, so that quick ones wait for slow ones.

**Keep-alive.** A request is lost when one side closes a connection that the other is about to use, so the proxy should
close first: nginx keeps an idle connection for 60 seconds, ``deploy/Caddyfile`` sets 4, and gunicorn waits longer than
either. Without a proxy the clients are browsers, and 1000 idle connections (``worker_connections``) would block others.

**Waiting and stopping.** With 3000 cached pages a second, a backlog of 2048 waits less than a second; the system may
allow less (``net.core.somaxconn``). A worker that does not answer its master for a minute is killed; a long download
does not count, because another thread answers the master. On SIGTERM no new requests are accepted and running ones get
half a minute (ten seconds without a proxy); whatever stops the process has to wait longer than that. Workers are not
replaced after a number of requests: their memory is bounded, and a new one has to load the record and starts with an
empty cache.

**Trust and limits.** ``config.proxies`` alone decides which proxies to trust about addresses and HTTPS
(TRUSTED_PROXIES), so gunicorn trusts none. Request lines of up to 4094 bytes and 100 headers of 8190 bytes are
gunicorn's own limits; the longest useful address compares all 202 member states and is half as long.

The application is loaded once, before the processes fork, so that they share its memory. Each process loads the record
afterwards, since reference counting would copy shared pages anyway.
"""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from gunicorn.workers.base import Worker

from config.metrics_folder import make_folder, remove_folder

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
keepalive = 75
backlog = 2048
timeout = 60
graceful_timeout = 30
if os.environ.get("TRUSTED_PROXIES", "").strip() in ("", "0"):
    keepalive, graceful_timeout = 5, 10
max_requests = 0
forwarded_allow_ips = ""
# On a socket file everybody would be believed, whatever the line above says.
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# Heartbeats go to memory: on a disk that stalls they would kill a healthy worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112  # a fixed mount, not a file of ours
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "warning")
logger_class = "config.gunicorn_logs.Logs"
make_folder()

WARM_UP_DELAY = 4
"""For how many seconds after a start from a terminal the first page has the machine for itself."""


def on_starting(server: Any) -> None:
    """Start the embedded database before the first request; with DATABASE_URL, nothing to do.

    The process that forks the workers must hold no connection, so this goes past Django's.
    """
    # Imported here, since gunicorn reads this file before there are settings.
    from django.conf import settings  # noqa: PLC0415

    if not os.environ.get("PLENARY_TERMINAL"):
        import scipy.cluster.hierarchy  # noqa: F401, PLC0415  # 38 MB that the processes are to share

    if settings.DATABASES["default"]["ENGINE"] == "config.postgresql":
        from config.embedded.server import EmbeddedPostgres  # noqa: PLC0415

        EmbeddedPostgres.for_project(settings.BASE_DIR).ensure()


def when_ready(server: Any) -> None:
    """Stop when the terminal that started it is closed, and refuse new connections once stopping has begun.

    gunicorn alone would reload when the terminal is closed.
    """
    if os.environ.get("PLENARY_TERMINAL"):
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        server.log.warning("Serving. Stop with Ctrl-C.")
    if os.environ.get("FIT_IDEAL_POINTS"):
        # Some ten seconds of one core, which no first page should wait for. on_exit ends what has not ended.
        fit = f'sleep {WARM_UP_DELAY} && exec "$0" manage.py fit_ideal_points --if-stale --verbosity=0'
        server.ideal_points = subprocess.Popen(
            ["/bin/sh", "-c", fit, sys.executable],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.setpriority(os.PRIO_PROCESS, server.ideal_points.pid, 19)
    stop = server.stop

    def refuse_and_stop(graceful: bool = True) -> None:
        # The workers hold the socket while they end what they have begun: who comes then would wait for nobody, up to
        # graceful_timeout, where a proxy that is refused goes to another server at once.
        for listener in server.LISTENERS:
            with suppress(OSError):  # macOS knows no such thing.
                listener.sock.shutdown(socket.SHUT_RDWR)
        stop(graceful)

    server.stop = refuse_and_stop


def post_worker_init(worker: Any) -> None:
    """Have the worker load the record before its first request, and stop quietly once the master listens no more."""
    from config.warm_up import warm_up  # noqa: PLC0415  # gunicorn reads this file before there are settings

    def end_at_once(number: int, frame: Any) -> None:
        # The handler of threaded workers locks their pool, which this very thread may hold: where it is handing on a
        # request, or where a terminal's signal and the master's come together. Then nothing would end.
        Worker.handle_quit(worker, number, frame)

    signal.signal(signal.SIGQUIT, end_at_once)
    signal.signal(signal.SIGINT, end_at_once)
    if os.environ.get("PLENARY_TERMINAL"):
        # Whoever has just started it on a laptop looks at the first page, which has only to wait for what it shows.
        timer = threading.Timer(WARM_UP_DELAY, warm_up, (worker.wsgi,))
        timer.daemon = True
        timer.start()
    else:
        warm_up(worker.wsgi)
    accept = worker.accept

    def accept_while_listening(listener: Any) -> None:
        try:
            accept(listener)
        except OSError as error:
            if error.errno != errno.EINVAL:  # The master has shut it (when_ready), and is about to say why.
                raise

    worker.accept = accept_while_listening


def on_exit(server: Any) -> None:
    """Remove the metrics, and end the fit of ideal points if it still runs."""
    remove_folder()
    if fit := getattr(server, "ideal_points", None):
        fit.terminate()
