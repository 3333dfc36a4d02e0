"""Sending a draft back to who entered it, with a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from resolutions.models import Status
from votes.editing.publishing import PUBLISH, check_permission, withdrawn
from votes.models import ReturnedDraft, RollCall

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def send_back(*, roll_call: RollCall, comment: str, by: User | None = None) -> ReturnedDraft:
    """Send a draft back with a comment on what to change: it leaves the list of those waiting for verification.

    Raises PermissionDenied for a person who may not publish, ValidationError without a comment, for one that is too
    long, and for what is not a draft.
    """
    check_permission(by, PUBLISH)
    comment = comment.strip()
    if not comment:
        raise ValidationError(_("Enter a comment that says what to change."))
    if len(comment) > ReturnedDraft.COMMENT:
        raise ValidationError(_("Shorten the comment to %(most)d characters.") % {"most": ReturnedDraft.COMMENT})
    drafts = RollCall.objects.filter(status=Status.DRAFT).exclude(pk__in=withdrawn().values("pk"))
    if not drafts.select_for_update().filter(pk=roll_call.pk).exists():
        raise ValidationError(_("Only a draft can be sent back."))
    values = {"comment": comment, "by": by, "at": timezone.now()}
    return ReturnedDraft.objects.update_or_create(roll_call=roll_call, defaults=values)[0]


def take_up(*, roll_call: RollCall) -> bool:
    """Put a draft that was sent back among those waiting for verification again; return whether it was sent back."""
    return bool(ReturnedDraft.objects.filter(roll_call=roll_call).delete()[0])
