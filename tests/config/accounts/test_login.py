"""Logging in with a name and a password."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.config.accounts.pages import is_logged_in, log_in, words

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 5


def fail(client: Client, times: int, **headers: str) -> None:
    for _ in range(times):
        assert words(log_in(client, password="wrong", **headers), ".errornote")[0].startswith(
            "Please enter the correct"
        )


def test_login_redirects_to_the_requested_page(client: Client, account: Callable[..., User]):
    account(is_superuser=True)
    wanted = "/admin/votes/rollcall/?status__exact=draft"
    asked = client.get(wanted)
    assert asked["Location"] == "/admin/login/?next=/admin/votes/rollcall/%3Fstatus__exact%3Ddraft"

    assert log_in(client, to=wanted)["Location"] == wanted


def test_after_the_session_has_expired_a_login_returns_to_the_page(client: Client, account: Callable[..., User]):
    account(is_superuser=True)
    log_in(client)
    assert is_logged_in(client)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    asked = client.get("/admin/votes/rollcall/add/")
    assert asked["Location"] == "/admin/login/?next=/admin/votes/rollcall/add/"
    assert log_in(client, to="/admin/votes/rollcall/add/")["Location"] == "/admin/votes/rollcall/add/"
    assert log_in(Client(), to="https://example.org/")["Location"] == "/admin/"


def test_too_many_failures_lock_the_login_and_state_the_wait(client: Client, account: Callable[..., User], settings):
    settings.AXES_COOLOFF_TIME = timedelta(minutes=7)
    account()
    fail(client, LIMIT - 1)

    locked = log_in(client, password="wrong")

    assert words(locked, ".errornote", 429) == [
        "Too many failed logins with this name from your address. Try again in 7 minutes."
    ]
    assert locked["Retry-After"] == "420"
    assert log_in(client).status_code == 429  # the right password does not help
    assert not is_logged_in(client)


def test_wait_of_one_minute_is_in_the_singular(client: Client, account: Callable[..., User], settings):
    settings.AXES_COOLOFF_TIME = timedelta(minutes=1)
    account()
    fail(client, LIMIT - 1)
    assert "Try again in 1 minute." in words(log_in(client, password="wrong"), ".errornote", 429)[0]


def test_wait_ends_and_restarts_with_each_attempt(client: Client, account: Callable[..., User], settings):
    account()
    fail(client, LIMIT - 1)
    log_in(client, password="wrong")
    wait = settings.AXES_COOLOFF_TIME

    AccessAttempt.objects.update(attempt_time=timezone.now() - wait + timedelta(seconds=30))
    assert log_in(client).status_code == 429
    assert AccessAttempt.objects.get().attempt_time > timezone.now() - timedelta(seconds=30)

    AccessAttempt.objects.update(attempt_time=timezone.now() - wait - timedelta(seconds=1))
    assert log_in(client).status_code == 302
    assert is_logged_in(client)


def test_a_login_that_succeeds_forgets_the_failures_before(client: Client, account: Callable[..., User]):
    account()
    fail(client, LIMIT - 1)
    log_in(client)
    client.post("/admin/logout/")
    fail(client, LIMIT - 1)


def test_another_name_or_another_address_is_not_locked_out(client: Client, account: Callable[..., User]):
    account()
    account("bo")
    fail(client, LIMIT - 1)
    assert log_in(client, password="wrong").status_code == 429

    assert log_in(Client(), "bo").status_code == 302
    assert log_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302
    # The browser's name and the address that a browser claims make no other.
    assert log_in(Client(), HTTP_USER_AGENT="another").status_code == 429
    assert log_in(Client(), HTTP_X_FORWARDED_FOR="192.0.2.8").status_code == 429


def test_behind_a_proxy_the_client_address_is_locked_out(client: Client, account: Callable[..., User], settings):
    settings.TRUSTED_PROXIES = 1
    account()
    fail(client, LIMIT - 1, HTTP_X_FORWARDED_FOR="made up, 192.0.2.7")

    assert log_in(client, password="wrong", HTTP_X_FORWARDED_FOR="192.0.2.9, 192.0.2.7").status_code == 429
    assert log_in(client, HTTP_X_FORWARDED_FOR="192.0.2.7, 192.0.2.10").status_code == 302


def test_failed_logins_store_no_password_and_successes_no_address(client: Client, account: Callable[..., User]):
    account()
    log_in(client, password="a wrong secret")
    log_in(client)

    assert AccessLog.objects.count() == 0
    assert not AccessAttempt.objects.exists()

    log_in(Client(), password="a wrong secret")
    attempt = AccessAttempt.objects.get()
    assert "a wrong secret" not in "".join(str(value) for value in vars(attempt).values())


def test_deleting_failed_logins_in_the_admin_unlocks_the_account(client: Client, account: Callable[..., User]):
    account()
    for _ in range(LIMIT):
        log_in(client, password="wrong")
    admin = Client()
    admin.force_login(account("admin", is_superuser=True))
    listed = admin.get(reverse("admin:axes_accessattempt_changelist"))
    assert words(listed, "#result_list tbody .field-username, #result_list tbody .field-failures_since_start") == [
        "ana",
        "5",
    ]
    attempt = AccessAttempt.objects.get()
    page = reverse("admin:axes_accessattempt_change", args=[attempt.pk])
    assert words(admin.get(page), ".field-username .readonly") == ["ana"]
    assert admin.post(page, {"username": "bo"}).status_code == 403
    assert admin.get(reverse("admin:axes_accessattempt_add")).status_code == 403

    admin.post(reverse("admin:axes_accessattempt_delete", args=[attempt.pk]), {"post": "yes"})

    assert log_in(client).status_code == 302


def test_failed_logins_need_a_permission_of_their_own(client: Client, account: Callable[..., User]):
    user = account()
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="votes"))
    client.force_login(user)
    assert client.get(reverse("admin:axes_accessattempt_changelist")).status_code == 403


def test_system_checks_of_django_axes_pass():
    call_command("check", "--fail-level", "WARNING")


@pytest.mark.parametrize("values", [{"is_staff": False}, {"is_active": False}])
def test_inactive_or_non_staff_accounts_cannot_log_in(
    client: Client, account: Callable[..., User], values: dict[str, bool]
):
    account(**values)
    assert log_in(client).status_code == 200
    assert not is_logged_in(client)
