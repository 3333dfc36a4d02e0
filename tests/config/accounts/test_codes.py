"""One-time codes: set-up, login, renewal, removal, and who must have them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.accounts import codes
from config.accounts.views import qr_code
from tests.config.accounts.conftest import PASSWORD
from tests.config.accounts.pages import CODES, LOGIN, code_of, is_logged_in, log_in, set_up, soup, words, wrong_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USERS = "/admin/auth/user/"


@pytest.fixture
def ana(account: Callable[..., User]) -> User:
    return account(is_superuser=True)


@pytest.fixture
def owner(client: Client, ana: User) -> Client:
    """Return the browser of somebody who has one-time codes set up, and is in."""
    log_in(client)
    set_up(client)
    return client


def awaiting_code(address: str = "/admin/") -> Client:
    """Return a browser that gave the password and is being asked for a code."""
    visitor = Client()
    log_in(visitor, to=address)
    assert words(visitor.get(LOGIN), "h1") == ["One-time code"]
    return visitor


def send_code(visitor: Client, code: str, to: str = "/admin/"):
    return visitor.post(LOGIN, {"otp_token": code, "next": to})


def pass_time(seconds: float) -> None:
    """Let time pass since the last wrong code."""
    for model in (TOTPDevice, StaticDevice):
        for device in model.objects.filter(throttling_failure_count__gt=0):
            device.throttling_failure_timestamp -= timedelta(seconds=seconds)
            device.save()


# Setting up


def test_setup_shows_the_key_as_qr_code_and_text_and_a_code_confirms_it(client: Client, ana: User):
    client.force_login(ana)
    assert words(client.get("/admin/"), "#user-tools a[href='/admin/codes/']") == ["One-time codes"]
    assert client.post(CODES, {"_begin": "1"})["Location"] == CODES

    shown = soup(client.get(CODES))
    address = TOTPDevice.objects.get().config_url
    assert (urlsplit(address).scheme, urlsplit(address).path) == ("otpauth", "/Plenary%3Aana")
    assert [shown.select_one(".accounts-key").text.replace(" ", "")] == parse_qs(urlsplit(address).query)["secret"]  # type: ignore[union-attr]  # it is there
    assert str(shown.select_one(".accounts-picture svg path")["d"]) in qr_code(address)  # type: ignore[index]  # likewise
    assert not codes.confirmed_device(ana)
    assert client.get(CODES).headers["Cache-Control"].count("no-store") == 1

    confirmed = client.post(CODES, {"_confirm": "1", "code": f" {code_of()[:3]} {code_of()[3:]} "})

    backup = words(confirmed, ".accounts-backup code")
    assert sorted(backup) == sorted(StaticToken.objects.values_list("token", flat=True))
    assert len(set(backup)) == 10
    assert codes.confirmed_device(ana)
    # Neither the key nor the codes are shown again.
    again = soup(client.get(CODES))
    assert again.select(".accounts-picture, .accounts-key, .accounts-backup") == []
    assert "10 backup codes are left." in again.text
    # The session that set it up goes on.
    assert is_logged_in(client)


def test_a_wrong_first_code_changes_nothing(client: Client, ana: User):
    client.force_login(ana)
    client.post(CODES, {"_begin": "1"})

    answer = client.post(CODES, {"_confirm": "1", "code": wrong_code(code_of())})

    assert words(answer, ".errorlist") == [
        "Wrong code. Wait for the next one, and check that the clock of your device is right."
    ]
    assert not codes.confirmed_device(ana)
    assert not StaticToken.objects.exists()
    assert words(client.post(CODES, {"_confirm": "1", "code": ""}), ".errorlist") == ["This field is required."]
    log_in(client)
    assert is_logged_in(client)  # what is not confirmed is not asked for


def test_each_setup_makes_a_new_key_until_one_is_confirmed(owner: Client, client: Client, ana: User):
    key = TOTPDevice.objects.get().key
    owner.post(CODES, {"_begin": "1"})
    assert TOTPDevice.objects.get().key == key  # once set up, nothing begins

    codes.remove(user=ana)
    owner.post(CODES, {"_begin": "1"})
    first = TOTPDevice.objects.get().key
    owner.post(CODES, {"_begin": "1"})
    assert len({key, first, TOTPDevice.objects.get().key}) == 3


def test_other_sessions_are_asked_for_a_code_as_soon_as_it_is_set_up(client: Client, ana: User):
    other = Client()
    log_in(other)
    assert is_logged_in(other)
    log_in(client)
    set_up(client)
    assert not is_logged_in(other)
    assert is_logged_in(client)


# Logging in


def test_password_alone_logs_in_an_account_without_codes(client: Client, ana: User):
    assert log_in(client)["Location"] == "/admin/"
    assert is_logged_in(client)


def test_login_with_a_code_continues_to_the_requested_page(owner: Client):
    wanted = "/admin/votes/rollcall/add/"
    visitor = Client()
    step = visitor.get(log_in(visitor, to=wanted)["Location"])
    assert step["Location"] == f"/admin/login/?next={wanted}"
    page = soup(visitor.get(step["Location"]))
    assert page.select_one("input[name=next]")["value"] == wanted  # type: ignore[index]  # it is there
    assert page.select("input[type=password]") == []

    answer = send_code(visitor, code_of(), wanted)

    assert answer["Location"] == wanted
    assert is_logged_in(visitor)


def test_code_form_redirects_only_within_the_site(owner: Client):
    assert send_code(awaiting_code(), code_of(), "https://example.org/")["Location"] == "/admin/"


def test_code_works_only_once(owner: Client):
    code = code_of()
    assert send_code(awaiting_code(), code).status_code == 302
    assert words(send_code(awaiting_code(), code), ".errornote") == [
        "Wrong code. Each code works only once, so wait for the next one."
    ]


def test_wrong_codes_impose_a_wait(owner: Client):
    visitor = awaiting_code()
    wrong = wrong_code(code_of())
    send_code(visitor, wrong)
    pass_time(1.1)
    send_code(visitor, wrong)
    app = TOTPDevice.objects.get()
    assert app.throttling_failure_count == 2

    # Right now even the right code is not taken, and this attempt does not lengthen the wait.
    code = code_without_reset(app)
    assert words(send_code(visitor, code), ".errornote") == [
        "Verification temporarily disabled because of 2 failed attempts, please try again soon."
    ]
    pass_time(2.1)
    assert send_code(visitor, code).status_code == 302


def code_without_reset(app: TOTPDevice) -> str:
    """Return the code of ``app`` without forgetting what was wrong before."""
    failures = (app.throttling_failure_count, app.throttling_failure_timestamp)
    code = code_of()
    TOTPDevice.objects.update(throttling_failure_count=failures[0], throttling_failure_timestamp=failures[1])
    return code


def test_a_backup_code_logs_in_once(client: Client, ana: User):
    log_in(client)
    backup = set_up(client)[3]

    assert send_code(awaiting_code(), f"{backup[:4].upper()} {backup[4:]}").status_code == 302
    assert not StaticToken.objects.filter(token=backup).exists()
    assert words(send_code(awaiting_code(), backup), ".errornote") == [
        "Wrong code. Each code works only once, so wait for the next one."
    ]
    # A wrong backup code does not make the app wait.
    assert send_code(awaiting_code(), code_of()).status_code == 302


def test_codes_of_another_account_are_refused(owner: Client, account: Callable[..., User]):
    bo = Client()
    account("bo")
    log_in(bo, "bo")
    backup = set_up(bo, "bo")
    visitor = awaiting_code()

    send_code(visitor, code_of("bo") if code_of("bo") != code_of() else wrong_code(code_of()))
    pass_time(10)
    assert send_code(visitor, backup[0]).status_code == 200
    assert not is_logged_in(visitor)


@pytest.mark.parametrize("code", ["", "1", "12345", "1234567", "abcdef", "１２３４５６", "x" * 33, "12 34 5\x00"])
def test_malformed_code_is_refused(owner: Client, code: str):
    code_of()
    visitor = awaiting_code()
    assert soup(send_code(visitor, code)).select(".errornote, .errorlist")
    assert not is_logged_in(visitor)


def addresses(resolver, prefix: str = "") -> Iterator[str]:
    """Yield an example of each address below ``resolver``."""
    for pattern in resolver.url_patterns:
        address = prefix + re.sub(r"<[^>]+>|\(\?P<[^>]+>[^)]*\)", "1", str(pattern.pattern)).strip("^$")
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, address)
        else:
            yield "/" + address.replace("\\Z", "")


def test_admin_needs_the_code_when_codes_are_set_up(owner: Client):
    visitor = awaiting_code()
    guarded = [address for address in addresses(get_resolver()) if address.startswith("/admin/")]
    guarded = [address for address in guarded if not re.match("/admin/(login/|password_reset/)", address)]
    assert len(guarded) > 60
    assert "/admin/codes/" in guarded

    for address in guarded:
        for answer in (visitor.get(address), visitor.post(address, {"_remove": "1", "password": PASSWORD})):
            target = "/admin/" if address == "/admin/logout/" else "/admin/login/?next="
            assert (address, answer.status_code, answer["Location"][: len(target)]) == (address, 302, target)
    assert codes.confirmed_device(User.objects.get(username="ana"))


def test_code_page_lets_another_account_log_in(owner: Client, account: Callable[..., User]):
    account("bo")
    visitor = awaiting_code()
    answer = visitor.post(LOGIN, {"_leave": "1", "next": "/admin/votes/"})
    assert answer["Location"] == "/admin/login/?next=/admin/votes/"
    assert soup(visitor.get(answer["Location"])).select("input[name=username]")
    log_in(visitor, "bo")
    assert is_logged_in(visitor)


# Changing


@pytest.mark.parametrize("button", ["_renew", "_remove"])
def test_changing_needs_the_password_and_wrong_ones_count_as_failed_logins(owner: Client, ana: User, button: str):
    before = sorted(StaticToken.objects.values_list("token", flat=True))
    for _ in range(4):
        answer = owner.post(CODES, {button: "1", "password": "wrong"})
        assert words(answer, ".errorlist") == ["Wrong password."]
    assert owner.post(CODES, {button: "1", "password": "wrong"}).status_code == 429
    assert owner.post(CODES, {button: "1", "password": PASSWORD}).status_code == 429
    assert codes.confirmed_device(ana)
    assert sorted(StaticToken.objects.values_list("token", flat=True)) == before


def test_new_backup_codes_replace_the_old(owner: Client):
    old = set(StaticToken.objects.values_list("token", flat=True))
    new = words(owner.post(CODES, {"_renew": "1", "password": PASSWORD}), ".accounts-backup code")
    assert set(new) == set(StaticToken.objects.values_list("token", flat=True))
    assert not set(new) & old


def test_new_backup_codes_do_not_end_the_session_that_an_old_one_began(client: Client, ana: User):
    log_in(client)
    backup = set_up(client)
    visitor = awaiting_code()
    send_code(visitor, backup[0])
    visitor.post(CODES, {"_renew": "1", "password": PASSWORD})
    assert is_logged_in(visitor)


def test_account_without_codes_gets_no_backup_codes(client: Client, ana: User):
    log_in(client)
    assert words(client.post(CODES, {"_renew": "1", "password": PASSWORD}), ".accounts-backup code") == []
    assert not StaticToken.objects.exists()


def test_removed_codes_are_not_asked_for(owner: Client):
    answer = owner.post(CODES, {"_remove": "1", "password": PASSWORD}, follow=True)
    assert words(answer, ".messagelist li") == ["One-time codes are now off for your account."]
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
    assert is_logged_in(owner)
    visitor = Client()
    log_in(visitor)
    assert is_logged_in(visitor)


def test_only_staff_can_open_the_codes_page(client: Client, account: Callable[..., User]):
    assert client.get(CODES)["Location"] == "/admin/login/?next=/admin/codes/"
    client.force_login(account("reader", is_staff=False))
    assert client.post(CODES, {"_begin": "1"})["Location"] == "/admin/login/?next=/admin/codes/"
    assert not TOTPDevice.objects.exists()


def test_a_forged_form_changes_nothing(account: Callable[..., User]):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account())
    assert strict.post(CODES, {"_begin": "1"}).status_code == 403
    assert not TOTPDevice.objects.exists()


# Required of those who publish


@pytest.fixture
def publisher(account: Callable[..., User], settings) -> User:
    """Return an account that may publish, where that takes one-time codes."""
    settings.REQUIRE_CODES = True
    user = account("vera")
    label, codename = codes.PUBLISHING.split(".")
    kind = ContentType.objects.get(app_label=label, model="rollcall")
    permission = Permission.objects.get(codename=codename, content_type=kind)
    user.user_permissions.add(permission, Permission.objects.get(codename="view_rollcall"))
    return user


def test_account_that_may_publish_must_set_up_codes_before_login(client: Client, publisher: User):
    wanted = "/admin/votes/rollcall/"
    answer = client.get(log_in(client, "vera", to=wanted)["Location"])
    answer = client.get(answer["Location"])
    assert answer["Location"] == f"/admin/codes/?next={wanted}"
    assert words(client.get(answer["Location"]), ".errornote") == [
        "Your account can publish, so it needs one-time codes. Set them up to continue."
    ]
    assert not is_logged_in(client)

    client.post(answer["Location"], {"_begin": "1"})
    done = client.post(answer["Location"], {"_confirm": "1", "code": code_of("vera")})

    assert soup(done).select_one("#content-main a")["href"] == wanted  # type: ignore[index]  # it is there
    assert client.get(wanted).status_code == 200


def test_setup_page_redirects_only_within_the_site(client: Client, publisher: User):
    log_in(client, "vera")
    elsewhere = f"{CODES}?next=https://example.org/"
    client.post(elsewhere, {"_begin": "1"})
    done = client.post(elsewhere, {"_confirm": "1", "code": code_of("vera")})
    assert soup(done).select_one("#content-main a")["href"] == "/admin/"  # type: ignore[index]  # it is there


def test_account_that_must_set_up_codes_can_leave_the_login(client: Client, publisher: User):
    log_in(client, "vera")
    client.post(LOGIN, {"_leave": "1"})
    assert soup(client.get(LOGIN)).select("input[name=username]")


def test_account_that_may_not_publish_logs_in_without_codes(
    client: Client, publisher: User, account: Callable[..., User]
):
    account("bo")
    log_in(client, "bo")
    assert is_logged_in(client)


# A lost device


def test_administrator_can_remove_the_codes_of_an_account(owner: Client, ana: User, account: Callable[..., User]):
    admin = Client()
    admin.force_login(account("admin", is_superuser=True))
    chosen = {"action": "remove_codes", "_selected_action": [ana.pk, User.objects.get(username="admin").pk]}

    answer = admin.post(USERS, chosen, follow=True)

    assert words(answer, ".messagelist li") == ["1 account had one-time codes; they were removed."]
    assert not codes.confirmed_device(ana)
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_repr, entry.get_change_message()) == (
        "admin",
        "ana",
        "Removed one-time codes.",
    )


def test_view_permission_does_not_allow_removing_codes(owner: Client, ana: User, account: Callable[..., User]):
    reader = Client()
    user = account("reader")
    user.user_permissions.add(Permission.objects.get(codename="view_user"))
    reader.force_login(user)
    reader.post(USERS, {"action": "remove_codes", "_selected_action": [ana.pk]})
    assert codes.confirmed_device(ana)


def test_command_removes_the_codes_of_an_account(owner: Client, ana: User, capsys: pytest.CaptureFixture[str]):
    call_command("remove_codes", "ana")
    assert not codes.confirmed_device(ana)
    call_command("remove_codes", "ana")
    assert capsys.readouterr().out.splitlines() == ["ana: one-time codes removed.", "ana had no one-time codes."]
    with pytest.raises(CommandError, match="Unknown account: “nobody”"):
        call_command("remove_codes", "nobody")


def test_admin_has_no_pages_of_code_devices():
    assert [address for address in addresses(get_resolver()) if "/otp_" in address] == []
