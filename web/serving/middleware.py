"""Small middlewares: the active language, HEAD without a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def with_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Activate the site's language if none is active.

    Every text, URL and number looks up the language; without an active one a page takes half as long again.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(translation.get_language())
        return get_response(request)

    return middleware


def without_body_for_head(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer HEAD with the headers of GET and no body; gunicorn complains about a body."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "HEAD" and not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response

    return middleware
