"""A new password by mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client

from tests.config.accounts.pages import LOGIN, is_in, log_in, set_up, soup, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User

RESET = "/admin/password_reset/"
NEW = "a staple for the horse"


@pytest.fixture
def with_mail(settings) -> None:
    """Let mail be set up; the tests' own outbox receives it."""
    settings.EMAIL_HOST = "mail.example.org"
    settings.DEFAULT_FROM_EMAIL = "plenary@example.org"


@pytest.mark.usefixtures("with_mail")
def test_a_link_by_mail_sets_a_new_password(client: Client, account: Callable[..., User]):
    account()
    (link,) = soup(client.get(LOGIN)).select(".password-reset-link a")
    assert link["href"] == RESET
    assert words(client.get(RESET), "#site-name") == ["Plenary"]

    sent = client.post(RESET, {"email": "ana@example.org"})

    assert sent["Location"] == f"{RESET}done/"
    assert words(client.get(sent["Location"]), "h1") == ["Password reset sent"]
    (message,) = mail.outbox
    assert (message.to, message.from_email) == (["ana@example.org"], "plenary@example.org")
    address = re.search(r"http://testserver(/admin/password_reset/\S+)", str(message.body))
    assert address
    form = client.get(address[1])["Location"]
    assert "set-password" in form  # the token is not in the address of the page, nor in what that refers to
    done = client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert done["Location"] == f"{RESET}complete/"
    assert words(client.get(done["Location"]), "#site-name") == ["Plenary"]
    assert not is_in(client)
    log_in(client, password=NEW)
    assert is_in(client)

    again = Client().get(address[1])
    assert words(again, "h1") == ["Password reset unsuccessful"]  # a link is good once


@pytest.mark.usefixtures("with_mail")
def test_a_weak_password_is_refused(client: Client, account: Callable[..., User]):
    account()
    client.post(RESET, {"email": "ana@example.org"})
    address = re.search(r"http://testserver(/admin/password_reset/\S+)", str(mail.outbox[0].body))
    assert address
    form = client.get(address[1])["Location"]
    refused = client.post(form, {"new_password1": "horse", "new_password2": "horse"})
    assert words(refused, ".errorlist") == [
        "This password is too short. It must contain at least 12 characters.This password is too common."
    ]


@pytest.mark.usefixtures("with_mail")
def test_the_page_does_not_tell_who_has_an_account(client: Client, account: Callable[..., User]):
    account()
    known, unknown = (client.post(RESET, {"email": f"{name}@example.org"}) for name in ("ana", "nobody"))
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("with_mail")
def test_a_new_password_does_not_stand_in_for_the_one_time_code(client: Client, account: Callable[..., User]):
    account()
    log_in(client)
    set_up(client)
    visitor = Client()
    visitor.post(RESET, {"email": "ana@example.org"})
    address = re.search(r"http://testserver(/admin/password_reset/\S+)", str(mail.outbox[0].body))
    assert address
    form = visitor.get(address[1])["Location"]
    visitor.post(form, {"new_password1": NEW, "new_password2": NEW})
    log_in(visitor, password=NEW)
    assert not is_in(visitor)
    assert not is_in(client)  # and what was open with the old password is closed


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_mail_the_page_says_whom_to_ask(client: Client, account: Callable[..., User], settings, method: str):
    settings.EMAIL_HOST = ""
    account()
    answer = getattr(client, method)(RESET, {"email": "ana@example.org"})
    assert words(answer, "#content p") == [
        (
            "This installation sends no mail, so a password cannot be reset here. "
            "Ask an administrator to set a new one for you."
        )
    ]
    assert soup(answer).select("#content form") == []
    assert mail.outbox == []
