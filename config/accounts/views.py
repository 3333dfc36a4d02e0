"""Views of an account: one-time codes, password reset by mail, and the lockout after failed logins."""

from __future__ import annotations

from base64 import b32encode
from io import BytesIO
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import qrcode
from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import views as auth
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django_otp import login as verify_session
from django_otp.views import LoginView
from qrcode.image.svg import SvgPathFillImage

from config.accounts import codes
from config.accounts.forms import CodeForm, FirstCodeForm, MailForm, PasswordForm

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.utils.safestring import SafeString


class CodeView(LoginView):  # type: ignore[misc]  # django-otp has no types
    """Asks for the code, after the password and before the admin opens."""

    otp_token_form = CodeForm
    template_name = "admin/accounts/code.html"


def codes_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the status of one-time codes; set them up, make new backup codes, or remove them."""
    user: Any = request.user
    first, password = FirstCodeForm(), PasswordForm(request)
    backup_codes: list[str] = []
    if "_begin" in request.POST:
        codes.start_setup(user=user)
        return HttpResponseRedirect(request.get_full_path())
    if "_confirm" in request.POST:
        first = FirstCodeForm(request.POST)
        if first.is_valid():
            confirmed = codes.confirm_setup(user=user, code=first.cleaned_data["code"])
            if confirmed is None:
                first.add_error(
                    "code", _("Wrong code. Wait for the next one, and check that the clock of your device is right.")
                )
            else:
                app, backup_codes = confirmed
                verify_session(request, app)
    if "_renew" in request.POST or "_remove" in request.POST:
        password = PasswordForm(request, request.POST)
        if password.is_valid() and "_renew" in request.POST and codes.confirmed_device(user):
            backup_codes = codes.renew_backup_codes(user=user)
            # The sheet that this session may have been opened with is gone.
            verify_session(request, codes.confirmed_device(user))
        elif password.is_valid() and codes.remove(user=user):
            messages.success(request, _("One-time codes are now off for your account."))
            return HttpResponseRedirect(reverse("admin:codes"))
    app, pending = codes.confirmed_device(user), codes.pending_device(user)
    context = {
        **site.each_context(request),
        "title": _("One-time codes"),
        "app": app,
        "pending": pending,
        "picture": qr_code(pending.config_url) if pending else "",
        "key": " ".join(wrap(b32encode(pending.bin_key).decode(), 4)) if pending else "",
        "left": codes.backup_codes_left(user),
        "backup_codes": backup_codes,
        "first": first,
        "password": password,
        "required": codes.is_required(user),
        "onward": next_url(request),
    }
    return TemplateResponse(request, "admin/accounts/codes.html", context)


def next_url(request: HttpRequest) -> str:
    """Return the page that was asked for before codes had to be set up, or the front page of the admin."""
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if own else reverse("admin:index")


def qr_code(text: str) -> SafeString:
    """Return the QR code of ``text`` as an SVG element, drawn locally so that the key is not sent to a third party."""
    drawn = BytesIO()
    qrcode.make(text, image_factory=SvgPathFillImage).save(drawn)
    _declaration, svg = drawn.getvalue().decode().split("\n", 1)
    return mark_safe(svg)  # noqa: S308  # squares and numbers only


class PasswordResetView(auth.PasswordResetView):
    """Sends a link for a new password, or says that no mail can be sent."""

    form_class = MailForm
    extra_email_context = {"site_name": "Plenary"}  # Signs the mail; Django would sign it with the host name.

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show a page that says so where the site sends no mail."""
        if settings.EMAIL_HOST:
            return super().dispatch(request, *args, **kwargs)
        context = {**admin_names(), "title": _("Password reset")}
        return TemplateResponse(request, "registration/password_reset_without_mail.html", context)


def admin_names() -> dict[str, Any]:
    """Return the admin's site name and title for pages outside the admin site."""
    return {"site_header": admin.site.site_header, "site_title": admin.site.site_title, "site_url": "/"}


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Say how long to wait after too many failed logins."""
    wait = get_cool_off(request)
    assert wait is not None
    seconds = ceil(wait.total_seconds())
    context = {**admin_names(), "title": _("Too many failed logins"), "minutes": ceil(seconds / 60)}
    page = render(request, "admin/accounts/locked_out.html", context, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page
