"""Exception handler of the API: every error as problem details (RFC 9457)."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework import exceptions

from web.serving.problems import problem, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse


def as_problem(error: Exception, _context: Mapping[str, Any]) -> HttpResponse | None:
    """Return an error as a problem document; None for unexpected ones, which Django then handles."""
    match error:
        case exceptions.ValidationError(detail=dict() as errors):
            return refusal(errors)
        case exceptions.Throttled():
            wait = math.ceil(getattr(error, "wait", None) or 1)
            detail = _("Too many requests from your address. Try again in %(seconds)s seconds.") % {"seconds": wait}
            return problem(HTTPStatus.TOO_MANY_REQUESTS, detail, Retry_After=str(wait))
        case exceptions.MethodNotAllowed():
            detail = _("This API is read-only: use GET, HEAD or OPTIONS.")
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail)
        case exceptions.APIException():
            return problem(HTTPStatus(error.status_code), str(error.detail))
    return None


def nowhere(request: HttpRequest) -> HttpResponse:
    """Return 404 for an unknown address of the API."""
    return problem(HTTPStatus.NOT_FOUND, _("Nothing found at “%(path)s”.") % {"path": request.path})
