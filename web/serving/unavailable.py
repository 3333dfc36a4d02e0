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
    """The innermost middleware: answers 503 if a view fails because of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return 503 if the database is the reason; leave other errors to Django."""
        return unavailable(request, error) if is_unavailable(error) else None


def failed(request: HttpRequest) -> HttpResponse:
    """Return 503 if the database is the reason, else 500. The site's ``handler500``, for errors outside the views."""
    error = sys.exc_info()[1]
    return unavailable(request, error) if is_unavailable(error) else server_error(request)


def is_unavailable(error: BaseException | None) -> bool:
    """Tell whether an error comes from the database's state and not from a faulty query."""
    return isinstance(error, OperationalError | InterfaceError) or (
        # A server being promoted or retired is read-only.
        isinstance(error, DatabaseError) and isinstance(error.__cause__, errors.ReadOnlySqlTransaction)
    )


def unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Return 503 without using the database, saying what became of a submitted form."""
    logger.error("%s %s: the database is not available: %s", request.method, request.path, " ".join(str(error).split()))
    for connection in connections.all(initialized_only=True):
        connection.errors_occurred = True  # Makes the end of the request check the connection.
    if request.path.startswith("/api/") or "." in request.path.rpartition("/")[2]:
        detail = _("The record is temporarily unavailable. Try again in %(seconds)s seconds.") % {
            "seconds": RETRY_AFTER
        }
        response: HttpResponse = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    else:
        context = {"sent": request.method == "POST", "refused": was_refused(error), "full": is_full(error)}
        response = HttpResponse(render_to_string("503.html", context), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def was_refused(error: BaseException | None) -> bool:
    """Tell whether the database rejected the save, so that nothing was saved.

    If it stopped responding, it may have committed before it could say so.
    """
    state = getattr(error.__cause__, "sqlstate", None) if error else None
    return state is not None and not state.startswith("57P")


def is_full(error: BaseException | None) -> bool:
    """Tell whether the database's disk is full."""
    return error is not None and isinstance(error.__cause__, errors.DiskFull)
