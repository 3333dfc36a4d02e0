"""The form of an error report, and the page that thanks for it.

The form sets no cookie: a reader has no session, so a forged request could do nothing that its sender could not do
directly. Requests that a browser sends from another site are refused, since they would be counted for the reader.

The views declare no parameters, since the values of those are logged: a page's address may have search words.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from votes.editing.error_reports import report_error
from web.pages.report.forms import ReportForm, page_in, roll_call_on
from web.serving.limits import HOUR, has_sent_too_many
from web.serving.parameters import never_cached

if TYPE_CHECKING:
    from votes.models import RollCall

SIGNER = Signer(salt="error-report")
"""Signs the number of a report, so that no address thanks for one that was never sent."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cached
def report(request: HttpRequest) -> HttpResponse:
    """Show the form, or store what a reader sent; ``?page=PATH`` names the page with the error."""
    if request.method != "POST":
        page = named_page(request)
        return _form(request, ReportForm(request, initial={"page": page}), page)
    form = ReportForm(request, request.POST)
    is_valid, status = form.is_valid(), HTTPStatus.OK
    if is_from_elsewhere(request):
        status = HTTPStatus.FORBIDDEN
        form.add_error(
            None, _("This form was sent from another site. Check what it says, then send it from this page.")
        )
    elif is_valid and has_sent_too_many(request, "reports", settings.REPORTS_AN_HOUR):
        status = HTTPStatus.TOO_MANY_REQUESTS
        minutes = ceil((HOUR - time.time() % HOUR) / 60)
        message = ngettext(
            "Too many reports from your network. What you wrote is still here: send it again in %(minutes)d minute.",
            "Too many reports from your network. What you wrote is still here: send it again in %(minutes)d minutes.",
            minutes,
        )
        form.add_error(None, message % {"minutes": minutes})
    page = form.cleaned_data.get("page", "")
    if not form.is_valid():
        return _form(request, form, page, status)
    facts = {name: form.cleaned_data[name] for name in ("wrong", "right", "document", "email")}
    stored = report_error(page=page, roll_call=roll_call_on(page), **facts)
    answer = {"report": SIGNER.sign(str(stored.pk)), "page": page}
    return redirect(f"{reverse('web:report_thanks')}?{urlencode(answer)}")


@require_safe
@never_cached
def thanks(request: HttpRequest) -> HttpResponse:
    """Say under which number a report was received."""
    try:
        number = int(SIGNER.unsign(request.GET.get("report", "")))
    except BadSignature:
        raise Http404(_("There is no report at this address.")) from None
    context = {"number": number, "page": named_page(request), "answers": bool(settings.EMAIL_HOST)}
    return _private(render(request, "report/thanks.html", context))


def named_page(request: HttpRequest) -> str:
    """Return the page that the query names, or else the page of this site that the reader comes from, or nothing."""
    own = reverse("web:report")
    for address in (request.GET.get("page", ""), request.headers.get("Referer", "")):
        try:
            page = page_in(address, request) if address else ""
        except ValidationError:
            continue
        if page and not page.startswith(own):
            return page
    return ""


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Tell whether a browser says that another site's page sent the request."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc.lower() != request.get_host().lower()


def _form(request: HttpRequest, form: ReportForm, page: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Return the page with the form; of a vote it names what was voted on."""
    roll_call: RollCall | None = roll_call_on(page) if page else None
    context = {"form": form, "roll_call": roll_call, "answers": bool(settings.EMAIL_HOST)}
    return _private(render(request, "report/form.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep a page out of caches and search engines."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
