"""Well-known files for crawlers: sitemap, robots.txt, favicon and llms.txt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sitemaps import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from votes.exporting.papers import citation
from votes.exporting.tables import TABLES
from votes.models import Source
from votes.record.record import reading
from votes.reports.coverage import coverage
from web.discovery.head import origin_of, version_of
from web.discovery.sitemap import sections
from web.serving.etags import tag_of, unchanged
from web.serving.parameters import never_cached
from web.serving.problems import takes_no_parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from votes.record.record import Record


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Return the sitemap index."""
    with reading() as record:
        return _unless_known(
            request,
            record,
            lambda: views.index(request, sections(record, version_of(record)), sitemap_url_name="web:sitemap_section"),
        )


@require_safe
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """Return a section of the sitemap."""
    with reading() as record:
        return _unless_known(
            request, record, lambda: views.sitemap(request, sections(record, version_of(record)), section=section)
        )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Return robots.txt."""
    return render(
        request, "machines/robots.txt", {"origin": origin_of(request)}, content_type="text/plain; charset=utf-8"
    )


@never_cached
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Redirect /favicon.ico to the icon."""
    return redirect(static("plenary/icon.svg"))


@require_safe
@takes_no_parameters
def llms(request: HttpRequest) -> HttpResponse:
    """Return llms.txt: the data and how to get it, as plain text."""
    with reading() as record:
        origin = origin_of(request)

        def written() -> HttpResponse:
            version = version_of(record)
            context = {
                "origin": origin,
                "version": version,
                "coverage": coverage(),
                "tables": TABLES.values(),
                "topics": record.topics,
                "cite": citation(version, f"{origin}/data/").text,
                "sources": Source.objects.named().order_by("precedence"),
            }
            return render(request, "machines/llms.txt", context, content_type="text/plain; charset=utf-8")

        return _unless_known(request, record, written)


def _unless_known(request: HttpRequest, record: Record, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the response with its ETag, or 304."""
    tag = tag_of(record.version, request.build_absolute_uri())
    if known := unchanged(request, {"ETag": tag}):
        return known
    response = answer()
    if hasattr(response, "render"):
        response.render()
    response.headers["ETag"] = tag
    return response
