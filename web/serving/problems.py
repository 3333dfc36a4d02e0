"""Problem details (RFC 9457) for programs."""

from __future__ import annotations

import functools
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.utils.translation import gettext as _

from web.serving.parameters import unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

# Files and API responses are the same for everybody and use no cookies, so any origin may read them.
OPEN = {"Access-Control-Allow-Origin": "*"}


def problem(
    status: HTTPStatus, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None, **headers: str
) -> JsonResponse:
    """Return a problem document: ``detail`` says why, ``errors`` what is wrong, by parameter.

    ``headers`` are spelled with underscores instead of hyphens.
    """
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    response = JsonResponse(
        {**body, "errors": errors} if errors else body,
        status=status,
        content_type="application/problem+json",
        headers=OPEN,
        json_dumps_params={"ensure_ascii": False},
    )
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def refusal(errors: Mapping[str, Sequence[str]], ignored: Sequence[str] = ()) -> JsonResponse | None:
    """Return a problem document for an invalid query, None for a valid one.

    ``ignored`` are unknown and repeated parameters, from ``web.serving.parameters.unanswered``.
    """
    by_parameter = {name: list(problems) for name, problems in errors.items()}
    for parameter in ignored:
        by_parameter.setdefault(parameter.partition("=")[0], []).append(unknown(parameter))
    if not by_parameter:
        return None
    detail = _("Nothing was selected: the query has an unknown parameter or value.")
    return problem(HTTPStatus.BAD_REQUEST, detail, errors=by_parameter)


def takes_no_parameters(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Reject queries with any parameter except tracking ones, with a problem document."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return refusal({}, unanswered(request.GET, ())) or view(request, *args, **kwargs)

    return checked


def unknown(asked: str) -> str:
    """Return the error for an ignored parameter, or ``parameter=value``."""
    name, _equals, value = asked.partition("=")
    if not value:
        return _("Unknown parameter: “%(name)s”.") % {"name": name}
    return _("“%(asked)s” was not applied: the parameter is given more than once, or belongs to a form.") % {
        "asked": asked
    }
