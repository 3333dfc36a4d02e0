"""The admin site: Django's, with a one-time code after the password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from config.accounts.codes import Step, next_step
from config.accounts.views import CodeView, codes_view

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AdminSite(admin.AdminSite):
    """Asks for a one-time code after the password, of those who have set one up."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the admin is open: to staff who have done what their account asks for."""
        return super().has_permission(request) and next_step(request.user) is Step.NONE

    def get_urls(self) -> list[Any]:
        from config.status import status  # noqa: PLC0415  # models are not there yet when the site is made

        own = [path("codes/", self.codes, name="codes"), path("status/", self.admin_view(status), name="status")]
        return [*own, *super().get_urls()]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask for the password, then for a one-time code or to set one up, as the account has it."""
        step = next_step(request.user) if super().has_permission(request) else Step.NONE
        if step is not Step.NONE and "_leave" in request.POST:
            # The usual address of logging out serves those alone who are in.
            logout(request)
            return redirect_to_login(request.POST.get(REDIRECT_FIELD_NAME, ""), reverse("admin:login"))
        if step is Step.SET_UP:
            return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME, ""), reverse("admin:codes"))
        if step is Step.ENTER_CODE:
            context = {**self.each_context(request), "title": _("One-time code"), **(extra_context or {})}
            response: HttpResponse = CodeView.as_view(extra_context=context)(request)
            return response
        return super().login(request, extra_context)

    @method_decorator(never_cache)
    def codes(self, request: HttpRequest) -> HttpResponse:
        """Show an account its one-time codes: to staff, and not before a code was given where codes are set up."""
        if not super().has_permission(request) or next_step(request.user) is Step.ENTER_CODE:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return codes_view(request, self)
