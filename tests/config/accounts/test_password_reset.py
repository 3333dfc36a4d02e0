"""Password reset by mail."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client

from config.accounts import forms
from tests.config.accounts.pages import LOGIN, is_logged_in, log_in, set_up, soup, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User

RESET = "/admin/password_reset/"
NEW = "a staple for the horse"


@pytest.fixture
def with_mail(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let mail be set up; the tests' own outbox receives it, before the answer."""
    caches["throttle"].clear()
    monkeypatch.setattr(forms, "in_background", lambda do, *given, **named: do(*given, **named))
    settings.EMAIL_HOST = "mail.example.org"
    settings.DEFAULT_FROM_EMAIL = "plenary@example.org"


def link_in(message: mail.EmailMessage) -> str:
    (path,) = re.findall(r"http://testserver(/admin/password_reset/\S+)", str(message.body))
    return str(path)


@pytest.mark.usefixtures("with_mail")
def test_mailed_link_sets_a_new_password(client: Client, account: Callable[..., User]):
    account()
    (link,) = soup(client.get(LOGIN)).select(".password-reset-link a")
    assert link["href"] == RESET
    assert words(client.get(RESET), "#site-name") == ["Plenary"]

    sent = client.post(RESET, {"email": "ana@example.org"})

    assert sent["Location"] == f"{RESET}done/"
    assert words(client.get(sent["Location"]), "h1") == ["Password reset sent"]
    (message,) = mail.outbox
    assert (message.to, message.from_email) == (["ana@example.org"], "plenary@example.org")
    assert message.subject == "Password reset on Plenary"
    assert str(message.body).strip().endswith("The Plenary team")
    form = client.get(link_in(message))["Location"]
    assert "set-password" in form  # the token is not in the address of the page, nor in what that refers to
    done = client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert done["Location"] == f"{RESET}complete/"
    assert words(client.get(done["Location"]), "#site-name") == ["Plenary"]
    assert not is_logged_in(client)
    log_in(client, password=NEW)
    assert is_logged_in(client)

    again = Client().get(link_in(message))
    assert words(again, "h1") == ["Password reset unsuccessful"]  # a link is good once


@pytest.mark.usefixtures("with_mail")
def test_a_weak_password_is_refused(client: Client, account: Callable[..., User]):
    account()
    client.post(RESET, {"email": "ana@example.org"})
    form = client.get(link_in(mail.outbox[0]))["Location"]
    refused = client.post(form, {"new_password1": "horse", "new_password2": "horse"})
    assert words(refused, ".errorlist") == [
        "This password is too short. It must contain at least 12 characters.This password is too common."
    ]


@pytest.mark.usefixtures("with_mail")
def test_reset_page_does_not_reveal_who_has_an_account(client: Client, account: Callable[..., User]):
    account()
    known, unknown = (client.post(RESET, {"email": f"{name}@example.org"}) for name in ("ana", "nobody"))
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("with_mail")
def test_new_password_does_not_replace_the_one_time_code(client: Client, account: Callable[..., User]):
    account()
    log_in(client)
    set_up(client)
    visitor = Client()
    visitor.post(RESET, {"email": "ana@example.org"})
    form = visitor.get(link_in(mail.outbox[0]))["Location"]
    visitor.post(form, {"new_password1": NEW, "new_password2": NEW})
    log_in(visitor, password=NEW)
    assert not is_logged_in(visitor)
    assert not is_logged_in(client)  # and what was open with the old password is closed


@pytest.mark.parametrize("method", ["get", "post"])
def test_reset_page_without_mail_says_to_ask_an_administrator(
    client: Client, account: Callable[..., User], settings, method: str
):
    settings.EMAIL_HOST = ""
    account()
    answer = getattr(client, method)(RESET, {"email": "ana@example.org"})
    assert words(answer, "#content p") == [
        (
            "This site does not send e-mail, so you cannot reset your password here. Ask an administrator "
            "to set a new one."
        )
    ]
    assert soup(answer).select("#content form") == []
    assert mail.outbox == []


@pytest.mark.usefixtures("with_mail")
def test_repeated_reset_requests_send_one_mail(client: Client, account: Callable[..., User], monkeypatch):
    account()
    account("bo")
    answers = [client.post(RESET, {"email": email}) for email in ("ana@example.org", "ANA@EXAMPLE.ORG")]
    client.post(RESET, {"email": "bo@example.org"})
    assert [answer["Location"] for answer in answers] == [f"{RESET}done/"] * 2
    assert [message.to for message in mail.outbox] == [["ana@example.org"], ["bo@example.org"]]
    caches["throttle"].clear()  # what five minutes do
    client.post(RESET, {"email": "ana@example.org"})
    assert len(mail.outbox) == 3


def test_reset_mail_is_sent_in_a_background_thread(client: Client, account: Callable[..., User], settings, monkeypatch):
    settings.EMAIL_HOST = "mail.example.org"
    caches["throttle"].clear()
    account()
    begun: list[object] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: begun.append(thread.daemon))
    client.post(RESET, {"email": "ana@example.org"})
    assert begun == [True]
    assert mail.outbox == []


@pytest.mark.usefixtures("with_mail")
def test_reset_link_uses_only_an_allowed_host(client: Client, account: Callable[..., User]):
    account()
    forged = client.post(RESET, {"email": "ana@example.org"}, headers={"Host": "evil.example"})
    assert (forged.status_code, mail.outbox) == (400, [])
    client.post(RESET, {"email": "ana@example.org"}, headers={"X-Forwarded-Host": "evil.example"})
    assert "http://testserver/admin/password_reset/" in str(mail.outbox[0].body)
