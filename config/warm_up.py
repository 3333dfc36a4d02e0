"""Warm-up of a worker: load what every page needs before the first request."""

from __future__ import annotations

import gc
import io
import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)

PAGES = ("/", "/resolutions/", "/states/USA/")
"""Pages that between them load the record, what is kept for each version of it, and the templates."""


def warm_up(application: Callable[..., Any] | None = None) -> list[str]:
    """Request a few pages of ``application`` as a reader would; return the status line of each response.

    A worker that cannot do so starts all the same, and logs why: the pages themselves show readers what is wrong.
    """
    statuses: list[str] = []

    def start_response(status: str, headers: object, error: object = None, /) -> Callable[[bytes], None]:
        statuses.append(status)
        return lambda written: None

    for path in PAGES:
        try:
            response = (application or WSGIHandler())(_environ(path), start_response)
            for _chunk in response:
                pass
            response.close()
        except Exception:
            LOG.exception("Could not load the record before the first request: %s", path)
            break
    # What is loaded stays: the collector need not look through it again and again while readers wait.
    gc.collect()
    gc.freeze()
    return statuses


def _environ(path: str) -> dict[str, Any]:
    """Return the WSGI environment of a request as gunicorn would make it."""
    host = next((host.removeprefix(".") for host in settings.ALLOWED_HOSTS if host != "*"), "localhost")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": "https",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
