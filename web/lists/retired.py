"""Retired addresses of recorded votes and texts: 410 with the reason for what is gone, redirects for merged votes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse

from resolutions.models import RetiredText
from votes.models import RetiredAddress
from web.lists.not_found import missing_roll_call, no_roll_call
from web.serving.parameters import address
from web.serving.problems import problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record


def page(request: HttpRequest, slug: str, to: str, record: Record) -> HttpResponse:
    """Return 410 for a withdrawn vote, or a redirect for a merged one to the URL name ``to``.

    Raises NotInRecordError for an address that never existed.
    """
    retired = _found(slug)
    if retired is None:
        raise missing_roll_call(slug, record)
    if kept := retired.leads_to:
        return redirect(address(reverse(to, args=[kept]), request.GET), permanent=True)
    context = {"withdrawn": retired, "name": retired.slug, "is_text": False}
    return render(request, "roll_calls/withdrawn.html", context, status=HTTPStatus.GONE)


def text(request: HttpRequest, symbol: str) -> HttpResponse | None:
    """Return 410 for a text that was public and is gone, in any spelling of its symbol; None if there was none."""
    gone = RetiredText.objects.with_symbol(symbol)
    if gone is None:
        return None
    context = {"withdrawn": gone, "name": gone.symbol, "is_text": True}
    return render(request, "roll_calls/withdrawn.html", context, status=HTTPStatus.GONE)


def file(request: HttpRequest, slug: str, form: str, to: str) -> HttpResponse:
    """Do the same as ``page`` for files, with problem documents.

    ``form`` is empty if the URL ``to`` takes only the slug.
    """
    retired = _found(slug)
    if retired is None:
        return problem(HTTPStatus.NOT_FOUND, no_roll_call(slug))
    if kept := retired.leads_to:
        return redirect(address(reverse(to, args=[kept, form] if form else [kept]), request.GET), permanent=True)
    return problem(HTTPStatus.GONE, retired.notice)


def _found(slug: str) -> RetiredAddress | None:
    """Return the retired address of this slug, if any."""
    return RetiredAddress.objects.shown().filter(slug=slug.lower()).first()
