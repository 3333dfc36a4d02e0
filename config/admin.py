"""The admin of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static import admin as otp_static
from django_otp.plugins.otp_totp import admin as otp_totp

from config.accounts import codes
from resolutions.admin.base import ModelAdmin

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

# Their pages show keys and backup codes, which are nobody's but the account's.
admin.site.unregister([otp_totp.TOTPDevice, otp_static.StaticDevice])
admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]  # cannot be subscripted when it runs
    """Accounts, with an action that removes one-time codes for users who lost both the app and the backup codes."""

    actions = ("remove_codes",)

    # Or whoever may manage accounts could make their own a superuser's, or take a superuser's over.

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Let only superusers grant superuser status and permissions."""
        own = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *own)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Let only superusers change or delete superusers."""
        return super().has_change_permission(request, obj) and _is_beneath(obj, request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Let only superusers change or delete superusers."""
        return super().has_delete_permission(request, obj) and _is_beneath(obj, request)

    @admin.action(description=_("Remove one-time codes (lost device)"), permissions=["change"])
    def remove_codes(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """Remove the one-time codes of the chosen accounts: their passwords alone log them in."""
        removed = [user for user in chosen if _is_beneath(user, request) and codes.remove(user=user)]
        for user in removed:
            self.log_change(request, user, "Removed one-time codes.")
        count = len(removed)
        done = ngettext("%(count)s account had one-time codes; they were removed.",
                        "%(count)s accounts had one-time codes; they were removed.", count)  # fmt: skip
        self.message_user(request, done % {"count": count}, messages.SUCCESS)


def _is_beneath(user: User | None, request: HttpRequest) -> bool:
    """Tell whether the one who asks may manage an account."""
    return user is None or not user.is_superuser or request.user.is_superuser


@admin.register(AccessAttempt)
class FailedLoginAdmin(ModelAdmin[AccessAttempt]):
    """Failed logins, read-only; deleting them unlocks the account at that address."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start", "user_agent")
    search_fields = ("username", "ip_address")
    fields = list_display
    date_hierarchy = "attempt_time"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessAttempt | None = None) -> bool:
        return False
