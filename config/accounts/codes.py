"""One-time codes (TOTP and backup codes): what an account has set up, and what it must do before it may use the admin.

An authenticator app holds a key and makes a code of six digits every thirty seconds (TOTP, RFC 6238). Ten backup
codes, each good for once, stand in for a lost app.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

BACKUP_CODES = 10
PUBLISHING = "votes.publish_rollcall"
"""The permission whose holders need one-time codes where REQUIRE_CODES says so."""


class Step(enum.Enum):
    """The step that remains between the password and the admin."""

    NONE = enum.auto()
    ENTER_CODE = enum.auto()
    SET_UP = enum.auto()


def next_step(user: User | AnonymousUser) -> Step:
    """Return what ``user``, logged in by password, has to do next: a query a request, or none after a code."""
    if not isinstance(user, User) or user.is_verified():  # type: ignore[attr-defined]  # given by django-otp's middleware
        return Step.NONE
    # Asked several times a page, of the same object.
    if not hasattr(user, "has_app"):
        user.has_app = confirmed_device(user) is not None  # type: ignore[attr-defined]  # a note for this request
    if user.has_app:  # type: ignore[attr-defined]  # as above
        return Step.ENTER_CODE
    return Step.SET_UP if is_required(user) else Step.NONE


def is_required(user: User) -> bool:
    """Whether ``user`` may not enter without one-time codes."""
    return settings.REQUIRE_CODES and user.has_perm(PUBLISHING)


def confirmed_device(user: User) -> TOTPDevice | None:
    """Return the authenticator app that ``user`` has set up, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def pending_device(user: User) -> TOTPDevice | None:
    """Return the app whose key was shown to ``user`` and from which no code has come yet, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


@transaction.atomic
def start_setup(*, user: User) -> None:
    """Make a new key for the app of ``user`` who has set up none; a code from it has to confirm it."""
    _lock(user)
    if confirmed_device(user) is None:
        TOTPDevice.objects.filter(user=user).delete()
        TOTPDevice.objects.create(user=user, name="app", confirmed=False)


@transaction.atomic
def confirm_setup(*, user: User, code: str) -> tuple[TOTPDevice, list[str]] | None:
    """Take the first code of the pending app; return the app and the backup codes, or None for a wrong code.

    After wrong codes the app takes none for 1, 2, 4, ... seconds, as at every login.
    """
    _lock(user)
    app = pending_device(user)
    if app is None or not app.verify_token(code):
        return None
    app.confirmed = True
    app.save()
    return app, renew_backup_codes(user=user)


@transaction.atomic
def renew_backup_codes(*, user: User) -> list[str]:
    """Replace the backup codes of ``user`` by new ones, and return those."""
    _lock(user)
    StaticDevice.objects.filter(user=user).delete()
    sheet = StaticDevice.objects.create(user=user, name="backup")
    made = [StaticToken(device=sheet, token=StaticToken.random_token()) for _ in range(BACKUP_CODES)]
    return [token.token for token in StaticToken.objects.bulk_create(made)]


def backup_codes_left(user: User) -> int:
    """Return how many backup codes of ``user`` are unused."""
    count: int = StaticToken.objects.filter(device__user=user).count()
    return count


@transaction.atomic
def remove(*, user: User) -> bool:
    """Remove the app and the backup codes of ``user``; return whether there were any."""
    removed = [model.objects.filter(user=user).delete()[0] for model in (TOTPDevice, StaticDevice)]
    return any(removed)


def _lock(user: User) -> None:
    """Lock the row of ``user``, so that no other request changes its codes."""
    User.objects.select_for_update().get(pk=user.pk)
