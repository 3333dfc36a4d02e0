"""Addresses of recorded votes that are no longer there: withdrawn ones say why, merged ones lead on."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from votes.models import RetiredAddress
from web.parameters import address
from web.problems import problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def page(request: HttpRequest, slug: str, to: str) -> HttpResponse:
    """Answer for a page of a vote that is not there; ``to`` names the same page of another one.

    Raises Http404 where there has never been one.
    """
    found = _found(slug)
    if found is None:
        raise Http404(_unknown(slug))
    if kept := found.leads_to:
        return redirect(address(reverse(to, args=[kept]), request.GET), permanent=True)
    return render(request, "roll_calls/withdrawn.html", {"withdrawn": found}, status=HTTPStatus.GONE)


def file(request: HttpRequest, slug: str, form: str, to: str) -> HttpResponse:
    """Answer for a file of a vote that is not there, as ``page`` does, in words for programs.

    ``form`` is empty where the address ``to`` takes the slug alone.
    """
    found = _found(slug)
    if found is None:
        return problem(HTTPStatus.NOT_FOUND, _unknown(slug))
    if kept := found.leads_to:
        return redirect(address(reverse(to, args=[kept, form] if form else [kept]), request.GET), permanent=True)
    return problem(HTTPStatus.GONE, found.notice)


def _found(slug: str) -> RetiredAddress | None:
    """Return what became of the vote with this name."""
    return RetiredAddress.objects.shown().filter(slug=slug.lower()).first()


def _unknown(slug: str) -> str:
    """Return that there is no such vote."""
    return _("There is no recorded vote “%(slug)s”.") % {"slug": slug}
