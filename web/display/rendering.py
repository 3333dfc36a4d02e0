"""Rendering of whole pages and of htmx fragments."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from votes.record.record import CACHED_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record


def render_page_or_part(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """Render ``page``, or only the fragment ``part`` for htmx.

    htmx requests the whole page when it restores one from history.
    """
    is_part = wants_part(request)
    response = render(request, part if is_part else page, {**context, "is_part": is_part})
    return varied(response)


def wants_part(request: HttpRequest) -> bool:
    """Tell whether htmx requests a fragment."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    return bool(htmx) and not htmx.history_restore_request


def varied(response: HttpResponse) -> HttpResponse:
    """Add the Vary header for htmx to a response."""
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


@lru_cache(maxsize=CACHED_VERSIONS)
def parties(record: Record) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the blocs and member states for select fields, as (slug or code, name)."""
    return {
        "blocs": tuple((bloc.slug, bloc.short_name) for bloc in record.blocs_by_name),
        "states": tuple((state.code, state.name) for state in record.states_by_name),
    }
