"""Retired addresses of recorded votes: 410 with the reason for withdrawn ones, redirects for merged ones."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse

from votes.models import RetiredAddress
from web.lists.not_found import missing_roll_call, no_roll_call
from web.serving.parameters import address
from web.serving.problems import problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record


def page(request: HttpRequest, slug: str, to: str, record: Record) -> HttpResponse:
    """Answer for a page of a vote that is not there; ``to`` names the same page of another one.

    Raises NotInRecordError where there has never been one.
    """
    found = _found(slug)
    if found is None:
        raise missing_roll_call(slug, record)
    if kept := found.leads_to:
        return redirect(address(reverse(to, args=[kept]), request.GET), permanent=True)
    return render(request, "roll_calls/withdrawn.html", {"withdrawn": found}, status=HTTPStatus.GONE)


def file(request: HttpRequest, slug: str, form: str, to: str) -> HttpResponse:
    """Answer for a file of a vote that is not there, as ``page`` does, in words for programs.

    ``form`` is empty where the address ``to`` takes the slug alone.
    """
    found = _found(slug)
    if found is None:
        return problem(HTTPStatus.NOT_FOUND, no_roll_call(slug))
    if kept := found.leads_to:
        return redirect(address(reverse(to, args=[kept, form] if form else [kept]), request.GET), permanent=True)
    return problem(HTTPStatus.GONE, found.notice)


def _found(slug: str) -> RetiredAddress | None:
    """Return what became of the vote with this name."""
    return RetiredAddress.objects.shown().filter(slug=slug.lower()).first()
