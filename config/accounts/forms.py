"""Forms of one-time codes and of password reset."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordResetForm
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _
from django_otp.forms import OTPTokenForm
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from django_otp.models import Device

MAIL_INTERVAL = 300
"""Seconds until another link for a new password is sent to the same address."""

CODE = {"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "spellcheck": "false"}


class CodeField(forms.CharField):
    """A code field that accepts spaces and capitals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=32, widget=forms.TextInput(attrs=CODE), **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the code without spaces, in small letters."""
        return "".join((super().to_python(value) or "").split()).lower()


class CodeForm(OTPTokenForm):  # type: ignore[misc]  # django-otp has no types
    """Asks for a code of the app or a backup code, told apart by their length."""

    otp_device = None
    otp_challenge = None
    otp_token = CodeField(
        label=_("One-time code"),
        help_text=_("Six digits from your authenticator app, or one of your backup codes."),
    )
    otp_error_messages = {
        **OTPTokenForm.otp_error_messages,
        "invalid_token": _("Wrong code. Each code works only once, so wait for the next one."),
        "device_required": _("Wrong code."),
    }

    def __init__(self, user: User, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        # Past the parent, which fills the list of devices that this form does not have.
        super(OTPTokenForm, self).__init__(*args, **kwargs)
        self.user = user

    def _chosen_device(self, user: User) -> Device | None:
        """Return the app or the sheet of backup codes, locked, or None."""
        model = TOTPDevice if len(self.cleaned_data.get("otp_token", "")) == 6 else StaticDevice
        return model.objects.devices_for_user(user, confirmed=True).select_for_update().first()


class FirstCodeForm(forms.Form):
    """Takes the first code of an app."""

    code = CodeField(label=_("Code from the app"), help_text=_("The six digits that the app shows now."))


class PasswordForm(forms.Form):
    """Asks for the password again. Wrong ones count as failed logins."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if authenticate(self.request, username=self.request.user.get_username(), password=password) is None:
            raise forms.ValidationError(_("Wrong password."))
        return password


class MailForm(PasswordResetForm):
    """Asks where to send a link for a new password, and sends it after the answer.

    Sending in the background keeps response times from revealing who has an account; repeated requests send no further
    mail.
    """

    def send_mail(self, *arguments: Any, **named: Any) -> None:
        """Send a mail in a thread of its own, unless one was just sent to that address."""
        _subject, _body, _context, _sender, to, *_html = arguments
        key = hashlib.sha256(to.lower().encode()).hexdigest()
        if caches["throttle"].add(f"reset-{key}", 1, MAIL_INTERVAL):
            in_background(super().send_mail, *arguments, **named)


def in_background(function: Callable[..., None], *arguments: Any, **named: Any) -> None:
    """Call a function in a thread of its own, which ends with the process. Django logs a mail that cannot be sent."""
    threading.Thread(target=function, args=arguments, kwargs=named, daemon=True).start()
