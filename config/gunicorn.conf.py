"""How gunicorn serves Plenary, on a laptop and in production: ``gunicorn -c config/gunicorn.conf.py config.wsgi``.

Threads, since a request mostly waits for PostgreSQL; two processes a machine of two cores, since what it does
not wait for is Python. The application is loaded once, before the processes fork, and they share its memory.
"""

import os
import signal
from typing import Any

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
preload_app = True
keepalive = 5
timeout = 60
graceful_timeout = 10
# Heartbeats go to memory: on a disk that stalls they would kill a healthy worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112  # a fixed mount, not a file of ours
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "warning")


def on_starting(server: Any) -> None:
    """Have the embedded database up before anyone asks; with DATABASE_URL, nothing to do.

    The process that forks the workers must hold no connection, so this goes past Django's.
    """
    # Imported here, since gunicorn reads this file before there are settings.
    from django.conf import settings  # noqa: PLC0415

    if settings.DATABASES["default"]["ENGINE"] == "config.postgresql":
        from config.embedded import EmbeddedPostgres  # noqa: PLC0415

        EmbeddedPostgres.for_project(settings.BASE_DIR).ensure()


def when_ready(server: Any) -> None:
    """End when the terminal that started it is closed; gunicorn alone would take that as a wish to reload."""
    if os.environ.get("PLENARY_TERMINAL"):
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        server.log.warning("Serving. Stop with Ctrl-C.")
