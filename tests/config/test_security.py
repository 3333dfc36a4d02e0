"""Content security policy, CSRF errors, security settings and cookie flags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client

from tests.config.processes import run_python

if TYPE_CHECKING:
    from pathlib import Path

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy(response) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/resolutions/A/RES/ES-11/7", 200),
        ("/nowhere/", 404),
        ("/admin/", 302),
        ("/admin/login/", 200),
        ("/admin/password_reset/", 200),
    ],
)
def test_public_pages_have_the_content_security_policy(client: Client, address: str, status: int):
    response = client.get(address)
    assert (response.status_code, policy(response)) == (status, POLICY)
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_admin_pages_have_the_content_security_policy(client: Client):
    client.force_login(User.objects.create_superuser("admin"))
    for address in ("/admin/", "/admin/votes/rollcall/", "/admin/votes/rollcall/add/", "/admin/codes/"):
        assert policy(client.get(address)) == POLICY


@pytest.mark.django_db
def test_stale_csrf_token_is_explained():
    visitor = Client(enforce_csrf_checks=True)
    answer = visitor.post("/admin/login/", {"username": "x", "password": "y"})
    page = BeautifulSoup(answer.content, "html.parser")
    assert (answer.status_code, policy(answer)) == (403, POLICY)
    assert page.h1
    assert page.h1.text == "This form is out of date"
    assert page.select("style, [style], script") == []


def read(**environment: str) -> dict[str, Any]:
    """Return settings as another process reads them with these variables."""
    names = [
        "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER", "SESSION_COOKIE_AGE", "REQUIRE_CODES",
        "AXES_FAILURE_LIMIT", "EMAIL_BACKEND", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "DEFAULT_FROM_EMAIL",
    ]  # fmt: skip
    code = (
        "import json; from config import settings as s; "
        f"print(json.dumps({{name: getattr(s, name, None) for name in {names}}}))"
    )
    done = run_python("-c", code, SECRET_KEY="x", **environment)
    return json.loads(done.stdout) if not done.returncode else {"error": done.stderr.splitlines()[-1]}


def test_variables_set_the_security_settings(tmp_path: Path):
    plain = read(PLENARY_HOME=str(tmp_path))
    assert plain == {
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SECURE_PROXY_SSL_HEADER": None,
        "SESSION_COOKIE_AGE": 12 * 3600,
        "REQUIRE_CODES": False,
        "AXES_FAILURE_LIMIT": 5,
        "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
        "EMAIL_PORT": 587,
        "EMAIL_USE_TLS": True,
        "EMAIL_USE_SSL": False,
        "DEFAULT_FROM_EMAIL": "Plenary <plenary@localhost>",
    }
    set_up = read(
        PLENARY_HOME=str(tmp_path), HTTPS="1", TRUSTED_PROXIES="1", SESSION_HOURS="8", REQUIRE_CODES="1",
        LOGIN_FAILURES="3", EMAIL_HOST="mail.example.org", EMAIL_SECURITY="tls", DEFAULT_FROM_EMAIL="a@example.org",
    )  # fmt: skip
    assert set_up == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SESSION_COOKIE_AGE": 8 * 3600,
        "REQUIRE_CODES": True,
        "AXES_FAILURE_LIMIT": 3,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_PORT": 465,
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": True,
        "DEFAULT_FROM_EMAIL": "a@example.org",
    }


def test_invalid_variable_is_named_in_the_error(tmp_path: Path):
    error = read(PLENARY_HOME=str(tmp_path), EMAIL_SECURITY="yes")["error"]
    assert error.endswith("EMAIL_SECURITY must be starttls, tls or none, not “yes”.")


@pytest.mark.django_db
def test_cookies_are_http_only_and_same_site(client: Client):
    User.objects.create_superuser("admin", password="correct horse battery")
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": "admin", "password": "correct horse battery"})
    flags = {name: (morsel["httponly"], morsel["samesite"]) for name, morsel in client.cookies.items()}
    assert flags == {"csrftoken": (True, "Lax"), "sessionid": (True, "Lax")}
