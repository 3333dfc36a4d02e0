"""All addresses, and an empty view: what Django, its middleware and gunicorn cost by themselves."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler404
from config.urls import urlpatterns as pages

__all__ = ["handler404", "urlpatterns"]


def empty(request: HttpRequest) -> HttpResponse:
    """Answer nothing."""
    return HttpResponse()


urlpatterns = [path("benchmark/empty", empty), *pages]
