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
    if found.roll_call and found.kind == RetiredAddress.Kind.MERGED:
        return redirect(address(reverse(to, args=[found.roll_call.slug]), request.GET), permanent=True)
    return render(request, "roll_calls/withdrawn.html", {"withdrawn": found}, status=HTTPStatus.GONE)


def file(request: HttpRequest, slug: str, form: str, to: str) -> HttpResponse:
    """Answer for a file of a vote that is not there, as ``page`` does, in words for programs."""
    found = _found(slug)
    if found is None:
        return problem(HTTPStatus.NOT_FOUND, _unknown(slug))
    if found.roll_call and found.kind == RetiredAddress.Kind.MERGED:
        return redirect(address(reverse(to, args=[found.roll_call.slug, form]), request.GET), permanent=True)
    said = _("The recorded vote “%(slug)s” was withdrawn on %(date)s: %(reason)s")
    detail = said % {"slug": found.slug, "date": found.at.date().isoformat(), "reason": found.reason}
    return problem(HTTPStatus.GONE, detail)


def _found(slug: str) -> RetiredAddress | None:
    """Return what became of the vote with this name."""
    return RetiredAddress.objects.shown().select_related("roll_call").filter(slug=slug.lower()).first()


def _unknown(slug: str) -> str:
    """Return that there is no such vote."""
    return _("There is no recorded vote “%(slug)s”.") % {"slug": slug}
