"""Rendering a page, or the part of it that a filter changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from votes.models import Bloc, MemberState

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def render_page_or_part(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """Return the whole ``page``, or to htmx only the ``part`` that it puts into the page already there.

    htmx asks for a whole page when it restores one from history.
    """
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    is_part = bool(htmx) and not htmx.history_restore_request
    response = render(request, part if is_part else page, {**context, "is_part": is_part})
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def parties() -> dict[str, Any]:
    """Return the blocs and member states to pick from, by slug or code and name: two queries, made where shown."""
    return {
        "blocs": Bloc.objects.order_by("short_name").values_list("slug", "short_name"),
        "states": MemberState.objects.values_list("code", "name"),
    }
