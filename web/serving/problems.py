"""Problem details (RFC 9457): what is wrong with a request, for programs."""

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

# Files and answers to programs are the same for everybody and ask for no cookie, so any site's page may read them.
OPEN = {"Access-Control-Allow-Origin": "*"}


def problem(
    status: HTTPStatus, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None, **headers: str
) -> JsonResponse:
    """Return the answer to a request that cannot be met: ``detail`` says why, ``errors`` by parameter what is wrong.

    ``headers`` are written with underscores for hyphens.
    """
    said = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    answer = JsonResponse(
        {**said, "errors": errors} if errors else said,
        status=status,
        content_type="application/problem+json",
        headers=OPEN,
        json_dumps_params={"ensure_ascii": False},
    )
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return answer


def refusal(errors: Mapping[str, Sequence[str]], ignored: Sequence[str] = ()) -> JsonResponse | None:
    """Return what is wrong with a query as problem details, None where it can be answered.

    ``ignored`` is what it asks in vain; see ``web.serving.parameters.unanswered``.
    """
    said = {name: list(problems) for name, problems in errors.items()}
    for asked in ignored:
        said.setdefault(asked.partition("=")[0], []).append(unknown(asked))
    if not said:
        return None
    detail = _("Nothing was selected: the query has an unknown parameter or value.")
    return problem(HTTPStatus.BAD_REQUEST, detail, errors=said)


def takes_no_parameters(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse a query with any parameter, as problem details, but those that other sites append to links."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return refusal({}, unanswered(request.GET, ())) or view(request, *args, **kwargs)

    return checked


def unknown(asked: str) -> str:
    """Return what is wrong with a parameter, or with a ``parameter=value``, that asks in vain."""
    name, _equals, value = asked.partition("=")
    if not value:
        return _("There is no parameter “%(name)s” here.") % {"name": name}
    return _("“%(asked)s” was not applied: the parameter is given more than once, or belongs to a form.") % {
        "asked": asked
    }
