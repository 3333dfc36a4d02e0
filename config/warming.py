"""Having a worker load what every page needs before it takes its first request, which would otherwise wait for it."""

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

ASKED = ("/", "/resolutions/", "/states/USA/")
"""Pages that between them load the record, what is kept for each version of it, and the templates."""


def warm(application: Callable[..., Any] | None = None) -> list[str]:
    """Ask ``application`` for a few pages as a reader would; return how each was answered.

    A worker that cannot do so starts all the same, and says why: readers are told what is wrong by the pages.
    """
    answers: list[str] = []

    def begin(status: str, headers: object, error: object = None, /) -> Callable[[bytes], None]:
        answers.append(status)
        return lambda written: None

    for path in ASKED:
        try:
            response = (application or WSGIHandler())(_environ(path), begin)
            for _chunk in response:
                pass
            response.close()
        except Exception:
            LOG.exception("Could not be loaded before the first request: %s", path)
            break
    # What is loaded stays: the collector need not look through it again and again while readers wait.
    gc.collect()
    gc.freeze()
    return answers


def _environ(path: str) -> dict[str, Any]:
    """Return a request as gunicorn would hand it on."""
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
