"""Suggestions of the search box."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from votes.record.record import reading
from web.display.rendering import varied, wants_part
from web.lists.search import index_of
from web.serving.parameters import address, reads, without_empty


@reads("q")
def suggestions(request: HttpRequest) -> HttpResponse:
    """Return suggestions for ``?q=`` to htmx; redirect other requests to the search."""
    if wants_part(request):
        with reading() as record:
            groups = index_of(record).suggestions(request.GET.get("q", ""))
        number = sum(len(matches) for _group, matches in groups)
        return varied(render(request, "search/suggestions.html", {"groups": groups, "number": number}))
    return varied(redirect(address(reverse("web:resolutions"), without_empty(request.GET))))
