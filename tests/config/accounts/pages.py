"""The forms of logging in, filled in by a test's browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.config.accounts.conftest import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

LOGIN = "/admin/login/"
CODES = "/admin/codes/"


def soup(response: Any, status: int = 200) -> BeautifulSoup:
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def words(response: Any, selector: str, status: int = 200) -> list[str]:
    """Return the words of each element that ``selector`` finds."""
    return [" ".join(tag.text.split()) for tag in soup(response, status).select(selector)]


def log_in(client: Client, name: str = "ana", password: str = PASSWORD, *, to: str = "/admin/", **headers: str) -> Any:
    data = {"username": name, "password": password, "next": to}
    return client.post(LOGIN, data, **headers)  # type: ignore[arg-type]  # REMOTE_ADDR and the like


def code_of(name: str = "ana") -> str:
    """Return the code that the app of the account shows now, as if none had been used and none been wrong yet."""
    apps = TOTPDevice.objects.filter(user__username=name)
    apps.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    app = apps.get()
    return f"{TOTP(app.bin_key, app.step, app.t0, app.digits, app.drift).token():06d}"


def wrong_code(code: str) -> str:
    """Return a code of as many digits that no app shows within some minutes."""
    return f"{(int(code) + 500_000) % 1_000_000:06d}"


def set_up(client: Client, name: str = "ana") -> list[str]:
    """Set up one-time codes on the page of the account; return the backup codes."""
    client.post(CODES, {"_begin": "1"})
    return words(client.post(CODES, {"_confirm": "1", "code": code_of(name)}), ".accounts-backup code")


def is_logged_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200
