"""The parameters of an address: what they leave empty, and what they ask that nobody answers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

# Parameters that other sites append to links; they ask nothing of us.
FOREIGN = ("utm_", "fbclid", "gclid", "mc_")

# The two boxes from which a condition on a party's vote is picked; it then becomes a ``position``.
WHO, HOW = "who", "how"


def alone(parameters: QueryDict) -> list[str]:
    """Return the box of the pair that was filled without the other, which makes no condition yet."""
    return [f"{box}={parameters[box]}" for box in (WHO, HOW) if parameters.get(box)]


def unanswered(parameters: QueryDict, known: Collection[str], repeatable: Collection[str] = ()) -> list[str]:
    """Return what the parameters ask in vain: names nobody knows, and all but the last of a repeated value."""
    names = [
        name
        for name, values in parameters.lists()
        if name not in known and any(values) and not name.startswith(FOREIGN)
    ]
    repeated = [
        f"{name}={value}"
        for name, values in parameters.lists()
        if name in known and name not in repeatable
        for value in list(filter(None, values))[:-1]
    ]
    return names + repeated


def without_empty(parameters: QueryDict) -> QueryDict:
    """Return the parameters that have a value: a form sends all of its fields, and the address needs only these."""
    filled = QueryDict(mutable=True)
    for name, values in parameters.lists():
        if any(values):
            filled.setlist(name, [value for value in values if value])
    return filled


def address(path: str, parameters: QueryDict) -> str:
    """Return the address of ``path`` with ``parameters``."""
    return f"{path}?{parameters.urlencode()}" if parameters else path


def tidy_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make the address of a page with a form short: without what the form left empty, with what two boxes say.

    A browser is redirected; htmx, which has the answer already, is told what to show as the address.
    """

    @functools.wraps(view)
    def tidied(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        parameters = without_empty(request.GET)
        htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
        if parameters.get(WHO) and parameters.get(HOW):
            who, how = parameters.pop(WHO)[-1], parameters.pop(HOW)[-1]
            parameters.appendlist("position", f"{who}:{how}")
            parameters.pop("page", None)
            return redirect(address(request.path, parameters))
        if not htmx and len(parameters) < len(request.GET):
            return redirect(address(request.path, parameters))
        response = view(request, *args, **kwargs)
        if htmx and not htmx.history_restore_request:
            for box in (WHO, HOW):
                parameters.pop(box, None)
            response["HX-Push-Url"] = address(request.path, parameters)
        return response

    return tidied
