"""What holds for every request before anything else looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.views import health

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

FOR_MACHINES = {"/healthz": health.alive, "/readyz": health.ready}
"""What is asked from within, by whatever name or number the process has there."""


def for_machines(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer what watches the process before anybody looks at the host's name, at https or at a session."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return FOR_MACHINES.get(request.path_info, get_response)(request)

    return middleware
