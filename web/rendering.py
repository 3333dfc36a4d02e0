"""Rendering a page, or the part of it that a filter changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def render_page_or_part(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """Return the whole ``page``, or to htmx only the ``part`` that it puts into the page already there.

    htmx asks for a whole page when it restores one from history.
    """
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    response = render(request, part if htmx and not htmx.history_restore_request else page, context)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
