"""Sessions and passwords by the advice of OWASP: lifetimes, hashing, and no account enumeration."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from django.conf import global_settings
from django.conf import settings as project
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hashers
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client

from config.accounts import sessions
from tests.config.accounts.conftest import PASSWORD
from tests.config.accounts.pages import LOGIN, is_logged_in, log_in, soup, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.hashers import BasePasswordHasher

HOUR = 3600


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a clock that stands until a test moves it."""
    now = [1_700_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.fixture
def editor(client: Client, account: Callable[..., User], clock: list[float]) -> Client:
    account(is_superuser=True)
    log_in(client)
    return client


def test_session_ends_after_an_idle_hour(editor: Client, clock: list[float]):
    clock[0] += HOUR
    assert is_logged_in(editor)
    clock[0] += HOUR + 1
    response = editor.get("/admin/votes/rollcall/add/")
    assert response["Location"] == "/admin/login/?next=/admin/votes/rollcall/add/"
    assert Session.objects.count() == 0


def test_session_ends_after_twelve_hours_of_use(editor: Client, clock: list[float]):
    for _ in range(12):
        clock[0] += HOUR
        assert is_logged_in(editor)
    clock[0] += 1
    assert not is_logged_in(editor)


def test_public_pages_do_not_extend_the_session(editor: Client, clock: list[float]):
    clock[0] += HOUR - 1
    editor.get("/about/")
    clock[0] += 2
    assert not is_logged_in(editor)


def test_session_of_the_previous_release_is_kept(editor: Client, clock: list[float]):
    session = editor.session
    for name in (sessions.BEGAN, sessions.SEEN):
        del session[name]
    session.save()
    assert is_logged_in(editor)
    assert editor.session[sessions.BEGAN] == clock[0]
    clock[0] += HOUR + 1
    assert not is_logged_in(editor)


def test_clock_set_back_does_not_end_sessions(editor: Client, clock: list[float]):
    clock[0] -= 24 * HOUR
    assert is_logged_in(editor)


def test_session_is_not_saved_on_every_request(editor: Client, clock: list[float]):
    before = editor.session[sessions.SEEN]
    clock[0] += 59
    assert is_logged_in(editor)
    assert editor.session[sessions.SEEN] == before
    clock[0] += 2
    assert is_logged_in(editor)
    assert editor.session[sessions.SEEN] == before + 61


def test_logging_in_makes_a_new_session_and_a_new_token(account: Callable[..., User]):
    account()
    visitor = Client(enforce_csrf_checks=True)
    form = soup(visitor.get(LOGIN))
    token = form.select_one("input[name=csrfmiddlewaretoken]")["value"]  # type: ignore[index]  # it is there
    # A session that somebody else knows, put into the browser beforehand.
    planted = Client().session
    planted["x"] = 1
    planted.save()
    visitor.cookies[project.SESSION_COOKIE_NAME] = str(planted.session_key)
    before = visitor.cookies[project.CSRF_COOKIE_NAME].value

    visitor.post(LOGIN, {"username": "ana", "password": PASSWORD, "csrfmiddlewaretoken": token})

    assert is_logged_in(visitor)
    assert visitor.cookies[project.SESSION_COOKIE_NAME].value != str(planted.session_key)
    assert visitor.cookies[project.CSRF_COOKIE_NAME].value != before
    thief = Client()
    thief.cookies[project.SESSION_COOKIE_NAME] = str(planted.session_key)
    assert not is_logged_in(thief)


def test_logging_out_ends_the_session_on_the_server(editor: Client):
    stolen = editor.cookies[project.SESSION_COOKIE_NAME].value
    assert editor.get("/admin/logout/").status_code == 405  # a link elsewhere logs nobody out
    editor.post("/admin/logout/")
    thief = Client()
    thief.cookies[project.SESSION_COOKIE_NAME] = stolen
    assert not is_logged_in(thief)
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_session_is_stored_on_the_server_under_a_long_key():
    assert project.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert not project.SESSION_SAVE_EVERY_REQUEST
    assert len(str(Client().session.session_key)) == 32  # of 36 signs: 165 bits


def test_passwords_are_hashed_as_slowly_as_owasp_advises():
    # OWASP Password Storage Cheat Sheet: PBKDF2-HMAC-SHA256 with 600,000 iterations.
    assert global_settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert PBKDF2PasswordHasher.algorithm == "pbkdf2_sha256"
    assert PBKDF2PasswordHasher.iterations == 1_000_000


@pytest.mark.parametrize("password", ["a" * 5 + " staple for 2 horses", "Ελληνικά γράμματα 12", "correct horse " * 10])
def test_long_passwords_with_any_characters_are_accepted(account: Callable[..., User], password: str):
    account().set_password(password)
    validate_password(password)
    user = User.objects.get()
    user.set_password(password)
    user.save()
    assert log_in(Client(), password=password).status_code == 302
    assert words(log_in(Client(), password=password[:-1]), ".errornote") != []


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("k4!Zq9#vT2", ["password_too_short"]),
        ("administrator", ["password_too_common"]),
        ("ana@example.org", ["password_too_similar"]),
    ],
)
def test_short_common_and_personal_passwords_are_refused(account: Callable[..., User], password: str, codes: list[str]):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, account())
    assert [error.code for error in refused.value.error_list] == codes


def test_unknown_name_costs_the_same_hashing_and_gets_the_same_response(
    account: Callable[..., User], monkeypatch: pytest.MonkeyPatch
):
    account()
    account("gone", is_active=False)
    hashed: list[str] = []
    kind = type(get_hashers()[0])
    encode = kind.encode

    def counted(self: BasePasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(kind, "encode", counted)
    answers = {}
    for name in ("ana", "nobody", "gone"):
        hashed.clear()
        said = words(log_in(Client(), name, "wrong"), ".errornote")
        answers[name] = (said, list(hashed))
    assert answers["ana"] == answers["nobody"] == answers["gone"]
    assert answers["ana"][1] == ["wrong"]
    # And a name that nobody has must wait after as many failures.
    statuses = [log_in(Client(), "nobody", "wrong").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https:evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "https://testserver@evil.example/", "\thttps://evil.example", "/%0d%0aSet-Cookie:x=1/..//evil.example\r\nX: y",
     "ftp://testserver/", "http:///evil.example"],
)  # fmt: skip
def test_login_never_redirects_to_another_site(account: Callable[..., User], target: str):
    account()
    visitor = Client()
    location = log_in(visitor, to=target)["Location"]
    assert location.startswith("/admin/") or (location.startswith("/%0d%0a") and "\r" not in location)
    # Nor does the way back to the login.
    visitor.post("/admin/logout/")
    left = Client().get("/admin/", query_params={"next": target})
    assert left["Location"].startswith("/admin/login/?next=/admin/")


def test_admin_responses_are_never_cacheable(editor: Client, settings):
    settings.EMAIL_HOST = "mail.example.org"
    addresses = ["/admin/", "/admin/codes/", "/admin/votes/rollcall/", "/admin/votes/rollcall/add/", "/admin/nowhere/",
                 "/admin/jsi18n/", "/admin/password_reset/", "/admin/password_reset/done/",
                 "/admin/password_reset/x/y/", "/admin/password_reset/complete/"]  # fmt: skip
    cacheable = [address for address in addresses if "no-store" not in editor.get(address).headers["Cache-Control"]]
    cacheable += [address for address in addresses if "no-store" not in Client().get(address).headers["Cache-Control"]]
    assert cacheable == []
