"""With PRODUCTION=1 unsafe settings are refused, each with one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.production import MAKE_A_KEY, check_production
from tests.config.processes import run_python

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PASSWORD = "hunter-two"

SAFE: dict[str, Any] = {
    "debug": False,
    "secret_key": KEY,
    "hosts": ["votes.example.org"],
    "https": True,
    "database": f"postgresql://plenary:{PASSWORD}@db/plenary",
    "proxies": "1",
}

VARIABLES = {
    "PRODUCTION": "1",
    "HTTPS": "1",
    "TRUSTED_PROXIES": "1",
    "ALLOWED_HOSTS": "votes.example.org,.example.net",
    "DATABASE_URL": f"postgresql://plenary:{PASSWORD}@127.0.0.1:1/plenary",
}

HOSTS = "ALLOWED_HOSTS must list host names only, separated by commas, not “{}”."
GUESSED = f"SECRET_KEY is too easy to guess: it needs at least 50 characters, 5 of them different; {MAKE_A_KEY}."


def errors_with(**changed: Any) -> list[str]:
    """Return what stands against starting, each without its beginning."""
    try:
        check_production(**SAFE | changed)
    except ImproperlyConfigured as error:
        return [line.removeprefix("PRODUCTION=1: ") for line in str(error).splitlines()]
    return []


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"debug": True}, "DEBUG must not be 1: error pages would show settings and source."),
        (
            {"secret_key": ""},
            f"SECRET_KEY must be set (or SECRET_KEY_FILE), the same for all processes; {MAKE_A_KEY}.",
        ),
        ({"secret_key": KEY[:49]}, GUESSED),
        ({"secret_key": "abcd" * 20}, GUESSED),
        ({"secret_key": f"django-insecure-{KEY}"}, GUESSED),
        ({"hosts": []}, "ALLOWED_HOSTS must be set to the host names of the site, such as votes.example.org."),
        ({"hosts": ["*"]}, HOSTS.format("*")),
        ({"hosts": ["votes.example.org", "https://example.org"]}, HOSTS.format("https://example.org")),
        ({"hosts": ["example.org:443"]}, HOSTS.format("example.org:443")),
        ({"hosts": ["*.example.org"]}, HOSTS.format("*.example.org")),
        ({"hosts": ["."]}, HOSTS.format(".")),
        ({"hosts": ["::1"]}, HOSTS.format("::1")),
        ({"https": False}, "HTTPS must be 1: cookies and passwords are sent over HTTPS only."),
        (
            {"database": ""},
            "DATABASE_URL must be set (or DATABASE_URL_FILE), to postgresql://user:password@host:5432/plenary.",
        ),
        (
            {"proxies": ""},
            (
                "TRUSTED_PROXIES must be set: 1 for one proxy that ends TLS and sets X-Forwarded-For and "
                "X-Forwarded-Proto (without it every page would redirect to itself for ever), 0 where gunicorn itself "
                "has the certificate."
            ),
        ),
    ],
)
def test_each_unsafe_setting_is_refused_with_one_line(changed: dict[str, Any], line: str):
    assert errors_with(**changed) == [line]


def test_all_errors_are_reported_at_once_without_secrets():
    lines = errors_with(secret_key=KEY[:20], hosts=["*"], https=False, debug=True, proxies="")
    assert [line.split()[0] for line in lines] == ["SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "HTTPS", "TRUSTED_PROXIES"]
    assert not [line for line in lines if KEY[:20] in line or PASSWORD in line]


@pytest.mark.parametrize(
    "hosts", [["votes.example.org", ".example.org"], ["192.0.2.1", "[2001:db8::1]"], ["localhost"]]
)
def test_safe_settings_are_accepted(hosts: list[str]):
    assert errors_with(hosts=hosts) == []
    assert errors_with(proxies="0") == []


def test_commands_and_server_print_only_the_error_lines(tmp_path: Path):
    errors = (
        "plenary: PRODUCTION=1: ALLOWED_HOSTS must list host names only, separated by commas, not “*”.\n"
        "plenary: PRODUCTION=1: HTTPS must be 1: cookies and passwords are sent over HTTPS only.\n"
    )
    wrong = {**VARIABLES, "SECRET_KEY": KEY, "ALLOWED_HOSTS": "*", "HTTPS": "", "PLENARY_HOME": str(tmp_path)}
    for command in (("manage.py", "check"), ("-c", "import config.wsgi")):
        done = run_python(*command, **wrong)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", errors)


READ = """
import json, io, sys
import django
from django.conf import settings as s
from django.core.management import call_command
django.setup()
err = io.StringIO()
call_command("check", deploy=True, fail_level="WARNING", stderr=err, stdout=err)
names = sys.argv[1:]
print(json.dumps([err.getvalue(), {name: getattr(s, name) for name in names}]))
"""


def test_deploy_check_of_django_passes_with_the_key_in_a_file(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text(f"{KEY}\n")
    expected: dict[str, Any] = {
        "SECRET_KEY": KEY,
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_REDIRECT_EXEMPT": ["^healthz$", "^readyz$", "^metrics$"],
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SILENCED_SYSTEM_CHECKS": ["security.W005", "security.W021"],
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        # What a browser asks of a name with that prefix.
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_PATH": "/",
        "CSRF_COOKIE_PATH": "/",
        "SESSION_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_DOMAIN": None,
        "CSRF_TRUSTED_ORIGINS": ["https://votes.example.org", "https://example.net", "https://*.example.net"],
    }
    done = run_python(
        "-c", READ, *expected,
        **VARIABLES, SECRET_KEY_FILE=str(secret), DJANGO_SETTINGS_MODULE="config.settings", PLENARY_HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report, values = json.loads(done.stdout)
    assert report == "System check identified no issues (2 silenced).\n"
    assert values == expected
