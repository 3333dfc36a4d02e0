"""The pages that explain the site, each a document of ``docs/``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.views.decorators.http import require_safe

from web.discovery.head import origin_of
from web.pages.guides.documents import SITE, address, document


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a document."""
    site = origin_of(request) + get_script_prefix().rstrip("/")
    context = {"document": document(name), "address": address, "example_site": SITE, "site": site}
    return render(request, "guides/page.html", context)
