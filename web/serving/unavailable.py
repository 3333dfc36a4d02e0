"""Responses while the database is unavailable, full or too busy: 503 with Retry-After."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error
from psycopg import errors

from web.serving.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

RETRY_AFTER = 10
"""Seconds after which it is worth asking again: about as long as PostgreSQL takes to come back from a crash."""

logger = logging.getLogger("plenary.database")


class Unavailable:
    """The middleware that stands next to the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Leave the request to the view."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer where the database is the reason; leave all else to be reported."""
        return unavailable(request, error) if is_unavailable(error) else None


def failed(request: HttpRequest) -> HttpResponse:
    """Answer what failed outside the views, be it the database or a fault of ours. The site's ``handler500``."""
    error = sys.exc_info()[1]
    return unavailable(request, error) if is_unavailable(error) else server_error(request)


def is_unavailable(error: BaseException | None) -> bool:
    """Tell whether an error is the database's state, and not a fault in what it was asked."""
    return isinstance(error, OperationalError | InterfaceError) or (
        # A server that takes over, or is taken out, does not take what is written.
        isinstance(error, DatabaseError) and isinstance(error.__cause__, errors.ReadOnlySqlTransaction)
    )


def unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Say that the database is not there, without asking it anything, and what became of what was sent."""
    logger.error("%s %s: the database is not available: %s", request.method, request.path, " ".join(str(error).split()))
    for connection in connections.all(initialized_only=True):
        connection.errors_occurred = True  # So that the end of the request looks whether it still works.
    if request.path.startswith("/api/") or "." in request.path.rpartition("/")[2]:
        said = _("The record is temporarily unavailable. Try again in %(seconds)s seconds.") % {"seconds": RETRY_AFTER}
        answer: HttpResponse = problem(HTTPStatus.SERVICE_UNAVAILABLE, said)
    else:
        context = {"sent": request.method == "POST", "refused": was_refused(error), "full": is_full(error)}
        answer = HttpResponse(render_to_string("503.html", context), status=HTTPStatus.SERVICE_UNAVAILABLE)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def was_refused(error: BaseException | None) -> bool:
    """Tell whether the database said no, so that nothing was saved.

    Where it only fell silent, it may have saved everything and died before saying so.
    """
    state = getattr(error.__cause__, "sqlstate", None) if error else None
    return state is not None and not state.startswith("57P")


def is_full(error: BaseException | None) -> bool:
    """Tell whether the database's disk is full."""
    return error is not None and isinstance(error.__cause__, errors.DiskFull)
